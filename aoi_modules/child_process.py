"""An `aoi` command as a child process. It says when it is ready, ends with its parent, and keeps a log.

Lessons and tests start real servers with it. The child watches a pipe that only its parent holds: when the parent
ends, for whatever reason, the pipe closes and the child stops as if it were told to. That works on every system and
from every thread, which a parent-death signal does not.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from aoi_modules.closing import Closing
from aoi_modules.errors import AoiError, Argument, SettingsError

# What the child runs: `aoi ARGUMENTS`, on the interpreter and package of the parent.
_START = (
    "import sys; sys.argv[0] = 'aoi'; "
    "from aoi_modules.child_process import follow_parent; follow_parent(); "
    "from aoi_modules.cli import main; main()"
)
STOP_SECONDS = 15.0
"""How long a child may take to finish its work before it is killed."""
_POLL_SECONDS = 0.02


class ChildProcess(Closing):
    """`aoi ARGUMENTS` as a child process; a context manager that stops it.

    Args:
        arguments: of the `aoi` command, without `aoi`; the command must know `--ready_file`, which is added.
        ready_seconds: how long the child may take until it is ready.

    Attributes:
        ports: what the child wrote to its ready file, for example `{"grpc": 8500}`.
        log_file: standard output and standard error of the child.

    Raises:
        AoiError: the child ended or was not ready in time; the message holds the end of its log.
    """

    def __init__(self, arguments: Sequence[str], *, ready_seconds: float = 120.0) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="aoi-")
        self.log_file = Path(self._folder.name) / "log"
        self._ready_file = Path(self._folder.name) / "ready.json"
        self.arguments = [*arguments, "--ready_file", str(self._ready_file)]
        with self.log_file.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, *self.arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in a notebook or terminal is the parent's to handle
            )
        try:
            self.ports = self._wait_until_ready(ready_seconds)
        except BaseException:
            self.kill()
            self.close()
            raise

    @property
    def pid(self) -> int:
        """The process id, for tools that measure."""
        return self._process.pid

    def log_tail(self, lines: int = 20) -> str:
        """The last lines that the child printed."""
        try:
            return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""

    def running(self) -> bool:
        """Whether the child has not ended yet."""
        return self._process.poll() is None

    def stop(self, seconds: float = STOP_SECONDS) -> int:
        """Asks the child to finish its work, kills it if it does not; returns its exit code."""
        if self.running():
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """Ends the child at once, as a crash or an out-of-memory killer would; returns its exit code."""
        self._process.kill()
        return self._process.wait(STOP_SECONDS)

    def close(self) -> None:
        """Stops the child and removes its log."""
        if self.running():
            self.stop()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._folder.cleanup()

    def _wait_until_ready(self, seconds: float) -> dict[str, int]:
        end = time.monotonic() + seconds
        while not self._ready_file.is_file():
            if not self.running():
                raise self._failure(f"ended with exit code {self._process.returncode} before it was ready")
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
