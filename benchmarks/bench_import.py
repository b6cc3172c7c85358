"""How long it takes until `loansms` can be used, beside a bare interpreter and beside the packages it stands on.

Each figure is a whole process, the median of a few, with compiled files on disk. The bare import loads nothing else;
the first service brings the rules, and with them the packages of the core, whose own cost is the second floor.
Printed beside the ratios: the milliseconds that this machine takes over the bare interpreter.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from statistics import median

ROUNDS = 7
BARE = "pass"
FLOOR = (
    "import attrs, babel.numbers, cattrs, holidays, phonenumbers, pyotp, cryptography.hazmat.primitives.hmac"
)
MEASURED = {
    "import loansms": "import loansms",
    "from loansms import Money": "from loansms import Money",
    "from loansms import OtpService": "from loansms import OtpService",
    "from loansms import OutreachService": "from loansms import OutreachService",
    "every public name": "from loansms import *; from loansms.services import *",
    "loansms --help": "import sys; from loansms.cli import main; sys.exit(main(['--help']))",
}


def took(code: str) -> float:
    """Return the seconds of one fresh interpreter that runs `code`."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=kept, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def middle(code: str) -> float:
    """Return the median of several runs, the first of which writes the compiled files and does not count."""
    took(code)
    return median(took(code) for _ in range(ROUNDS))


def run() -> list[tuple[str, float, str]]:
    bare, floor = middle(BARE), middle(FLOOR)
    found: list[tuple[str, float, str]] = [("its third-party floor", floor / bare, "python -c pass")]
    for name, code in MEASURED.items():
        seconds = middle(code)
        print(f"  {name:<48} {(seconds - bare) * 1000:>8.0f} ms over python -c pass")
        found += [(name, seconds / bare, "python -c pass"), (name, seconds / floor, "its third-party floor")]
    return found


if __name__ == "__main__":
    for name, ratio, beside in run():
        print(f"{name:<48} {ratio:>10.3f} x {beside}")
