"""Which pages the navigation leads to."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A page that every other one links.

    Args:
        path: of the page; it is underlined on the pages below it, too.
        title: one or two words.
    """

    path: str
    title: str


ENTRIES: Sequence[Entry] = (
    Entry("/live", "Live"),
    Entry("/review", "Review"),
    Entry("/quality", "Quality"),
    Entry("/limits", "Thresholds"),
    Entry("/stations", "Stations"),
    Entry("/audit", "Audit log"),
)
"""In the order in which they are shown. A page that is not there yet has no line."""
