"""Exercises of lesson 10, the microservices around the line."""

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.watching.asking import same_answer, watch_of
from aoi_modules.course.exercises.watching.database import check_database
from aoi_modules.course.exercises.watching.exporter import check_node_file
from aoi_modules.course.exercises.watching.hunt import check_hunt
from aoi_modules.course.exercises.watching.labels import check_labels
from aoi_modules.course.exercises.watching.overlay import check_overlay
from aoi_modules.course.exercises.watching.panel import check_panel
from aoi_modules.course.exercises.watching.pipeline import check_pipeline
from aoi_modules.course.exercises.watching.restoring import check_restore
from aoi_modules.course.exercises.watching.runner import check_runner
from aoi_modules.course.exercises.watching.scraping import check_scraping
from aoi_modules.course.exercises.watching.trail import check_trail
from aoi_modules.course.fields import fields
from aoi_modules.study.clusters.kubectl import Kubectl
from aoi_modules.study.watching import questions
from aoi_modules.study.watching.scene import COMPONENTS

METRICS_ROOMS = ("namespaces", "priorities", "prometheus", "grafana")
LOG_ROOMS = ("namespaces", "priorities", "loki", "alloy", "grafana")


@exercise("10.1")
def scraping(answer: object) -> str:
    """Prometheus' file: whom it asks, and where."""
    found = fields(answer, ("addresses", "file"))
    return check_scraping(found["file"], found["addresses"])


@exercise("10.2")
def asking(answer: object) -> str:
    """Four questions in PromQL, by their answers."""
    found = fields(answer, ("watch", "component", "speed", "review", "slowest", "versions"))
    watch = watch_of(found["watch"])
    component = str(found["component"])
    if component not in COMPONENTS:
        raise Hint(f"component: found {component}, expected the one of the cell above; leave it as it is")
    right = {
        "speed": questions.speed(component, watch.window),
        "review": questions.share("REVIEW", watch.window),
        "slowest": questions.slowest(watch.window),
        "versions": questions.versions(watch.window),
    }
    for name, query in right.items():
        same_answer(name, found[name], query, watch)
    return f"four questions, and right answers to each ({watch.where})"


@exercise("10.3")
def panel(answer: object) -> str:
    """A panel of a dashboard as JSON, by its question's answer."""
    found = fields(answer, ("watch", "panel"))
    return check_panel(found["panel"], watch_of(found["watch"]))


@exercise("10.4")
def hunt(answer: object) -> str:
    """Which fault was when."""
    found = fields(answer, ("watch", "found"))
    return check_hunt(found["found"], watch_of(found["watch"]))


@exercise("10.5")
def trail(answer: object) -> str:
    """From an inspection to all lines about it, and the questions in LogsQL and LogQL."""
    return check_trail(fields(answer, ("case", "request", "version", "brought", "logsql", "logql")))


@exercise("10.6")
def metrics_overlay(answer: object) -> str:
    """An overlay that brings Prometheus and Grafana to a cluster."""
    found = fields(answer, ("cluster", "file"))
    return check_overlay(found["file"], METRICS_ROOMS, _cluster(found["cluster"]))


@exercise("10.7")
def node_exporter(answer: object) -> str:
    """A node exporter's file, mended."""
    found = fields(answer, ("node_file", "file"))
    return check_node_file(found["node_file"], found["file"])


@exercise("10.8")
def database(answer: object) -> str:
    """PostgreSQL as a StatefulSet, and a role that reads."""
    found = fields(answer, ("file", "grant"))
    return check_database(found["file"], found["grant"])


@exercise("10.9")
def restoring(answer: object) -> str:
    """A copy of the results, and back from it."""
    found = fields(answer, ("results", "backup", "restore"))
    return check_restore(found["results"], found["backup"], found["restore"])


@exercise("10.10")
def logs(answer: object) -> str:
    """An overlay that brings log lines to a store, and the labels of their streams."""
    found = fields(answer, ("cluster", "lines", "file", "labels"))
    lines = found["lines"]
    if not isinstance(lines, list) or not lines or not all(isinstance(one, dict) for one in lines):
        raise Hint(f"lines: found {kind(lines)}, expected those of the cell above; leave them as they are")
    counted = check_labels(found["labels"], lines)
    return f"{counted}; {check_overlay(found['file'], LOG_ROOMS, _cluster(found['cluster']))}"


@exercise("10.11")
def runner(answer: object) -> str:
    """Values of a GitLab runner."""
    found = fields(answer, ("gitlab", "values"))
    return check_runner(found["values"], found["gitlab"])


@exercise("10.12")
def pipeline(answer: object) -> str:
    """A pipeline's run is read, and the program mended."""
    return check_pipeline(fields(answer, ("failed", "never", "program")))


def _cluster(value: object) -> Kubectl | None:
    if value is None or isinstance(value, Kubectl):
        return value
    raise Hint(f"cluster: found {kind(value)}, expected what the lesson found; leave it as it is")
