"""Any run can be drawn: one without calls, one that failed, one that was answered."""

from pathlib import Path

import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.measuring.load import Bounds, Load, TimedCall
from aoi_modules.client.measuring.load_plot import save_plot
from aoi_modules.client.measuring.load_report import report
from aoi_modules.errors import DataError

ANSWERED = [TimedCall(0.1 * n, 0.01) for n in range(50)]
FAILED = [TimedCall(0.1, 0.2, "UNAVAILABLE")]


def run_of(calls: list[TimedCall]) -> Load:
    """A run that nobody made: its calls are given."""
    load = Load(lambda: GrpcClient(Endpoint("127.0.0.1:1", "tile")), lambda client: None, Bounds())
    load.calls += calls
    return load


@pytest.mark.parametrize("calls", [[], FAILED, ANSWERED, ANSWERED + FAILED])
def test_a_plot_of_any_run(tmp_path: Path, calls: list[TimedCall]) -> None:
    run = run_of(calls)
    save_plot(run, report(run, finished=True), tmp_path / "load.png")
    assert (tmp_path / "load.png").read_bytes().startswith(b"\x89PNG")


def test_it_says_how_many_were_answered_and_how_many_failed(tmp_path: Path) -> None:
    run = run_of(ANSWERED + FAILED)
    save_plot(run, report(run, finished=True), tmp_path / "load.svg")
    text = (tmp_path / "load.svg").read_text()
    assert "<!-- 4 clients, 10 requests/s, 1 errors of 51 -->" in text
    for legend in ("answered", "error", "p50 10.0 ms", "p99 10.0 ms"):
        assert f"<!-- {legend} -->" in text


@pytest.mark.parametrize("name", ["load.nothing", "none/load.png"])
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    run = run_of(ANSWERED)
    with pytest.raises(DataError, match=f"{tmp_path / name} cannot be written: ") as caught:
        save_plot(run, report(run, finished=True), tmp_path / name)
    assert caught.value.hint == "for example load.png or load.svg"
