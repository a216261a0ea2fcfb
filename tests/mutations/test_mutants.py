import ast
from pathlib import Path

import pytest

from tests.mutations.mutants import Mutant, mutants, mutated
from tests.mutations.parts import EQUIVALENT, PARTS, ROOT, is_equivalent

SOURCE = '''
"""A docstring stays."""
LIMIT = 3

def judge(score: int | None, strict: bool = True) -> str:
    if not strict or score is None:
        raise ValueError(score)
    for _ in range(2):
        print(score + 1)
    return "bad" if score > LIMIT else "good"

if __name__ == "__main__":
    judge(1 + 1)
'''
CHANGES = {
    "3 -> 4", "True -> False", "not strict or score is None -> not strict and score is None", "not strict -> strict",
    "score is None -> score is not None", "raise ValueError(score) -> pass", "2 -> 3", "1 -> 2",
    "print(score + 1) -> pass", "score + 1 -> score - 1", "score > LIMIT -> score >= LIMIT",
    "return 'bad' if score > LIMIT else 'good' -> return None",
}  # fmt: skip


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "judge.py"
    path.write_text(SOURCE)
    return path


def test_every_kind_of_mistake_is_made_and_nothing_else(module: Path) -> None:
    assert {f"{one.before} -> {one.after}" for one in mutants(module)} == CHANGES


def test_a_mutant_knows_its_line_and_function(module: Path) -> None:
    compared = next(one for one in mutants(module) if one.before == "score > LIMIT")
    assert (compared.line, compared.function) == (10, "judge")
    assert str(compared) == f"{module}:10: score > LIMIT  ->  score >= LIMIT"


def test_each_tree_has_its_one_mistake(module: Path) -> None:
    whole = ast.unparse(ast.parse(SOURCE)).splitlines()
    for one in mutants(module):
        lines = ast.unparse(mutated(one)).splitlines()
        changed = [(old, new) for old, new in zip(whole, lines, strict=True) if old != new]
        assert len(changed) == 1, one
        compile(mutated(one), "judge.py", "exec")


def test_a_mistake_that_a_module_does_not_have_is_refused(module: Path) -> None:
    with pytest.raises(ValueError, match="no mistake number 99"):
        mutated(Mutant(module, 99, 1, "", "", ""))


@pytest.mark.parametrize("name", PARTS)
def test_each_part_has_modules_and_tests(name: str) -> None:
    part = PARTS[name]
    assert part.paths()
    for path in part.paths():
        assert all(tests.exists() for tests in part.stages(path))


def test_what_is_called_equivalent_is_a_mistake_that_can_be_made() -> None:
    known = [one for part in PARTS.values() for path in part.paths() for one in mutants(path) if is_equivalent(one)]
    made = {(str(one.module.relative_to(ROOT / "aoi_modules")), one.function, one.before, one.after) for one in known}
    assert made == EQUIVALENT.keys()
