"""`aoi logs`: what the services of the line said about an inspection."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from aoi_modules.log_store.trail import Told, Trail

_SHOWN = {"_msg", "_time", "_stream", "_stream_id", "timestamp", "service", "level", "instance", "request_id", "logger"}
"""Fields that stand in columns of their own, or that tell nothing about the line."""


@click.command("logs")
@click.argument("about", metavar="ID")
@click.option(
    "--store",
    metavar="URL",
    default="http://127.0.0.1:9428",
    show_default=True,
    help="The log store, a VictoriaLogs; the table of `aoi line` says where its own is.",
)
@click.option("--json", "as_json", is_flag=True, help="Lines with all their fields, and the questions that were asked.")
def command(about: str, store: str, as_json: bool) -> None:
    """Show what gateway, model server and sync said about an inspection, in the order of time.

    ID is that of an inspection (`aoi results`, the pages and every answer say it), or that of a request
    (`X-Request-Id`), which a refused picture has, too. A model server writes a line about each call where it was
    started with --log_calls, as in `aoi line` and in the component `aoi-serve`; else only about one that it refused or
    that was slow. The lines about the version that answered say when it was brought, served and loaded.

    In a cluster with the rooms `victoria-logs` and `vlagent` the store is reached by
    kubectl -n monitoring port-forward service/victoria-logs 9428

    Ends with 0 if there is a line, with 1 if there is none or the store does not answer.

    \b
    Examples:
      aoi logs 0196b2d4a0c17c3e9d5a4b6f8e21037f
      aoi logs 0196b2d4a0c17c3e9d5a4b6f8e21037f --json
      aoi logs camera-1.4711 --store http://127.0.0.1:19428
    """
    from aoi_modules.log_store.trail import follow
    from aoi_modules.log_store.victoria import LogStore

    with LogStore(store) as opened:
        trail = follow(opened, about)
    click.echo(_json(about, trail) if as_json else "\n".join(map(_in_words, trail.lines)))


def _in_words(told: "Told") -> str:
    fields = {name: text for name, text in told.fields.items() if name not in _SHOWN and "." not in name and text}
    said = " ".join(f"{name}={text!r}" if " " in text else f"{name}={text}" for name, text in fields.items())
    return f"{told.time[:26]}  {told.service:<12}  {told.level:<8} {told.event}  {said}".rstrip()


def _json(about: str, trail: "Trail") -> str:
    import msgspec

    return msgspec.json.encode({"about": about, "lines": trail.lines, "queries": trail.queries}).decode()
