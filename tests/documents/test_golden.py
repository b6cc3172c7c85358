"""The pictures look as they did when a person last looked at them."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat
from tests.documents.golden import FOLDER, documents, drawn

DOCUMENTS = documents()
# Mean difference of the grey of a pixel, of 255: another version of the font or of Pillow moves an edge by a
# fraction of a pixel; a line that moves or a text that changes is far above it (measured below).
TOLERANCE = 1.5


def difference(one: Image.Image, other: Image.Image) -> float:
    return float(ImageStat.Stat(ImageChops.difference(one.convert("L"), other.convert("L"))).mean[0])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_looks_as_it_did(name: str) -> None:
    golden = Image.open(FOLDER / f"{name}.png")
    now = Image.open(BytesIO(drawn(DOCUMENTS[name])))
    assert golden.width == now.width
    assert abs(golden.height - now.height) <= 2
    both = (0, 0, golden.width, min(golden.height, now.height))
    assert difference(golden.crop(both), now.crop(both)) <= TOLERANCE


def test_the_tolerance_sees_a_line_that_moved() -> None:
    golden = Image.open(FOLDER / "statement-en.png").convert("L")
    moved = ImageChops.offset(golden, 0, 3)
    assert difference(golden, moved) > 2 * TOLERANCE


def test_every_golden_picture_is_looked_for() -> None:
    assert {one.stem for one in FOLDER.glob("*.png")} == set(DOCUMENTS)
