"""What gateways that were scaled away left on their claims, stored by a Job for each."""

import copy
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from aoi_modules.cluster.live.applying import delete_and_wait
from aoi_modules.cluster.live.connection import Cluster
from aoi_modules.cluster.live.standing import LOG_LINES, Standing, standings
from aoi_modules.cluster.live.waiting import LOOK_SECONDS
from aoi_modules.cluster.policies.pods import name_of, namespace_of
from aoi_modules.errors import ClusterError

Object = dict[str, Any]
SPOOL = "spool"
"""The template of the claims of gateways."""
APP = "gateway-empty"
"""What the pods are called by which policies of the network know them."""
_KEPT_FLAGS = ("--results=", "--routes=", "--pictures=")
"""Of the gateway: where its things are."""
_ENDED = ("Succeeded", "Failed")
_KEPT_SECONDS = 24 * 3600
"""So long an ended Job may be looked at."""
_MARGIN_SECONDS = 300
"""For the image, and for the claim to come."""


@dataclass(frozen=True)
class Left:
    """A claim that no gateway has any more.

    Args:
        namespace: of it.
        claim: its name.
        owner: the StatefulSet whose gateway had it, as the cluster has it.
        used_by: the pod that has it still, such as a gateway that ends just now; empty for none.
    """

    namespace: str
    claim: str
    owner: Object
    used_by: str = ""


@dataclass(frozen=True)
class Emptied:
    """What became of one.

    Args:
        left: the claim.
        done: whether nothing is left on it.
        said: by the Job, or why it did not come to its end.
    """

    left: Left
    done: bool
    said: str


def left_claims(cluster: Cluster, objects: Sequence[Object]) -> list[Left]:
    """Claims of gateways whose number is beyond those that are to run now.

    Args:
        cluster: in which they are.
        objects: of the overlay, as they were applied.

    Raises:
        ClusterError: the cluster does not answer, or does not allow to look.
    """
    return [one for written in _gateways(objects) for one in _left_by(cluster, written)]


def empty_claims(
    cluster: Cluster, found: Sequence[Left], seconds: float, said: Callable[[str], None] = lambda line: None
) -> list[Emptied]:
    """Starts a Job for each claim that no pod uses, which stores what is on it; waits for all. No claim is deleted.

    Args:
        cluster: in which they are.
        found: the claims.
        seconds: that each Job may take to store.
        said: learns in a line what is being done.

    Raises:
        ClusterError: the cluster refuses a Job, or does not answer.
    """
    free = [one for one in found if not one.used_by]
    jobs = [job_for(one, seconds) for one in free]
    for one, job in zip(free, jobs, strict=True):
        delete_and_wait(cluster, job)
        cluster.apply(job)
        said(f"{name_of(job)}: stores what is on {one.claim}")
    ended = _wait(cluster, jobs, seconds + _MARGIN_SECONDS)
    emptied = [
        Emptied(one, standing.ready, _last_line(cluster, job) if standing.ready else standing.why)
        for one, job, standing in zip(free, jobs, ended, strict=True)
    ]
    busy = [one for one in found if one.used_by]
    return [*emptied, *(Emptied(one, False, f"{one.used_by} uses it; try again when that has ended") for one in busy)]


def job_for(left: Left, seconds: float) -> Object:
    """The Job that stores what is on a claim: the gateway's own image, account and secrets, and no door.

    Raises:
        ClusterError: the StatefulSet has no gateway whose results lie on the claim.
    """
    template = left.owner["spec"]["template"]
    pod = copy.deepcopy(template["spec"])
    container = _storing(pod["containers"], left, seconds)
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    claim = {"name": SPOOL, "persistentVolumeClaim": {"claimName": left.claim}}
    spec = {name: pod[name] for name in _OF_THE_POD if name in pod}
    labels = {
        **template["metadata"].get("labels", {}), "app.kubernetes.io/name": APP, "app.kubernetes.io/component": APP,
        "app.kubernetes.io/part-of": "aoi", "app.kubernetes.io/managed-by": "aoi-k8s",
    }  # fmt: skip
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": f"empty-{left.claim}", "namespace": left.namespace, "labels": labels},
        "spec": {
            "backoffLimit": 2,
            "activeDeadlineSeconds": int(seconds) + _MARGIN_SECONDS,
            "ttlSecondsAfterFinished": _KEPT_SECONDS,
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    **spec,
                    "restartPolicy": "Never",
                    "containers": [container],
                    "volumes": [*(one for one in pod.get("volumes", []) if one["name"] in mounted), claim],
                },
            },
        },
    }


_OF_THE_POD = (
    "serviceAccountName", "automountServiceAccountToken", "enableServiceLinks", "priorityClassName", "securityContext",
    "imagePullSecrets", "nodeSelector", "tolerations",
)  # fmt: skip
_OF_THE_CONTAINER = ("image", "imagePullPolicy", "env", "envFrom", "resources", "securityContext")


def _storing(containers: Sequence[Object], left: Left, seconds: float) -> Object:
    for one in containers:
        mounts = {mount["name"]: mount for mount in one.get("volumeMounts", [])}
        flags = [word for word in one.get("args", []) if word.startswith(_KEPT_FLAGS)]
        if SPOOL in mounts and len(flags) >= 2:
            return {
                **{name: one[name] for name in _OF_THE_CONTAINER if name in one},
                "name": "empty",
                "args": ["gateway", "empty", *flags, f"--within={seconds:g}"],
                "volumeMounts": [mount for name, mount in mounts.items() if name != "tls"],
            }
    raise ClusterError(
        f"{name_of(left.owner)}: expected a gateway with --results and --routes, and its spool as {SPOOL!r}"
    )


def _gateways(objects: Sequence[Object]) -> Iterator[Object]:
    for one in objects:
        claims = one.get("spec", {}).get("volumeClaimTemplates", []) if one["kind"] == "StatefulSet" else []
        if any(claim["metadata"]["name"] == SPOOL for claim in claims):
            yield one


def _left_by(cluster: Cluster, written: Object) -> Iterator[Left]:
    room, now = namespace_of(written), cluster.found(written)
    replicas = 0 if now is None else now["spec"].get("replicas", 1)
    first = (now or written)["spec"].get("ordinals", {}).get("start", 0)
    used = {
        claim: f"pod {pod['metadata']['name']}"
        for pod in cluster.listed("v1", "Pod", room)
        if not _ended(pod)
        for claim in _claims_of(pod)
    }
    name = re.compile(rf"{SPOOL}-{re.escape(written['metadata']['name'])}-(\d+)")
    for claim in cluster.listed("v1", "PersistentVolumeClaim", room):
        match = name.fullmatch(claim["metadata"]["name"])
        if match and not first <= int(match[1]) < first + replicas:
            yield Left(room, match[0], now or written, used.get(match[0], ""))


def _ended(pod: Object) -> bool:
    return pod.get("status", {}).get("phase") in _ENDED


def _claims_of(pod: Object) -> Iterator[str]:
    for volume in pod.get("spec", {}).get("volumes", []):
        if "persistentVolumeClaim" in volume:
            yield volume["persistentVolumeClaim"]["claimName"]


def _wait(cluster: Cluster, jobs: Sequence[Object], seconds: float) -> list[Standing]:
    """How each Job ended, or does when the time has passed; one that fails holds up no other."""
    end = time.monotonic() + seconds
    while True:
        found = standings(cluster, jobs)
        if all(one.ready or one.lost for one in found) or time.monotonic() >= end:
            return found
        time.sleep(LOOK_SECONDS)


def _last_line(cluster: Cluster, job: Object) -> str:
    room, name = namespace_of(job), job["metadata"]["name"]
    for pod in cluster.listed("v1", "Pod", room, labels=f"job-name={name}"):
        lines = cluster.log(room, pod["metadata"]["name"], "empty", lines=LOG_LINES)
        if pod.get("status", {}).get("phase") == "Succeeded" and lines:
            return lines[-1]
    return "nothing is left on it"
