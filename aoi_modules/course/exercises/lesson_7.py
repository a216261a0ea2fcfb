"""Exercises of lesson 7, deploying a servable."""

import tempfile
from pathlib import Path

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.serving import model_config


@exercise("7.1")
def rollback(answer: object) -> str:
    """The states after version 2 of tile was withdrawn: version -> state."""
    if not isinstance(answer, dict) or not all(isinstance(version, int) for version in answer):
        raise Hint(f"found {kind(answer)}, expected the states by version, as VersionWatch.until gives them")
    if answer.get(2) == "AVAILABLE":
        raise Hint("version 2 is still AVAILABLE: as long as its folder is there, the server serves it")
    if answer.get(2) in ("LOADING", "UNLOADING", "START"):
        raise Hint(f"version 2 is {answer[2]}: wait for the end of the change")
    if answer.get(1) != "AVAILABLE":
        raise Hint(f"version 1 is {answer.get(1, 'not known')}: expected it to be AVAILABLE again; wait for it")
    return "version 1 answers again, and nobody had to stop"


@exercise("7.2")
def configuration(answer: object) -> str:
    """Protobuf text of a server with fashion, and with tile in versions 1 and 2."""
    if not isinstance(answer, str):
        raise Hint(f"found {kind(answer)}, expected the text of a configuration")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "your.config"
        path.write_text(answer)
        models = {model.name: model for model in model_config.read(path)}
        for version in (1, 2):
            (Path(folder) / str(version)).mkdir()
        wanted = sorted(models["tile"].policy.aspired(Path(folder))) if "tile" in models else []
    if set(models) != {"fashion", "tile"}:
        raise Hint(f"found the models {', '.join(models) or 'none'}, expected fashion and tile")
    if models["tile"].base_path.name != "tile":
        raise Hint(f"tile: base_path {models['tile'].base_path}, expected the folder above its versions, .../tile")
    if wanted != [1, 2]:
        raise Hint(f"tile: of the versions 1 and 2 this serves {wanted}; expected both, by model_version_policy")
    return "both versions of tile answer, each to those who ask for it"
