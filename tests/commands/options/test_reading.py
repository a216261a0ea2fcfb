"""Flags of how a data set is read."""

import click
import pytest
from click.testing import CliRunner

from aoi_modules.commands.options.flags import speak_flags
from aoi_modules.commands.options.reading import reading_options
from aoi_modules.datasets.folder import Reading
from aoi_modules.errors import Argument, DataError


def read(*words: str) -> Reading | None:
    heard: list[Reading | None] = []

    @click.command()
    @reading_options
    def command(reading: Reading | None) -> None:
        heard.append(reading)

    done = CliRunner().invoke(command, words)
    if done.exit_code:
        raise click.UsageError(done.output)
    return heard[0]


def test_nothing_said_is_no_reading() -> None:
    assert read() is None


def test_every_flag_is_a_field() -> None:
    assert read(
        "--path-column", "file", "--label-column", "class", "--split-column", "set", "--group-column", "board",
        "--features", "a, b", "--features", "c", "--decimal", ",",
    ) == Reading("file", "class", "set", "board", ("a", "b", "c"), ",")  # fmt: skip
    assert read("--group-by", "folder") == Reading(group_by="folder")
    assert read("--group-pattern", r"b(\d)") == Reading(group_pattern=r"b(\d)")
    assert read("--no-features") == Reading(features=())


def test_contradictions_are_usage_errors() -> None:
    for words in (("--no-features", "--features", "a"), ("--decimal", ";"), ("--group-by", "lot")):
        with pytest.raises(click.UsageError):
            read(*words)


def test_errors_of_the_library_name_these_flags() -> None:
    @click.command()
    @reading_options
    def command(reading: Reading | None) -> None:
        """Does nothing."""

    ways = [Argument("features", ()), Argument("features", ("a", "b")), Argument("label_column", ...)]
    error = DataError("wrong", hint=" or ".join(map(str, ways)), arguments=ways)
    speak_flags(error, command)
    assert error.hint == "--no-features or --features a,b or --label-column NAME"
