"""What the heads of a model say, in CFX's words: measurements, and defects where a head does not let the part pass.

Pure. A head that lets the part pass is a measurement, whose greatest acceptable value is the threshold. One that does
not is a defect that has that measurement; its confidence is the score in percent, its region is in pixels.
"""

from collections.abc import Sequence

from aoi_modules.judging.inspection import HeadResult
from aoi_modules.judging.regions import Region
from aoi_modules.results.record import Picture, Record
from aoi_modules.results.sinks.messages import cfx
from aoi_modules.results.sinks.messages.guids import guid
from aoi_modules.verdict import SEVERITY, Verdict

RESULTS: dict[Verdict, cfx.Result] = {Verdict.PASS: "Passed", Verdict.REVIEW: "Failed", Verdict.FAIL: "Failed"}
"""CFX knows no REVIEW: whoever reads no more than its result must not let a doubtful part pass."""
REVIEW = "REVIEW: a person has to look"
"""The comment on what is doubtful."""


def measurements(record: Record) -> list[cfx.NumericMeasurement]:
    """Of the heads that found no defect, in their order."""
    heads = record.inspection.heads
    return [one for at, head in enumerate(heads) if not _is_defect(head) for one in _measured(record, at, head)]


def defects(record: Record, images: Sequence[cfx.Image]) -> list[cfx.Defect]:
    """What the heads found that does not let the part pass, the worst first.

    Args:
        record: of the inspection.
        images: of the part.
    """
    found = [(at, head) for at, head in enumerate(record.inspection.heads) if _is_defect(head)]
    found.sort(key=lambda one: (-SEVERITY[one[1].verdict or Verdict.PASS], -(one[1].score or 0.0)))
    return [_defect(record, at, head, priority, images) for priority, (at, head) in enumerate(found, 1)]


def _is_defect(head: HeadResult) -> bool:
    return head.verdict in (Verdict.REVIEW, Verdict.FAIL)


def _defect(record: Record, at: int, head: HeadResult, priority: int, images: Sequence[cfx.Image]) -> cfx.Defect:
    return cfx.Defect(
        unique_identifier=f"{guid(record.id)}/{head.name}",
        defect_code=head.label or head.name,
        defect_category=head.name,
        description=_description(head),
        comments=REVIEW if head.verdict is Verdict.REVIEW else None,
        component_of_interest=_place(record),
        region_of_interest=None if head.region is None else _region(head.region, record.picture),
        defect_images=images,
        priority=priority,
        confidence_level=None if head.score is None else min(max(100 * head.score, 1.0), 100.0),
        related_measurements=_measured(record, at, head),
    )


def _description(head: HeadResult) -> str:
    score = "the score is no number" if head.score is None else f"score {head.score:.6g}"
    limit = "" if head.threshold is None else f", threshold {head.threshold:.6g}"
    band = "" if head.review_band is None else f", doubtful from {head.review_band[0]:.6g} to {head.review_band[1]:.6g}"
    return f"{head.label or head.name}: {score}{limit}{band}"


def _place(record: Record) -> cfx.ComponentDesignator:
    """What the picture shows: the position on the unit, or the component where the request names no position."""
    return cfx.ComponentDesignator(reference_designator=record.origin.position or record.inspection.component)


def _region(region: Region, picture: Picture) -> cfx.Region:
    left, right = region.left * picture.width, (region.left + region.width) * picture.width
    top, bottom = region.top * picture.height, (region.top + region.height) * picture.height
    corners = ((right, top), (right, bottom), (left, bottom), (left, top))
    segments = [cfx.Point(x=x, y=y) for x, y in corners]
    return cfx.Region(start_point_x=left, start_point_y=top, region_segments=segments)


def _measured(record: Record, at: int, head: HeadResult) -> list[cfx.NumericMeasurement]:
    """The measurement of a head; none where its score is no number, which JSON cannot write."""
    if head.score is None:
        return []
    return [
        cfx.NumericMeasurement(
            unique_identifier=f"{guid(record.id)}/{head.name}/score",
            measurement_name=head.name,
            time_recorded=record.time,
            sequence=at + 1,
            result=RESULTS[head.verdict or Verdict.PASS],
            components=[_place(record)],
            measured_value=cfx.NumericValue(value=head.score, maximum_acceptable_value=head.threshold),
        )
    ]
