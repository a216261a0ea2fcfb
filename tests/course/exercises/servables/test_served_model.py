"""A described container is judged by what the server inside would find; the lesson's tests have the other mistakes."""

import re

import pytest

from aoi_modules.cluster.container import Container
from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.servables.served_model import check_flags, check_image, check_place
from aoi_modules.serving.launchers.docker import IMAGE

ARGUMENTS = "--port=8500 --rest_api_port=8501 --model_name=tile --model_base_path=/models/tile"
POD = {
    "image": IMAGE,
    "command": ["tensorflow_model_server"],
    "args": ARGUMENTS.split(),
    "volumeMounts": [{"name": "models", "mountPath": "/models", "readOnly": True}],
}


def test_a_server_that_finds_its_model_passes() -> None:
    container = Container.of_pod(POD)
    check_image(container)
    mount, rest = check_place(container, check_flags(container, "tile"))
    assert (mount.source, str(rest)) == ("models", "tile")


def test_a_digest_behind_the_version_is_as_good() -> None:
    check_image(Container.of_pod({**POD, "image": f"{IMAGE}@sha256:{'0' * 64}"}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"args": ["serve"]}, "--flag=value"),
        ({"args": ["--model_name=tile"]}, "found no --port, expected --port=8500"),
        ({"args": [*POD["args"][:2], "--model_base_path=/models/tile"]}, "found no --model_name"),
        ({"args": POD["args"][:3]}, "found no --model_base_path"),
        ({"volumeMounts": []}, "the container sees no folder of yours"),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, object], words: str) -> None:
    container = Container.of_pod({**POD, **changes})
    with pytest.raises(Hint, match=re.escape(words)):
        check_place(container, check_flags(container, "tile"))
