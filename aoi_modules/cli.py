"""`aoi ...`: one verb a command. A command's module is imported only when it is called, so help answers at once."""

import importlib
import os
import signal
import sys
import traceback
from io import TextIOWrapper
from typing import Any

import click

from aoi_modules.commands.options.flags import speak_flags
from aoi_modules.errors import STOPPED, AoiError, MissingExtra
from aoi_modules.machine import disk
from aoi_modules.machine.memory import shortage

# verb: (module below aoi_modules.commands, what it does). Each module has a click command named `command`.
COMMANDS = {
    "course": ("course", "Run the lessons, see your progress, start your own copy."),
    "data": ("data", "List and fetch the data sets; check your own."),
    "train": ("train", "Train a recipe: model, report and plots."),
    "mistakes": ("mistakes", "Show what a training is worth, the wrong pictures first."),
    "backbones": ("backbones", "List the networks that heads can stand on."),
    "export": ("export", "Turn a trained model into a servable version directory."),
    "merge": ("merge", "Merge the models of one component into one servable."),
    "servable": ("servable", "Look into servables, compare and verify them."),
    "serve": ("serve", "Serve servables by TensorFlow Serving's API."),
    "predict": ("asking.predict", "Ask a model server about pictures."),
    "parity": ("asking.parity", "Compare every way to a model with the scores of its source."),
    "load": ("asking.load", "Measure a model server under load."),
    "line": ("line", "Run the whole line on this machine, with cameras."),
    "gateway": ("gateway.group", "Distribute pictures to the models of their components."),
    "logs": ("asking.logs", "Show what the line's services said about an inspection."),
    "watch": ("asking.watch", "Inspect the picture files that a machine drops into a folder."),
    "station": ("station", "Check a station with golden parts, and unlock it."),
    "results": ("results.group", "Look after the inspections and pictures of the line."),
    "k8s": ("k8s.group", "Look after the line in a Kubernetes cluster."),
    "docker": ("docker", "Build the images, and start Jupyter in a container."),
    "registry": ("registry.group", "Share servable versions, and what they are labelled."),
    "promote": ("promote", "Hold a new version to its gate, and let a label move to it."),
    "doctor": ("doctor", "Say what this machine has and what is missing."),
}


PRINTING = ("click.", "rich.", "aoi_modules.commands.", __name__)
"""Where an error of the system is about standard output: commands write nothing else, parts below them do."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and text, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order in which a beginner meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the command of that name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"aoi_modules.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; Ctrl-C ends it with a word and the exit code of shells."""
        try:
            return super().invoke(ctx)
        except AoiError as error:
            if (command := self.get_command(ctx, ctx.invoked_subcommand or "")) is not None:
                speak_flags(error, command)
            raise
        except KeyboardInterrupt as stop:
            click.echo(f"\nstopped{_notes(stop)}", err=True)
            ctx.exit(STOPPED)
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()  # a full disk is met here, not when the interpreter ends

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands from their texts here, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aoi-academy", message="%(version)s")
def aoi() -> None:
    """The software line of automated optical inspection, taught and run.

    \b
    Examples:
      aoi course run --profile cpu
      aoi train magnetic-tile --profile cpu --out build/tile
      aoi export build/tile/model.keras --name tile --base-path models
      aoi serve --port 8500 --rest_api_port 8501 --model_name tile --model_base_path models/tile
    """


# package that a command may miss: the dependency group that brings it
EXTRAS = {
    "tensorflow": "train",
    "keras": "train",
    "matplotlib": "train",
    "sklearn": "train",
    "scipy": "train",
    "jinja2": "train",
    "openvino": "openvino",
    "papermill": "lab",
    "nbclient": "lab",
    "nbconvert": "lab",
    "nbformat": "lab",
    "psutil": "lab",
    "kubernetes_validate": "cluster",
    "jsonschema": "cluster",
}


def stop_as_process(number: int) -> None:
    """Lets SIGTERM stop a command as Ctrl-C does where it is process 1, of a container: there it would do nothing.

    Servers have their own ways to stop, which take its place.
    """
    if number == 1:
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def main() -> None:
    """Entry point: errors of ours are sentences on standard error, never stack traces."""
    stop_as_process(os.getpid())
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name may have letters that it cannot write
    try:
        try:
            aoi(standalone_mode=True)
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package not in EXTRAS:
                raise
            raise MissingExtra("this command", package=package, extra=EXTRAS[package]) from None
    except AoiError as error:
        click.echo(f"error: {error}{_notes(error)}", err=True)
        sys.exit(error.exit_code)
    except MemoryError as error:
        click.echo(f"error: memory does not suffice: {shortage(error)}{_notes(error)}", err=True)
        sys.exit(1)
    except OSError as error:
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        place = frame.f_globals["__name__"]
        printing = place.startswith(PRINTING)
        if printing:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for what standard output still holds
        what = "the output cannot be written" if printing else disk.named(error) or f"a file, in {place}"
        click.echo(f"error: {what}: {disk.words(error)}{_notes(error)}", err=True)
        sys.exit(1)


def _notes(error: BaseException) -> str:
    """What was added to the error on its way up, such as where a model is kept: a line each."""
    return "".join(f"\n  {note}" for note in getattr(error, "__notes__", ()))
