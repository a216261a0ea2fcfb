"""Who signs what goes into a registry, and whose signatures are believed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from aoi_modules.modelstore.registry.signing import Signer, Trust

_FILE = click.Path(path_type=Path)
key_option = click.option(
    "--key",
    type=_FILE,
    metavar="FILE",
    help="Sign it by this private key, as `aoi registry keys` made it. AOI_SIGNING_PASSWORD opens one with a password.",
)
public_key_option = click.option(
    "--public-key",
    "public_keys",
    type=_FILE,
    multiple=True,
    metavar="FILE",
    help="Take only what is signed by this key; may be repeated for several.",
)


def signer_of(key: Path | None) -> "Signer | None":
    """The signer; None where nobody is to sign.

    Raises:
        RegistryError: the file holds no key that can be used.
    """
    from aoi_modules.modelstore.registry.signing import Signer
    from aoi_modules.settings import settings

    return None if key is None else Signer.read(key, settings().signing_password)


def trust_of(public_keys: Sequence[Path]) -> "Trust | None":
    """Who is trusted; None where everybody is.

    Raises:
        RegistryError: a file holds no key that can be used.
    """
    from aoi_modules.modelstore.registry.signing import Trust

    return Trust.read(public_keys) if public_keys else None
