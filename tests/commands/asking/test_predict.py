import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.model_server import ModelServer, scores_of
from tests.gateway.conftest import picture_bytes


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "part.png"
    path.write_bytes(picture_bytes())
    return str(path)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from aoi_modules.cli import main; main()", "predict", *arguments]


def predict(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **more}
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, timeout=240, check=False, env=environment
    )


def test_a_table_of_scores_and_verdicts(server: ModelServer, picture: str) -> None:
    server.outputs = scores_of(0.9)
    run = predict("--grpc", server.address, "--model", "tile", picture)
    assert (run.returncode, run.stderr) == (0, "")
    words = [line.replace("│", " ").split() for line in run.stdout.splitlines()]
    assert [picture, "defect", "crack", "0.9000", "FAIL"] in words
    assert [picture, "surface", "smooth", "0.7000"] in words


def test_a_name_that_looks_like_markup(server: ModelServer, picture: str, tmp_path: Path) -> None:
    odd = tmp_path / "lot[" / "a].png"
    odd.parent.mkdir()
    for path in (odd, tmp_path / "[x].png"):
        path.write_bytes(Path(picture).read_bytes())
    run = predict("--grpc", server.address, "--model", "tile", str(odd), str(tmp_path / "[x].png"))
    assert (run.returncode, run.stderr) == (0, "")
    assert f" {odd} " in run.stdout
    assert f" {tmp_path}/[x].png " in run.stdout


@pytest.mark.parametrize("form", ["--json", "--csv", "--jobs=1"])
def test_a_name_that_is_no_text(server: ModelServer, picture: str, tmp_path: Path, form: str) -> None:
    odd, greek = os.fsencode(tmp_path) + b"/\xff.png", f"{tmp_path}/Ω.png"
    for path in (odd, greek):
        Path(os.fsdecode(path)).write_bytes(Path(picture).read_bytes())
    for encoding in ("utf-8", "latin-1"):
        pictures = (os.fsdecode(odd), greek, f"{tmp_path}/none-\udcff.png")
        run = predict(
            "--grpc", server.address, "--model", "tile", form, *pictures, PYTHONIOENCODING=encoding, PYTHONUTF8="0"
        )
        assert (run.returncode, run.stderr.count("\n")) == (1, 1), run.stderr
        assert "udcff.png" in run.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("form", ["--json", "--csv", "--jobs=1"])
def test_a_full_disk_is_a_sentence(server: ModelServer, picture: str, form: str) -> None:
    arguments = command("--grpc", server.address, "--model", "tile", form, picture)
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(arguments, stdout=full, stderr=subprocess.PIPE, text=True, timeout=240, check=False)
    assert (run.returncode, run.stderr) == (1, "error: the output cannot be written: No space left on device\n")


@pytest.mark.parametrize("form", ["--json", "--csv", "--jobs=1"])
def test_a_closed_standard_output_is_a_sentence(server: ModelServer, picture: str, form: str) -> None:
    arguments = command("--grpc", server.address, "--model", "tile", form, picture)
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", *arguments]
    run = subprocess.run(shell, stderr=subprocess.PIPE, text=True, timeout=240, check=False)
    assert run.returncode == 1
    assert run.stderr.startswith("error: standard output is closed")


def test_nobody_reads_the_rows_any_more(server: ModelServer, picture: str) -> None:
    arguments = command("--grpc", server.address, "--model", "tile", "--csv", *[picture] * 3)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait(60) == 1


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_as_shells_have_it(server: ModelServer, picture: str) -> None:
    server.gate.clear()
    arguments = command("--grpc", server.address, "--model", "tile", "--timeout", "2", picture)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + 240
        while len(server.asked) < 2 and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (130, "", "\nstopped\n")


def on_terminal(*arguments: str, rows: bool) -> list[str]:
    """What a terminal shows, in lines: standard error, and standard output if the rows go there as well."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo terminals")
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | {"TERM": "xterm"}
    with subprocess.Popen(
        command(*arguments), stdout=theirs if rows else subprocess.DEVNULL, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        shown = b""
        while piece := _read(ours):
            shown += piece
        process.wait(60)
    os.close(ours)
    return shown.decode().replace("\r", "").split("\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:  # so Linux says that the other end was closed
        return b""


def test_the_bar_leaves_errors_their_lines(server: ModelServer, picture: str, tmp_path: Path) -> None:
    pictures = [picture, str(tmp_path / "none.png"), picture]
    lines = on_terminal("--grpc", server.address, "--model", "tile", "--csv", *pictures, rows=False)
    assert any("asking" in line for line in lines)
    start = next(line for line in lines if "error: " in line)
    assert start.rpartition("\x1b[2K")[2].startswith("error: ")


def test_rows_on_a_terminal_need_no_bar(server: ModelServer, picture: str) -> None:
    lines = on_terminal("--grpc", server.address, "--model", "tile", "--csv", *[picture] * 2, rows=True)
    assert len(lines) == 1 + 2 * 2 + 1
    assert not any("asking" in line for line in lines)


def test_an_unknown_model_has_a_hint(server: ModelServer, picture: str) -> None:
    run = predict("--grpc", server.address, "--model", "nix", picture)
    assert run.returncode == 1
    assert run.stderr.startswith("error: Servable not found for request: Latest(nix)\n  ")
    assert "--model" in run.stderr


def test_json_lines_and_errors_apart(server: ModelServer, picture: str, tmp_path: Path) -> None:
    run = predict("--grpc", server.address, "--model", "tile", "--json", str(tmp_path / "none.png"), picture, picture)
    assert run.returncode == 1
    assert run.stderr == f"error: {tmp_path / 'none.png'}: cannot be read: No such file or directory\n"
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert lines[0]["picture"] == str(tmp_path / "none.png")
    assert lines[0]["error"] == "cannot be read: No such file or directory"
    assert (lines[0]["verdict"], lines[0]["heads"]) == (None, [])
    assert [(line["picture"], line["verdict"], line["error"]) for line in lines[1:]] == [(picture, "PASS", "")] * 2
    assert lines[1]["model"] == {"name": "tile", "version": 1}
    assert lines[1]["heads"][0]["score"] == pytest.approx(0.1)


def test_csv_has_a_line_a_head(server: ModelServer, picture: str) -> None:
    run = predict("--grpc", server.address, "--model", "tile", "--csv", picture)
    assert (run.returncode, run.stderr) == (0, "")
    rows = list(csv.DictReader(run.stdout.splitlines()))
    assert [(row["picture"], row["head"], row["label"], row["verdict"]) for row in rows] == [
        (picture, "defect", "crack", "PASS"),
        (picture, "surface", "smooth", "PASS"),
    ]
    assert float(rows[0]["score"]) == pytest.approx(0.1)
    assert rows[0]["version"] == "1"


def test_csv_has_a_line_an_error(server: ModelServer, picture: str, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    run = predict("--grpc", server.address, "--model", "tile", "--csv", str(tmp_path / "text.png"), picture)
    assert run.returncode == 1
    failed, *answered = csv.DictReader(run.stdout.splitlines())
    assert failed["picture"] == str(tmp_path / "text.png")
    assert failed["error"].startswith("expected a PNG, JPEG or BMP picture")
    assert (failed["version"], failed["verdict"], failed["head"]) == ("", "", "")
    assert [row["error"] for row in answered] == ["", ""]


def test_a_folder_a_pattern_and_what_is_wrong_with_some(server: ModelServer, picture: str, tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    for number in range(30):
        (parts / f"{number:02}.png").write_bytes(Path(picture).read_bytes())
    (parts / "07.png").write_bytes(b"no picture")
    places = [str(parts), f"{parts}/2*.png", str(tmp_path / "*.gif")]
    run = predict("--grpc", server.address, "--model", "tile", "--json", "--jobs", "3", *places)
    assert run.returncode == 1
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    names = [Path(answer["picture"]).stem for answer in answers]
    assert names == [f"{n:02}" for n in range(30)] + [f"{n}" for n in range(20, 30)]
    assert [name for name, answer in zip(names, answers, strict=True) if answer["error"]] == ["07"]
    assert f"error: {tmp_path / '*.gif'}: no file has such a name" in run.stderr
    assert f"error: {parts / '07.png'}: expected a PNG" in run.stderr
    asked = sum(request.model_spec.signature_name == "manifest" for request in server.asked)
    assert asked == 1, "once before the first picture, for all of them"


def test_what_a_folder_holds_beside_pictures_is_told(server: ModelServer, picture: str, tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    (parts / "@eaDir" / "1.png").mkdir(parents=True)
    (parts / "@eaDir" / "1.png" / "SYNOPHOTO_THUMB_M.jpg").write_bytes(b"x")
    (parts / "1.png").write_bytes(Path(picture).read_bytes())
    run = predict("--grpc", server.address, "--model", "tile", "--json", str(parts))
    assert (run.returncode, len(run.stdout.splitlines())) == (0, 1)
    assert run.stderr == f"note: {parts}: passed over: thumbnails: @eaDir\n"
    (parts / "lot").symlink_to(tmp_path / "nowhere")
    run = predict("--grpc", server.address, "--model", "tile", "--json", str(parts))
    assert (run.returncode, len(run.stdout.splitlines())) == (1, 1)
    assert f"error: {parts}/lot: a link to {tmp_path}/nowhere, which is not there" in run.stderr


def test_a_picture_that_takes_too_long_does_not_stop_the_others(server: ModelServer, picture: str) -> None:
    server.gate.clear()
    run = predict("--grpc", server.address, "--model", "tile", "--timeout", "0.5", "--jobs", "2", picture, picture)
    assert run.returncode == 1
    assert run.stderr.count(f"error: {picture}: the model server at") == 2


def test_at_most_so_many_pictures_at_once(server: ModelServer, picture: str) -> None:
    run = predict("--grpc", server.address, "--model", "tile", "--json", "--jobs", "1", *[picture] * 9)
    assert run.returncode == 0
    assert len(run.stdout.splitlines()) == 9


def test_no_server_is_a_sentence_not_a_trace(free_port: int, picture: str) -> None:
    run = predict("--grpc", f"127.0.0.1:{free_port}", "--model", "tile", picture)
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith(f"error: no model server answers at 127.0.0.1:{free_port}")
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--model", "tile", "a.png"],
        ["--grpc", "h:1", "--http", "http://h:1", "--model", "tile", "a.png"],
        ["--grpc", "h:1", "a.png"],
        ["--grpc", "h:1", "--model", "tile", "--json", "--csv", "a.png"],
        ["--grpc", "h:1", "--model", "tile", "--version", "1", "--label", "stable", "a.png"],
        ["--grpc", "h:1", "--model", "tile", "--jobs", "0", "a.png"],
        ["--grpc", "h:1", "--model", "tile"],
        ["--grpc", "h:1", "--model", "tile", "--timeout", "0", "a.png"],
        ["--grpc", "h:1", "--model", "tile", "--version", "0", "a.png"],
        ["--grpc", "", "--model", "tile", "a.png"],
        ["--grpc", "127.0.0.1:99999", "--model", "tile", "a.png"],
        ["--http", "127.0.0.1:8501", "--model", "tile", "a.png"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    run = predict(*arguments)
    assert run.returncode == 2
    assert "Usage:" in run.stderr
