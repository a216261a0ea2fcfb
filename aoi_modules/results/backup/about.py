"""What a backup says about itself, in its first member."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import msgspec

from aoi_modules.errors import ResultsError
from aoi_modules.results.backup.archive import Member, members
from aoi_modules.results.pictures.addresses import is_address

NAME = "backup.json"
PICTURES = "pictures/"
"""Before the address of each picture."""
FORMAT = 1


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Of one backup."""

    format: int = FORMAT
    time: datetime
    """When the database was as it is here."""
    release: str = msgspec.field(default_factory=lambda: version("aoi-academy"))
    """Of the package that wrote it."""
    database: Literal["sqlite", "postgresql"]
    pictures: bool
    """Whether those of the store are in it, too."""

    @property
    def member(self) -> str:
        """Name of the member that is the database."""
        return f"database.{self.database}"


def read_about(path: Path) -> About:
    """Reads the first member.

    Raises:
        ResultsError: it is no backup, or one that this release cannot read.
    """
    with closing(members(path)) as found:
        first = next(found, None)
        content = first.read() if first is not None and first.name == NAME else b""
    try:
        about = msgspec.json.decode(content, type=About)
    except msgspec.MsgspecError:
        raise ResultsError(f"{path}: expected a file that aoi results backup wrote") from None
    if about.format != FORMAT:
        raise ResultsError(
            f"{path}: release {about.release} wrote it in a format that this one does not know", hint="use that release"
        )
    return about


def read_rest(path: Path, about: About) -> Iterator[tuple[str, Member]]:
    """All members behind the first one: what each is, and where the archive ends well, all of them were whole.

    Yields:
        The address of a picture and its member; an empty address for the database.

    Raises:
        ResultsError: as `members`; or a member is none that we write.
    """
    for member in members(path):
        if member.name == NAME:
            continue
        address = member.name.removeprefix(PICTURES)
        if member.name == about.member:
            yield "", member
        elif member.name.startswith(PICTURES) and is_address(address):
            yield address, member
        else:
            raise ResultsError(f"{path}: holds {member.name!r}, which no backup of ours has, so nothing of it is used")
