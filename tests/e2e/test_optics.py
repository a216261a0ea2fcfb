"""Lamps and lenses, from training pictures to an alert: what a training measures, the gateway compares with."""

import io
import itertools
import time
from collections.abc import Iterator

import numpy as np
import pytest
import requests
import yaml
from PIL import Image, ImageFilter
from prometheus_client.parser import text_string_to_metric_families

from aoi_modules.export.model_sources import read
from aoi_modules.export.servable import write_servable
from aoi_modules.gateway.launcher import RunningGateway
from aoi_modules.modelstore.reference import FEWEST
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.training.recipes import from_folder
from aoi_modules.training.run import train

pytestmark = pytest.mark.slow  # a model is trained, exported and served

GOOD, SCRATCHED, LATER = 60, 30, 40
PATIENCE = 240.0
VIEWS = ("normal", "dark", "blurred", "untold")
"""Components: three views of the same parts by the same model, and a model that does not tell what it learnt from."""


def part(number: int, *, scratched: bool = False, view: str = "normal") -> bytes:
    """A textured part under a lamp that varies a little, as PNG; each number is another part."""
    random = np.random.default_rng(number)
    lit = 120 * random.normal(1.0, 0.03) + random.normal(0, 1, (64, 64)) * random.normal(12, 0.5)
    if scratched:
        lit[30:33, 8:56] = 250
    image = Image.fromarray(np.clip(lit * (0.5 if view == "dark" else 1.0), 0, 255).astype(np.uint8))
    file = io.BytesIO()
    (image.filter(ImageFilter.GaussianBlur(1.5)) if view == "blurred" else image).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """Serves a model that was trained on normal parts, and the same network as one of somebody else."""
    folder = tmp_path_factory.mktemp("optics")
    for number in range(GOOD + SCRATCHED):
        scratched = number >= GOOD
        path = folder / "parts" / ("scratch" if scratched else "good") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(part(number, scratched=scratched))
    recipe = from_folder(folder / "parts")
    train(recipe, "ci", folder / "out", backbone="small-cnn", epochs=1, draw=False, log=lambda line: None)
    write_servable(read(folder / "out" / "model.keras"), "part", folder / "models")
    foreign = (folder / "out" / "model.keras").rename(folder / "model.keras")  # away from its report
    write_servable(read(foreign), "foreign", folder / "models")
    with EmbeddedServer({name: folder / "models" / name for name in ("part", "foreign")}) as running:
        yield running


@pytest.fixture(scope="module")
def gateway(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    models = {view: "foreign" if view == "untold" else "part" for view in VIEWS}
    components = {
        view: {"model": model, "upstream": server.grpc, "timeout_ms": 20_000} for view, model in models.items()
    }
    routes = tmp_path_factory.mktemp("gateway") / "routes.yaml"
    routes.write_text(yaml.safe_dump({"components": components}))
    with RunningGateway(routes) as running:
        yield running


def page(gateway: RunningGateway) -> dict[tuple[str, ...], float]:
    """What the metrics say of pictures, by name, component, figure and statistic."""
    text = requests.get(f"{gateway.url}/metrics", timeout=10).text
    return {
        (sample.name.removeprefix("aoi_gateway_picture_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("aoi_gateway_picture_")
    }


def inspect_until_enough(gateway: RunningGateway) -> None:
    """Inspects parts of all views until enough pictures of each were measured."""
    end = time.monotonic() + PATIENCE
    for number in itertools.count(1000):
        for view in VIEWS:
            content = part(number, view=view)
            answer = requests.post(f"{gateway.url}/v1/inspect/{view}", data=content, timeout=30)
            assert answer.status_code == 200, answer.text
        if all(page(gateway).get(("brightness_count", view), 0) >= LATER for view in VIEWS):
            return
        if time.monotonic() > end:
            pytest.fail(f"fewer than {LATER} pictures were measured within {PATIENCE} s")


def test_a_dim_lamp_and_a_lens_out_of_focus_are_seen(gateway: RunningGateway) -> None:
    inspect_until_enough(gateway)
    found = page(gateway)
    drift = {(key[1], key[2]): value for key, value in found.items() if key[0] == "drift"}
    assert abs(drift["normal", "brightness"]) < 1
    assert abs(drift["normal", "sharpness"]) < 1
    assert drift["dark", "brightness"] < -3
    assert drift["blurred", "sharpness"] < -3
    assert abs(drift["blurred", "brightness"]) < 1, "the lamp is as it was"
    assert not [key for key in found if key[0] in ("drift", "reference") and key[1] == "untold"]
    assert found["sharpness_count", "untold"] >= LATER, "they are measured all the same"

    listed = requests.get(f"{gateway.url}/v1/components", timeout=10).json()["components"]
    pictures = {one["component"]: one["pictures"] for one in listed}
    assert pictures["dark"]["drift"]["brightness"] == pytest.approx(drift["dark", "brightness"], abs=1)
    assert pictures["dark"]["present"]["pictures"] >= FEWEST
    assert pictures["dark"]["reference"]["brightness"]["mean"] == pytest.approx(
        found["reference", "dark", "brightness", "mean"]
    )
    assert pictures["untold"]["present"]["brightness"]["mean"] > 0
    assert (pictures["untold"]["reference"], pictures["untold"]["drift"]) == (None, None)


def test_the_servable_carries_the_figures_of_good_parts(gateway: RunningGateway) -> None:
    listed = requests.get(f"{gateway.url}/v1/components", timeout=10).json()["components"]
    reference = next(one["pictures"]["reference"] for one in listed if one["component"] == "normal")
    assert 0 < reference["pictures"] < GOOD, "good parts of the training table"
    assert reference["brightness"]["mean"] == pytest.approx(120 / 255, abs=0.02)
    assert reference["brightness"]["p1"] < reference["brightness"]["p50"] < reference["brightness"]["p99"]
