"""The key of this machine: from a file, from the environment, or none."""

from pathlib import Path

import click
import pytest

from aoi_modules import settings
from aoi_modules.commands.options.key import key_of


def test_a_file_wins_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "camera.key").write_text("aoi_file\n")
    monkeypatch.setenv("AOI_GATEWAY_KEY", "aoi_environment")
    settings.settings.cache_clear()
    try:
        assert key_of(tmp_path / "camera.key") == "aoi_file"
        assert key_of(None) == "aoi_environment"
    finally:
        monkeypatch.undo()
        settings.settings.cache_clear()
    assert key_of(None) == ""


@pytest.mark.parametrize("content", [b"", b"two words\n", b"\xff\xfe", b"a\nb", "schl\u00fcssel".encode()])
def test_a_file_without_a_key_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "camera.key").write_bytes(content)
    with pytest.raises(click.BadParameter, match=r"camera\.key"):
        key_of(tmp_path / "camera.key")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(click.BadParameter, match="none"):
        key_of(tmp_path / "none")
