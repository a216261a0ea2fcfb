"""A line that somebody typed, and what was said to it."""

import re
import shlex
import subprocess
from collections.abc import Sequence

import msgspec

_COPY = re.compile(r'A copy of your changes has been stored to "[^"]*"\s*')
_BLANKS = re.compile(r"[ \t]+$", re.MULTILINE)


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed and what came; `code` is 0 where it was agreed to."""

    line: str
    said: str
    code: int = 0

    @classmethod
    def of(cls, words: Sequence[str], done: "subprocess.CompletedProcess[str]", program: str = "kubectl") -> "Heard":
        """What a kubectl said, without the place of a copy that nobody keeps."""
        text = _COPY.sub("", f"{done.stdout}{done.stderr}")
        return cls(line=shlex.join([program, *words]), said=_BLANKS.sub("", text).strip(), code=done.returncode)

    @property
    def refused(self) -> bool:
        """Whether it was not done."""
        return self.code != 0

    def __str__(self) -> str:
        return f"$ {self.line}\n{self.said}"
