"""What pods are promised, and what they may take: each mistake is named."""

import pytest

from aoi_modules.cluster.policies import resources as rules
from tests.cluster.overlays import Mistake, Object, check, container, overlay, pod


def of(objects: list[Object], kind: str) -> Object:
    found: Object = container(objects)["resources"][kind]
    return found


def servers(objects: list[Object]) -> Object:
    return pod(objects, "Deployment", "model-serving")


def ask(container: Object, kind: str) -> None:
    container["resources"][kind]["nvidia.com/gpu"] = 1


def trainee(objects: list[Object]) -> Object:
    return container(objects, "StatefulSet", "jupyter")


def idle(objects: list[Object], seconds: str) -> None:
    flag = f"{rules.CULLING}.cull_idle_timeout="
    trainee(objects)["args"] = [flag + seconds if word.startswith(flag) else word for word in trainee(objects)["args"]]


def keep_pages(objects: list[Object]) -> None:
    trainee(objects)["args"].remove(f"{rules.CULLING}.cull_connected=True")


MISTAKES: list[Mistake] = [
    (rules.has_resources, "local", lambda o: of(o, "requests").pop("cpu"), "no resources.requests.cpu"),
    (rules.has_resources, "local", lambda o: of(o, "limits").pop("memory"), "no resources.limits.memory"),
    (rules.has_its_disk, "local", lambda o: of(o, "requests").pop("ephemeral-storage"), "requests.ephemeral-storage"),
    (rules.has_its_disk, "local", lambda o: pod(o)["volumes"][-1].update(emptyDir={}), "no emptyDir.sizeLimit"),
    (rules.is_promised_its_memory, "local", lambda o: of(o, "limits").update(memory="1Gi"), "1Gi allowed"),
    (rules.has_free_processors, "local", lambda o: of(o, "limits").update(cpu="1"), "beside idle processors"),
    (rules.asks_for_gpus_rightly, "gpu", lambda o: ask(servers(o)["containers"][0], "requests"), "resources.requests"),
    (rules.asks_for_gpus_rightly, "gpu", lambda o: ask(servers(o)["initContainers"][0], "limits"), "before or beside"),
    (rules.asks_for_gpus_rightly, "gpu", lambda o: servers(o).pop("nodeSelector"), "without a nodeSelector"),
    (rules.asks_for_gpus_rightly, "gpu", lambda o: servers(o).pop("tolerations"), "without the toleration"),
    (rules.frees_what_idles, "local", lambda o: trainee(o).pop("args"), "cull_idle_timeout 0: expected 1 to 14400"),
    (rules.frees_what_idles, "gpu", lambda o: idle(o, "0"), "cull_idle_timeout 0: expected"),
    (rules.frees_what_idles, "local", lambda o: idle(o, "86400"), "cull_idle_timeout 86400: expected"),
    (rules.frees_what_idles, "local", lambda o: idle(o, "an hour"), "cull_idle_timeout an hour: expected"),
    (rules.frees_what_idles, "local", keep_pages, "a page left open keeps its kernel"),
    (rules.has_a_known_priority, "local", lambda o: pod(o).pop("priorityClassName"), "priorityClassName None"),
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(mistake: Mistake) -> None:
    check(mistake)


def test_the_gpu_overlay_gives_servers_a_whole_gpu_and_trainees_a_share() -> None:
    objects = overlay("gpu")
    assert servers(objects)["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == 1
    trainee = container(objects, "StatefulSet", "jupyter")
    assert trainee["resources"]["limits"]["nvidia.com/gpu.shared"] == 1
    assert not any(one["name"] == "NVIDIA_VISIBLE_DEVICES" for one in trainee["env"])
    without = container(overlay("local"), "StatefulSet", "jupyter")["env"]
    assert {"name": "NVIDIA_VISIBLE_DEVICES", "value": "void"} in without
