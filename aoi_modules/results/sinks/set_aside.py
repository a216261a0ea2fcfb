"""Letters that a sink refuses for ever, or does not take though it takes others: each a file with the reason.

So it holds up no other and is not lost.

FOLDER/SINK/ID.json   {"sink", "gateway", "about", "message", "reason"}
"""

from pathlib import Path

import msgspec

from aoi_modules.machine.whole_file import write_whole
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter, put


class _Refused(msgspec.Struct):
    sink: str
    gateway: str
    about: str
    message: str
    reason: str = ""


def set_aside(folder: Path, letter: Letter, reason: str) -> Path:
    """Keeps a letter, and gives its file.

    Raises:
        OSError: it cannot be written.
    """
    path = folder / letter.sink / f"{letter.about}.json"
    kept = _Refused(letter.sink, letter.gateway, letter.about, letter.message, reason)
    write_whole(path, msgspec.json.format(msgspec.json.encode(kept)))
    return path


async def send_again(folder: Path, sink: str, database: Database) -> int:
    """Puts the letters that a sink refused back into the outbox, oldest first, and gives their number.

    Raises:
        DatabaseAway: the database does not answer; the files stay.
    """
    paths = sorted((folder / sink).glob("*.json"))
    for path in paths:
        kept = msgspec.json.decode(path.read_bytes(), type=_Refused)
        async with database.transaction() as connection:
            await put(connection, [Letter(kept.sink, kept.gateway, kept.about, kept.message)])
        path.unlink()
    return len(paths)
