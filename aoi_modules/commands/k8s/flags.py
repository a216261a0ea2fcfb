"""Commands of ours that stand in objects, held to the parsers that would read them."""

from collections.abc import Iterator, Sequence

import click

from aoi_modules.cluster.images import is_ours
from aoi_modules.cluster.policies.pods import Object, pods

TENSORFLOW_SERVING = "tensorflow_model_server"
"""Takes the flags that `aoi serve` takes."""
JUPYTER = "start-course"
"""The program of our Jupyter images, whose flags are those of JupyterLab."""


def wrong_commands(objects: Sequence[Object], aoi: click.Command) -> Iterator[str]:
    """A sentence for each command of ours that its parser refuses, such as for a flag that is no more.

    Args:
        objects: as they are rendered.
        aoi: the command line of this release.
    """
    for pod in pods(objects):
        for container in pod.all_containers:
            for words in commands_of(container):
                if refused := refusal(words, aoi):
                    yield f"{pod.part(container)}: aoi {' '.join(words[:3])} ...: {refused}"


def commands_of(container: Object) -> Iterator[list[str]]:
    """The words behind `aoi` of what a container starts: its program, its hooks, its probes."""
    command, arguments = container.get("command", []), container.get("args", [])
    if command == [TENSORFLOW_SERVING]:
        yield ["serve", *arguments]
    elif not command and is_ours(container.get("image")) and arguments and arguments[0] != JUPYTER:
        yield list(arguments)
    elif command[:1] == ["aoi"]:
        yield [*command[1:], *arguments]
    asked = [*container.get("lifecycle", {}).values(), *(container.get(probe, {}) for probe in _PROBES)]
    for one in asked:
        words = (one or {}).get("exec", {}).get("command", [])
        if words[:1] == ["aoi"]:
            yield list(words[1:])


def refusal(words: Sequence[str], command: click.Command) -> str:
    """What the parser says against words; empty if it takes them. Nothing is started."""
    left: list[str] = list(words)
    parent: click.Context | None = None
    try:
        while True:
            parent = click.Context(command, info_name=command.name, parent=parent, **command.context_settings)
            with parent.scope(cleanup=False):
                left = click.Command.parse_args(command, parent, left)  # a group's own would call what comes next
            if not isinstance(command, click.Group) or not left:
                return ""
            _, found, left = command.resolve_command(parent, left)
            if found is None:
                return f"no such command {words[0]}"
            command = found
    except click.ClickException as error:
        return error.format_message()
    except click.exceptions.Exit:
        return ""


_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
