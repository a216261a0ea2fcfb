"""Exercise 2.1 on a cluster: the objects are applied, and Jupyter is opened through its Service, with its token."""

import secrets
from urllib.parse import quote

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.clusters.tasks import SECRET, Task
from aoi_modules.errors import CourseError
from aoi_modules.study.clusters.kubectl import Kubectl
from aoi_modules.study.clusters.room import Room

NO_IMAGE = ("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull")
"""What a cluster says that cannot have the lesson's image; it is no fault of the reader's."""
PULLING = "Pulling image"
"""What the event of a pod says whose image is on its way: some gigabytes."""
PULL = 600.0
"""Seconds for that."""
REFUSED = 403
"""Of somebody without the token."""


def open_jupyter(kubectl: Kubectl, text: str, task: Task) -> str:
    """Applies the file and opens Jupyter; says what was seen.

    Raises:
        Hint: the cluster refuses the file, the pod does not become ready, or Jupyter does not open by its token.
    """
    room = Room(kubectl, task.namespace)
    try:
        room.make()
        token = _token(room)
        room.apply(text)
    except CourseError as error:
        raise Hint(f"the cluster refuses it: {error.message}") from None
    why = room.wait(task.name)
    if why.startswith(PULLING):
        why = room.wait(task.name, PULL)
    if why:
        if any(word in why for word in NO_IMAGE):
            return f"the cluster took all three, and its nodes cannot get the image, so it was not opened: {why}"
        raise Hint(f"the pod does not become ready: {why}")
    try:
        without = room.answer(task.name, task.port, "/api/status")
        opened = room.answer(task.name, task.port, f"/api/status?token={quote(token)}")
    except CourseError as error:
        raise Hint(f"the pod is ready, and nobody answers through the Service: {error.message}") from None
    if opened != 200:
        raise Hint(f"Jupyter answers {opened} to the token of the Secret {SECRET}; does JUPYTER_TOKEN come from it?")
    if without != REFUSED:
        raise Hint(f"Jupyter answers {without} to somebody without a token, expected {REFUSED}: it lets everybody in")
    forward = f"kubectl port-forward --namespace {task.namespace} service/{task.name} {task.port}"
    return f"Jupyter opens with its token, and with no other; {forward}, then http://localhost:{task.port}"


def _token(room: Room) -> str:
    """The token in the Secret; makes it where it is missing."""
    token = secrets.token_hex(24)
    line = ["create", "secret", "generic", SECRET, f"--from-literal=token={token}", "--dry-run=client", "--output=yaml"]
    room.apply(room.kubectl.wanted(*line))
    return token
