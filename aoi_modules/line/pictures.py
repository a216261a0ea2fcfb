"""Test pictures of the line's components: held out from training, with what is true about each."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aoi_modules.datasets import deeppcb, magnetic_tile
from aoi_modules.datasets.table import Split, Table
from aoi_modules.line.servables import Servable
from aoi_modules.progress import quiet

CROPS = 240
"""Of circuit boards; there are thousands, and cutting them takes time."""
GOOD = {"Free", "template", "clean"}
"""Kinds of parts that have no defect, in the words of the data sets."""
_SETS: Mapping[str, Callable[[], Split]] = {
    magnetic_tile.NAME: lambda: magnetic_tile.load(),
    deeppcb.NAME: lambda: deeppcb.load(train=1, validation=1, test=CROPS),
}


@dataclass(frozen=True)
class KnownPicture:
    """A picture of which is known what it shows.

    Args:
        component: that it shows.
        content: encoded.
        defect: its name; empty for a good part.
    """

    component: str
    content: bytes
    defect: str

    @property
    def truth(self) -> str:
        """In words: `good`, or the defect."""
        return self.defect or "good"


@dataclass(frozen=True)
class Deck:
    """Held-out pictures of one component.

    Args:
        table: of the data set's test.
        component: that they show.
        stand_in: whether they were drawn.
    """

    table: Table
    component: str
    stand_in: bool

    def draw(self, chance: random.Random, defects: float) -> KnownPicture:
        """Takes a picture by chance.

        Args:
            chance: decides.
            defects: share of pictures that show a defect, in [0, 1].
        """
        defective = chance.random() < defects
        rows = [row for row, kind in enumerate(self.table.kinds) if (kind not in GOOD) == defective]
        row = chance.choice(rows)
        kind = self.table.kinds[row]
        return KnownPicture(self.component, self.table.encoded(row), "" if kind in GOOD else kind)


def has_pictures(servable: Servable) -> bool:
    """Whether the line has pictures for it: it judges, and learnt from one of our data sets."""
    return any(head.judges for head in servable.manifest.heads) and data_of(servable) in _SETS


def data_of(servable: Servable) -> str:
    """The name of the data set that it learnt from; empty where it does not say, or learnt from several."""
    names = {origin.name for origin in servable.manifest.origins}
    return names.pop() if len(names) == 1 else ""


def held_out(servable: Servable) -> Deck:
    """Loads the pictures of the data set's test, from which nothing was learnt.

    Raises:
        DataError: the data set is damaged.
    """
    with quiet():
        split = _SETS[data_of(servable)]()
    return Deck(split.test, servable.name, split.origin.stand_in)
