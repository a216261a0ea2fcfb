"""Servables without weights, whose scores are the brightness of a picture."""

from pathlib import Path

TILE_THRESHOLD = 0.3


def write_bright_models(base_path: Path) -> dict[str, Path]:
    """Writes `tile` and `pcb`; returns the base path of each.

    `tile` has the head `defect`: the brightness, from 0 to 1; over TILE_THRESHOLD the part fails. `pcb` has two heads:
    `open`, the brightness, which fails over 0.9, and `short`, the darkness, which fails over 0.8.
    """
    from aoi_modules.export.model_sources import ModelSource
    from aoi_modules.export.readers.keras_network import network_of
    from aoi_modules.export.servable import write_servable
    from aoi_modules.modelstore.manifest import Head
    from aoi_modules.tf import keras

    def source(**heads: tuple[float, float, float]) -> ModelSource:
        image = keras.Input((8, 8, 1), name="image")
        outputs = {}
        for name, (scale, offset, _) in heads.items():
            levels = keras.layers.Rescaling(scale / 255, offset)(image)
            outputs[name] = keras.layers.GlobalAveragePooling2D(name=name)(levels)
        made = tuple(
            Head(name=name, kind="defect", labels=("good", name), threshold=threshold)
            for name, (_, _, threshold) in heads.items()
        )
        return ModelSource(network_of(keras.Model(image, outputs)), made)

    write_servable(source(defect=(1.0, 0.0, TILE_THRESHOLD)), "tile", base_path)
    write_servable(source(open=(1.0, 0.0, 0.9), short=(-1.0, 1.0, 0.8)), "pcb", base_path)
    return {"tile": base_path / "tile", "pcb": base_path / "pcb"}
