"""A shell with a home of its own, in which what a reader writes is really run, apart from the reader's own files."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aoi_modules.errors import CourseError

SECONDS = 60.0
"""For a script of a few lines."""
SYSTEM = ("/usr/local/bin", "/usr/bin", "/bin")


@dataclass(frozen=True)
class Ran:
    """What a script did.

    Args:
        code: it ended with; 0 says that all went well.
        said: what it printed, errors among it, without the shell's remarks about a missing terminal.
    """

    code: int
    said: str


@dataclass(frozen=True)
class Shell:
    """bash, at home in a folder.

    Args:
        program: its path.
        home: the folder that it takes for its user's.
        path: folders of programs before the system's.
    """

    program: str
    home: Path
    path: Sequence[Path] = ()

    @classmethod
    def at(cls, home: Path, path: Sequence[Path] = ()) -> "Shell":
        """A shell at home in a folder, which is made.

        Raises:
            CourseError: this machine has no bash.
        """
        program = shutil.which("bash")
        if program is None:
            raise CourseError("there is no bash here, in which it could be tried", hint="install bash")
        home.mkdir(parents=True, exist_ok=True)
        return cls(program, home, tuple(path))

    def run(self, script: str, variables: Mapping[str, str] | None = None, seconds: float | None = None) -> Ran:
        """Runs a script, as `bash FILE` would, in the home.

        Args:
            script: its lines.
            variables: that it sees beside HOME and PATH.
            seconds: that it may take; None for those of a few lines.

        Raises:
            CourseError: no end in time.
        """
        return self._ran([self.program, "--noprofile", "--norc", "-c", script], variables or {}, seconds)

    def opened(self, then: str) -> Ran:
        """Opens a new shell, which reads the `.bashrc` of its home, and lets it do something.

        Raises:
            CourseError: no end in time.
        """
        return self._ran([self.program, "--noprofile", "--rcfile", str(self.home / ".bashrc"), "-ic", then], {}, None)

    def _ran(self, command: Sequence[str], variables: Mapping[str, str], seconds: float | None) -> Ran:
        limit = seconds or SECONDS
        environment = {
            "HOME": str(self.home),
            "PATH": ":".join([*map(str, self.path), *SYSTEM]),
            "TERM": "dumb",
            "LC_ALL": "C.UTF-8",
            **variables,
        }
        try:
            done = subprocess.run(
                command,
                cwd=self.home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=limit,
                check=False,
                start_new_session=True,  # else an open shell may stop the process that asks it
            )
        except subprocess.TimeoutExpired:
            raise CourseError(f"the shell did not end within {limit:g} s", hint="does a line wait for a key?") from None
        lines = [line for line in done.stdout.splitlines() if not line.startswith(_NO_TERMINAL)]
        return Ran(done.returncode, "\n".join(lines).strip())


_NO_TERMINAL = ("bash: cannot set terminal process group", "bash: no job control in this shell")
