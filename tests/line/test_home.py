from pathlib import Path

import pytest

from aoi_modules.errors import AoiError
from aoi_modules.line.home import Home, at_home


def test_a_home_is_one_lines_alone(tmp_path: Path) -> None:
    second = at_home(tmp_path / "home")
    with at_home(tmp_path / "home"), pytest.raises(AoiError, match="home: another line runs there"):
        second.__enter__()
    with at_home(tmp_path / "home") as home:
        assert home.folder.is_dir()


def test_the_log_of_the_start_before_is_kept(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for words in ("first", "second", "third"):
        home.fresh_log("gateway-1").write_text(words)
    assert home.log("gateway-1").read_text() == "third"
    assert (tmp_path / "logs" / "gateway-1.before.log").read_text() == "second"
