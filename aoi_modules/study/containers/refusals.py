"""Lines that an engine refuses, and what it says: messages that everybody meets once.

`ask` puts them to an engine. Where there is none, `recorded` has what one said.
"""

import os
import shlex
import socket
from collections.abc import Sequence

import msgspec

from aoi_modules.study.containers.engine import Engine, said


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody typed, and what the engine said; `seen` says which engine, and where."""

    about: str
    line: str
    said: str
    seen: str


def ask(engine: Engine, image: str) -> list[Refusal]:
    """Puts the lines to an engine; nothing that they make is left behind."""
    name = f"aoi-lesson-{os.getpid()}"  # a neighbour may try the same on this engine
    engine.ask("create", "--name", name, image, "true")
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        lines = lines_about(image, taken.getsockname()[1], name)
        try:
            return [_asked(engine, about, line) for about, line in lines]
        finally:
            engine.remove(name)


def lines_about(image: str, port: int, name: str) -> Sequence[tuple[str, str]]:
    """What each line is about, and the line; `port` is one that somebody listens on, `name` one of a container."""
    return (
        ("a long dash", f"docker run -d -—name jupyter {image} true"),
        ("a flag behind the image", f"docker run --rm {image} --gpus all"),
        ("a GPU, new flag, no GPU runtime", f"docker run --rm --gpus all {image} true"),
        ("a GPU, old flag, no GPU runtime", f"docker run --rm --runtime=nvidia {image} true"),
        ("two promises", f"docker run -d --rm --restart=always {image} true"),
        ("a name that is taken", f"docker run --rm --name {name} {image} true"),
        ("a port that is taken", f"docker run --rm -p {port}:8888 {image} true"),
    )


def _asked(engine: Engine, about: str, line: str) -> Refusal:
    words = shlex.split(line)[1:]
    done = engine.ask(*words)
    text = said(done) if done.returncode else "nothing: it ran"
    return Refusal(about=about, line=line, said=text, seen=f"said here, by {engine.name}")
