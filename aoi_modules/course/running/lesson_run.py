"""A lesson's process as the run sees it: starts it, hears its events, and ends it with everything it started."""

import os
import queue
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.course.running import lesson_events
from aoi_modules.course.running.lesson_events import Began, CellBegan, Ended, Event, Task
from aoi_modules.course.running.order import RunOrder
from aoi_modules.settings import child_environment

START_LIMIT = 120.0
"""Seconds for the kernel to start; a cold GPU machine needs many."""
SAVE_SECONDS = 15.0
"""After the kernel of a lesson over its limit was killed: how long the process may take to save the notebook."""


@dataclass(frozen=True)
class Gone:
    """The process of a lesson has ended."""

    exit_code: int


Message = tuple[str, Event | Gone]
"""Lesson id, and what was heard of it."""


@dataclass
class LessonRun:
    """One lesson at work in a process of its own.

    Args:
        order: of the run.
        plan: the lesson.
        parts: everything that its outcome depends on, what -> hash or version.
        inbox: gets what is heard of it.

    Attributes:
        token: the run's own mark, which the lesson copies into its manifest.
        overdue: whether it was ended for working longer than its limit.
        cells: code cells that it has; 0 until its kernel is up.
        ended: its last word, or None.
    """

    order: RunOrder
    plan: LessonPlan
    parts: dict[str, str]
    inbox: "queue.Queue[Message]"
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    overdue: bool = False
    cells: int = 0
    ended: Ended | None = None
    _began: float = field(default_factory=time.monotonic, init=False)
    _cell_began: float = field(default_factory=time.monotonic, init=False)

    def start(self) -> None:
        """Starts the process; its events come into the inbox, at last a Gone."""
        log_file = self.order.log(self.plan)
        for path in (self.order.executed(self.plan), log_file, self.order.solved_file(self.plan)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
        # short, because the path of a socket in it may have 107 characters at most
        self._scratch = tempfile.TemporaryDirectory(prefix="aoi-", ignore_cleanup_errors=True)
        self._began = self._cell_began = time.monotonic()
        self._descendants: set[psutil.Process] = set()
        reading, writing = os.pipe()
        with log_file.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "aoi_modules.course.running.lesson_process", str(writing)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[writing],
                env=self._environment(),
                start_new_session=True,  # Ctrl-C is for the run, which saves and reports
            )
        os.close(writing)
        self._hand_over_task()
        threading.Thread(target=self._listen, args=(reading,), name=f"lesson {self.plan.id}", daemon=True).start()

    @property
    def seconds(self) -> float:
        """How long the lesson has been at work."""
        return time.monotonic() - self._began

    @property
    def cell_seconds(self) -> float:
        """How long the cell at work has been at work; before the first, the start of the kernel."""
        return time.monotonic() - self._cell_began

    def note(self, event: Event) -> None:
        """Keeps what later questions about the lesson need of an event."""
        if isinstance(event, Began):
            self.cells = event.cells
        elif isinstance(event, CellBegan):
            self._cell_began = time.monotonic()
        elif isinstance(event, Ended):
            self.ended = event

    def watch(self) -> None:
        """Looks after the lesson; to be called every second or so. Over its limit it is ended in two steps."""
        self._meet_descendants()
        limit = self.plan.limits(self.order.profile).lesson
        if self.seconds > limit + SAVE_SECONDS:
            self.kill()
        elif self.seconds > limit and not self.overdue:
            self.overdue = True
            _kill(self._descendants)  # without its kernel the process saves the notebook and ends by itself

    def kill(self) -> None:
        """Ends the process and everything that it started, at once."""
        self._meet_descendants()
        self._process.kill()
        _kill(self._descendants)

    def close(self) -> None:
        """Ends everything that the lesson started, and removes its scratch folder."""
        _kill(self._descendants)
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._scratch.cleanup()

    def log_tail(self, lines: int = 20) -> str:
        """The last lines that the process printed."""
        try:
            return "\n".join(self.order.log(self.plan).read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""

    def _environment(self) -> dict[str, str]:
        scratch, given = self._scratch.name, self.order.given
        # absolute, because the kernel works in the folder of the notebook
        mirror = {} if given.data_dir is None else {"AOI_DATA_DIR": str(given.data_dir)}
        return child_environment(
            **mirror,
            **_byte_code(given.cache_dir),
            AOI_CACHE_DIR=str(given.cache_dir),
            AOI_COURSE_DIR=str(given.course_dir),
            AOI_RUN_TOKEN=self.token,
            AOI_STRICT_CHECKS="1",
            AOI_PROGRESS_FILE=str(self.order.solved_file(self.plan).resolve()),
            JUPYTER_PATH=scratch,
            JUPYTER_RUNTIME_DIR=scratch,
            IPYTHONDIR=f"{scratch}/ipython",  # neither a user's start-up files nor one history for all kernels
            TF_CPP_MIN_LOG_LEVEL="2",
            TF_FORCE_GPU_ALLOW_GROWTH="true",
            PYDEVD_DISABLE_FILE_VALIDATION="1",
        )

    def _hand_over_task(self) -> None:
        limits = self.plan.limits(self.order.profile)
        task = Task(
            lesson=self.plan.id,
            notebook=str(self.order.notebook(self.plan).resolve()),
            output=str(self.order.executed(self.plan).resolve()),
            parameters={"profile": self.order.profile},
            form=self.order.form,
            kernels_dir=self._scratch.name,
            cell_limit=limits.cell,
            start_limit=START_LIMIT,
        )
        if self._process.stdin is not None:
            self._process.stdin.write(lesson_events.line(task))
            self._process.stdin.flush()  # and it stays open: its end tells the process that the run is gone

    def _listen(self, descriptor: int) -> None:
        with os.fdopen(descriptor, "rb") as events:
            for line in events:
                self.inbox.put((self.plan.id, lesson_events.event(line)))
        self.inbox.put((self.plan.id, Gone(self._process.wait())))

    def _meet_descendants(self) -> None:
        """Remembers which processes the lesson started, because after its end the system no longer tells."""
        try:
            self._descendants |= set(psutil.Process(self._process.pid).children(recursive=True))
        except psutil.NoSuchProcess:
            return


def _byte_code(cache_dir: Path) -> dict[str, str]:
    """Where Python forbids itself byte code beside its sources, as in many containers: a place for it in our cache.

    Without any each of a lesson's processes would compile TensorFlow anew, which doubles the time of its import.
    """
    if not sys.dont_write_bytecode or sys.pycache_prefix is not None:
        return {}
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(cache_dir / "bytecode")}


def _kill(processes: set[psutil.Process]) -> None:
    for process in processes:
        try:
            process.kill()  # psutil compares the start time, so a reused process id is left alone
        except psutil.NoSuchProcess:
            continue
