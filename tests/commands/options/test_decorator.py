import click
from click.testing import CliRunner

from aoi_modules.commands.options.decorator import with_options, with_value

SIZE = (click.option("--height", type=int, default=1), click.option("--width", type=int, default=1))


def area(*, height: int, width: int) -> int:
    return height * width


def test_options_come_in_their_order() -> None:
    def plain(height: int, width: int) -> None:
        """Say nothing."""

    shown = CliRunner().invoke(click.command()(with_options(plain, SIZE)), ["--help"]).output
    assert shown.index("--height") < shown.index("--width")


def test_a_command_takes_its_options_as_one_value() -> None:
    def plain(name: str, size: int) -> None:
        """Say a size."""
        click.echo(f"{name} {size}")

    function = with_value(click.argument("name")(plain), SIZE, keyword="size", names=("height", "width"), make=area)
    command = click.command()(function)
    assert CliRunner().invoke(command, ["tile", "--height=3", "--width=4"]).output == "tile 12\n"
    assert "Say a size." in CliRunner().invoke(command, ["--help"]).output
