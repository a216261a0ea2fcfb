"""The tasks of lesson 1: names, numbers, ports and faults that dice choose, and the files that the reader works on."""

import importlib.metadata
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.variant import NAMES

BASE = "python:3.12-slim"
"""The image that every image of the lesson begins with."""
INSIDE = 8888
"""The port on which Jupyter listens in its container."""
FIRST_PERSON = 1000
"""Numbers below belong to the system, on most machines."""
_PARTS = ("tiles", "boards", "lenses", "gears", "valves", "hinges", "springs", "plugs")


@dataclass(frozen=True)
class Task:
    """What one trainee has to build and start.

    Args:
        user: name of the user in the image, and of what is started.
        uid: that user's number.
        port: of this machine, at which Jupyter has to be reached.
        parts: what the trainee's line makes.
        folder: of the lesson, absolute; its projects and the work lie below.
    """

    user: str
    uid: int
    port: int
    parts: str
    folder: Path

    @classmethod
    def of(cls, dice: Random, folder: Path, *, own_number: int | None = None) -> "Task":
        """The task that the dice choose.

        Args:
            dice: of the trainee.
            folder: of the lesson.
            own_number: the reader's on this machine; None: find out. The user in the container gets it, unless it
                belongs to the system, so that what is saved there belongs to the reader.
        """
        number = os.getuid() if own_number is None else own_number
        chosen, port = dice.randrange(2000, 3000), dice.randrange(18100, 18900)
        uid = number if number >= FIRST_PERSON else chosen
        return cls(dice.choice(NAMES), uid, port, dice.choice(_PARTS), folder.resolve())

    @property
    def home(self) -> str:
        """The user's folder in the image."""
        return f"/home/{self.user}"

    @property
    def image(self) -> str:
        """The name of the trainee's own Jupyter image."""
        return f"{self.container}:1"

    @property
    def container(self) -> str:
        """The name of the container that runs it; with a number, since a server may have several users of a name."""
        return f"jupyter-{self.user}-{self.uid}"

    @property
    def work(self) -> Path:
        """The folder of this machine that the container has to see."""
        return self.folder / f"work-{self.parts}"

    @property
    def inside(self) -> str:
        """Where the container has to see it."""
        return f"{self.home}/work"

    @property
    def found(self) -> str:
        """A file that lies in the work from the beginning."""
        return f"{self.parts}-{self.uid}.csv"

    @property
    def jupyter(self) -> Path:
        """The project of the Jupyter image."""
        return self.folder / "jupyter"

    @property
    def notebook(self) -> str:
        """The notebook of that project."""
        return f"hello_{self.user}.ipynb"

    @property
    def station(self) -> Path:
        """The project of the station's program."""
        return self.folder / "station"

    @property
    def program(self) -> str:
        """The station's program."""
        return f"count_{self.parts}_{self.user}.py"

    @property
    def pages(self) -> Path:
        """The project of the page server."""
        return self.folder / "pages"

    @property
    def place(self) -> str:
        """Where that server works in its image."""
        return f"/srv/{self.user}-{self.parts}"

    def lay(self) -> list[Path]:
        """Writes the projects and the work, and gives their files."""
        written = {
            self.jupyter / "requirements.txt": f"{_jupyter()}\n",
            self.jupyter / "notebooks" / self.notebook: _notebook(f"print('hello {self.user}')"),
            self.station / "requirements.txt": "numpy==2.4.6\n",
            self.station / self.program: _PROGRAM.format(parts=self.parts),
            self.station / "limits.json": json.dumps({"dark": 40 + self.uid % 50}),
            self.pages / "pictures" / f"{self.parts}.txt": f"{self.parts} of {self.user}, number {self.uid}\n",
            self.work / self.found: f"part,score\n{self.parts}-1,0.{self.uid}\n",
        }
        for path, text in written.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.work.chmod(0o777)  # whoever the user in the container is, it may write here
        return list(written)


def refuse_other(task: object) -> Task:
    """The task that an answer brings along.

    Raises:
        Hint: it is none.
    """
    if not isinstance(task, Task):
        raise Hint(f"task: found {kind(task)}, expected the task above; leave it as it is")
    return task


def _jupyter() -> str:
    """The JupyterLab in which the lesson runs; where it runs in another program, one that the course knows."""
    try:
        return f"jupyterlab=={importlib.metadata.version('jupyterlab')}"
    except importlib.metadata.PackageNotFoundError:
        return "jupyterlab>=4.4,<5"


def _notebook(code: str) -> str:
    cell: dict[str, object] = {
        "cell_type": "code",
        "id": "one",
        "metadata": {},
        "source": code,
        "outputs": [],
        "execution_count": None,
    }
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


_PROGRAM = """import json
import os

import numpy as np

dark = json.load(open("limits.json"))["dark"]
picture = np.random.default_rng(0).integers(0, 256, (100, 100))
print("{parts}:", int((picture < dark).sum()), "of", picture.size, "pixels are darker than", dark)
"""


@dataclass(frozen=True)
class Broken:
    """A page server's Dockerfile with faults.

    Args:
        text: of the Dockerfile.
        faults: their names.
    """

    text: str
    faults: tuple[str, ...]


def broken_dockerfile(task: Task, dice: Random) -> Broken:
    """A Dockerfile with four faults of four kinds, as the dice choose."""
    faults = (
        dice.choice(("no version", "password")),
        dice.choice(("outside", "cd")),
        dice.choice(("quotes", "two commands", "run")),
        "loopback",
    )
    words = ["python", "-m", "http.server", str(INSIDE), "--directory", "pictures", "--bind", "127.0.0.1"]
    listed = json.dumps(words)
    lines = [
        "FROM python" if "no version" in faults else f"FROM {BASE}",
        *(["ENV PAGES_PASSWORD=line-7"] if "password" in faults else []),
        f"RUN mkdir -p {task.place} && cd {task.place}" if "cd" in faults else f"WORKDIR {task.place}",
        f"COPY {'../pages/pictures' if 'outside' in faults else 'pictures'} {task.place}/pictures",
        f"EXPOSE {INSIDE}",
        "USER 65534",
        *{
            "quotes": [f"CMD {listed}".replace('"', "'")],
            "two commands": [f"CMD {listed}", 'CMD ["bash"]'],
            "run": [f"RUN {' '.join(words)}"],
        }[faults[2]],
    ]
    return Broken("\n".join(lines) + "\n", faults)


@dataclass(frozen=True)
class BrokenLine:
    """A `docker run` line that does not do what it should.

    Args:
        line: as somebody wrote it down.
        symptom: what was seen.
        task: what it should have started.
        fault: its name.
    """

    line: str
    symptom: str
    task: Task
    fault: str


def broken_lines(task: Task, dice: Random) -> Sequence[BrokenLine]:
    """Three lines of colleagues, each with one fault; the first is the slip of the team's own notes."""
    users = dice.sample([user for user in NAMES if user != task.user], 3)
    faults = ("dash", *dice.sample(sorted(_SYMPTOMS.keys() - {"dash"}), 2))
    found = []
    for place, (user, fault) in enumerate(zip(users, faults, strict=True), 1):
        own = Task(user, task.uid, task.port + 10 * place, dice.choice(_PARTS), task.folder)
        found.append(BrokenLine(_spoiled(own, fault), _SYMPTOMS[fault].format(task=own), own, fault))
    return tuple(found)


_SYMPTOMS: Mapping[str, str] = {
    "dash": "docker says: unknown shorthand flag: 'â' in -—name",
    "turned": "docker starts it, and the browser at http://localhost:{task.port} says: connection refused",
    "behind": 'docker says: exec: "--gpus": executable file not found in $PATH',
    "volume name": "it starts, but Jupyter's folder `work` is empty, and what is saved there is not in {task.work}",
    "other target": "it starts, but after `docker rm` all notebooks of {task.inside} are gone",
    "no gpu": "it starts, and TensorFlow's list of devices has the CPU alone",
    "no restart": "it works until the server is switched off and on; then it is gone",
    "rm": "docker says: Conflicting options: --restart and --rm.",
}


def _spoiled(task: Task, fault: str) -> str:
    """The line of a task with one fault."""
    port = f"{INSIDE}:{task.port}" if fault == "turned" else f"{task.port}:{INSIDE}"
    source = task.work.name if fault == "volume name" else task.work
    target = "/work" if fault == "other target" else task.inside
    dash = "-—" if fault == "dash" else "--"
    words = [
        f"docker run -p {port}",
        *(["--gpus all"] if fault not in ("no gpu", "behind") else []),
        f"-v {source}:{target} {dash}name {task.container} -d",
        *([f"{dash}restart=always"] if fault != "no restart" else []),
        *(["--rm"] if fault == "rm" else []),
        task.image,
        *(["--gpus all"] if fault == "behind" else []),
    ]
    return " ".join(words)
