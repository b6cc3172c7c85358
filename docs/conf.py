"""How the site is built: `make docs`. The source folder is the repository, so that every relative link of a page,
`../README.md` too, means the same here as where the code is hosted.
"""

import gc
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "scripts")]

import site_build  # noqa: E402

# What a build reads lives to its end: walking over it again and again was a fifth of the time.
gc.set_threshold(100_000, 20, 20)

project = "loansms"
author = "The loansms authors"
project_copyright = author
extensions = ["myst_parser", "sphinx.ext.autodoc", "site_build"]
root_doc = "docs/index"
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = site_build.left_alone(ROOT)

myst_heading_anchors = 4
myst_links_external_new_tab = False

default_role = "code"
autodoc_class_signature = "mixed"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 90
toc_object_entries = (
    False  # every page's side would hold every name of every page, and be longer than the page
)

html_theme = "furo"
html_title = "loansms"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_additional_pages = {"index": "entry.html"}
templates_path = ["_templates"]
