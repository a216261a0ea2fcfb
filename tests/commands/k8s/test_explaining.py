"""`aoi k8s explain`, as a user calls it."""

from pathlib import Path

from tests.in_process import aoi


def test_the_picture_is_written(tmp_path: Path) -> None:
    out = tmp_path / "local.svg"
    ended = aoi("k8s", "explain", "local", "--out", out)
    assert (ended.returncode, ended.stdout) == (0, f"{out}\n"), ended.stderr
    assert "What the overlay local asks for" in out.read_text()
