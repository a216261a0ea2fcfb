"""Paths stay in their folder, whoever wrote them."""

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.object_store.relative_path import stays_below


@given(st.text(st.sampled_from("ab./\\\0\n\r\u2028"), max_size=12))
def test_a_file_stays_below_its_folder(path: str) -> None:
    if stays_below(path):
        assert posixpath.normpath(f"/models/tile/3/{path}") == f"/models/tile/3/{path}"
        assert "\\" not in path
        assert path.splitlines() == [path]


@pytest.mark.parametrize(
    "path", ["saved_model.pb", "variables/variables.index", "assets.extra/a b.json", "..a", "a..b/c", "ä/é\u202f1.png"]
)
def test_files_of_a_folder(path: str) -> None:
    assert stays_below(path)


@pytest.mark.parametrize(
    "path",
    [
        "", "/etc/passwd", "../x", "a/../../x", "a/..", ".", "a//b", "a/", "a\\b", "./a", "a\0b", "a\n/../../x", "a\nb",
        "a\r", "\u2028/../x", "a\x85", "a\x7f",
    ],
)  # fmt: skip
def test_what_is_none(path: str) -> None:
    assert not stays_below(path)
