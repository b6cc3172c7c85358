"""Run every `bench_*.py` beside this file and print its figures as ratios to a floor of the same run.

Each file offers ``run() -> list[tuple[str, float, str]]``: what was measured, the ratio, what it is a ratio
to. Absolute rates depend on the machine; ratios travel. Nothing here is asserted in a test.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent


def load(path: Path) -> ModuleType:
    """Import one benchmark file by its path."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name}: not a module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    chosen = sys.argv[1:]
    for path in sorted(HERE.glob("bench_*.py")):
        if chosen and path.stem.removeprefix("bench_") not in chosen:
            continue
        print(f"\n{path.stem.removeprefix('bench_')}")
        for name, ratio, floor in load(path).run():
            print(f"  {name:<48} {ratio:>10.3f} x {floor}")


if __name__ == "__main__":
    main()
