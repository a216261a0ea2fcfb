"""Who may reach whom."""

from collections.abc import Iterator, Sequence
from typing import Any

from aoi_modules.cluster.policies.pods import Described, Object, found_by, name_of, namespace_of, of_kind, pods

DOORS = ("gateway",)
"""Apps that everybody may reach: they ask who comes."""
DATABASE = "postgresql"
_EXCEPT = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")
"""Private networks, and the address where machines of clouds tell their keys."""


def denies_all_first(objects: Sequence[Object]) -> Iterator[str]:
    """What nobody has named has no way."""
    policies = of_kind(objects, "NetworkPolicy")
    for room in sorted({pod.namespace for pod in pods(objects)}):
        closed = [one for one in policies if namespace_of(one) == room and _closes(one["spec"])]
        if not closed:
            yield f"Namespace {room}: no NetworkPolicy for all pods that allows nothing, in and out"


def names_its_ways(objects: Sequence[Object]) -> Iterator[str]:
    """Each way has a peer and a port; only a door is open to everybody."""
    for one in of_kind(objects, "NetworkPolicy"):
        for direction, peers in (("ingress", "from"), ("egress", "to")):
            for way in one["spec"].get(direction, []):
                door = direction == "ingress" and one["metadata"]["name"] in DOORS
                if not way.get(peers) and not door:
                    yield f"{name_of(one)}: {direction} without {peers}: everybody"
                if not way.get("ports"):
                    yield f"{name_of(one)}: {direction} without ports: every port"


def names_known_ports(objects: Sequence[Object]) -> Iterator[str]:
    """A way to a port that no pod has leads nowhere, and nobody notices but whoever waits."""
    described = pods(objects)
    for one in of_kind(objects, "NetworkPolicy"):
        found = [pod for pod in described if pod.namespace == namespace_of(one) and _picks(one, pod)]
        names = {port.get("name") for pod in found for part in pod.containers for port in part.get("ports", [])}
        numbers = {port["containerPort"] for pod in found for part in pod.containers for port in part.get("ports", [])}
        for way in one["spec"].get("ingress", []) if found else []:
            for port in way.get("ports", []):
                if port.get("port") not in names | numbers:
                    yield f"{name_of(one)}: ingress to port {port.get('port')!r}, which none of its pods has"


def keeps_trainees_out(objects: Sequence[Object]) -> Iterator[str]:
    """Who learns reaches neither the database of the line, nor what is private, nor the keys of the machine."""
    for one in of_kind(objects, "NetworkPolicy"):
        if namespace_of(one) != "jupyter":
            continue
        for peer in [peer for way in one["spec"].get("egress", []) for peer in way.get("to", [])]:
            if found_by(peer.get("podSelector", {"matchLabels": {"": ""}}), {"app.kubernetes.io/name": DATABASE}):
                yield f"{name_of(one)}: a way to {DATABASE}"
            open_to = peer.get("ipBlock", {})
            missing = [network for network in _EXCEPT if network not in open_to.get("except", [])]
            if open_to and missing:
                yield f"{name_of(one)}: a way to {open_to['cidr']} without except: {', '.join(missing)}"


def opens_no_port_of_nodes(objects: Sequence[Object]) -> Iterator[str]:
    """From outside, the line is reached through its Gateway alone."""
    for one in of_kind(objects, "Service"):
        if one["spec"].get("type", "ClusterIP") != "ClusterIP":
            yield f"{name_of(one)}: type {one['spec']['type']}: it would be reached past the Gateway"
        if one["spec"].get("externalIPs"):
            yield f"{name_of(one)}: externalIPs: whoever may write a Service could take any address"
    for one in of_kind(objects, "Ingress"):
        yield f"{name_of(one)}: Ingress: the ways in are routes of the Gateway API"


def speaks_tls_outside(objects: Sequence[Object]) -> Iterator[str]:
    """What comes from outside is encrypted, and who types http:// is sent to https://."""
    for one in of_kind(objects, "Gateway"):
        for listener in one["spec"]["listeners"]:
            if listener["protocol"] == "HTTP" and not _only_redirects(objects, one, listener["name"]):
                yield f"{name_of(one)}: listener {listener['name']} is plain HTTP and leads to a Service"
            if listener["protocol"] == "HTTPS" and not listener.get("tls", {}).get("certificateRefs"):
                yield f"{name_of(one)}: listener {listener['name']}: no certificate"


def _only_redirects(objects: Sequence[Object], gateway: Object, listener: str) -> bool:
    for route in of_kind(objects, "HTTPRoute", "GRPCRoute"):
        for parent in route["spec"].get("parentRefs", []):
            here = parent["name"] == gateway["metadata"]["name"] and parent.get("sectionName", listener) == listener
            if here and any(rule.get("backendRefs") for rule in route["spec"]["rules"]):
                return False
    return True


def _closes(spec: dict[str, Any]) -> bool:
    both = set(spec.get("policyTypes", [])) == {"Ingress", "Egress"}
    return both and not spec.get("podSelector") and not spec.get("ingress") and not spec.get("egress")


def _picks(policy: Object, pod: Described) -> bool:
    return found_by(policy["spec"].get("podSelector", {}), pod.labels)
