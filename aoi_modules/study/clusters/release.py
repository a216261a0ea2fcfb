"""A release of kubectl on this machine, laid out as on the internet, and one whose file was damaged on its way.

The program is this machine's own kubectl. Where there is none, three lines of shell stand in for it and say so.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aoi_modules.cluster.kustomize import kubectl
from aoi_modules.errors import ClusterError
from aoi_modules.study.clusters.kubectl import client_version

PLACE = "https://dl.k8s.io/release"
"""Where releases are on the internet, with the same folders below."""
FOLDER = "bin/linux/amd64"
STAND_IN = "v1.37.1"
"""The version that the stand-in gives."""
_PROGRAM = f"#!/bin/sh\n# stands in for kubectl\necho 'Client Version: {STAND_IN}'\n"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Release:
    """A folder of releases with one version.

    Args:
        root: the folder; stands for the place on the internet.
        version: such as `v1.37.1`.
        real: whether the program in it is kubectl itself.
    """

    root: Path
    version: str
    real: bool

    @property
    def folder(self) -> Path:
        """Of the version's files."""
        return self.root / self.version / FOLDER

    @property
    def sum(self) -> str:
        """The checksum that the release gives for its program, SHA-256 in hexadecimal."""
        return (self.folder / "kubectl.sha256").read_text()


def lay(root: Path, *, damaged: bool = False) -> Release:
    """Lays out a release.

    Args:
        root: gets it; has to be empty.
        damaged: whether the program is another one than the checksum is of, by its last byte.
    """
    program, version = here()
    folder = root / version / FOLDER
    folder.mkdir(parents=True)
    target = folder / "kubectl"
    if program is None:
        target.write_text(_PROGRAM)
    else:
        _brought(program, target, shutil.copyfile if damaged else _linked)
    (folder / "kubectl.sha256").write_text(_sum(target))
    if damaged:
        with target.open("r+b") as file:
            file.seek(-1, os.SEEK_END)
            last = file.read(1)
            file.seek(-1, os.SEEK_END)
            file.write(bytes([last[0] ^ 1]))
    return Release(root, version, program is not None)


def here() -> tuple[Path | None, str]:
    """This machine's kubectl and its version; None and the stand-in's version where there is none."""
    try:
        program = Path(kubectl())
    except ClusterError:
        return None, STAND_IN
    version = _version(program)
    return (program, version) if version else (None, STAND_IN)


@cache
def _version(program: Path) -> str:
    return client_version(program)


def _brought(source: Path, target: Path, way: Callable[[Path, Path], object]) -> None:
    way(source.resolve(), target)
    if not target.stat().st_mode & 0o200:
        target.chmod(0o644)


def _linked(source: Path, target: Path) -> None:
    """The same file under a second name, which costs nothing; a copy where that cannot be."""
    try:
        os.link(source, target)
    except OSError:  # another file system has no second names for a file
        shutil.copyfile(source, target)


def _sum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
