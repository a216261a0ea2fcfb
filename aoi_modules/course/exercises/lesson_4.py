"""Exercises of lesson 4, Keras from layers to metrics. Losses and callbacks are judged by what they say of themselves,
so that no check has to import Keras."""

import math

import numpy as np

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.fields import number
from aoi_modules.study.training import defect_counts
from aoi_modules.training.measuring import thresholds
from aoi_modules.training.measuring.metrics import rates

FITTING = {
    "category": {"sparsecategoricalcrossentropy"},
    "defect": {"binarycrossentropy", "binaryfocalcrossentropy"},
    "price": {
        "meansquarederror",
        "meanabsoluteerror",
        "meanabsolutepercentageerror",
        "meansquaredlogarithmicerror",
        "huber",
        "logcosh",
    },
}
SHORT = {
    "mse": "meansquarederror",
    "mae": "meanabsoluteerror",
    "mape": "meanabsolutepercentageerror",
    "msle": "meansquaredlogarithmicerror",
}
WHY_NOT = {
    ("category", "categoricalcrossentropy"): "it wants a row of ten per picture (one-hot); these labels are single "
    "numbers from 0 to 9, for which Keras has a sparse sister",
    ("category", "binarycrossentropy"): "it asks ten separate yes-no questions; a garment is exactly one of ten",
    ("defect", "sparsecategoricalcrossentropy"): "it wants one output for each class, and this head has one score",
    ("defect", "categoricalcrossentropy"): "it wants one output for each class, and this head has one score",
    ("price", "binarycrossentropy"): "it wants probabilities, and a price is none",
}
PATIENCE = 3
ESCAPE_TARGET = 0.02


@exercise("4.1")
def losses(answer: object) -> str:
    """A loss for each of three heads, as Keras takes it: a name, a class, a function or an object."""
    if not isinstance(answer, dict) or set(answer) != set(FITTING):
        raise Hint(f"found {kind(answer)}, expected a dict with the keys {', '.join(FITTING)}")
    for head, fitting in FITTING.items():
        name = _name_of(answer[head])
        if not name:
            raise Hint(f"{head}: found {kind(answer[head])}, expected one of keras.losses")
        if getattr(answer[head], "from_logits", False):
            raise Hint(
                f"{head}: from_logits=True promises raw numbers, but softmax and sigmoid made probabilities of them"
            )
        if name not in fitting:
            reason = WHY_NOT.get((head, name), "look at the table above: what does this head answer?")
            raise Hint(f"{head}: found {kind(answer[head])}; {reason}")
    return "each head has the loss of what it answers: one of ten, yes or no, how much"


@exercise("4.2")
def stopping(answer: object) -> str:
    """An EarlyStopping by the AUROC of the validation rows, with patience 3, that gives the best weights back."""
    if type(answer).__name__ != "EarlyStopping":
        raise Hint(f"found {kind(answer)}, expected keras.callbacks.EarlyStopping(...)")
    monitor, mode = getattr(answer, "monitor", None), getattr(answer, "mode", None)
    if monitor in ("auroc", "loss"):
        raise Hint(f"monitor: found {monitor!r}, which is measured on training pictures; put val_ before it")
    if monitor != "val_auroc":
        raise Hint(f"monitor: found {monitor!r}, expected the name that the log has for the validation AUROC")
    if mode == "min":
        raise Hint("mode: found 'min', but an AUROC is better when it is higher; it would stop while all goes well")
    patience = getattr(answer, "patience", None)
    if patience != PATIENCE:
        raise Hint(f"patience: found {patience}, expected {PATIENCE} epochs of waiting; 0 stops at the first bad epoch")
    if getattr(answer, "restore_best_weights", None) is not True:
        raise Hint("restore_best_weights: found False, so the model keeps the weights of its last epoch, not the best")
    return "it waits three epochs for a better AUROC and goes back to the best"


@exercise("4.3")
def recall_over_batches(answer: object) -> str:
    """The recall of all batches together, with each batch's counts."""
    if not isinstance(answer, dict) or set(answer) != {"found", "defective", "recall"}:
        raise Hint(f"found {kind(answer)}, expected a dict with the keys found, defective and recall")
    recall = number("recall", answer["recall"])
    found, defective = (np.asarray(answer[name], float) for name in ("found", "defective"))
    if found.shape != defective.shape or found.ndim != 1 or not defective.sum() > 0:
        raise Hint("found, defective: expected one count for each batch, as the cell above made them; leave them alone")
    right = found.sum() / defective.sum()
    if math.isclose(recall, right, rel_tol=1e-3):
        return (
            f"{found.sum():.0f} of {defective.sum():.0f} wrong parts were found: counts are added first, then divided"
        )
    known = defective > 0
    each = found[known] / defective[known]
    if math.isclose(recall, float(each.sum()) / len(defective), rel_tol=1e-3):
        raise Hint(
            "recall: found the mean over all batches; a batch without a wrong part counts there as if it missed one"
        )
    if math.isclose(recall, float(each.mean()), rel_tol=1e-3):
        raise Hint(
            "recall: found the mean over the batches with wrong parts; a batch of one weighs there as much as of five"
        )
    raise Hint(f"recall: found {recall:.4g}; how many wrong parts are there in all batches, and how many were found?")


@exercise("4.4")
def promise(answer: object) -> str:
    """The threshold for 2% escapes, and how many defective parts it takes to promise that."""
    if not isinstance(answer, dict) or set(answer) != {"scores", "labels", "threshold", "needed"}:
        raise Hint(f"found {kind(answer)}, expected a dict with the keys scores, labels, threshold and needed")
    scores, labels = np.asarray(answer["scores"], np.float32), np.asarray(answer["labels"], np.int64)
    threshold = number("threshold", answer["threshold"])
    best = thresholds.threshold_for(scores, labels, ESCAPE_TARGET)
    escape, overkill = rates(scores, labels, threshold)
    if escape.value > ESCAPE_TARGET:
        raise Hint(f"threshold: at {threshold:.3g} the escape rate of these pictures is {escape}; that is over 2%")
    _, least = rates(scores, labels, best)
    if overkill.count > least.count:
        raise Hint(
            f"threshold: {threshold:.3g} fails {overkill.count} good parts; the highest one that keeps the 2% fails "
            f"{least.count}. Look for threshold_for in aoi_modules.training.measuring.thresholds"
        )
    needed = number("needed", answer["needed"])
    exact = defect_counts.defects_needed(ESCAPE_TARGET)
    if needed == round(1 / ESCAPE_TARGET):
        raise Hint("needed: 50 parts without an escape still happen often when 4% escape; think of the rule of three")
    if not exact <= needed <= defect_counts.rule_of_three(ESCAPE_TARGET):
        raise Hint(
            f"needed: found {needed:.0f}; how many wrong parts must all be caught before the rate is under 2% "
            "with 95% confidence? defects_needed knows, the rule of three comes close"
        )
    return f"threshold {threshold:.3f}; but to promise 2% takes {needed:.0f} wrong parts, and here are {escape.total}"


def _name_of(loss: object) -> str:
    """`sparsecategoricalcrossentropy` for the name, the function, the class or an object of it; "" for nothing."""
    if loss is None or loss is ... or isinstance(loss, (int, float, bytes, list, tuple, dict, set)):
        return ""
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    plain = name.replace("_", "").replace(" ", "").lower()
    return SHORT.get(plain, plain)
