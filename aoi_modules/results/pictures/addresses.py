"""Where in the store a picture lies: its address, which follows from the id and the kind of the picture alone. Pure.

`2026/11/30/7f/0196b2d4a0c17c3e9d5a4b6f8e21037f.png`: the day of the id, its last two digits, the id. The day comes
first, so that pictures which leave together lie together, and the digits keep folders small: at a hundred pictures a
second a folder gets 34,000. Each inspection has a picture of its own, even if two have the same bytes: cameras do not
repeat themselves, and a picture that others needed, too, could not be deleted without asking every spool.
"""

import re

from aoi_modules.errors import ResultsError
from aoi_modules.results.record import is_id, time_of

_KIND = re.compile(r"[a-z0-9]{1,10}")
_ADDRESS = re.compile(r"\d{4}/\d\d/\d\d/[0-9a-f]{2}/[0-9a-f]{32}\.[a-z0-9]{1,10}")
_UNKNOWN_KIND = "bin"


def address(record_id: str, kind: str) -> str:
    """The address of a picture.

    Args:
        record_id: of its inspection; see `record.new_id`.
        kind: of the file, as its suffix; what is none becomes `bin`.

    Raises:
        ResultsError: the id is none of ours.
    """
    if not is_id(record_id):
        raise ResultsError(f"expected an id of 32 hexadecimal digits. Received: {record_id!r}")
    suffix = kind if _KIND.fullmatch(kind) else _UNKNOWN_KIND
    return f"{_day(record_id)}/{record_id[-2:]}/{record_id}.{suffix}"


def is_address(name: str) -> bool:
    """Whether a name may be an address; what else lies in the store is not ours."""
    return _ADDRESS.fullmatch(name) is not None


def _day(record_id: str) -> str:
    """The UTC day of an id; one that no clock gave gets the first day."""
    try:
        return time_of(record_id).strftime("%Y/%m/%d")
    except OverflowError:
        return "0001/01/01"
