"""Exercises of lesson 4, Keras from layers to metrics. Losses and callbacks are judged by what they say of themselves,
so that no check has to import Keras."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.answers import agrees, expect_count, expect_share, number
from aoi_modules.course.fields import fields
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
Metric = Callable[[Any, Any], Any]
"""A function of y_true and y_pred, as `compile` takes it."""
PATIENCE = 3
ESCAPE_TARGET = 0.02
DIVISORS = {"precision": "parts called wrong", "recall": "wrong parts that there are"}
SHAPES = (
    "each label against each score: (B,) times (B, 1) gives (B, B); bring y_true into the shape of y_pred first, "
    "with keras.ops.reshape"
)


@dataclass(frozen=True)
class Batch:
    """Truth and scores of a few parts, to try a metric on."""

    name: str
    labels: tuple[int, ...]
    scores: tuple[float, ...]


BATCHES = (
    Batch("a batch of eight", (1, 1, 1, 0, 0, 0, 0, 0), (0.9, 0.8, 0.1, 0.7, 0.6, 0.2, 0.1, 0.3)),
    Batch("a batch without a wrong part", (0, 0, 0, 0), (0.1, 0.2, 0.3, 0.4)),
)
"""The first one has two of three found among four called; the second one has nothing to divide by."""


@exercise("4.1")
def losses(answer: object) -> str:
    """A loss for each of three heads, as Keras takes it: a name, a class, a function or an object."""
    given = fields(answer, tuple(FITTING))
    for head, fitting in FITTING.items():
        name = _name_of(given[head])
        if not name:
            raise Hint(f"{head}: found {kind(given[head])}, expected one of keras.losses")
        if getattr(given[head], "from_logits", False):
            raise Hint(
                f"{head}: from_logits=True promises raw numbers, but softmax and sigmoid made probabilities of them"
            )
        if name not in fitting:
            reason = WHY_NOT.get((head, name), "look at the table above: what does this head answer?")
            raise Hint(f"{head}: found {kind(given[head])}; {reason}")
    return "each head has the loss of what it answers: one of ten, yes or no, how much"


@exercise("4.2")
def stopping(answer: object) -> str:
    """An EarlyStopping by the AUROC of the validation rows, with patience 3, that gives the best weights back."""
    if "EarlyStopping" not in (one.__name__ for one in type(answer).__mro__):
        raise Hint(f"found {kind(answer)}, expected keras.callbacks.EarlyStopping(...)")
    monitor, mode = getattr(answer, "monitor", None), getattr(answer, "mode", None)
    if monitor in ("auroc", "loss"):
        raise Hint(f"monitor: found {monitor!r}, which is measured on training pictures; put val_ before it")
    if monitor != "val_auroc":
        raise Hint(f"monitor: found {monitor!r}, expected the name that the log has for the validation AUROC")
    if mode == "min":
        raise Hint("mode: found 'min', but an AUROC is better when it is higher; it would stop while all goes well")
    expect_count(
        "patience",
        getattr(answer, "patience", None),
        right=PATIENCE,
        mistakes=[(0, "which stops at the first epoch that is no better")],
        task=f"wait for {PATIENCE} epochs",
    )
    if getattr(answer, "restore_best_weights", None) is not True:
        raise Hint("restore_best_weights: found False, so the model keeps the weights of its last epoch, not the best")
    return "it waits three epochs for a better AUROC and goes back to the best"


@exercise("4.3")
def recall_over_batches(answer: object) -> str:
    """The recall of all batches together, with each batch's counts."""
    given = fields(answer, ("found", "defective", "recall"))
    found, defective = (np.asarray(given[name], float) for name in ("found", "defective"))
    if found.shape != defective.shape or found.ndim != 1 or not defective.sum() > 0:
        raise Hint("found, defective: expected one count for each batch, as the cell above made them; leave them alone")
    right, known = found.sum() / defective.sum(), defective > 0
    each = found[known] / defective[known]
    if agrees(float(each.mean()), right):
        raise Hint("found, defective: in these batches the mistake gives the same number; run the cell above again")
    expect_share(
        "recall",
        given["recall"],
        right=float(right),
        mistakes=[
            (each.sum() / len(defective), "the mean over all batches; one without a wrong part counts as if it missed"),
            (each.mean(), "the mean over the batches with wrong parts; a batch of one weighs there as much as of five"),
            (1 - right, "the escape rate; recall is the share that was found"),
        ],
        task="how many wrong parts are there in all batches together, and how many of them were found?",
    )
    return f"{found.sum():.0f} of {defective.sum():.0f} wrong parts were found: counts are added first, then divided"


@exercise("4.4")
def promise(answer: object) -> str:
    """The threshold for 2% escapes, and how many defective parts it takes to promise that."""
    given = fields(answer, ("scores", "labels", "threshold", "needed"))
    scores, labels = np.asarray(given["scores"], np.float32), np.asarray(given["labels"], np.int64)
    threshold = number("threshold", given["threshold"])
    best = thresholds.threshold_for(scores, labels, ESCAPE_TARGET)
    escape, overkill = rates(scores, labels, threshold)
    _, least = rates(scores, labels, best)
    if not agrees(threshold, best) and escape.value > ESCAPE_TARGET:
        raise Hint(f"threshold: at {threshold:.3g} the escape rate of these pictures is {escape}; that is over 2%")
    if not agrees(threshold, best) and overkill.count > least.count:
        raise Hint(
            f"threshold: {threshold:.3g} fails {overkill.count} good parts; the highest one that keeps the 2% fails "
            f"{least.count}. Look for threshold_for in aoi_modules.training.measuring.thresholds"
        )
    needed = number("needed", given["needed"])
    exact = defect_counts.defects_needed(ESCAPE_TARGET)
    if needed == round(1 / ESCAPE_TARGET):
        raise Hint("needed: 50 parts without an escape still happen often when 4% escape; think of the rule of three")
    if exact - 1 < needed < exact:
        raise Hint(f"needed: found {needed:.4g}; parts are whole, and one too few promises nothing: round up")
    if not exact <= needed <= defect_counts.rule_of_three(ESCAPE_TARGET):
        raise Hint(
            f"needed: found {needed:.0f}; how many wrong parts must all be caught before the rate is under 2% "
            "with 95% confidence? defects_needed knows, the rule of three comes close"
        )
    return f"threshold {threshold:.3f}; but to promise 2% takes {needed:.0f} wrong parts, and here are {escape.total}"


@exercise("4.5")
def own_metrics(answer: object) -> str:
    """Precision and recall of a batch as functions of one's own, and a model that was saved with them."""
    given = fields(answer, ("precision", "recall", "model"))
    for name, found in (("precision", given["precision"]), ("recall", given["recall"])):
        if isinstance(found, type) or not callable(found):
            raise Hint(f"{name}: found {kind(found)}, expected your function of y_true and y_pred")
        for batch in BATCHES:
            _refuse_other_metric(name, found, batch)
    model = given["model"]
    if not hasattr(model, "predict") or not hasattr(model, "compiled"):
        raise Hint(f"model: found {kind(model)}, expected what keras.saving.load_model gives back")
    if model.compiled:
        raise Hint("model: it is compiled, so it did not come from load_model(path, compile=False)")
    return "both are right within a batch; over an epoch take keras.metrics.Precision and Recall, which count"


def _refuse_other_metric(name: str, function: Metric, batch: Batch) -> None:
    """Compares the function's value for a batch with the right one."""
    truth, scores = np.array(batch.labels), np.array(batch.scores)
    called = (scores > 0.5).astype(int)
    divisor, other = (called, truth) if name == "precision" else (truth, called)
    hits, soft = int(truth @ called), scores if name == "precision" else truth
    other_name = "recall" if name == "precision" else "precision"
    expect_share(
        f"{name} of {batch.name}",
        _called_in_a_graph(name, function, batch),
        right=hits / max(1, divisor.sum()),
        mistakes=[
            (hits / max(1, other.sum()), f"the {other_name}; divide by the number of {DIVISORS[name]}"),
            (float(truth @ scores) / max(1e-9, soft.sum()), "which adds up scores; round them first"),
            (float(other.sum()), SHAPES),
        ],
        task=f"it is the number of wrong parts found / the number of {DIVISORS[name]}",
    )


def _called_in_a_graph(name: str, function: Metric, batch: Batch) -> float:
    """Calls it as `fit` and `evaluate` do: with tensors in a graph, truth (B,) and scores (B, 1)."""
    from aoi_modules.tf import tf

    truth, scores = tf.constant(batch.labels, tf.float32), tf.constant(batch.scores, tf.float32)[:, tf.newaxis]
    try:
        said = tf.function(function)(truth, scores)
    except Exception as error:  # a reader's function may break in any way
        raise Hint(f"{name}: Keras calls it with tensors, and it fails: {_why(error)}") from None
    found = np.asarray(said)
    if found.dtype.kind != "f" or found.shape != ():
        raise Hint(f"{name}: found {kind(said)}, expected one number for a batch; add up with keras.ops.sum")
    if not np.isfinite(found):
        raise Hint(f"{name} of {batch.name}: found {found}; add keras.config.epsilon() to what you divide by")
    return float(found)


def _why(error: Exception) -> str:
    """The last line of what was raised; TensorFlow writes the reader's code above it."""
    lines = str(error).strip().splitlines() or [""]
    said = f"{type(error).__name__}: {lines[-1].strip()}"
    if "K_sum" in said:
        return f"{said:.200}; K_sum is the slip of the old notebooks: keras.ops.sum"
    if isinstance(error, AttributeError) and "module" in said:
        return f"{said:.200}; the functions of the old backend are in keras.ops now"
    return f"{said:.200}; write it with keras.ops alone"


def _name_of(loss: object) -> str:
    """`sparsecategoricalcrossentropy` for the name, the function, the class or an object of it; "" for nothing."""
    if loss is None or loss is ... or isinstance(loss, (int, float, bytes, list, tuple, dict, set)):
        return ""
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    plain = name.replace("_", "").replace(" ", "").lower()
    return SHORT.get(plain, plain)
