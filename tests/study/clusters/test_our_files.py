"""Our own files are read as they lie there, and drawn."""

from aoi_modules.study.clusters.our_files import drawn, objects


def test_the_files_of_a_base_are_read_without_kubectl() -> None:
    kinds = [one["kind"] for one in objects(["base/jupyter"])]
    assert sorted(kinds) == ["Service", "ServiceAccount", "StatefulSet"]


def test_the_drawing_names_what_is_in_them() -> None:
    text = drawn(objects(["base/jupyter", "base/object-store"]), "both")
    for word in ("Service s3", "Service object-store-console", "Namespace jupyter", "StatefulSet object-store"):
        assert word in text
