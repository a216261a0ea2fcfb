"""A lesson at work, as notebooks use it: its own folder, what it needs from others, its manifest at the end.

lesson = Lesson.open("6", profile=profile)
model = lesson.needs("5a") / "model" / "model.keras"
...                                         # write into lesson.out
lesson.finish(figures={"escape rate": 0.02})
"""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from aoi_modules.course import artifacts, durations, material
from aoi_modules.course.artifacts import Figure, LessonManifest
from aoi_modules.course.checklist.curriculum import LessonPlan
from aoi_modules.errors import ChecksumError, CourseError
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.settings import settings
from aoi_modules.training.profiles import PROFILES


@dataclass(frozen=True)
class Lesson:
    """One run of one lesson. `out` is an empty folder at the start, below artifacts/<profile>/."""

    plan: LessonPlan
    profile: str
    out: Path

    @classmethod
    def open(cls, lesson_id: str, *, profile: str) -> "Lesson":
        """Begins the lesson with an empty folder; what an earlier run left there is removed.

        Says how long the lesson takes on this machine, unless it is a headless run, which says that of all lessons.

        Raises:
            CourseError: no such lesson or profile.
        """
        if profile not in PROFILES:
            raise CourseError(f"profile: expected {', '.join(PROFILES)}. Received: {profile!r}")
        plan = material.curriculum().lesson(lesson_id)
        out = artifacts.lesson_dir(settings().artifacts_dir, profile, plan.id)
        _empty(out)
        if not settings().run_token:
            click.echo(_takes(plan, profile))
        return cls(plan, profile, out)

    def needs(self, lesson_id: str) -> Path:
        """The folder that another lesson left, with every file checked.

        Raises:
            CourseError: the checklist does not list the need, the lesson left nothing, or left it unfinished.
            ChecksumError: a file changed since the lesson wrote it.
        """
        if lesson_id not in self.plan.needs:
            raise CourseError(
                f"lesson {self.plan.id} uses lesson {lesson_id!r}, which its needs in curriculum.yml do not list",
                hint=f"curriculum.yml, lesson {self.plan.id}: needs: {[*self.plan.needs, lesson_id]}",
            )
        return left_by(lesson_id, self.profile, settings().artifacts_dir)

    def finish(
        self,
        *,
        figures: Mapping[str, Figure] | None = None,
        data: Iterable[DataOrigin] = (),
        backend: str = "",
        notes: Iterable[str] = (),
    ) -> None:
        """Ends the lesson: writes the manifest, last and atomically, and says in a line what was left.

        Args:
            figures: key figures for the report, name -> number or text.
            data: origins of the data sets used.
            backend: what really ran, for example "embedded server".
            notes: sentences for the report, for example what could not run and why.

        Raises:
            CourseError: something that the lesson has to leave is not there.
        """
        self._refuse_missing()
        manifest = LessonManifest(
            lesson=self.plan.id,
            profile=self.profile,
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            files=artifacts.listed_files(self.out),
            figures={name: _plain(value) for name, value in (figures or {}).items()},
            data=tuple(data),
            backend=backend,
            notes=tuple(notes),
            run=settings().run_token,
        )
        artifacts.write(self.out, manifest)
        click.echo(self._summary(manifest))

    def _refuse_missing(self) -> None:
        missing = [name for name in self.plan.produces if not (self.out / name).exists()]
        if missing:
            raise CourseError(
                f"lesson {self.plan.id} has to leave {', '.join(missing)} in {self.out}, and did not",
                hint="run the cells above, from the first to the last",
            )

    def _summary(self, manifest: LessonManifest) -> str:
        megabytes = sum((self.out / name).stat().st_size for name in manifest.files) / 1e6
        parts = [
            f"Lesson {self.plan.id} (profile {self.profile}) left {_counted(len(manifest.files), 'file')}, "
            f"{megabytes:.1f} MB, in artifacts/{self.profile}/{self.plan.id}",
            *(f"{name} {shown(value)}" for name, value in manifest.figures.items()),
            *(f"stand-in data: {origin.name}" for origin in manifest.data if origin.stand_in),
        ]
        return "; ".join(parts)


def left_by(lesson_id: str, profile: str, artifacts_dir: Path) -> Path:
    """The folder that a lesson left, with every file checked.

    Raises:
        CourseError: it left nothing, or left it unfinished; names the command that makes it.
        ChecksumError: a file changed since.
    """
    command = f"aoi course run --only {lesson_id} --profile {profile}"
    folder = artifacts.lesson_dir(artifacts_dir, profile, lesson_id)
    try:
        manifest = artifacts.read(folder)
        artifacts.verify(folder, manifest, repair=command)
    except FileNotFoundError:
        state = "did not finish" if folder.is_dir() else "has not run"
        raise CourseError(
            f"{folder} has no {artifacts.MANIFEST}: lesson {lesson_id} {state} with profile {profile}",
            hint=f"run `{command}`, or work through lesson {lesson_id} first",
        ) from None
    except ChecksumError:
        raise
    except CourseError as error:
        raise CourseError(error.message, hint=f"run `{command}`") from None
    return folder


def _takes(plan: LessonPlan, profile: str) -> str:
    seconds = durations.expected(profile, settings().cache_dir).get(plan.id)
    if seconds is None:
        return f"Lesson {plan.id} with the profile {profile}: nobody has measured yet how long it takes"
    return f"Lesson {plan.id} with the profile {profile} takes {durations.in_words(seconds)} on this machine"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def shown(value: Figure) -> str:
    """A key figure as people read it: four significant digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _plain(value: Figure) -> Figure:
    """A figure that JSON can hold; NumPy's scalars come as their Python value."""
    item = getattr(value, "item", None)
    plain: object = item() if callable(item) else value
    if not isinstance(plain, (bool, int, float, str)):
        raise CourseError(f"figures: expected numbers or text. Received: {type(value).__name__} {value!r:.60}")
    return plain


def _empty(folder: Path) -> None:
    """The manifest goes first, so that a kill in the middle never leaves half a folder that looks finished."""
    (folder / artifacts.MANIFEST).unlink(missing_ok=True)
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
