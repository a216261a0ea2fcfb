"""A line's cameras in the cluster, and what became of each of their pictures."""

import base64
import json
import re
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.gateway.conftest import picture_bytes
from tests.k8s.applied import HOST, authority, machine_key, read, run, tried, until

NAMESPACE = "aoi-cameras"
IMAGE = "aoi/gateway:0.2.0"
CONFINED = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
PERSON = {"runAsNonRoot": True, "runAsUser": 10001, "runAsGroup": 10001, "seccompProfile": {"type": "RuntimeDefault"}}
"""What Pod Security `restricted` asks of a container, and of a pod."""
_KIND = re.compile(r"\d+(\.\d+)*")
"""Numbers in sentences that are alike otherwise."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of a picture: the id of its inspection, or an error.

    Times are of `time.time`; `seconds` count from the moment at which the picture was due.
    """

    due: float
    seconds: float
    again: int
    id: str = ""
    version: int | None = None
    reason: str = ""
    error: str = ""

    @property
    def failed(self) -> bool:
        """Whether there was no answer, or one without a model."""
        return bool(self.error or self.reason)


@dataclass(frozen=True)
class Cameras:
    """Cameras that run: a pod of that name."""

    name: str

    def outcomes(self) -> list[Outcome]:
        """Of all pictures so far, in the order in which they were answered."""
        said = run("-n", NAMESPACE, "logs", self.name)
        return [msgspec.json.decode(line, type=Outcome) for line in said.splitlines() if line.startswith("{")]

    def end(self) -> list[Outcome]:
        """Lets them finish what is under way; the outcomes of all their pictures."""
        run("-n", NAMESPACE, "exec", self.name, "--", "python", "-c", "import os; os.kill(1, 15)")
        until(lambda: read("pod", self.name, "-n", NAMESPACE)["status"]["phase"] != "Running", "the last picture")
        outcomes = self.outcomes()
        assert read("pod", self.name, "-n", NAMESPACE)["status"]["phase"] == "Succeeded", "a camera broke"
        return outcomes


@contextmanager
def cameras(rate: float, *, repeats: bool = False, node: str = "") -> Iterator[Cameras]:
    """Cameras that send so many pictures a second, once the first of them has its answer.

    Args:
        rate: pictures a second of all cameras together.
        repeats: whether a picture without an answer is sent again, with its key.
        node: where the pod is; empty lets the scheduler choose.
    """
    _prepare()
    name = f"cameras-{secrets.token_hex(3)}"
    variables = {
        "RATE": str(rate),
        "REPEATS": "yes" if repeats else "no",
        "RUN": name,
        "GATEWAY": f"https://{HOST}",
        "KEY": machine_key(name),
    }
    container = {
        "name": "cameras",
        "image": IMAGE,
        "command": ["python", "/cameras/camera_pod.py"],
        "env": [{"name": key, "value": value} for key, value in variables.items()],
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "securityContext": CONFINED,
        "volumeMounts": [{"name": "cameras", "mountPath": "/cameras"}],
    }
    spec = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "securityContext": PERSON,
        "containers": [container],
        "volumes": [{"name": "cameras", "configMap": {"name": "cameras"}}],
        **({"nodeSelector": {"kubernetes.io/hostname": node}} if node else {}),
    }
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": NAMESPACE}, "spec": spec}
    run("apply", "-f", "-", text=json.dumps(pod))
    try:
        until(lambda: '"id"' in tried("-n", NAMESPACE, "logs", name).stdout, "the first answer", 300)
        yield Cameras(name)
    finally:
        tried("-n", NAMESPACE, "delete", "pod", name, "--grace-period=1", "--wait=false")


def _prepare() -> None:
    """Makes the namespace, and what the cameras read."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    script = Path(__file__).with_name("camera_pod.py").read_text()
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}
    files = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "cameras", "namespace": NAMESPACE},
        "data": {"camera_pod.py": script, "ca.crt": authority()},
        "binaryData": {"picture.png": base64.b64encode(picture_bytes(size=(320, 240))).decode()},
    }
    for made in (namespace, files):
        run("apply", "-f", "-", text=json.dumps(made))


def told(outcomes: list[Outcome]) -> str:
    """The figures of pictures, and why some failed, for the report of a test."""
    times = sorted(one.seconds for one in outcomes)
    failed = Counter(_KIND.sub("N", one.error or one.reason) for one in outcomes if one.failed)
    span = max(one.due for one in outcomes) - min(one.due for one in outcomes)
    lines = [
        f"{len(outcomes)} pictures, {len(outcomes) / max(span, 1):.0f} a second, {failed.total()} failed, "
        f"{sum(one.again > 0 for one in outcomes)} sent again, half within {times[len(times) // 2]:.2f} s, "
        f"99% within {times[len(times) * 99 // 100]:.1f} s, slowest {times[-1]:.1f} s",
        *(f"  {count} times: {why}" for why, count in failed.most_common()),
    ]
    return "\n".join(lines)
