"""All models together, watched by their threads."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from aoi_modules.errors import RpcError, SettingsError
from aoi_modules.serving.lifecycle.stream import MAX_REMEMBERED, Retries
from aoi_modules.serving.lifecycle.versions import StartUp, Versions
from aoi_modules.serving.model_config import ServedModel, VersionPolicy
from tests.serving.calls import wait_for
from tests.serving.fake_engine import Loads


def started(
    loads: Loads,
    *models: ServedModel,
    poll_seconds: float = 0.02,
    retries: int = 0,
    early_labels: bool = False,
    start_without_versions: bool = False,
) -> Versions:
    versions = Versions(
        models,
        loads,
        poll_seconds=poll_seconds,
        retries=Retries(retries, seconds=3600),
        load_threads=2,
        early_labels=early_labels,
        start_without_versions=start_without_versions,
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
        start_without_versions=True,
    )
    assert settled(versions) is StartUp.READY
    assert answering(versions, "good") == 1
    versions.close()


def test_a_start_waits_for_each_model(tmp_path: Path) -> None:
    versions = started(
        Loads(),
        model(tmp_path, "good", 1),
        model(tmp_path, "broken", 1, broken=True),
        model(tmp_path, "empty"),
        ServedModel("missing", tmp_path / "nowhere"),
    )
    unread = f"base path {tmp_path}/nowhere cannot be read"
    wait_for(
        versions.awaited,
        lambda awaited: set(awaited) == {"empty", "missing"} and awaited["missing"].startswith(unread),
    )
    assert answering(versions, "good") == 1
    (tmp_path / "empty" / "3").mkdir()
    wait_for(versions.awaited, lambda awaited: set(awaited) == {"missing"})
    assert versions.start_up() is StartUp.LOADING
    (tmp_path / "nowhere" / "1").mkdir(parents=True)
    assert settled(versions) is StartUp.READY
    assert versions.awaited() == {}
    versions.close()


def test_what_is_to_be_loaded_again_is_waited_for(tmp_path: Path) -> None:
    versions = started(Loads(), model(tmp_path, "good", 1), model(tmp_path, "broken", 1, broken=True), retries=1)
    reason = f"version 1 is to be loaded again: {tmp_path}/broken/1: broken"
    wait_for(versions.awaited, lambda awaited: awaited == {"broken": reason})
    assert answering(versions, "good") == 1
    assert versions.start_up() is StartUp.LOADING
    versions.close()


def test_where_base_paths_are_polled_once_nobody_waits_for_what_will_never_be_seen(tmp_path: Path) -> None:
    versions = started(Loads(), model(tmp_path, "good", 1), model(tmp_path, "empty"), poll_seconds=0)
    assert settled(versions) is StartUp.READY
    versions.close()
    versions = started(Loads(), ServedModel("missing", tmp_path / "nowhere"), poll_seconds=0)
    assert settled(versions) is StartUp.FAILED
    assert versions.failures() == [
        f"model missing: base path {tmp_path}/nowhere cannot be read: No such file or directory; waiting for it"
    ]
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
    versions = started(Loads(), model(tmp_path, "a", 1, broken=True))
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


def test_zero_poll_seconds_poll_once(tmp_path: Path) -> None:
    versions = started(Loads(), model(tmp_path, "a", 1), poll_seconds=0)
    settled(versions)
    (tmp_path / "a" / "2").mkdir()
    time.sleep(0.1)
    assert answering(versions, "a") == 1
    versions.configure([ServedModel("a", tmp_path / "a", VersionPolicy(latest=2))])
    wait_for(lambda: answering(versions, "a"), lambda version: version == 2)
    assert versions.close()


def test_what_is_not_served(tmp_path: Path) -> None:
    versions = started(Loads(), model(tmp_path, "a", 1, labels={"stable": 1, "old": 7}), early_labels=True)
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
    assert versions.statuses("b") == {}
    versions.close()


def test_close_unloads(tmp_path: Path) -> None:
    loads = Loads()
    versions = started(loads, model(tmp_path, "a", 1, 2, policy=VersionPolicy(latest=None)))
    settled(versions)
    assert versions.close()
    assert sorted(loads.engines) == [1, 2]
    assert all(engine.closed for engine in loads.engines.values())


def test_labels_at_the_start_need_the_flag(tmp_path: Path) -> None:
    labelled = model(tmp_path, "a", 1, labels={"stable": 1})
    with pytest.raises(SettingsError, match="Request to assign label to version 1 of model a") as caught:
        started(Loads(), labelled)
    assert "--allow_version_labels_for_unavailable_models" in caught.value.hint


def test_labels_of_versions_that_are_served_may_move(tmp_path: Path) -> None:
    plain = model(tmp_path, "a", 1, 2, policy=VersionPolicy(latest=None))
    versions = started(Loads(), plain)
    settled(versions)
    versions.configure([replace(plain, labels={"stable": 1, "canary": 2})])
    assert answering(versions, "a", label="stable") == 1
    versions.configure([replace(plain, labels={"stable": 2})])
    assert answering(versions, "a", label="stable") == 2
    with pytest.raises(RpcError, match="Unrecognized servable version label: canary"):
        answering(versions, "a", label="canary")
    with pytest.raises(RpcError, match="Request to assign label to version 9 of model a") as caught:
        versions.configure([replace(plain, labels={"stable": 9})])
    assert caught.value.code == "FAILED_PRECONDITION"
    assert answering(versions, "a", label="stable") == 2
    versions.close()


def test_an_early_label_may_be_new_but_not_move(tmp_path: Path) -> None:
    plain = model(tmp_path, "a", 1)
    versions = started(Loads(), plain, early_labels=True)
    settled(versions)
    versions.configure([replace(plain, labels={"next": 2, "now": 1})])
    with pytest.raises(RpcError, match=r"Specific\(a, 2\)"):
        answering(versions, "a", label="next")
    with pytest.raises(RpcError, match="Request to assign label to version 3"):
        versions.configure([replace(plain, labels={"next": 3})])
    versions.close()


def test_a_new_list_replaces_the_old_one(tmp_path: Path) -> None:
    loads = Loads()
    first, second = model(tmp_path, "a", 1), model(tmp_path, "b", 5)
    versions = started(loads, first)
    settled(versions)
    versions.reload([second], seconds=30)
    assert answering(versions, "b") == 5
    with pytest.raises(RpcError, match=r"Servable not found for request: Latest\(a\)"):
        answering(versions, "a")
    wait_for(lambda: versions.statuses("a"), lambda s: s[1].state == "END")
    assert versions.names() == {"b"}
    versions.reload([first, second], seconds=30)
    assert answering(versions, "a") == 1
    assert loads.tried == [1, 5, 1]
    versions.close()


def test_a_reload_says_which_new_models_cannot_be_loaded(tmp_path: Path) -> None:
    versions = started(Loads(), model(tmp_path, "a", 1))
    settled(versions)
    with pytest.raises(RpcError) as caught:
        versions.reload([model(tmp_path, "b", 1, broken=True), ServedModel("c", tmp_path / "none")], seconds=30)
    assert caught.value.code == "UNKNOWN"
    assert caught.value.message == (
        "2 model(s) did not become available: {"
        f"{{{{name: b version: 1}} due to error: UNKNOWN: {tmp_path}/b/1: broken}}, "
        f"{{{{name: c}} due to error: NOT_FOUND: base path {tmp_path}/none cannot be read: No such file or directory; "
        "waiting for it}, }"
    )
    versions.close()


def test_a_reload_waits_no_longer_than_its_client(tmp_path: Path) -> None:
    loads = Loads()
    versions = started(loads, model(tmp_path, "a", 1))
    settled(versions)
    loads.go.clear()
    with pytest.raises(RpcError, match=r"not loaded within 0.1 s"):
        versions.reload([model(tmp_path, "b", 1)], seconds=0.1)
    loads.go.set()
    wait_for(lambda: versions.statuses("b"), lambda s: bool(s) and s[1].state == "AVAILABLE")
    versions.close()


def test_models_that_are_gone_are_forgotten_one_day(tmp_path: Path) -> None:
    versions = started(Loads())
    for number in range(MAX_REMEMBERED + 3):
        versions.configure([ServedModel(f"m{number}", tmp_path)])
    versions.configure([])
    assert len(versions._watchers) == MAX_REMEMBERED
    assert versions.close()
