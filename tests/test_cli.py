"""`aoi` itself: help without imports, errors as sentences, exit codes as shells have them."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from aoi_modules.cli import COMMANDS, EXTRAS, LazyGroup, aoi
from aoi_modules.errors import STOPPED

MAIN = "from aoi_modules.cli import main; main()"
FULL = Path("/dev/full")


def run(code: str, *arguments: str, folder: Path, **options: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=folder, stderr=subprocess.PIPE, text=True, timeout=240, **options
    )


@pytest.mark.parametrize(("process", "code"), [(1, 0), (4711, -signal.SIGTERM)])
def test_process_1_of_a_container_is_stopped_as_by_ctrl_c(process: int, code: int, tmp_path: Path) -> None:
    """The kernel gives process 1 no signal for which it has no handler."""
    stop = (
        "import os, signal, sys, time; from aoi_modules.cli import stop_as_process\n"
        "stop_as_process(int(sys.argv[1]))\n"
        "try:\n    os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)\nexcept KeyboardInterrupt:\n    sys.exit(0)"
    )
    assert run(stop, str(process), folder=tmp_path).returncode == code


def test_help_lists_every_command_and_imports_none(tmp_path: Path) -> None:
    code = (
        "import sys; from click.testing import CliRunner; from aoi_modules.cli import aoi\n"
        "print(CliRunner().invoke(aoi, ['--help']).output)\n"
        "print(*sys.modules)"
    )
    done = run(code, folder=tmp_path, stdout=subprocess.PIPE)
    for name, (_, text) in COMMANDS.items():
        assert f"  {name} " in done.stdout
        assert text in done.stdout
    imported = set(done.stdout.splitlines()[-1].split())
    assert "aoi_modules.cli" in imported
    assert not imported & {f"aoi_modules.commands.{module}" for module, _ in COMMANDS.values()}


@pytest.mark.parametrize(
    "module", ["export", "merge", "asking.predict", "asking.watch", "servable", "gateway", "course"]
)
def test_help_waits_for_no_numbers(module: str, tmp_path: Path) -> None:
    done = run(
        f"import sys, aoi_modules.commands.{module}; print(*sys.modules)", folder=tmp_path, stdout=subprocess.PIPE
    )
    assert not {"numpy", "PIL", "tensorflow"} & set(done.stdout.split())
    assert f"aoi_modules.commands.{module}" in done.stdout.split()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there(name: str) -> None:
    command = aoi.get_command(click.Context(aoi), name)
    assert isinstance(command, click.Command)


def test_an_unknown_command_is_wrong_usage() -> None:
    done = CliRunner().invoke(aoi, ["paint"])
    assert done.exit_code == 2
    assert "No such command 'paint'" in done.output


def test_an_error_of_ours_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "curriculum.yml").write_text("items: 3")
    done = run(MAIN, "course", "status", folder=tmp_path, stdout=subprocess.PIPE)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {tmp_path}/curriculum.yml: ")


@pytest.mark.parametrize(("package", "verb"), [("nbformat", ["start", "own"]), ("psutil", ["run"])])
def test_a_missing_package_names_its_extra(package: str, verb: list[str], tmp_path: Path) -> None:
    code = f"import sys; sys.modules[{package!r}] = None; {MAIN}"
    done = run(code, "course", *verb, folder=tmp_path, stdout=subprocess.PIPE)
    assert done.returncode == 1
    assert f"needs the package {package}, which is not installed" in done.stderr
    assert f"pip install 'aoi-academy[{EXTRAS[package]}]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_another_missing_module_is_a_bug_and_shown_as_one(tmp_path: Path) -> None:
    code = f"import sys; sys.modules['msgspec'] = None; {MAIN}"
    done = run(code, "course", "status", folder=tmp_path, stdout=subprocess.PIPE)
    assert done.returncode == 1
    assert "ModuleNotFoundError" in done.stderr


def test_ctrl_c_ends_with_a_word_and_the_exit_code_of_shells() -> None:
    @click.command
    def wait() -> None:
        raise KeyboardInterrupt

    class Waiting(LazyGroup):
        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            return wait

    done = CliRunner().invoke(Waiting("aoi"), ["wait"])
    assert done.exit_code == STOPPED == 130
    assert done.output.strip() == "stopped"


@pytest.mark.skipif(not FULL.exists(), reason="there is no device that is always full")
def test_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    with FULL.open("w") as full:
        done = run(MAIN, "data", "list", folder=tmp_path, stdout=full)
    assert done.returncode == 1
    assert done.stderr == "error: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("OSError(28, 'No space left on device', '/data/x.npy')", "error: /data/x.npy: No space left on device\n"),
        ("OSError(28, 'No space left on device')", "error: a file, in failing: No space left on device\n"),
        ("PermissionError(13, 'Permission denied', '/data')", "error: /data: Permission denied\n"),
    ],
)
def test_an_error_of_the_system_is_a_sentence_about_its_own_file(tmp_path: Path, error: str, said: str) -> None:
    (tmp_path / "failing.py").write_text(f"import click\n@click.command()\ndef command():\n    raise {error}\n")
    start = (
        "import sys; sys.argv[0] = 'aoi'; sys.path.insert(0, '.'); import failing; "
        "sys.modules['aoi_modules.commands.doctor'] = failing; from aoi_modules.cli import main; main()"
    )
    done = run(start, "doctor", folder=tmp_path)
    assert (done.returncode, done.stderr) == (1, said)
