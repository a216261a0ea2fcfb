"""A YAML file of ours as structs: what is no such struct is told by file, line and field."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from aoi_modules.errors import AoiError

Struct = TypeVar("Struct", bound=msgspec.Struct)
_PATH_KEY = re.compile(r"\.(\w+)|\[(\d+)\]")


@dataclass(frozen=True)
class YamlFile:
    """A file that was read.

    Args:
        origin: names the file in errors.
        what: it is, in a word, for errors about all of it.
        values: that it holds.
        root: of the same values, with their lines; None of an empty file.
        error: that is raised about it.
    """

    origin: str
    what: str
    values: Any
    root: yaml.Node | None
    error: type[AoiError]

    @classmethod
    def read(cls, path: Path, what: str, error: type[AoiError]) -> "YamlFile":
        """Reads a file.

        Args:
            path: of the file.
            what: it is, in a word, for errors about all of it.
            error: that is raised about it.

        Raises:
            AoiError: of that kind: it cannot be read, is not YAML, or names a key twice.
        """
        try:
            text = path.read_text()
        except (OSError, UnicodeDecodeError) as failure:
            reason = failure.strerror if isinstance(failure, OSError) else "it is not text"
            raise error(f"{path}: cannot be read: {reason}", hint=f"expected the YAML file of the {what}") from None
        return cls.parse(text, str(path), what, error)

    @classmethod
    def parse(cls, text: str, origin: str, what: str, error: type[AoiError]) -> "YamlFile":
        """Reads YAML; `origin` names the file in errors. See `read`."""
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
            values = yaml.safe_load(text)
        except (yaml.YAMLError, ValueError) as failure:  # ValueError: a date that is none
            raise error(f"{origin}: not valid YAML: {failure}") from None
        found = cls(origin, what, values, root, error)
        found._refuse_twins(root, set())
        return found

    def struct(self, value: Any, kind: type[Struct], path: tuple[str, ...] = (), **done: object) -> Struct:
        """Gives a value as a struct.

        Args:
            value: that stands there.
            kind: of the struct.
            path: of keys to the value.
            done: fields that are typed already, and take the place of the value's.

        Raises:
            AoiError: it is none; says line and field.
        """
        try:
            return msgspec.structs.replace(msgspec.convert(value, kind), **done)
        except msgspec.ValidationError as failure:
            message, _, inner = str(failure).partition(" - at `$")
            where = (*path, *(key or number for key, number in _PATH_KEY.findall(inner)))
            field = ".".join(where)
            raise self.error(
                f"{self.place(where)}{field or self.what}: {message}",
                hint=f"fields there: {', '.join(kind.__struct_fields__)}",
            ) from None

    def place(self, path: tuple[str, ...]) -> str:
        """Names file and line, `FILE, line N: `, of the innermost part of a path that stands there."""
        node, line = self.root, 1
        for key in path:
            if isinstance(node, yaml.MappingNode):
                found = [(k, v) for k, v in node.value if str(k.value) == key]
            elif isinstance(node, yaml.SequenceNode) and key.isdigit():
                found = [(v, v) for v in node.value[int(key) : int(key) + 1]]
            else:
                found = []
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        return f"{self.origin}, line {line}: "

    def _refuse_twins(self, node: yaml.Node | None, visited: set[int]) -> None:
        """YAML lets the last of two equal keys win silently; a component whose limits vanish is an escape."""
        if not isinstance(node, yaml.CollectionNode) or id(node) in visited:  # an alias may lead back to its anchor
            return
        visited.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._refuse_twins(item, visited)
            return
        lines: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in lines:
                raise self.error(f"{self.origin}, line {line}: {name!r} stands twice, first in line {lines[name]}")
            lines[name] = line
            self._refuse_twins(value, visited)
