"""Chooses and writes test pictures that travel with the model, to prove a servable and to warm it up."""

from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

from aoi_modules.datasets.table import Table, encode_png
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.modelstore.training_report import Sample

FOLDER = "samples"
AT_LEAST = 10
FEWEST = 2
PIXELS = 2**26
"""Pixels of all samples together."""


def enough(picture: PictureInput) -> int:
    """How many samples are enough: of large pictures few, because each goes with the model and is run at every load."""
    return max(FEWEST, min(AT_LEAST, PIXELS // (picture.height * picture.width)))


def choose(table: Table, at_least: int = AT_LEAST, first: Collection[int] = ()) -> list[int]:
    """Chooses rows of the table: one of each kind (or label), then a second of each, until there are enough.

    Args:
        table: to choose from.
        at_least: rows, if there are so many; the last turn is not cut short.
        first: rows that come before the others of their kind, such as those about which the model is wrong.
    """
    rows_of: dict[object, list[int]] = defaultdict(list)
    for row in sorted(range(len(table)), key=lambda row: row not in first):
        rows_of[_kind(table, row)].append(row)
    chosen: list[int] = []
    for turn in range(len(table)):
        if len(chosen) >= at_least:
            break
        chosen += [rows[turn] for _, rows in sorted(rows_of.items(), key=lambda item: str(item[0])) if turn < len(rows)]
    return chosen


def with_wrong(table: Table, wrong: Collection[int], at_least: int = AT_LEAST) -> list[int]:
    """Chooses rows as `choose` does, and behind them of each kind one about which the model is wrong."""
    chosen = choose(table, at_least)
    worst = choose(table, at_least=1, first=wrong)  # one turn
    return chosen + [row for row in worst if row in wrong and row not in chosen]


def _kind(table: Table, row: int) -> object:
    if table.kinds:
        return table.kinds[row]
    return int(table.labels[row]) if table.label_names else None  # prices are all of one kind


def write(table: Table, rows: list[int], folder: Path) -> tuple[Sample, ...]:
    """Writes the rows as PNG files below `folder/samples`: lossless, so every decoder sees the same pixels."""
    (folder / FOLDER).mkdir()
    samples = []
    for place, row in enumerate(rows):
        name = f"{FOLDER}/{place:02d}.png"
        (folder / name).write_bytes(encode_png(table.picture(row)))
        numbers = () if table.features is None else tuple(table.features[row].tolist())
        samples.append(Sample(file=name, label=table.label_name(row), features=numbers))
    return tuple(samples)
