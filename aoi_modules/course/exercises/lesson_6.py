"""Exercises of lesson 6, from trained models to servables."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.answers import expect_count
from aoi_modules.course.fields import fields
from aoi_modules.modelstore import layout, manifest, version_dir
from aoi_modules.modelstore.manifest import Manifest

OWN_THRESHOLD = 0.2
"""That exercise 6.3 asks for."""
BY_HAND = ("copper", "spur")
"""Heads that exercise 6.4 merges."""
PAIR = {"short": 0.3, "open": 0.6}
"""Head -> threshold that exercise 6.5 asks for."""
TRUNK, BLOCK, BLOCKS = 27, 8, 13
"""Convolutions of a MobileNet: one at the bottom, then two in each of 13 blocks; 6.6 fine-tunes from block 8 on."""
CHANGED = 2 * (BLOCKS - BLOCK + 1)
HEADS = 6
TWICE = 1.5
"""A merge with so many times the weights of one model has its trunk more than once."""


@exercise("6.1")
def own_signature(answer: object) -> str:
    """A SavedModel of fashion with a signature of the trainee's own: encoded pictures in, `category` out."""
    from aoi_modules.course.exercises.servables.saved_models import SavedAnswer, agree

    found = fields(answer, ("model", "folder"))
    model = _model("model", found["model"])
    saved = SavedAnswer(found["folder"])
    _check_encoded(saved.inputs)
    saved.check_outputs(["category"])
    encoded, pixels = _gray_pictures()
    wanted, scaled = _answers(model, pixels), _answers(model, pixels / np.float32(255))
    for count in (1, len(encoded)):
        scores = saved.scores(encoded[:count], f"{count} pictures" if count > 1 else "a picture of 28 x 28 pixels")
        if agree(scores, {"category": wanted["category"][:count]}):
            continue
        if agree(scores, {"category": scaled["category"][:count]}):
            raise Hint("category: the pixels were divided by 255, but this model takes 0 to 255 and scales them itself")
        raise Hint(
            f"category: found {kind(scores['category'])} for {count} pictures, and the Keras model gives other scores; "
            "it takes float32 (N, 28, 28, 1), gray, from 0 to 255"
        )
    return "encoded pictures of any size in, one named output out: your saved_model.pb scores as its Keras model does"


def _check_encoded(inputs: Mapping[str, Any]) -> None:
    """Wants one input, `image`, a batch of encoded pictures."""
    if list(inputs) != [layout.IMAGE]:
        raise Hint(
            f"inputs: found {', '.join(inputs) or 'none'}, expected {layout.IMAGE} alone; TensorSpec(..., name=...) or "
            "the name of the function's argument says it"
        )
    spec = inputs[layout.IMAGE]
    if spec.dtype.name != "string":
        raise Hint(f"image: found {spec.dtype.name}, expected tf.string: a camera sends encoded bytes")
    if spec.shape.rank != 1:
        raise Hint(f"image: found the shape {spec.shape}, expected (None,): so many pictures as somebody sends")
    if spec.shape[0] is not None:
        raise Hint(f"image: found {spec.shape[0]} pictures a call, expected None: as many as somebody sends")


def _gray_pictures() -> tuple[Any, NDArray[np.float32]]:
    """Encoded pictures, string (3,), one of them twice as large, and their pixels float32 (3, 28, 28, 1)."""
    from aoi_modules.tf import tf

    pixels = np.random.default_rng(6).integers(0, 256, (3, 28, 28, 1), np.uint8)
    large = pixels[2].repeat(2, axis=0).repeat(2, axis=1)  # which every way of resizing brings back
    return tf.stack([tf.io.encode_png(one) for one in (*pixels[:2], large)]), pixels.astype(np.float32)


def _model(name: str, value: object) -> Any:
    """A Keras model."""
    from aoi_modules.tf import keras

    if not isinstance(value, keras.Model):
        raise Hint(f"{name}: found {kind(value)}, expected the Keras model; leave it as it is")
    return value


def _answers(model: Any, pixels: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """What a Keras model says about decoded pictures."""
    return {head: np.asarray(values) for head, values in model(pixels, training=False).items()}


@exercise("6.2")
def contract(answer: object) -> str:
    """Names and dtype of fashion's `serving_default`."""
    found = fields(answer, ("input", "dtype", "outputs"))
    if found["input"] != layout.IMAGE:
        raise Hint(f"input: found {kind(found['input'])}, expected the name that structured_input_signature shows")
    dtype = getattr(found["dtype"], "name", found["dtype"])
    if dtype in ("float32", "uint8"):
        raise Hint(f"dtype: found {dtype!r}; that is a decoded picture, but a camera sends encoded bytes")
    if dtype != "string":
        raise Hint(f"dtype: found {kind(dtype)}, expected TensorFlow's name for encoded bytes")
    outputs = found["outputs"]
    names = [outputs] if isinstance(outputs, str) else outputs
    if not isinstance(names, Iterable) or list(names) != ["category"]:
        raise Hint(f"outputs: found {kind(outputs)}, expected the name of each head, here one")
    return "encoded pictures in, one named output a head"


@exercise("6.3")
def new_version(answer: object) -> str:
    """The folder of the next version of tile, with the threshold 0.2, beside an unchanged version 1."""
    folder, described = _published(answer)
    if described.version == 1:
        raise Hint("found version 1; a version never changes, so this is the next one")
    threshold = described.head("defect").threshold
    if threshold != OWN_THRESHOLD:
        raise Hint(
            f"found the threshold {threshold:.3g}, expected {OWN_THRESHOLD}; it is a field of the source's head. "
            f"Version {described.version} stays as it is, and your next try writes the next version"
        )
    first = folder.with_name("1")
    if not first.is_dir():
        raise Hint(f"found {folder}, expected a version beside version 1, in the folder practice")
    version_dir.verify(first)
    before = manifest.read(first).head("defect").threshold
    if before == OWN_THRESHOLD:
        raise Hint(f"version 1 has the threshold {OWN_THRESHOLD} now; a version never changes, so leave it as it was")
    return f"version {described.version} fails parts over {OWN_THRESHOLD}, version 1 still over {before:.2f}"


@exercise("6.4")
def own_merge(answer: object) -> str:
    """A SavedModel of two models, merged by Keras' functional API, with their trunk once."""
    from aoi_modules.course.exercises.servables.saved_models import SavedAnswer, agree

    found = fields(answer, ("spur", "copper", "folder"))
    models = {name: _model(name, found[name]) for name in BY_HAND}
    saved = SavedAnswer(found["folder"])
    if len(saved.inputs) != 1:
        raise Hint(f"inputs: found {', '.join(saved.inputs)}; both models look at the same picture, so there is one")
    saved.check_outputs(list(BY_HAND))
    pixels = _boards(models["spur"].input.shape[1:])
    wanted = {name: _answers(model, pixels)[name] for name, model in models.items()}
    scores = saved.scores(pixels, f"{len(pixels)} pictures")
    if not agree(scores, wanted):
        turned = {"spur": wanted["copper"], "copper": wanted["spur"]}
        if agree(scores, turned):
            raise Hint("spur gives the scores of copper, and copper those of spur; each output needs its own head")
        wrong = [name for name in BY_HAND if not agree(scores, {name: wanted[name]})]
        raise Hint(f"{' and '.join(wrong)}: other scores than the model itself gives")
    alone, weights = max(model.count_params() for model in models.values()), saved.count_weights()
    if weights > TWICE * alone:
        raise Hint(
            f"found {weights:,} weights, one model alone has {alone:,}: the trunk is there twice. Take the features of "
            "one model, and give them to the heads of both"
        )
    return f"two heads, one trunk: {weights:,} weights, where one model alone has {alone:,}"


def _boards(shape: Sequence[int]) -> NDArray[np.float32]:
    """Black and white patterns, float32 (16, H, W, C): of noise alone many models say the same."""
    from aoi_modules.tf import tf

    height, width, channels = shape
    coarse = np.random.default_rng(6).integers(0, 2, (16, 12, 12, 1)).repeat(channels, axis=-1)
    return np.asarray(tf.image.resize(255.0 * coarse, (height, width), method="nearest"), np.float32)


@exercise("6.5")
def pair(answer: object) -> str:
    """The folder of a servable with the heads short and open, each with the threshold that was asked for."""
    _, described = _published(answer)
    found = {head.name: head.threshold for head in described.heads}
    if set(found) < set(PAIR):
        raise Hint(
            f"found a servable with the head {', '.join(found)} alone; two calls write two versions, of which a server "
            "loads one. write_servable takes a list of sources"
        )
    if set(found) != set(PAIR):
        raise Hint(f"found the heads {', '.join(found)}, expected {' and '.join(PAIR)}")
    for name, threshold in PAIR.items():
        if found[name] != threshold:
            raise Hint(f"{name}: found the threshold {found[name]:.3g}, expected {threshold}; a Wish says it to read")
    return "one component, two heads, each with a threshold of its own; the trunk is in there once"


def _published(answer: object) -> tuple[Path, Manifest]:
    """The folder of a whole version directory, and its manifest."""
    written = getattr(answer, "path", answer)  # what write_servable returns is as good an answer
    if not isinstance(written, str | Path):
        raise Hint(f"found {kind(answer)}, expected the path of a version directory")
    folder = Path(written)
    if not folder.is_dir():
        raise Hint(f"found {folder}, which is no folder; write_servable(...).path gives the one it wrote")
    if version_dir.versions(folder):
        raise Hint(f"found {folder}, the folder above its versions; the answer is the folder of the version itself")
    version_dir.verify(folder)
    return folder, manifest.read(folder)


@exercise("6.6")
def convolutions(answer: object) -> str:
    """How many convolutions differ after fine-tuning from block 8 on, and how many six merged heads have then."""
    counts = fields(answer, ("changed", "merged"))
    lower = "the lower part; the upper layers learn, the lower ones stay as they were"
    apart = "whole trunks, as if nothing was equal; the layers under conv_dw_8 still are, and so is their input"
    expect_count(
        "changed",
        counts["changed"],
        right=CHANGED,
        mistakes=[
            (BLOCKS - BLOCK + 1, "the number of blocks, but each has two convolutions, conv_dw and conv_pw"),
            (CHANGED - 2, "what lies above conv_dw_8 and its block; it learns too, so its block counts"),
            (2 * BLOCK, lower),
            (TRUNK - CHANGED, lower),
        ],
        task=f"count conv_dw_8, conv_pw_8, and so on up to conv_pw_{BLOCKS}",
    )
    expect_count(
        "merged",
        counts["merged"],
        right=TRUNK + CHANGED,
        mistakes=[
            (TRUNK, "one whole trunk, as if spur's still had the same weights; what differs is there twice"),
            (2 * TRUNK, apart),
            (HEADS * TRUNK, apart),
            (
                TRUNK + (HEADS - 1) * CHANGED,
                "an upper part for each head, but the five others were not fine-tuned and share theirs",
            ),
        ],
        task="take the one trunk of five heads, and add what spur has for itself",
    )
    return f"{TRUNK} for all, and {CHANGED} more that spur needs for itself; look below"
