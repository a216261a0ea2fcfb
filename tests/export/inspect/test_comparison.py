"""What differs between two servables."""

from pathlib import Path

import msgspec
import pytest

from aoi_modules.errors import StoreError
from aoi_modules.export.inspect.comparison import Line, difference
from aoi_modules.export.inspect.contents import Contents
from aoi_modules.modelstore import layout, manifest
from aoi_modules.modelstore.golden import Golden
from tests.export.inspect.merged_graphs import Made
from tests.export.inspect.small_servables import put, put_foreign

MODELS = {"short": Made((1, 2)), "open": Made((1, 3))}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def first(base: Path) -> Path:
    return put(base, MODELS)


def between(left: Path, right: Path) -> dict[str, Line]:
    lines = difference(Contents.of(left), Contents.of(right))
    assert len({line.field for line in lines}) == len(lines)
    return {line.field: line for line in lines}


def test_two_exports_of_the_same_do_not_differ(base: Path, first: Path) -> None:
    assert between(first, put(base, MODELS)) == {}


def test_thresholds_and_metrics_are_compared_by_head(base: Path, first: Path) -> None:
    found = between(first, put(base, MODELS, threshold=0.55, metric=0.99))
    assert set(found) == {f"{field}{head}" for field in ("threshold of ", "metric auroc of ") for head in MODELS}
    assert (found["threshold of open"].left, found["threshold of open"].right) == ("0.4", "0.55")


def test_a_new_head_is_named_with_all_that_comes_with_it(base: Path, first: Path) -> None:
    found = between(first, put(base, {**MODELS, "spur": Made((1, 4))}))
    assert found["head spur"] == Line(field="head spur", left="", right="defect")
    assert found["labels of spur"].right == "good, spur"
    assert "spur float32 (?, 1)" in found["signature pixels"].right
    assert found["weights"] == Line(field="weights", left="5 tensors", right="7 tensors, 5 of them as on the left")
    assert (found["operations Conv2D"].left, found["operations Conv2D"].right) == ("3", "4")
    assert not any(field.startswith("score of") for field in found)


def test_a_head_that_was_trained_again_differs_in_its_source_its_weights_and_its_scores(
    base: Path, first: Path
) -> None:
    found = between(first, put(base, {**MODELS, "open": Made((1, 9))}))
    assert set(found) == {"source of open", "weights", "score of open"}
    assert found["weights"].right == "5 tensors, 4 of them as on the left"
    assert "the furthest of 4 common golden pictures" in found["score of open"].right


def test_other_golden_pictures_cannot_be_compared(base: Path, first: Path) -> None:
    right = put(base, MODELS)
    truth = Golden.read(right)
    rows = {head: values[1:] for head, values in truth.scores.items()}
    Golden((*truth.pictures[1:3], b"another"), rows).write(right)
    found = between(first, right)
    assert found["golden pictures"].right == "3, 2 of them as on the left"
    assert set(found) <= {"golden pictures", "size of all files"}


def test_foreign_models_are_compared_by_what_they_have(first: Path, tmp_path: Path) -> None:
    ones, twos = put_foreign(tmp_path / "ones"), put_foreign(tmp_path / "twos", scale=2)
    assert between(ones, ones) == {}
    assert between(ones, twos) == {
        "weights": Line(field="weights", left="1 tensor", right="1 tensor, 0 of them as on the left")
    }
    against = between(ones, first)
    assert against["head open"] == Line(field="head open", left="", right="defect")
    assert (against["weights stored as"].left, against["weights stored as"].right) == ("variables", "constants")


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    ones, twos = put_foreign(tmp_path / "ones"), put_foreign(tmp_path / "twos")
    (twos / "variables" / "variables.index").write_bytes(b"rotten")
    with pytest.raises(StoreError, match="variables: damaged"):
        between(ones, twos)


def test_an_older_manifest_without_sources_is_compared_by_its_checksum(base: Path) -> None:
    left, right = put(base, MODELS), put(base, MODELS)
    for folder, sha256 in ((left, "a" * 64), (right, "b" * 64)):
        old = msgspec.structs.replace(manifest.read(folder), sources=(), source_sha256=sha256, version=1)
        (folder / layout.MANIFEST_FILE).write_bytes(old.to_json())
    assert between(left, right) == {"source of": Line(field="source of", left="a" * 16, right="b" * 16)}
