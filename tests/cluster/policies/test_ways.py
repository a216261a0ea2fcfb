"""Who may reach whom: each mistake is named."""

import pytest

from aoi_modules.cluster.policies import ways as rules
from tests.cluster.overlays import Mistake, Object, check, one


def way(objects: list[Object], name: str, direction: str, place: int = 0) -> Object:
    found: Object = one(objects, "NetworkPolicy", name)["spec"][direction][place]
    return found


def closed(objects: list[Object]) -> Object:
    wanted = ("deny-all", "aoi")
    return next(o for o in objects if (o["metadata"]["name"], o["metadata"].get("namespace")) == wanted)


def service(objects: list[Object]) -> Object:
    found: Object = one(objects, "Service", "gateway")["spec"]
    return found


def let_into_the_cloud(objects: list[Object]) -> None:
    way(objects, "jupyter", "egress", -1)["to"][0]["ipBlock"]["except"].remove("169.254.0.0/16")


def lead_plain(objects: list[Object]) -> None:
    (rule,) = one(objects, "HTTPRoute", "to-https")["spec"]["rules"]
    rule["backendRefs"] = [{"name": "gateway", "port": 443}]


def show_no_certificate(objects: list[Object]) -> None:
    del one(objects, "Gateway", "line")["spec"]["listeners"][1]["tls"]


def wrong_port(objects: list[Object]) -> None:
    way(objects, "postgresql", "ingress")["ports"][0]["port"] = 5433


POSTGRESQL = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "postgresql"}}}
INGRESS = {"kind": "Ingress", "metadata": {"name": "line", "namespace": "aoi"}}
MISTAKES: list[Mistake] = [
    (rules.denies_all_first, "local", lambda o: o.remove(closed(o)), "Namespace aoi: no NetworkPolicy for all pods"),
    (rules.denies_all_first, "local", lambda o: closed(o)["spec"].update(policyTypes=["Ingress"]), "in and out"),
    (rules.denies_all_first, "local", lambda o: closed(o)["spec"].update(egress=[{}]), "in and out"),
    (rules.names_its_ways, "local", lambda o: way(o, "postgresql", "ingress").pop("from"), "without from: everybody"),
    (rules.names_its_ways, "local", lambda o: way(o, "gateway", "egress").pop("ports"), "every port"),
    (rules.names_known_ports, "local", wrong_port, "ingress to port 5433"),
    (rules.keeps_trainees_out, "local", lambda o: way(o, "jupyter", "egress")["to"].append(POSTGRESQL), "a way to"),
    (rules.keeps_trainees_out, "local", let_into_the_cloud, "without except: 169.254.0.0/16"),
    (rules.opens_no_port_of_nodes, "local", lambda o: service(o).update(type="NodePort"), "type NodePort"),
    (rules.opens_no_port_of_nodes, "local", lambda o: service(o).update(externalIPs=["10.0.0.7"]), "externalIPs"),
    (rules.opens_no_port_of_nodes, "local", lambda o: o.append(INGRESS), "routes of the Gateway API"),
    (rules.speaks_tls_outside, "prod", lead_plain, "plain HTTP"),
    (
        rules.speaks_tls_outside,
        "prod",
        lambda o: one(o, "Gateway", "line")["spec"]["listeners"][1].pop("tls"),
        "no cert",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(mistake: Mistake) -> None:
    check(mistake)
