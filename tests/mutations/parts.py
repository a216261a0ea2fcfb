"""The parts whose tests are judged: their modules, and the tests that have to catch a mistake there."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutations.mutants import Mutant

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Part:
    """A part of the package.

    Args:
        modules: a pattern of paths below `aoi_modules/`.
        tests: a folder or file below `tests/`, for what the mirrored file does not catch.
    """

    modules: str
    tests: str

    def paths(self) -> list[Path]:
        """Returns the modules, in a fixed order."""
        return sorted((ROOT / "aoi_modules").glob(self.modules))

    def stages(self, module: Path) -> Iterator[Path]:
        """Yields what is run for a module: its mirrored tests, then those of the whole part."""
        mirrored = ROOT / "tests" / module.relative_to(ROOT / "aoi_modules").with_name(f"test_{module.name}")
        whole = ROOT / "tests" / self.tests
        if mirrored.exists():
            yield mirrored
        if whole != mirrored:
            yield whole


PARTS = {
    "wire": Part("wire/*.py", "wire"),
    "judging": Part("judging/*.py", "judging"),
    "batching": Part("serving/batching/*.py", "serving/batching"),
    "version folders": Part("modelstore/version_dir.py", "modelstore/test_version_dir.py"),
    "routes": Part("gateway/routes.py", "gateway/test_routes.py"),
}

EQUIVALENT = {
    ("judging/inspection.py", "_by_label", "True", "False"): "the lengths that zip compares were compared before",
    (
        "modelstore/version_dir.py",
        "_sweep",
        "time.time() - left.stat().st_mtime > _ABANDONED_SECONDS",
        "time.time() - left.stat().st_mtime >= _ABANDONED_SECONDS",
    ): "a folder is never exactly a day old",
    ("wire/json_arrays.py", "_plain", "True", "False"): "the slow way reads the same, only later",
    (
        "wire/json_arrays.py",
        "_leaves",
        "1",
        "2",
    ): "without the quick way, the slow one reads the same; and what is no list has any negative length",
    (
        "wire/json_arrays.py",
        "_leaves",
        "len(lengths) != 1",
        "len(lengths) == 1",
    ): "without the quick way, the slow one reads the same",
    (
        "wire/json_layers.py",
        "_cut_levels",
        "found.deepest - last > LAYER",
        "found.deepest - last >= LAYER",
    ): "levels may be cut anywhere",
    (
        "wire/json_layers.py",
        "_cut_levels",
        "nearest + int(np.argmin(begun[nearest:last + LAYER]))",
        "nearest - int(np.argmin(begun[nearest:last + LAYER]))",
    ): "levels may be cut anywhere",
    ("wire/json_layers.py", "", "600", "601"): "any number of levels does; this one is quick",
    ("wire/json_layers.py", "_cut_levels", "0", "1"): "levels may be cut anywhere",
    (
        "wire/json_layers.py",
        "_cut_out",
        "found.deepest + 1",
        "found.deepest - 1",
    ): "the deepest cut is further than that from the deepest bracket",
}
"""Module, function, before and after of mistakes that change nothing, and the reason why no test can tell."""


def is_equivalent(mutant: Mutant) -> bool:
    """Tells whether a mistake is known to change nothing that anyone could see."""
    module = str(mutant.module.relative_to(ROOT / "aoi_modules"))
    return (module, mutant.function, mutant.before, mutant.after) in EQUIVALENT
