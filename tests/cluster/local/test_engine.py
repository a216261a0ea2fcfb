"""What is understood of `docker info`, and what is said where there is no Docker."""

from pathlib import Path

import pytest

from aoi_modules.cluster.local import engine
from aoi_modules.errors import AoiError
from tests.cluster.local.program import info, install

CDI = [{"Source": "cdi", "ID": "nvidia.com/gpu=all"}]


@pytest.mark.parametrize(
    ("told", "gpus", "runtime"),
    [
        ({}, False, False),
        ({"Runtimes": {"runc": {}, "nvidia": {}}}, True, True),
        ({"DiscoveredDevices": CDI}, True, False),
        ({"Runtimes": None, "DiscoveredDevices": None}, False, False),
    ],
)
def test_gpus_come_by_a_runtime_or_by_cdi(
    told: dict[str, object], gpus: bool, runtime: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, {"info": info(**told)})
    found = engine.find_engine()
    assert (found.version, found.has_gpus, found.has_nvidia_runtime) == ("28.0.1", gpus, runtime)
    assert bool(found.no_gpu) is not gpus


def test_what_no_runtime_means_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, {"info": info()})
    assert "docker info names runc, so a container sees no GPU" in engine.find_engine().no_gpu


def test_the_toolkit_alone_suffices_for_todays_flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, {"info": info()})
    (tmp_path / "nvidia-container-runtime-hook").write_text("")
    (tmp_path / "nvidia-container-runtime-hook").chmod(0o755)
    found = engine.find_engine()
    assert (found.has_gpus, found.has_nvidia_runtime) == (True, False)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            (1, '{"ServerErrors": ["Cannot connect to the Docker daemon at unix:///x"]}', ""),
            "Cannot connect to the Docke",
        ),
        ((1, "", "permission denied while trying to connect\nmore"), "permission denied while trying to connect"),
        ((1, "", ""), "it gave no reason"),
        ((0, "null", ""), "it gave no reason"),
    ],
)
def test_an_engine_that_does_not_answer(
    answer: tuple[int, str, str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, {"info": answer})
    with pytest.raises(AoiError, match=f"docker: the engine does not answer: {said}") as caught:
        engine.find_engine()
    assert "systemctl start docker" in caught.value.hint


def test_no_docker_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AoiError, match="docker: the program is not installed"):
        engine.find_engine()


def test_an_engine_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docker").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(engine, "SECONDS", 0.2)
    with pytest.raises(AoiError, match=r"docker info: no answer within 0.2 s"):
        engine.find_engine()


def test_images_and_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"image": (0, "4096\n", ""), "logs": (0, "one\ntwo\n", "three\n")}
    install(tmp_path, monkeypatch, answers)
    assert engine.has_image("aoi/gateway:1")
    assert engine.size_of("aoi/gateway:1") == 4096
    assert engine.last_words("jupyter", lines=2) == "two\nthree"
    install(tmp_path, monkeypatch, {"image": (1, "", "No such image")})
    assert not engine.has_image("aoi/gateway:1")
    with pytest.raises(AoiError, match="aoi/gateway:1: there is no such image"):
        engine.size_of("aoi/gateway:1")


def test_a_command_is_shown_as_a_shell_takes_it() -> None:
    words = ["docker", "run", "--volume=/a b:/c", "image"]
    assert engine.shown(words) == "docker run \\\n  '--volume=/a b:/c' \\\n  image"
