"""The picture has every Service, pod, port, selector and volume of an overlay, by its name."""

import re
from xml.etree import ElementTree

import pytest

from aoi_modules.cluster.picture import picture
from aoi_modules.cluster.policies.pods import pods
from tests.cluster.overlays import OVERLAYS, overlay

NAMESPACE = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", OVERLAYS)
def test_everything_is_there_and_inside_of_the_picture(name: str) -> None:
    objects = overlay(name)
    root = ElementTree.fromstring(picture(objects, f"What {name} asks for"))
    texts = [one.text or "" for one in root.iter(f"{NAMESPACE}text")]
    for service in [one for one in objects if one["kind"] == "Service"]:
        assert f"Service {service['metadata']['name']}" in texts
        for port in service["spec"]["ports"]:
            assert any(text.startswith(f"port {port['port']} -> ") for text in texts)
    for pod in pods(objects):
        assert any(text.startswith(pod.name) for text in texts)
        for container in pod.all_containers:
            assert any(container["image"] in text for text in texts)
        for volume in pod.spec.get("volumes", []):
            source = volume.get("secret", {}).get("secretName") or volume.get("configMap", {}).get("name")
            assert source is None or any(source in text for text in texts)
    width, height = (float(root.attrib[side]) for side in ("width", "height"))
    for box in root.iter(f"{NAMESPACE}rect"):
        right = float(box.get("x", 0)) + float(box.attrib["width"])
        lower = float(box.get("y", 0)) + float(box.attrib["height"])
        assert right <= width
        assert lower <= height


def test_an_arrow_says_by_which_labels_a_service_finds_its_pods() -> None:
    drawn = picture(overlay("local"), "t")
    assert re.search(r">name=gateway</text>", drawn)
    assert "claim spool, 1Gi a pod: /var/lib/aoi" in drawn
    assert "StatefulSet gateway, 2 pods" in drawn
    assert "first-sync (first)" in drawn


def test_what_names_have_cannot_become_markup() -> None:
    one = {"kind": "Pod", "metadata": {"name": "<script>", "namespace": "n"}, "spec": {"containers": []}}
    assert "<script>" not in picture([one], "a & b")
