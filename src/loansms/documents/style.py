"""The looks of a page: its measures and colours, read from data/styles.toml."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from loansms.errors import ConfigurationError


@frozen(kw_only=True)
class Style:
    """Measures in the points of the page; `sizes` and `colours` by their use.

    ``height`` is the most a page may be high; ``fixed`` pages are always that high, others end with their
    content. ``leading`` is the distance of baselines in parts of the size, ``gap`` the space between blocks,
    ``band`` that above and below the words of the masthead.
    """

    width: float
    height: float
    margin: float
    fixed: bool
    leading: float
    gap: float
    band: float
    sizes: Mapping[str, float]
    colours: Mapping[str, str] = field(factory=dict[str, str])

    @property
    def measure(self) -> float:
        """The width of a line."""
        return self.width - 2 * self.margin

    @property
    def foot(self) -> float:
        """Where the content of a page ends at the latest."""
        return self.height - self.margin


def checked(accent: str) -> str:
    """Return a lender's colour; raise ConfigurationError unless it is #rrggbb and dark enough for white words."""
    try:
        if len(accent) != 7 or accent[0] != "#":
            raise ValueError
        red, green, blue = (_linear(int(accent[at : at + 2], 16) / 255) for at in (1, 3, 5))
    except ValueError:
        raise ConfigurationError(
            "accent: expected a colour such as #0b5cad", "accent：应为 #0b5cad 之类的颜色"
        ) from None
    # WCAG 2.2, 1.4.3: 4.5 to 1 against white.
    if 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) < 4.5:
        raise ConfigurationError(
            "accent: white words could not be read on this colour: take a darker one",
            "accent：该颜色上的白字难以辨认，请选用更深的颜色",
        )
    return accent


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
