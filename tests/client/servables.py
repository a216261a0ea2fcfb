"""Real, tiny servables, for tests against the real embedded server."""

from pathlib import Path

from aoi_modules.modelstore.reference import Reference


def write_tile(base_path: Path, *, threshold: float = 0.5) -> Path:
    """Writes the next version of `tile`: one defect head on 8 x 8 gray pictures; returns its base path."""
    from aoi_modules.export.model_sources import ModelSource
    from aoi_modules.export.readers.keras_network import network_of
    from aoi_modules.export.servable import write_servable
    from aoi_modules.modelstore.manifest import Head
    from aoi_modules.tf import keras

    keras.utils.set_random_seed(7)
    image = keras.Input((8, 8, 1), name="image")
    features = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3)(keras.layers.Rescaling(1 / 255)(image)))
    network = keras.Model(image, {"defect": keras.layers.Dense(1, activation="sigmoid", name="defect")(features)})
    head = Head(name="defect", kind="defect", labels=("good", "defect"), threshold=threshold)
    write_servable(ModelSource(network_of(network), (head,)), "tile", base_path)
    return base_path / "tile"


def write_house(base_path: Path) -> Path:
    """Writes the next version of `house`: a price from a picture of 8 x 8 gray pixels and two numbers."""
    from aoi_modules.export.model_sources import ModelSource
    from aoi_modules.export.readers.keras_network import network_of
    from aoi_modules.export.servable import write_servable
    from aoi_modules.modelstore.manifest import Head
    from aoi_modules.tf import keras

    keras.utils.set_random_seed(7)
    image, numbers = keras.Input((8, 8, 1), name="image"), keras.Input((2,), name="features")
    seen = keras.layers.GlobalAveragePooling2D()(image)
    price = keras.layers.Dense(1, name="price")(keras.layers.Concatenate()([seen, numbers]))
    network = keras.Model({"image": image, "features": numbers}, {"price": price})
    head = Head(name="price", kind="value", labels=())
    source = ModelSource(network_of(network), (head,), features=("rooms", "area"))
    write_servable(source, "house", base_path)
    return base_path / "house"


def write_lamp(base_path: Path, reference: Reference | None = None) -> Path:
    """Writes the next version of `lamp`: the brighter a picture is, the likelier is glare; a mean of half the gray
    levels scores 0.5, at which it fails, and from 0.4 on it is in doubt. `reference` is what it learnt from."""
    from aoi_modules.export.model_sources import ModelSource
    from aoi_modules.export.readers.keras_network import network_of
    from aoi_modules.export.servable import write_servable
    from aoi_modules.modelstore.manifest import Head
    from aoi_modules.tf import keras

    image = keras.Input((8, 8, 1), name="image")
    mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(image))
    constant = keras.initializers.Constant
    weights = {"kernel_initializer": constant(20.0), "bias_initializer": constant(-10.0)}
    network = keras.Model(image, {"glare": keras.layers.Dense(1, activation="sigmoid", name="glare", **weights)(mean)})
    head = Head(name="glare", kind="defect", labels=("good", "glare"), threshold=0.5, review_band=(0.4, 0.5))
    write_servable(ModelSource(network_of(network), (head,), reference=reference), "lamp", base_path)
    return base_path / "lamp"
