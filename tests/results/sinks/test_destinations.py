"""What the routes say of sinks."""

from typing import Any

import msgspec
import pytest
import yaml

from aoi_modules.results.sinks import destinations
from aoi_modules.results.sinks.destinations import Destination, Destinations
from aoi_modules.verdict import Verdict
from tests.results.sinks.made import closing, record

BROKER, WEBHOOK = {"mqtt": "mqtt://broker"}, {"webhook": "https://quality.example", "secret_file": "secret"}


def read(**fields: Any) -> Destination:
    return msgspec.convert(fields, Destination)


def test_the_example_of_the_docstring_is_read() -> None:
    text = (destinations.__doc__ or "").partition("sinks:\n")[2]
    sinks = msgspec.convert(yaml.safe_load(text), Destinations)
    assert sinks["line"].mqtt == "mqtts://aoi@broker:8883/aoi/{gateway}/{component}"
    assert sinks["quality"].verdicts == (Verdict.REVIEW, Verdict.FAIL)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "mqtt, webhook: expected one of them"),
        ({**BROKER, **WEBHOOK}, "mqtt, webhook: expected one of them"),
        ({"mqtt": "broker"}, "mqtt: expected mqtt://"),
        ({"webhook": "quality.example", "secret_file": "secret"}, "webhook: expected http://"),
        ({"webhook": "https://quality.example"}, "secret_file: expected a file"),
        ({**BROKER, "secret_file": "secret"}, "secret_file: belongs to a webhook"),
        ({**WEBHOOK, "password_file": "password"}, "password_file: belongs to a broker"),
        ({**BROKER, "colour": "red"}, "unknown field `colour`"),
        ({**BROKER, "verdicts": ["GOOD"]}, r"verdicts\[0\]"),
        ({**BROKER, "roles": ["boss"]}, r"roles\[0\]"),
        ({**BROKER, "mqtt_version": 4}, "mqtt_version"),
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any], fault: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=fault):
        read(**fields)


@pytest.mark.parametrize("name", ["", "../up", "a b", "-line", "line\n", "a" * 81])
def test_a_sinks_name_is_fit_for_a_folder(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({name: BROKER}, Destinations)


def test_shadows_are_told_only_to_those_who_name_them() -> None:
    roles = ("line", "canary", "shadow")
    assert [read(**BROKER).wants(record(role=role)) for role in roles] == [True, True, False]
    assert [read(**BROKER, roles=["shadow"]).wants(record(role=role)) for role in roles] == [False, False, True]


def test_verdicts_are_chosen_for_inspections_and_units_alike() -> None:
    sink = read(**BROKER, verdicts=["REVIEW", "FAIL"])
    assert [sink.wants(record(verdict)) for verdict in Verdict] == [False, True, True]
    assert [sink.wants(closing(verdict)) for verdict in Verdict] == [False, True, True]


@pytest.mark.parametrize("about", ["inspections", "units"])
def test_a_sink_may_be_about_one_kind_alone(about: str) -> None:
    sink = read(**BROKER, about=[about])
    assert sink.wants(record()) is (about == "inspections")
    assert sink.wants(closing(Verdict.PASS)) is (about == "units")
