"""Draws what augmentation does: the same pictures several times, as training sees them.

Look at it once for every recipe: each copy must still show what its label says. A mirrored arrow is another part, and
a shift may push the defect out of the picture.
"""

from collections.abc import Sequence

import numpy as np

from aoi_modules.datasets.table import Pixels
from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.plots import Plot, title_of
from aoi_modules.training.networks.augmentation import layers

COPIES = 8


def copies_of(picture: Pixels, names: Sequence[str], *, copies: int = COPIES, seed: int = 0) -> Pixels:
    """Changes a picture several times at random, by the layers of `augmentation`.

    Args:
        picture: uint8 (h, w, c).
        names: of `augmentation.MAKERS`.
        copies: how many.
        seed: of the changes.

    Returns:
        uint8 (copies, h, w, c).
    """
    block = np.repeat(picture[np.newaxis].astype(np.float32), copies, axis=0)  # (copies, h, w, c)
    for layer in layers(names, seed=seed):
        block = np.asarray(layer(block, training=True))
    return np.clip(np.rint(block), 0, 255).astype(np.uint8)


def augmentation_gallery(
    pictures: Sequence[Pixels],
    names: Sequence[str],
    origin: DataOrigin,
    *,
    titles: Sequence[str] = (),
    copies: int = COPIES,
    seed: int = 0,
) -> Plot:
    """Draws a row for each picture: as it is, then changed at random by all layers together.

    Args:
        pictures: each uint8 (h, w, 1) or (h, w, 3).
        names: of `augmentation.MAKERS`; they stand in the title.
        origin: of the pictures.
        titles: what each picture shows, over the original; none says "as it is".
        copies: how many beside the original.
        seed: of the changes.

    Raises:
        ModelError: no picture, or no layer of that name.
    """
    if not len(pictures):
        raise ModelError("augmentation gallery: expected a picture at least. Received: none")
    plot = Plot(figsize=(1.15 * (copies + 1), 1.35 * len(pictures) + 0.6), layout="constrained")
    cells = plot.subplots(len(pictures), copies + 1, squeeze=False)
    for place, (row, picture) in enumerate(zip(cells, pictures, strict=True)):
        row[0].set_title(titles[place] if place < len(titles) else "as it is", fontsize=9)
        for cell, one in zip(
            row, [picture, *copies_of(picture, names, copies=copies, seed=seed + 100 * place)], strict=True
        ):
            cell.imshow(one[..., 0] if one.shape[-1] == 1 else one, cmap="gray", vmin=0, vmax=255)
            cell.axis("off")
    plot.suptitle(title_of(f"As training sees it: {', '.join(names) or 'unchanged'}", origin), fontsize=11)
    return plot
