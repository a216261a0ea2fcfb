"""A file becomes objects, or a hint says which line or field stands in the way."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.clusters.files import expect_amount, objects_of, part

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n"


def test_a_file_becomes_its_objects() -> None:
    found = objects_of(SERVICE, ["Service"])["Service"]
    assert part(found, "spec.ports.0.port") == 80
    assert part(found, "spec.ports.1.port") is None
    assert part(found, "spec.selector.app") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "expected the file as text"),
        (SERVICE.replace("80", "FILL_IN"), "line 4:"),
        (SERVICE.replace("spec: {", "spec:\t{"), "found a tab"),
        (SERVICE + "  - a: [", "this is no YAML"),
        (SERVICE + "---\n" + SERVICE, "found the kinds Service, Service, expected Service"),
        ("just text", "expected objects with"),
        (SERVICE.replace("metadata: {name: a}\n", ""), "Service: found no metadata"),
        (SERVICE.replace("metadata: {name: a}", "metadata: [a]"), "expected name and namespace"),
        (SERVICE.replace("ports", "portz"), "portz is no field that Kubernetes knows"),
    ],
)
def test_what_no_cluster_would_read_is_named(text: object, words: str) -> None:
    with pytest.raises(Hint, match=words.replace("(", r"\(")):
        objects_of(text, ["Service"])


@pytest.mark.parametrize("found", ["512Mi", "0.5Gi", "536870912"])
def test_an_amount_is_the_same_in_any_unit(found: str) -> None:
    expect_amount("memory", found, "512Mi")


@pytest.mark.parametrize(("found", "words"), [(None, "found none"), ("512", "expected"), ("much", "is no amount")])
def test_another_amount_is_named(found: object, words: str) -> None:
    with pytest.raises(Hint, match=words):
        expect_amount("memory", found, "512Mi")
