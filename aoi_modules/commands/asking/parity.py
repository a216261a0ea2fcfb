"""`aoi parity`: whether every way to a model gives the scores that its source gave."""

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.options.addresses import HttpAddress
from aoi_modules.commands.options.model import NAMED_MODEL, About, read_model
from aoi_modules.commands.options.server import WaysOptions, grpc_client, http_client, ways_options
from aoi_modules.commands.output import console
from aoi_modules.errors import DataError, MissingExtra, ModelError, StoreError

if TYPE_CHECKING:
    from aoi_modules.client.measuring.parity import FeatureRows, Parity, Way
    from aoi_modules.export.model_sources import ModelSource
    from aoi_modules.modelstore.golden import Scores
    from aoi_modules.modelstore.manifest import Manifest


@click.command("parity")
@click.option(
    "--servable", required=True, metavar="DIR", type=click.Path(path_type=Path),
    help="Version directory, or the folder of a component: then its newest version.",
)  # fmt: skip
@ways_options
@click.option("--gateway", type=HttpAddress(), metavar="URL", help="A gateway, for example http://127.0.0.1:8080.")
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar=NAMED_MODEL,
    help="A model that the servable was made of, as `aoi merge` names it: it is asked, too. Its file has to tell all.",
)
@click.option(
    "--saved-model/--no-saved-model",
    default=None,
    help="Also run the SavedModel in this process.  [default: where TensorFlow is installed]",
)
@click.option("--model", help="Name of the model on its server; default: the servable's component.")
@click.option("--component", help="Name of the component at the gateway; default: the servable's component.")
@click.option(
    "--tolerance", type=click.FloatRange(min=0), help="Greatest difference that agrees; default: the servable's own."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
@click.argument("pictures", nargs=-1, metavar="[PICTURE]...")
def command(
    servable: Path,
    pictures: tuple[str, ...],
    gateway: str | None,
    sources: tuple[str, ...],
    saved_model: bool | None,
    model: str | None,
    component: str | None,
    tolerance: float | None,
    as_json: bool,
    server: WaysOptions,
) -> None:
    """Ask about the same pictures by the SavedModel, gRPC, REST and the gateway, and compare with the source's scores.

    The servable carries golden pictures and the scores that its source model gave them. The servers are asked for the
    servable's own version. A PICTURE (file, folder or pattern) of yours has no such scores: there the ways are compared
    with the first of them, which is the source itself if --source names it. The tolerance is the servable's
    own, mostly 5e-5; a server that runs on OpenVINO keeps to 1e-4.

    Ends with 0 if all agree, 1 if something differs or does not answer, 2 after wrong usage.

    \b
    Examples:
      aoi parity --servable models/tile --grpc 127.0.0.1:8500 --http http://127.0.0.1:8501 --tolerance 1e-4
      aoi parity --servable models/tile/3 --gateway http://127.0.0.1:8080 --tolerance 1e-4 --json
      aoi parity --servable models/tile --source tile.keras --http http://127.0.0.1:8501 --tolerance 1e-4 parts/
    """
    import msgspec

    from aoi_modules.client.measuring.parity import compare
    from aoi_modules.client.picture_search import read_pictures
    from aoi_modules.modelstore import manifest as manifests
    from aoi_modules.modelstore.golden import Golden

    if not (server.grpc or server.http or gateway):
        raise click.UsageError("expected at least one of --grpc, --http and --gateway")
    folder = _version_dir(servable)
    manifest, golden = manifests.read(folder), Golden.read(folder)
    given = read_pictures(pictures)
    if given and golden.features is not None:
        raise DataError(
            "PICTURE: this model wants features beside each picture, so only its golden pictures can be asked"
        )
    here = _ways_here(folder, sources, saved_model=saved_model)
    names = {"model": model or manifest.component, "component": component or manifest.component}
    with _ways_there(manifest, server, gateway=gateway, **names) as there:
        ways = here | there
        if given and len(ways) < 2:
            raise click.UsageError("a PICTURE needs two ways to compare: add --source, --grpc, --http or --gateway")
        parity = compare(manifest, golden, ways, manifest.tolerance if tolerance is None else tolerance, given)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(parity), indent=2))
    else:
        _print(parity)
    sys.exit(0 if parity.agrees else 1)


def _version_dir(servable: Path) -> Path:
    """The version directory that is meant.

    Raises:
        StoreError: there is none.
    """
    from aoi_modules.modelstore.version_dir import versions

    if servable.name.isdigit():
        return servable
    found = versions(servable)
    if not found:
        raise StoreError(f"--servable: no version directory at {servable}", hint="for example models/tile/1")
    return servable / str(found[-1])


def _ways_here(folder: Path, sources: tuple[str, ...], *, saved_model: bool | None) -> "dict[str, Way]":
    """What is asked in this process: the source models and the SavedModel."""
    installed = find_spec("tensorflow") is not None
    if saved_model and not installed:
        raise MissingExtra("running a SavedModel", package="tensorflow", extra="train")
    if saved_model is None and not installed:
        click.echo("the SavedModel itself is not asked: TensorFlow is not installed", err=True)
    ways: dict[str, Way] = {}
    if sources:
        ways["source"] = _source_way([read_model(given, About.unsaid()) for given in sources])
    if installed and saved_model is not False:
        ways["SavedModel"] = _saved_model_way(folder)
    return ways


def _source_way(models: "Sequence[ModelSource]") -> "Way":
    def ask(pictures: Sequence[bytes], features: "FeatureRows") -> "Scores":
        for model in models:
            if model.features and features is None:
                raise ModelError(f"--source: {model.name} takes more than the servable: {', '.join(model.features)}")
        try:
            found = [model.scores(pictures, features if model.features else None) for model in models]
        except ModelError as error:
            raise ModelError(f"--source: {error.message}") from None
        return {head: scores for one in found for head, scores in one.items()}

    return ask


def _saved_model_way(folder: Path) -> "Way":
    importlib.import_module("aoi_modules.tf")  # before all else: it drops the notes that TensorFlow starts with
    from aoi_modules.export import verification

    load = cache(verification.load)  # once, and when it is asked: what does not load is told beside the other ways
    return lambda pictures, features: verification.scores(load(folder), pictures, features)


@contextmanager
def _ways_there(
    manifest: "Manifest", server: WaysOptions, *, gateway: str | None, model: str, component: str
) -> "Iterator[dict[str, Way]]":
    """What is asked elsewhere: the server, and the gateway in front of it."""
    from aoi_modules.client.gateway import GatewayClient
    from aoi_modules.client.measuring.parity import GATEWAY, gateway_way, model_way

    ways: dict[str, Way] = {}
    with ExitStack() as clients:
        if server.grpc:
            by_grpc = grpc_client(server.endpoint(server.grpc, model, version=manifest.version))
            ways["gRPC"] = model_way(clients.enter_context(by_grpc))
        if server.http:
            by_rest = http_client(server.endpoint(server.http, model, version=manifest.version))
            ways["REST"] = model_way(clients.enter_context(by_rest))
        if gateway:
            client = GatewayClient(server.endpoint(gateway, component))
            ways[GATEWAY] = gateway_way(clients.enter_context(client), manifest)
        yield ways


def _print(parity: "Parity") -> None:
    from rich.table import Table

    table = Table("way", "head", "against", "pictures", "greatest difference", "")
    for row in parity.comparisons:
        difference = row.error or ("not a number" if row.difference is None else f"{row.difference:.1e}")
        verdict = "agrees" if row.agrees else "DIFFERS" if not row.error else "NO ANSWER"
        table.add_row(row.way, row.head, row.against, str(row.pictures), difference, verdict)
    out = console()
    out.print(table)
    end = "all agree" if parity.agrees else "not all agree"
    out.print(f"{parity.component} version {parity.version}: {end}, tolerance {parity.tolerance:g}")
