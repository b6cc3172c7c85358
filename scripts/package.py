"""Build the wheel and the sdist as a release does, look into them, and try the wheel where `src/` is absent.

``make package`` (a few minutes; packages come from the index that pip is set up for):

1. both are built twice, the second wheel from the unpacked sdist: the bytes must be the same;
2. the wheel holds every file of src/loansms, data files too, and nothing else; the sdist every file git knows of it;
3. a fresh environment gets the wheel alone, and then one for each extra, with the versions of requirements/dev.txt:
   the first code, the first refused text and what the extra is for must work, and what it lacks must say so;
4. tests are run against the installed wheel from a folder without `src/`: the rooms of `TESTED`, none of which
   starts a server or reads the source tree.

``--quick`` stops after the second step. The files stay in dist/.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
TESTED: Final = (
    "calendars", "cli", "compliance", "evidence", "insights", "model", "otp", "planning", "policy", "privacy", "replies",
    "templates", "text",
)  # fmt: skip
# What the tests of those rooms need besides the extras; versions as everywhere from requirements/dev.txt.
TOOLS: Final = ("pytest", "pytest-benchmark", "pytest-xdist", "hypothesis", "numpy", "sybil")
TESTED_EXTRAS: Final = ("apprise", "cli", "http", "insights", "mms", "otel", "portfolio")
JUNK: Final = re.compile(
    r"(^|/)(tests|__pycache__|\.hypothesis|\.pytest_cache|demo-out|\.venv)(/|$)|\.(pyc|orig|rej|log|db)$|~$"
)
# What a user does first, and what each extra is there for, in words that fail loudly.
SMOKE: Final = {
    "": """
from loansms import Lender, Money, OtpService, PhoneNumber
from loansms.compliance import review_text
from loansms.errors import MissingExtra
from loansms.privacy import KeyRing
from loansms.providers import SandboxProvider
from loansms.stores import SqliteStore
from loansms.templates import Catalogue
keys = KeyRing({"k1": bytes(range(32))}, current="k1", index={"i1": bytes(range(32, 64))})
sandbox = SandboxProvider()
otp = OtpService(store=SqliteStore("otp.db"), provider=sandbox, keys=keys, lender=Lender.example())
issued = otp.issue(subject="B-1", phone=PhoneNumber.parse("13800138000", region="CN"), action="login")
assert otp.verify(issued.challenge_id, sandbox.outbox[-1].text[3:9], subject="B-1", action="login").grant
assert not review_text("今天不还款就上门抓你").allowed
assert len(Catalogue.builtin().templates) > 50
""",
    "cli": "from loansms.cli import main; assert main(['check-text', '今天不还款就上门抓你']) == 1",
    "portfolio": "from loansms.portfolio import plan_book; import polars",
    "http": "from loansms.providers.http import HttpProvider, HttpSettings; HttpSettings()",
    "redis": "from loansms.stores import AsyncRedisStore, RedisStore",
    "postgres": "from loansms.stores import AsyncPostgresStore, PostgresStore",
    "mysql": "from loansms.stores import AsyncMysqlStore, MysqlStore",
    "spark": "from loansms.portfolio.spark import plan_spark",
    "celery": "from loansms.services.celery import wake, work_task",
    "insights": "from loansms.insights.experiment import compare; assert compare(30, 100, 50, 100).p_value < 0.05; import altair",
    "mms": "from loansms.documents import statement, ways; assert ways(); import reportlab",
    "apprise": "from loansms.providers.alerts import AppriseAlerts",
    "otel": "from loansms.services.otel import OtelSignals",
}  # fmt: skip
# Without the extra the same words end in one line that names it.
LACKING: Final = {name: SMOKE[name] for name in ("cli", "http", "mysql", "otel", "postgres", "redis")}


class Unfit(Exception):
    """What was built is not what a release may be."""


def project() -> dict[str, Any]:
    """Return the [project] table."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        table: dict[str, Any] = tomllib.load(file)["project"]
    return table


def environment() -> dict[str, str]:
    """Return the environment of a build: the time in both files is that of the commit, where there is one."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
    }
    asked = ["git", "log", "-1", "--format=%ct"]
    at = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return {"SOURCE_DATE_EPOCH": at, **kept} if at else kept


def build(source: Path, to: Path, *kinds: str) -> None:
    """Build `kinds` (wheel, sdist) of a source tree with the backend that is already installed."""
    flags = [f"--{kind}" for kind in kinds]
    run(
        [sys.executable, "-m", "build", "--no-isolation", *flags, "--outdir", str(to), str(source)],
        env=environment(),
    )


def run(command: list[str], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    """Run a command in silence; when it fails, say all it said."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unfit(
            f"{' '.join(command[:6])} ...: exit {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        )


def tree(folder: Path) -> set[str]:
    """Return the files of a folder, but for what Python leaves beside them."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def wheel_faults(wheel: Path) -> list[str]:
    """Return what a wheel lacks of src/loansms, and what it holds besides."""
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    about = f"loansms-{project()['version']}.dist-info/"
    notes = {about + name for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")}
    wanted = {f"loansms/{name}" for name in tree(ROOT / "src" / "loansms")} | notes
    faults = [f"{wheel.name}: lacks {name}" for name in sorted(wanted - held)]
    faults += [f"{wheel.name}: holds {name}" for name in sorted(held - wanted)]
    return faults + [f"{wheel.name}: junk: {name}" for name in sorted(held) if JUNK.search(name)]


def sdist_faults(sdist: Path) -> list[str]:
    """Return what an sdist lacks of the tree that it is to be built and tested from, and what is junk in it."""
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {f"src/loansms/{name}" for name in tree(ROOT / "src" / "loansms")}
    wanted |= {
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "Makefile",
        "pyproject.toml",
        "PKG-INFO",
    }
    junk = re.compile(JUNK.pattern.replace("tests|", ""))
    faults = [f"{sdist.name}: lacks {name}" for name in sorted(wanted - held)]
    return faults + [f"{sdist.name}: junk: {name}" for name in sorted(held) if junk.search(name)]


def built(to: Path) -> tuple[Path, Path]:
    """Build both, twice, and return the wheel and the sdist that stay in `to`."""
    shutil.rmtree(to, ignore_errors=True)
    build(ROOT, to, "sdist", "wheel")
    wheel, sdist = next(to.glob("*.whl")), next(to.glob("*.tar.gz"))
    with TemporaryDirectory() as made:
        folder = Path(made)
        with tarfile.open(sdist) as archive:
            archive.extractall(folder, filter="data")
        unpacked = folder / sdist.name.removesuffix(".tar.gz")
        build(unpacked, folder / "again", "wheel")
        build(ROOT, folder / "again", "sdist")
        for one in (wheel, sdist):
            if (folder / "again" / one.name).read_bytes() != one.read_bytes():
                raise Unfit(f"{one.name}: built again, it is another file")
    return wheel, sdist


def pins(to: Path) -> Path:
    """Write the versions of requirements/dev.txt as constraints: pip would ask the wheel for a hash beside them."""
    lines = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8").splitlines()
    kept = [
        line.removesuffix("\\").strip() for line in lines if line and not line[0].isspace() and "==" in line
    ]
    to.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return to


def fresh(folder: Path, wanted: Iterable[str], constraints: Path) -> Path:
    """Make an environment with `wanted` in it, and return its Python."""
    run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--python",
        str(python),
        "install",
        "-q",
    ]
    run([*pip, "-c", str(constraints), *wanted])
    return python


def smoke(wheel: Path, extra: str, folder: Path, constraints: Path) -> None:
    """Install the wheel with one extra (or none) and do what a user does first."""
    python = fresh(folder / "venv", [f"{wheel}[{extra}]" if extra else str(wheel)], constraints)
    for code in dict.fromkeys((SMOKE[""], SMOKE[extra])):
        run([str(python), "-I", "-W", "error", "-c", code], cwd=folder)
    if not extra:
        for lacking, code in LACKING.items():
            _says_what_lacks(python, lacking, code)


def _says_what_lacks(python: Path, extra: str, code: str) -> None:
    guarded = (
        "from loansms.errors import MissingExtra\n"
        f"try: exec({code!r})\nexcept MissingExtra as told: print(told)"
    )
    done = subprocess.run([str(python), "-I", "-c", guarded], capture_output=True, text=True, check=False)
    if f"loansms[{extra}]" not in done.stdout + done.stderr:
        raise Unfit(
            f"without the extra {extra}: expected a line that names it, got {done.stdout or done.stderr[-800:] or 'nothing'}"
        )


def test_installed(wheel: Path, folder: Path, constraints: Path) -> None:
    """Run the tests of `TESTED` against the installed wheel, in a folder that has no `src/`."""
    python = fresh(folder / "venv", [f"{wheel}[{','.join(TESTED_EXTRAS)}]", *TOOLS], constraints)
    copy = folder / "tree"
    kept = shutil.ignore_patterns("__pycache__")
    for name in ("tests", "examples", "docs", "scripts"):
        shutil.copytree(ROOT / name, copy / name, ignore=kept)
    for name in ("conftest.py", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy / name)
    where = [str(python), "-c", "import loansms; print(loansms.__file__)"]
    found = subprocess.run(
        where, cwd=copy, env=environment(), capture_output=True, text=True, check=True
    ).stdout
    if not Path(found.strip()).is_relative_to(folder / "venv"):
        raise Unfit(f"the tests would import loansms from {found.strip()}, not from the wheel")
    rooms = [f"tests/{name}" for name in TESTED]
    run(
        [str(python), "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *rooms],
        cwd=copy,
        env=environment(),
    )


def main(quick: bool) -> int:
    try:
        wheel, sdist = built(ROOT / "dist")
        print(
            f"{wheel.name}: {wheel.stat().st_size:,} bytes; {sdist.name}: {sdist.stat().st_size:,}; built again: the same bytes"
        )
        if faults := wheel_faults(wheel) + sdist_faults(sdist):
            raise Unfit("\n".join(faults))
        print("content: every file of src/loansms, and nothing else")
        if quick:
            return 0
        with TemporaryDirectory() as made:
            constraints = pins(Path(made) / "pins.txt")
            for extra in ("", *(name for name in project()["optional-dependencies"] if name != "all")):
                folder = Path(made) / (extra or "core")
                folder.mkdir()
                smoke(wheel, extra, folder, constraints)
                shutil.rmtree(folder)
                print(
                    f"installed in a fresh environment, {f'extra {extra}' if extra else 'no extra'}: works",
                    flush=True,
                )
            test_installed(wheel, Path(made) / "tests", constraints)
            print(f"tests against the installed wheel, without src/: {' '.join(TESTED)}: pass")
    except Unfit as fault:
        print(fault)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv))
