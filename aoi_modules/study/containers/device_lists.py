"""TensorFlow's list of devices in a container, without the flag for the GPU and with it.

`ask` asks in a container. Where there is no engine or no image with TensorFlow, `recorded` has what was seen.
"""

import shlex
import subprocess
import sys

import msgspec

from aoi_modules.cluster.local.building import image_name
from aoi_modules.study.containers.engine import Engine, said

SECONDS = 180.0
"""How long a container may take to import TensorFlow."""
SECONDS_HERE = 480.0
"""How long it may take on this machine, which may be busy."""
QUESTION = "import tensorflow as tf; print(tf.config.list_physical_devices())"
REMARK = "GPU will not be used"
"""What TensorFlow's own remark about a missing driver holds."""


class DeviceList(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody typed, and what was said, by TensorFlow or by the engine; `seen` says which engine, and where."""

    about: str
    line: str
    said: str
    seen: str


def find_image(engine: Engine) -> str | None:
    """This project's Jupyter image on the engine, the one for a GPU first; None where neither was built."""
    for device in ("gpu", "cpu"):
        name = image_name("jupyter", device=device)
        if engine.ask("image", "inspect", name).returncode == 0:
            return name
    return None


def ask(engine: Engine, image: str) -> list[DeviceList]:
    """Asks in a container without the flag, and in one with it."""
    return [
        _asked(engine, "without the flag", f"docker run --rm --entrypoint python3 {image} -c {shlex.quote(QUESTION)}"),
        _asked(
            engine,
            "with the flag",
            f"docker run --rm --gpus all --entrypoint python3 {image} -c {shlex.quote(QUESTION)}",
        ),
    ]


def here(program: str = sys.executable, *, seconds: float = SECONDS_HERE) -> str:
    """The same on this machine, outside of any container; says so where TensorFlow does not start, or not in time."""
    try:
        done = subprocess.run([program, "-c", QUESTION], capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return f"TensorFlow did not answer within {seconds:g} s"
    lines = done.stderr.strip().splitlines() or ["it gave no reason"]
    return told(done.stdout, done.stderr) if done.returncode == 0 else f"TensorFlow does not start: {lines[-1]}"


def told(output: str, errors: str) -> str:
    """TensorFlow's remark about a missing driver, if it made one, and the list."""
    remark = next((line.partition("] ")[2] for line in errors.splitlines() if REMARK in line), "")
    return "\n".join(part for part in (remark, output.strip()) if part)


def _asked(engine: Engine, about: str, line: str) -> DeviceList:
    done = engine.ask(*shlex.split(line)[1:], seconds=SECONDS)
    text = told(done.stdout, done.stderr) if done.returncode == 0 else said(done)
    return DeviceList(about=about, line=line, said=text, seen=f"asked here, by {engine.name}")
