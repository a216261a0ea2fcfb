"""Checks a famous network that the reader applied to a data set: scaled as its family wants, frozen, with a head."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.answers import Figures, expect_share, numbers
from aoi_modules.course.exercises.own_networks.fitting import Network, answers, fitted, loss_of
from aoi_modules.training.measuring import metrics

Pictures = NDArray[np.float32]
"""(N, H, W, 3), from 0 to 255."""
SCALINGS = {
    "vgg": "caffe",
    "resnet": "caffe",
    "inception": "tf",
    "mobilenetv3": "inside",
    "mobilenet": "tf",
}
"""Start of a network's name -> how its pixels are scaled; the first start that fits counts."""
BLUE_GREEN_RED = (103.939, 116.779, 123.68)
"""ImageNet's mean, which `caffe` subtracts."""
WHY_OTHER = {
    "inside": "pixels that nobody scaled; call preprocess_input of the network's own family first",
    "tf": "pixels from -1 to 1, which MobileNet and Inception want; this family wants others",
    "caffe": "blue, green, red less their means, which VGG and ResNet want; this family wants others",
    "twice": "pixels that were scaled twice: preprocess_input changes an array of floats in place, so give it a copy",
}
FEW = 8
"""Tiles whose features are computed again."""
NEAR = 1e-3
"""By this share of the largest one features may differ from those that are computed again."""
LEAST_AUROC = 0.7
"""Of the head on the tiles that it learnt from."""
LOSSES = ("binarycrossentropy", "binaryfocalcrossentropy")


def checked(
    learnt: Mapping[str, Any],
    tiles: Pictures,
    labels: metrics.Labels,
    weights: object,
    network: object,
    features: object,
    head: object,
    auroc: object,
) -> str:
    """Checks how a famous network was applied, and gives the line of praise.

    Args:
        learnt: `tiles` (N, H, W, 3) that the head learnt from, and their `labels` (N,).
        tiles: (M, H, W, 3), which it never saw.
        labels: (M,), 1 for a defect.
        weights: the file of ImageNet weights of the slim MobileNet; None: there is none.
        network: as `keras.applications` gives it, without its last layer; anything at all.
        features: of `tiles`, (M, F); anything at all.
        head: a fitted network from features to one score; anything at all.
        auroc: its area on `tiles`; anything at all.

    Raises:
        Hint: what is wrong, and what to do.
    """
    famous, scaling = _famous(network)
    _refuse_other_form(famous, tiles)
    random = _has_random_weights(famous)
    if random and weights is not None and famous.name.startswith("mobilenet_0.25"):
        raise Hint("network: its weights are random; the file of ImageNet weights is at hand: weights=str(file)")
    found = numbers("features", features, (len(tiles), famous.output_shape[1]))
    _refuse_other_features(famous, scaling, found, tiles[:FEW])
    scores = _scores(fitted("head", head), found)
    area = metrics.auroc(scores, labels)
    if not random:
        _refuse_little_learnt(head, _features(famous, scaling, np.asarray(learnt["tiles"])), learnt["labels"])
    expect_share(
        "auroc",
        auroc,
        right=area,
        mistakes=[(1 - area, "the wrong way round; the labels are 1 for a defect")],
        task="give the area of your head's scores of the test tiles: auroc(scores, truth)",
    )
    known = "its weights are RANDOM, so that says nothing" if random else "the least that an own network must reach"
    return f"{famous.name}, of which nothing learnt but the head: AUROC {area:.3f}, {known}"


def _famous(value: object) -> tuple[Network, str]:
    """The network, and how its pixels are scaled."""
    name = str(getattr(value, "name", "")).lower().replace("_v3", "v3") if hasattr(value, "predict") else ""
    scaling = next((one for start, one in SCALINGS.items() if name.startswith(start)), None)
    if scaling is None:
        raise Hint(f"network: found {kind(value)}, expected one that keras.applications gave, such as MobileNet(...)")
    return value, "tf" if name.startswith("resnet") and name.endswith("v2") else scaling


def _refuse_other_form(model: Network, tiles: Pictures) -> None:
    taken, given = tuple(model.input_shape[1:]), tuple(model.output_shape[1:])
    if model.layers[-1].name == "predictions":
        raise Hint("network: its last layer answers ImageNet's 1000 labels; leave it away by include_top=False")
    if len(given) != 1:
        raise Hint(f'network: it gives maps of shape {given}; pooling="avg" or "max" makes one number of each map')
    if taken != tiles.shape[1:] and None not in taken:
        raise Hint(f"network: it takes pictures of shape {taken}, and the tiles are {tiles.shape[1:]}")


def _has_random_weights(model: Network) -> bool:
    """Whether its batch normalization never saw a picture. VGG has none, and is taken for trained."""
    means = [np.asarray(layer.moving_mean) for layer in model.layers if hasattr(layer, "moving_mean")]
    return bool(means) and not any(mean.any() for mean in means)


def _refuse_other_features(model: Network, scaling: str, found: Figures, few: Pictures) -> None:
    if _are_near(found, _features(model, scaling, few)):
        return
    others = [other for other in WHY_OTHER if other != scaling]
    why = next((WHY_OTHER[one] for one in others if _are_of(model, one, scaling, found, few)), None)
    if why is None:
        raise Hint("features: they are not this network's for the test tiles, in their order, with its own scaling")
    raise Hint(f"features: found those of {why}")


def _are_of(model: Network, other: str, scaling: str, found: Figures, few: Pictures) -> bool:
    given = _scaled(few, scaling) if other == "twice" else few
    return _are_near(found, _features(model, scaling if other == "twice" else other, given))


def _are_near(found: Figures, few: Figures) -> bool:
    return bool(np.abs(found[: len(few)] - few).max() <= NEAR * np.abs(few).max())


def _features(model: Network, scaling: str, pictures: Pictures) -> Figures:
    return np.asarray(model.predict(_scaled(pictures, scaling), verbose=0), float)


def _scaled(pictures: Pictures, scaling: str) -> Pictures:
    if scaling == "tf":
        return pictures / np.float32(127.5) - np.float32(1)
    if scaling == "caffe":
        return pictures[..., ::-1] - np.array(BLUE_GREEN_RED, np.float32)
    return pictures


def _scores(model: Network, features: Figures) -> metrics.Scores:
    if tuple(model.output_shape[1:]) != (1,):
        raise Hint(f"head: found outputs of shape {model.output_shape[1:]}, expected one score a tile: Dense(1, ...)")
    if (loss := loss_of(model)) not in LOSSES:
        raise Hint(f"head: its loss is {loss}; one yes-or-no score wants binary cross-entropy")
    scores = next(iter(answers(model, {"features": features}).values()))[:, 0]
    if np.ptp(scores) == 0:
        raise Hint(f"head: every tile scores {scores[0]:.3g}; softmax over a single output does that: it wants sigmoid")
    if scores.min() < 0 or scores.max() > 1:
        raise Hint(f"head: scores from {scores.min():.2f} to {scores.max():.2f}; sigmoid keeps them between 0 and 1")
    return scores.astype(np.float32)


def _refuse_little_learnt(head: object, features: Figures, labels: Any) -> None:
    seen = metrics.auroc(_scores(head, features), np.asarray(labels, np.int64))
    if seen < LEAST_AUROC:
        raise Hint(
            f"head: its AUROC is {seen:.3f} even on the tiles that it learnt from, expected {LEAST_AUROC} at least; "
            "fit it to the features of `images`, for more epochs or with another learning rate"
        )
