"""A trainee's own room in a cluster: a namespace with servables in a claim, in which files are applied and asked.

Objects go by the official client, as `aoi k8s` does it; files and ports by kubectl, which alone has both.
"""

import copy
import io
import re
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aoi_modules.cluster.images import is_ours
from aoi_modules.cluster.kustomize import kubectl
from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.cluster.live.reasons import is_ready, why_not_ready
from aoi_modules.cluster.local.building import image_name
from aoi_modules.errors import ClusterError, CourseError
from aoi_modules.serving.launchers.docker import IMAGE

Object = dict[str, Any]
LABEL = "aoi-lesson"
"""On namespaces that lessons make; they remove no other."""
CLAIM = "models"
"""Holds a folder for each component."""
_PULLED = 300.0
"""Seconds for an image to come, or for the cluster to say that it does not."""
_GONE = 300.0
_PAUSE = 0.5
_LISTENS = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+)")
_NO_IMAGE = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName")
_NODE = "kubernetes.io/hostname"


@dataclass
class ClusterRoom:
    """A namespace of one trainee and lesson.

    Args:
        cluster: that has it.
        name: of the namespace.
        image: of a model server that the nodes get: the original, or ours, which takes its place.
        node: where the claim is, which one node may write; pods go there.
    """

    cluster: Cluster
    name: str
    image: str = IMAGE
    node: str = ""

    @classmethod
    def open(cls, context: str, name: str, lesson: str, models: Path, node: str = "") -> "ClusterRoom":
        """Makes a room in the cluster of a context, with servables in its claim; what an earlier try left is gone.

        Args:
            context: of the reader's kubeconfig; empty: in none, whatever could be reached.
            name: of the namespace.
            lesson: that makes it.
            models: with a folder for each component.
            node: in which its pods run; empty: the cluster chooses.

        Raises:
            CourseError: no cluster was named, it does not answer or refuses, it gets no image of a model server, or the
                namespace is somebody else's.
        """
        if not context:
            raise CourseError("no cluster was named", hint="write the name of a context into the parameters above")
        try:
            kubectl()
            room = cls(Cluster(context), name, node=node)
            room.remove()
            labels = {LABEL: lesson}
            room.cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
            try:
                room.deliver(models)
            except BaseException:
                room.remove()
                raise
        except ClusterError as error:
            raise CourseError(error.message, hint=error.hint) from None
        return room

    def remove(self) -> None:
        """Takes the namespace away with all that is in it, if a lesson made it, and waits until it is gone.

        Raises:
            CourseError: a namespace of that name is no lesson's, or does not go.
        """
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.name}}
        found = self.cluster.found(namespace)
        if found is None:
            return
        if LABEL not in found["metadata"].get("labels", {}):
            raise CourseError(f"namespace {self.name}: no lesson made it", hint="ask whose it is")
        self.cluster.delete(namespace)
        if not _soon(lambda: self.cluster.found(namespace) is None, _GONE):
            raise CourseError(f"namespace {self.name}: it does not go", hint=f"kubectl describe namespace {self.name}")

    @property
    def told(self) -> str:
        """The cluster and the image, as people say them."""
        stands_for = "" if self.image == IMAGE else f" with {self.image}, which stands for {IMAGE} here,"
        return f"Kubernetes {self.cluster.version()}{stands_for}"

    def deliver(self, models: Path, size: str = "1Gi") -> None:
        """Makes the claim, and copies the servables of a folder into it.

        Args:
            models: with a folder for each component.
            size: of the claim.

        Raises:
            CourseError: the cluster gets neither image of a model server, or the copy fails.
        """
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
        claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": CLAIM}, "spec": spec}
        self.apply([claim])
        why = ""
        for number, image in enumerate((IMAGE, image_name("model-server")), 1):
            self.image = image
            if not (why := self._carried(models, f"bearer-{number}")):
                return
        raise CourseError(f"no image of a model server comes: {why}", hint=f"push one of ours: {self.image}")

    def apply(self, objects: Sequence[Mapping[str, Any]]) -> None:
        """Applies objects in this namespace; pods go where the claim is, with an image that comes there.

        Raises:
            ClusterError: the cluster refuses; with its own words.
        """
        for one in objects:
            self.cluster.apply(self._placed(one), force=True)

    def take_away(self, objects: Sequence[Mapping[str, Any]]) -> None:
        """Deletes objects of this namespace, and what they made."""
        for one in objects:
            self.cluster.delete(self._placed(one))

    def wait(self, deployment: str, seconds: float) -> str:
        """Waits until all pods of a Deployment are ready; gives why they are not, empty where they are."""

        def ready() -> bool:
            found = self.cluster.get("apps/v1", "Deployment", deployment, self.name) or {"spec": {}}
            status, wanted = found.get("status", {}), found["spec"].get("replicas", 1)
            seen = status.get("observedGeneration") == found.get("metadata", {}).get("generation")
            return bool(seen and status.get("readyReplicas", 0) == status.get("updatedReplicas", 0) == wanted)

        return "" if _soon(ready, seconds) else self._why(deployment)

    @contextmanager
    def forwarded(self, service: str, port: int) -> Iterator[str]:
        """Lends a port of this machine that leads to a Service: `127.0.0.1:PORT`.

        Raises:
            CourseError: kubectl does not come through.
        """
        words = ["port-forward", f"service/{service}", f":{port}", "--address=127.0.0.1"]
        command = self._kubectl(*words)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            try:
                said = process.stdout.readline() if process.stdout else ""
                found = _LISTENS.search(said)
                if found is None:
                    raise CourseError(f"kubectl port-forward: {said.strip() or 'it ended'}")
                yield f"127.0.0.1:{found[1]}"
            finally:
                process.terminate()

    def _kubectl(self, *words: str) -> list[str]:
        return [kubectl(), f"--namespace={self.name}", f"--context={self.cluster.context}", *words]

    def _placed(self, written: Mapping[str, Any]) -> Object:
        """An object in this namespace; its pods where the claim is, and with an image that this cluster gets."""
        one: Object = copy.deepcopy(dict(written))
        one["metadata"] = {**one["metadata"], "namespace": self.name}
        pod = one["spec"]["template"]["spec"] if one["kind"] == "Deployment" else one.get("spec", {})
        if "containers" in pod:
            if self.node:
                pod["nodeSelector"] = {_NODE: self.node}
            for container in pod["containers"]:
                if container["image"].removeprefix("docker.io/") == IMAGE and is_ours(self.image):
                    container["image"] = self.image
        return one

    def _carried(self, models: Path, name: str) -> str:
        """Copies servables into the claim by a pod of the server's image; gives why not, empty where it did."""
        pod = _bearer(self.image, name)
        self.apply([pod])
        try:
            _soon(lambda: self._state(name)[0] == "Running" or self._state(name)[1] in _NO_IMAGE, _PULLED)
            phase, reason = self._state(name)
            if phase != "Running":
                return f"{self.image}: {reason or phase}"
            self.node = self.node or str(self._pod(name)["spec"]["nodeName"])
            words = ("exec", "--stdin", name, "--", "tar", "--extract", "--file=-", f"--directory=/{CLAIM}")
            done = subprocess.run(self._kubectl(*words), input=_packed(models), capture_output=True, check=False)
            if done.returncode != 0:
                raise CourseError(f"the servables do not come into the claim: {done.stderr.decode().strip()[-300:]}")
        finally:
            self.take_away([pod])
        return ""

    def _pod(self, name: str) -> Object:
        return self.cluster.get("v1", "Pod", name, self.name) or {}

    def _state(self, name: str) -> tuple[str, str]:
        """A pod's phase, and why its container waits."""
        status = self._pod(name).get("status", {})
        waiting = [one.get("state", {}).get("waiting", {}) for one in status.get("containerStatuses", [])]
        return status.get("phase", ""), next((one.get("reason", "") for one in waiting), "")

    def _why(self, deployment: str) -> str:
        """Why pods of a Deployment are not ready: the condition, event or line of a log that says it."""
        events = self.cluster.listed("v1", "Event", self.name)
        pods = [one for one in self.cluster.listed("v1", "Pod", self.name) if _is_of(one, deployment)]
        for pod in (one for one in pods if not is_ready(one)):
            name = pod["metadata"]["name"]
            about = [one for one in events if one.get("involvedObject", {}).get("name") == name]

            def log(container: str, previous: bool, pod: str = name) -> list[str]:
                return self.cluster.log(self.name, pod, container, lines=20, previous=previous)

            if said := why_not_ready(pod, about, log):
                return said
        refused = [one["message"] for one in events if one.get("reason") == "FailedCreate"]
        return refused[-1] if refused else f"{sum(map(is_ready, pods))} of {len(pods)} are ready"


def _is_of(pod: Object, deployment: str) -> bool:
    return str(pod["metadata"]["name"]).startswith(f"{deployment}-")


def _bearer(image: str, name: str) -> Object:
    """The pod that may write, by which the servables come into the claim."""
    confined = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    container = {
        "name": name,
        "image": image,
        "command": ["sleep", "600"],
        "securityContext": confined,
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "256Mi"}},
        "volumeMounts": [{"name": CLAIM, "mountPath": f"/{CLAIM}"}],
    }
    person = {"runAsNonRoot": True, "runAsUser": 10001, "runAsGroup": 10001, "fsGroup": 10001}
    spec = {
        "containers": [container],
        "volumes": [{"name": CLAIM, "persistentVolumeClaim": {"claimName": CLAIM}}],
        "securityContext": {**person, "seccompProfile": {"type": "RuntimeDefault"}},
        "terminationGracePeriodSeconds": 0,
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def _packed(models: Path) -> bytes:
    """The servables of a folder, as tar writes them."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as packed:
        for path in sorted(models.iterdir()):
            packed.add(path, path.name, filter=_for_everybody)
    return file.getvalue()


def _for_everybody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Readable by whoever the server is."""
    member.mode |= 0o755 if member.isdir() else 0o644
    member.uid = member.gid = 10001
    return member


def _soon(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether something comes about in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE)
    return True
