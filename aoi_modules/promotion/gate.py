"""What a candidate has to show before a label moves to it: `gate.yaml`.

    held_out: {escape: 0.05, overkill: 0.03, least: 30}
    parity: 1.0e-4
    latency: {ratio: 1.5}
    size: {ratio: 2.0}
    drift: 3.0
    station: {escape: 0.02, overkill: 0.01, risk: 0.05, failures: 0}

What is left out is as here. A rule that is not wanted is set to null, and every report says that it was not asked.
"""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from aoi_modules.errors import PromotionError
from aoi_modules.machine.yaml_file import YamlFile

WHAT = "gate"
Share = Annotated[float, Meta(gt=0, lt=1)]
More = Annotated[float, Meta(gt=0)]


class HeldOut(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """About judged parts that neither version learnt from; both are asked about the same ones."""

    escape: Share = 0.05
    """Of the defective parts, the share that the candidate may let pass beyond the version in service."""
    overkill: Share = 0.03
    """Of the good parts, the share that it may fail beyond the version in service."""
    least: Annotated[int, Meta(ge=1)] = 30
    """Judged parts of each kind, good and defective; fewer say too little."""
    most: Annotated[int, Meta(ge=1, le=100_000)] = 2000
    """Judged parts that are asked about, the newest ones."""


class Latency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Both versions are asked by turns on this machine, so its speed does not count."""

    ratio: More = 1.5
    """How many times as long as the version in service the candidate may take for a picture."""
    rounds: Annotated[int, Meta(ge=6, le=1000)] = 30
    """Ratios that are measured; the interval of their median is held against the bound."""
    calls: Annotated[int, Meta(ge=1, le=1000)] = 5
    """Of each version in a round."""


class Size(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How large the candidate's files may be."""

    ratio: More = 2.0
    """How many times as large as those of the version in service."""


class Station(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the canary or the shadow has to show at the line."""

    escape: Share = 0.02
    """As `aoi results compare --escape-margin`."""
    overkill: Share = 0.01
    """As `aoi results compare --overkill-margin`."""
    risk: Share = 0.05
    """As `aoi results compare --risk`."""
    judged: Annotated[int, Meta(ge=1)] = 30
    """Judged parts that the candidate answered about or saw."""
    failures: Annotated[int, Meta(ge=0)] | None = 0
    """Inspections that the candidate could not answer, as the gateways count them since they started."""


class Gate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rules; None for one that is not asked."""

    held_out: HeldOut = HeldOut()
    """Nobody can leave it out: without it nothing is known about escapes."""
    parity: More | None = 1e-4
    """How far the served scores may be from those of the source model."""
    latency: Latency | None = Latency()
    size: Size | None = Size()
    drift: More | None = 3.0
    """How far brightness and sharpness of the line's pictures may be, on average, from those that the candidate learnt
    from; in standard deviations of these."""
    signed: bool | None = None
    """Whether the candidate has to be signed by a key that is trusted; null does not ask."""
    station: Station = Station()

    def not_asked(self, label: str) -> tuple[str, ...]:
        """Names of the rules that are left out of the stage which leads to a label."""
        if label != "canary":
            return ("failures",) if self.station.failures is None else ()
        return tuple(name for name in ("signed", "parity", "size", "latency", "drift") if not getattr(self, name))


def read_gate(path: Path) -> Gate:
    """Reads a gate.

    Raises:
        PromotionError: the file cannot be read, or says something that is no gate; names line and field.
    """
    return _gate(YamlFile.read(path, WHAT, PromotionError))


def parse_gate(text: str, origin: str) -> Gate:
    """Reads a gate from YAML; `origin` names the file in errors. See `read_gate`."""
    return _gate(YamlFile.parse(text, origin, WHAT, PromotionError))


def _gate(file: YamlFile) -> Gate:
    return file.struct(file.values, Gate)
