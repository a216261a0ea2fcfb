"""The error tree of the line. Every error that a user can meet is one of these.

    AoiError                  what went wrong, and a hint: what to do next
    ├── SettingsError         a setting has a value that cannot be used
    ├── MissingExtra          a part needs an optional dependency group
    ├── DataError             a data set or picture cannot be used
    │   ├── ChecksumError     a file is not what it should be; names both checksums and the repair
    │   └── NotAPicture       bytes that no decoder of ours reads
    │       └── TooManyPixels a picture of more pixels than are read
    ├── ModelError            a model cannot be trained, read or exported
    │   ├── UnrunnableModel   a model that was loaded, and can never answer: trying again is of no use
    │   └── NotEnoughMemory   a model and its pictures do not fit into this machine's memory
    ├── StoreError            a version directory or its manifest cannot be written or trusted
    ├── RegistryError         the registry of servables cannot be used in this way
    │   ├── RegistryAway      its place does not answer, takes or gives nothing, or does not let us in
    │   ├── NoSuchServable    it has no model, version or label of that name
    │   ├── LabelMoved        somebody else moved the label meanwhile
    │   └── NotTrusted        something in it is not signed as it has to be, or older than what was seen before
    ├── WireError             a message does not follow TensorFlow Serving's formats
    ├── RpcError              a model server's answer other than OK: canonical code and the server's own words
    │   ├── Unreachable       no model server answers there
    │   │   └── HungUp        the connection broke under the request
    │   └── TooSlow           the deadline passed first
    ├── RouteError            the gateway's routes cannot be used
    ├── EntranceError         the gateway cannot be reached in the way that is asked for
    ├── NotInspected          the gateway did not ask a model about a picture
    │   ├── UnknownComponent  no route is about such a part
    │   ├── BadParameter      the request has a parameter that makes no sense
    │   ├── NoPicture         the request brought no bytes at all
    │   ├── TooLarge          the picture has more bytes or pixels than the routes allow
    │   ├── SlowUpload        the picture did not arrive in time
    │   ├── Busy              as many inspections are under way as the routes allow
    │   ├── Crowded           more pictures or units come than are inspected
    │   ├── KeyReused         another picture of the component came with the same key before
    │   └── StationLocked     a check of the station failed or was not run, and the plan wants that nothing goes on
    ├── ResultsError          what was found cannot be kept or read
    │   ├── SpoolFull         the disk of the spool takes no more
    │   ├── DatabaseAway      the database does not answer
    │   ├── SchemaBehind      the database has not been migrated to the tables of this release
    │   ├── PictureStoreAway  the store of pictures takes or gives none
    │   ├── NoSuchResult      nothing of that name was kept
    │   └── Taken             somebody else is about to do it, or has done it
    ├── LogStoreError         the store of log lines does not answer, or has nothing about what is asked for
    ├── PromotionError        a candidate cannot be held to its gate
    ├── ClusterError          what is for a cluster cannot be rendered, or the cluster does not take or tell it
    ├── NotLetIn              somebody may not do what they ask for
    │   ├── NotSignedIn       nobody knows who asks
    │   ├── NotAllowed        whoever asks may not do this
    │   ├── BadName           nobody may have such a name
    │   ├── BadPassword       a new password is too short or too long
    │   └── TooManyTries      more wrong passwords came than one may try
    └── CourseError           a lesson, exercise or checklist cannot be used
        └── CheckFailed       an exercise is not right yet, and the run is strict

The message says which argument or file, what was expected and what came. The hint is one command or one action. Both
speak Python: a keyword argument is named as one, by `Argument`. The command line says its own flag in that place.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

STOPPED = 130
"""Exit code after Ctrl-C, as shells have it; beside 0, 1 for what went wrong and 2 for wrong usage."""


@dataclass(frozen=True)
class Argument:
    """A keyword argument of a library function, in a message about it: `freeze=False`.

    Args:
        name: of the argument.
        value: that it has or should have; None says the name only, `...` leaves the value to the reader.
    """

    name: str
    value: object = None

    def __str__(self) -> str:
        """The argument as Python code, in the quotes of code."""
        if self.value is None:
            return f"`{self.name}`"
        plain = str(self.value) if isinstance(self.value, PurePath) else self.value
        return f"`{self.name}={'...' if plain is ... else repr(plain)}`"


class AoiError(Exception):
    """What went wrong, for people.

    Args:
        message: which argument or file, what was expected, what came.
        hint: what to do next.
        arguments: that message or hint name, so that a command can say its flags instead.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", arguments: Iterable[Argument] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.arguments = tuple(arguments)

    @property
    def kind(self) -> str:
        """What errors are counted by: a word for all that are alike."""
        return type(self).__name__

    def spell(self, spelling: Callable[[Argument], str]) -> None:
        """Names the arguments in another way, such as by the flags of a command."""
        for argument in self.arguments:
            self.message = self.message.replace(str(argument), spelling(argument))
            self.hint = self.hint.replace(str(argument), spelling(argument))
        self.args = (self.message,)

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class SettingsError(AoiError):
    """A setting has a value that cannot be used."""

    exit_code = 2


class MissingExtra(AoiError):
    """A part needs an optional dependency group that is not installed."""

    def __init__(self, what: str, *, package: str, extra: str) -> None:
        super().__init__(
            f"{what} needs the package {package}, which is not installed", hint=f"pip install 'aoi-academy[{extra}]'"
        )


class DataError(AoiError):
    """A data set or picture cannot be used."""


class ChecksumError(DataError):
    """A file is not what it should be, so it is not used."""

    def __init__(self, path: object, *, expected: str, found: str, repair: str) -> None:
        super().__init__(
            f"{path} is damaged and was not used: expected sha256 {expected}, found {found}", hint=f"repair: {repair}"
        )
        self.path, self.expected, self.found = path, expected, found


class NotAPicture(DataError):
    """Bytes that are not a picture of a format the line accepts; `pictures.formats` says which those are."""


class TooManyPixels(NotAPicture):
    """A picture of more pixels than are read."""


class ModelError(AoiError):
    """A model cannot be trained, read or exported."""


class UnrunnableModel(ModelError):
    """A model that was loaded, and can never answer: trying again is of no use."""


class NotEnoughMemory(ModelError):
    """A model and its pictures do not fit into this machine's memory."""


class StoreError(AoiError):
    """A version directory or its manifest cannot be written or trusted."""


class RegistryError(AoiError):
    """The registry of servables cannot be used in this way."""


class RegistryAway(RegistryError):
    """The place of the registry does not answer, takes or gives nothing, or does not let us in."""


class NoSuchServable(RegistryError):
    """The registry has no model, version or label of that name."""


class LabelMoved(RegistryError):
    """Somebody else moved the label meanwhile."""


class NotTrusted(RegistryError):
    """Something in the registry is not signed as it has to be, or older than what was seen before."""


class WireError(AoiError):
    """A message does not follow TensorFlow Serving's public formats."""


class RpcError(AoiError):
    """A model server's answer other than OK, by either protocol.

    Args:
        code: canonical status name, as gRPC spells it (`"NOT_FOUND"`).
        message: the server's own words.

    Attributes:
        address: of the server that was asked by gRPC; else empty.
    """

    def __init__(self, code: str, message: str, *, hint: str = "", arguments: Iterable[Argument] = ()) -> None:
        super().__init__(message, hint=hint, arguments=arguments)
        self.code, self.address = code, ""

    @property
    def kind(self) -> str:
        """The canonical status name: calls that failed alike count together, whatever the words."""
        return self.code


class Unreachable(RpcError):
    """No model server answers at the address."""

    def __init__(self, message: str, *, hint: str = "", arguments: Iterable[Argument] = ()) -> None:
        super().__init__("UNAVAILABLE", message, hint=hint, arguments=arguments)


class HungUp(Unreachable):
    """The connection to the server broke while it had the request, which may be the reason."""


class TooSlow(RpcError):
    """The deadline passed before the model server answered."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__("DEADLINE_EXCEEDED", message, hint=hint)


class RouteError(AoiError):
    """The gateway's routes cannot be used."""

    exit_code = 2


class EntranceError(AoiError):
    """The gateway cannot be reached in the way that is asked for: keys and passwords would be read on their way."""

    exit_code = 2


class NotInspected(AoiError):
    """The gateway did not ask a model about a picture."""


class UnknownComponent(NotInspected):
    """No route is about such a part; `known` are the components that have one."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"no component {name!r} is inspected here", hint=f"known components: {', '.join(known)}")
        self.known = tuple(known)


class BadParameter(NotInspected):
    """The request has a parameter that makes no sense."""

    def __init__(self, name: str, *, expected: str, found: str) -> None:
        super().__init__(f"{name}: expected {expected}. Received: {found!r}")


class NoPicture(NotInspected):
    """The request brought no bytes at all."""

    def __init__(self) -> None:
        hint = "curl --data-binary @picture.png URL"
        super().__init__("expected the bytes of a picture as the request's body; it is empty", hint=hint)


class TooLarge(NotInspected):
    """The picture has more bytes or pixels than the routes allow."""

    def __init__(self, limit: int, unit: str, *, found: str) -> None:
        super().__init__(
            f"expected a picture of at most {limit} {unit}. Received: {found}",
            hint="send a smaller picture, or raise the limit in the gateway's routes",
        )


class SlowUpload(NotInspected):
    """The picture did not arrive in time."""

    def __init__(self, milliseconds: int) -> None:
        super().__init__(f"the picture did not arrive within {milliseconds} ms")


class Busy(NotInspected):
    """As many inspections are under way as the routes allow; ask again after `retry_seconds`."""

    retry_seconds = 1

    def __init__(self, limit: int) -> None:
        hint = f"ask again in {self.retry_seconds} s"
        super().__init__(f"{limit} inspections are at the model server already", hint=hint)


class Crowded(NotInspected):
    """More of one component, or more units, come than are inspected; ask again after `Busy.retry_seconds`."""

    def __init__(self, message: str) -> None:
        super().__init__(message, hint=f"ask again in {Busy.retry_seconds} s")


class KeyReused(NotInspected):
    """Another picture of the component came with the same key before."""

    def __init__(self, first: str) -> None:
        super().__init__(
            f"Idempotency-Key: another picture came with this key; it is inspection {first}",
            hint="give each picture a key of its own, and the same one only to its repeats",
        )


class StationLocked(NotInspected):
    """A check of the station failed or was not run, and the routes want that its component is not inspected then."""

    def __init__(self, component: str, why: str) -> None:
        super().__init__(
            f"{component} is locked: {why}; a check that passes unlocks it, or an engineer with a reason",
            hint=f"aoi station check {component}, or aoi station unlock {component} --why REASON",
        )


class ResultsError(AoiError):
    """What was found cannot be kept or read."""


class SpoolFull(ResultsError):
    """The disk of the spool takes no more, so that nothing new can be accepted."""


class DatabaseAway(ResultsError):
    """The database does not answer, or not now."""


class SchemaBehind(ResultsError):
    """The database has not been migrated to the tables of this release."""


class PictureStoreAway(ResultsError):
    """The store of pictures takes or gives none: it is full, does not answer, or does not let us in."""


class NoSuchResult(ResultsError):
    """Nothing of that name was kept."""


class Taken(ResultsError):
    """Somebody else is about to do it, or has done it."""


class LogStoreError(AoiError):
    """The store of log lines does not answer, or has nothing about what is asked for."""


class PromotionError(AoiError):
    """A candidate cannot be held to its gate."""


class ClusterError(AoiError):
    """What is for a cluster cannot be rendered, or the cluster does not take or tell it."""


class NotLetIn(AoiError):
    """Somebody may not do what they ask for."""


class NotSignedIn(NotLetIn):
    """Nobody knows who asks: there is no session, no key, or none that is valid."""


class NotAllowed(NotLetIn):
    """Whoever asks may not do this."""


class BadName(NotLetIn):
    """Nobody may have such a name."""


class BadPassword(NotLetIn):
    """A new password is too short or too long."""


class TooManyTries(NotLetIn):
    """More wrong passwords came for a name, or from an address, than one may try; again after `retry_seconds`."""

    retry_seconds = 60


class CourseError(AoiError):
    """A lesson, an exercise or the checklist cannot be used."""


class CheckFailed(CourseError):
    """An exercise is not right yet, and the run is strict: headless runs stop the lesson here."""
