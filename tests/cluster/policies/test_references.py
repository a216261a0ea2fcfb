"""Objects that name each other: each mistake is named."""

import pytest

from aoi_modules.cluster.policies import references as rules
from tests.cluster.overlays import Mistake, Object, check, container, one, pod


def service(objects: list[Object]) -> Object:
    found: Object = one(objects, "Service", "gateway")["spec"]
    return found


def gateways(objects: list[Object]) -> Object:
    found: Object = one(objects, "StatefulSet", "gateway")["spec"]
    return found


def context(objects: list[Object]) -> Object:
    found: Object = pod(objects)["securityContext"]
    return found


def select(objects: list[Object], label: str, value: str) -> None:
    gateways(objects)["selector"]["matchLabels"][f"app.kubernetes.io/{label}"] = value


def let_claims_go(objects: list[Object]) -> None:
    gateways(objects)["persistentVolumeClaimRetentionPolicy"]["whenScaled"] = "Delete"


MISTAKES: list[Mistake] = [
    (rules.fits_together, "local", lambda o: service(o).update(selector={"app": "gateway"}), "finds no pod"),
    (rules.fits_together, "local", lambda o: service(o)["ports"][0].update(targetPort="http"), "'http' is no port"),
    (rules.fits_together, "local", lambda o: one(o, "Service", "gateway")["metadata"].update(namespace="x"), "no pod"),
    (rules.fits_together, "local", lambda o: container(o)["volumeMounts"][0].update(name="spol"), "mounts 'spol'"),
    (rules.finds_its_own_pods, "local", lambda o: select(o, "name", "x"), "does not find its own pods"),
    (rules.finds_its_own_pods, "local", lambda o: select(o, "part-of", "aoi"), "expected what never changes"),
    (rules.names_what_is_there, "local", lambda o: o.remove(one(o, "ConfigMap", "gateway-routes")), "gateway-routes"),
    (rules.names_what_is_there, "local", lambda o: gateways(o).update(serviceName="x"), "names Service x"),
    (rules.names_what_is_there, "prod", lambda o: o.remove(one(o, "PersistentVolumeClaim", "backups")), "backups"),
    (rules.can_read_its_claim, "local", lambda o: context(o).pop("fsGroup"), "no securityContext.fsGroup"),
    (rules.starts_without_a_walk, "local", lambda o: context(o).pop("fsGroupChangePolicy"), "walks through the whole"),
    (rules.keeps_its_claims, "local", let_claims_go, "what was kept goes"),
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(mistake: Mistake) -> None:
    check(mistake)
