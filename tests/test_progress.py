"""Progress in plain lines."""

import threading

import pytest

from aoi_modules.progress import on_terminal, progress, quiet, say


def test_plain_output_ends_with_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert not on_terminal()
    with progress("download x", 2_000_000) as advance:
        for _ in range(20):
            advance(100_000)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == "download x: 2.0 of 2.0 MB"


def test_an_unknown_total_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("pictures", 0, unit="pictures") as advance:
        advance(5)
    say("done")
    assert capsys.readouterr().err == "done\n"


def test_a_thread_may_tell_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with quiet():
        say("hidden")
        with progress("cut", 10, unit="crops") as advance:
            advance(10)
        other = threading.Thread(target=say, args=("another thread's",))
        other.start()
        other.join()
    say("told")
    assert capsys.readouterr().err == "another thread's\ntold\n"
