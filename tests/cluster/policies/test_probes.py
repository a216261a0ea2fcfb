"""How a cluster learns how a pod does: each mistake is named."""

import pytest

from aoi_modules.cluster.policies import probes as rules
from tests.cluster.overlays import Mistake, Object, check, container


def asks(objects: list[Object], probe: str, way: str, kind: str = "StatefulSet", name: str = "gateway") -> Object:
    found: Object = container(objects, kind, name)[probe][way]
    return found


def port_of_model_servers(objects: list[Object]) -> None:
    asks(objects, "readinessProbe", "grpc", "Deployment", "model-serving").update(port=8505)


def alive_by_program(objects: list[Object]) -> None:
    container(objects).update(livenessProbe={"exec": {"command": ["true"]}})


MISTAKES: list[Mistake] = [
    (rules.has_probes, "local", lambda o: container(o).pop("startupProbe"), "no startupProbe"),
    (rules.has_probes, "prod", lambda o: container(o, "StatefulSet", "postgresql").pop("livenessProbe"), "no liveness"),
    (
        rules.asks_different_things,
        "local",
        lambda o: asks(o, "livenessProbe", "httpGet").update(path="/readyz"),
        "away",
    ),
    (rules.asks_different_things, "local", alive_by_program, "starts a program"),
    (rules.asks_known_ports, "local", lambda o: asks(o, "readinessProbe", "httpGet").update(port="http"), "'http', wh"),
    (rules.asks_known_ports, "prod", port_of_model_servers, "8505, which is none of its ports"),
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(mistake: Mistake) -> None:
    check(mistake)
