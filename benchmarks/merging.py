"""What merging and freezing save: speed, bytes and differences of servables against plain Keras exports, in one run.

    .venv/bin/python benchmarks/merging.py --alpha 0.35 --side 96

Eight models stand on one frozen MobileNetV2, four more on trunks whose upper third of the weights was changed, as
fine-tuning does. A plain export is what `model.export` writes: float32 pictures in, variables inside. Ours are called
by the signature `pixels`, resize included. The ways take turns, so that a slow moment of the machine hits all alike;
ratios within a run hold on any machine, the milliseconds are this machine's. Threads are TensorFlow's default.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.export.model_sources import ModelSource
from aoi_modules.export.readers.keras_network import network_of
from aoi_modules.export.servable import Servable, write_servable
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.manifest import Head
from aoi_modules.study.networks.latency import Latency, in_turns
from aoi_modules.tf import keras, tf

HEADS, MERGED = 8, 4
ONE, EIGHT, FOUR = "one head, frozen", f"{HEADS} heads merged", f"{MERGED} heads merged"
PLAIN, PLAIN_FOUR = "one plain export", f"{MERGED} plain exports, one after another"
TUNED, VARIABLES, HALF = f"{MERGED} heads, upper third differs", f"{MERGED} heads merged, variables", "float16"
ENGINE = "OpenVINO, one head"
ENGINE_EIGHT = f"OpenVINO, {HEADS} heads merged"
Call = Callable[[NDArray[np.uint8]], object]


@dataclass(frozen=True)
class Written:
    """What is compared: plain exports and our servables."""

    plain: list[Path]
    servables: dict[str, Servable]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--alpha", type=float, default=0.35, help="width of the MobileNetV2")
    arguments.add_argument("--side", type=int, default=96, help="pixels of a picture's side")
    arguments.add_argument("--turns", type=int, default=100, help="calls of each way and batch size")
    chosen = arguments.parse_args()
    models = [stacked(chosen.side, chosen.alpha, seed) for seed in range(HEADS)]
    tuned = [stacked(chosen.side, chosen.alpha, seed, changed=1 / 3) for seed in range(MERGED)]
    with tempfile.TemporaryDirectory() as folder:
        written = write(models, tuned, Path(folder))
        sizes(written)
        pictures = np.random.default_rng(0).integers(0, 256, (16, chosen.side, chosen.side, 3), np.uint8)
        calls = ways(written)
        for batch in (1, len(pictures)):
            block = pictures[:batch]
            bound = {name: partial(call, block) for name, call in calls.items()}
            show(batch, in_turns(bound, repeats=chosen.turns, warm_up=10))


def stacked(side: int, alpha: float, seed: int, *, changed: float = 0) -> keras.Model:
    """A head of its own on the same MobileNetV2, whose topmost share of weights is `changed`.

    The weights are drawn: speed does not depend on their values. Batch norm's are not trivial.
    """
    keras.utils.set_random_seed(0)
    trunk = keras.applications.MobileNetV2(
        input_shape=(side, side, 3), alpha=alpha, include_top=False, pooling="avg", weights=None
    )
    random = np.random.default_rng(0)
    for layer in trunk.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([values + random.uniform(0, 0.3, values.shape) for values in layer.get_weights()])
    change(trunk, changed, seed)
    keras.utils.set_random_seed(seed)
    image = keras.Input((side, side, 3), name="image")
    features = trunk(keras.layers.Rescaling(1 / 127.5, offset=-1)(image), training=False)
    return keras.Model(image, {f"defect_{seed}": keras.layers.Dense(1, "sigmoid", name=f"defect_{seed}")(features)})


def change(trunk: keras.Model, share: float, seed: int) -> None:
    """Moves the kernels of the topmost layers, which hold that share of all weights, a little."""
    random = np.random.default_rng(100 + seed)
    left = share * trunk.count_params()
    for layer in reversed(trunk.layers):
        if left <= 0:
            return
        left -= layer.count_params()
        if not isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([values + random.normal(0, 1e-3, values.shape) for values in layer.get_weights()])


def source(model: keras.Model) -> ModelSource:
    name = next(iter(model.output))
    return ModelSource(network_of(model), (Head(name=name, kind="defect", labels=("good", name), threshold=0.5),))


def write(models: Sequence[keras.Model], tuned: Sequence[keras.Model], folder: Path) -> Written:
    plain = [folder / f"plain_{number}" for number in range(MERGED)]
    for model, path in zip(models, plain, strict=False):
        model.export(str(path), verbose=False)
    sources = [source(model) for model in models]
    return Written(
        plain,
        {
            ONE: write_servable(sources[0], "one", folder),
            FOUR: write_servable(sources[:MERGED], "four", folder),
            EIGHT: write_servable(sources, "eight", folder),
            TUNED: write_servable([source(model) for model in tuned], "tuned", folder),
            VARIABLES: write_servable(sources[:MERGED], "variables", folder, freeze=False),
            HALF: write_servable(sources[0], "half", folder, precision="float16"),
        },
    )


def sizes(written: Written) -> None:
    """Bytes of graph and weights, without samples; and how far the scores are from the models'."""
    plain = weight(written.plain[0])
    print(f"{'graph and weights':42} {'MB':>8} {'x plain':>8} {'difference':>11}")
    print(f"{PLAIN:42} {plain / 1e6:8.2f} {1:8.2f}")
    for name, servable in written.servables.items():
        size = weight(servable.path)
        print(f"{name:42} {size / 1e6:8.2f} {size / plain:8.2f} {servable.difference:11.1e}")


def weight(folder: Path) -> int:
    """Bytes of the SavedModel itself."""
    files: Iterable[Path] = (folder / "saved_model.pb", *(folder / "variables").iterdir())
    return sum(path.stat().st_size for path in files)


def ways(written: Written) -> dict[str, Call]:
    plain = [tf.saved_model.load(str(path)).signatures["serving_default"] for path in written.plain]
    keys = [next(iter(function.structured_input_signature[1])) for function in plain]

    def exports(count: int) -> Call:
        def call(block: NDArray[np.uint8]) -> object:
            pictures = tf.constant(block.astype(np.float32))
            return [answer(plain[number](**{keys[number]: pictures})) for number in range(count)]

        return call

    calls = {PLAIN: exports(1), PLAIN_FOUR: exports(MERGED)}
    for name, servable in written.servables.items():
        calls[name] = signature(servable.path)
    return calls | openvino(written)


def signature(folder: Path) -> Call:
    loaded = tf.saved_model.load(str(folder))  # a signature alone does not keep its variables
    return lambda block: answer(loaded.signatures["pixels"](image=tf.constant(block)))


def openvino(written: Written) -> dict[str, Call]:
    """The frozen graphs on the other engine, if it is installed."""
    try:
        import openvino
    except ModuleNotFoundError:
        return {}

    def on_engine(folder: Path) -> Call:
        model = openvino.Core().compile_model(str(folder / layout.PIXELS_FILE), "CPU", {"PERFORMANCE_HINT": "LATENCY"})
        request = model.create_infer_request()
        return lambda block: request.infer({0: block})

    servables = written.servables
    return {ENGINE: on_engine(servables[ONE].path), ENGINE_EIGHT: on_engine(servables[EIGHT].path)}


def answer(outputs: dict[str, Any]) -> list[NDArray[np.float32]]:
    return [values.numpy() for values in outputs.values()]


def show(batch: int, measured: dict[str, Latency]) -> None:
    one = measured[ONE].milliseconds
    print(f"\n{f'batch {batch}':42} {'median ms':>10} {'x one frozen head':>18}")
    for name, latency in measured.items():
        print(f"{name:42} {latency.milliseconds:10.2f} {latency.milliseconds / one:18.2f}")
    for text, slow, fast in (
        (f"{MERGED} merged, against {MERGED} plain exports one after another", PLAIN_FOUR, FOUR),
        ("one frozen, against its plain export", PLAIN, ONE),
    ):
        print(f"{text}: {measured[slow].milliseconds / measured[fast].milliseconds:.2f} times faster")


if __name__ == "__main__":
    main()
