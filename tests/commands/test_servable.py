"""`aoi servable`, as a user calls it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aoi_modules.commands.servable import command
from aoi_modules.errors import ModelError, StoreError
from aoi_modules.modelstore import layout
from tests.export.inspect.merged_graphs import Made
from tests.export.inspect.small_servables import put, put_foreign

MODELS = {"short": Made((1, 2)), "open": Made((1, 3))}


@pytest.fixture(scope="module")
def component(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions of the same models, then one with another head."""
    base = tmp_path_factory.mktemp("models")
    for models in (MODELS, MODELS, {**MODELS, "spur": Made((1, 4))}):
        put(base, models)
    return base / "pcb"


def aoi(*words: object) -> Result:
    return CliRunner().invoke(command, list(map(str, words)))


def test_show_says_all_that_is_known(component: Path) -> None:
    done = aoi("show", component / "1")
    assert done.exit_code == 0, done.output
    lines = {line.split("  ")[0]: line for line in done.output.splitlines()}
    assert str(component / "1") in lines["pcb, version 1"]
    assert "2 heads, 43% of the work is shared" in lines["heads"]
    assert "as constants" in lines["weights"]
    assert lines["checksums"].split() == ["checksums", "whole"]
    assert lines["trunk"].split()[1] == "2"
    assert "drawn (stand-in)" in done.output
    for text in (
        "good, short",
        "auroc 0.98",
        "short.keras",
        "image uint8 (?, ?, ?, 3)",
        "Conv2D 3",
        layout.PIXELS_FILE,
    ):
        assert text in done.output
    assert "times the multiply-adds" in done.output
    assert "Missing" not in done.output


def test_a_component_means_its_newest_version(component: Path) -> None:
    assert "pcb, version 3" in aoi("show", component).output


def test_json_has_it_all_for_machines(component: Path) -> None:
    found = json.loads(aoi("show", component / "1", "--json").stdout)
    assert [head["name"] for head in found["manifest"]["heads"]] == ["short", "open"]
    assert found["anatomy"]["shared_work_percent"] == pytest.approx(42.85, abs=0.01)
    assert found["anatomy"]["times_apart"] == pytest.approx(1.43, abs=0.01)
    assert found["weights"]["stored"] == "constants"
    assert found["size"] == sum(found["files"].values())
    assert found["operations"]["Conv2D"] == 3


@pytest.mark.parametrize("name", ["graph.png", "graph.svg"])
def test_the_graph_is_drawn_beside_the_text(component: Path, tmp_path: Path, name: str) -> None:
    done = aoi("show", component, "--graph", tmp_path / name, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["manifest"]["version"] == 3
    assert f"{tmp_path / name}: the graph of pcb, version 3" in done.stderr
    assert (tmp_path / name).stat().st_size > 10_000


def test_a_foreign_saved_model_is_shown_but_cannot_be_drawn(tmp_path: Path) -> None:
    done = aoi("show", put_foreign(tmp_path / "other"), "--graph", tmp_path / "graph.png")
    assert "y float32 (?, 2)" in done.output
    assert "component, heads, labels and thresholds are unknown" in done.output
    assert isinstance(done.exception, StoreError)
    assert "cannot be drawn without assets.extra/manifest.json and assets.extra/pixels.pb" in str(done.exception)


def test_equal_servables_end_with_0(component: Path) -> None:
    done = aoi("diff", component / "1", component / "2")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "no difference")
    assert json.loads(aoi("diff", component / "1", component / "2", "--json").stdout) == []


def test_different_servables_end_with_1_and_a_line_for_each_difference(component: Path) -> None:
    done = aoi("diff", component / "1", component)
    assert done.exit_code == 1
    assert "7 tensors, 5 of them as on the left" in done.output
    rows = json.loads(aoi("diff", component / "1", component, "--json").stdout)
    assert {"field": "head spur", "left": "", "right": "defect"} in rows
    assert done.output.splitlines()[-1] == f"{len(rows)} differences"


def test_a_comparison_that_fails_ends_with_2(component: Path, tmp_path: Path) -> None:
    done = aoi("diff", component, tmp_path / "nowhere")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {tmp_path / 'nowhere'}: no such folder")


def test_a_damaged_graph_is_named(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"\xff\xfe rotten")
    done = aoi("show", tmp_path)
    assert isinstance(done.exception, ModelError | StoreError)
    assert str(tmp_path / "saved_model.pb") in str(done.exception)


def test_errors_are_sentences_and_nothing_else(tmp_path: Path) -> None:
    code = "from aoi_modules.cli import main; main()"
    words = ["servable", "show", str(tmp_path / "nowhere")]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("words", [(), ("show",), ("diff",)])
def test_help_has_examples(words: tuple[str, ...]) -> None:
    assert "aoi servable" in aoi(*words, "--help").output


def test_help_answers_without_tensorflow() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from aoi_modules.cli import aoi; "
        "CliRunner().invoke(aoi, ['servable', 'show', '--help']); print('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240, check=True)
    assert done.stdout == "False\n"
