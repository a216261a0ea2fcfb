"""Exercise 2.1: a claim, a Deployment and a Service in place of one `docker run` line."""

from typing import Any

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.clusters.files import Object, expect_amount, objects_of, part
from aoi_modules.course.exercises.clusters.tasks import IMAGE, INSIDE, SECRET, Task

KINDS = ("PersistentVolumeClaim", "Deployment", "Service")


def check_jupyter(answer: object, task: Task) -> str:
    """Wants the three objects to replace the trainee's line, part by part; gives the file.

    Raises:
        Hint: a part is missing, or says something else.
    """
    objects = objects_of(answer, KINDS)
    claim, deployment, service = (objects[one] for one in KINDS)
    _check_room(objects, task)
    _check_claim(claim, task)
    pod, container = _check_deployment(deployment, task)
    _check_container(container, task)
    _check_work(pod, container, task)
    _check_service(service, deployment, container, task)
    return str(answer)


def _check_room(objects: dict[str, Object], task: Task) -> None:
    for name, one in objects.items():
        found = part(one, "metadata.namespace")
        if found != task.namespace:
            where = found or "none, so it would go to the namespace default"
            raise Hint(f"{name}: metadata.namespace: found {where}, expected yours, {task.namespace}")
    for name, expected in (("PersistentVolumeClaim", task.claim), ("Deployment", task.name), ("Service", task.name)):
        found = part(objects[name], "metadata.name")
        if found != expected:
            raise Hint(f"{name}: metadata.name: found {found}, expected {expected}")


def _check_claim(claim: Object, task: Task) -> None:
    if part(claim, "spec.accessModes") != ["ReadWriteOnce"]:
        raise Hint(
            f"PersistentVolumeClaim: accessModes: found {part(claim, 'spec.accessModes')}, expected [ReadWriteOnce]: "
            "one node at a time may write"
        )
    size = part(claim, "spec.resources.requests.storage")
    expect_amount("PersistentVolumeClaim: spec.resources.requests.storage", size, f"{task.gigabytes}Gi")


def _check_deployment(deployment: Object, task: Task) -> tuple[Object, Object]:
    """The pod that it describes, and its one container."""
    replicas = part(deployment, "spec.replicas")
    if replicas not in (None, 1):
        raise Hint(f"Deployment: replicas: found {replicas}, expected 1; two Jupyters would write into one claim")
    selector, labels = part(deployment, "spec.selector.matchLabels"), part(deployment, "spec.template.metadata.labels")
    if not selector:
        raise Hint("Deployment: spec.selector.matchLabels: found none; it would not know its pods")
    if not labels or not selector.items() <= labels.items():
        raise Hint(
            f"Deployment: it looks for pods with {selector}, and those of its template have {labels or 'no labels'}; "
            "the cluster refuses that"
        )
    pod = part(deployment, "spec.template.spec") or {}
    containers = pod.get("containers") or []
    if len(containers) != 1:
        raise Hint(f"Deployment: found {len(containers)} containers, expected one, with {IMAGE}")
    if pod.get("hostNetwork") or any(one.get("hostPort") for one in containers[0].get("ports") or []):
        raise Hint(
            "Deployment: hostPort takes a port of the server itself, which is what the Service is there to avoid"
        )
    return pod, containers[0]


def _check_container(container: Object, task: Task) -> None:
    if container.get("image") != IMAGE:
        raise Hint(f"image: found {container.get('image')}, expected that of your line, {IMAGE}")
    ports = [one.get("containerPort") for one in container.get("ports") or []]
    if INSIDE not in ports:
        told = ", ".join(map(str, ports)) or "none"
        own = "; yours is the Service's, not the container's" if task.port in ports else ""
        raise Hint(f"containers.ports: found {told}, expected containerPort {INSIDE}, where Jupyter listens{own}")
    token = next((one for one in container.get("env") or [] if one.get("name") == "JUPYTER_TOKEN"), None)
    if token is None or part(token, "valueFrom.secretKeyRef.name") != SECRET:
        raise Hint(
            f"env: JUPYTER_TOKEN: expected it from the Secret {SECRET}; in a file that is in git everybody reads it"
        )
    asked = {
        "requests.cpu": f"{task.millis}m",
        "requests.memory": f"{task.memory}Mi",
        "limits.memory": f"{2 * task.memory}Mi",
    }
    for path, expected in asked.items():
        expect_amount(f"resources.{path}", part(container, f"resources.{path}"), expected)


def _check_work(pod: Object, container: Object, task: Task) -> None:
    """Follows the work from where the container sees it to the claim."""
    mounts: list[Any] = container.get("volumeMounts") or []
    mount = next((one for one in mounts if str(one.get("mountPath")).rstrip("/") == task.inside), None)
    if mount is None:
        seen = ", ".join(str(one.get("mountPath")) for one in mounts) or "nothing"
        raise Hint(f"volumeMounts: the container sees {seen}, expected {task.inside}, the right side of your -v")
    if mount.get("readOnly"):
        raise Hint("volumeMounts: with readOnly Jupyter could save nothing; leave it out")
    volume = next((one for one in pod.get("volumes") or [] if one.get("name") == mount.get("name")), None)
    if volume is None:
        raise Hint(f"volumes: found none with the name {mount.get('name')!r}, which volumeMounts asks for")
    if "hostPath" in volume:
        raise Hint("volumes: hostPath is a folder of one node; on another node the work would be gone. Name the claim")
    if "emptyDir" in volume:
        raise Hint("volumes: emptyDir is gone with the pod, as a container without -v; name the claim")
    found = part(volume, "persistentVolumeClaim.claimName")
    if found != task.claim:
        raise Hint(f"volumes: claimName: found {found}, expected {task.claim}; a pod without its claim stays Pending")


def _check_service(service: Object, deployment: Object, container: Object, task: Task) -> None:
    spec = service.get("spec") or {}
    if spec.get("externalIPs"):
        raise Hint(
            "Service: externalIPs: whoever may write a Service could take any address; they go away, leave them out"
        )
    if spec.get("type", "ClusterIP") != "ClusterIP":
        raise Hint(f"Service: type: found {spec['type']}; ClusterIP is enough, port-forward brings you there")
    selector, labels = spec.get("selector") or {}, part(deployment, "spec.template.metadata.labels") or {}
    if not selector:
        raise Hint("Service: spec.selector: found none; it would lead to no pod")
    if not selector.items() <= labels.items():
        raise Hint(f"Service: its selector {selector} finds no pod; yours have {labels}. Nothing would say so")
    ports = {one.get("port"): one.get("targetPort", one.get("port")) for one in spec.get("ports") or []}
    if task.port not in ports:
        told = ", ".join(map(str, ports)) or "none"
        raise Hint(f"Service: port: found {told}, expected {task.port}, the left side of your -p")
    names = {one.get("name"): one.get("containerPort") for one in container.get("ports") or []}
    target = names.get(ports[task.port], ports[task.port])
    if target != INSIDE:
        raise Hint(
            f"Service: port {task.port} leads to {target} of the pod, where nobody listens; targetPort: {INSIDE}"
        )
