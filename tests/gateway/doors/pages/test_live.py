"""The live view."""

from pathlib import Path

import requests

from aoi_modules.gateway.launcher import RunningGateway


def test_before_the_first_part_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "routes.yaml").write_text('components: {tile: {model: tile, upstream: "127.0.0.1:1"}}')
    with RunningGateway(tmp_path / "routes.yaml", results=tmp_path / "results") as gateway:
        assert "Nothing was inspected yet" in requests.get(f"{gateway.url}/live", timeout=10).text
