"""A described container as an answer: will the model server in it find its model and be reached? Refusals are hints."""

from pathlib import PurePosixPath

from aoi_modules.cluster.container import Container, Mount
from aoi_modules.course.checks import Hint
from aoi_modules.errors import SettingsError
from aoi_modules.serving.flags import Flags
from aoi_modules.serving.launchers.docker import IMAGE

GRPC_PORT, REST_PORT = 8500, 8501
_HUB = "docker.io/"
"""Where Docker looks for an image that names no place."""
_FLAGS = {name for name, flag in Flags.__dataclass_fields__.items() if not flag.metadata["help"].startswith("Our own")}
"""What the original server knows; flags of our own would end it."""


def check_image(container: Container) -> None:
    """Wants the image of the model server, with the version that the course was tested with.

    Raises:
        Hint: it is another one, or one that may change.
    """
    name, _, version = IMAGE.partition(":")
    found, _, tag = container.image.removeprefix(_HUB).partition(":")
    if found != name:
        raise Hint(f"image: found {container.image}, expected {name} with its version")
    if not any(letter.isdigit() for letter in tag):
        raise Hint(f"image: found {container.image}; tomorrow that may be another server. Write the version: {version}")
    if not tag.startswith(version):
        raise Hint(f"image: found version {tag}; the files of this lesson run {IMAGE}")


def check_flags(container: Container, model: str) -> dict[str, str]:
    """Wants both ports, the model's name, and flags that the server knows; returns the flags.

    Raises:
        Hint: the server would end at once, or nobody would find the model.
    """
    try:
        flags = container.server_flags
    except SettingsError as error:
        raise Hint(str(error)) from None
    if container.program not in (None, "tensorflow_model_server"):
        raise Hint(f"found the program {container.program}, expected tensorflow_model_server or the image's own start")
    for name in flags:
        if name not in _FLAGS:
            raise Hint(f"--{name}: the server has no such flag and would end at once")
    for name, wanted in (("port", GRPC_PORT), ("rest_api_port", REST_PORT)):
        if flags.get(name) != str(wanted):
            raise Hint(f"found {_shown(flags, name)}, expected --{name}={wanted} for the server inside")
    if "model_config_file" in flags:
        raise Hint("found --model_config_file, which lists several models; for one model name it by itself")
    if flags.get("model_name", "default") != model:
        raise Hint(f"found {_shown(flags, 'model_name')}; clients ask for {model}, so that has to be its name")
    return flags


def check_place(container: Container, flags: dict[str, str]) -> tuple[Mount, PurePosixPath]:
    """Wants the model's folder to be one that the container sees and may not write; returns where it comes from.

    Raises:
        Hint: the server would find nothing there, or could change the models.
    """
    path = flags.get("model_base_path", "")
    if not path.startswith("/"):
        raise Hint(f"found {_shown(flags, 'model_base_path')}, expected the path of the model inside the container")
    found = container.outside(path)
    if found is None:
        seen = ", ".join(str(mount.target) for mount in container.mounts) or "no folder of yours"
        raise Hint(f"the server looks for the model in {path}, but the container sees {seen}")
    if not found[0].read_only:
        raise Hint(f"{found[0].target}: the server could write there; it only has to read, so say so")
    return found


def _shown(flags: dict[str, str], name: str) -> str:
    return f"--{name}={flags[name]}" if name in flags else f"no --{name}"
