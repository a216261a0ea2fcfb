"""The config that a server reads."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import StoreError
from aoi_modules.serving import model_config
from aoi_modules.sync import config_file
from aoi_modules.sync.plan import Serving

ROOT = Path("/models")
SERVED = {"tile": Serving((3, 4), {"stable": 3}), "pcb": Serving((1,)), "gone": Serving()}


def test_it_has_exactly_the_versions_and_their_labels() -> None:
    pcb, tile = model_config.from_message(model_config.parse(config_file.text_of(SERVED, ROOT)))
    assert (tile.name, tile.base_path, tile.policy.specific, tile.labels) == (
        "tile", ROOT / "tile", (3, 4), {"stable": 3},
    )  # fmt: skip
    assert (pcb.name, pcb.policy.specific, pcb.labels) == ("pcb", (1,), {})


def test_it_is_written_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "models.config"
    assert config_file.read(path) == {}
    assert config_file.write(path, SERVED, ROOT)
    before = path.stat()
    assert not config_file.write(path, SERVED, ROOT)
    assert path.stat().st_ino == before.st_ino
    assert config_file.read(path) == {name: one for name, one in SERVED.items() if one.versions}
    assert config_file.write(path, {}, ROOT)
    assert config_file.read(path) == {}


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,5}", fullmatch=True),
        st.builds(
            lambda numbers, labels: Serving(tuple(sorted(numbers)), {one: min(numbers) for one in labels}),
            st.frozensets(st.integers(1, 2**63 - 1), min_size=1, max_size=4),
            st.frozensets(st.sampled_from(["stable", "canary"])),
        ),
    )
)
def test_what_is_written_is_read_back(served: dict[str, Serving]) -> None:
    models = model_config.from_message(model_config.parse(config_file.text_of(served, ROOT)))
    assert {one.name: Serving(one.policy.specific or (), dict(one.labels)) for one in models} == served


def test_one_that_cannot_be_read_is_as_none(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "models.config"
    path.write_text("model_config_list {")
    assert config_file.read(path) == {}
    assert "it is written anew" in caplog.text


def test_a_place_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "models.config").mkdir()
    with pytest.raises(StoreError, match=r"models\.config: cannot be written: Is a directory"):
        config_file.write(tmp_path / "models.config", SERVED, ROOT)
