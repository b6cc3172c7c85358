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


def _has_pip() -> bool:
    """Return whether the environment is of this very Python and its installer answers."""
    config = VENV / "pyvenv.cfg"
    if not PYTHON.exists() or not config.exists():
        return False
    ours = [f"version = {'.'.join(map(str, sys.version_info[:3]))}", f"home = {Path(sys.base_prefix)}"]
    told = config.read_text(encoding="utf-8")
    pip = [str(PYTHON), "-m", "pip", "--version"]
    same = all(one in told for one in ours)
    return same and subprocess.run(pip, check=False, capture_output=True).returncode == 0


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
    if not _has_pip():  # none yet, or one whose making was interrupted
        try:
            venv.create(VENV, with_pip=True, clear=True)
        except (OSError, subprocess.CalledProcessError):
            stamp.unlink(missing_ok=True)
            print(f"{sys.executable} cannot make a virtual environment with pip: install its venv package")
            print("(Debian, Ubuntu: apt install python3-venv), or choose another: make PYTHON=python3.12 ...")
            return 2
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "-q", "install"]
    steps = (
        [*pip, "--require-hashes", "-r", str(ROOT / f"requirements/{level}.txt")],
        [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)],
    )
    if any(subprocess.run(step, check=False).returncode for step in steps):
        print(
            "the packages could not be installed; pip's own lines above say why. Run make again once mended."
        )
        return 2
    stamp.write_text(want)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
