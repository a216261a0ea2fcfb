"""The number of a version, which stands inside of it, too: in its manifest, and in its graph, which answers that.

A registry numbers versions itself, so a servable may get another number than it was exported with. A gateway reads
which version it asked from the manifest, so this must be the same number. The manifest is a constant in the graph, and
TensorFlow is not needed to change it: it is written anew in as many bytes, by its white space.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from aoi_modules.errors import StoreError
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.manifest import Manifest

_NUMBER = re.compile(rb'(?<=\n  "version": )\d+(?=[,\n])')
_INDENT = re.compile(rb"\n( +)")


def renumbered(folder: Path, manifest: Manifest, number: int) -> dict[str, bytes]:
    """Gives those files of a version that say its number, with another one.

    Args:
        folder: of the version.
        manifest: of it.
        number: that it gets.

    Returns:
        Contents by path, the checksums among them; nothing where it has the number already.

    Raises:
        StoreError: manifest or graph are not as `aoi export` writes them.
    """
    if manifest.version == number:
        return {}
    text = (folder / layout.MANIFEST_FILE).read_bytes()
    graph = (folder / layout.SAVED_MODEL).read_bytes()
    if text not in graph or not _NUMBER.search(text):
        raise StoreError(
            f"{folder}: its graph does not answer the manifest beside it, so it cannot become version {number}",
            hint="export the model again",
        )
    changed = with_number(text, number)
    files = {layout.MANIFEST_FILE: changed, layout.SAVED_MODEL: graph.replace(text, changed)}
    sums = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    return {**files, layout.SUMS_FILE: with_sums((folder / layout.SUMS_FILE).read_bytes(), sums)}


def with_number(text: bytes, number: int) -> bytes:
    """Gives the text of a manifest another number and the same length.

    A line of JSON cannot end inside of a text, so the spaces behind it mean nothing: some go or come.

    Raises:
        StoreError: it has too few spaces.
    """
    changed = _NUMBER.sub(str(number).encode(), text, count=1)
    missing = len(text) - len(changed)
    if missing > 0:
        return changed.replace(b"\n", b"\n" + b" " * missing, 1)

    def shorter(indent: re.Match[bytes]) -> bytes:
        nonlocal missing
        left = indent[1][min(-missing, len(indent[1])) :]
        missing += len(indent[1]) - len(left)
        return b"\n" + left

    changed = _INDENT.sub(shorter, changed)
    if missing:
        raise StoreError(f"the manifest has no room for the number {number}", hint="export the model again")
    return changed


def with_sums(sums: bytes, changed: Mapping[str, str]) -> bytes:
    """Gives a file of checksums others for some paths."""
    lines = []
    for line in sums.decode().removesuffix("\n").split("\n"):
        old, _, path = line.partition("  ")
        lines.append(f"{changed.get(path, old)}  {path}\n")
    return "".join(lines).encode()
