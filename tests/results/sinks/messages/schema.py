"""The fields of `UnitsInspected` and what is in them, written down from the public definition; `Aoi` is ours.

A list of one type stands for a list of such objects; a type in a tuple with None may be null; a set is an enumeration.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

RESULT = {"Passed", "Failed", "Error", "Aborted", "Skipped"}
VERIFICATION = {"NotVerifiedYet", "DefectConfirmed", "DefectRejected", "DefectAccepted"}
TEXT, NUMBER = (str, None), (float, None)

DESIGNATOR = {"ReferenceDesignator": TEXT, "PartNumber": TEXT}
MEASUREMENT = {
    "$type": {"CFX.Structures.NumericMeasurement, CFX"},
    "UniqueIdentifier": str,
    "MeasurementName": str,
    "TimeRecorded": (datetime, None),
    "Sequence": int,
    "Result": RESULT,
    "Components": [DESIGNATOR],
    "MeasuredValue": {
        "Value": float,
        "ValueUnits": TEXT,
        "ExpectedValue": NUMBER,
        "ExpectedValueUnits": TEXT,
        "MinimumAcceptableValue": NUMBER,
        "MinimumAcceptableValueUnits": TEXT,
        "MaximumAcceptableValue": NUMBER,
        "MaximumAcceptableValueUnits": TEXT,
    },
}
DEFECT = {
    "UniqueIdentifier": str,
    "DefectCode": str,
    "DefectCategory": TEXT,
    "Description": TEXT,
    "Comments": TEXT,
    "ComponentOfInterest": DESIGNATOR,
    "RegionOfInterest": (
        {"StartPointX": float, "StartPointY": float, "RegionSegments": [{"X": float, "Y": float}]},
        None,
    ),
    "DefectImages": [{"MimeType": str, "TransferMode": {"InBand", "OutOfBand"}, "ImageData": (None,), "ImageURL": str}],
    "Priority": int,
    "ConfidenceLevel": NUMBER,
    "RelatedMeasurements": [MEASUREMENT],
    "RelatedSymptoms": [{}],
    "Verification": VERIFICATION,
}
INSPECTION = {
    "UniqueIdentifier": str,
    "InspectionName": str,
    "InspectionStartTime": (datetime, None),
    "InspectionEndTime": (datetime, None),
    "TestProcedure": TEXT,
    "Comments": TEXT,
    "Result": RESULT,
    "Verification": VERIFICATION,
    "Error": TEXT,
    "DefectsFound": [DEFECT],
    "Symptoms": [{}],
    "Measurements": [MEASUREMENT],
}
UNIT = {
    "UnitIdentifier": TEXT,
    "UnitPositionNumber": (int, None),
    "OverallResult": RESULT,
    "ActiveRecipeName": TEXT,
    "ActiveRecipeRevision": TEXT,
    "Inspections": [INSPECTION],
    "Verification": VERIFICATION,
}
MESSAGE = {
    "MessageName": {"CFX.Production.TestAndInspection.UnitsInspected"},
    "Version": str,
    "TimeStamp": datetime,
    "UniqueID": UUID,
    "Source": str,
    "Target": TEXT,
    "RequestID": TEXT,
    "MessageBody": {
        "$type": {"CFX.Production.TestAndInspection.UnitsInspected, CFX"},
        "TransactionId": UUID,
        "InspectionMethod": {"Human", "AOI", "SPI"},
        "SamplingInformation": {"SamplingMethod": {"NoSampling"}, "LotSize": NUMBER, "SampleSize": NUMBER},
        "Inspector": {
            "OperatorIdentifier": str,
            "ActorType": {"Human", "Robot", "RemoteSystem"},
            "LastName": TEXT,
            "FirstName": TEXT,
            "LoginName": TEXT,
        },
        "RecipeName": TEXT,
        "RecipeRevision": TEXT,
        "InspectedUnits": [UNIT],
        "Aoi": dict,
    },
}


def faults(found: Any, wanted: Any, at: str = "") -> list[str]:
    """Where something is not as it is written down above."""
    if isinstance(wanted, tuple):
        rest = [one for one in wanted if one is not None]
        return [] if found is None and None in wanted else [f for one in rest for f in faults(found, one, at)]
    if isinstance(wanted, set):
        return [] if found in wanted else [f"{at}: {found!r} is none of {sorted(wanted)}"]
    if isinstance(wanted, list):
        if not isinstance(found, list):
            return [f"{at}: {found!r} is no list"]
        return [fault for number, one in enumerate(found) for fault in faults(one, wanted[0], f"{at}[{number}]")]
    if isinstance(wanted, dict):
        if not isinstance(found, dict) or set(found) != set(wanted):
            return [f"{at}: {found!r} has not exactly {sorted(wanted)}"]
        return [fault for name, kind in wanted.items() for fault in faults(found[name], kind, f"{at}.{name}")]
    return [] if _is(found, wanted) else [f"{at}: {found!r} is no {wanted.__name__}"]


def _is(found: object, kind: type) -> bool:
    if kind in (datetime, UUID):
        try:
            read = datetime.fromisoformat(str(found)) if kind is datetime else UUID(str(found))
        except ValueError:
            return False
        return read.tzinfo is not None if isinstance(read, datetime) else str(read) == found
    if kind is float:
        return isinstance(found, int | float) and not isinstance(found, bool)
    return isinstance(found, kind)
