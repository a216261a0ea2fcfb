"""Topics of messages."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from aoi_modules.results.closing import Closing
from aoi_modules.results.record import Record
from aoi_modules.results.sinks.messages.about_inspection import inspection_message
from aoi_modules.results.sinks.messages.about_unit import unit_message
from aoi_modules.results.sinks.topic import FIELDS, check_template, topic_of
from tests.results.sinks.made import closings, record, records

ALL = "/".join(f"{{{field}}}" for field in FIELDS)


@pytest.mark.parametrize(
    ("template", "topic"),
    [
        ("aoi/{gateway}/{component}", "aoi/north/tile"),
        ("aoi", "aoi"),
        ("{kind}-{verdict}", "inspection-PASS"),
        ("{lot}/{product}/{unit}", "-/-/A7_1"),
        ("{station}/", "line 2/"),
    ],
)
def test_fields_are_filled_in(template: str, topic: str) -> None:
    assert topic_of(template, inspection_message(record(unit="A7/1", station="line 2"))) == topic


@given(closings())
def test_a_units_component_is_the_word_unit(closing: Closing) -> None:
    assert topic_of("{kind}/{component}", unit_message(closing)) == "unit/unit"


@given(records())
def test_each_field_is_one_level_whatever_is_in_it(some: Record) -> None:
    topic = topic_of(ALL, inspection_message(some))
    assert not set(topic) & {"+", "#", "\0"}
    assert topic_matches_sub("/".join("+" * len(FIELDS)), topic)
    assert "" not in topic.split("/")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=300))
def test_a_topic_is_no_longer_than_brokers_take(name: str) -> None:
    assert len(topic_of(ALL, inspection_message(record(component=name, unit=name, lot=name))).encode()) < 65536


def test_what_is_no_message_of_ours_has_no_topic() -> None:
    with pytest.raises(msgspec.MsgspecError):
        topic_of("aoi", '{"number": 1}')


@pytest.mark.parametrize("template", ["a/+", "a/#", "$SYS/a", "a/{colour}", "a/{component", "a}", "a/{}", "a\nb"])
def test_what_is_no_template_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r"^topic: expected"):
        check_template(template)
