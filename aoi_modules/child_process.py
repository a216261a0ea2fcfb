"""Programs as child processes: each ends with its parent and keeps a log, and ours say when they are ready.

Lessons and tests start real servers with it. The child watches a pipe that only its parent holds: when the parent
ends, for whatever reason, the pipe closes and the child stops as if it were told to. That works on every system and
from every thread, which a parent-death signal does not.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from aoi_modules.closing import Closing
from aoi_modules.errors import AoiError, Argument, SettingsError

# What the child runs: `aoi ARGUMENTS`, on the interpreter and package of the parent.
_START = (
    "import sys; sys.argv[0] = 'aoi'; "
    "from aoi_modules.child_process import follow_parent; follow_parent(); "
    "from aoi_modules.cli import main; main()"
)
# The same for a program that knows nothing of its parent.
_GUARD = "import sys; from aoi_modules.child_process import guard; sys.exit(guard(sys.argv[1:]))"
STOP_SECONDS = 15.0
"""How long a child may take to finish its work before it is killed."""
_POLL_SECONDS = 0.02
_PR_SET_PDEATHSIG = 1


def aoi_command(arguments: Sequence[str]) -> list[str]:
    """The command by which `aoi ARGUMENTS` is a child that ends with its parent."""
    return [sys.executable, "-c", _START, *arguments]


def guarded(command: Sequence[str]) -> list[str]:
    """The command by which another program is a child that ends with its parent."""
    return [sys.executable, "-c", _GUARD, *command]


class Child(Closing):
    """A program as a child process that ends with its parent; a context manager that stops it.

    It is there as soon as it was started; whoever started it looks whether it is ready.

    Args:
        command: of the child, as `aoi_command` or `guarded` gives it.
        log_file: takes what the child prints, from the beginning.
        environment: of the child; None gives it that of this process.

    Attributes:
        log_file: standard output and standard error of the child.
    """

    def __init__(self, command: Sequence[str], log_file: Path, environment: Mapping[str, str] | None = None) -> None:
        self.log_file = log_file
        with log_file.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,  # Ctrl-C in a notebook or terminal is the parent's to handle
            )

    @property
    def pid(self) -> int:
        """The process id, for tools that measure."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """With which the child ended; None while it runs."""
        return self._process.poll()

    def log_tail(self, lines: int = 20) -> str:
        """The last lines that the child printed."""
        try:
            return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""

    def running(self) -> bool:
        """Whether the child has not ended yet."""
        return self.exit_code is None

    def wait(self, seconds: float | None = None) -> int:
        """Waits until the child has ended by itself; returns its exit code.

        Raises:
            subprocess.TimeoutExpired: it did not in so many seconds.
        """
        return self._process.wait(seconds)

    def ask_to_stop(self) -> None:
        """Asks the child to finish its work, and waits for nothing."""
        if self.running():
            self._process.send_signal(signal.SIGTERM)

    def stop(self, seconds: float = STOP_SECONDS) -> int:
        """Asks the child to finish its work, kills it if it does not; returns its exit code."""
        self.ask_to_stop()
        return self.wait_or_kill(seconds)

    def wait_or_kill(self, seconds: float = STOP_SECONDS) -> int:
        """Waits until the child has ended, kills it if it does not in time; returns its exit code."""
        try:
            return self.wait(seconds)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """Ends the child at once, as a crash or an out-of-memory killer would; returns its exit code."""
        self._process.kill()
        return self._process.wait(STOP_SECONDS)

    def close(self) -> None:
        """Stops the child; its log stays."""
        if self.running():
            self.stop()
        if self._process.stdin is not None:
            self._process.stdin.close()


class ChildProcess(Child):
    """`aoi ARGUMENTS` as a child process that is ready when it is there; a context manager that stops it.

    Args:
        arguments: of the `aoi` command, without `aoi`; the command must know `--ready_file`, which is added.
        ready_seconds: how long the child may take until it is ready.

    Attributes:
        ports: what the child wrote to its ready file, for example `{"grpc": 8500}`.

    Raises:
        AoiError: the child ended or was not ready in time; the message holds the end of its log.
    """

    def __init__(self, arguments: Sequence[str], *, ready_seconds: float = 120.0) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="aoi-")
        self._ready_file = Path(self._folder.name) / "ready.json"
        self.arguments = [*arguments, "--ready_file", str(self._ready_file)]
        super().__init__(aoi_command(self.arguments), Path(self._folder.name) / "log")
        try:
            self.ports = self._wait_until_ready(ready_seconds)
        except BaseException:
            self.kill()
            self.close()
            raise

    def close(self) -> None:
        """Stops the child and removes its log."""
        super().close()
        self._folder.cleanup()

    def _wait_until_ready(self, seconds: float) -> dict[str, int]:
        end = time.monotonic() + seconds
        while not self._ready_file.is_file():
            if not self.running():
                raise self._failure(f"ended with exit code {self.exit_code} before it was ready")
            if time.monotonic() > end:
                raise self._failure(f"was not ready within {seconds:g} s")
            time.sleep(_POLL_SECONDS)
        ports: dict[str, int] = json.loads(self._ready_file.read_text())
        return ports

    def _failure(self, what: str) -> AoiError:
        command = " ".join(["aoi", *self.arguments[:-2]])
        return AoiError(f"{command}: {what}. The end of its log:\n{self.log_tail()}", hint=f"run it by hand: {command}")


def write_ready_file(path: Path, ports: dict[str, int]) -> None:
    """Says that a server is ready, and on which ports. Written whole or not at all.

    Raises:
        SettingsError: the file cannot be written.
    """
    staging = path.with_name(f"{path.name}.{os.getpid()}.staging")
    try:
        staging.write_text(json.dumps(ports))
        staging.replace(path)
    except OSError as error:
        wrong = Argument("ready_file", path)
        raise SettingsError(f"{wrong}: cannot be written: {error.strerror}", arguments=[wrong]) from None


def check_ready_file(path: Path) -> None:
    """Looks before the models load, which may take long, whether the ready file has a place.

    Raises:
        SettingsError: it has none.
    """
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        wrong = Argument("ready_file", path)
        raise SettingsError(f"{wrong}: expected a file's name in a folder that can be written to", arguments=[wrong])


def follow_parent(stop_seconds: float = STOP_SECONDS) -> None:
    """Lets this process stop when its parent, who holds the other end of standard input, is gone.

    Call it first, in the main thread. It also gives SIGINT its default back. A parent that ignores it, such as a job in
    a shell's background, hands that down. But this process has a session of its own, so SIGINT is meant for it alone.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(stop_seconds)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="follow-parent", daemon=True).start()


def guard(command: Sequence[str]) -> int:
    """Runs a program until it ends, until this process is told to stop, or until its parent is gone.

    Returns:
        The program's exit code; of one that a signal ended, the code of shells.

    Raises:
        OSError: it cannot be started.
    """
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent) as program:

        def pass_on(number: int, _frame: object) -> None:
            program.send_signal(number)

        follow_parent()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, pass_on)
        code = program.wait()
    return code if code >= 0 else 128 - code


def _die_with_parent() -> None:
    """On Linux the system ends the program with its guard, though the guard be killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
