"""What a pod may not do: each mistake is named."""

import pytest

from aoi_modules.cluster.policies import confinement as rules
from tests.cluster.overlays import Mistake, Object, check, container, one, pod


def context(objects: list[Object]) -> Object:
    found: Object = pod(objects)["securityContext"]
    return found


def of_container(objects: list[Object]) -> Object:
    found: Object = container(objects)["securityContext"]
    return found


def add_folder(objects: list[Object]) -> None:
    pod(objects)["volumes"].append({"name": "logs", "hostPath": {"path": "/var/log"}})


def write_to_the_node(objects: list[Object]) -> None:
    container(objects, "DaemonSet", "node-exporter")["volumeMounts"][0].pop("readOnly")


def read_all_of_the_node(objects: list[Object]) -> None:
    (logs,) = [one for one in pod(objects, "DaemonSet", "alloy")["volumes"] if one["name"] == "logs"]
    logs["hostPath"]["path"] = "/var"


def role(objects: list[Object], resource: str, verb: str) -> None:
    rule = {"apiGroups": [""], "resources": [resource], "verbs": [verb]}
    objects.append({"kind": "ClusterRole", "metadata": {"name": "mine"}, "rules": [rule]})


def bind(objects: list[Object], **fields: object) -> None:
    one(objects, "ClusterRoleBinding", "aoi-kube-state-metrics-nodes").update(fields)


MISTAKES: list[Mistake] = [
    (
        rules.gives_rights_that_stand_here,
        "prod",
        lambda o: bind(o, roleRef={"kind": "ClusterRole", "name": "cluster-admin"}),
        "gives ClusterRole cluster-admin, which does not stand here",
    ),
    (
        rules.gives_rights_that_stand_here,
        "prod",
        lambda o: bind(o, subjects=[{"kind": "ServiceAccount", "name": "gateway", "namespace": "aoi"}]),
        "gives rights to ServiceAccount gateway, which needs none",
    ),
    (rules.reads_logs_alone, "prod", read_all_of_the_node, "volume logs: /var: expected a folder in /var/log"),
    (rules.only_looks_at_the_cluster, "prod", lambda o: role(o, "secrets", "get"), "ClusterRole mine: sees secrets"),
    (rules.only_looks_at_the_cluster, "prod", lambda o: role(o, "pods", "delete"), "ClusterRole mine: may delete"),
    (rules.leaves_the_node_alone, "prod", write_to_the_node, "volume host is a folder of the machine"),
    (rules.is_nobody, "local", lambda o: context(o).update(runAsUser=0), "runAsUser: expected a number over 0"),
    (rules.is_nobody, "local", lambda o: context(o).pop("runAsGroup"), "runAsGroup: expected a number over 0"),
    (rules.is_nobody, "local", lambda o: context(o).pop("runAsNonRoot"), "may be root"),
    (rules.is_confined, "local", lambda o: context(o).update(runAsNonRoot=False), "may be root"),
    (rules.is_confined, "local", lambda o: of_container(o).pop("capabilities"), "drop: [ALL]"),
    (rules.is_confined, "local", lambda o: of_container(o).pop("allowPrivilegeEscalation"), "allowPrivilegeEscalation"),
    (rules.has_seccomp, "local", lambda o: context(o).pop("seccompProfile"), "seccompProfile"),
    (rules.has_read_only_root, "local", lambda o: of_container(o).pop("readOnlyRootFilesystem"), "readOnlyRoot"),
    (rules.leaves_the_node_alone, "local", lambda o: pod(o).update(hostNetwork=True), "hostNetwork"),
    (rules.leaves_the_node_alone, "local", lambda o: of_container(o).update(privileged=True), "root of the machine"),
    (rules.leaves_the_node_alone, "local", add_folder, "a folder of the machine"),
    (rules.leaves_the_node_alone, "local", lambda o: container(o)["ports"][0].update(hostPort=8443), "finds no place"),
    (rules.has_no_key_of_the_cluster, "local", lambda o: pod(o).pop("automountServiceAccountToken"), "gets a key"),
    (rules.has_no_key_of_the_cluster, "local", lambda o: pod(o).pop("serviceAccountName"), "'default': no such"),
    (rules.knows_no_service_by_variable, "local", lambda o: pod(o).pop("enableServiceLinks"), "enableServiceLinks"),
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(mistake: Mistake) -> None:
    check(mistake)
