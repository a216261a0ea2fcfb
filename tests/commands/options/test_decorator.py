"""Options that several commands share."""

import click
from click.testing import CliRunner

from aoi_modules.commands.options.decorator import with_options

OPTIONS = (click.option("--loud", is_flag=True), click.option("--times", default=1))


def greet(name: str, loud: bool, times: int) -> None:
    click.echo((name.upper() if loud else name) * times)


def test_a_command_gets_the_options_in_their_order() -> None:
    command = click.command(click.argument("name")(with_options(greet, OPTIONS)))
    text = CliRunner().invoke(command, ["--help"]).output
    assert text.index("--loud") < text.index("--times")
    assert CliRunner().invoke(command, ["a", "--loud", "--times", "2"]).output == "AA\n"


def test_no_options_leave_it_as_it_is() -> None:
    assert with_options(greet, ()) is greet
