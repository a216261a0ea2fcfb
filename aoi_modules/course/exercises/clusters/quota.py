"""Exercise 2.2: what a quota lets in, what refuses the next pod, and how much each may ask for so that all fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

import yaml

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.answers import expect_count
from aoi_modules.course.exercises.clusters.tasks import Task
from aoi_modules.errors import CourseError
from aoi_modules.study.clusters.kubectl import Kubectl
from aoi_modules.study.clusters.room import Room

NAMES = ("requests.cpu", "requests.memory", "limits.memory")
IMAGE = "python:3.12-slim"


@dataclass(frozen=True)
class QuotaTask:
    """A room with a quota, and pods that want to get in.

    Args:
        hard: the most that all pods together may have, by the name of the amount: thousandths of a processor, and Mi.
        each: what one pod asks for, likewise.
        wanted: how many pods have to fit in the end.
    """

    hard: Mapping[str, int]
    each: Mapping[str, int]
    wanted: int

    @classmethod
    def of(cls, dice: Random) -> "QuotaTask":
        """The room that the dice choose; one amount refuses, and it is not always the same."""
        fits, wanted = dice.randrange(2, 5), dice.randrange(6, 9)
        tight = dice.choice(NAMES)
        each = {"requests.cpu": 10 * dice.randrange(12, 40), "requests.memory": 16 * dice.randrange(12, 30)}
        each["limits.memory"] = 2 * each["requests.memory"]
        spare = {name: fits + 2 + place for place, name in enumerate(NAMES)}
        hard = {name: each[name] * (fits if name == tight else spare[name]) + dice.randrange(1, 8) for name in NAMES}
        return cls(hard, each, wanted)

    @property
    def fits(self) -> int:
        """How many pods get in."""
        return min(self.hard[name] // self.each[name] for name in NAMES)

    @property
    def tight(self) -> str:
        """The amount that refuses the next one."""
        return min(NAMES, key=lambda name: self.hard[name] // self.each[name])

    @property
    def most(self) -> int:
        """What each pod may ask for of the tight amount, so that the wanted ones fit."""
        return self.hard[self.tight] // self.wanted

    def quota(self, namespace: str) -> str:
        """The room's ResourceQuota as a file."""
        return yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "ResourceQuota",
                "metadata": {"name": "trainees", "namespace": namespace},
                "spec": {"hard": {name: amount(name, self.hard[name]) for name in NAMES}},
            },
            sort_keys=False,
        )

    def resources(self) -> dict[str, dict[str, str]]:
        """What one pod asks for, as in its file."""
        found: dict[str, dict[str, str]] = {"requests": {}, "limits": {}}
        for name in NAMES:
            side, _, what = name.partition(".")
            found[side][what] = amount(name, self.each[name])
        return found


def amount(name: str, value: int) -> str:
    """A number as Kubernetes writes it: `250m` for a quarter of a processor, `512Mi` for memory."""
    return f"{value}m" if name.endswith("cpu") else f"{value}Mi"


def check_quota(task: object, fits: object, tight: object, most: object) -> QuotaTask:
    """Wants what follows from the figures of the room.

    Raises:
        Hint: something else was found; says which mistake leads there.
    """
    if not isinstance(task, QuotaTask):
        raise Hint(f"room: found {kind(task)}, expected the room above; leave it as it is")
    by_name = {name: task.hard[name] // task.each[name] for name in NAMES}
    expect_count(
        "fits",
        fits,
        right=task.fits,
        mistakes=[
            (max(by_name.values()), "as many as the roomiest amount allows; a pod has to fit by all three"),
            (task.fits + 1, "one more than fits: the last one would go over the quota by a part of itself"),
            (task.wanted, "how many are wanted, expected how many get in"),
            *((count, f"as many as {name} allows; a pod has to fit by all three") for name, count in by_name.items()),
        ],
        task="divide each amount of the quota by what one pod asks for; the smallest whole number counts",
    )
    if tight not in NAMES:
        raise Hint(f"refused_by: found {kind(tight)}, expected one of {', '.join(NAMES)}")
    if tight != task.tight:
        raise Hint(f"refused_by: {tight} has room for {by_name[str(tight)]} pods; another one is full before")
    unit = "thousandths of a processor" if task.tight.endswith("cpu") else "Mi"
    expect_count(
        "most",
        most,
        right=task.most,
        mistakes=[
            (task.hard[task.tight] // task.fits, f"what fits {task.fits} times; {task.wanted} pods are wanted"),
            (task.most + 1, f"{task.wanted} of these are a little more than the quota; round down"),
            (task.each[task.tight], "what a pod asks for now"),
        ],
        task=f"divide the quota's {task.tight} by {task.wanted}, in {unit}, and round down",
    )
    return task


def seen_on(kubectl: Kubectl, task: QuotaTask, own: Task) -> str:
    """Lets a cluster say how many pods it lets in, and in which words it refuses the next.

    Raises:
        Hint: the cluster does something else than was computed.
    """
    room = Room(kubectl, f"{own.namespace}-quota")
    try:
        room.make()
        room.apply(task.quota(room.name))
        room.apply(_deployment(room.name, task))
        refusal = _wait(room, task)
    except CourseError as error:
        raise Hint(f"the cluster refuses to try it: {error.message}") from None
    finally:
        room.remove()
    return refusal


def _deployment(namespace: str, task: QuotaTask) -> str:
    labels = {"app": "pages"}
    container = {
        "name": "pages",
        "image": IMAGE,
        "command": ["sleep", "3600"],
        "resources": task.resources(),
    }
    return yaml.safe_dump(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "pages", "namespace": namespace},
            "spec": {
                "replicas": task.wanted,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            },
        }
    )


def _wait(room: Room, task: QuotaTask) -> str:
    """Waits until the quota has refused a pod; gives the cluster's words."""
    # a cluster counts pods that it lets in, whether a node has room for them or not
    room.ask("wait", "deployment/pages", "--for=condition=ReplicaFailure", "--timeout=30s")
    count = len(room.listed("pods"))
    conditions = room.listed("deployments.apps")[0].get("status", {}).get("conditions", [])
    refusal = next((str(one.get("message")) for one in conditions if one["type"] == "ReplicaFailure"), "")
    if count != task.fits or task.tight not in refusal:
        raise Hint(f"the cluster let {count} pods in and said: {refusal or 'nothing'}; this is another quota's doing")
    return f"the cluster let {count} pods in and said: {refusal}"
