"""A trainee's own namespace in a cluster: made for a lesson, and taken away with all that is in it."""

import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from aoi_modules.cluster.live.reasons import Object, why_not_ready
from aoi_modules.errors import CourseError
from aoi_modules.study.clusters.kubectl import Kubectl, last_line

LABEL = "aoi-lesson=2"
"""On all namespaces that the lesson makes; it removes no other."""
START = 120.0
"""Seconds for a pod to become ready, its image included."""
GONE = 300.0
"""Seconds for a namespace to go with all that is in it."""
OPEN = 30.0
"""Seconds for a program behind a Service to answer."""
LOOK = 3.0
"""Seconds for one way to it to answer."""
_LISTENS = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+)")


@dataclass(frozen=True)
class Room:
    """A namespace of one trainee.

    Args:
        kubectl: of the cluster.
        name: of the namespace.
    """

    kubectl: Kubectl
    name: str

    def make(self) -> None:
        """Makes it; one that is there from an earlier try is fine.

        Raises:
            CourseError: the cluster refuses, or a namespace of that name is not this lesson's.
        """
        done = self.kubectl.ask("create", "namespace", self.name)
        if done.returncode == 0:
            self.kubectl.wanted("label", "namespace", self.name, LABEL)
        elif self.name not in self.kubectl.wanted("get", "namespaces", f"--selector={LABEL}", "--output=name"):
            raise CourseError(last_line(done), hint=f"look at it: kubectl describe namespace {self.name}")

    def remove(self, *, wait: bool = True) -> bool:
        """Takes it away if the lesson made it, and waits until it is gone if wanted; says whether there was one."""
        made = self.kubectl.ask("get", "namespaces", f"--selector={LABEL}", "--output=name").stdout.split()
        if f"namespace/{self.name}" not in made:
            return False
        words = [f"--timeout={GONE:g}s"] if wait else ["--wait=false"]
        self.kubectl.ask("delete", "namespace", self.name, *words, seconds=GONE + 30)
        return True

    def ask(self, *words: str, given: str | None = None, seconds: float = 60.0) -> "subprocess.CompletedProcess[str]":
        """Asks kubectl about this namespace."""
        return self.kubectl.ask(*words, f"--namespace={self.name}", given=given, seconds=seconds)

    def apply(self, text: str) -> str:
        """Applies a file; gives what the cluster says about it.

        Raises:
            CourseError: the cluster refuses; with its own words.
        """
        done = self.ask("apply", "--filename=-", given=text)
        if done.returncode != 0:
            raise CourseError(last_line(done))
        return done.stdout

    def wait(self, deployment: str, seconds: float = START) -> str:
        """Waits until a Deployment is ready; gives why it is not, empty where it is."""
        done = self.ask(
            "rollout", "status", f"deployment/{deployment}", f"--timeout={seconds:g}s", seconds=seconds + 30
        )
        return "" if done.returncode == 0 else self.why(deployment) or last_line(done)

    def why(self, deployment: str) -> str:
        """Why pods of a Deployment are not ready: the condition, event or line of a log that says it."""
        pods = [one for one in self.listed("pods") if one["metadata"]["name"].startswith(f"{deployment}-")]
        events = self.listed("events")
        for pod in pods:
            name = pod["metadata"]["name"]
            about = [one for one in events if one.get("involvedObject", {}).get("name") == name]

            def log(container: str, previous: bool, pod: str = name) -> list[str]:
                words = ["--previous"] if previous else []
                return self.ask("logs", pod, f"--container={container}", "--tail=20", *words).stdout.splitlines()

            if said := why_not_ready(pod, about, log):
                return said
        return ""

    def listed(self, kinds: str) -> list[Object]:
        """All objects of a kind."""
        done = self.ask("get", kinds, "--output=json")
        if done.returncode != 0 or not done.stdout.strip():
            return []
        found: list[Object] = msgspec.json.decode(done.stdout.encode())["items"]
        return found

    @contextmanager
    def forwarded(self, service: str, port: int) -> Iterator[str]:
        """Lends a port of this machine that leads to a Service; gives its address.

        Raises:
            CourseError: kubectl does not come through.
        """
        line = ["port-forward", f"service/{service}", f":{port}", "--address=127.0.0.1", f"--namespace={self.name}"]
        line.append(f"--context={self.kubectl.context}")
        command = [str(self.kubectl.program), *line]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            try:
                said = process.stdout.readline() if process.stdout else ""
                found = _LISTENS.search(said)
                if found is None:
                    raise CourseError(f"kubectl port-forward: {said.strip() or 'it ended'}")
                yield f"http://127.0.0.1:{found[1]}"
            finally:
                process.terminate()

    def answer(self, service: str, port: int, path: str, seconds: float = OPEN) -> int:
        """The HTTP status of a path behind a Service, once a program answers there.

        A way that ends, because nobody listens at its other end yet, is opened again.

        Raises:
            CourseError: nobody answers in time.
        """
        until = time.monotonic() + seconds
        while True:
            try:
                with self.forwarded(service, port) as address:
                    return answer_of(f"{address}{path}", LOOK)
            except CourseError:
                if time.monotonic() > until:
                    raise
                time.sleep(1)


def answer_of(address: str, seconds: float = LOOK) -> int:
    """The HTTP status of an address, once it answers at all.

    Raises:
        CourseError: nobody answers in time.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return int(error.code)
        except OSError as error:
            if time.monotonic() > until:
                raise CourseError(f"{address.partition('?')[0]}: {error}") from None
            time.sleep(0.3)


def tidy(kubectl: Kubectl, name: str) -> int:
    """Takes away all namespaces of a trainee that the lesson made; gives their number."""
    made = kubectl.ask("get", "namespaces", f"--selector={LABEL}", "--output=name").stdout.split()
    own = [one.removeprefix("namespace/") for one in made]
    return sum(Room(kubectl, one).remove(wait=False) for one in own if one == name or one.startswith(f"{name}-"))
