"""What the objects of a registry say, as JSON: a version, a move of a label, a retirement. They are never changed.

Registries outlive releases: fields that are not known are passed over, another `format` is refused.
"""

import re
from datetime import datetime
from typing import Self

import msgspec

from aoi_modules.errors import RegistryError
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.format_number import UPGRADE, UnknownFormat, check_format
from aoi_modules.modelstore.registry import addresses
from aoi_modules.modelstore.registry.signing import Signer, Trust, opened
from aoi_modules.object_store.relative_path import stays_below

FORMAT = 1
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for all of them.

    Args:
        name: of the model.
        time: when it was written, by the clock of who wrote it. Nothing is decided by it.
        who: wrote it.
        format: of the object.
    """

    name: str
    time: datetime
    who: str
    format: int = FORMAT

    def to_json(self, signer: Signer | None = None) -> bytes:
        """The object's content, in an envelope where somebody signs it."""
        content = msgspec.json.encode(self, order="sorted")
        return content if signer is None else signer.sealed(self._kind(), content)

    @classmethod
    def from_json(cls, content: bytes, origin: str, trust: Trust | None = None) -> Self:
        """Reads an object; `origin` names it in the error.

        Args:
            content: of the object, signed or not.
            origin: of the object.
            trust: who has to have signed it; None looks at no signature.

        Raises:
            RegistryError: it is none of this kind, or of a format that is not read here.
            NotTrusted: nobody who is trusted signed it.
        """
        content = opened(content) if trust is None else trust.checked(cls._kind(), content, origin)
        try:
            check_format(content, FORMAT)
            return msgspec.json.decode(content, type=cls)
        except UnknownFormat as error:
            raise RegistryError(f"{origin}: {error}", hint=UPGRADE) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise RegistryError(
                f"{origin}: expected a {cls._kind()} of a registry: {error}",
                hint="somebody else wrote it; look into the object and move it away",
            ) from None

    @classmethod
    def _kind(cls) -> str:
        return cls.__name__.lower()


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a version: its SHA-256 in hexadecimal, and its size in bytes."""

    sha256: str
    size: int

    def __post_init__(self) -> None:
        """Refuses what no file can have."""
        if not _SHA256.fullmatch(self.sha256) or self.size < 0:
            raise ValueError(f"no SHA-256 and size of a file: {self.sha256!r}, {self.size}")


class Version(Record, frozen=True, kw_only=True):
    """A version that can be had.

    Args:
        version: its number.
        upload: under which its files lie.
        files: by their paths in the version folder.
    """

    version: int
    upload: str
    files: dict[str, StoredFile]

    def __post_init__(self) -> None:
        """Refuses what would be written outside of the version's folder, and what nobody could compare."""
        bad = [path for path in self.files if not stays_below(path)]
        if bad or not addresses.is_upload(self.upload):
            raise ValueError(f"no path in a version folder: {bad or self.upload!r}")
        if layout.SUMS_FILE not in self.files:
            raise ValueError(f"no checksums: {layout.SUMS_FILE} is not among its files")

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files.values())


class Move(Record, frozen=True, kw_only=True):
    """A move of a label.

    Args:
        label: that moved.
        number: of the move: one more than that of the move before.
        version: to which it points; None where it was taken away.
        reason: why, for people.
    """

    label: str
    number: int
    version: int | None
    reason: str = ""


class Retirement(Record, frozen=True, kw_only=True):
    """A version is hidden: nothing new takes it, and what a server still needs stays.

    Args:
        version: its number.
        reason: why, for people.
    """

    version: int
    reason: str = ""
