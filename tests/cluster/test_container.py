"""A container is read from a command and from a pod, and both say the same about what runs inside."""

import contextlib
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.cluster.container import Container, Mount
from aoi_modules.cluster.deployment import Deployment
from aoi_modules.errors import SettingsError
from aoi_modules.serving.launchers.docker import IMAGE
from aoi_modules.serving.model_config import ServedModel


def test_what_we_write_for_docker_and_for_kubernetes_starts_the_same_server(tmp_path: Path) -> None:
    deployment = Deployment("server", [ServedModel("tile", tmp_path / "tile")])
    by_docker = Container.of_docker(deployment.docker_command(tmp_path))
    by_pod = Container.of_pod(deployment.kubernetes()[1]["spec"]["template"]["spec"]["containers"][0])
    assert by_docker.image == by_pod.image == IMAGE
    assert by_docker.program == by_pod.program == "tensorflow_model_server"
    assert list(by_docker.server_arguments) == list(by_pod.server_arguments) == deployment.arguments
    assert by_docker.published == {8500: 8500, 8501: 8501}
    assert Mount(str(tmp_path / "tile"), PurePosixPath("/models/tile"), read_only=True) in by_docker.mounts
    assert Mount("models", PurePosixPath("/models"), read_only=True) in by_pod.mounts


@pytest.mark.parametrize(
    "command",
    [
        "docker run -p 18500:8500 -v /data/tile:/models/tile:ro -e MODEL_NAME=tile image:1",
        "docker run --rm -it --publish=18500:8500 --mount type=bind,source=/data/tile,target=/models/tile,readonly "
        "--env MODEL_NAME=tile image:1",
        "podman run -d \\\n  --publish 127.0.0.1:18500:8500 \\\n --env=MODEL_NAME=tile "
        "--mount type=bind,src=/data/tile,dst=/models/tile,ro=true image:1",
    ],
)
def test_every_way_to_write_a_command_is_the_same_container(command: str) -> None:
    found = Container.of_docker(command)
    assert (found.image, found.program, found.arguments) == ("image:1", None, ())
    assert found.published == {8500: 18500}
    assert found.mounts == (Mount("/data/tile", PurePosixPath("/models/tile"), read_only=True),)
    assert found.environment == {"MODEL_NAME": "tile"}


def test_the_start_script_of_the_image_names_the_model_and_our_arguments_win() -> None:
    found = Container.of_docker("docker run -e MODEL_NAME=tile image:1 --rest_api_port=9000 --enable_batching")
    assert found.server_flags == {
        "port": "8500",
        "rest_api_port": "9000",
        "model_name": "tile",
        "model_base_path": "/models/tile",
        "enable_batching": "true",
    }


def test_another_entry_point_starts_nothing_of_the_script() -> None:
    found = Container.of_docker("docker run --entrypoint=tensorflow_model_server image:1 --port=8500")
    assert found.server_flags == {"port": "8500"}


def test_a_path_inside_is_found_outside_by_the_nearest_mount() -> None:
    found = Container.of_docker("docker run -v /data:/models -v /hot/tile:/models/tile image:1")
    mount, rest = found.outside("/models/tile/1") or (None, None)
    assert mount is not None
    assert (mount.source, rest) == ("/hot/tile", PurePosixPath("1"))
    mount, rest = found.outside("/models/fashion") or (None, None)
    assert mount is not None
    assert (mount.source, rest) == ("/data", PurePosixPath("fashion"))
    assert found.outside("/modelsandmore") is None


def test_its_arguments_hold_on_this_machine() -> None:
    pod = {
        "image": "i:1",
        "command": ["server"],
        "args": ["--model_base_path=/models/tile", "--ssl_config_file=/etc/x"],
        "volumeMounts": [{"name": "models", "mountPath": "/models"}],
    }
    found = Container.of_pod(pod)
    assert found.here({"models": Path("/data")}) == ["--model_base_path=/data/tile", "--ssl_config_file=/etc/x"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("kubectl run image", "begins with docker run"),
        ("docker run", "IMAGE"),
        ("docker run --volumes=/a:/b image:1", "--volumes"),
        ("docker run -p 8500 image:1", "--publish: expected OUTSIDE:INSIDE"),
        ("docker run -v models image:1", "--volume: expected SOURCE:TARGET"),
        ("docker run --mount type=bind,target=/models image:1", "--mount: expected"),
        ("docker run 'image:1", "could read"),
    ],
)
def test_what_is_no_command_is_named(command: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        Container.of_docker(command)


def test_a_docker_option_behind_the_image_is_named() -> None:
    with pytest.raises(SettingsError, match=r"behind the image\. Received: '-p'"):
        _ = Container.of_docker("docker run image:1 -p 8500:8500").server_flags


@given(st.text())
def test_any_text_is_a_container_or_a_sentence(text: str) -> None:
    with contextlib.suppress(SettingsError):
        assert Container.of_docker(f"docker run {text}").image


def test_other_options_are_known_by_their_long_names() -> None:
    found = Container.of_docker("docker run -d --name one --name=two --restart=always --gpus all -m 2g image:1")
    assert found.options == {
        "--detach": "",
        "--name": "two",
        "--restart": "always",
        "--gpus": "all",
        "--memory": "2g",
    }
