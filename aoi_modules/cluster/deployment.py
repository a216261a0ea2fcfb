"""One model server in production: the files that start the same server by Docker, by Compose and on Kubernetes.

All are made from one description, so that image, ports, flags and models cannot differ between them. The image is that
of `aoi serve --engine=docker`; tests hold it to docker/versions.env.
"""

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

import yaml

from aoi_modules.serving import model_config
from aoi_modules.serving.launchers import docker
from aoi_modules.serving.model_config import ServedModel

MODELS, CONFIGS = "/models", "/etc/model-server"
"""Where the container sees the servables, and the config files."""
CONFIG_FOLDER = "config"
"""Of the config files. It is mounted whole: a single file that is mounted stays the old one when it is replaced."""
MODEL_CONFIG, MONITORING_CONFIG = "models.config", "monitoring.config"
MONITORING = "prometheus_config { enable: true }\n"
GRPC_PORT, REST_PORT = 8500, 8501
POLL_SECONDS = 10.0
"""Between two looks at the config file. A ConfigMap takes about a minute to reach its pods anyway."""
USER = 10001
"""Of the server, and the group to which the claim's folder is given."""
CONNECTION_SECONDS = 60
"""So long a gRPC connection is kept. Its end is when clients ask for the name again, and meet pods that are new."""
STOP_SECONDS = 30
"""How long a stopped server may take to answer what is under way."""
START_SECONDS = 300
"""How long the first load of all models may take."""

Object = dict[str, Any]
"""A Kubernetes object, as YAML reads it."""


@dataclass(frozen=True)
class Deployment:
    """A model server and what it serves.

    Args:
        name: of the server: container, service, objects.
        models: each with the base path that it has on this machine.
        replicas: servers that run side by side on Kubernetes.
        cpus: processors that each server is promised, perhaps a part of one; it takes what is free beside them. Two
            servers of a half fit a node of two, where the cluster's own pods need nearly one.
        memory: of each server, promised and allowed, in Kubernetes' words. Two versions have to fit at once.
        claim: PersistentVolumeClaim that holds the servables.
        spare_place: whether the nodes have room for one pod more while a change goes round; without it an old pod goes
            first, and the others answer meanwhile. One server alone needs that room.
    """

    name: str
    models: Sequence[ServedModel]
    replicas: int = 2
    cpus: float = 0.5
    memory: str = "2Gi"
    claim: str = "models"
    spare_place: bool = False

    @property
    def image(self) -> str:
        """The container image, with its version."""
        return docker.IMAGE

    @property
    def arguments(self) -> list[str]:
        """What the server is started with; the same for all three, and for `aoi serve`."""
        return [
            f"--port={GRPC_PORT}",
            f"--rest_api_port={REST_PORT}",
            f"--model_config_file={CONFIGS}/{MODEL_CONFIG}",
            f"--model_config_file_poll_wait_seconds={POLL_SECONDS:g}",
            f"--monitoring_config_file={CONFIGS}/{MONITORING_CONFIG}",
            "--enable_grpc_healthcheck_service=true",
            f"--grpc_channel_arguments=grpc.max_connection_age_ms={1000 * CONNECTION_SECONDS}",
            "--allow_version_labels_for_unavailable_models=true",  # at the start no version is loaded yet
        ]

    def inside(self) -> list[ServedModel]:
        """The models, with the base paths that the container sees."""
        return [replace(model, base_path=Path(PurePosixPath(MODELS, model.name))) for model in self.models]

    def configs(self) -> dict[str, str]:
        """The server's own config files, by name."""
        return {MODEL_CONFIG: model_config.to_text(self.inside()), MONITORING_CONFIG: MONITORING}

    def docker_command(self, folder: Path) -> list[str]:
        """The words of `docker run`.

        Args:
            folder: where `write` put its files.
        """
        volumes = [f"--volume={source}:{target}:ro" for source, target in self._mounts(str(folder.resolve()))]
        return [
            "docker", "run", "--rm", "--init", f"--name={self.name}", "--entrypoint=tensorflow_model_server",
            f"--publish={GRPC_PORT}:{GRPC_PORT}", f"--publish={REST_PORT}:{REST_PORT}",
            f"--memory={_docker_memory(self.memory)}", "--read-only", "--tmpfs=/tmp", *volumes,
            self.image, *self.arguments,
        ]  # fmt: skip

    def compose(self) -> Object:
        """The Compose file; it has to lie beside the folder of the config files."""
        return {
            "services": {
                self.name: {
                    "image": self.image,
                    "entrypoint": ["tensorflow_model_server"],
                    "command": self.arguments,
                    "ports": [f"{port}:{port}" for port in (GRPC_PORT, REST_PORT)],
                    "volumes": [
                        {"type": "bind", "source": source, "target": target, "read_only": True}
                        for source, target in self._mounts(".")
                    ],
                    "init": True,
                    "read_only": True,
                    "tmpfs": ["/tmp"],
                    "mem_limit": _docker_memory(self.memory),
                    "restart": "unless-stopped",
                    "stop_grace_period": f"{STOP_SECONDS}s",
                }
            }
        }

    def kubernetes(self) -> list[Object]:
        """The objects of a cluster: config, pods, address, and a limit to how many pods may be taken away at once."""
        return [self._config_map(), self._pods(), self._service(), self._disruption_budget()]

    def write(self, folder: Path) -> list[Path]:
        """Writes the config files, docker.sh, compose.yaml and kubernetes.yaml; returns their paths."""
        words = self.docker_command(folder)
        command = " \\\n  ".join([shlex.join(words[:4]), *(shlex.quote(word) for word in words[4:])])
        texts = {
            **{f"{CONFIG_FOLDER}/{name}": text for name, text in self.configs().items()},
            "docker.sh": f"#!/bin/sh\nexec {command}\n",
            "compose.yaml": to_yaml([self.compose()]),
            "kubernetes.yaml": f"{self._needs()}{to_yaml(self.kubernetes())}",
        }
        (folder / CONFIG_FOLDER).mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text)
        return [folder / name for name in texts]

    def _needs(self) -> str:
        """Comments about the room that the objects need, and what to write where there is more or less."""
        pods = self.replicas + self._surge()
        nodes = max(2, math.ceil(pods * self.cpus + 1))
        change = "one more pod starts before an old one goes."
        if not self._surge():
            change = "an old pod goes before a new one comes. With room for one more: maxUnavailable: 0, maxSurge: 1."
        lines = (
            f"Room: {pods} pods of {self._cpu()} CPU and {self.memory} memory, so {nodes} CPUs of nodes, up to one",
            "of them for the cluster's own pods. A pod that stays Pending found none: promise less, or run fewer.",
            f"Changes: {change}",
            "fsGroup: a new claim's folder belongs to root; so it is given to the server's group, which can read it.",
        )
        return "".join(f"# {line}\n" for line in lines)

    def _cpu(self) -> str:
        return f"{1000 * self.cpus:.0f}m"

    def _surge(self) -> int:
        """How many pods more than wanted there are while a change goes round."""
        return 1 if self.spare_place or self.replicas == 1 else 0

    def _mounts(self, folder: str) -> list[tuple[str, str]]:
        """Source and target of each folder."""
        models = [(str(model.base_path.resolve()), f"{MODELS}/{model.name}") for model in self.models]
        return [*models, (f"{folder}/{CONFIG_FOLDER}", CONFIGS)]

    def _meta(self) -> Object:
        return {"name": self.name, "labels": {**self._selector(), "app.kubernetes.io/part-of": "aoi"}}

    def _selector(self) -> dict[str, str]:
        return {"app.kubernetes.io/name": self.name}

    def _config_map(self) -> Object:
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": self._meta(), "data": self.configs()}

    def _pods(self) -> Object:
        surge = self._surge()
        pod = {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": STOP_SECONDS + 10,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": USER,
                "runAsGroup": USER,
                # A new claim's folder belongs to root, and only the log would say that the server cannot read it.
                "fsGroup": USER,
                "fsGroupChangePolicy": "OnRootMismatch",  # else each start walks through all servables
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [self._container()],
            "volumes": [
                # The container mounts it to read. Were the claim itself read-only, no group could be given to it.
                {"name": "models", "persistentVolumeClaim": {"claimName": self.claim}},
                {"name": "config", "configMap": {"name": self.name}},
                {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
            ],
        }
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": self._meta(),
            "spec": {
                "replicas": self.replicas,
                "selector": {"matchLabels": self._selector()},
                "strategy": {
                    "type": "RollingUpdate",
                    "rollingUpdate": {"maxUnavailable": 1 - surge, "maxSurge": surge},
                },
                "template": {"metadata": {"labels": self._meta()["labels"]}, "spec": pod},
            },
        }

    def _container(self) -> Object:
        return {
            "name": "server",
            "image": self.image,
            "command": ["tensorflow_model_server"],
            "args": self.arguments,
            "ports": [
                {"name": "grpc", "containerPort": GRPC_PORT},
                {"name": "http-rest", "containerPort": REST_PORT},
            ],
            # The ports open when the first load is done, so a server that answers has its models.
            "startupProbe": {"grpc": {"port": GRPC_PORT}, "periodSeconds": 5, "failureThreshold": START_SECONDS // 5},
            "readinessProbe": {"grpc": {"port": GRPC_PORT}, "periodSeconds": 5, "timeoutSeconds": 2},
            "livenessProbe": {"tcpSocket": {"port": GRPC_PORT}, "periodSeconds": 20, "failureThreshold": 3},
            # Clients need a moment to learn that the pod goes. The original dies of the signal at once.
            "lifecycle": {"preStop": {"exec": {"command": ["sleep", "5"]}}},
            "resources": {
                "requests": {"cpu": self._cpu(), "memory": self.memory},
                "limits": {"memory": self.memory},
            },
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
            "volumeMounts": [
                {"name": "models", "mountPath": MODELS, "readOnly": True},
                {"name": "config", "mountPath": CONFIGS, "readOnly": True},
                {"name": "tmp", "mountPath": "/tmp"},
            ],
        }

    def _service(self) -> Object:
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": self._meta(),
            "spec": {
                # Without an address of its own it gives those of all pods, and a gRPC client shares its calls out.
                "clusterIP": "None",
                "selector": self._selector(),
                "ports": [
                    {"name": "grpc", "port": GRPC_PORT, "targetPort": "grpc"},
                    {"name": "http-rest", "port": REST_PORT, "targetPort": "http-rest"},
                ],
            },
        }

    def _disruption_budget(self) -> Object:
        return {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": self._meta(),
            "spec": {"maxUnavailable": 1, "selector": {"matchLabels": self._selector()}},
        }


def to_yaml(documents: Sequence[Object]) -> str:
    """Documents in their own order, with texts of several lines as such."""
    return yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, width=120)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


class _Dumper(yaml.SafeDumper):
    """Writes what people read: no anchors, and `|` for texts of several lines."""

    yaml_representers: ClassVar[dict[type, Any]] = {**yaml.SafeDumper.yaml_representers, str: _text}

    def ignore_aliases(self, data: object) -> bool:
        """Writes a value that comes twice in full each time, without an anchor."""
        return True


def _docker_memory(quantity: str) -> str:
    """Kubernetes writes 2Gi, Docker 2g, and both mean 2**31 bytes."""
    return quantity.removesuffix("i").lower()
