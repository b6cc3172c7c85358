"""`import loansms` is quick and needs no extra: names come in when they are first asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import loansms
import loansms.services

SOURCE = Path(loansms.__file__).parent
# What only an extra brings, by the name it is imported under.
EXTRAS = {
    "PIL", "altair", "apprise", "celery", "fontTools", "httpcore", "httpx", "numpy", "opentelemetry", "pandas",
    "polars", "psycopg", "psycopg_pool", "pyarrow", "pymysql", "pyspark", "python_calamine", "redis", "reportlab",
    "rich", "scipy", "typer", "vl_convert",
}  # fmt: skip
# What the core stands on (pyproject.toml), and what those bring with them.
CORE = {
    "_cffi_backend", "attr", "attrs", "babel", "cattrs", "cryptography", "dateutil", "holidays", "phonenumbers", "pyotp",
    "pytz", "six", "typing_extensions",
}  # fmt: skip
LOADED = (
    "import sys; before = set(sys.modules); {}; "
    "print(*{{name.partition('.')[0] for name in set(sys.modules) - before}} - sys.stdlib_module_names - {{'loansms'}})"
)


def loaded_by(statement: str) -> set[str]:
    """Return the packages that are no part of Python which a fresh interpreter loads for `statement`."""
    command = [sys.executable, "-c", LOADED.format(statement)]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return {name for name in loaded if not name.startswith("_")}  # compiled parts of what is named here


def test_the_bare_import_loads_no_other_package() -> None:
    assert loaded_by("import loansms") == set()


def test_all_its_names_together_need_the_core_and_no_extra() -> None:
    loaded = loaded_by("from loansms import *; from loansms.services import *")
    assert not loaded & EXTRAS
    assert loaded <= CORE


def typed_names(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each name that type checkers see in a lazy package, and the module they see it in."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for one in node.body:
                assert isinstance(one, ast.ImportFrom)
                yield from ((alias.asname or alias.name, one.module or "") for alias in one.names)


@pytest.mark.parametrize("package", [loansms, loansms.services], ids=lambda package: package.__name__)
def test_what_type_checkers_see_is_what_a_program_gets(package: object) -> None:
    seen = dict(typed_names(Path(str(getattr(package, "__file__", "")))))
    homes = {name: home.partition(":")[0] for name, home in vars(package)["_HOMES"].items()}
    assert homes == seen
    assert sorted(seen) == sorted(vars(package)["__all__"])
    for name in seen:
        assert getattr(package, name) is not None
    assert set(seen) <= set(dir(package))


def test_rooms_are_reached_from_the_package_and_no_other_name_is() -> None:
    assert loansms.model.loan.amortise
    assert loansms.otp.profiles
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        loansms.nothing  # noqa: B018
