"""Flags about good classes; the question at the terminal is asked in the test of `aoi train`."""

import click
import pytest
from click.testing import CliRunner

from aoi_modules.commands.options.good_classes import good_options
from aoi_modules.datasets.folder import GoodClasses


def said(*words: str) -> GoodClasses:
    heard: list[GoodClasses] = []

    @click.command()
    @good_options
    def command(good: GoodClasses) -> None:
        heard.append(good)

    done = CliRunner().invoke(command, words)
    if done.exit_code:
        raise click.UsageError(done.output)
    return heard[0]


def test_flags_name_good_classes_or_say_that_there_are_none() -> None:
    assert said() == GoodClasses(None)
    assert said("--good", "a", "--good", "b") == GoodClasses(("a", "b"))
    assert said("--no-good") == GoodClasses(())
    with pytest.raises(click.UsageError, match="expected at most one of --good and --no-good"):
        said("--good", "a", "--no-good")
