"""What happens to the line while pods are changed, moved or lost."""

import re
from collections.abc import Iterator, Sequence

from aoi_modules.cluster.policies.pods import Described, Object, found_by, name_of, namespace_of, of_kind, pods

DRAINS = "--drain_seconds"
"""The flag of our servers that answers everything for a while after SIGTERM."""


def changes_without_a_gap(objects: Sequence[Object]) -> Iterator[str]:
    """While pods are changed, one at least answers."""
    for pod in pods(objects):
        if pod.owner["kind"] != "Deployment" or (pod.gpus and pod.replicas == 1):
            continue  # a GPU is free only when the pod that has it is gone
        rolling = pod.owner["spec"].get("strategy", {}).get("rollingUpdate", {})
        away, more = rolling.get("maxUnavailable"), rolling.get("maxSurge", 1)
        replicas = pod.replicas
        if not isinstance(away, int) or not isinstance(more, int):
            yield f"{pod.name}: rollingUpdate: expected a number of pods as maxUnavailable, and as maxSurge"
        elif away >= replicas > 0:
            yield f"{pod.name}: rollingUpdate.maxUnavailable: {away} of {replicas}: a change takes the last pod away"
        elif away == 0 and more == 0:
            yield f"{pod.name}: rollingUpdate.maxUnavailable and maxSurge are both 0: nothing could ever change"


def waits_for_no_gpu_of_its_own(objects: Sequence[Object]) -> Iterator[str]:
    """A new pod that needs the GPU of the old one waits for ever, unless the old one goes first."""
    for pod in pods(objects):
        rolling = pod.owner.get("spec", {}).get("strategy", {}).get("rollingUpdate", {})
        if pod.gpus and pod.owner["kind"] == "Deployment" and pod.replicas == 1 and rolling.get("maxSurge") != 0:
            yield f"{pod.name}: one pod with a GPU, expected maxSurge: 0: else the new pod waits for the GPU of the old"


def leaves_in_order(objects: Sequence[Object]) -> Iterator[str]:
    """Clients need a moment to learn that a server goes, and it needs time to answer what is under way."""
    for pod in pods(objects):
        if pod.spec.get("priorityClassName") != "aoi-line" or not pod.lasting:
            continue
        seconds = pod.spec.get("terminationGracePeriodSeconds", 30)
        if seconds < 40:
            yield f"{pod.name}: terminationGracePeriodSeconds {seconds}: expected 40 or more, for what is under way"
        for container in pod.servers:
            drains = [float(word.partition("=")[2]) for word in container.get("args", []) if word.startswith(DRAINS)]
            if not any(drained >= 5 for drained in drains) and _sleeps(container) < 5:
                yield f"{pod.part(container)}: neither {DRAINS}=5 nor a preStop that sleeps: clients meet a closed door"


def empties_its_spool(objects: Sequence[Object]) -> Iterator[str]:
    """What a gateway answered and its database has not got yet lies on its claim; it has to get away before the pod."""
    for pod in pods(objects):
        claims = pod.owner.get("spec", {}).get("volumeClaimTemplates", [])
        if any(claim["metadata"]["name"] == "spool" for claim in claims):
            for container in pod.servers:
                command = container.get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", [])
                if command[:3] != ["aoi", "gateway", "empty"]:
                    yield f"{pod.part(container)}: no preStop `aoi gateway empty`: results stay on the claim"


def has_a_budget(objects: Sequence[Object]) -> Iterator[str]:
    """A drain takes pods one by one where there are several, and is not held up where there is one."""
    budgets = of_kind(objects, "PodDisruptionBudget")
    for pod in pods(objects):
        found = [one for one in budgets if _covers(one, pod)]
        if pod.lasting and pod.replicas > 1 and not found:
            yield f"{pod.name}: {pod.replicas} pods and no PodDisruptionBudget: a drain may take all at once"
        for one in found:
            least, most = (one["spec"].get(field) for field in ("minAvailable", "maxUnavailable"))
            if most == 0 or (isinstance(least, int) and least >= pod.replicas) or least == "100%":
                yield f"{name_of(one)}: no pod of {pod.name} may go: nodes cannot be drained"


def is_spread(objects: Sequence[Object]) -> Iterator[str]:
    """A node that is lost takes one of several with it, and not all."""
    for pod in pods(objects):
        if not pod.lasting or pod.replicas < 2:
            continue
        spreads = pod.spec.get("topologySpreadConstraints", [])
        nodes = [one for one in spreads if one.get("topologyKey") == "kubernetes.io/hostname"]
        if not any(found_by(one.get("labelSelector", {}), pod.labels) for one in nodes):
            yield f"{pod.name}: {pod.replicas} pods and no topologySpreadConstraints over nodes that finds them"


def scales_what_is_there(objects: Sequence[Object]) -> Iterator[str]:
    """An autoscaler and a number of pods in the file would take turns."""
    targets = {(one["kind"], namespace_of(one), one["metadata"]["name"]): one for one in objects if "metadata" in one}
    for one in of_kind(objects, "HorizontalPodAutoscaler"):
        target = one["spec"]["scaleTargetRef"]
        found = targets.get((target["kind"], namespace_of(one), target["name"]))
        if found is None:
            yield f"{name_of(one)}: scales {target['kind']} {target['name']}, which is not here"
        elif "replicas" in found["spec"]:
            yield f"{name_of(found)}: replicas beside a HorizontalPodAutoscaler: each apply would take its number back"
        if "behavior" not in one["spec"]:
            yield f"{name_of(one)}: no behavior: a short pause would take pods that have to load models again"


def _covers(budget: Object, pod: Described) -> bool:
    return namespace_of(budget) == pod.namespace and found_by(budget["spec"].get("selector", {}), pod.labels)


def _sleeps(container: Object) -> float:
    """How many seconds its preStop sleeps."""
    found = container.get("lifecycle", {}).get("preStop", {})
    if "sleep" in found:
        return float(found["sleep"]["seconds"])
    words = " ".join(found.get("exec", {}).get("command", []))
    match = re.fullmatch(r"sleep (\d+)", words)
    return float(match[1]) if match else 0.0
