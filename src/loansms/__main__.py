"""`python -m loansms`: the same as the `loansms` command."""

import sys

from loansms.cli import main

sys.exit(main())
