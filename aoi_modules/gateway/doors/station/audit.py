"""The audit log by HTTP."""

from collections.abc import Mapping, Sequence

import msgspec

from aoi_modules.results.database.reading import typed
from aoi_modules.results.people.audit import Entry, Wish, entries
from aoi_modules.results.recorder import Recorder


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """What people changed, the newest first."""

    entries: Sequence[Entry]


async def log(recorder: Recorder, parameters: Mapping[str, str]) -> Log:
    """Tells a page of the log.

    Raises:
        BadParameter: a parameter is unknown, or makes no sense.
        DatabaseAway: the database does not answer.
    """
    return Log(entries=await entries(recorder.database, typed(parameters, Wish)))
