"""The words of IPC-CFX's public message `UnitsInspected` that the line uses: names of fields and enumerations.

CFX has no word for some of what the line knows; that stands in `aoi`, an object of ours in the body, which CFX's own
readers pass over. Measurements and the body say their type as CFX's own writers do.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

NAME = "CFX.Production.TestAndInspection.UnitsInspected"
VERSION = "2.0"
"""Of the standard that has all these fields."""
Result = Literal["Passed", "Failed", "Error", "Aborted", "Skipped"]
Verification = Literal["NotVerifiedYet", "DefectConfirmed", "DefectRejected", "DefectAccepted"]


class Word(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Fields are named as in CFX: `unit_identifier` is `UnitIdentifier`."""


class ComponentDesignator(Word, frozen=True, kw_only=True):
    """A part of the unit."""

    reference_designator: str | None
    part_number: str | None = None


class Point(Word, frozen=True, kw_only=True):
    """A corner, in pixels of the picture."""

    x: float
    y: float


class Region(Word, frozen=True, kw_only=True):
    """An outline from its first corner on and back to it; in pixels of the picture, from its left upper corner."""

    start_point_x: float
    start_point_y: float
    region_segments: Sequence[Point]


class Image(Word, frozen=True, kw_only=True):
    """A picture that the message does not carry, but says where it is."""

    mime_type: str
    transfer_mode: Literal["OutOfBand"] = "OutOfBand"
    image_data: None = None
    image_url: str = msgspec.field(name="ImageURL")


class NumericValue(Word, frozen=True, kw_only=True):
    """A number and what it should be; scores have no units."""

    value: float
    value_units: str | None = None
    expected_value: float | None = None
    expected_value_units: str | None = None
    minimum_acceptable_value: float | None = None
    minimum_acceptable_value_units: str | None = None
    maximum_acceptable_value: float | None = None
    maximum_acceptable_value_units: str | None = None


class NumericMeasurement(
    Word, frozen=True, kw_only=True, tag_field="$type", tag="CFX.Structures.NumericMeasurement, CFX"
):
    """What a head of the model measured."""

    unique_identifier: str
    measurement_name: str
    time_recorded: datetime | None
    sequence: int
    result: Result
    components: Sequence[ComponentDesignator] = ()
    measured_value: NumericValue


class Defect(Word, frozen=True, kw_only=True):
    """Why a picture did not pass."""

    unique_identifier: str
    defect_code: str
    defect_category: str | None
    description: str
    comments: str | None
    component_of_interest: ComponentDesignator
    region_of_interest: Region | None
    defect_images: Sequence[Image]
    priority: int
    """1 is the worst of the inspection."""
    confidence_level: float | None
    """From 1 to 100."""
    related_measurements: Sequence[NumericMeasurement]
    related_symptoms: Sequence[None] = ()
    verification: Verification = "NotVerifiedYet"


class Inspection(Word, frozen=True, kw_only=True):
    """One picture, judged by one model."""

    unique_identifier: str
    inspection_name: str
    inspection_start_time: datetime | None
    inspection_end_time: datetime | None
    test_procedure: str | None = None
    comments: str | None
    result: Result
    verification: Verification = "NotVerifiedYet"
    error: str | None
    defects_found: Sequence[Defect]
    symptoms: Sequence[None] = ()
    measurements: Sequence[NumericMeasurement]


class InspectedUnit(Word, frozen=True, kw_only=True):
    """A unit and what was seen of it."""

    unit_identifier: str | None
    unit_position_number: int | None = None
    overall_result: Result
    active_recipe_name: str | None
    active_recipe_revision: str | None
    inspections: Sequence[Inspection]
    verification: Verification = "NotVerifiedYet"


class SamplingInformation(Word, frozen=True, kw_only=True):
    """Every unit is inspected."""

    sampling_method: Literal["NoSampling"] = "NoSampling"
    lot_size: float | None = None
    sample_size: float | None = None


class Operator(Word, frozen=True, kw_only=True):
    """Who inspected: a machine."""

    operator_identifier: str
    actor_type: Literal["Human", "Robot", "RemoteSystem"] = "Robot"
    last_name: str | None = None
    first_name: str | None = None
    login_name: str | None = None


class UnitsInspected(Word, frozen=True, kw_only=True, tag_field="$type", tag=f"{NAME}, CFX"):
    """The body of the message."""

    transaction_id: str
    inspection_method: Literal["Human", "AOI", "SPI"] = "AOI"
    sampling_information: SamplingInformation = SamplingInformation()
    inspector: Operator
    recipe_name: str | None
    recipe_revision: str | None
    inspected_units: Sequence[InspectedUnit]
    aoi: msgspec.Struct
    """Ours: see `details`."""


class Envelope(Word, frozen=True, kw_only=True):
    """The message."""

    message_name: str = NAME
    version: str = VERSION
    time_stamp: datetime
    unique_id: str = msgspec.field(name="UniqueID")
    source: str
    target: str | None = None
    request_id: str | None = msgspec.field(name="RequestID", default=None)
    message_body: msgspec.Struct
    """`UnitsInspected`, or a body of ours."""
