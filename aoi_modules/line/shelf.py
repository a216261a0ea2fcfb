"""The line's registry: it gets each servable once, and a label by which the line asks for it."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from aoi_modules.line.home import Home
from aoi_modules.line.servables import Servable
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.modelstore import layout, version_dir
from aoi_modules.modelstore.registry import catalogue
from aoi_modules.modelstore.registry.labelling import label
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.modelstore.registry.pushing import push

LABEL = "stable"
WHO = "aoi line"


def fill(home: Home, servables: Sequence[Servable]) -> list[str]:
    """Pushes what is new, and labels it. What people pushed or labelled themselves stays, until the source changes.

    Returns:
        What was pushed, as `tile:1`.

    Raises:
        StoreError, ChecksumError: a servable is damaged.
        RegistryError: the registry cannot be used.
    """
    notes = home.folder / "pushed.json"
    known: dict[str, str] = msgspec.json.decode(notes.read_bytes()) if notes.is_file() else {}
    pushed = []
    with closing(open_registry(str(home.registry))) as objects:
        there = {model.name for model in catalogue.models(objects)}
        for servable in servables:
            digest = version_dir.file_sha256(servable.folder / layout.SUMS_FILE)
            if servable.name in there and known.get(servable.name) == digest:
                continue
            version = push(objects, servable.folder, who=WHO).version
            label(objects, servable.name, LABEL, version, who=WHO, reason="it is what the line starts with")
            known[servable.name] = digest
            _note(notes, known)
            pushed.append(f"{servable.name}:{version}")
    return pushed


def _note(path: Path, known: dict[str, str]) -> None:
    write_whole(path, msgspec.json.encode(known))
