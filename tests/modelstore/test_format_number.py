"""Which formats are read."""

import msgspec
import pytest

from aoi_modules.modelstore.format_number import UnknownFormat, check_format


@pytest.mark.parametrize("text", ["{}", '{"format": 1}', '{"later": [1], "format": 1}'])
def test_the_known_format_is_read_and_the_first_files_said_none(text: str) -> None:
    check_format(text, 1)


@pytest.mark.parametrize(("text", "found"), [('{"format": 2}', 2), ('{"format": 0}', 0)])
def test_another_one_is_named(text: str, found: int) -> None:
    with pytest.raises(UnknownFormat, match=rf"expected format 1\. Received: format {found}"):
        check_format(text, 1)


@pytest.mark.parametrize("text", ["", "[1]", '{"format": "1"}', '{"format": 1.5}', '{"format": null}'])
def test_what_is_no_such_file_is_no_question_of_its_format(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        check_format(text, 1)
