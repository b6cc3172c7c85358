"""Make the project's own virtual environment from a bare Python; do nothing when it is already right.

Run as ``python3 scripts/bootstrap.py {run|dev}`` by the Makefile. The stamp is the digest of everything
that decides what is installed, so a second call costs one hash and a changed pin costs one install.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = BIN / ("python.exe" if sys.platform == "win32" else "python")


def digest(level: str) -> str:
    """Return what identifies an up-to-date environment of this level."""
    parts = [sys.version.encode(), level.encode()]
    parts += [(ROOT / name).read_bytes() for name in (f"requirements/{level}.txt", "pyproject.toml")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def main(level: str) -> int:
    if sys.version_info < (3, 11):
        print(
            f"loansms needs Python 3.11 or newer; this is {sys.version.split()[0]}: make PYTHON=python3.12 ..."
        )
        return 2
    stamp = VENV / f".{level}-stamp"
    want = digest(level)
    # A dev environment holds everything a run needs.
    enough = [stamp] if level == "dev" else [stamp, VENV / ".dev-stamp"]
    for found in enough:
        level_of = found.name[1:-6]
        if PYTHON.exists() and found.exists() and found.read_text() == digest(level_of):
            return 0
    print(f"setting up .venv ({level}) ...", flush=True)
    venv.create(VENV, with_pip=True, clear=not PYTHON.exists())
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "-q", "install"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / f"requirements/{level}.txt")], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True)
    stamp.write_text(want)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
