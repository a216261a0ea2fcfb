"""All models together, watched by their threads."""

from pathlib import Path

import pytest

from aoi_modules.errors import RpcError, SettingsError
from aoi_modules.serving.model_config import ServedModel, VersionPolicy
from aoi_modules.serving.stream import Retries
from aoi_modules.serving.versions import StartUp, Versions
from tests.serving.calls import wait_for
from tests.serving.fake_engine import Loads


def started(loads: Loads, *models: ServedModel, poll_seconds: float = 0.02, retries: int = 0) -> Versions:
    versions = Versions(
        models, loads, poll_seconds=poll_seconds, retries=Retries(retries, seconds=3600), load_threads=2
    )
    versions.start()
    return versions


def model(tmp_path: Path, name: str, *numbers: int, broken: bool = False, **more: object) -> ServedModel:
    base = tmp_path / name
    base.mkdir()
    for number in numbers:
        (base / str(number)).mkdir()
        if broken:
            (base / str(number) / "broken").touch()
    return ServedModel(name, base, **more)  # type: ignore[arg-type]


def settled(versions: Versions) -> StartUp:
    return wait_for(versions.start_up, lambda state: state is not StartUp.LOADING)


def answering(versions: Versions, name: str, version: int | None = None, label: str | None = None) -> int:
    with versions.lend(name, version, label) as servable:
        return servable.version


def test_a_new_version_is_found(tmp_path: Path) -> None:
    versions = started(Loads(), model(tmp_path, "a", 1))
    assert settled(versions) is StartUp.READY
    (tmp_path / "a" / "2").mkdir()
    wait_for(lambda: answering(versions, "a"), lambda version: version == 2)
    assert versions.close()


def test_one_model_holds_no_other_up(tmp_path: Path) -> None:
    versions = started(
        Loads(),
        model(tmp_path, "good", 1),
        model(tmp_path, "broken", 1, broken=True),
        model(tmp_path, "empty"),
        ServedModel("missing", tmp_path / "nowhere"),
        retries=5,
    )
    assert settled(versions) is StartUp.READY
    assert answering(versions, "good") == 1
    versions.close()


def test_a_slow_load_holds_no_other_up(tmp_path: Path) -> None:
    slow, quick = Loads(), Loads()
    slow.go.clear()

    def load(name: str, version: int, path: Path) -> object:
        return (slow if name == "slow" else quick)(name, version, path)

    versions = started(load, model(tmp_path, "slow", 1), model(tmp_path, "quick", 1))  # type: ignore[arg-type]
    wait_for(lambda: versions.statuses("quick"), lambda s: bool(s) and s[1].state == "AVAILABLE")
    assert versions.start_up() is StartUp.LOADING
    slow.go.set()
    assert settled(versions) is StartUp.READY
    versions.close()


def test_nothing_but_broken_models_is_a_failure(tmp_path: Path) -> None:
    versions = started(Loads(), model(tmp_path, "a", 1, broken=True), model(tmp_path, "empty"))
    assert settled(versions) is StartUp.FAILED
    assert versions.failures() == [f"model a version 1: {tmp_path}/a/1: broken"]
    versions.close()


def test_a_broken_model_that_is_tried_again_is_no_failure_yet(tmp_path: Path) -> None:
    loads = Loads()
    versions = started(loads, model(tmp_path, "a", 1, broken=True), retries=1)
    wait_for(lambda: loads.tried, bool)
    wait_for(lambda: versions.statuses("a"), bool)
    assert versions.start_up() is StartUp.LOADING
    versions.close()


def test_zero_poll_seconds_look_once(tmp_path: Path) -> None:
    versions = started(Loads(), model(tmp_path, "a", 1), poll_seconds=0)
    settled(versions)
    wait_for(lambda: [thread.is_alive() for thread in versions._threads], lambda alive: not any(alive))
    assert answering(versions, "a") == 1
    versions.close()


def test_what_is_not_served(tmp_path: Path) -> None:
    versions = started(Loads(), model(tmp_path, "a", 1, labels={"stable": 1, "old": 7}))
    settled(versions)
    assert answering(versions, "a", label="stable") == answering(versions, "a", 1) == 1
    for arguments, code, message in [
        (("b", None, None), "NOT_FOUND", "Servable not found for request: Latest(b)"),
        (("a", 9, None), "NOT_FOUND", "Servable not found for request: Specific(a, 9)"),
        (("a", None, "old"), "NOT_FOUND", "Servable not found for request: Specific(a, 7)"),
        (("a", None, "none"), "INVALID_ARGUMENT", "Unrecognized servable version label: none"),
        (("b", None, "none"), "INVALID_ARGUMENT", "Unrecognized servable version label: none"),
    ]:
        with pytest.raises(RpcError) as caught:
            answering(versions, *arguments)
        assert (caught.value.code, caught.value.message) == (code, message)
    with pytest.raises(SettingsError, match="Request to assign label to version 7 of model a"):
        versions.check_labels()
    assert versions.statuses("b") == {}
    versions.close()


def test_close_unloads(tmp_path: Path) -> None:
    loads = Loads()
    versions = started(loads, model(tmp_path, "a", 1, 2, policy=VersionPolicy(latest=None)))
    settled(versions)
    assert versions.close()
    assert sorted(loads.engines) == [1, 2]
    assert all(engine.closed for engine in loads.engines.values())
