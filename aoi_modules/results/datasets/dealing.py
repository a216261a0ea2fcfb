"""Which units a model may learn from, and which it is tested by: the same for ever, for every data set of a line.

A picture of a unit that one model learnt from must not test another one, so chance would not do, and neither would a
plain hash: who knows it could choose serial numbers. A hash with the line's own key deals units evenly, and nobody
outside can tell how.
"""

import hashlib
import hmac
import secrets
from typing import Literal

from sqlalchemy import select

from aoi_modules.results.database.connection import INSERT, Database
from aoi_modules.results.database.tables import keys

Part = Literal["train", "validation", "test"]
HELD_OUT = 0.2
"""Share of the units that test, and that nothing ever learns from."""
VALIDATION = 0.2
"""Share of the others by which a training is judged while it goes on."""
_NAME = "split"
_DIGITS = 12
_MOST = float(16**12)


class Deal:
    """Deals units.

    Args:
        key: of the line.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    @property
    def name(self) -> str:
        """By which two data sets are known to be dealt alike; it does not give the key away."""
        return hashlib.sha256(b"name:" + self._key).hexdigest()[:16]

    def group_of(self, unit: str) -> str:
        """What stands for a unit in a data set, which need not hold serial numbers: 16 hexadecimal digits."""
        return self._digest("group", unit)[:16]

    def part_of(self, unit: str) -> Part:
        """Which part a unit belongs to."""
        if self._number("test", unit) < HELD_OUT:
            return "test"
        return "validation" if self._number("validation", unit) < VALIDATION else "train"

    def _number(self, purpose: str, unit: str) -> float:
        """A number in [0, 1)."""
        return int(self._digest(purpose, unit)[:_DIGITS], 16) / _MOST

    def _digest(self, purpose: str, unit: str) -> str:
        return hmac.new(self._key, f"{purpose}:{unit}".encode(), hashlib.sha256).hexdigest()


def unit_of(unit: str | None, inspection: str) -> str:
    """The unit by which a part is dealt; a part of an unknown one is a unit of its own."""
    return unit if unit is not None else f"inspection {inspection}"


async def deal_of(database: Database) -> Deal:
    """The deal of a line, whose key is made when it is first asked for.

    Raises:
        DatabaseAway: the database does not answer.
    """
    async with database.transaction() as connection:
        new = {"name": _NAME, "value": secrets.token_hex(32)}
        await connection.execute(INSERT[connection.dialect.name](keys).values(new).on_conflict_do_nothing())
        question = select(keys.c.value).where(keys.c.name == _NAME)
        return Deal(bytes.fromhex((await connection.execute(question)).scalar_one()))
