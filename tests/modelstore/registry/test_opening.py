"""Which registry is meant."""

from pathlib import Path

import pytest

from aoi_modules.errors import RegistryError
from aoi_modules.modelstore.registry.opening import open_registry


def test_a_folder_and_a_bucket_are_opened_without_being_asked(tmp_path: Path) -> None:
    assert open_registry(str(tmp_path)).name == str(tmp_path)
    assert open_registry("s3://models/a?endpoint=http://127.0.0.1:1").name == "s3://models/a/ at http://127.0.0.1:1"
    with pytest.raises(RegistryError, match="registry: expected a folder, or s3://BUCKET"):
        open_registry("http://models")
