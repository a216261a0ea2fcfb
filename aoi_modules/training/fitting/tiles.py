"""Heads on the tiles of large pictures, learnt from what is known of whole pictures: good, or a defect somewhere.

All tiles of a good picture are good. Of a picture with a defect one tile at least shows it, and nobody says which. At
first the tile that is least like those of good pictures is taken. Later it is the one that the head itself finds worst,
until the head finds the same tiles again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.table import Table, Target
from aoi_modules.modelstore.manifest import Head
from aoi_modules.progress import Say
from aoi_modules.tf import keras
from aoi_modules.training.features.cache import Features
from aoi_modules.training.fitting.backup import History
from aoi_modules.training.fitting.examples import FeatureExamples
from aoi_modules.training.fitting.fit import Schedule, fit
from aoi_modules.training.fitting.imbalance import balanced
from aoi_modules.training.networks.heads import PICTURE_FEATURES, Scale, head_model

TURNS = 3
"""How often a head is fitted at most, each time to the tiles that the one before it found."""
MOST_TILES = 12_000
"""Tiles of good pictures that a head learns from; of more, each picture gives a few at random."""
SCALE_SAMPLE = 4_000
"""Tiles of good pictures that tell mean and spread of the features."""

Chosen = dict[str, NDArray[np.int64]]
"""Head -> the tile that shows the defect, of each picture, int64 (N,); -1 for pictures that are good."""


@dataclass(frozen=True)
class TiledPictures:
    """The features of all tiles of pictures, and what is known about the pictures.

    Args:
        features: float (N, T, F), of T tiles; large, so it is read picture by picture.
        table: the N pictures.
        seed: of the choice where there are too many tiles.
    """

    features: Features
    table: Table
    seed: int = 0

    def unlike(self, head: Head, scale: Scale) -> NDArray[np.int64]:
        """Finds the tile of each picture with a defect that is least like those of good pictures, int64 (N,)."""
        return self._worst(head, lambda tiles: np.square((tiles - scale.mean) / scale.spread).mean(axis=1))

    def worst(self, head: Head, model: keras.Model) -> NDArray[np.int64]:
        """Finds the tile of each picture with a defect that a head finds worst, int64 (N,)."""

        def scores(tiles: NDArray[np.float32]) -> NDArray[np.float32]:
            return np.asarray(model({PICTURE_FEATURES: tiles}, training=False)[head.name])[:, 0]

        return self._worst(head, scores)

    def of_good(self, count: int) -> NDArray[np.float32]:
        """Gives the features of so many tiles, drawn from pictures without any defect: float32 (M, F)."""
        bad = np.any([target.values > 0 for target in self.table.targets], axis=0)
        good = np.flatnonzero(~bad) if not bad.all() else np.arange(len(bad))
        each = max(1, count // len(good))
        return np.concatenate([self._some(int(row), each) for row in good])

    def examples(self, chosen: Chosen, *, weighted: bool) -> FeatureExamples:
        """Gives the tiles to learn from: those chosen as defects, and many good ones.

        Args:
            chosen: of each head.
            weighted: whether good and defect count alike in total.
        """
        each = max(1, MOST_TILES // len(self.table))
        places: list[tuple[int, int]] = []
        for row in range(len(self.table)):
            tiles = {int(found[row]) for found in chosen.values()} - {-1}
            places += [(row, tile) for tile in sorted(tiles | set(self._drawn(row, each).tolist()))]
        rows, tiles = np.array(places, np.int64).T
        values = np.stack([np.asarray(self.features[row, tile], np.float32) for row, tile in places])
        targets = tuple(self._target(target, chosen[target.name][rows], tiles, rows) for target in self.table.targets)
        # The pictures themselves are not looked at again.
        table = Table(np.zeros((len(rows), 1, 1, 1), np.uint8), targets, tuple(map(str, range(len(rows)))))
        return FeatureExamples(values[np.newaxis], balanced(table) if weighted else table)

    def _target(
        self, target: Target, shows: NDArray[np.int64], tiles: NDArray[np.int64], rows: NDArray[np.int64]
    ) -> Target:
        """What is known of each tile: of a picture with a defect only the chosen one counts."""
        defect = target.values[rows] > 0
        shown = defect & (tiles == shows)
        base = np.ones(len(rows), np.float32) if target.weights is None else target.weights[rows]
        weights = np.where(~defect | shown, base, 0).astype(np.float32)
        return replace(target, values=shown.astype(np.int64), weights=weights)

    def _worst(self, head: Head, score: Callable[[NDArray[np.float32]], NDArray[np.floating]]) -> NDArray[np.int64]:
        defect = self.table.target(head.name).values > 0
        found = np.full(len(defect), -1, np.int64)
        for row in np.flatnonzero(defect):
            found[row] = int(score(np.asarray(self.features[row], np.float32)).argmax())
        return found

    def _some(self, row: int, count: int) -> NDArray[np.float32]:
        return np.asarray(self.features[row][self._drawn(row, count)], np.float32)

    def _drawn(self, row: int, count: int) -> NDArray[np.int64]:
        tiles = self.features.shape[1]
        if count >= tiles:
            return np.arange(tiles)
        return np.sort(np.random.default_rng((self.seed, row)).choice(tiles, count, replace=False))


def heads_on_tiles(
    heads: tuple[Head, ...],
    train: TiledPictures,
    validation: TiledPictures,
    schedule: Schedule,
    *,
    l2: float,
    weighted: bool,
    work: Path | None,
    log: Say,
) -> tuple[keras.Model, History]:
    """Fits heads to tiles.

    Args:
        heads: that tell good from defect.
        train: pictures to learn from.
        validation: pictures to decide with.
        schedule: of each turn.
        l2: how strongly large weights are punished.
        weighted: whether good and defect count alike in total.
        work: folder to go on from after a kill, see `fit`.
        log: told in lines how it goes.

    Returns:
        From a dict of `picture_features` float32 (B, F) to a dict, head -> float32 (B, 1); and the last turn's history.
    """
    scale = Scale.of(train.of_good(SCALE_SAMPLE))
    learnt = {head.name: train.unlike(head, scale) for head in heads}
    checked = {head.name: validation.unlike(head, scale) for head in heads}
    for turn in range(1, TURNS + 1):
        examples = train.examples(learnt, weighted=weighted)
        log(f"turn {turn}: {examples.values.shape[1]} of {train.features.shape[0] * train.features.shape[1]} tiles")
        model = head_model(heads, scale, examples.table, l2=l2)
        phase = None if work is None else work / f"turn-{turn}"
        history = fit(
            model, heads, examples, validation.examples(checked, weighted=weighted), schedule, work=phase, log=log
        )
        again = {head.name: train.worst(head, model) for head in heads}
        if all((again[name] == learnt[name]).all() for name in again):
            break
        learnt, checked = again, {head.name: validation.worst(head, model) for head in heads}
    return model, history
