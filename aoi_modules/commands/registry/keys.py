"""`aoi registry keys`: the pair of keys by which versions and labels are signed and believed."""

from pathlib import Path

import click


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
def keys(path: Path) -> None:
    """Make a pair of keys of Ed25519: the private one in FILE, for who releases, the public one in FILE.pub, for syncs.

    AOI_SIGNING_PASSWORD, if it is set, is what opens FILE from then on. Who has the public key of an older pair, too,
    goes on believing what it signed.

    \b
    Examples:
      aoi registry keys release.pem
      aoi registry push models/tile/3 --key release.pem
      aoi registry sync --models /srv/models --public-key release.pem.pub
    """
    from aoi_modules.modelstore.registry.signing import make_keys
    from aoi_modules.settings import settings

    name = make_keys(path, settings().signing_password)
    click.echo(f"key {name}: {path} signs, {path}.pub believes")
