"""`aoi serve`: TensorFlow Serving's API without TensorFlow Serving."""

from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import click

from aoi_modules import logs
from aoi_modules.serving.flags import ANY_PORT, ENGINES, Flags


class Port(click.ParamType[int]):
    """A port number, or `any`."""

    name = "port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; ANY_PORT for `any`."""
        if value == "any":
            return ANY_PORT
        if isinstance(value, int) or (isinstance(value, str) and value.isdigit() and int(value) < 1 << 16):
            return int(value)
        return self.fail(f"expected a number from 0 to 65535, or any. Received: {value!r}", param, ctx)


def _option(flag: Field[Any]) -> click.Option:
    """The click option of a flag. A switch may stand alone or with a value: --x, --x=true, --x=false."""
    declaration = [f"--{flag.name}"]
    if flag.default is MISSING:
        raise TypeError(f"flag {flag.name} has no default")
    if isinstance(flag.default, bool):
        return click.Option(
            declaration, type=bool, is_flag=False, flag_value="true", default=flag.default, show_default=True,
            help=flag.metadata["help"],
        )  # fmt: skip
    kind = Port() if flag.name in ("port", "rest_api_port") else _limited(flag)
    return click.Option(
        declaration, type=kind, default=flag.default, show_default=flag.default != "", help=flag.metadata["help"]
    )


def _limited(flag: Field[Any]) -> click.ParamType[Any]:
    choices = {"engine": ENGINES, "log_format": logs.FORMATS}.get(flag.name)
    if choices:
        return click.Choice(choices)
    if isinstance(flag.default, str):
        return click.STRING
    return click.FloatRange(min=0) if isinstance(flag.default, float) else click.IntRange(min=0)


def _serve(**values: Any) -> None:
    """Serve servables by TensorFlow Serving's gRPC and REST API.

    The flags are those of tensorflow_model_server. Base paths are watched: a new version is loaded, then the old one
    is unloaded. SIGTERM finishes the requests under way and exits with 0. `aoi_modules/serving/server.py` says where
    this server differs from the original on purpose, and why (python -m pydoc aoi_modules.serving.server).

    \b
    Examples:
      aoi serve --model_name=tile --model_base_path=models/tile --rest_api_port=8501
      aoi serve --model_config_file=models.config --port=any --ready_file=ports.json
      aoi serve --engine=docker --model_name=tile --model_base_path=models/tile
      curl localhost:8501/v1/models/tile
    """
    from aoi_modules.child_process import check_ready_file
    from aoi_modules.serving.server import run

    flags = Flags(**values)
    if flags.ready_file:
        check_ready_file(Path(flags.ready_file))
    logs.set_up(flags.log_format)
    run(flags)


def _show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        from importlib import metadata

        click.echo(f"aoi serve {metadata.version('aoi-academy')}, in place of tensorflow_model_server")
        ctx.exit()


_version = click.Option(
    ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_show_version, help="Show the version."
)
command = click.Command(
    "serve",
    params=[*(_option(flag) for flag in fields(Flags)), _version],
    callback=_serve,
    help=_serve.__doc__,
    context_settings={"help_option_names": ["-h", "--help"]},
)
