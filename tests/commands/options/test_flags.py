"""Keyword arguments in errors of the library become flags of the command that was called."""

from pathlib import Path

import click
import pytest

from aoi_modules.commands import export, merge, servable, train
from aoi_modules.commands.gateway import group
from aoi_modules.commands.options.flags import speak_flags
from aoi_modules.errors import Argument, ModelError


def said(argument: Argument, command: click.Command) -> str:
    error = ModelError(f"{argument}: no", hint=f"not {argument}", arguments=[argument])
    speak_flags(error, command)
    assert error.hint == f"not {error.message.removesuffix(': no')}"
    assert str(error) == f"{error.message}\n  {error.hint}"
    return error.message.removesuffix(": no")


@pytest.mark.parametrize(
    ("argument", "flag"),
    [
        (Argument("kind"), "--kind"),
        (Argument("labels"), "--labels"),
        (Argument("head"), "--head"),
        (Argument("output", ...), "--head NAME[=OUTPUT]"),
        (Argument("size", (24, 32)), "--size 24x32"),
        (Argument("size", ...), "--size HxW"),
        (Argument("features", ("area", "age")), "--features area,age"),
        (Argument("outputs", ...), "--outputs X,Y"),
        (Argument("signature", "pixels"), "--signature pixels"),
        (Argument("allow_lambda", True), "--allow-lambda"),
        (Argument("freeze", False), "--no-freeze"),
        (Argument("precision", "float16"), "--precision float16"),
        (Argument("tolerance"), "--tolerance"),
        (Argument("version"), "--version"),
    ],
    ids=str,
)
def test_flags_of_export(argument: Argument, flag: str) -> None:
    assert said(argument, export.command) == flag


@pytest.mark.parametrize(
    ("argument", "command", "flag"),
    [
        (Argument("models", ...), merge.command, "--head [NAME=]MODEL[#OUTPUT]"),
        (Argument("head", ...), servable.command, "--against [NAME=]MODEL[#OUTPUT]"),
        (Argument("restart", True), train.command, "--restart"),
        (Argument("skip_bad", True), train.command, "--skip-bad"),
        (Argument("out"), train.command, "--out"),
        (Argument("escape_target"), train.command, "--target-escape"),
        (Argument("fine_tune"), train.command, "--fine-tune"),
        (Argument("ready_file", Path("none/ready.json")), group.command, "--ready_file none/ready.json"),
    ],
    ids=str,
)
def test_flags_of_other_commands(argument: Argument, command: click.Command, flag: str) -> None:
    assert said(argument, command) == flag


@pytest.mark.parametrize("argument", [Argument("freeze", True), Argument("unknown"), Argument("seed", 3)], ids=str)
def test_what_a_command_has_no_flag_for_stays_python(argument: Argument) -> None:
    assert said(argument, export.command) == str(argument)


def test_words_that_are_no_arguments_stay() -> None:
    error = ModelError("`size` and size: Keras says `labels`", arguments=[Argument("size")])
    speak_flags(error, export.command)
    assert error.message == "--size and size: Keras says `labels`"
