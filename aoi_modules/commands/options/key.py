"""The key by which this machine shows a gateway who it is."""

from pathlib import Path

import click

key_option = click.option(
    "--key-file",
    type=click.Path(path_type=Path),
    help="File with this machine's key, as `aoi gateway key add` printed it; AOI_GATEWAY_KEY holds one, too.",
)


def key_of(file: Path | None) -> str:
    """The key; empty where there is none.

    Raises:
        BadParameter: the file cannot be read, or holds no key.
    """
    from aoi_modules.settings import settings

    if file is None:
        return settings().gateway_key.strip()
    try:
        key = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise click.BadParameter(f"{file}: {reason}", param_hint="'--key-file'") from None
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise click.BadParameter(f"{file}: expected a key in one line", param_hint="'--key-file'")
    return key
