"""A `docker run` line as an answer: does it start this trainee's Jupyter, reachable, with the work, with the GPU?

Refusals are hints, each about the mistake that was made.
"""

import re
import shlex

from aoi_modules.cluster.container import Container
from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.containers.tasks import INSIDE, Task
from aoi_modules.errors import SettingsError

BLANK = "FILL_IN"
_DASHES = "‐‑‒–—―−"  # noqa: RUF001 - these are what word processors make of a dash
_QUOTES = "“”„‘’"  # noqa: RUF001
_GPU_WORDS = re.compile(r"--gpus(=\S+)?$|--runtime(=nvidia)?$")


def read_line(answer: object) -> Container:
    """The container that a line starts.

    Raises:
        Hint: it is no line that a shell and Docker could read.
    """
    if not isinstance(answer, str):
        raise Hint(f"found {kind(answer)}, expected the docker run line as text")
    if BLANK in answer or "..." in answer:
        raise Hint("a part of the line is still open; write it")
    _refuse_typeset(answer)
    try:
        container = Container.of_docker(answer)
    except SettingsError as error:
        raise Hint(_in_docker_words(answer, error.message)) from None
    if "$" in answer:
        raise Hint("a shell would fill in what begins with $; here write the whole path, as the task shows it")
    return container


def check_line(container: Container, task: Task) -> None:
    """Wants what the task asks for, flag by flag.

    Raises:
        Hint: a flag is missing, or says something else.
    """
    options = container.options
    _check_behind(container)
    _check_image(container, task)
    _check_port(container, task)
    _check_work(container, task)
    name = options.get("--name")
    if name != task.container:
        raise Hint(f"--name: found {name or 'none, so Docker makes one up'}, expected {task.container}")
    if "--detach" not in options:
        raise Hint("-d: found none; the container would end with your terminal, since it holds on to it")
    _check_restart(options.get("--restart"), "--rm" in options)
    check_gpu(container)


def check_gpu(container: Container) -> None:
    """Wants one of the two flags that hand a GPU to a container.

    Raises:
        Hint: there is none, or it names something else.
    """
    runtime, gpus = container.options.get("--runtime"), container.options.get("--gpus")
    if runtime and runtime != "nvidia":
        raise Hint(f"--runtime: found {runtime}; the one that hands over a GPU is called nvidia")
    if not runtime and not gpus:
        raise Hint("found no flag for the GPU, so TensorFlow would list the CPU alone: --gpus all")


def without_gpu(answer: str) -> list[str]:
    """The words of a line behind `docker run`, without those about the GPU: for an engine that has none."""
    words = words_of(answer)
    kept, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif _GPU_WORDS.match(word):
            skip = "=" not in word
        else:
            kept.append(word)
    return kept


def words_of(answer: str) -> list[str]:
    """The words of a line behind `docker run`."""
    words = shlex.split(answer.replace("\\\n", " "))
    return words[words.index("run") + 1 :]


def _refuse_typeset(answer: str) -> None:
    """Finds the signs that a word processor puts in place of those on a keyboard."""
    for word in answer.split():
        dash = next((sign for sign in word[:2] if sign in _DASHES), None)
        if dash:
            raise Hint(
                f"found {word}: its {'first' if word[0] == dash else 'second'} dash is a long one, as word "
                "processors make it; Docker knows only -, so type both anew"
            )
    quote = next((sign for sign in answer if sign in _QUOTES), None)
    if quote:
        raise Hint(f"found the printer's quotation mark {quote}; a shell knows only ' and \"")


def _in_docker_words(answer: str, message: str) -> str:
    """The hint for a line that could not be read."""
    if re.search(r"\s-(name|restart|gpus|runtime|volume|publish)\b", answer):
        return f"{message}; a flag of more than one letter has two dashes: --name"
    if re.search(r"-p\s+\d+\s", answer):
        return f"{message}; with one number Docker chooses the port outside by itself, another one each time"
    return message


def _check_behind(container: Container) -> None:
    """What stands behind the image goes to the program inside."""
    lost = next((word for word in container.arguments if word.startswith("-")), None)
    if lost:
        raise Hint(f"{lost} stands behind the image, so it goes to the program inside; flags of Docker come before it")


def _check_image(container: Container, task: Task) -> None:
    name, _, _ = task.image.partition(":")
    if container.image == name:
        raise Hint(f"image: found {name}; without a version Docker looks for {name}:latest, which nobody built")
    if container.image != task.image:
        known = "a path; the image comes last" if "/" in container.image else container.image
        raise Hint(f"image: found {known}, expected {task.image}")


def _check_port(container: Container, task: Task) -> None:
    published = container.published
    if not published:
        raise Hint("-p: found none; EXPOSE in a Dockerfile opens nothing, so nobody could reach Jupyter")
    if INSIDE in published and published[INSIDE] == task.port:
        return
    if published.get(task.port) == INSIDE:
        raise Hint(f"-p {INSIDE}:{task.port}: the order is outside:inside, and Jupyter listens on {INSIDE} inside")
    if INSIDE not in published:
        inside = ", ".join(map(str, published))
        raise Hint(f"-p: leads to port {inside} inside, where nobody listens; Jupyter listens on {INSIDE}")
    raise Hint(f"-p: found port {published[INSIDE]} outside, expected yours, {task.port}: the others are taken")


def _check_work(container: Container, task: Task) -> None:
    if not container.mounts:
        raise Hint("-v: found none; all notebooks would be gone with the container")
    mount = next((one for one in container.mounts if str(one.target).rstrip("/") == task.inside), None)
    if mount is None:
        seen = ", ".join(str(one.target) for one in container.mounts)
        turned = any(str(one.target) == str(task.work) for one in container.mounts)
        why = "the order is outside:inside" if turned else "Jupyter's user works elsewhere"
        raise Hint(f"-v: the container would see {seen}, expected {task.inside}: {why}")
    if not mount.source.startswith("/"):
        raise Hint(
            f"-v: {mount.source!r} is no path from / on, so Docker makes an empty volume of that name; "
            f"expected {task.work}"
        )
    if mount.source.rstrip("/") != str(task.work):
        raise Hint(f"-v: found {mount.source}, expected {task.work}")
    if mount.read_only:
        raise Hint("-v: with ro Jupyter could save nothing; leave it out")


def _check_restart(policy: str | None, removed: bool) -> None:
    if removed:
        raise Hint("--rm removes the container when it ends, --restart starts it again; Docker takes only one of them")
    if policy is None:
        raise Hint("--restart: found none; after a crash or a restart of the server nobody starts Jupyter again")
    if policy != "always":
        known = policy == "no" or policy.startswith(("on-failure", "unless-stopped"))
        why = "which is another promise" if known else "which Docker does not know"
        raise Hint(f"--restart: found {policy}, {why}; expected always")
