"""Good objects keep the rules; each mistake that people make is named."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aoi_modules.cluster.deployment import Deployment
from aoi_modules.cluster.object_rules import broken_rules
from aoi_modules.serving.model_config import ServedModel

Object = dict[str, Any]
GOOD = Deployment("aoi-models", [ServedModel("tile", Path("/data/tile"))]).kubernetes()


def pod(objects: list[Object]) -> Object:
    found: Object = objects[1]["spec"]["template"]["spec"]
    return found


def container(objects: list[Object]) -> Object:
    found: Object = pod(objects)["containers"][0]
    return found


def rolling(objects: list[Object]) -> Object:
    found: Object = objects[1]["spec"]["strategy"]["rollingUpdate"]
    return found


def test_what_we_write_keeps_the_rules() -> None:
    assert broken_rules(GOOD) == []


@pytest.mark.parametrize("strategy", [{"maxUnavailable": 0}, {"maxUnavailable": 0, "maxSurge": 1}])
def test_a_change_may_start_a_pod_first(strategy: Object) -> None:
    objects = copy.deepcopy(GOOD)
    objects[1]["spec"]["strategy"]["rollingUpdate"] = strategy
    assert broken_rules(objects) == []


def test_a_server_without_a_claim_needs_no_group() -> None:
    objects = copy.deepcopy(GOOD)
    del pod(objects)["securityContext"]["fsGroup"]
    pod(objects)["volumes"][0] = {"name": "models", "emptyDir": {}}
    assert broken_rules(objects) == []


def test_a_quantity_may_be_a_number() -> None:
    objects = copy.deepcopy(GOOD)
    container(objects)["resources"]["requests"]["cpu"] = 1
    assert broken_rules(objects) == []


MISTAKES: list[tuple[Callable[[list[Object]], object], str]] = [
    (lambda objects: container(objects).update(image="tensorflow/serving"), "has no version"),
    (lambda objects: container(objects).update(image="tensorflow/serving:latest"), "has no version"),
    (lambda objects: container(objects).pop("readinessProbe"), "no readinessProbe: requests come before"),
    (lambda objects: container(objects).pop("startupProbe"), "no startupProbe"),
    (lambda objects: container(objects)["resources"].pop("limits"), "no resources.limits.memory"),
    (lambda objects: container(objects).update(readinesProbe={}), "readinesProbe is no field"),
    (lambda objects: container(objects)["readinessProbe"].update(period=5), "readinessProbe.period is no field"),
    (lambda objects: container(objects)["securityContext"].pop("capabilities"), "drop: [ALL]"),
    (lambda objects: container(objects)["volumeMounts"][0].update(name="model"), "mounts 'model'"),
    (lambda objects: pod(objects).pop("securityContext"), "may be root"),
    (lambda objects: objects[1]["spec"].pop("selector"), "selector"),
    (lambda objects: pod(objects)["securityContext"].pop("fsGroup"), "no securityContext.fsGroup: the claim's folder"),
    (lambda objects: rolling(objects).update(maxUnavailable=2), "2 of 2: a change takes the last pod away"),
    (lambda objects: rolling(objects).update(maxUnavailable=0), "both 0: nothing could ever change"),
    (lambda objects: rolling(objects).update(maxUnavailable="25%"), "expected a number of pods as maxUnavailable"),
    (lambda objects: objects[1]["spec"].update(replicas=1), "1 of 1: a change takes the last pod away"),
    (lambda objects: objects[1]["spec"].pop("strategy"), "expected a number of pods"),
    (lambda objects: objects[2]["spec"].update(selector={"app": "model"}), "finds no pod"),
    (lambda objects: objects[2]["spec"]["ports"][0].update(targetPort="rpc"), "'rpc' is no port"),
    (lambda objects: objects[3]["spec"]["selector"].update(matchLabels={"app": "x"}), "PodDisruptionBudget"),
    (lambda objects: objects[1]["spec"].update(replicas="two"), "Deployment aoi-models: replicas: "),
    (lambda objects: objects[0].update(kind="Configmap"), "Configmap: expected one of"),
]


@pytest.mark.parametrize(("mistake", "words"), MISTAKES)
def test_a_mistake_is_named(mistake: Callable[[list[Object]], object], words: str) -> None:
    objects = copy.deepcopy(GOOD)
    mistake(objects)
    problems = broken_rules(objects)
    assert any(words in problem for problem in problems), problems
