"""kubectl at work for a lesson: asked with the very words that a reader types, and of a cluster where one answers."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import msgspec

from aoi_modules.cluster.kustomize import kubectl as program_here
from aoi_modules.errors import ClusterError, CourseError

SHORT = 60.0
"""Seconds for what a cluster answers at once."""
LOOK = 30.0
"""Seconds for a cluster to say which version it is."""


@dataclass(frozen=True)
class Kubectl:
    """kubectl, and the cluster that it speaks to.

    Args:
        program: its path.
        context: the cluster's name in the reader's kubeconfig.
        name: the cluster's version, as people say it: `Kubernetes v1.37.1`.
    """

    program: Path
    context: str
    name: str

    @classmethod
    def find(cls, context: str) -> "Kubectl":
        """The cluster of a context, if it answers.

        Args:
            context: in which a lesson may make namespaces of its own; empty: in none, whatever kubectl could reach.

        Raises:
            CourseError: none was named, there is no kubectl, or no cluster answers; in words that a report can hold.
        """
        if not context:
            raise CourseError("no cluster was named", hint="write the name of a context into the parameters above")
        try:
            program = Path(program_here())
        except ClusterError as error:
            raise CourseError("there is no kubectl here", hint=error.hint) from None
        done = ask(program, "version", "--output=json", f"--context={context}", seconds=LOOK)
        found = _versions(done.stdout)
        if found.server is None:
            raise CourseError(f"no cluster answers: {last_line(done)}", hint="kubectl config get-contexts")
        return cls(program, context, f"Kubernetes {found.server.git}")

    @staticmethod
    def current() -> str:
        """The context that kubectl would take by itself; empty where there is none."""
        return ask(Path(program_here()), "config", "current-context").stdout.strip()

    def ask(
        self, *words: str, given: str | None = None, seconds: float = SHORT, editor: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """What the cluster says to these words, whether it agrees or refuses.

        Args:
            words: behind `kubectl`.
            given: what is handed in, for `--filename=-`.
            seconds: to wait for the answer.
            editor: for `kubectl edit`; what changes the file that it is given.

        Raises:
            CourseError: there is no answer in time.
        """
        return ask(self.program, *words, f"--context={self.context}", given=given, seconds=seconds, editor=editor)

    def wanted(self, *words: str, given: str | None = None, seconds: float = SHORT) -> str:
        """What the cluster says to words that it has to agree to.

        Raises:
            CourseError: it refuses; with its own words.
        """
        done = self.ask(*words, given=given, seconds=seconds)
        if done.returncode != 0:
            raise CourseError(last_line(done))
        return done.stdout


class _Git(msgspec.Struct):
    git: str = msgspec.field(name="gitVersion")


class _Versions(msgspec.Struct):
    client: _Git | None = msgspec.field(default=None, name="clientVersion")
    server: _Git | None = msgspec.field(default=None, name="serverVersion")


def client_version(program: Path) -> str:
    """The version of a kubectl itself, such as `v1.37.1`; empty where it does not say."""
    found = _versions(ask(program, "version", "--client", "--output=json", seconds=LOOK).stdout)
    return found.client.git if found.client else ""


def ask(
    program: Path, *words: str, given: str | None = None, seconds: float = SHORT, editor: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Runs a kubectl.

    Args:
        program: its path.
        words: behind it.
        given: what it reads.
        seconds: to wait for it.
        editor: for `kubectl edit`; what changes the file that it is given.

    Raises:
        CourseError: no end in time.
    """
    try:
        return subprocess.run(
            [*(["env", f"KUBE_EDITOR={editor}"] if editor else []), str(program), *words],
            input=given or "",
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        asked = " ".join(words[:2])
        raise CourseError(f"kubectl {asked}: no end within {seconds:g} s", hint="kubectl get nodes") from None


def last_line(done: "subprocess.CompletedProcess[str]") -> str:
    """What kubectl said last: the reason, where it refused."""
    lines = [line.strip() for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
    return lines[-1].removeprefix("error: ") if lines else "it said nothing"


def _versions(text: str) -> _Versions:
    try:
        return msgspec.json.decode(text.encode(), type=_Versions)
    except msgspec.DecodeError:
        return _Versions()
