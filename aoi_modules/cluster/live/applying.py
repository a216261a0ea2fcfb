"""From rendered objects to a cluster that has them, stage by stage, and back to what it had before."""

import copy
import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aoi_modules.cluster.live.connection import Cluster, Refused, identity, names
from aoi_modules.cluster.live.order import Stage, stages
from aoi_modules.cluster.live.records import LABEL, Identity, Records, held_by_others, home_of
from aoi_modules.cluster.live.secret_needs import missing_secrets
from aoi_modules.cluster.live.waiting import Told, wait_until_ready
from aoi_modules.cluster.policies.pods import name_of
from aoi_modules.errors import ClusterError

Object = dict[str, Any]
HASH = "aoi.dev/hash"
"""On Jobs: of what they are to do. A Job is done once, and anew when that changes."""
STAYS = ("Namespace", "PersistentVolumeClaim")
"""What is never deleted because files no longer have it: with it goes what it holds."""
SCALED = ("Deployment", "StatefulSet")
"""Of which somebody else may say how many pods they have."""
GONE_SECONDS = 60.0
Said = Callable[[str], None]
"""Learns in a line what is being done."""


@dataclass(frozen=True)
class Changes:
    """How a cluster is changed.

    Args:
        force: fields that somebody else wrote are taken over.
        seconds: that each stage may take until what comes behind it may start.
        said: see `Said`.
        told: see `waiting.Told`.
    """

    force: bool = False
    seconds: float = 300.0
    said: Said = lambda line: None
    told: Told = lambda found: None


def apply_overlay(cluster: Cluster, overlay: str, objects: Sequence[Object], changes: Changes) -> int:
    """Applies objects, waits for what others need, deletes what files no longer have; gives the number of the set.

    Raises:
        ClusterError: the cluster refuses something, a Secret is missing, or a stage does not become ready. What was
            applied until then stays; `roll_back` leads to the set before.
    """
    marked = [_marked(one, overlay) for one in objects]
    records = Records(cluster, overlay, home_of(objects))
    for one in [one for one in marked if one["kind"] == "Namespace"]:
        _apply(cluster, one, changes)
    if lacking := missing_secrets(cluster, objects):
        raise ClusterError(
            f"{overlay}: {len(lacking)} Secrets are missing: {', '.join(lacking)}",
            hint=f"aoi k8s secrets {overlay}; or the component external-secrets brings them",
        )
    last = records.newest()
    kept = records.begin(objects)
    for stage in stages(marked):
        _apply_stage(cluster, stage, changes)
    if last is not None:
        _prune(cluster, overlay, last.objects, objects, changes)
    records.end(kept)
    return kept.number


def roll_back(cluster: Cluster, overlay: str, changes: Changes) -> tuple[int, int]:
    """Applies the set before the newest once more; gives its number, and that under which it stands now.

    Raises:
        ClusterError: there is none, or see `apply_overlay`.
    """
    before = Records(cluster, overlay).before()
    changes.said(f"back to set {before.number} of {before.when}")
    return before.number, apply_overlay(cluster, overlay, before.objects, changes)


def delete_overlay(cluster: Cluster, overlay: str, changes: Changes, *, with_data: bool = False) -> int:
    """Deletes what was applied, the line first; gives how many objects went. What another overlay has, too, stays.

    Args:
        cluster: in which it is.
        overlay: its name.
        changes: see `Changes`.
        with_data: namespaces go, too, and with them claims, Secrets and all that was kept.

    Raises:
        ClusterError: nothing was applied, or the cluster refuses.
    """
    records = Records(cluster, overlay)
    newest = records.newest()
    if newest is None:
        raise ClusterError(f"{overlay}: the cluster has nothing of it", hint="aoi k8s status says what it has")
    others = held_by_others(cluster, overlay, home_of(newest.objects))
    count = 0
    for stage in reversed(stages(list(newest.objects))):
        for one in stage.objects:
            if one["kind"] not in STAYS:
                count += _delete_own(cluster, overlay, one, others, changes)
    records.forget()
    for one in newest.objects:
        if one["kind"] in STAYS and (with_data or identity(one) in others):
            count += _delete_own(cluster, overlay, one, others, changes)
    return count


def _marked(one: Object, overlay: str) -> Object:
    """The object with the label that says whose it is; a Job with the hash of what it is to do, too."""
    found = copy.deepcopy(one)
    found["metadata"].setdefault("labels", {})[LABEL] = overlay
    if found["kind"] == "Job":
        text = json.dumps(found["spec"], sort_keys=True)
        found["metadata"].setdefault("annotations", {})[HASH] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return found


def _apply_stage(cluster: Cluster, stage: Stage, changes: Changes) -> None:
    changes.said(f"{stage.title}: {len(stage.objects)} objects")
    for one in stage.objects:
        _apply(cluster, one, changes)
    if stage.awaited:
        wait_until_ready(cluster, stage.objects, changes.seconds, changes.told)


def _apply(cluster: Cluster, one: Object, changes: Changes) -> None:
    if one["kind"] == "Job" and not _clear_for(cluster, one):
        return
    try:
        cluster.apply(_with_its_count(cluster, one), force=changes.force)
    except Refused as error:
        raise _explained(error, one) from None


def _with_its_count(cluster: Cluster, one: Object) -> Object:
    """A workload whose file leaves its count to who scales it keeps the count that it has.

    Without one here, server-side apply would let go of the count that an earlier set gave, and one pod would be left.
    """
    if one["kind"] not in SCALED or "replicas" in one["spec"]:
        return one
    found = cluster.found(one)
    if found is None or "replicas" not in found["spec"]:
        return one
    return {**one, "spec": {**one["spec"], "replicas": found["spec"]["replicas"]}}


def _clear_for(cluster: Cluster, job: Object) -> bool:
    """Makes place for a Job whose work has changed; False if the one that is there does just this."""
    found = cluster.found(job)
    if found is None:
        return True
    same = found["metadata"].get("annotations", {}).get(HASH) == job["metadata"]["annotations"][HASH]
    if same and not _failed(found):
        return False
    delete_and_wait(cluster, job)
    return True


def delete_and_wait(cluster: Cluster, job: Object) -> None:
    """Deletes a Job, if it is there, and waits until its pods are gone, too.

    Raises:
        ClusterError: they are still there after `GONE_SECONDS`.
    """
    cluster.delete(job, wait_for_parts=True)
    end = time.monotonic() + GONE_SECONDS
    while cluster.found(job) is not None:
        if time.monotonic() >= end:
            raise ClusterError(f"{name_of(job)}: the old one is still there after {GONE_SECONDS:g} s")
        time.sleep(0.3)


def _failed(job: Object) -> bool:
    return any(
        one["type"] == "Failed" and one["status"] == "True" for one in job.get("status", {}).get("conditions", [])
    )


def _explained(error: Refused, one: Object) -> ClusterError:
    """What the API says, and what to do about it."""
    hint = error.hint
    if error.code == 409:
        hint = "somebody else wrote these fields; --force takes them over"
    if error.code == 422 and one["kind"] == "StatefulSet" and "updates to statefulset spec" in error.message:
        hint = (
            "claims and selectors of a StatefulSet never change: kubectl delete statefulset NAME --cascade=orphan, "
            "then apply again; pods and claims stay"
        )
    return ClusterError(f"{name_of(one)}: {error.message}", hint=hint)


def _prune(cluster: Cluster, overlay: str, before: Sequence[Object], now: Sequence[Object], changes: Changes) -> None:
    """Deletes what the set before had and this one has not, where it is still ours."""
    still = names(now)
    gone = [one for one in before if identity(one) not in still and one["kind"] not in STAYS]
    others = held_by_others(cluster, overlay, home_of(now)) if gone else {}
    for one in gone:
        _delete_own(cluster, overlay, one, others, changes)


def _delete_own(cluster: Cluster, overlay: str, one: Object, others: Mapping[Identity, str], changes: Changes) -> int:
    """Deletes an object that has our label; 1 if it went. One that another overlay has, too, is that one's now."""
    found = cluster.found(one)
    if found is None:
        return 0
    if found["metadata"].get("labels", {}).get(LABEL) != overlay:
        changes.said(f"{name_of(one)}: stays, since it belongs to somebody else now")
        return 0
    if other := others.get(identity(one)):
        cluster.merge(one, {"metadata": {"labels": {LABEL: other}}})
        changes.said(f"{name_of(one)}: stays, since the overlay {other} has it, too")
        return 0
    changes.said(f"{name_of(one)}: deleted")
    return int(cluster.delete(one))


def applied_objects(cluster: Cluster, overlay: str) -> Sequence[Object]:
    """The objects of an overlay as they were last applied.

    Raises:
        ClusterError: the cluster has nothing of it.
    """
    newest = Records(cluster, overlay).newest()
    if newest is None:
        raise ClusterError(f"{overlay}: the cluster has nothing of it", hint=f"aoi k8s apply {overlay}")
    return newest.objects


def make_rooms(cluster: Cluster, overlay: str, objects: Sequence[Object]) -> None:
    """Applies the namespaces alone, for what has to be in them before."""
    for one in objects:
        if one["kind"] == "Namespace":
            _apply(cluster, _marked(one, overlay), Changes())


def try_overlay(cluster: Cluster, objects: Sequence[Object]) -> list[str]:
    """Lets the cluster check every object, and keep none; gives what it says against them.

    Objects of a namespace that is not there cannot be checked.
    """
    refused = []
    for one in objects:
        try:
            cluster.apply(one, dry_run=True)
        except ClusterError as error:
            refused.append(f"{name_of(one)}: {error.message}")
    return refused
