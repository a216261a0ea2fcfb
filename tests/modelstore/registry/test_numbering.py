"""A version gets another number inside, in as many bytes."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import StoreError
from aoi_modules.modelstore import layout, signatures, version_dir
from aoi_modules.modelstore import manifest as manifests
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.modelstore.registry.numbering import renumbered, with_number, with_sums
from tests.modelstore.registry.servables import manifest_of, write_version

NUMBERS = st.integers(1, 2**63 - 1)


@given(NUMBERS, NUMBERS, st.text(max_size=30))
def test_the_text_keeps_its_length_and_says_all_else_as_before(old: int, new: int, label: str) -> None:
    manifest = msgspec.structs.replace(manifest_of("tile", old), data=None, tools={label: '\n  "version": 7,'})
    text = manifest.to_json()
    changed = with_number(text, new)
    assert len(changed) == len(text)
    assert Manifest.from_json(changed, "here") == msgspec.structs.replace(manifest, version=new)


def test_there_and_back_again() -> None:
    text = manifest_of("tile", 9).to_json()
    for number in (10, 123456789, 9, 2**63 - 1, 1):
        text = with_number(text, number)
        assert json.loads(text)["version"] == number


def test_a_manifest_without_spaces_has_no_room() -> None:
    with pytest.raises(StoreError, match="no room for the number 100"):
        with_number(b'{\n  "version": 1\n}'.replace(b"\n}", b"\n}"), 10**9)


def test_files_of_a_version_get_the_number_and_right_checksums(tmp_path: Path) -> None:
    folder = write_version(tmp_path, "tile", 9)
    manifest = manifests.read(folder)
    assert renumbered(folder, manifest, 9) == {}
    changed = renumbered(folder, manifest, 1234)
    assert set(changed) == {layout.MANIFEST_FILE, layout.SAVED_MODEL, layout.SUMS_FILE}
    for path, content in changed.items():
        (folder / path).write_bytes(content)
    version_dir.verify(folder)
    assert manifests.read(folder).version == 1234
    assert (folder / layout.MANIFEST_FILE).read_bytes() in (folder / layout.SAVED_MODEL).read_bytes()
    signatures.check(signatures.read(folder), manifests.read(folder), folder)


def test_a_graph_that_answers_another_manifest_is_refused(tmp_path: Path) -> None:
    folder = write_version(tmp_path)
    (folder / layout.MANIFEST_FILE).write_bytes(manifest_of("tile", 1, threshold=0.7).to_json())
    with pytest.raises(StoreError, match="its graph does not answer the manifest beside it"):
        renumbered(folder, manifests.read(folder), 2)


def test_sums_of_other_files_stay() -> None:
    assert with_sums(b"1  a b\n2  c\n", {"c": "3"}) == b"1  a b\n3  c\n"
