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


def priced(seed: int = 7) -> keras.Model:
    """A network that takes a picture and two numbers: {image (N, 24, 32, 3), features (N, 2)} -> price (N, 1)."""
    keras.utils.set_random_seed(seed)
    image, numbers = keras.Input((24, 32, 3), name="image"), keras.Input((2,), name="features")
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(image))
    y = keras.layers.Dense(1)(keras.layers.Concatenate()([x, numbers]))
    y = keras.layers.Rescaling(0.3, offset=13.0)(y)  # prices of half a million
    return keras.Model(
        {"image": image, "features": numbers}, {"price": keras.layers.Activation("exponential", name="price")(y)}
    )


def recurrent(seed: int = 1) -> keras.Model:
    """A network that reads a picture line by line, by loops of several kinds: (N, 8, 12, 1) -> score (N, 2)."""
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    image = keras.Input((8, 12, 1), name="image")
    lines = layers.Reshape((8, 12))(layers.Rescaling(1 / 255)(image))
    frames = layers.Reshape((2, 4, 12, 1))(image)
    ends = [
        layers.GRU(3)(layers.GRU(4, return_sequences=True)(lines)),
        layers.Bidirectional(layers.LSTM(3))(lines),
        layers.RNN([layers.SimpleRNNCell(3), layers.LSTMCell(2)])(layers.TimeDistributed(layers.Dense(3))(lines)),
        layers.GlobalAveragePooling2D()(layers.ConvLSTM2D(2, 3)(frames)),
    ]
    return keras.Model(image, layers.Dense(2, "softmax", name="score")(layers.Concatenate()(ends)))


def trunk(seed: int = 1, *, size: tuple[int, int] = (24, 32), channels: int = 3) -> keras.Model:
    """Four convolutions with batch norm, half of them depthwise: (N, *size, channels) -> (N, 8)."""
    keras.utils.set_random_seed(seed)
    image = keras.Input((*size, channels))
    x = keras.layers.Rescaling(1 / 127.5, offset=-1)(image)
    for number in range(2):
        x = _norm()(keras.layers.Conv2D(8, 3, strides=2, use_bias=False, name=f"conv_{number}")(x))
        x = _norm()(keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False, name=f"each_{number}")(x))
        x = keras.layers.ReLU(6.0)(x)
    return keras.Model(image, keras.layers.GlobalAveragePooling2D()(x))


def on_trunk(name: str, seed: int, *, below: keras.Model | None = None, units: int = 1) -> keras.Model:
    """A head of its own on a copy of a trunk, by default of the same one."""
    original = below or trunk()
    copied = keras.models.clone_model(original)
    copied.set_weights(original.get_weights())
    keras.utils.set_random_seed(seed)
    image = keras.Input(original.input.shape[1:], name="image")
    head = keras.layers.Dense(units, "sigmoid" if units == 1 else "softmax", name=name)
    return keras.Model(image, {name: head(copied(image, training=False))})


def _norm() -> keras.layers.Layer:
    return keras.layers.BatchNormalization(
        moving_mean_initializer="random_normal", moving_variance_initializer=keras.initializers.RandomUniform(0.5, 2)
    )
