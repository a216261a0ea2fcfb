"""Right answers to the exercises of lesson 2, for any task."""

from typing import Any

from aoi_modules.cluster.deployment import to_yaml
from aoi_modules.course.exercises.clusters.client import programs_of
from aoi_modules.course.exercises.clusters.completion import alias_of
from aoi_modules.course.exercises.clusters.edited import EditTask
from aoi_modules.course.exercises.clusters.faults import BrokenFile
from aoi_modules.course.exercises.clusters.tasks import IMAGE, Task
from aoi_modules.study.clusters import pages
from aoi_modules.study.clusters.recorded import read


def jupyter_file(task: Task) -> str:
    """The file of exercise 2.1."""
    return f"""apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: {task.claim}, namespace: {task.namespace}}}
spec:
  accessModes: [ReadWriteOnce]
  resources: {{requests: {{storage: {task.gigabytes}Gi}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {task.name}, namespace: {task.namespace}}}
spec:
  replicas: 1
  strategy: {{type: Recreate}}
  selector: {{matchLabels: {{app: jupyter}}}}
  template:
    metadata: {{labels: {{app: jupyter}}}}
    spec:
      securityContext: {{runAsNonRoot: true, runAsUser: 1000, fsGroup: 100}}
      containers:
      - name: jupyter
        image: {IMAGE}
        env:
        - name: JUPYTER_TOKEN
          valueFrom: {{secretKeyRef: {{name: jupyter-token, key: token}}}}
        ports: [{{name: http, containerPort: 8888}}]
        resources:
          requests: {{cpu: {task.millis}m, memory: {task.memory}Mi}}
          limits: {{memory: {2 * task.memory}Mi}}
        volumeMounts: [{{name: work, mountPath: {task.inside}}}]
      volumes:
      - {{name: work, persistentVolumeClaim: {{claimName: {task.claim}}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: {task.name}, namespace: {task.namespace}}}
spec:
  selector: {{app: jupyter}}
  ports: [{{port: {task.port}, targetPort: http}}]
"""


def script(task: Task) -> str:
    """The script of exercise 2.3."""
    return f"""set -e
curl -fsSLO $RELEASES/$VERSION/bin/linux/amd64/kubectl
curl -fsSLO $RELEASES/$VERSION/bin/linux/amd64/kubectl.sha256
echo "$(cat kubectl.sha256)  kubectl" | sha256sum --check
chmod +x kubectl
mv kubectl ~/{programs_of(task)}/
kubectl version --client
"""


def bashrc(task: Task) -> str:
    """The lines of exercise 2.4."""
    return f"""source /usr/share/bash-completion/bash_completion
source <(kubectl completion bash)
alias k=kubectl
complete -o default -F __start_kubectl k
alias {alias_of(task)}='kubectl --namespace {task.namespace}'
"""


def edited(task: EditTask) -> dict[str, Any]:
    """The texts of exercise 2.5."""
    said = read().edits
    return {
        "pod": task.live["Pod"].replace("image: python:3.12-slim", f"image: {task.image}", 1),
        "storage_class": task.live["StorageClass"].replace("allowVolumeExpansion: false", "allowVolumeExpansion: true"),
        "service": task.live["Service"].replace("port: 80\n", f"port: {task.port}\n"),
        "refused": [name for name in task.tried if said[name].refused],
        "file": task.file.replace("port: 80\n", f"port: {task.port}\n"),
    }


def mended(broken: tuple[BrokenFile, ...]) -> list[str]:
    """The files of exercise 2.6."""
    return [to_yaml(pages.objects(one.namespace, one.greeting)) for one in broken]
