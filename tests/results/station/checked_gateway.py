"""A gateway before a model server that knows good pictures by their brightness, and a golden set for it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.wire.tensors import Array, to_array
from tests.client.model_server import ModelServer, scores_of

ROUTES = """
components: {{tile: {{model: tile, upstream: "{address}", recording: committed}}}}
checks: {{tile: {{golden: {golden}, every_hours: 8}}}}
"""


@dataclass
class CheckedGateway:
    """What a test may touch."""

    url: str
    golden: Path
    server: ModelServer
    gateway: RunningGateway


def flat(level: int) -> bytes:
    """An encoded picture of one gray level."""
    file = io.BytesIO()
    Image.fromarray(np.full((8, 8), level, np.uint8)).save(file, "PNG")
    return file.getvalue()


def golden_set(folder: Path, *, good: int = 2, defect: int = 2) -> Path:
    """Bright parts are defective."""
    for word, number, level in (("good", good, 20), ("defect", defect, 230)):
        (folder / word).mkdir(parents=True)
        for at in range(number):
            (folder / word / f"{at}.png").write_bytes(flat(level + at))
    return folder


def see(server: ModelServer, bias: float = 0.0) -> None:
    """The model server sees brightness: a score of 0 for black, of 1 for white, and a bias, as if a lamp changed."""

    def outputs(count: int) -> dict[str, Array]:
        encoded = to_array(server.asked[-1].inputs["image"])
        levels = [np.asarray(Image.open(io.BytesIO(one))).mean() / 255 for one in encoded]
        scores = np.clip(np.array(levels, np.float32) + bias, 0, 1)
        return {**scores_of(0.0)(count), "defect": scores[:, np.newaxis].astype(np.float32)}

    server.outputs = outputs


@contextmanager
def checked_gateway(folder: Path) -> Iterator[CheckedGateway]:
    golden = golden_set(folder / "golden")
    with ModelServer() as server:
        see(server)
        (folder / "routes.yaml").write_text(ROUTES.format(address=server.address, golden=golden))
        with RunningGateway(folder / "routes.yaml", results=folder / "results") as gateway:
            yield CheckedGateway(gateway.url, golden, server, gateway)
