"""Days and shifts of a plant, by its own clock. Pure."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

_TIME = re.compile(r"([01]\d|2[0-3]):(00|15|30|45)")
_QUARTER = timedelta(minutes=15)
_DAY = timedelta(days=1)


class Calendar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When shifts begin: `{time_zone: Europe/Berlin, shifts: {early: "06:00", late: "14:00", night: "22:00"}}` in YAML.

    Raises:
        ValueError: no such time zone, or no such time of day.
    """

    time_zone: str = "UTC"
    """A name of the IANA's, as `Europe/Berlin`."""
    shifts: dict[str, str] = {}
    """By name, when each begins: HH:MM, on a quarter of an hour. Each goes on until the next one begins."""

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # `Europe` is a folder; all of them are names of no zone
            raise ValueError(
                f"time_zone: expected a name such as Europe/Berlin. Received: {self.time_zone!r}"
            ) from None
        for name, begins in self.shifts.items():
            if not _TIME.fullmatch(begins):
                raise ValueError(f"shifts: {name}: expected HH:MM on a quarter of an hour. Received: {begins!r}")
        if len(set(self.shifts.values())) < len(self.shifts):
            raise ValueError("shifts: two of them begin at the same time")

    def day_of(self, moment: datetime) -> date:
        """The day of the plant on which a moment is. One before the first shift begins belongs to the night before."""
        local = moment.astimezone(ZoneInfo(self.time_zone))
        first = min(self.shifts.values(), default="00:00")
        early = local.time() < time.fromisoformat(first)
        return date.fromordinal(local.date().toordinal() - early)

    def begin_of(self, day: date) -> datetime:
        """When a day of the plant begins: with its first shift."""
        first = time.fromisoformat(min(self.shifts.values(), default="00:00"))
        return datetime.combine(day, first, ZoneInfo(self.time_zone))

    def shift_of(self, moment: datetime) -> str:
        """The name of the shift in which a moment is; empty where the plant has none."""
        if not self.shifts:
            return ""
        now = f"{moment.astimezone(ZoneInfo(self.time_zone)):%H:%M}"
        begun = [(begins, name) for name, begins in self.shifts.items() if begins <= now]
        return max(begun or [(begins, name) for name, begins in self.shifts.items()])[1]

    def next_shift(self, moment: datetime) -> datetime:
        """When the first shift after a moment begins, in UTC; for a plant without shifts, the next day."""
        zone = ZoneInfo(self.time_zone)
        day = moment.astimezone(zone).date()
        times = [time.fromisoformat(begins) for begins in self.shifts.values() or ("00:00",)]
        begun = [
            datetime.combine(day + timedelta(days=ahead), begins, zone).astimezone(UTC)
            for ahead in range(3)  # a clock that is put forward may make a day's only shift begin where it is already
            for begins in times
        ]
        return min(one for one in begun if one > moment)

    def turns(self, first: datetime, last: datetime) -> Iterator[datetime]:
        """Every quarter of an hour, in UTC, with which another day or shift may begin, in rising order.

        From one turn up to the next, day and shift stay as they are, for all quarters of an hour of UTC.

        Args:
            first: the turns begin with the day of UTC in which it is.
            last: they end with that day's last one.
        """
        zone = ZoneInfo(self.time_zone)
        times = [time.fromisoformat(begins) for begins in self.shifts.values() or ("00:00",)]
        day = datetime.combine(first.astimezone(UTC).date(), time(), UTC)
        while day <= last:
            offset = day.astimezone(zone).utcoffset() or timedelta()
            if offset == (day + _DAY).astimezone(zone).utcoffset():
                since = {(timedelta(hours=one.hour, minutes=one.minute) - offset) % _DAY for one in times}
                yield from sorted({day, *(day - -begins // _QUARTER * _QUARTER for begins in since)} - {day + _DAY})
            else:  # the clock is put forward or back, so a time of day may come twice, or never
                yield from (day + number * _QUARTER for number in range(_DAY // _QUARTER))
            day += _DAY
