"""Base paths that are swapped, replaced, or hold what is no version; time is a number that the test passes in."""

import logging
from pathlib import Path

import pytest

from aoi_modules.serving.model_config import ServedModel, VersionPolicy
from tests.serving.lifecycle.stream_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_folders_that_are_no_versions_are_named_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(tmp_path)
    for name in ("v0.1", "1.0"):
        (tmp_path / name).mkdir()
    with caplog.at_level(logging.WARNING):
        bench.stream.step(0)
        bench.stream.step(1)
    (said,) = caplog.messages
    assert said.startswith(
        f"model m: no versions of it below {tmp_path} (1.0, v0.1: a version is named by a whole number"
    )
    assert bench.stream.trouble in said
    bench.add(1)
    bench.stream.step(2)
    assert bench.stream.trouble == ""


def test_a_model_that_is_not_served_beside_one_that_is(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.add(1)
    (bench.base / "v2").mkdir()
    (bench.base / "v2" / "saved_model.pb").touch()
    with caplog.at_level(logging.WARNING):
        bench.stream.step(0)
    assert bench.answers() == 1
    assert f"model m: not served below {bench.base}: v2: a version is named by" in caplog.text


def test_versions_of_a_policy_that_are_not_there(tmp_path: Path) -> None:
    bench = Bench(tmp_path, policy=VersionPolicy(specific=(3, 4)))
    bench.add(1)
    bench.stream.step(0)
    assert bench.stream.trouble == (f"its policy names versions 3, 4, but below {tmp_path} there is version 1; waiting")
    bench.add(3)
    bench.add(4)
    bench.stream.step(1)
    assert (bench.answers(), bench.stream.trouble) == (4, "")


def test_a_base_path_that_is_swapped_serves_the_new_release(tmp_path: Path) -> None:
    for release, version in (("a", 1), ("b", 2)):
        (tmp_path / release / str(version)).mkdir(parents=True)
    link = tmp_path / "current"
    link.symlink_to("a")
    bench = Bench(link)
    bench.stream.step(0)
    assert bench.answers() == 1
    (tmp_path / "new").symlink_to("b")
    (tmp_path / "new").replace(link)
    bench.stream.step(1)
    assert (bench.answers(), bench.states()) == (2, {2: "AVAILABLE", 1: "END"})


def test_a_release_with_the_same_number_is_not_loaded_and_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for release in ("a", "b"):
        (tmp_path / release / "1").mkdir(parents=True)
    link = tmp_path / "current"
    link.symlink_to("a")
    bench = Bench(link)
    bench.stream.step(0)
    link.unlink()
    link.symlink_to("b")
    with caplog.at_level(logging.WARNING):
        bench.stream.step(1)
        bench.stream.step(2)
    assert bench.loads.tried == [1]
    assert caplog.messages == [
        f"model m version 1: {tmp_path}/b/1 is not served: the version was loaded from {tmp_path}/a/1 and stays; give "
        "a new release a new number"
    ]


def test_an_empty_folder_in_place_of_the_base_path_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(tmp_path / "m")
    bench.base.mkdir()
    bench.add(1)
    bench.stream.step(0)
    bench.base.rename(tmp_path / "gone")
    bench.base.mkdir()
    with caplog.at_level(logging.WARNING):
        bench.stream.step(1)
        bench.stream.step(2)
    assert (bench.answers(), bench.states()) == (1, {1: "AVAILABLE"})
    (said,) = caplog.messages
    assert said.endswith("waiting for one; the folder is another one than before, so what is loaded stays")
    bench.add(2)
    bench.stream.step(3)
    assert bench.states() == {2: "AVAILABLE", 1: "END"}
    bench.remove(2)
    bench.stream.step(4)
    assert bench.answers() is None  # somebody removed it


def test_a_config_with_an_empty_base_path_unloads(bench: Bench, tmp_path: Path) -> None:
    bench.add(1)
    bench.stream.step(0)
    (tmp_path / "empty").mkdir()
    bench.stream.configure(ServedModel("m", tmp_path / "empty"))
    bench.stream.step(1)
    assert bench.answers() is None
