"""How long pictures stay, by the verdict of their inspections."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from aoi_modules.results.database.deletions import Aged
from aoi_modules.results.record import first_id
from aoi_modules.verdict import Verdict

Days = Annotated[float, Meta(gt=0, le=10_000)]


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days that a picture stays; None for ever. In YAML: `{PASS: 7, REVIEW: 90, FAIL: 365, unjudged: 30}`."""

    PASS: Days | None = None
    REVIEW: Days | None = None
    FAIL: Days | None = None
    unjudged: Days = 30
    """Days that a part waits for a person; its picture stays so long, whatever its age. Where nobody judges, pictures
    go all the same."""

    def aged(self, moment: datetime) -> Iterator[Aged]:
        """Which pictures are over their age at a moment, verdict by verdict."""
        for verdict, days in zip(Verdict, (self.PASS, self.REVIEW, self.FAIL), strict=True):
            if days is not None:
                yield Aged(verdict, first_id(moment - timedelta(days=days)))

    def unjudged_before(self, moment: datetime) -> datetime:
        """Parts of before wait no more at a moment."""
        return moment - timedelta(days=self.unjudged)
