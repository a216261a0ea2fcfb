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


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("  \nfirst\nsecond", "first"),
        ("", "ValueError"),
        (
            'in user code:\n\n    File "net.py", line 4\n        x.numpy()\n\n    AttributeError: no numpy\n',
            "AttributeError: no numpy",
        ),
        ("<Conv2D> could not be made.\nconfig={...}\n\nException encountered: no filters", "no filters"),
        (
            "Exception encountered when calling Reshape.call().\n\n\x1b[1m{{function_node __wrapped__Reshape}} "
            "Input to reshape has 768 values\x1b[0m\n\nArguments received by Reshape.call():",
            "Input to reshape has 768 values",
        ),
        (
            "Graph execution error:\n\nDetected at node 'save/RestoreV2' defined at (most recent call last):\n"
            "Node: 'save/RestoreV2'\nthe checksum does not match\n\t [[{{node save/RestoreV2}}]]",
            "the checksum does not match",
        ),
        (
            "Exception from src/inference/src/cpp/core.cpp:84:\nCheck 'false' failed at src/report.cpp:151:\n"
            "FrontEnd API failed with OpConversionFailure:\nModel wasn't fully converted.\nSummary:\n"
            "-- No conversion rule found for operations: Svd\nTo facilitate the conversion, refer to\n",
            "No conversion rule found for operations: Svd",
        ),
        (
            "Graph execution error:\n\nDetected at node add defined at (most recent call last):\n"
            '  File "net.py", line 5, in f\n'
            "\nIncompatible shapes: [1,3] vs. [1,2]\n\t [[{{node add}}]]",
            "Incompatible shapes: [1,3] vs. [1,2]",
        ),
    ],
)
def test_the_cause_is_found_in_what_a_library_says(said: str, found: str) -> None:
    assert errors.first_line(ValueError(said)) == found
