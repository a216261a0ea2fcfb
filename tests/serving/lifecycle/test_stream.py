"""The versions of one model, step by step; time is a number that the test passes in."""

import logging
import math
from pathlib import Path

import pytest

from aoi_modules.serving.lifecycle.stream import MAX_REMEMBERED, State, VersionStatus
from aoi_modules.serving.model_config import ServedModel, VersionPolicy
from tests.serving.lifecycle.stream_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_the_newest_version_is_served(bench: Bench) -> None:
    bench.add(1)
    bench.add(2)
    bench.stream.step(0)
    assert bench.stream.polled
    assert bench.states() == {2: "AVAILABLE"}
    assert bench.answers() == 2


def test_a_new_version_takes_over_and_the_old_one_is_closed(bench: Bench) -> None:
    bench.add(1)
    bench.stream.step(0)
    bench.add(2)
    bench.stream.step(1)
    assert bench.states() == {2: "AVAILABLE", 1: "END"}
    assert bench.closed() == [1]


def test_the_old_version_serves_while_the_new_one_is_broken(bench: Bench) -> None:
    bench.add(1)
    bench.stream.step(0)
    bench.add(2, broken=True)
    bench.stream.step(1)
    assert bench.answers() == 1
    assert bench.stream.statuses()[2] == VersionStatus(State.END, "UNKNOWN", f"{bench.base}/2: broken")


def test_a_broken_version_is_not_tried_again_while_it_lies_there(bench: Bench) -> None:
    bench.add(1, broken=True)
    for now in range(5):
        assert bench.stream.step(now) == math.inf
    assert bench.loads.tried == [1]


def test_a_good_version_after_a_broken_one(bench: Bench) -> None:
    bench.add(1)
    bench.stream.step(0)
    bench.add(2, broken=True)
    bench.stream.step(1)
    bench.add(3)
    bench.stream.step(2)
    assert bench.states() == {3: "AVAILABLE", 2: "END", 1: "END"}


def test_a_failed_load_is_repeated_when_it_is_due(tmp_path: Path) -> None:
    bench = Bench(tmp_path, retries=2)
    bench.add(1, broken=True)
    assert bench.stream.step(0) == 60
    assert bench.stream.waits_for_retry()
    assert bench.states() == {1: "LOADING"}
    assert bench.stream.step(59) == 60
    assert bench.loads.tried == [1]
    assert bench.stream.step(60) == 120
    (tmp_path / "1" / "broken").unlink()
    bench.stream.step(120)
    assert bench.states() == {1: "AVAILABLE"}
    assert not bench.stream.waits_for_retry()


def test_after_the_last_repetition_it_ends(tmp_path: Path) -> None:
    bench = Bench(tmp_path, retries=1)
    bench.add(1, broken=True)
    bench.stream.step(0)
    bench.stream.step(60)
    assert bench.states() == {1: "END"}
    assert not bench.stream.waits_for_retry()


def test_a_version_that_goes_before_it_loads_ends(tmp_path: Path) -> None:
    bench = Bench(tmp_path, retries=5)
    bench.add(1, broken=True)
    bench.stream.step(0)
    bench.remove(1)
    bench.stream.step(1)
    assert bench.states() == {1: "END"}


def test_a_version_that_comes_back_is_loaded_again(bench: Bench) -> None:
    bench.add(1)
    bench.stream.step(0)
    bench.add(2)
    bench.stream.step(1)
    bench.remove(2)
    bench.stream.step(2)
    assert bench.states() == {2: "END", 1: "AVAILABLE"}


def test_an_empty_base_path_unloads_everything(bench: Bench) -> None:
    bench.add(1)
    bench.stream.step(0)
    bench.remove(1)
    bench.stream.step(1)
    assert bench.answers() is None
    assert bench.states() == {1: "END"}


def test_a_missing_base_path_changes_nothing_and_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(tmp_path / "models")
    bench.base.mkdir()
    bench.add(1)
    bench.stream.step(0)
    bench.base.rename(tmp_path / "gone")
    with caplog.at_level(logging.WARNING):
        bench.stream.step(1)
        bench.stream.step(2)
    assert bench.answers() == 1
    assert [record.getMessage() for record in caplog.records] == [
        f"model m: base path {bench.base} cannot be read: No such file or directory; waiting for it"
    ]


def test_a_lent_servable_is_closed_when_it_is_given_back(bench: Bench) -> None:
    bench.add(1)
    bench.stream.step(0)
    lent = bench.stream.take(None)
    assert lent is not None
    bench.add(2)
    bench.stream.step(1)
    assert bench.states() == {2: "AVAILABLE", 1: "UNLOADING"}
    assert bench.closed() == []
    lent.give_back()
    assert bench.closed() == [1]
    assert bench.states() == {2: "AVAILABLE", 1: "END"}


def test_all_versions(tmp_path: Path) -> None:
    bench = Bench(tmp_path, policy=VersionPolicy(latest=None))
    for version in (1, 2, 3):
        bench.add(version)
    bench.stream.step(0)
    assert list(bench.states()) == [3, 2, 1]
    bench.remove(2)
    bench.stream.step(1)
    assert bench.states() == {3: "AVAILABLE", 2: "END", 1: "AVAILABLE"}
    bench.stream.close()
    assert all(engine.closed for engine in bench.loads.engines.values())


def test_only_so_many_ended_versions_are_remembered(bench: Bench) -> None:
    for version in range(1, MAX_REMEMBERED + 5):
        bench.add(version)
        bench.stream.step(version)
    assert len(bench.states()) == MAX_REMEMBERED + 1


def test_a_broken_version_whose_files_change_is_tried_again(bench: Bench) -> None:
    """A copy that was not finished at the first poll."""
    bench.add(1)
    (bench.base / "1" / "broken").touch()
    bench.stream.step(0)
    bench.stream.step(1)
    assert bench.states() == {1: "END"}
    (bench.base / "1" / "broken").unlink()
    (bench.base / "1" / "saved_model.pb").write_bytes(b"whole now")
    bench.stream.step(2)
    assert bench.states() == {1: "END"}  # the copy may still go on
    bench.stream.step(3)
    assert bench.states() == {1: "AVAILABLE"}
    assert bench.loads.tried == [1, 1]


def test_another_policy_and_another_path(bench: Bench, tmp_path: Path) -> None:
    bench.add(1)
    bench.add(2)
    bench.stream.step(0)
    bench.stream.configure(ServedModel("m", bench.base, VersionPolicy(specific=(1,))))
    assert not bench.stream.polled
    bench.stream.step(1)
    assert bench.states() == {2: "END", 1: "AVAILABLE"}
    (tmp_path / "other" / "7").mkdir(parents=True)
    bench.stream.configure(ServedModel("m", tmp_path / "other"))
    bench.stream.step(2)
    assert bench.answers() == 7
    assert bench.stream.shortfall() == ""


def test_a_dropped_model_answers_nobody_and_is_unloaded(bench: Bench) -> None:
    bench.add(1)
    bench.stream.step(0)
    bench.stream.drop()
    assert bench.answers() is None
    bench.stream.step(1)
    assert bench.closed() == [1]
    assert bench.states() == {1: "END"}


def test_a_version_that_is_taken_for_a_base_path_is_told(tmp_path: Path) -> None:
    version = tmp_path / "tile" / "1"
    version.mkdir(parents=True)
    (version / "saved_model.pb").touch()
    bench = Bench(version)
    bench.stream.step(0)
    assert f"which is a version itself, of the base path {tmp_path / 'tile'}; waiting" in str(bench.stream.shortfall())


def test_what_can_never_run_is_not_tried_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, retries=5)
    bench.add(1)
    bench.stream.step(0)
    bench.add(2)
    (tmp_path / "2" / "unrunnable").touch()
    assert bench.stream.step(1) == math.inf
    assert bench.answers() == 1
    assert bench.stream.statuses()[2] == VersionStatus(State.END, "UNKNOWN", f"{tmp_path}/2: never answers")


def test_the_status_of_a_version_that_will_be_tried_again_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(tmp_path, retries=2)
    bench.add(1, broken=True)
    with caplog.at_level(logging.WARNING):
        bench.stream.step(0)
        bench.stream.step(60)
    assert bench.stream.statuses()[1] == VersionStatus(State.LOADING, "UNKNOWN", f"{tmp_path}/1: broken")
    assert caplog.messages == [
        f"model m version 1: load failed, next try in 60 s: {tmp_path}/1: broken",
        "model m version 1: load failed, next try in 60 s: the same error",
    ]


def test_a_copy_that_is_complete_is_tried_before_its_time(tmp_path: Path) -> None:
    bench = Bench(tmp_path, retries=2)
    bench.add(1, broken=True)
    bench.stream.step(0)
    (tmp_path / "1" / "broken").unlink()
    (tmp_path / "1" / "saved_model.pb").write_bytes(b"whole now")
    bench.stream.step(1)
    assert bench.states() == {1: "LOADING"}
    bench.stream.step(2)
    assert bench.states() == {1: "AVAILABLE"}


def test_a_version_that_goes_while_it_loads_leaves_the_old_one(bench: Bench) -> None:
    bench.add(1)
    bench.stream.step(0)
    bench.add(2, broken=True)
    bench.stream.step(1)
    bench.remove(2)
    bench.stream.step(2)
    assert bench.answers() == 1
    assert bench.states() == {2: "END", 1: "AVAILABLE"}


def test_what_a_model_lacks(tmp_path: Path) -> None:
    bench = Bench(tmp_path, retries=1)
    assert bench.stream.shortfall() is None
    bench.stream.step(0)
    assert bench.stream.shortfall() == (
        f"{{name: m}} due to error: NOT_FOUND: no versions of it below {tmp_path}; waiting for one"
    )
    bench.add(1, broken=True)
    bench.stream.step(1)
    assert bench.stream.shortfall() is None
    bench.stream.step(61)
    assert bench.stream.shortfall() == f"{{name: m version: 1}} due to error: UNKNOWN: {tmp_path}/1: broken"
