"""What each stage of the line adds to one picture: floor, REST, gRPC, gateway, in one run, interleaved.

    make bench        or        .venv/bin/python benchmarks/line.py --pictures 300

The floor is the servable's own function, called in process on the same encoded picture. Ratios within a run hold on
any machine; the milliseconds are this machine's.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import requests
import yaml

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.rest.client import HttpClient
from aoi_modules.export.model_sources import ModelSource
from aoi_modules.export.readers.keras_network import network_of
from aoi_modules.export.servable import write_servable
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.modelstore.manifest import Head, PictureInput
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.study.networks.latency import Latency, in_turns
from aoi_modules.tf import keras, tf

SIZE = PictureInput(height=96, width=96, channels=3)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pictures", type=int, default=200, help="calls of each way")
    pictures = arguments.parse_args().pictures
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder)
        version = write_servable(mobilenet(), "tile", models).path
        with EmbeddedServer({"tile": models / "tile"}) as server:
            routes = {"components": {"tile": {"model": "tile", "upstream": server.grpc, "timeout_ms": 10_000}}}
            (models / "routes.yaml").write_text(yaml.safe_dump(routes))
            with (
                RunningGateway(models / "routes.yaml") as gateway,
                GrpcClient(Endpoint(server.grpc, "tile")) as by_grpc,
                HttpClient(Endpoint(server.rest, "tile")) as by_http,
                requests.Session() as line,
            ):
                picture = sample()
                function = tf.saved_model.load(str(version)).signatures["serving_default"]
                image = tf.constant([picture])
                url = f"{gateway.url}/v1/inspect/tile"
                ways: dict[str, Callable[[], object]] = {
                    "floor: the function in process": lambda: function(image=image),
                    "gRPC": lambda: by_grpc.predict_pictures([picture]),
                    "REST": lambda: by_http.predict_pictures([picture]),
                    "HTTP through the gateway": lambda: line.post(url, data=picture).raise_for_status(),
                }
                show(in_turns(ways, repeats=pictures, warm_up=10))


def mobilenet() -> ModelSource:
    """MobileNetV2 0.35 with random weights: speed does not depend on their values."""
    image = keras.Input((SIZE.height, SIZE.width, 3), name="image")
    scaled = keras.layers.Rescaling(1 / 127.5, offset=-1)(image)
    shape = (SIZE.height, SIZE.width, 3)
    backbone = keras.applications.MobileNetV2(
        input_shape=shape, alpha=0.35, include_top=False, pooling="avg", weights=None
    )
    score = keras.layers.Dense(1, "sigmoid", name="defect")(backbone(scaled))
    head = Head(name="defect", kind="defect", labels=("good", "defect"), threshold=0.5)
    return ModelSource(network_of(keras.Model(image, {"defect": score})), (head,))


def sample() -> bytes:
    """One encoded picture of a soft gradient, 160 x 160."""
    ramp = tf.cast(tf.linspace(0.0, 255.0, 160), tf.uint8)
    return bytes(tf.io.encode_png(tf.stack([tf.tile(ramp[None], [160, 1])] * 3, axis=-1)).numpy())


def show(measured: dict[str, Latency]) -> None:
    floor = next(iter(measured.values())).median
    print(f"{'one picture, MobileNetV2 0.35 at 96 px':40} {'median ms':>10} {'x floor':>8}")
    for name, latency in measured.items():
        print(f"{name:40} {latency.milliseconds:10.2f} {latency.median / floor:8.2f}")


if __name__ == "__main__":
    main()
