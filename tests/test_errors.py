import inspect
from pathlib import Path

import pytest

from aoi_modules import errors
from aoi_modules.errors import AoiError, Argument, ChecksumError, MissingExtra, ModelError, TooSlow, Unreachable


def test_every_error_is_in_the_drawn_tree() -> None:
    classes = {name for name, thing in inspect.getmembers(errors, inspect.isclass) if issubclass(thing, AoiError)}
    drawn = {name for name in classes if name in (errors.__doc__ or "")}
    assert classes == drawn


def test_an_error_prints_its_hint_below_its_message() -> None:
    assert str(AoiError("lens: dirty", hint="wipe it")) == "lens: dirty\n  wipe it"
    assert str(AoiError("lens: dirty")) == "lens: dirty"


def test_a_damaged_file_names_both_checksums_and_the_repair() -> None:
    text = str(ChecksumError("a.gz", expected="11", found="22", repair="aoi data fetch a"))
    assert all(part in text for part in ("a.gz", "11", "22", "aoi data fetch a"))


def test_a_missing_extra_says_the_install_command() -> None:
    assert "pip install 'aoi-academy[train]'" in str(MissingExtra("training", package="tensorflow", extra="train"))


def test_transport_errors_keep_their_canonical_codes() -> None:
    assert Unreachable("away").code == "UNAVAILABLE"
    assert TooSlow("late").code == "DEADLINE_EXCEEDED"


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        (Argument("labels"), "`labels`"),
        (Argument("freeze", False), "`freeze=False`"),
        (Argument("size", (24, 32)), "`size=(24, 32)`"),
        (Argument("size", ...), "`size=...`"),
        (Argument("ready_file", Path("ports.json")), "`ready_file='ports.json'`"),
    ],
)
def test_an_argument_is_named_as_python_has_it(argument: Argument, text: str) -> None:
    assert str(argument) == text


def test_arguments_may_be_spelled_in_another_way() -> None:
    size, labels = Argument("size", (1, 2)), Argument("labels")
    error = ModelError(f"{size}: too small for {labels}", hint=f"leave {labels} out", arguments=(size, labels))
    error.spell(lambda argument: argument.name.upper())
    assert (error.message, error.hint) == ("SIZE: too small for LABELS", "leave LABELS out")
    assert str(error) == "SIZE: too small for LABELS\n  leave LABELS out"
    assert error.args == ("SIZE: too small for LABELS",)
