"""`aoi results resend` and `forget`, as a user calls them."""

import json

from aoi_modules.results.database import presence
from aoi_modules.results.database.connection import Database
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.record import now
from tests.commands.results.lines import OLD, Kept


def test_what_a_sink_refused_goes_to_the_outbox_again(kept: Kept) -> None:
    place = kept.folder / "aside" / "quality"
    place.mkdir(parents=True)
    letter = {"sink": "quality", "gateway": "g", "about": OLD, "message": "{}", "reason": "400"}
    (place / f"{OLD}.json").write_text(json.dumps(letter))
    assert kept.aoi("resend", "quality").stdout == "1 messages are in the outbox again\n"
    assert kept.aoi("resend", "quality").stdout == "0 messages are in the outbox again\n"


def test_a_gateway_that_never_comes_back_is_forgotten(kept: Kept) -> None:
    async def note(database: Database, pictures: PictureStore) -> None:
        await presence.note(database, "line3-5f2a1c", now())

    kept.use(note)
    assert kept.aoi("forget", "line3-5f2a1c").returncode == 0
    ended = kept.aoi("forget", "line3-5f2a1c")
    assert (ended.returncode, "no gateway 'line3-5f2a1c' writes" in ended.stderr) == (1, True)
