"""Names of files as text."""

import json
import os

from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets.file_names import printable


@given(st.binary(max_size=20))
def test_any_bytes_become_text_that_json_holds(name: bytes) -> None:
    text = printable(os.fsdecode(name))
    assert json.loads(json.dumps(text).encode("utf-8")) == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_stays_as_it_is(name: str) -> None:
    assert printable(name) == name
