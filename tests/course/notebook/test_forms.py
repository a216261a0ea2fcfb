"""The forms of a lesson, on notebooks with any arrangement of exercises."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from aoi_modules.course.notebook.forms import (
    STUB,
    exercises,
    is_trainees,
    kept_form,
    proving_form,
    solved_form,
    trainee_form,
    without_defaults,
    without_trials,
)

KERNEL = {"name": "python3", "display_name": "Python 3"}


def tagged(tag: str, source: str) -> Any:
    return new_code_cell(source, metadata={"tags": [tag]})


def one_exercise(number: int) -> list[Any]:
    return [
        tagged("exercise", f"stub {number}"),
        tagged("solution", f"solution {number}"),
        tagged("check", f"check('1.{number}', answer)"),
    ]


def sources(nb: Any) -> list[str]:
    return [cell.source for cell in nb.cells]


@given(st.lists(st.sampled_from(["text", "code", "exercise"]), max_size=8))
def test_each_form_keeps_its_cells_in_order(kinds: list[str]) -> None:
    cells: list[Any] = []
    for number, kind in enumerate(kinds):
        cells += {
            "text": [new_markdown_cell(f"text {number}")],
            "code": [new_code_cell(f"code {number}")],
            "exercise": one_exercise(number),
        }[kind]
    nb = new_notebook(cells=cells)
    before = deepcopy(nb)
    everything = sources(nb)
    assert sources(solved_form(nb)) == [source for source in everything if not source.startswith("stub")]
    assert sources(trainee_form(nb)) == [source for source in everything if not source.startswith("solution")]
    assert sources(kept_form(nb)) == everything
    assert sources(without_trials(proving_form(nb))) == sources(solved_form(nb))
    assert is_trainees(trainee_form(nb)) == ("exercise" in kinds)
    assert not is_trainees(nb)
    assert sources(solved_form(trainee_form(nb))) == sources(trainee_form(nb)), "the trainee works in the stub"
    assert nb == before, "the forms change nothing in place"
    for form in (solved_form, trainee_form, proving_form):
        nbformat.validate(form(nb))


def test_the_proving_form_checks_the_stub_before_the_solution() -> None:
    assert sources(proving_form(new_notebook(cells=one_exercise(1)))) == [
        "stub 1",
        "from aoi_modules.course import checks as stub_trial\n\nstub_trial.trial('1.1', answer)\n\n"
        'stub_trial.hint_came("1.1")',
        "solution 1",
        "check('1.1', answer)",
    ]


def test_a_solution_carries_the_stub_that_it_stands_for() -> None:
    nb = new_notebook(cells=one_exercise(1))
    for form in (solved_form, proving_form):
        solutions = [cell for cell in form(nb).cells if "solution" in cell.metadata.tags]
        assert [cell.metadata[STUB] for cell in solutions] == ["stub 1"]
    assert STUB not in nb.cells[1].metadata


def test_parameters_are_shown_once() -> None:
    own, injected = tagged("parameters", 'profile: str = "cpu"'), tagged("injected-parameters", 'profile = "ci"')
    assert sources(without_defaults(new_notebook(cells=[own, injected]))) == ['profile = "ci"']
    assert sources(without_defaults(new_notebook(cells=[own]))) == ['profile: str = "cpu"']


@pytest.mark.parametrize(
    ("check", "trial"),
    [
        ('if check("1.1", answer):\n    go_on()', 'if stub_trial.trial("1.1", answer):\n    go_on()'),
        ('checks.check( "1.1", [recheck(x)])', 'stub_trial.trial( "1.1", [recheck(x)])'),
        ('# check it\ncheck("1.1", check(3))', '# check it\nstub_trial.trial("1.1", check(3))'),
    ],
)
def test_the_trial_replaces_the_call_of_the_check_and_nothing_else(check: str, trial: str) -> None:
    cells = [tagged("exercise", "stub"), tagged("solution", "solution"), tagged("check", check)]
    stub, proof, *_ = sources(proving_form(new_notebook(cells=cells)))
    assert stub == "stub"
    assert proof.split("\n\n") == [
        "from aoi_modules.course import checks as stub_trial",
        trial,
        'stub_trial.hint_came("1.1")',
    ]


def test_the_kept_form_has_no_traces_of_a_run() -> None:
    cell = new_code_cell("1", metadata={"papermill": {}, "tags": ["x"]}, execution_count=3)
    cell.outputs = [new_output("stream", text="1")]
    kept = kept_form(new_notebook(cells=[cell], metadata={"papermill": {}, "kernelspec": KERNEL}))
    assert kept.metadata == {"kernelspec": KERNEL}
    assert kept.cells[0].metadata == {"tags": ["x"]}
    assert (kept.cells[0].outputs, kept.cells[0].execution_count) == ([], None)


def test_exercises_are_found_with_their_id(exercise_cells: Callable[[str, str, str], list[Any]]) -> None:
    nb = new_notebook(cells=[*exercise_cells("5a.1", "None", "4"), tagged("check", "check('5a.9', x)")])
    (found,) = exercises(nb)
    assert found.id == "5a.1"
    assert (found.stub, found.solution, found.check) == tuple(nb.cells[1:4])
