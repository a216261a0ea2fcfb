"""What pods are promised, and what they may take."""

from collections.abc import Iterator, Sequence

from aoi_modules.cluster.policies.pods import Object, is_gpu, limits_of, parts, pods

TRAINEES = "aoi-trainees"
"""The priority class of those who may be promised less than they may take."""
CULLING = "--MappingKernelManager"
"""Jupyter's flags about kernels, before the dot."""
LONGEST_IDLE = 4 * 3600
"""Seconds that a kernel may do nothing at most."""


def has_resources(objects: Sequence[Object]) -> Iterator[str]:
    """The scheduler counts requests; without them a node is filled until it breaks."""
    for owner, container in parts(objects):
        resources = container.get("resources", {})
        for kind, amount in (("requests", "cpu"), ("requests", "memory"), ("limits", "memory")):
            if amount not in resources.get(kind, {}):
                yield f"{owner}: no resources.{kind}.{amount}: the scheduler cannot count with it"


def has_its_disk(objects: Sequence[Object]) -> Iterator[str]:
    """What a pod writes beside its claims counts towards the node's disk."""
    for owner, container in parts(objects):
        resources = container.get("resources", {})
        for kind in ("requests", "limits"):
            if "ephemeral-storage" not in resources.get(kind, {}):
                yield f"{owner}: no resources.{kind}.ephemeral-storage: it may fill the node's disk"
    for pod in pods(objects):
        for volume in pod.spec.get("volumes", []):
            if "emptyDir" in volume and "sizeLimit" not in (volume["emptyDir"] or {}):
                yield f"{pod.name}: volume {volume['name']}: no emptyDir.sizeLimit: it may fill the node's disk"


def is_promised_its_memory(objects: Sequence[Object]) -> Iterator[str]:
    """What is over its promise goes first where memory ends; a server of the line takes no more than is promised."""
    for pod in pods(objects):
        if pod.spec.get("priorityClassName") == TRAINEES:
            continue
        for container in pod.all_containers:
            resources = container.get("resources", {})
            promised, most = (resources.get(kind, {}).get("memory") for kind in ("requests", "limits"))
            if promised != most:
                yield f"{pod.part(container)}: memory {promised} is promised, {most} allowed: the node may end it"


def has_free_processors(objects: Sequence[Object]) -> Iterator[str]:
    """A limit of processors makes a server wait where processors are idle."""
    for owner, container in parts(objects):
        if "cpu" in limits_of(container):
            yield f"{owner}: resources.limits.cpu: it would wait beside idle processors"


def asks_for_gpus_rightly(objects: Sequence[Object]) -> Iterator[str]:
    """GPUs stand under limits alone, for the server alone, on nodes that have them."""
    for pod in pods(objects):
        for container in pod.all_containers:
            if any(map(is_gpu, container.get("resources", {}).get("requests", {}))):
                yield f"{pod.part(container)}: a GPU under resources.requests: limits say it, for both"
        beside = pod.spec.get("initContainers", [])
        for container in pod.gpus:
            if container in beside:
                yield f"{pod.part(container)}: a GPU for what runs before or beside the server"
        if pod.gpus and not pod.spec.get("nodeSelector"):
            yield f"{pod.name}: a GPU without a nodeSelector: any node's GPU may come, of whatever kind"
        if pod.gpus and not any(one.get("key") == "nvidia.com/gpu" for one in pod.spec.get("tolerations", [])):
            yield f"{pod.name}: a GPU without the toleration of nvidia.com/gpu: nodes with GPUs take no other pods"


def has_a_known_priority(objects: Sequence[Object]) -> Iterator[str]:
    """Where a node is full, it has to be said who goes."""
    known = {one["metadata"]["name"] for one in objects if one.get("kind") == "PriorityClass"}
    for pod in pods(objects):
        if (name := pod.spec.get("priorityClassName")) not in known:
            yield f"{pod.name}: priorityClassName {name!r}: expected one of {', '.join(sorted(known)) or 'none'}"


def frees_what_idles(objects: Sequence[Object]) -> Iterator[str]:
    """A kernel that nobody uses keeps its memory, and what it has of a GPU, until it ends."""
    for pod in pods(objects):
        if pod.spec.get("priorityClassName") != TRAINEES or not pod.lasting:
            continue
        for container in pod.servers:
            said = dict(word.partition("=")[::2] for word in container.get("args", []))
            seconds = said.get(f"{CULLING}.cull_idle_timeout", "0")
            if not (seconds.isdigit() and 0 < int(seconds) <= LONGEST_IDLE):
                yield f"{pod.part(container)}: {CULLING}.cull_idle_timeout {seconds}: expected 1 to {LONGEST_IDLE}"
            if said.get(f"{CULLING}.cull_connected") != "True":
                yield f"{pod.part(container)}: no {CULLING}.cull_connected=True: a page left open keeps its kernel"
