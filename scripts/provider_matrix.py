"""Write the table of shipped providers, docs/reference/providers.md, from the codecs themselves.

`--check` fails when the page is not what this script would write.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from loansms.model import Channel
from loansms.providers import SupportsInbound, SupportsReceipts
from loansms.providers.base import SupportsBalance, SupportsBatch, SupportsLookup
from loansms.providers.builtin import Builtin, builtin
from loansms.providers.codec import (
    BalanceCodec,
    BatchCodec,
    CallbackCodec,
    CardCodec,
    LookupCodec,
    PullCodec,
    TemplateCodec,
)

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "reference" / "providers.md"
DASH: Final = "–"
INTRO: Final = """# Providers

What each shipped provider can do. The table is written from the codecs by `python scripts/provider_matrix.py`: a cell says
yes only where the codec has the methods. Nothing here has been tried against a live endpoint.

- **Batch**: how many messages one request may hold; every message is answered for by itself.
- **Reports**: *pushed* to you, and whether the gateway *signs* them or a secret address *guards* them; *pulled* by you.
- **Look-up**: asks what became of a message nobody knows the fate of. **Balance**: tells what is left on the account.
- **Cards**: sends a card with a text to fall back to, and tells whose handset shows it. A call goes by what has *voice* among its channels.
- **Facts**: *read* at the source named, or only *likely*; kind *declared* is a file you can
  [copy and change](../how-to/add-a-gateway-without-code.md), *development* reaches nobody.
- What a gateway takes of a lender's words is on the page [Provider acceptance](provider-acceptance.md).

| provider | kind | channels | batch | reports | look-up | balance | cards | templates | facts |
|---|---|---|---|---|---|---|---|---|---|
"""


def page() -> str:
    """Return the whole page."""
    with TemporaryDirectory() as folder:
        return INTRO + "".join(_row(name, one, Path(folder) / name) for name, one in builtin().items())


def _row(name: str, entry: Builtin, folder: Path) -> str:
    made = entry.make(folder)
    cells = (
        name,
        entry.kind,
        _list(one for one in Channel if one in getattr(made, "channels", ())),
        _batch(made),
        _list(_reports(made, entry)),
        _yes(isinstance(made, LookupCodec | SupportsLookup)),
        _yes(isinstance(made, BalanceCodec | SupportsBalance)),
        _yes(isinstance(made, CardCodec)),
        _yes(isinstance(made, TemplateCodec)),
        f"{entry.mark}: {entry.source}" if entry.source else DASH,
    )
    return f"| {' | '.join(cells)} |\n"


def _batch(made: object) -> str:
    if isinstance(made, BatchCodec):
        return str(made.most)
    return _yes(isinstance(made, SupportsBatch))


def _reports(made: object, entry: Builtin) -> Iterable[str]:
    if isinstance(made, CallbackCodec):
        yield f"pushed, {entry.callbacks}" if entry.callbacks else "pushed"
    if isinstance(made, PullCodec | SupportsReceipts | SupportsInbound):
        yield "pulled"


def _list(told: Iterable[str]) -> str:
    return ", ".join(told) or DASH


def _yes(can: bool) -> str:
    return "yes" if can else DASH


def main(check: bool) -> int:
    """Write the page, or with `check` say whether it is stale."""
    text = page()
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    if check:
        print("not what scripts/provider_matrix.py writes: docs/reference/providers.md")
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
