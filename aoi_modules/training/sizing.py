"""What the size of the data's pictures means for a training: what shrinking them to the model's input loses.

Imports no TensorFlow.
"""

from aoi_modules.datasets.picture_sizes import PictureSize, typical_size
from aoi_modules.datasets.table import Split
from aoi_modules.modelstore.manifest import PictureInput

MOST_SHRINKING = 2.0
"""Pictures that are shrunk more often than this are warned about: the resize looks at four neighbours of each place, so
beyond it there are pixels that nobody looks at."""
SMALL_DEFECT = 7
"""Pixels of the defect that the warning speaks of."""


def shrinking(size: PictureSize, picture: PictureInput) -> float:
    """Computes how many times the pictures are shrunk, by the side that loses more; under 1 they are enlarged."""
    return max(size.height / picture.height, size.width / picture.width)


def size_note(split: Split, picture: PictureInput) -> str:
    """Warns of pictures that are shrunk so much that small defects vanish; empty where they are not.

    Args:
        split: the data.
        picture: what the model looks at.
    """
    size = typical_size(split.train)
    if size is None or (times := shrinking(size, picture)) <= MOST_SHRINKING:
        return ""
    left = SMALL_DEFECT / times
    return (
        f"pictures of {size} are shrunk {times:.1f} times to {picture.width} x {picture.height}: a defect of "
        f"{SMALL_DEFECT} pixels becomes {left:.1f} and may not be seen at all; let the model look at more pixels, by "
        "--picture-size or --tiles"
    )
