"""The old set-up is drawn as what it is, a reconstruction, with its two flaws; ours with the names of our own files."""

from aoi_modules.study.clusters.our_files import objects
from aoi_modules.study.clusters.setups import setups


def test_the_old_one_is_marked_and_has_its_flaws() -> None:
    old, _ = setups().axes
    assert "RECONSTRUCTION" in old.get_title(loc="left")
    words = " ".join(text.get_text() for text in old.texts).replace("\n", " ")
    assert "flaw 1: the page does not show while Serving runs" in words
    assert "flaw 2: no program for CI/CD" in words


def test_ours_has_services_and_ports_that_are_there() -> None:
    _, ours = setups().axes
    drawn = [text.get_text() for text in ours.texts]
    ports = {
        one["metadata"]["name"]: {port["port"] for port in one["spec"]["ports"]}
        for one in objects(["base/object-store", "base/model-serving"])
        if one["kind"] == "Service"
    }
    for name, port in (("s3", 8333), ("object-store-console", 23646), ("model-serving", 8500)):
        assert f"Service {name}\nport {port}" in drawn
        assert port in ports[name]
