"""Both versions on a real model server: verdicts by the limits that hold, parity, and a ratio of times."""

import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from aoi_modules.errors import PromotionError
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.promotion.trial import Trial
from aoi_modules.verdict import Verdict

pytestmark = pytest.mark.slow
PASS, REVIEW, FAIL = Verdict


def gray(level: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (8, 8), level).save(file, "png")
    return file.getvalue()


@pytest.fixture(scope="module")
def trial(lamps: Path) -> Iterator[Trial]:
    with Trial("lamp", lamps, (1, 2)) as running:
        yield running


def test_pictures_are_judged_as_at_the_line(trial: Trial, lamps: Path, tmp_path: Path) -> None:
    files = []
    for number, level in enumerate([20, 126, 250] * 7):  # more than go into a call
        files.append(tmp_path / f"{number}.png")
        files[-1].write_bytes(gray(level))
    manifest = manifests.read(lamps / "2")
    assert trial.verdicts(manifest, files, {}) == [PASS, REVIEW, FAIL] * 7
    other = {"glare": HeadLimits(threshold=0.999999)}
    assert trial.verdicts(manifest, files[:3], other) == [PASS, PASS, PASS]
    assert trial.verdicts(manifest, [], {}) == []


def test_served_scores_are_those_of_the_source(trial: Trial, lamps: Path) -> None:
    found = trial.parity(manifests.read(lamps / "2"), 1e-4)
    assert found.agrees
    assert {one.head for one in found.comparisons} == {"glare"}


def test_the_same_model_takes_about_as_long(trial: Trial) -> None:
    ratio = trial.latency(1, 2, gray(90), rounds=6, calls=2)
    assert ratio.interval is not None
    assert 0 < ratio.interval[0] <= ratio.median <= ratio.interval[1]


def test_numbers_that_nobody_kept_are_told(trial: Trial, lamps: Path) -> None:
    manifest = msgspec.structs.replace(manifests.read(lamps / "2"), features=("rooms",))
    with pytest.raises(PromotionError, match=r"lamp 2 takes numbers beside each picture \(rooms\)"):
        trial.verdicts(manifest, [], {})
