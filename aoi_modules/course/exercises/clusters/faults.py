"""Exercise 2.6: three files of colleagues that do not do what they should, each with one fault."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import yaml

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.clusters.files import Object, objects_of, part
from aoi_modules.course.exercises.clusters.tasks import Task
from aoi_modules.errors import CourseError
from aoi_modules.study.clusters import pages
from aoi_modules.study.clusters.kubectl import Kubectl
from aoi_modules.study.clusters.pages import FAULTS, GROUPS, IMAGE, LISTENS, NAME, PORT, Fault
from aoi_modules.study.clusters.room import Room

KINDS = ("ConfigMap", "PersistentVolumeClaim", "Deployment", "Service")
LARGEST_NODE = 8
"""Processors; no node of the line has more."""


@dataclass(frozen=True)
class BrokenFile:
    """A colleague's file.

    Args:
        fault: that it has.
        namespace: in which the colleague wants it: the trainee's own.
        greeting: of its page.
    """

    fault: str
    namespace: str
    greeting: str

    @property
    def text(self) -> str:
        """The file."""
        return pages.broken(self.known, self.namespace, self.greeting)

    @property
    def known(self) -> Fault:
        """All about its fault."""
        return FAULTS[self.fault]


def broken_files(task: Task, dice: Random) -> tuple[BrokenFile, ...]:
    """Three files: what events tell, what a log tells, and what nothing tells aloud."""
    return tuple(
        BrokenFile(dice.choice(tuple(group)), task.namespace, f"{task.parts} of {task.user}, {task.number}")
        for group in GROUPS
    )


def check_mended(broken: object, mended: object, kubectl: Kubectl | None) -> str:
    """Wants each file to do what its colleague wanted, with nothing else changed; tries it where a cluster is.

    Raises:
        Hint: a file still has its fault, or something else became of it.
    """
    if not isinstance(broken, tuple) or not broken or not all(isinstance(one, BrokenFile) for one in broken):
        raise Hint(f"broken: found {kind(broken)}, expected the three of the task; leave them as they are")
    if not isinstance(mended, list | tuple) or len(mended) != len(broken):
        raise Hint(f"mended: found {kind(mended)}, expected a list of {len(broken)} files, each as text")
    for number, (one, text) in enumerate(zip(broken, mended, strict=True), 1):
        try:
            _check_one(one, text)
            if kubectl is not None:
                _try(one, str(text), kubectl)
        except Hint as hint:
            raise Hint(f"file {number}: {hint}") from None
    return (
        "each pod became ready, and its page came through the Service"
        if kubectl
        else "each file does what it should; read and not applied, since no cluster is here"
    )


def _check_one(one: BrokenFile, text: object) -> None:
    named = _named(text)
    for name, found in named.items():
        room = part(found, "metadata.namespace")
        if room != one.namespace:
            raise Hint(f"{name}: namespace: found {room}, expected {one.namespace}, as it was")
    _check_pod(pages.pod_of(named), named)
    _check_container(pages.container_of(named))
    _check_command(pages.container_of(named))
    _check_service(named, pages.container_of(named))
    _refuse_other_changes(one, named)


def _named(text: object) -> Mapping[str, Object]:
    """The objects by kind and name."""
    if isinstance(text, str):
        kinds = [str(part(one, "kind")) for one in _documents(text)]
        wanted = ["ConfigMap", *KINDS]
        objects_of(text, wanted if sorted(kinds) == sorted(wanted) else KINDS)
        named = {f"{one['kind']} {part(one, 'metadata.name')}": one for one in _documents(text)}
        expected = {f"{one['kind']} {one['metadata']['name']}" for one in pages.objects("")}
        if set(named) != expected:
            lost = ", ".join(sorted(expected - set(named)))
            raise Hint(f"found no {lost}; names stay as they were" if lost else "found an object that was not there")
        if not part(named[f"Deployment {NAME}"], "spec.template.spec.containers.0.command"):
            raise Hint("Deployment: found no container with a command; leave all else as it was")
        return named
    raise Hint(f"found {kind(text)}, expected the file as text")


def _documents(text: str) -> list[Any]:
    try:
        return [one for one in yaml.safe_load_all(text) if one is not None]
    except yaml.YAMLError as error:
        raise Hint(f"this is no YAML: {' '.join(str(error).split())}") from None


def _check_pod(pod: Object, named: Mapping[str, Object]) -> None:
    for volume in pod.get("volumes") or []:
        claim, config = part(volume, "persistentVolumeClaim.claimName"), part(volume, "configMap.name")
        if claim and f"PersistentVolumeClaim {claim}" not in named:
            raise Hint(f"the pod waits for a claim {claim!r}, which the file does not make: Pending, its event says so")
        if config and f"ConfigMap {config}" not in named:
            raise Hint(f"the pod waits for a ConfigMap {config!r}, which the file does not make")
    for source in pages.container_of(named).get("envFrom") or []:
        config = part(source, "configMapRef.name")
        if f"ConfigMap {config}" not in named:
            raise Hint(f"the container wants variables of ConfigMap {config!r}, which is not there: its event says so")


def _check_container(container: Object) -> None:
    if container.get("image") != IMAGE:
        raise Hint(f"image: found {container.get('image')}: ImagePullBackOff, nobody has it; the others use {IMAGE}")
    asked = str(part(container, "resources.requests.cpu"))
    processors = float(asked[:-1]) / 1000 if re.fullmatch(r"\d+m", asked) else _plain(asked)
    if processors is None or processors > LARGEST_NODE:
        raise Hint(f"requests.cpu: found {asked} processors; no node has so many free: Pending. It needs 50m")
    probe = part(container, "readinessProbe.httpGet") or {}
    if not probe:
        raise Hint("readinessProbe: found none; without it requests come before the program listens. Mend it")
    if probe.get("path") not in ("/index.html", "/"):
        raise Hint(f"readinessProbe: asks for {probe.get('path')}, and the log says 404: never Ready")
    names = {one.get("name"): one.get("containerPort") for one in container.get("ports") or []}
    if names.get(probe.get("port"), probe.get("port")) != LISTENS:
        raise Hint(f"readinessProbe: asks at port {probe.get('port')}, where nobody listens")


def _plain(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _check_command(container: Object) -> None:
    words = [str(one) for one in container["command"]]
    if words[:3] != ["python", "-m", "http.server"]:
        raise Hint(f"command: {' '.join(words[:3])}: it ends at once, and its log says why; the module is http.server")
    if "--folder" in words:
        raise Hint("command: http.server knows no --folder, and its log says which words it knows")
    if "127.0.0.1" in words:
        raise Hint("command: --bind 127.0.0.1 is the pod alone; the probe comes from outside and is refused")
    if str(LISTENS) not in words:
        raise Hint(f"command: it has to listen on {LISTENS}, as its ports say")
    if "/pages" not in words:
        raise Hint("command: it has to show the folder /pages")


def _check_service(named: Mapping[str, Object], container: Object) -> None:
    service, deployment = named[f"Service {NAME}"], named[f"Deployment {NAME}"]
    labels = part(deployment, "spec.template.metadata.labels") or {}
    selector = part(service, "spec.selector") or {}
    if not selector or not selector.items() <= labels.items():
        raise Hint(f"Service: looks for {selector}, the pods have {labels}; kubectl get endpointslices shows none")
    names = {one.get("name"): one.get("containerPort") for one in container.get("ports") or []}
    ports = {one.get("port"): one.get("targetPort", one.get("port")) for one in part(service, "spec.ports") or []}
    if PORT not in ports:
        raise Hint(f"Service: the browser asks at port {PORT}; found {', '.join(map(str, ports)) or 'none'}")
    if names.get(ports[PORT], ports[PORT]) != LISTENS:
        raise Hint(f"Service: leads to port {ports[PORT]} of the pod, and the program listens on {LISTENS}: refused")


def _refuse_other_changes(one: BrokenFile, named: Mapping[str, Object]) -> None:
    """What every file has in common has to be as it was."""
    right = {f"{each['kind']} {each['metadata']['name']}": each for each in pages.objects(one.namespace, one.greeting)}
    for name in ("ConfigMap pages", "ConfigMap settings", "PersistentVolumeClaim drawings"):
        if part(named[name], "data") != part(right[name], "data") or part(named[name], "spec") != part(
            right[name], "spec"
        ):
            raise Hint(f"{name}: was right before; leave it as it was")
    found, wanted = pages.container_of(named), pages.container_of(right)
    for field in ("resources", "securityContext", "volumeMounts"):
        if field == "resources" and one.fault == "processors":
            continue
        if found.get(field) != wanted[field]:
            raise Hint(f"containers.{field}: was right before; leave it as it was")


def _try(one: BrokenFile, text: str, kubectl: Kubectl) -> None:
    """Applies the file, waits until it is ready, and asks for its page through the Service."""
    room = Room(kubectl, f"{one.namespace}-{one.fault}")
    try:
        room.make()
        room.apply(text.replace(one.namespace, room.name))
        why = room.wait(NAME)
        if why:
            raise Hint(f"its pod does not become ready: {why}")
        found = room.answer(NAME, PORT, "/index.html")
    except CourseError as error:
        raise Hint(f"the cluster refuses it: {error.message}") from None
    finally:
        room.remove()
    if found != 200:
        raise Hint(f"the page answers {found} through the Service, expected 200")
