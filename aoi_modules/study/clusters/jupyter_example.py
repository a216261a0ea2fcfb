"""A Jupyter as one line, and as the three objects that replace it: what the lesson draws side by side."""

from typing import Any

LINE = (
    "docker run -p 18500:8888 -v /srv/work:/home/jovyan/work --name jupyter-eve --memory 1g -d --restart=always "
    "jupyter-eve:1"
)


def objects() -> list[dict[str, Any]]:
    """A claim, a Deployment and a Service that do what the line does."""
    labels = {"app": "jupyter"}
    container = {
        "name": "jupyter",
        "image": "jupyter-eve:1",
        "ports": [{"containerPort": 8888}],
        "resources": {"requests": {"memory": "512Mi"}, "limits": {"memory": "1Gi"}},
        "volumeMounts": [{"name": "work", "mountPath": "/home/jovyan/work"}],
    }
    volumes = [{"name": "work", "persistentVolumeClaim": {"claimName": "work"}}]
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [container], "volumes": volumes}}
    return [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "work"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "jupyter-eve"},
            "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": pod},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "jupyter-eve"},
            "spec": {"selector": labels, "ports": [{"port": 18500, "targetPort": 8888}]},
        },
    ]
