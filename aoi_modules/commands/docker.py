"""`aoi docker`: build the images, make the secrets of docker/compose.yaml, and start Jupyter in a container."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.output import stdout
from aoi_modules.settings import settings

if TYPE_CHECKING:
    from aoi_modules.cluster.local.jupyter import Jupyter

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_print_only = click.option("--print", "print_only", is_flag=True, help="Say the command, and run nothing.")


@click.group()
def command() -> None:
    """Build the images, and start Jupyter in a container.

    \b
    Examples:
      aoi docker jupyter --workdir ~/aoi-course
      aoi docker build
      aoi docker secrets
    """


@command.command()
@click.option(
    "--gpu/--no-gpu", "gpu", default=None, help="With the GPUs, or without.  [default: with, if there are any]"
)
@click.option(
    "--older-docker", is_flag=True, help="By --runtime=nvidia, as before Docker 19.03, and not by --gpus all."
)
@click.option("--port", type=click.IntRange(1, 65535), default=8888, show_default=True, help="Port of this machine.")
@click.option("--address", default="127.0.0.1", show_default=True, help="Of this machine; others reach 0.0.0.0.")
@click.option(
    "--workdir", type=click.Path(path_type=Path, file_okay=False), default=Path("aoi-course"), show_default=True,
    help="Folder of this machine for lessons and work. It stays when the container goes.",
)  # fmt: skip
@click.option("--name", default="aoi-jupyter", show_default=True, help="Name of the container.")
@click.option("--image", default="", help="Another image, such as one from your registry.")
@click.option(
    "--token-file", type=click.Path(path_type=Path), help="File with the token. Without it: AOI_JUPYTER_TOKEN."
)
@_print_only
@_as_json
def jupyter(
    gpu: bool | None,
    older_docker: bool,
    port: int,
    address: str,
    workdir: Path,
    name: str,
    image: str,
    token_file: Path | None,
    print_only: bool,
    as_json: bool,
) -> None:
    """Start JupyterLab with the lessons in a container, and say where to open it.

    It needs a token of 16 letters or more, which stands in no command: whoever reaches Jupyter runs what they like. The
    container starts again with the machine, until `docker rm --force NAME`.

    The exit code is 0 when Jupyter answers, 1 when it could not be started, 2 for wrong usage or no token.

    \b
    Examples:
      export AOI_JUPYTER_TOKEN=$(python3 -c 'import secrets; print(secrets.token_hex(24))')
      aoi docker jupyter --workdir ~/aoi-course
      aoi docker jupyter --gpu --port 9000 --name ann --workdir /srv/ann --token-file ann.token
      aoi docker jupyter --no-gpu --print
      docker logs --follow aoi-jupyter
    """
    from aoi_modules.cluster.local.engine import find_engine, shown
    from aoi_modules.cluster.local.jupyter import Gpu, Jupyter, choose_gpu, read_token, start

    if print_only and gpu is not None:  # who says all need not ask the engine
        chosen, note = (Gpu.RUNTIME if older_docker else Gpu.GPUS) if gpu else Gpu.NONE, ""
    else:
        token = "" if print_only else read_token(settings().jupyter_token, token_file)
        found = find_engine()
        chosen, note = choose_gpu(found, wanted=gpu, older=older_docker), "" if gpu is False else found.no_gpu
    container = Jupyter(workdir=workdir, name=name, port=port, address=address, gpu=chosen, image=image)
    if note:
        click.echo(note, err=True)
    if not as_json:
        click.echo(shown(container.words), file=stdout())
    if print_only:
        click.echo("before it: export JUPYTER_TOKEN=...", err=True)
    else:
        start(container, token)
        click.echo(f"open {container.url} with your token; docker rm --force {name} ends it", err=True)
    if as_json:
        _print_json(_told(container, note))


def _told(container: "Jupyter", note: str) -> dict[str, object]:
    from aoi_modules.cluster.local.jupyter import Gpu

    return {
        "name": container.name,
        "image": container.chosen_image,
        "url": container.url,
        "workdir": str(container.workdir.resolve()),
        "gpu": container.gpu is not Gpu.NONE,
        "note": note,
        "command": container.words,
    }


@command.command()
@click.argument("images", nargs=-1, metavar="[IMAGE]...")
@click.option("--device", type=click.Choice(("cpu", "gpu")), help="Jupyter for this one alone.  [default: for both]")
@click.option("--tag", default="", help="In place of this release's version.")
@click.option("--option", "options", multiple=True, metavar="WORD", help="One more of docker build; may come often.")
@click.option("--plain", is_flag=True, help="Without `# syntax`, for an engine that reaches no registry.")
@_print_only
@_as_json
def build(
    images: tuple[str, ...],
    device: str | None,
    tag: str,
    options: tuple[str, ...],
    plain: bool,
    print_only: bool,
    as_json: bool,
) -> None:
    """Build each IMAGE, or all, from the checkout in this folder.

    \b
    Images: gateway, model-server, model-sync, trainer, jupyter.

    \b
    Examples:
      aoi docker build
      aoi docker build gateway model-server --tag dev
      aoi docker build jupyter --device cpu
      aoi docker build --option=--network=host --option=--secret=id=uv,src=uv.toml
      aoi docker build gateway --print
    """
    from aoi_modules.cluster.local.building import DEVICES, IMAGES, builds
    from aoi_modules.cluster.local.engine import find_engine, shown, size_of

    if unknown := sorted(set(images) - set(IMAGES)):
        raise click.BadParameter(f"expected some of {', '.join(IMAGES)}. Received: {unknown[0]!r}", param_hint="IMAGE")
    wanted = builds(
        Path.cwd(), images or IMAGES, devices=(device,) if device else DEVICES, tag=tag, options=options, plain=plain
    )
    if not print_only:
        find_engine()
    sizes = {}
    for one in wanted:
        if print_only:
            click.echo(shown(one.words), file=stdout())
            continue
        one.run()
        sizes[one.name] = size_of(one.name)
        click.echo(f"{one.name}: {sizes[one.name] / 1e6:.0f} MB", err=True)
    if as_json and not print_only:
        _print_json([{"image": name, "bytes": size} for name, size in sizes.items()])


@command.command("secrets")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("docker"), show_default=True,
    help="Where compose.yaml and .env.example are.",
)  # fmt: skip
def secrets_(folder: Path) -> None:
    """Write the secrets of compose.yaml by chance into FOLDER/.env; those that are there stay.

    \b
    Examples:
      aoi docker secrets
      docker compose --file docker/compose.yaml --profile core up --detach
    """
    from aoi_modules.cluster.local.secrets_file import fill

    made = fill(folder)
    click.echo(f"{folder / '.env'}: {', '.join(made) if made else 'nothing was missing'}", err=True)


def _print_json(found: object) -> None:
    import msgspec

    print(msgspec.json.encode(found).decode(), file=stdout(), flush=True)
