"""A Dockerfile is read as an engine reads it."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import CourseError
from aoi_modules.study.containers.dockerfile import parse, stages

TEXT = r"""# the base
ARG VERSION=3.12
from python:3.12-slim AS build

RUN pip install \
    # a note in the middle
    numpy \
    pillow
COPY --chown=1000 --link a.py b.py ./
RUN <<EOF
echo one
echo two
EOF
FROM python:3.12-slim
COPY --from=build /app /app
CMD ["python", "-m", "app"]
"""


def test_long_lines_notes_flags_and_heredocs() -> None:
    found = parse(TEXT)
    assert [(one.line, one.name) for one in found] == [
        (2, "ARG"),
        (3, "FROM"),
        (5, "RUN"),
        (9, "COPY"),
        (10, "RUN"),
        (14, "FROM"),
        (15, "COPY"),
        (16, "CMD"),
    ]
    assert found[2].value == "pip install numpy pillow"
    assert found[3].flags == (("chown", "1000"), ("link", ""))
    assert found[3].words == ("a.py", "b.py", "./")
    assert found[3].text == "COPY --chown=1000 --link a.py b.py ./"
    assert found[4].value == "<<EOF\necho one\necho two"


def test_a_list_is_not_read_by_a_shell_and_all_else_is() -> None:
    (*_, command) = parse(TEXT)
    assert command.listed == ("python", "-m", "app")
    assert parse("FROM a\nCMD ['python', 'a b']")[1].listed is None
    assert parse("FROM a\nCMD python 'a b'")[1].words == ("python", "a b")
    assert parse("FROM a\nCMD echo it's")[1].words == ("echo", "it's")


def test_each_from_begins_a_stage() -> None:
    first, second = stages(parse(TEXT))
    assert [one.name for one in first] == ["FROM", "RUN", "COPY", "RUN"]
    assert [one.name for one in second] == ["FROM", "COPY", "CMD"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no instruction"),
        ("# only a note", "no instruction"),
        ("RUN true", "found RUN first, expected FROM"),
        ("ARG A=1", "found ARG first, expected FROM"),
        ("FROM a\nCOPPY a b", "line 2: 'COPPY' is no instruction"),
        ("FROM a\nRUN", "line 2: RUN has nothing behind it"),
    ],
)
def test_what_is_no_dockerfile_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(CourseError, match=words):
        parse(text)


@given(st.text())
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with contextlib.suppress(CourseError):
        for one in parse(text):
            assert one.words is not None
