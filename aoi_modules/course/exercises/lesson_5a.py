"""Exercises of lesson 5a, Fashion-MNIST."""

import numpy as np

from aoi_modules.course.checks import Hint, exercise, kind

LABELS = 10


@exercise("5a.1")
def recalls(answer: object) -> str:
    """The recall of each class, with the confusion matrix it comes from."""
    if not isinstance(answer, dict) or set(answer) != {"confusion", "recalls"}:
        raise Hint(f"found {kind(answer)}, expected a dict with the keys confusion and recalls")
    confusion = np.asarray(answer["confusion"], float)
    if confusion.shape != (LABELS, LABELS):
        raise Hint(f"confusion: found the shape {confusion.shape}, expected ({LABELS}, {LABELS})")
    found = np.asarray(answer["recalls"], float)
    if found.shape != (LABELS,):
        raise Hint(f"recalls: found the shape {found.shape}, expected ({LABELS},): one for each class")
    right = np.diag(confusion)
    expected = right / confusion.sum(axis=1)
    if np.allclose(found, expected):
        return f"the weakest class is number {int(expected.argmin())} with {expected.min():.0%} found again"
    if np.allclose(found, right / np.maximum(confusion.sum(axis=0), 1)):
        raise Hint("recalls: found the precisions; a recall divides by the pictures that ARE of the class, a row's sum")
    if np.allclose(found, right / confusion.sum()):
        raise Hint("recalls: found shares of all pictures; divide each class by its own number of pictures")
    worst = int(np.abs(found - expected).argmax())
    raise Hint(
        f"recalls: class {worst} is {found[worst]:.3f}; {right[worst]:.0f} of {confusion[worst].sum():.0f} are right"
    )


@exercise("5a.2")
def wrong_part_score(answer: object) -> str:
    """The score that a part is none of the wanted class, with the probabilities it comes from."""
    if not isinstance(answer, dict) or set(answer) != {"probabilities", "bag", "score"}:
        raise Hint(f"found {kind(answer)}, expected a dict with the keys probabilities, bag and score")
    probabilities = np.asarray(answer["probabilities"], float)
    score = np.asarray(answer["score"], float)
    if score.shape != (len(probabilities),):
        raise Hint(f"score: found the shape {score.shape}, expected ({len(probabilities)},): one number a picture")
    expected = 1 - probabilities[:, int(answer["bag"])]
    if np.allclose(score, expected, atol=1e-6):
        return "ten classes became one score that a threshold can judge"
    if np.allclose(score, 1 - expected, atol=1e-6):
        raise Hint("score: found the probability of the right part; a defect score is high when the part is WRONG")
    first = int(np.abs(score - expected).argmax())
    raise Hint(
        f"score: picture {first} has {score[first]:.3f}, but its probability to be a bag is {1 - expected[first]:.3f}"
    )
