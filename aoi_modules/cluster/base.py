"""The model server of `k8s/base`, made from the deployment of lesson 7, so that the two cannot differ.

What is added: models come from the registry, by one sync before the server starts and one beside it that goes on.
`make format` writes the file, `make lint` checks it.
"""

import copy
import sys
from pathlib import Path
from typing import Any

from aoi_modules.cluster.deployment import GRPC_PORT, MODEL_CONFIG, MODELS, Deployment, to_yaml

Object = dict[str, Any]
PATH = Path(__file__).parents[2] / "k8s" / "base" / "model-serving" / "objects.yaml"
NAME, NAMESPACE = "model-serving", "aoi"
REGISTRY = "s3://models?endpoint=http://s3.aoi-data:8333"
"""The bucket of models in the store of `k8s/base/object-store`, which has this name in whatever way it is run."""
SYNC_IMAGE = "aoi/model-sync:0.2.0"
SYNC_SECONDS = 5
"""Between two looks into the registry: a version that is pushed is served within half a minute."""
HEALTH, HEALTH_MINUTES = "/tmp/sync.health", 10
"""The file that the sync writes at the end of each look, and how old it may become until the sync is started anew."""
ROOM = "4Gi"
"""For all versions that are served, and one more on its way."""
_HEAD = "# Written by `python -m aoi_modules.cluster.base` from aoi_modules/cluster/deployment.py; edit there.\n"


def main(arguments: list[str]) -> str | None:
    """Writes or checks the file.

    Args:
        arguments: of the command; `--check` leaves the file as it is.

    Returns:
        What is wrong, None if nothing is.
    """
    if "--check" not in arguments:
        PATH.write_text(text())
    elif not PATH.is_file() or PATH.read_text() != text():
        return f"{PATH}: not what aoi_modules/cluster/deployment.py says. Run: make format"
    return None


def text() -> str:
    """Returns what the file has to hold."""
    return _HEAD + to_yaml(objects())


def objects() -> list[Object]:
    """The objects of lesson 7 for models that come from the registry."""
    found = [copy.deepcopy(one) for one in Deployment(NAME, models=[]).kubernetes()]
    for one in found:
        one["metadata"]["namespace"] = NAMESPACE
        if one["kind"] == "ConfigMap":
            del one["data"][MODEL_CONFIG]  # the sync writes it, beside the models
        if one["kind"] == "Deployment":
            _from_registry(one["spec"]["template"]["spec"])
    return [_account(), *found]


def _from_registry(pod: Object) -> None:
    """Puts the syncs into a pod, and the folder that they fill."""
    (server,) = pod["containers"]
    server["args"] = [
        f"--model_config_file={MODELS}/{MODEL_CONFIG}" if word.startswith("--model_config_file=") else word
        for word in server["args"]
    ]
    pod["serviceAccountName"] = NAME
    pod["priorityClassName"] = "aoi-line"
    pod["topologySpreadConstraints"] = [_spread()]
    # The first one ends before the server starts; the second one starts then and goes on as long as the server does.
    pod["initContainers"] = [
        _sync("first-sync", "--once", "--or-keep"),
        {
            **_sync("sync", f"--every={SYNC_SECONDS}", f"--server=127.0.0.1:{GRPC_PORT}", f"--health-file={HEALTH}"),
            **_BESIDE,
        },
    ]
    pod["volumes"] = [
        {"name": "models", "emptyDir": {"sizeLimit": ROOM}} if volume["name"] == "models" else volume
        for volume in pod["volumes"]
    ]
    # what a pod downloads counts towards the node's disk
    server["resources"]["requests"]["ephemeral-storage"] = "128Mi"
    server["resources"]["limits"]["ephemeral-storage"] = "256Mi"


_BESIDE: Object = {
    "restartPolicy": "Always",
    "livenessProbe": {
        "exec": {"command": ["sh", "-c", f'test -n "$(find {HEALTH} -mmin -{HEALTH_MINUTES})"']},
        "initialDelaySeconds": 60 * HEALTH_MINUTES,  # the first look may take long: it brings all models
        "periodSeconds": 60,
        "timeoutSeconds": 5,
    },
}
"""What makes an init container one that stays: it ends after the others do, and is started anew when it hangs."""


def _sync(name: str, *how: str) -> Object:
    """A container that keeps the folder of models in step with the registry."""
    return {
        "name": name,
        "image": SYNC_IMAGE,
        "args": ["registry", "sync", f"--registry={REGISTRY}", f"--models={MODELS}", "--log_format=json", *how],
        "envFrom": [{"secretRef": {"name": "s3-serving"}}],  # may read models, and nothing else
        "resources": {
            "requests": {"cpu": "25m", "memory": "192Mi", "ephemeral-storage": ROOM},
            "limits": {"memory": "192Mi", "ephemeral-storage": "5Gi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "models", "mountPath": MODELS}, {"name": "tmp", "mountPath": "/tmp"}],
    }


def _spread() -> Object:
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"app.kubernetes.io/name": NAME}},
    }


def _account() -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": NAME, "namespace": NAMESPACE},
        "automountServiceAccountToken": False,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
