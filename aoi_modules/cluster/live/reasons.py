"""Why a pod is not ready: the condition, event or line of a log that says it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Object = dict[str, Any]
Log = Callable[[str, bool], Sequence[str]]
"""The last lines of a container, by its name; of its last run but one if asked for."""
_STARTING = ("ContainerCreating", "PodInitializing")
_BEFORE_START = ("FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "Failed", "Pulling")
"""Reasons of events that tell what a container waits for that has not started; a large image takes minutes."""
_TOO_LONG = 300


def why_not_ready(pod: Object, events: Sequence[Object], log: Log) -> str:
    """One sentence about a pod that is not ready; empty for one that is, or that only needs time.

    Args:
        pod: as the cluster has it.
        events: about it, in any order.
        log: see `Log`.
    """
    if pod["metadata"].get("deletionTimestamp"):
        return "it is ending"
    conditions = {one["type"]: one for one in pod.get("status", {}).get("conditions", [])}
    scheduled = conditions.get("PodScheduled", {})
    if scheduled.get("status") == "False":
        return f"no node takes it: {_short(scheduled.get('message', scheduled.get('reason', '')))}"
    status = pod.get("status", {})
    for place in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(place, []):
            if said := _of_container(container, events, log):
                return said
    return _last(events, _BEFORE_START)


def is_ready(pod: Object) -> bool:
    """Whether a pod answers, or has done what it was for."""
    status = pod.get("status", {})
    if status.get("phase") == "Succeeded":
        return True
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in status.get("conditions", []))
    return ready and not pod["metadata"].get("deletionTimestamp")


def newest_message(events: Sequence[Object]) -> str:
    """What the newest warning says; empty if there is none."""
    warnings = [one for one in events if one.get("type") == "Warning"]
    if not warnings:
        return ""
    newest = max(warnings, key=_time)
    return f"{newest.get('reason')}: {_short(str(newest.get('message', '')))}"


def _of_container(container: Mapping[str, Any], events: Sequence[Object], log: Log) -> str:
    name, state = container["name"], container.get("state", {})
    waiting = state.get("waiting", {})
    if waiting.get("reason") == "CrashLoopBackOff" or "terminated" in state:
        ended = state.get("terminated") or container.get("lastState", {}).get("terminated", {})
        if ended.get("exitCode") == 0 and "terminated" in state:
            return ""
        lines = [one for one in log(name, "terminated" not in state) if one.strip()]
        said = _short(lines[-1]) if lines else ended.get("message", "it said nothing")
        return f"{name} ended with {ended.get('exitCode')} ({ended.get('reason')}): {said}"
    if waiting and waiting.get("reason") not in _STARTING:
        return f"{name}: {waiting['reason']}: {_short(str(waiting.get('message', '')))}"
    if waiting:
        return _last(events, _BEFORE_START)
    if "running" in state and not container.get("ready") and not _stays_beside(container):
        unhealthy = _last(events, ("Unhealthy",), about=f"{{{name}}}")
        lines = [one for one in log(name, False) if one.strip()]
        said = f"; its log: {_short(lines[-1])}" if lines else ""
        return f"{name}: {unhealthy}{said}" if unhealthy else f"{name} starts{said}"
    return ""


def _stays_beside(container: Mapping[str, Any]) -> bool:
    """Whether it is an init container that stays and has started."""
    return bool(container.get("started")) and "ready" not in container


def _last(events: Sequence[Object], reasons: Sequence[str], about: str = "") -> str:
    found = [one for one in events if one.get("reason") in reasons]
    found = [one for one in found if about in one.get("involvedObject", {}).get("fieldPath", "")] or found
    return _short(str(max(found, key=_time).get("message", ""))) if found else ""


def _time(event: Mapping[str, Any]) -> str:
    series = event.get("series") or {}
    times = (event.get("lastTimestamp"), event.get("eventTime"), series.get("lastObservedTime"))
    return max([one for one in times if one], default="")


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _TOO_LONG else f"{words[:_TOO_LONG]} ..."
