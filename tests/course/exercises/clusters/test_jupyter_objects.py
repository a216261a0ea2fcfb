"""Each wrong way to replace the line gets its own hint."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.clusters.jupyter_objects import check_jupyter
from aoi_modules.course.exercises.clusters.tasks import Task
from tests.course.exercises.clusters.answers import jupyter_file


def test_the_right_file_passes_and_comes_back(task: Task) -> None:
    assert check_jupyter(jupyter_file(task), task) == jupyter_file(task)


MISTAKES = [
    ("namespace: {task.namespace}", "namespace: default", "expected yours"),
    (", namespace: {task.namespace}", "", "namespace default"),
    ("name: {task.name},", "name: jupyter,", "Deployment: metadata.name: found jupyter"),
    ("name: {task.claim}, namespace", "name: work, namespace", "PersistentVolumeClaim: metadata.name"),
    ("[ReadWriteOnce]", "[ReadWriteMany]", "one node at a time"),
    ("storage: {task.gigabytes}Gi", "storage: 1Gi", "requests.storage: found 1Gi"),
    ("replicas: 1", "replicas: 2", "two Jupyters"),
    ("labels: {{app: jupyter}}", "labels: {{app: other}}", "the cluster refuses that"),
    ("{{matchLabels: {{app: jupyter}}}}", "{{}}", "would not know its pods"),
    ("image: quay.io", "image: docker.io", "expected that of your line"),
    ("containerPort: 8888", "containerPort: {task.port}", "yours is the Service's"),
    ("containerPort: 8888", "containerPort: 8888, hostPort: 8888", "port of the server itself"),
    ("valueFrom: {{secretKeyRef: {{name: jupyter-token, key: token}}}}", "value: abc", "expected it from the Secret"),
    ("cpu: {task.millis}m", "cpu: {task.millis}", "resources.requests.cpu"),
    ("limits: {{memory:", "limits: {{ephemeral-storage:", "resources.limits.memory: found none"),
    ("mountPath: {task.inside}", "mountPath: /work", "expected /home/jovyan/work"),
    ("mountPath: {task.inside}", "mountPath: {task.inside}, readOnly: true", "could save nothing"),
    ("{{name: work, mountPath", "{{name: wrok, mountPath", "found none with the name 'wrok'"),
    ("persistentVolumeClaim: {{claimName: {task.claim}}}", "emptyDir: {{}}", "gone with the pod"),
    ("persistentVolumeClaim: {{claimName: {task.claim}}}", "hostPath: {{path: /srv}}", "a folder of one node"),
    ("claimName: {task.claim}", "claimName: work", "stays Pending"),
    ("  selector: {{app: jupyter}}\n  ports", "  selector: {{app: jupiter}}\n  ports", "Nothing would say so"),
    ("  selector: {{app: jupyter}}\n  ports", "  ports", "would lead to no pod"),
    ("  ports: [{{port", "  externalIPs: [192.0.2.1]\n  ports: [{{port", "they go away"),
    ("  ports: [{{port", "  type: NodePort\n  ports: [{{port", "ClusterIP is enough"),
    ("port: {task.port}, targetPort: http", "port: 8888, targetPort: http", "the left side of your -p"),
    ("targetPort: http", "targetPort: {task.port}", "where nobody listens"),
]


@pytest.mark.parametrize(("old", "new", "words"), MISTAKES)
def test_a_wrong_way_gets_its_hint(task: Task, old: str, new: str, words: str) -> None:
    right = jupyter_file(task)
    wrong = right.replace(old.format(task=task), new.format(task=task))
    assert wrong != right
    with pytest.raises(Hint) as hint:
        check_jupyter(wrong, task)
    assert words in str(hint.value)
