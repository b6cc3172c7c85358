"""Follow every tutorial to the letter, as somebody does who has nothing: `make tutorials`, some minutes for each Python.

For Python 3.11, 3.12 and 3.13, as far as they are on the machine: a fresh clone of what is committed, a fresh
environment in it, the wheel built from the clone and installed with the extras the pages use, `src/` taken away; then each
page of docs/tutorials and each README, by `scripts/follow.py`. `make demo` of the README runs in the clone before
that, with its own environment. Arguments choose Pythons: `scripts/tutorials.py 3.12`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
VERSIONS: Final = ("3.11", "3.12", "3.13")
EXTRAS: Final = "cli,portfolio"


def interpreter(version: str) -> str | None:
    """Return a Python of that version: from PATH, else one that pyenv has."""
    found = [shutil.which(f"python{version}")]
    if shutil.which("pyenv"):
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True).stdout.strip()
        found += sorted(str(path) for path in Path(root).glob(f"versions/{version}.*/bin/python{version}"))
    for one in filter(None, found):
        asked = [one, "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]
        if subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() == version:
            return one
    return None


def clean() -> dict[str, str]:
    """Return an environment that knows nothing of this tree."""
    ours = {"PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE", "LOANSMS_LANG"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def done(command: list[str], cwd: Path, env: dict[str, str], told: str) -> bool:
    """Run a command and say in one line how it went; all it said, when it failed."""
    ended = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if ended.returncode:
        print(
            f"  {told}: exit {ended.returncode}\n{ended.stdout[-6000:]}\n{ended.stderr[-6000:]}", flush=True
        )
    else:
        print(f"  {told}: {(ended.stdout.strip().splitlines() or ['done'])[-1]}", flush=True)
    return ended.returncode == 0


def followed(base: str, folder: Path) -> bool:
    """Return whether every page comes out as it says, with this Python, in a fresh clone in `folder`."""
    tree, env = folder / "loansms", clean()
    built = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(tree)]
    ready = (
        done(["git", "clone", "-q", str(ROOT), str(tree)], folder, env, "clone")
        and done(["make", "-s", "demo", f"PYTHON={base}"], tree, env, "make demo")
        and done(built, folder, env, "wheel")
        and done([base, "-m", "venv", str(folder / "venv")], folder, env, "environment")
    )
    if not ready:
        return False
    wheel = next(folder.glob("*.whl"))
    places = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    pip = [str(places / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    if not (
        done([*pip, "--require-hashes", "-r", "requirements/run.txt"], tree, env, "pinned packages")
        and done([*pip, f"{wheel}[{EXTRAS}]"], folder, env, f"loansms[{EXTRAS}]")
    ):
        return False
    shutil.rmtree(tree / "src")
    shutil.rmtree(tree / ".venv")
    follower = folder / "follow.py"
    shutil.copy(ROOT / "scripts" / "follow.py", follower)
    env["PATH"] = f"{places}{os.pathsep}{env['PATH']}"
    pages = sorted(tree.glob("README*.md")) + sorted(tree.glob("docs/tutorials/**/*.md"))
    python = str(places / "python")
    asked = [[python, str(follower), str(page.relative_to(tree))] for page in pages]
    wrong = [one[-1] for one in asked if not done(one, tree, env, one[-1])]
    return not wrong


def main(wanted: list[str]) -> int:
    whole = True
    for version in wanted or VERSIONS:
        python = interpreter(version)
        if python is None:
            print(f"Python {version}: not on this machine", flush=True)
            whole = whole and not wanted
            continue
        print(f"Python {version}", flush=True)
        with TemporaryDirectory() as folder:
            whole = followed(python, Path(folder)) and whole
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
