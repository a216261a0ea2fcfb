"""Exercises of lesson 1, a container with Jupyter and a GPU."""

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.containers.jupyter_at_work import open_jupyter
from aoi_modules.course.exercises.containers.jupyter_image import check_jupyter_image
from aoi_modules.course.exercises.containers.layer_order import check_layer_order
from aoi_modules.course.exercises.containers.page_server import check_page_server
from aoi_modules.course.exercises.containers.run_line import check_line, read_line, without_gpu
from aoi_modules.course.exercises.containers.tasks import BASE, BrokenLine, Task, refuse_other
from aoi_modules.course.fields import fields
from aoi_modules.study.containers.engine import Engine, said


@exercise("1.1")
def own_image(answer: object) -> str:
    """A Dockerfile with Jupyter, from an empty file."""
    return check_jupyter_image(*_taken_apart(answer, "dockerfile"))


@exercise("1.2")
def layer_order(answer: object) -> str:
    """A Dockerfile whose install stays in the cache when the program changes."""
    return check_layer_order(*_taken_apart(answer, "dockerfile"))


@exercise("1.3")
def mended_file(answer: object) -> str:
    """A Dockerfile with four faults, mended."""
    return check_page_server(*_taken_apart(answer, "dockerfile"))


@exercise("1.4")
def own_jupyter(answer: object) -> str:
    """The docker run line of the trainee's own Jupyter."""
    line, task, engine = _taken_apart(answer, "line")
    container = read_line(line)
    check_line(container, task)
    by = "--gpus all" if "--gpus" in container.options else "--runtime=nvidia"
    if engine is None:
        return f"it would run with {by}; it was read and not run, since no engine is here"
    opened = open_jupyter(engine, str(line), task)
    remark = f". But {opened.remark}" if opened.remark else ""
    return f"Jupyter ran, was ended, and came back; open {opened.address}{remark}"


@exercise("1.5")
def mended_lines(answer: object) -> str:
    """Three lines of colleagues, each mended."""
    found = fields(answer, ("broken", "lines", "engine"))
    broken, lines, engine = found["broken"], found["lines"], _engine(found["engine"])
    if not isinstance(broken, tuple) or not broken or not all(isinstance(one, BrokenLine) for one in broken):
        raise Hint(f"broken: found {kind(broken)}, expected the three of the task; leave them as they are")
    if not isinstance(lines, list | tuple) or len(lines) != len(broken):
        raise Hint(f"lines: found {kind(lines)}, expected a list of {len(broken)} lines")
    for number, (line, one) in enumerate(zip(lines, broken, strict=True), 1):
        try:
            check_line(read_line(line), one.task)
        except Hint as hint:
            raise Hint(f"line {number}: {hint}") from None
        if engine is not None:
            _check_accepted(engine, number, str(line), one.task)
    by = f"{engine.name} takes all three" if engine else "they were read and not run, since no engine is here"
    return f"a message of Docker names a sign, a symptom seldom names its flag; {by}"


def _check_accepted(engine: Engine, number: int, line: str, task: Task) -> None:
    """Lets the engine make the container without starting it; the image stands for the colleague's, the GPU waits."""
    words = [BASE if word == task.image else word for word in without_gpu(line) if word not in ("-d", "--detach")]
    if engine.look(task.container) is not None and not engine.ours(task.container):
        raise Hint(f"line {number}: a container {task.container} is there that is not this lesson's; remove it first")
    engine.remove(task.container)
    done = engine.ask("create", *words, "true")
    engine.remove(task.container)
    if done.returncode != 0:
        raise Hint(f"line {number}: {engine.name} refuses: {said(done)}")


def _taken_apart(answer: object, name: str) -> tuple[object, Task, Engine | None]:
    """What the reader wrote, the task, and the engine if there is one."""
    found = fields(answer, ("task", "engine", name))
    if found[name] is None or found[name] is ...:
        raise Hint(f"{name}: found {kind(found[name])}")
    written = found[name]
    if isinstance(written, str):
        written = written.lstrip("\n")  # a text in three quotes begins with an end of line; lines are counted from FROM
    return written, refuse_other(found["task"]), _engine(found["engine"])


def _engine(value: object) -> Engine | None:
    if value is None or isinstance(value, Engine):
        return value
    raise Hint(f"engine: found {kind(value)}, expected what the lesson found; leave it as it is")
