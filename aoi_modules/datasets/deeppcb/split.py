"""DeepPCB: crops of circuit boards, six questions about each: open, short, mousebite, spur, copper, pin-hole.

Upstream gives pairs of black and white pictures, the tested board and its template (the golden sample), with a box
around every defect of the tested one. A crop is cut around each box with its centre moved at random, one from the same
place of the template, and some from places without a defect. So a head meets, as negatives, its positive's twin without
the defect, the five other defects, and tested boards that are good.

A pair never parts: its crops share tracks, and the template's crop is a positive's twin. Upstream's list for training
is cut by pairs into train and validation. Upstream's test list holds, besides pairs of boards that training knows, all
pairs of four other boards (12100, 12300, 90100 and 12000): these are `Split.unseen`, and not part of `Split.test`.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from aoi_modules.datasets import sampling
from aoi_modules.datasets.bad_rows import BadRow, leave_out
from aoi_modules.datasets.deeppcb import stand_in
from aoi_modules.datasets.deeppcb.crops import DEFECTS, SIDE, Crop, answers, plan
from aoi_modules.datasets.deeppcb.pairs import Pair, listed
from aoi_modules.datasets.sources.finding import Found, find
from aoi_modules.datasets.table import Pixels, Split, Table, Target
from aoi_modules.datasets.twins import joined
from aoi_modules.errors import DataError
from aoi_modules.progress import progress

NAME = "deeppcb"
FOLDER = "PCBData"
LEARNING_LIST, TEST_LIST = "trainval.txt", "test.txt"
VALIDATION_FOLD = 0
"""Of each board's pairs in upstream's list for training; its test list is the test."""
Pairs = tuple[Pair, ...]


def load(
    *,
    train: int | None = None,
    validation: int | None = None,
    test: int | None = None,
    seed: int = 0,
    found: Found | None = None,
    skip_bad: bool = False,
) -> Split:
    """Loads the crops. The place of a crop depends on its pair's name alone, so `seed` never moves it.

    Args:
        train: crops to train on, in which every kind keeps its share; None takes all (some 14,000).
        validation: likewise (some 3,600).
        test: likewise, and as many of the boards that training never saw; None takes all (some 2,800 and 5,500).
        seed: of the choice when limited.
        found: where the data is; None looks for it.
        skip_bad: leave out pairs that cannot be used, and say so in `left_out`.

    Returns:
        Tables with pictures uint8 (N, 64, 64, 1) and six targets, labels ("good", defect). A crop is positive for the
        defect of its own box. Where a box of another defect reaches in, that defect's head is not asked: weight 0.
        `kinds` names the defect, `template` or `clean`; ids are as `group00041/00041000/test/3`.

    Raises:
        DataError: pairs cannot be used: names files and lines. Or see `sources.find`.
    """
    found = found or find(NAME)
    learning, testing, bad = _pairs(found)
    count = len(learning) + len(testing) + len(bad)
    known = {pair.board for pair in learning}
    held_out = _held_out(learning)
    training = _table([pair for pair in learning if pair.name not in held_out], train, seed, bad)
    validating = _table([pair for pair in learning if pair.name in held_out], validation, seed, bad)
    tested = _table([pair for pair in testing if pair.board in known], test, seed, bad)
    unseen = _table([pair for pair in testing if pair.board not in known], test, seed, bad)
    left_out = leave_out(bad, count, skip_bad=skip_bad, unit="pairs")
    return Split(training, validating, tested, found.origin, unseen if len(unseen) else None, left_out)


def pairs(found: Found | None = None) -> tuple[Pairs, Pairs]:
    """Lists all pairs for training, and all for the test; their pictures are read when they are needed.

    Raises:
        DataError: boxes cannot be read: names files and lines. Or see `sources.find`.
    """
    learning, testing, bad = _pairs(found or find(NAME))
    leave_out(bad, len(learning) + len(testing) + len(bad), skip_bad=False, unit="pairs")
    return learning, testing


def boards(table: Table) -> tuple[str, ...]:
    """Gives the board group of each row, the component that a crop belongs to: N names such as `group00041`."""
    return tuple(name.partition("/")[0] for name in table.ids)


def _pairs(found: Found) -> tuple[Pairs, Pairs, list[BadRow]]:
    if found.root is None:
        drawn = stand_in.draw()
        return tuple(map(_drawn, drawn[0])), tuple(map(_drawn, drawn[1])), []
    bad: list[BadRow] = []
    folder = found.root / FOLDER
    learning = listed(folder, LEARNING_LIST, bad)
    return learning, listed(folder, TEST_LIST, bad), bad


def _drawn(pair: stand_in.DrawnPair) -> Pair:
    return Pair(pair.name, pair.boxes, stand_in.SIDE, lambda: (pair.tested, pair.template), pair.name)


def _held_out(learning: Pairs) -> set[str]:
    """Every fifth pair of each board, by a hash of its name; pairs that share a template together."""
    group = joined([[pair.template_sum] for pair in learning])
    fold = sampling.folds({learning[first].name: learning[first].board for first in set(group.tolist())})
    return {
        pair.name
        for pair, first in zip(learning, group.tolist(), strict=True)
        if fold[learning[first].name] == VALIDATION_FOLD
    }


def _table(pairs: Sequence[Pair], limit: int | None, seed: int, bad: list[BadRow]) -> Table:
    """Plans all crops, chooses, and reads the pairs that have chosen ones, each once."""
    planned = [(pair, crop) for pair in pairs for crop in plan(pair.boxes, pair.side, pair.side, _random(pair))]
    chosen = [planned[row] for row in sampling.stratified([crop.kind for _, crop in planned], limit, seed)]
    pictures, whole = _cut(chosen, bad)
    if not all(whole):
        chosen = [row for row, good in zip(chosen, whole, strict=True) if good]
        pictures = pictures[whole]
    crops = [crop for _, crop in chosen]
    return Table(
        pictures=pictures,
        targets=tuple(_target(crops, number) for number in range(1, len(DEFECTS) + 1)),
        ids=tuple(f"{pair.name}/{crop.name}" for pair, crop in chosen),
        kinds=tuple(crop.kind for crop in crops),
    )


def _random(pair: Pair) -> np.random.Generator:
    return np.random.default_rng(list(hashlib.sha256(pair.name.encode()).digest()[:8]))


def _target(crops: list[Crop], defect: int) -> Target:
    name = DEFECTS[defect - 1]
    values, weights = answers(crops, defect)
    return Target(name, values, ("good", name), weights)


def _cut(chosen: Sequence[tuple[Pair, Crop]], bad: list[BadRow]) -> tuple[Pixels, list[bool]]:
    """The crops' pixels, uint8 (N, 64, 64, 1), and which of them could be cut."""
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, (pair, _) in enumerate(chosen):
        rows_of[pair.name].append(row)
    pictures: Pixels = np.zeros((len(chosen), SIDE, SIDE, 1), np.uint8)
    whole = [True] * len(chosen)

    def fill(rows: list[int]) -> BadRow | None:
        pair = chosen[rows[0]][0]
        try:
            tested, template = pair.read()
        except DataError as error:
            for row in rows:
                whole[row] = False
            return BadRow(pair.name, error.message)
        for row in rows:
            crop = chosen[row][1]
            source = template if crop.from_template else tested
            pictures[row, :, :, 0] = source[crop.y : crop.y + SIDE, crop.x : crop.x + SIDE]
        return None

    with ThreadPoolExecutor() as pool, progress("cut crops", len(rows_of), unit="pairs") as advance:
        for problem in pool.map(fill, rows_of.values()):
            bad += [] if problem is None else [problem]
            advance(1)
    return pictures, whole
