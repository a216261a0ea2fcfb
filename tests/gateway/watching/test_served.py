import msgspec

from aoi_modules.gateway.watching.served import Served
from aoi_modules.modelstore.manifest import DataOrigin, Head, Manifest, PictureInput, Source

SIZE = PictureInput(height=8, width=8, channels=1)
JUDGE = Head(name="defect", kind="defect", labels=("good", "defect"), threshold=0.5)
TILE = Manifest(component="tile", version=3, heads=(JUDGE,), picture=SIZE, profile="cpu")


def test_each_model_is_named_with_its_version_and_size() -> None:
    served = Served()
    assert served.in_words() == ""
    served.note("tile", TILE)
    sources = tuple(
        Source(heads=(name,), picture=SIZE, profile=size, data=DataOrigin(name="pcb", sha256="", stand_in=size == "ci"))
        for name, size in (("open", "ci"), ("short", "gpu"))
    )
    served.note("pcb", msgspec.structs.replace(TILE, profile=None, version=1, sources=sources))
    assert served.in_words() == "pcb 1 (size ci and gpu, drawn pictures), tile 3 (size cpu)"


def test_who_says_nothing_of_a_size_is_left_out() -> None:
    served = Served()
    served.note("tile", msgspec.structs.replace(TILE, profile=None))
    assert served.in_words() == ""
    served.note("tile", TILE)
    served.note("tile", None)
    assert served.in_words() == "", "what answers now carries no manifest"


def test_components_without_a_route_are_forgotten() -> None:
    served = Served()
    served.note("tile", TILE)
    served.note("old", TILE)
    served.use(["tile"])
    assert served.in_words() == "tile 3 (size cpu)"
