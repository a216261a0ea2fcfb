"""Large pictures with small defects, from a folder to regions: learnt by tiles, and from good parts alone."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aoi_modules.datasets.folder import GoodClasses
from aoi_modules.export.model_sources import read
from aoi_modules.export.servable import write_servable
from aoi_modules.judging.inspection import Inspection, ModelVersion, judge
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore import training_report
from aoi_modules.serving.engine import Engine
from aoi_modules.serving.engines import openvino, tensorflow
from aoi_modules.training.recipes import from_folder
from aoi_modules.training.run import train
from aoi_modules.training.wishes import Wishes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.usefixtures("bare_machine")]

HEIGHT, WIDTH, SPOT = 128, 192, 16
WAYS = {
    "tiles": Wishes(tiles=64),
    "good only": Wishes(good_only=True, picture_size=(128, 192), overkill_target=0.0),
    "good only, by tiles": Wishes(good_only=True, tiles=(2, 3), overkill_target=0.0),
}


def picture(seed: int, *, spot: bool) -> tuple[np.ndarray, tuple[int, int]]:
    """A gray picture with noise, and perhaps a dark spot of 16 x 16 pixels; and where that is."""
    random = np.random.default_rng(seed)
    pixels = np.clip(random.normal(150, 3, (HEIGHT, WIDTH)), 0, 255)
    top, left = int(random.integers(4, HEIGHT - 20)), int(random.integers(4, WIDTH - 20))
    if spot:
        pixels[top : top + SPOT, left : left + SPOT] = 20
    return pixels.astype(np.uint8), (top, left)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("parts")
    for number, name in enumerate(("good", "spot")):
        (root / name).mkdir()
        for seed in range(20):
            Image.fromarray(picture(100 * number + seed, spot=number > 0)[0]).save(root / name / f"{seed:02d}.png")
    return root


@pytest.mark.parametrize("way", list(WAYS))
def test_a_small_spot_is_found_and_both_engines_say_where(parts: Path, tmp_path: Path, way: str) -> None:
    wishes = Wishes(**WAYS[way], backbone="mobilenet-0.25")
    recipe = from_folder(parts, good=GoodClasses(one_defect=True, alone=bool(wishes.get("good_only"))))
    report = train(recipe, "ci", tmp_path / "out", draw=False, **wishes)
    (head,) = report.heads
    assert head.metrics["auroc"] >= 0.95
    assert head.map is not None
    version = write_servable(read(tmp_path / "out/model.keras"), "part", tmp_path / "models").path
    assert manifests.read(version).heads[0].map == head.map
    shown = [picture(900 + seed, spot=seed % 2 == 1) for seed in range(8)]
    engines = [engine.load(version) for engine in (openvino, tensorflow)]
    found = [asked(engine, [pixels for pixels, _ in shown]) for engine in engines]
    for name, values in found[0].items():
        # The features of random weights are tiny; made as large as others, their rounding errors are, too.
        np.testing.assert_allclose(values, found[1][name], atol=5e-4)
    for row, (_, (top, left)) in enumerate(shown):
        if row % 2:
            inspection = judged({name: values[row : row + 1] for name, values in found[0].items()}, version)
            assert inspection.verdict == "FAIL"
            region = inspection.heads[0].region
            assert region is not None
            middle = (top + SPOT / 2) / HEIGHT, (left + SPOT / 2) / WIDTH
            assert region.top <= middle[0] <= region.top + region.height
            assert region.left <= middle[1] <= region.left + region.width


def test_the_report_of_good_parts_alone_promises_nothing(parts: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "good").symlink_to(parts / "good")
    train(
        from_folder(alone, good=GoodClasses(one_defect=True, alone=True)),
        "ci",
        tmp_path / "out",
        backbone="mobilenet-0.25",
        good_only=True,
        picture_size=(64, 96),
    )
    report = training_report.read(tmp_path / "out")
    assert any("no escape rate is promised: the test has no defective picture" in note for note in report.notes)
    assert any("learnt from 12 good pictures alone" in note for note in report.notes)
    assert "escape_rate" not in report.heads[0].metrics
    assert report.heads[0].threshold is not None
    assert report.options["good_only"] is True
    assert "escape_target" not in report.options


def asked(engine: Engine, pictures: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Scores and maps by `pixels`, one picture a call."""
    signature = engine.signatures["pixels"]
    channels = signature.inputs["image"].tensor_shape.dim[3].size
    frames = [np.repeat(pixels[np.newaxis, ..., np.newaxis], channels, axis=3) for pixels in pictures]
    rows = [engine.run(signature, {"image": frame}, list(signature.outputs)) for frame in frames]
    return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}


def judged(scores: dict[str, np.ndarray], version: Path) -> Inspection:
    return judge(scores, manifests.read(version), {}, component="part", model=ModelVersion(name="part", version=1))
