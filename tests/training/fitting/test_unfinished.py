"""The folder of a training that is not done."""

from pathlib import Path

import pytest

from aoi_modules.errors import DataError, ModelError
from aoi_modules.training.fitting.unfinished import folder_of, keep_logs, unfinished


def leave_state(out: Path, fingerprint: str) -> None:
    """As a kill does: the block never ends."""
    with unfinished(out, fingerprint) as folder:
        (folder / "head").mkdir()
        (folder / "head" / "state.npz").write_text("epoch 3")
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("fingerprint", "restart", "kept"), [("a", False, True), ("b", False, False), ("a", True, False)]
)
def test_the_same_training_finds_its_state_and_another_one_does_not(
    tmp_path: Path, fingerprint: str, restart: bool, kept: bool
) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        leave_state(out, "a")
    with unfinished(out, fingerprint, restart=restart) as folder:
        assert (folder / "head" / "state.npz").is_file() == kept


def test_nothing_is_left_of_a_training_that_ended_well(tmp_path: Path) -> None:
    with unfinished(tmp_path / "out", "a") as folder:
        assert folder == folder_of(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_two_at_the_same_training_are_one_too_many(tmp_path: Path) -> None:
    with (
        unfinished(tmp_path / "out", "a"),
        pytest.raises(ModelError, match="another process"),
        unfinished(tmp_path / "out", "a"),
    ):
        pass


@pytest.mark.parametrize("error", [DataError("a broken picture"), OSError(28, "No space left on device")])
def test_what_fails_in_the_training_is_not_told_as_another_process(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)) as caught, unfinished(tmp_path / "out", "a"):
        raise error
    assert caught.value is error


def test_a_state_that_cannot_be_looked_at_is_said(tmp_path: Path) -> None:
    (folder_of(tmp_path / "out") / "plan").mkdir(parents=True)
    (folder_of(tmp_path / "out") / "plan" / "file").touch()
    (tmp_path / "file").touch()
    with unfinished(tmp_path / "out", "a") as folder:
        assert (folder / "plan").read_text() == "a"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be written"), unfinished(tmp_path / "file" / "out", "a"):
        pass


def test_the_logs_of_every_phase_are_kept(tmp_path: Path) -> None:
    work, out = tmp_path / "work", tmp_path / "out"
    for phase in ("head", "fine-tune"):
        (work / phase / "tensorboard" / "train").mkdir(parents=True)
        (work / phase / "tensorboard" / "train" / "events").write_text(phase)
        (work / phase / "training.csv").write_text(phase)
    out.mkdir()
    keep_logs(work, out)
    assert (out / "training-head.csv").read_text() == "head"
    assert (out / "tensorboard" / "fine-tune" / "train" / "events").read_text() == "fine-tune"
