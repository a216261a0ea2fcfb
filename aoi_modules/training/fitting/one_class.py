"""Learns from good pictures alone: what good parts look like, and how far from that the farthest good one is."""

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.table import Split, Table
from aoi_modules.errors import DataError
from aoi_modules.modelstore.manifest import Head
from aoi_modules.progress import Say
from aoi_modules.tf import keras
from aoi_modules.training.features.lookup import features
from aoi_modules.training.fitting.good_parts import (
    Bank,
    distance_map,
    distances,
    picture_model,
    sampled,
    step_of,
    usual_at,
)
from aoi_modules.training.networks.backbones import pretrained
from aoi_modules.training.networks.tiling import looking_at, tiled_features
from aoi_modules.training.plan import Plan


def learn_good(plan: Plan, split: Split, log: Say) -> tuple[keras.Model, str]:
    """Makes the plan's model of the good training pictures; pictures with defects are never looked at.

    The farthest good validation picture scores 0.5.

    Args:
        plan: what to do.
        split: the data.
        log: told in lines how it goes.

    Returns:
        A model of one head and its map, and where the backbone's weights came from.

    Raises:
        DataError: there are no good training or validation pictures.
    """
    recipe, (head,) = plan.recipe, plan.recipe.heads
    train, checked = good_of(split.train, head, "training"), good_of(split.validation, head, "validation")
    network, weights = pretrained(plan.backbone, plan.seen, pooling="patches", log=log)
    log(f"patches of {len(train)} good training pictures, weights {weights}")
    bank = Bank.of(patches_of(network, train, plan, log), seed=plan.seed)
    measured = distance_map(distances(network, bank, tiles=plan.grid), recipe.picture_input, plan.grid, plan.box)
    usual = usual_at(distances_of(measured, train, plan, log))
    unusual = (distances_of(measured, checked, plan, log) / usual).max(axis=(1, 2))
    log(
        f"{len(bank.patches)} patches stand for all; the most unusual patches of {len(checked)} good validation "
        f"pictures are {np.sqrt(np.median(unusual)):.2f} times as far from them as usual in the middle, "
        f"{np.sqrt(unusual.max()):.2f} at most"
    )
    return picture_model(head, measured, usual, max(float(unusual.max()), 1e-6)), weights


def distances_of(measured: keras.Model, table: Table, plan: Plan, log: Say) -> NDArray[np.float32]:
    """Measures all pictures of a table: float32 (N, rows, columns).

    Args:
        measured: see `distance_map`.
        table: the pictures.
        plan: what is seen of them.
        log: told in lines how it goes.
    """
    flat = keras.Model(measured.inputs[0], keras.layers.Flatten()(measured.outputs[0]), name="distances_in_a_row")
    flat.trainable = False
    found = features(flat, table, plan.recipe.picture_input, log=log)[0]
    return np.asarray(found).reshape(-1, *measured.outputs[0].shape[1:])


def patches_of(network: keras.Model, table: Table, plan: Plan, log: Say) -> NDArray[np.float32]:
    """Gives patches of all pictures, from places that differ from picture to picture: float32 (P, F).

    Args:
        network: from what is seen to a map float32 (N, h, w, F).
        table: the pictures.
        plan: what is seen of them.
        log: told in lines how it goes.
    """
    step = step_of(network, len(table) * plan.grid[0] * plan.grid[1])
    found = []
    for number in range(step * step):
        rows = np.arange(number, len(table), step * step)
        if len(rows):
            places = over_picture(sampled(network, step, divmod(number, step)), plan)
            values = features(places, table.take(rows), plan.recipe.picture_input, log=log)[0]
            found.append(values.reshape(-1, network.outputs[0].shape[-1]))
    return np.concatenate(found)


def good_of(table: Table, head: Head, name: str) -> Table:
    """Gives the rows with good parts.

    Raises:
        DataError: there are none.
    """
    target = table.target(head.name)
    counts = np.ones(len(table), bool) if target.weights is None else target.weights > 0
    rows = np.flatnonzero((target.values == 0) & counts)
    if not len(rows):
        raise DataError(f"{name} pictures: expected good ones. Received: {len(table)} pictures, none of them good")
    return table.take(rows)


def over_picture(network: keras.Model, plan: Plan) -> keras.Model:
    """Lets a network that gives float32 (N, F) look as the plan says: at the part, and tile by tile.

    Output shape: float32 (N, tiles * F).
    """
    picture = plan.recipe.picture_input
    if plan.grid != (1, 1):
        return tiled_features(network, picture, plan.grid, plan.box)
    return network if plan.box is None else looking_at(network, picture, plan.box)
