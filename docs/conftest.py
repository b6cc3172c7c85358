"""The configuration of the site is no module of tests: reading it would load Sphinx in every worker."""

collect_ignore = ["conf.py"]
