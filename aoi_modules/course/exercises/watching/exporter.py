"""Exercise 10.7: a node exporter whose file has one fault is mended, so that Prometheus sees each node."""

from dataclasses import dataclass
from random import Random

from aoi_modules.cluster.policies.pods import found_by
from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.clusters.files import Object, objects_of, part
from aoi_modules.study.watching import node_files
from aoi_modules.study.watching.node_files import FAULTS

KINDS = ("DaemonSet", "Service")


@dataclass(frozen=True)
class NodeFile:
    """A colleague's file.

    Args:
        fault: that it has.
    """

    fault: str

    @classmethod
    def of(cls, dice: Random) -> "NodeFile":
        """One of the faults; another one for the next trainee."""
        return cls(dice.choice(tuple(FAULTS)))

    @property
    def text(self) -> str:
        """The file."""
        return node_files.broken(self.fault)

    @property
    def seen(self) -> str:
        """What Prometheus sees of it."""
        return FAULTS[self.fault].seen


def check_node_file(given: object, text: object) -> str:
    """Wants a file by which Prometheus finds the exporter of each node, with its node's disks.

    Raises:
        Hint: it still does not, or something else became of the file.
    """
    if not isinstance(given, NodeFile):
        raise Hint(f"node_file: found {kind(given)}, expected the one of the cell above; leave it as it is")
    found = objects_of(text, KINDS)
    _check_service(found["Service"], found["DaemonSet"])
    _check_exporter(found["DaemonSet"])
    return "the name of a port leads Prometheus to each pod, and each pod tells of its node"


def _check_service(service: Object, daemons: Object) -> None:
    name = part(service, "metadata.name"), part(service, "metadata.namespace")
    if name != ("node-exporter", "nodes"):
        raise Hint(f"Service: found {name[0]} in {name[1]}; Prometheus asks for node-exporter.nodes")
    labels = part(daemons, "spec.template.metadata.labels")
    selector = part(service, "spec.selector")
    if not isinstance(labels, dict) or not isinstance(selector, dict):
        raise Hint("a selector and the labels of the pods are names with values: {app: node-exporter}")
    if not selector or not found_by({"matchLabels": selector}, labels):
        raise Hint(f"Service: its selector {selector} finds no pod; the pods have {labels}")
    ports = part(service, "spec.ports")
    names = [one.get("name") for one in ports if isinstance(one, dict)] if isinstance(ports, list) else []
    if "metrics" not in names:
        raise Hint(f"Service: its port is called {', '.join(map(str, names))}; Prometheus asks for _metrics._tcp")
    if part(service, "spec.clusterIP") != "None":
        raise Hint("Service: it has an address of its own, so its name leads there; clusterIP: None leads to each pod")


def _check_exporter(daemons: Object) -> None:
    inside = part(daemons, "spec.template.spec.containers.0")
    if not isinstance(inside, dict):
        raise Hint("DaemonSet: found no container in its template")
    mounts = inside.get("volumeMounts") or []
    host = next((one for one in mounts if isinstance(one, dict) and one.get("name") == "host"), None)
    if host is None or host.get("readOnly") is not True:
        raise Hint("DaemonSet: the node's disks are mounted read-only, and were so before; leave that as it is")
    if f"--path.rootfs={host.get('mountPath')}" not in [str(one) for one in inside.get("args") or []]:
        raise Hint("DaemonSet: nobody tells the exporter where the node's disks are mounted; look at volumeMounts")
    if part(daemons, "spec.template.spec.tolerations") is None:
        raise Hint("DaemonSet: its tolerations are gone; then nodes that others have to leave are not seen")
