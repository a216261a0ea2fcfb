"""A lesson's process as the run sees it: heard, watched, and ended with everything that it started."""

import queue
import sys
import time
from typing import Any

import psutil
import pytest

from aoi_modules.course.running.lesson_events import Began, CellBegan, CellDone, Ended, LessonError
from aoi_modules.course.running.lesson_run import Gone, LessonRun
from aoi_modules.settings import load

NAMES = ["AOI_COURSE_DIR", "AOI_CACHE_DIR", "AOI_RUN_TOKEN", "AOI_PROGRESS_FILE", "AOI_STRICT_CHECKS"]


def lesson_run(course: Any, *cells: str, **plan: Any) -> LessonRun:
    course.lesson("1", *cells, **plan)
    order = course.order(given=load({"AOI_CACHE_DIR": "cache"}, course.folder))
    return LessonRun(order, order.plans[0], {}, queue.Queue())


def next_message(run: LessonRun) -> Any:
    lesson_id, message = run.inbox.get(timeout=60)
    assert lesson_id == "1"
    return message


def last_message(run: LessonRun) -> Gone:
    while not isinstance(message := next_message(run), Gone):
        pass
    return message


def test_its_events_come_in_order_and_at_last_its_end(small_course: Any) -> None:
    run = lesson_run(small_course)
    run.start()
    try:
        heard = []
        while not isinstance(message := next_message(run), Gone):
            heard.append(message)
            run.note(message)
    finally:
        run.close()
    assert message == Gone(0), run.log_tail()
    assert heard[0] == Began(4)
    assert [type(one) for one in heard[1:-1]] == [CellBegan, CellDone] * 4
    assert heard[-1] == run.ended == Ended(4)
    assert run.cells == 4


def test_a_lesson_gets_its_settings_by_the_environment_and_nothing_of_an_earlier_run(small_course: Any) -> None:
    code = f"import json, os\n(lesson.out / 'given').write_text(json.dumps([os.environ[name] for name in {NAMES}]))"
    run = lesson_run(small_course, code)
    solved = run.order.solved_file(run.plan)
    solved.parent.mkdir(parents=True)
    solved.write_text("of an earlier run")
    run.start()
    try:
        assert last_message(run) == Gone(0), run.log_tail()
    finally:
        run.close()
    assert not solved.exists(), "what an earlier run solved counts for nothing"
    text = (run.order.folder(run.plan) / "given").read_text()
    for value in (small_course.folder, small_course.folder / "cache", run.token, solved, 1):
        assert f'"{value}"' in text


@pytest.mark.parametrize("forbidden", [True, False])
def test_byte_code_that_is_forbidden_beside_its_sources_goes_into_the_cache(
    small_course: Any, monkeypatch: pytest.MonkeyPatch, forbidden: bool
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", forbidden)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1" if forbidden else "")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    said = "import sys\n(lesson.out / 'said').write_text(f'{sys.dont_write_bytecode} {sys.pycache_prefix}')"
    run = lesson_run(small_course, said)
    run.start()
    try:
        assert last_message(run) == Gone(0), run.log_tail()
    finally:
        run.close()
    cache = run.order.given.cache_dir / "bytecode"
    text = (run.order.folder(run.plan) / "said").read_text()
    assert text == f"False {cache if forbidden else None}"
    assert any(cache.rglob("*.pyc")) == forbidden


def test_what_is_noted_of_events(small_course: Any) -> None:
    run = lesson_run(small_course)
    assert (run.cells, run.ended) == (0, None)
    run.note(Began(7))
    run.note(CellBegan(1, "One"))
    assert run.cell_seconds <= run.seconds
    run.note(CellDone(1, "One", 0.1))
    assert (run.cells, run.ended) == (7, None)
    last = Ended(1, LessonError(message="no"))
    run.note(last)
    assert run.ended is last


def test_killed_it_takes_what_it_started_with_it(small_course: Any) -> None:
    start = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
        "(lesson.out / 'pid').write_text(str(child.pid))"
    )
    run = lesson_run(small_course, start, "# Wait\nimport time\ntime.sleep(600)")
    run.start()
    try:
        while next_message(run) != CellBegan(5, "Wait"):
            pass
        run.watch()
        assert not run.overdue
        pid = int((run.order.folder(run.plan) / "pid").read_text())
        run.kill()
        assert last_message(run).exit_code != 0
    finally:
        run.close()
    assert gone(pid)


def gone(pid: int) -> bool:
    """Whether a process has ended, given a moment to do so."""
    end = time.monotonic() + 240
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize(("text", "tail"), [(None, ""), ("a\nb\nc\n", "b\nc"), ("one", "one")])
def test_the_end_of_its_log(small_course: Any, text: str | None, tail: str) -> None:
    run = lesson_run(small_course)
    if text is not None:
        run.order.log(run.plan).parent.mkdir(parents=True)
        run.order.log(run.plan).write_text(text)
    assert run.log_tail(2) == tail


def test_each_run_has_a_token_of_its_own(small_course: Any) -> None:
    run = lesson_run(small_course)
    assert run.token != LessonRun(run.order, run.plan, {}, queue.Queue()).token
