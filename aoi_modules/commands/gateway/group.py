"""`aoi gateway`: distribute pictures to the models of their components; who may ask for it is told by its groups."""

from pathlib import Path

import click

from aoi_modules.commands.gateway.keys import key
from aoi_modules.commands.gateway.spool import empty
from aoi_modules.commands.gateway.users import user


def _port(_context: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
    """A port number; 0, a free one, for `any`."""
    if text is None:
        return None
    if text == "any":
        return 0
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise click.BadParameter(f"expected a port number or 'any'. Received: {text!r}")
    return int(text)


@click.group("gateway", invoke_without_command=True, commands=[user, key, empty])
@click.option(
    "--routes",
    "routes_file",
    type=click.Path(path_type=Path),
    help="YAML file: which picture goes where.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option("--port", callback=_port, default="8080", show_default=True, help="Port to listen on, or 'any'.")
@click.option(
    "--grpc_port",
    callback=_port,
    help="A second port, or 'any', for clients of TensorFlow Serving, by gRPC: the name of a model is a component's.",
)
@click.option("--ready_file", type=click.Path(path_type=Path), help="Written when the gateway listens: ports, JSON.")
@click.option(
    "--drain_seconds",
    type=click.FloatRange(0, 600),
    default=0.5,
    show_default=True,
    help="How long /readyz says no before the gateway stops listening.",
)
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    default="results",
    show_default=True,
    help="Folder in which every inspection is kept; 'none' keeps nothing.",
)
@click.option(
    "--database",
    help="Where they go from there, by URL: postgresql://USER:PASSWORD@HOST/NAME; default: a SQLite file in the folder."
    " AOI_DATABASE_URL hides a password from the list of processes. PostgreSQL gets its tables by `aoi results"
    " migrate`, for which a start waits a minute.",
)
@click.option(
    "--pictures",
    metavar="PLACE",
    help="Where the pictures go that a route's `store` keeps: a folder, or s3://BUCKET/PREFIX?endpoint=http://HOST:PORT"
    " with keys as boto3 finds them; default: a folder in the folder.",
)
@click.option(
    "--sync/--no-sync",
    default=True,
    show_default=True,
    help="Whether an inspection is on disk before it is answered; without, a power cut loses the last ones.",
)
@click.option(
    "--traces",
    metavar="URL",
    help="Where spans of each inspection go, by OpenTelemetry: a receiver of OTLP by HTTP, http://HOST:4318. It may be"
    " away; needs the extra `traces`.",
)
@click.option("--tls_cert", type=click.Path(path_type=Path), help="PEM file of the certificate: both ports speak TLS.")
@click.option("--tls_key", type=click.Path(path_type=Path), help="PEM file of its key.")
@click.option(
    "--tls_client_ca",
    type=click.Path(path_type=Path),
    help="PEM file of an authority: who shows a certificate by it is a machine and needs no key. By gRPC everybody has"
    " to show one then.",
)
@click.option(
    "--behind-proxy",
    metavar="NETWORK",
    multiple=True,
    help="A proxy there, such as 10.0.0.0/8, speaks TLS: plain HTTP is taken from it alone, and X-Forwarded-For"
    " believed. May be given several times.",
)
@click.pass_context
def command(
    context: click.Context,
    routes_file: Path | None,
    host: str,
    port: int,
    grpc_port: int | None,
    ready_file: Path | None,
    drain_seconds: float,
    results: Path,
    database: str | None,
    pictures: str | None,
    sync: bool,
    traces: str | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    tls_client_ca: Path | None,
    behind_proxy: tuple[str, ...],
) -> None:
    """Distribute pictures to the models of their components and answer a verdict for each.

    A changed file of routes is read again within a second or two, or at once at SIGHUP; one that cannot be used is
    refused in the log, and the old routes stay.

    Every inspection is on disk before it is answered, and in a database soon after: GET /v1/inspections finds it.
    On this machine alone nobody has to sign in, until a user or a key is added. Other machines reach it only by TLS,
    its own or a proxy's, and none gets in without a user or a key: see `aoi gateway user` and `aoi gateway key`.

    GET /docs shows the whole interface in a browser, GET /openapi.json tells it to programs.

    \b
    routes.yaml:
      components:
        tile:
          model: tile
          upstream: "127.0.0.1:8500"    # or several: ["10.0.0.7:8500", "10.0.0.8:8500"]
          heads:
            defect: {threshold: 0.5, review_band: [0.4, 0.5]}
          max_in_flight: 8                # more wait, up to max_waiting: 16
          store: review                   # keep pictures that did not pass; or: all, fail, none
          recording: spooled              # or committed: answer when the database has it
          canary: {version: 4, share: 0.05}
          shadow: {version: 5}
      calendar: {time_zone: Europe/Berlin, shifts: {early: "06:00", late: "14:00", night: "22:00"}}
      checks:                             # golden parts at each shift; see aoi station --help
        tile: {golden: golden/tile, each_shift: true, grace_minutes: 15}
      products:
        motor:
          positions:
            left: {component: tile}
            right: {component: tile, required: false}
      retention: {PASS: 7, REVIEW: 90}    # days that kept pictures stay
      sinks:                              # who is told; read at the start
        line: {mqtt: "mqtt://broker:1883/aoi/{gateway}/{component}"}
        quality: {webhook: "https://quality.example/aoi", secret_file: /run/secrets/webhook}

    \b
    Examples:
      aoi gateway --routes routes.yaml --port 8080
      curl --data-binary @picture.png http://127.0.0.1:8080/v1/inspect/tile
      curl -F image=@house.png -F 'features={"rooms": 3, "area": 60}' http://127.0.0.1:8080/v1/inspect/house
      curl -H "Content-Type: image/x-raw; width=640; height=480; channels=1" --data-binary @frame.raw
        http://127.0.0.1:8080/v1/inspect/tile
      curl -F left=@left.png -F right=@right.png http://127.0.0.1:8080/v1/units/SN42/inspect?product=motor
      curl -H "Idempotency-Key: 17" --data-binary @picture.png "http://127.0.0.1:8080/v1/inspect/tile?unit=SN42&lot=L7"
      curl "http://127.0.0.1:8080/v1/inspections?component=tile&verdict=FAIL"
      curl http://127.0.0.1:8080/v1/components
      aoi gateway --routes routes.yaml --port 8080 --grpc_port 8500
      aoi predict --grpc 127.0.0.1:8500 --model tile picture.png
      aoi gateway --routes routes.yaml --traces http://127.0.0.1:4318
      curl http://127.0.0.1:8080/readyz
      aoi gateway user add ann --role engineer
      aoi gateway key add camera-3
      aoi gateway empty --running --results results
      aoi gateway --routes routes.yaml --host 0.0.0.0 --tls_cert gateway.pem --tls_key gateway.key
    """
    if context.invoked_subcommand is not None:
        return
    if routes_file is None:
        raise click.MissingParameter(ctx=context, param_hint="'--routes'", param_type="option")
    from aoi_modules.child_process import check_ready_file
    from aoi_modules.gateway.doors.access.door_tls import door_tls
    from aoi_modules.gateway.server import ServerOptions, run_gateway
    from aoi_modules.settings import settings

    if ready_file is not None:
        check_ready_file(ready_file)
    folder = None if str(results) == "none" else results
    url = database or settings().database_url or None
    options = ServerOptions(
        host=host,
        port=port,
        ready_file=ready_file,
        drain_seconds=drain_seconds,
        results=folder,
        database=url,
        pictures=pictures,
        sync=sync,
        grpc_port=grpc_port,
        traces=traces,
        tls=door_tls(tls_cert, tls_key, tls_client_ca),
        behind_proxy=behind_proxy,
    )
    run_gateway(routes_file, options)
