"""Hold what no linter holds: the file ceiling, what the core may import, what may not be committed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "loansms"
CEILING = 400  # lines: a longer file hides a second idea
CORE = [
    "errors",
    "clock",
    "files",
    "privacy",
    "model",
    "text",
    "calendars",
    "otp",
    "templates",
    "policy",
    "compliance",
    "replies",
    "evidence",
    "planning",
]
# Shells and adapters: they may hold a clock, a file, an extra. A room in neither list is a fault.
SHELLS = [
    "__init__",
    "__main__",
    "portfolio",
    "documents",
    "providers",
    "stores",
    "services",
    "insights",
    "testing",
    "cli",
]
# The core stands on the standard library and these; everything else is an extra.
CORE_DEPENDENCIES = {
    "attrs", "babel", "cattrs", "cryptography", "holidays", "loansms", "phonenumbers", "pyotp", "tzdata",
}  # fmt: skip
# Up to planning there is no clock, no randomness and, outside files.py, no I/O.
IMPURE = {
    "asyncio",
    "io",
    "os",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "threading",
    "time",
}
PURE_BY_NATURE = {"clock.py"}
# Ways to a file or past the import statement; only a room's files.py may use them.
REACHING = {"open", "__import__", "import_module", "read_text", "read_bytes", "write_text", "write_bytes"}
FORBIDDEN_FILES = re.compile(r"(^|/)(uv\.lock|poetry\.lock|pylock.*\.toml)$")
# Spelt in pieces, so that this file names none of them itself.
FORBIDDEN_TEXT = re.compile(
    "py" + r"pi\.org|python" + r"hosted\.|npm" + r"js\.|(^|[^A-Za-z0-9_.])/(wo" + "rk|ro" + "ot)/"
)


def imports(path: Path) -> set[str]:
    """Return the first part of every module a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def core_files() -> list[Path]:
    """Return the files of the pure core."""
    named = [SOURCE / f"{name}.py" for name in CORE] + [
        path for name in CORE for path in sorted((SOURCE / name).rglob("*.py"))
    ]
    return [path for path in named if path.exists()]


def core_import_faults() -> list[str]:
    """Return each import by which the core leaves its allow list."""
    allowed = CORE_DEPENDENCIES | set(sys.stdlib_module_names)
    faults: list[str] = []
    for path in core_files():
        used = imports(path)
        banned = set() if path.name in PURE_BY_NATURE else used & IMPURE
        faults += [
            f"{path.relative_to(ROOT)}: the core may not import {name}"
            for name in sorted((used - allowed) | banned)
        ]
    return faults


def room_faults() -> list[str]:
    """Return each room that is neither core nor shell: nothing would hold it."""
    rooms = {path.stem for path in SOURCE.iterdir() if path.suffix == ".py" or any(path.glob("*.py"))}
    return [
        f"src/loansms/{name}: name it in CORE or SHELLS, and in .importlinter"
        for name in sorted(rooms - {*CORE, *SHELLS})
    ]


def reaching_faults() -> list[str]:
    """Return each call in the core, outside files.py, that reads or writes a file or imports by name."""
    faults: list[str] = []
    for path in core_files():
        if path.name == "files.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            if name in REACHING:
                faults.append(f"{path.relative_to(ROOT)}:{node.lineno}: {name} belongs in a files.py")
    return faults


def ceiling_faults() -> list[str]:
    """Return each source file over the ceiling."""
    sizes = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in sorted(SOURCE.rglob("*.py"))
    }
    return [
        f"{path.relative_to(ROOT)}: {size} lines, ceiling {CEILING}"
        for path, size in sizes.items()
        if size > CEILING
    ]


def committed_faults() -> list[str]:
    """Return committed files or lines that name a registry host or a machine's path."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listed.stdout.splitlines() if listed.returncode == 0 else []
    faults = [f"{name}: a lock file that names hosts" for name in names if FORBIDDEN_FILES.search(name)]
    for name in names:
        path = ROOT / name
        if path.suffix in {".png", ".parquet", ".xlsx"} or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if FORBIDDEN_TEXT.search(line):
                faults.append(f"{name}:{number}: a registry host or a machine's path")
    return faults


def main() -> int:
    faults = [
        *ceiling_faults(),
        *room_faults(),
        *core_import_faults(),
        *reaching_faults(),
        *committed_faults(),
    ]
    print("\n".join(faults) or "tree: ceiling, core imports and committed files are in order")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
