"""The command line of `aoi serve`."""

from dataclasses import fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from aoi_modules.commands import serve
from aoi_modules.errors import SettingsError
from aoi_modules.serving import server
from aoi_modules.serving.flags import ANY_PORT, NOT_BUILT, Flags


def parsed(*arguments: str) -> Flags:
    """The flags that a command line makes."""
    with serve.command.make_context("serve", list(arguments)) as context:
        return Flags(**context.params)


def test_defaults_are_those_of_the_flags() -> None:
    assert parsed() == Flags()


@pytest.mark.parametrize(
    ("arguments", "flags"),
    [
        (["--port=9000", "--rest_api_port", "9001"], Flags(port=9000, rest_api_port=9001)),
        (["--port=any"], Flags(port=ANY_PORT)),
        (["--enable_model_warmup=false"], Flags(enable_model_warmup=False)),
        (["--rest_api_enable_cors_support", "--port=1"], Flags(rest_api_enable_cors_support=True, port=1)),
        (["--file_system_poll_wait_seconds=0.5"], Flags(file_system_poll_wait_seconds=0.5)),
    ],
)
def test_flags(arguments: list[str], flags: Flags) -> None:
    assert parsed(*arguments) == flags


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--port=70000", "expected a number from 0 to 65535, or any. Received: '70000'"),
        ("--port=grpc", "Received: 'grpc'"),
        ("--max_num_load_retries=-1", "is not in the range"),
        ("--enable_batching=true", "--enable_batching is a flag of TensorFlow Serving that this server does not have"),
        ("--modle_name=a", "No such option '--modle_name'"),
        ("model", "Got unexpected extra argument"),
    ],
)
def test_usage_errors(argument: str, message: str) -> None:
    result = CliRunner().invoke(serve.command, [argument])
    assert result.exit_code == 2
    assert message in result.output


def test_no_flag_is_both_built_and_not() -> None:
    assert not NOT_BUILT & {flag.name for flag in fields(Flags)}


def test_help_names_every_flag_and_gives_examples() -> None:
    output = CliRunner().invoke(serve.command, ["--help"], terminal_width=200).output
    assert [flag.name for flag in fields(Flags) if f"--{flag.name}" not in output] == []
    assert "aoi serve --model_name=tile" in output


def test_nothing_to_serve_or_nowhere(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is nothing to serve"):
        server.run(Flags())
    with pytest.raises(SettingsError, match="both are off"):
        server.run(Flags(port=0, model_base_path=str(tmp_path)))


def test_a_relative_base_path_is_one_below_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (model,) = server.configured_models(Flags(model_name="tile", model_base_path="models/tile"))
    assert (model.name, model.base_path) == ("tile", tmp_path / "models/tile")


def test_the_command_is_a_click_command() -> None:
    assert isinstance(serve.command, click.Command)
