"""Which overlay, with which images: said alike by all commands."""

from pathlib import Path

import click
from click.testing import CliRunner

from aoi_modules.commands.k8s.options import Chosen, overlay_options
from tests.cluster.overlays import overlay


def test_a_command_gets_what_was_chosen() -> None:
    @click.command()
    @overlay_options
    def show(chosen: Chosen) -> None:
        click.echo(f"{chosen}")

    done = CliRunner().invoke(show, ["local", "--registry", "r:5000", "--tag", "dev"])
    assert done.output == f"{Chosen('local', 'r:5000', 'dev')}\n"


def test_the_objects_are_those_of_the_overlay() -> None:
    assert Chosen("local", None, None).objects() == overlay("local")


def test_an_overlay_is_called_by_its_folder(tmp_path: Path) -> None:
    assert Chosen("local", None, None).name == "local"
    assert Chosen(str(tmp_path / "mine"), None, None).name == "mine"
