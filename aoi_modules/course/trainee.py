"""A trainee's own copy of the course: lessons without solutions, primer and glossary.

What the trainee writes is never overwritten.
"""

import os
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from aoi_modules.course import material
from aoi_modules.course.checklist import reading
from aoi_modules.course.reporting.reading_pages import reading_pages
from aoi_modules.errors import CourseError
from aoi_modules.machine.whole_file import write_whole

PICTURES = "images"
ORIGINALS = ".aoi-originals"
"""Hidden folder with the lessons as they were handed out, so that work and an old version can be told apart."""


@dataclass
class Started:
    """What `start` did, as paths relative to the folder."""

    added: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    newer: list[str] = field(default_factory=list)


def start(folder: Path) -> Started:
    """Writes the trainee's copies into a folder; run again, it adds what is new.

    A lesson without own work follows the official version. One with own work stays as it is; if the official version
    moved on since, that is laid beside it as NAME.new.ipynb.

    Raises:
        CourseError: the folder is the official material itself, or cannot be written.
    """
    official = material.official_dir()
    if folder.resolve() == official.resolve():
        raise CourseError(
            f"{folder}: is the official course itself", hint="choose another folder: aoi course start ~/aoi-course"
        )
    plans = reading.load(official / reading.FILE_NAME).written()
    done = Started()
    try:
        _lay(folder, reading.FILE_NAME, (official / reading.FILE_NAME).read_bytes(), done)
        for plan in plans:
            content = trainee_copy(material.notebook_path(plan, official))
            _lay(folder, f"{material.NOTEBOOKS}/{plan.file_name}", content, done)
        for name in pictures(official):
            _lay(folder, name, (official / name).read_bytes(), done)
        for name, page in reading_pages().items():
            _lay(folder, name, page, done)
    except OSError as error:
        raise CourseError(f"{error.filename or folder}: cannot be written: {error.strerror or error}") from None
    return done


def jupyter_command(folder: Path) -> str:
    """The command that opens the copies in a browser, as it can be typed in any folder, whatever is on the path."""
    jupyter = Path(sys.executable).with_name("jupyter")
    if not jupyter.is_file():
        return f"{shlex.join([sys.executable, '-m', 'pip', 'install', 'aoi-academy[lab]'])}, which brings Jupyter"
    words = [str(jupyter), "lab", str((folder / material.NOTEBOOKS).resolve())]
    # JupyterLab refuses root, which is who a container runs as
    return shlex.join([*words, "--allow-root"] if os.geteuid() == 0 else words)


def pictures(official: Path) -> list[str]:
    """The pictures that lessons show, as paths relative to the material."""
    found = (official / material.NOTEBOOKS / PICTURES).rglob("*")
    return sorted(path.relative_to(official).as_posix() for path in found if path.is_file())


def trainee_copy(path: Path) -> bytes:
    """A lesson without solutions, as the bytes of a notebook file."""
    import nbformat

    from aoi_modules.course.notebook.file import read_notebook
    from aoi_modules.course.notebook.forms import trainee_form

    nb = trainee_form(read_notebook(path))
    text: str = nbformat.writes(nb)
    return f"{text.rstrip()}\n".encode()


def _lay(folder: Path, name: str, content: bytes, done: Started) -> None:
    """Adds, follows or keeps one file, and remembers what was handed out."""
    target, original = folder / name, folder / ORIGINALS / name
    handed_out = original.read_bytes() if original.is_file() else None
    if not target.exists():
        write_whole(target, content)
        done.added.append(name)
    elif target.read_bytes() == content:
        done.kept.append(name)
    elif target.read_bytes() == handed_out:
        write_whole(target, content)
        done.updated.append(name)
    else:
        done.kept.append(name)
        if handed_out != content:
            path = PurePosixPath(name)
            newer = str(path.with_name(f"{path.stem}.new{path.suffix}"))
            write_whole(folder / newer, content)
            done.newer.append(newer)
    write_whole(original, content)
