"""The presentation of a multimedia message: one slide for each picture, in the small SMIL that phones read.

Elements after the OMA MMS Conformance Document 1.2: a text and an image region, a `par` for each slide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

_SHOWN_FOR = "30s"  # a page of figures takes time; phones let the reader go on by hand


def smil(pictures: Sequence[str], text: str) -> bytes:
    """Return the presentation of `pictures` (their names) with `text` (its name) under the first."""
    root = ElementTree.Element("smil")
    layout = ElementTree.SubElement(ElementTree.SubElement(root, "head"), "layout")
    _add(layout, "root-layout", width="100%", height="100%")
    image = {"left": "0", "top": "0", "width": "100%", "height": "85%", "fit": "meet"}
    words = {"left": "0", "top": "85%", "width": "100%", "height": "15%", "fit": "scroll"}
    _add(layout, "region", id="Image", **image)
    _add(layout, "region", id="Text", **words)
    body = ElementTree.SubElement(root, "body")
    for turn, name in enumerate(pictures):
        slide = _add(body, "par", dur=_SHOWN_FOR)
        _add(slide, "img", src=name, region="Image")
        if turn == 0:
            _add(slide, "text", src=text, region="Text")
    return bytes(ElementTree.tostring(root, encoding="utf-8"))


def _add(parent: Any, tag: str, **attributes: str) -> Any:
    return ElementTree.SubElement(parent, tag, attributes)
