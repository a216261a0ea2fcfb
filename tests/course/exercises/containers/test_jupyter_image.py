"""Exercise 1.1: an image of one's own."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.exercises.containers.jupyter_image import check_jupyter_image
from aoi_modules.course.exercises.containers.tasks import Task
from aoi_modules.study.containers.engine import Engine
from tests.course.exercises.containers.answers import jupyter_file


def test_other_ways_to_write_it_pass(task: Task) -> None:
    text = jupyter_file(task).replace(f"USER {task.user}", f"USER {task.uid}").replace("--uid ", "--uid=")
    text = text.replace("--create-home", "-m").replace('"--ip=0.0.0.0"', '"--ip", "0.0.0.0", "--port=8888"')
    assert "no engine is here" in check_jupyter_image(text, task, None)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("RUN useradd --create-home --uid {task.uid} {task.user}\n", "", "found no RUN useradd"),
        ("--uid {task.uid} {task.user}", "--uid {task.uid} nobody", "another user"),
        ("--uid {task.uid}", "", "has to have the number"),
        ("--create-home", "", "has no folder"),
        ("USER {task.user}\n", "", "as root"),
        ("USER {task.user}\n", "USER nobody\n", "found nobody"),
        ("WORKDIR", "USER {task.user}\nWORKDIR", "USER"),
        ("RUN pip install --no-cache-dir -r requirements.txt\n", "", "nobody puts Jupyter"),
        ("-r requirements.txt", "jupyterlab", "the task has requirements.txt"),
        ("COPY requirements.txt .\n", "", "no requirements.txt in the image"),
        ("COPY notebooks ./notebooks\n", "", "notebooks is not copied"),
        ("./notebooks", "/notebooks", "expected a place in"),
        ("WORKDIR {task.home}\n", "", "expected /home"),
        ('"--ip=0.0.0.0", ', "", "so 127.0.0.1"),
        ("--ip=0.0.0.0", "--ip=localhost", "nobody outside gets in"),
        ('"--no-browser"', '"--IdentityProvider.token="', "switches the token off"),
        ('"--no-browser"', '"--port=9000"', "found port 9000"),
        ('"jupyter", "lab"', '"bash"', "expected jupyter lab"),
    ],
)
def test_each_mistake_gets_its_hint(task: Task, old: str, new: str, words: str) -> None:
    text, old = jupyter_file(task), old.format(task=task)
    assert old in text
    changed = text.replace(old, new.format(task=task), 1)
    if words == "USER":  # who installs is no longer root
        changed, words = changed.replace(f"USER {task.user}\nEXPOSE", "EXPOSE"), "may not write where pip installs"
    with pytest.raises(Hint) as caught:
        check_jupyter_image(changed, task, None)
    assert words in str(caught.value)


def test_requirements_that_come_too_late(task: Task) -> None:
    lines = jupyter_file(task).splitlines()
    lines[3], lines[4] = lines[4], lines[3]
    with pytest.raises(Hint, match="only in line 5"):
        check_jupyter_image("\n".join(lines), task, None)


def test_a_user_who_is_not_made_yet(task: Task) -> None:
    lines = jupyter_file(task).splitlines()
    lines.insert(6, lines.pop(1))
    lines.insert(5, lines.pop(6)) if lines[6].startswith("USER") else None
    with pytest.raises(Hint, match="is made only in line"):
        check_jupyter_image("\n".join(lines), task, None)


@pytest.mark.slow
def test_an_engine_builds_it_and_jupyter_starts(task: Task, engine: Engine) -> None:
    praise = check_jupyter_image(jupyter_file(task), task, engine)
    assert engine.name in praise
    assert str(task.uid) in praise


def test_an_engine_that_cannot_build_it_says_why(task: Task, engine: Engine) -> None:
    (task.jupyter / "requirements.txt").write_text("no-such-package-of-ours==99\n")
    with pytest.raises(Hint, match=r"does not build it: .*no-such-package-of-ours"):
        check_jupyter_image(jupyter_file(task), task, engine)
