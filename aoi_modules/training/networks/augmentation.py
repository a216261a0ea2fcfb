"""Augmentation as Keras layers: training pictures change a little at random, validation and test pictures never.

The layers stand before the backbone in the model that is fitted. Keras runs random layers in training only, so no
validation picture changes. The model that is kept does not have these layers.
"""

from collections.abc import Sequence

from aoi_modules.errors import ModelError
from aoi_modules.modelstore.layout import IMAGE
from aoi_modules.tf import keras


def layers(names: Sequence[str], *, seed: int = 0) -> list[keras.layers.Layer]:
    """Makes the layers of those names, in that order. Input and output shape: float32 (N, H, W, C), in [0, 255].

    Raises:
        ModelError: an unknown name; lists those there are.
    """
    unknown = [name for name in names if name not in MAKERS]
    if unknown:
        raise ModelError(f"augmentation: expected names of {', '.join(MAKERS)}. Received: {', '.join(unknown)}")
    return [MAKERS[name](seed + place) for place, name in enumerate(names)]


MAKERS = {
    "mirror": lambda seed: keras.layers.RandomFlip("horizontal_and_vertical", seed=seed),
    "mirror-sideways": lambda seed: keras.layers.RandomFlip("horizontal", seed=seed),
    "shift": lambda seed: keras.layers.RandomTranslation(0.08, 0.08, fill_mode="nearest", seed=seed),
    "turn": lambda seed: keras.layers.RandomRotation(0.03, fill_mode="nearest", seed=seed),
    "zoom": lambda seed: keras.layers.RandomZoom(0.1, fill_mode="nearest", seed=seed),
    "brightness": lambda seed: keras.layers.RandomBrightness(0.15, value_range=(0, 255), seed=seed),
    "contrast": lambda seed: keras.layers.RandomContrast(0.2, value_range=(0, 255), seed=seed),
}


def augmented(model: keras.Model, names: Sequence[str], *, seed: int = 0) -> keras.Model:
    """Puts the random layers before a model, as it is fitted. All weights are shared with `model`.

    Args:
        model: input `image` float32 (N, H, W, C), or a dict of it and `features`.
        names: of `MAKERS`.
        seed: of the random changes.
    """
    if not names:
        return model
    inputs = keras.tree.map_structure(
        lambda one: keras.Input(one.shape[1:], dtype=one.dtype, name=one.name), model.input
    )
    image = inputs[IMAGE] if isinstance(inputs, dict) else inputs
    for layer in layers(names, seed=seed):
        image = layer(image)
    changed = {**inputs, IMAGE: image} if isinstance(inputs, dict) else image
    return keras.Model(inputs, model(changed), name="augmented")
