"""The one number of a head that is judged: how far a picture shows a defect. Pure."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from aoi_modules.modelstore.manifest import Head


def defect_scores(head: Head, answers: NDArray[np.floating], good: Collection[str] = ()) -> NDArray[np.float64]:
    """Computes what is held against the threshold: a defect head's score; of a class head 1 - the sum of good labels.

    Args:
        head: that answered; of kind `defect`, or `class` with good labels.
        answers: float (N, K), for N pictures.
        good: a class head's labels of good parts; none takes those of the head.

    Returns:
        float64 (N,); a higher score is more defective.
    """
    wide = answers.astype(np.float64)
    if head.kind != "class":
        return wide[:, 0]
    places = [place for place, label in enumerate(head.labels) if label in (good or head.good)]
    scores: NDArray[np.float64] = 1.0 - wide[:, places].sum(axis=1)
    return scores
