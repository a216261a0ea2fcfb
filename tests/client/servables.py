"""A real, tiny servable of the component `tile`, for tests against the real embedded server."""

from pathlib import Path


def write_tile(base_path: Path, *, threshold: float = 0.5) -> Path:
    """Writes the next version of `tile`: one defect head on 8 x 8 gray pictures; returns its base path."""
    from aoi_modules.export.keras_network import network_of
    from aoi_modules.export.model_sources import ModelSource
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
