"""Nobody signs and everybody is trusted, unless a key is named."""

from pathlib import Path

import pytest

from aoi_modules.commands.options.signing import signer_of, trust_of
from aoi_modules.errors import NotTrusted
from aoi_modules.modelstore.registry.signing import make_keys


def test_keys_are_read_where_they_are_named(tmp_path: Path) -> None:
    assert signer_of(None) is None
    assert trust_of(()) is None
    make_keys(tmp_path / "key")
    signer, trust = signer_of(tmp_path / "key"), trust_of([tmp_path / "key.pub"])
    assert signer is not None
    assert trust is not None
    trust.checked("move", signer.sealed("move", b"{}"), "here")
    with pytest.raises(NotTrusted):
        trust.checked("version", signer.sealed("move", b"{}"), "here")
