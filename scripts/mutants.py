"""Change the code of a room one place at a time, and count how many of the changes a test notices.

    make mutants                       # compliance/: a seeded sample of every file, about twenty minutes on two cores
    make mutants ARGS="--room policy"
    make mutants ARGS="--seed 7 --each 10 --only checks/caps.py"

First every test runs once, unchanged, and tells which lines it reaches and how long it takes. A mutant then meets
the tests that reach its line, the quickest first, until one fails. A mutant that stays unnoticed within the budget
survives; one that never comes back is a timeout and counts as noticed. Nothing on the disk is changed: the mutant is
handed to the import system of a forked child.
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib
import json
import math
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
# The room is chosen before anything of it is imported: `--room policy`.
ROOM_NAME = sys.argv[sys.argv.index("--room") + 1] if "--room" in sys.argv[:-1] else "compliance"
ROOM = ROOT / "src" / "loansms" / ROOM_NAME
TESTS = ROOT / "tests" / ROOM_NAME
HEAVY = (
    "attrs",
    "babel.numbers",
    "cattrs",
    "cryptography.fernet",
    "holidays",
    "hypothesis",
    "phonenumbers",
    "sybil",
)
UNNOTICED = (0, 5)  # every test passes, or none reaches the file
GRACE = 60.0  # seconds beyond the budget after which a child is taken to hang

SWAPS: dict[type[ast.AST], type[Any]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr, ast.Continue: ast.Break, ast.Break: ast.Continue,
}  # fmt: skip
# A comparison whose opposite is already a swap: to negate the whole condition would count it twice.
_OPPOSED = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)
# What holds no behaviour of its own: types, decorators (cache sizes, attrs options), bases, the words of an error.
_SKIPPED = {
    "annotation",
    "returns",
    "decorator_list",
    "bases",
    "keywords_of_class",
    "exc",
    "cause",
    "type_params",
}


@dataclass(frozen=True)
class Mutant:
    """One change: the node's place in the walk of the tree, how it changes, and the lines it stands on."""

    file: str
    node: int
    kind: str
    line: int
    lines: frozenset[int]
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.kind}: {self.text}"


def _children(node: ast.AST) -> Iterator[ast.AST]:
    for name, value in ast.iter_fields(node):
        if name in _SKIPPED or (name == "keywords" and isinstance(node, ast.ClassDef)):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, ast.AST):
                yield one


def _is_key(node: ast.Constant, parent: ast.AST) -> bool:
    """Whether a string is data that something looks up, and no prose."""
    if not isinstance(node.value, str):
        return False
    if isinstance(parent, ast.Call):
        return node.value.isidentifier() and node in parent.args
    return isinstance(parent, ast.Compare | ast.Subscript | ast.Set) or (
        isinstance(parent, ast.Dict) and node in parent.keys
    )


def _kinds(node: ast.AST, parent: ast.AST, truth: bool) -> Iterator[str]:
    """Name the changes that make sense at this node; `truth` says that the function returns a bool."""
    match node:
        case ast.Compare(ops=[one]) if type(one) in SWAPS:
            yield "swap"
        case ast.BoolOp() | ast.Continue() | ast.Break():
            yield "swap"
        case ast.BinOp(op=one) if type(one) in SWAPS:
            yield "swap"
        case ast.UnaryOp(op=ast.Not()):
            yield "unnot"
        case ast.Constant(value=bool()):
            yield "flip"
        case ast.Constant(value=int()):
            yield "plus"
        case ast.Constant() if _is_key(node, parent):
            yield "key"
        case ast.comprehension(ifs=[_, *_]):
            yield "no filter"
        case _:
            yield from _statement_kinds(node, truth)


def _statement_kinds(node: ast.AST, truth: bool) -> Iterator[str]:
    match node:
        case ast.Return(value=ast.expr() as value) if not (
            isinstance(value, ast.Constant) and (value.value is None or isinstance(value.value, bool))
        ):
            yield "negate return" if truth else "return None"
        case ast.Raise() | ast.AugAssign() | ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield "drop"
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) if not (
            isinstance(test, ast.UnaryOp | ast.Constant)
            or (isinstance(test, ast.Compare) and isinstance(test.ops[0], _OPPOSED))
        ):
            yield "negate"
        case _:
            pass


def mutants_of(path: Path) -> list[Mutant]:
    """Return every change this script can make to a file, in the order of the tree."""
    tree = ast.parse(path.read_text("utf-8"))
    places = {id(node): at for at, node in enumerate(ast.walk(tree))}
    found: list[Mutant] = []

    def visit(node: ast.AST, parent: ast.AST, within: frozenset[int], truth: bool) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            return
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return
        if isinstance(node, ast.FunctionDef):
            truth = node.returns is not None and ast.unparse(node.returns) == "bool"
        if isinstance(node, ast.stmt):
            within = frozenset({node.lineno})
        spans = [one for one in (node, *_children(node)) if isinstance(one, ast.expr)]
        lines = within.union(*(range(one.lineno, (one.end_lineno or one.lineno) + 1) for one in spans))
        for kind in _kinds(node, parent, truth):
            shown = node.test if kind == "negate" and isinstance(node, ast.If | ast.While) else node
            text = " ".join(ast.unparse(shown).split())[:90]
            found.append(Mutant(str(path.relative_to(ROOM)), places[id(node)], kind, min(lines), lines, text))
        for one in _children(node):
            visit(one, node, within, truth)

    visit(tree, tree, frozenset(), truth=False)
    return found


def changed(mutant: Mutant) -> CodeType:
    """Return the code of the mutant's file with its one change."""
    path = ROOM / mutant.file
    tree: Any = ast.parse(path.read_text("utf-8"))
    node: Any = list(ast.walk(tree))[mutant.node]
    swapped: ast.AST | None = None
    match mutant.kind, node:
        case "swap", ast.Compare():
            node.ops = [SWAPS[type(node.ops[0])]()]
        case "swap", ast.BoolOp() | ast.BinOp():
            node.op = SWAPS[type(node.op)]()
        case "swap", _:
            swapped = SWAPS[type(node)]()
        case "drop", _:
            swapped = ast.Pass()
        case "unnot", ast.UnaryOp():
            swapped = node.operand
        case "flip" | "plus" | "key", _:
            value: Any = node.value
            node.value = (
                not value if mutant.kind == "flip" else value + (1 if mutant.kind == "plus" else "XX")
            )
        case "return None" | "negate return", ast.Return(value=ast.expr() as given):
            node.value = ast.Constant(None) if mutant.kind == "return None" else ast.UnaryOp(ast.Not(), given)
        case "negate", ast.If() | ast.IfExp() | ast.While():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case "no filter", ast.comprehension():
            node.ifs = []
    if swapped is not None:
        tree = _Replace(node, swapped).visit(tree)
    code: CodeType = compile(ast.fix_missing_locations(tree), str(path), "exec", dont_inherit=True)
    return code


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.old:
            return ast.copy_location(self.new, node)
        seen: ast.AST = self.generic_visit(node)
        return seen


@dataclass
class Reach:
    """What the unchanged run of one test told: its file, how long it took, the lines it reached by file."""

    target: str
    seconds: float
    lines: dict[str, list[int]]


class _Record:
    """Follows every test and notes which lines of the room it reaches."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.told: dict[str, Reach] = {}
        self._lines: set[tuple[str, int]] = set()

    def _enter(self, frame: FrameType, _event: str, _arg: object) -> Callable[..., Any] | None:
        name = frame.f_code.co_filename
        if not name.startswith(str(ROOM)):
            return None
        lines = self._lines

        def line(inner: FrameType, event: str, _arg: object) -> Callable[..., Any]:
            if event == "line":
                lines.add((name, inner.f_lineno))
            return line

        return line

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self._lines = set()
        start = time.monotonic()
        sys.settrace(self._enter)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            by_file: defaultdict[str, list[int]] = defaultdict(list)
            for name, at in self._lines:
                by_file[str(Path(name).relative_to(ROOM))].append(at)
            self.told[item.nodeid] = Reach(self.target, time.monotonic() - start, dict(by_file))


class _Chosen:
    """Runs the chosen tests in the chosen order, and starts none after the budget is spent."""

    def __init__(self, order: dict[str, int], known: Collection[str], budget: float) -> None:
        self.order, self.known, self.until = order, known, time.monotonic() + budget

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        # A test that the unchanged run did not know has its name from data that the mutant changed.
        items[:] = sorted(
            (one for one in items if one.nodeid in self.order or one.nodeid not in self.known),
            key=lambda one: self.order.get(one.nodeid, len(self.order)),
        )

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if time.monotonic() > self.until:
            item.session.shouldstop = "the budget is spent"
            pytest.exit("the budget is spent", returncode=0)


def _forked(work: Callable[[], int]) -> int:
    """Start the work in a child of its own, silent, and return its process id."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        os.setsid()
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(quiet, stream)
        code = work()
    finally:
        os._exit(code)


def _pool(
    jobs: list[tuple[str, Callable[[], int], float]], width: int, done: Callable[[str, int | None], None]
) -> None:
    """Run the jobs, so many at a time; tell each one's exit code, or None for one that had to be ended."""
    waiting, running = list(reversed(jobs)), dict[int, tuple[str, float]]()
    while waiting or running:
        while waiting and len(running) < width:
            name, work, limit = waiting.pop()
            running[_forked(work)] = (name, time.monotonic() + limit)
        time.sleep(0.02)
        for child, (name, until) in list(running.items()):
            ended, status = os.waitpid(child, os.WNOHANG)
            if not ended and time.monotonic() < until:
                continue
            if not ended:
                os.killpg(child, signal.SIGKILL)
                os.waitpid(child, 0)
            del running[child]
            done(name, os.waitstatus_to_exitcode(status) if ended else None)


# Plain asserts: pytest would else read the modules it is given past the import system, and find no mutant.
def _pytest(args: list[str], plugin: object) -> int:
    return int(pytest.main(["-x", "--assert=plain", *args], plugins=[plugin]))


def reaches(width: int) -> dict[str, Reach]:
    """Run every test unchanged, and return what each one reaches; raise SystemExit where one fails."""
    targets = [
        *sorted(str(one.relative_to(ROOT)) for one in TESTS.glob("test_*.py")),
        str(ROOM.relative_to(ROOT)),
    ]
    told: dict[str, Reach] = {}
    with tempfile.TemporaryDirectory() as folder:

        def work(target: str) -> int:
            record = _Record(target)
            code = _pytest([target], record)
            out = {name: vars(one) for name, one in record.told.items()}
            (Path(folder) / target.replace("/", "~")).write_text(json.dumps(out), "utf-8")
            return code

        def done(target: str, code: int | None) -> None:
            if code != 0:
                raise SystemExit(
                    f"{target}: does not pass unchanged (exit {code}), expected green tests: run it first"
                )
            text = (Path(folder) / target.replace("/", "~")).read_text("utf-8")
            told.update({name: Reach(**one) for name, one in json.loads(text).items()})

        _pool([(one, partial(work, one), 1800.0) for one in targets], width, done)
    return told


def _order(mutant: Mutant, told: dict[str, Reach]) -> list[str]:
    """Return the tests that reach the line, then those that reach the file, the quickest first."""
    near = {name: one for name, one in told.items() if mutant.file in one.lines}
    return sorted(
        near, key=lambda name: (mutant.lines.isdisjoint(near[name].lines[mutant.file]), near[name].seconds)
    )


def _meet(mutant: Mutant, told: dict[str, Reach], budget: float) -> int:
    """Run the tests against one mutant, in a child that nobody needs afterwards."""
    path, code = str(ROOM / mutant.file), changed(mutant)
    plain = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        return code if self.path == path else plain(self, fullname)

    loader: Any = SourceFileLoader  # the type stubs let nobody assign a method
    loader.get_code = get_code
    order = _order(mutant, told)
    places = {name: at for at, name in enumerate(order)}
    near = Counter(
        told[name].target for name in order if not mutant.lines.isdisjoint(told[name].lines[mutant.file])
    )
    targets = (
        [one for one, _ in near.most_common(1)],
        list(dict.fromkeys(told[name].target for name in order)),
    )
    # The file that knows the line best by itself first: to collect one file is most of the time of a killed mutant.
    codes = (_pytest(some, _Chosen(places, told, budget)) for some in targets if some)
    return next((code for code in codes if code not in UNNOTICED), 0)


def interval(killed: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval for a share."""
    if not of:
        return (0.0, 1.0)
    z, share = 1.96, killed / of
    middle, wide = share + z * z / (2 * of), z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - wide) / (1 + z * z / of), (middle + wide) / (1 + z * z / of)


def sample(seed: int, each: int, only: str) -> tuple[list[Mutant], dict[str, int]]:
    """Draw so many mutants of every file; also how many there are in each."""
    drawn: list[Mutant] = []
    sizes: dict[str, int] = {}
    for path in sorted(ROOM.rglob("*.py")):
        every = mutants_of(path)
        name = str(path.relative_to(ROOM))
        if not every or only not in name:
            continue
        sizes[name] = len(every)
        # A file's draw is its own: another file's change does not move it.
        drawn += random.Random(f"{seed} {name}").sample(every, min(each, len(every)))
    return drawn, sizes


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--room", default=ROOM_NAME, help="compliance, policy")
    ask.add_argument("--seed", type=int, default=4)
    ask.add_argument("--each", type=int, default=6, help="mutants of every file")
    ask.add_argument("--only", default="", help="files whose path holds this")
    ask.add_argument("--budget", type=float, default=20.0, help="seconds of tests for one mutant")
    ask.add_argument("--width", type=int, default=2, help="mutants at one time")
    ask.add_argument("--told", type=Path, help="a file that keeps what the unchanged run told")
    given = ask.parse_args()
    os.chdir(ROOT)
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    for name in HEAVY:
        importlib.import_module(name)
    gc.freeze()
    drawn, sizes = sample(given.seed, given.each, given.only)
    print(
        f"{len(drawn)} of {sum(sizes.values())} mutants, seed {given.seed}; the unchanged run first",
        flush=True,
    )
    if given.told and given.told.exists():
        told = {name: Reach(**one) for name, one in json.loads(given.told.read_text("utf-8")).items()}
    else:
        told = reaches(given.width)
    if given.told:
        given.told.write_text(json.dumps({name: vars(one) for name, one in told.items()}), "utf-8")
    named = {str(one): one for one in drawn}
    fate: dict[str, str] = {}

    def done(name: str, code: int | None) -> None:
        fate[name] = "timeout" if code is None else "survived" if code in UNNOTICED else "killed"
        if fate[name] != "killed":
            print(f"{fate[name]}: {name}", flush=True)

    limit = given.budget + GRACE
    _pool(
        [(name, partial(_meet, one, told, given.budget), limit) for name, one in named.items()],
        given.width,
        done,
    )
    report(named, fate, sizes, given.seed)


def report(named: dict[str, Mutant], fate: dict[str, str], sizes: dict[str, int], seed: int) -> None:
    """Print killed and survived by file, worst first, and the shares over all."""
    files: defaultdict[str, list[bool]] = defaultdict(list)
    for name, one in named.items():
        files[one.file].append(fate[name] != "survived")
    print()
    for file, noticed in sorted(files.items(), key=lambda pair: (sum(pair[1]) / len(pair[1]), pair[0])):
        print(f"{sum(noticed):3} killed {len(noticed) - sum(noticed):3} survived of {sizes[file]:4}  {file}")
    every = [one for noticed in files.values() for one in noticed]
    low, high = interval(sum(every), len(every))
    share = sum(every) / max(1, len(every))
    weighed = sum(sizes[file] * sum(one) / len(one) for file, one in files.items()) / max(
        1, sum(sizes.values())
    )
    late = sum(one == "timeout" for one in fate.values())
    print(
        f"seed {seed}: {sum(every)} of {len(every)} killed ({late} by timeout), {share:.1%}, "
        f"95 % interval {low:.1%} to {high:.1%}; files weighed by size {weighed:.1%}"
    )


if __name__ == "__main__":
    main()
