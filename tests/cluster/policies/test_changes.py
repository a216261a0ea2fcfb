"""What happens while pods are changed, moved or lost: each mistake is named."""

import pytest

from aoi_modules.cluster.policies import changes as rules
from tests.cluster.overlays import Mistake, Object, check, container, one, overlay, pod


def server(objects: list[Object]) -> Object:
    return one(objects, "Deployment", "model-serving")


def rolling(objects: list[Object]) -> Object:
    found: Object = server(objects)["spec"]["strategy"]["rollingUpdate"]
    return found


def budget(objects: list[Object]) -> Object:
    found: Object = one(objects, "PodDisruptionBudget", "gateway")["spec"]
    return found


def keep_both(objects: list[Object]) -> None:
    del budget(objects)["maxUnavailable"]
    budget(objects)["minAvailable"] = 2


def spread_others(objects: list[Object]) -> None:
    pod(objects)["topologySpreadConstraints"][0]["labelSelector"] = {"matchLabels": {"app": "gateway"}}


def drain_no_longer(objects: list[Object]) -> None:
    found = container(objects)
    found["args"] = [word for word in found["args"] if not word.startswith("--drain_seconds")]


def scale_as_it_comes(objects: list[Object]) -> None:
    del one(objects, "HorizontalPodAutoscaler", "model-serving")["spec"]["behavior"]


MISTAKES: list[Mistake] = [
    (rules.changes_without_a_gap, "local", lambda o: rolling(o).update(maxUnavailable=2), "takes the last pod away"),
    (rules.changes_without_a_gap, "local", lambda o: rolling(o).update(maxUnavailable=0), "nothing could ever change"),
    (rules.changes_without_a_gap, "prod", lambda o: rolling(o).update(maxUnavailable="25%"), "expected a number"),
    (rules.waits_for_no_gpu_of_its_own, "gpu", lambda o: rolling(o).update(maxSurge=1), "waits for the GPU of the old"),
    (rules.leaves_in_order, "local", drain_no_longer, "clients meet a closed door"),
    (rules.leaves_in_order, "prod", lambda o: container(o, "Deployment", "model-serving").pop("lifecycle"), "closed"),
    (rules.leaves_in_order, "local", lambda o: pod(o).update(terminationGracePeriodSeconds=30), "expected 40 or more"),
    (rules.empties_its_spool, "local", lambda o: container(o).pop("lifecycle"), "results stay on the claim"),
    (rules.has_a_budget, "local", lambda o: o.remove(one(o, "PodDisruptionBudget", "gateway")), "all at once"),
    (rules.has_a_budget, "local", lambda o: budget(o).update(maxUnavailable=0), "cannot be drained"),
    (rules.has_a_budget, "local", keep_both, "cannot be drained"),
    (rules.is_spread, "local", lambda o: pod(o).pop("topologySpreadConstraints"), "no topologySpreadConstraints"),
    (rules.is_spread, "prod", spread_others, "no topologySpreadConstraints over nodes that finds them"),
    (rules.scales_what_is_there, "prod", lambda o: server(o)["spec"].update(replicas=2), "take its number back"),
    (rules.scales_what_is_there, "prod", lambda o: o.remove(server(o)), "which is not here"),
    (rules.scales_what_is_there, "prod", scale_as_it_comes, "no behavior"),
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(mistake: Mistake) -> None:
    check(mistake)


def test_with_a_spare_place_a_new_server_comes_first() -> None:
    assert rolling(overlay("prod")) == {"maxUnavailable": 0, "maxSurge": 1}
    assert rolling(overlay("local")) == {"maxUnavailable": 1, "maxSurge": 0}
