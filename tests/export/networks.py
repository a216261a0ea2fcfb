"""A small network to export."""

from aoi_modules.modelstore.manifest import Head
from aoi_modules.tf import keras

DEFECT = Head(name="defect", kind="defect", labels=("good", "defect"), threshold=0.4)


def network(outputs: dict[str, int], *, channels: int = 3, seed: int = 7) -> keras.Model:
    """A small convolutional network with batch norm whose statistics are not trivial: (N, 24, 32, channels) -> dict."""
    keras.utils.set_random_seed(seed)
    image = keras.Input((24, 32, channels), name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1)(image)
    x = keras.layers.Conv2D(8, 3, strides=2)(x)
    norm = keras.layers.BatchNormalization(
        moving_mean_initializer="random_normal", moving_variance_initializer=keras.initializers.RandomUniform(0.5, 2)
    )
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.Dropout(0.5)(norm(x)))
    activation = {units: "sigmoid" if units == 1 else "softmax" for units in outputs.values()}
    heads = {name: keras.layers.Dense(n, activation[n], name=name)(x) for name, n in outputs.items()}
    return keras.Model(image, heads)
