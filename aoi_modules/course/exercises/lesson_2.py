"""Exercises of lesson 2, from a container to a deployment."""

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.clusters.buckets import check_buckets
from aoi_modules.course.exercises.clusters.client import check_client
from aoi_modules.course.exercises.clusters.completion import check_completion
from aoi_modules.course.exercises.clusters.edited import EditTask, check_edits, tried_on
from aoi_modules.course.exercises.clusters.faults import check_mended
from aoi_modules.course.exercises.clusters.jupyter_live import open_jupyter
from aoi_modules.course.exercises.clusters.jupyter_objects import check_jupyter
from aoi_modules.course.exercises.clusters.quota import check_quota, seen_on
from aoi_modules.course.exercises.clusters.tasks import refuse_other
from aoi_modules.course.fields import fields
from aoi_modules.study.clusters.kubectl import Kubectl
from aoi_modules.study.clusters.recorded import read


@exercise("2.1")
def own_jupyter(answer: object) -> str:
    """A claim, a Deployment and a Service in place of the trainee's docker run line."""
    found = fields(answer, ("task", "cluster", "file"))
    task, cluster = refuse_other(found["task"]), _cluster(found["cluster"])
    text = check_jupyter(found["file"], task)
    if cluster is None:
        return "each part of your line has its field; it was read and not applied, since no cluster is here"
    return open_jupyter(cluster, text, task)


@exercise("2.2")
def quota(answer: object) -> str:
    """How many pods a quota lets in, what refuses the next, and how much each may ask for."""
    found = fields(answer, ("task", "cluster", "room", "fits", "refused_by", "most"))
    task, cluster = refuse_other(found["task"]), _cluster(found["cluster"])
    room = check_quota(found["room"], found["fits"], found["refused_by"], found["most"])
    if cluster is None:
        return "a quota counts what pods ask for, not what they use; it was computed, since no cluster is here"
    return seen_on(cluster, room, task)


@exercise("2.3")
def client(answer: object) -> str:
    """A script that brings a given kubectl in four steps."""
    found = fields(answer, ("task", "script"))
    return check_client(found["script"], refuse_other(found["task"]))


@exercise("2.4")
def completion(answer: object) -> str:
    """Lines of .bashrc with completion and aliases."""
    found = fields(answer, ("task", "bashrc"))
    return check_completion(found["bashrc"], refuse_other(found["task"]))


@exercise("2.5")
def edited(answer: object) -> str:
    """A pod, a StorageClass and a Service, edited; what is refused; the file that follows."""
    found = fields(answer, ("edits", "pod", "storage_class", "service", "refused", "file"))
    task = found["edits"]
    texts = {"Pod": found["pod"], "StorageClass": found["storage_class"], "Service": found["service"]}
    check_edits(task, texts, found["refused"], found["file"], read().edits)
    if not isinstance(task, EditTask) or task.on is None:
        return "three changes that a cluster takes, and the file says the same; read and not applied: no cluster"
    return tried_on(task.on, task, texts, str(found["file"]))


@exercise("2.6")
def mended(answer: object) -> str:
    """Three files of colleagues, each with one fault, mended."""
    found = fields(answer, ("broken", "cluster", "files"))
    return check_mended(found["broken"], found["files"], _cluster(found["cluster"]))


@exercise("2.7")
def buckets(answer: object) -> str:
    """Pictures and a servable in two buckets; a server's folder follows the one, a training reads the other."""
    found = fields(answer, ("goods", "store", "push", "sync", "train"))
    lines = {name: found[name] for name in ("push", "sync", "train")}
    return check_buckets(found["goods"], found["store"], lines)


def _cluster(value: object) -> Kubectl | None:
    if value is None or isinstance(value, Kubectl):
        return value
    raise Hint(f"cluster: found {kind(value)}, expected what the lesson found; leave it as it is")
