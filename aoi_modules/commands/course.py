"""`aoi course`: run the lessons, see your progress, start your own copy."""

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aoi_modules.commands import output
from aoi_modules.errors import STOPPED, CourseError
from aoi_modules.settings import settings
from aoi_modules.training.profiles import PROFILES

if TYPE_CHECKING:
    from rich.console import Console

    from aoi_modules.course.checklist.curriculum import Curriculum
    from aoi_modules.course.running.order import RunOrder
    from aoi_modules.course.running.outcome import Outcome


@click.group
def command() -> None:
    """Run the lessons, see your progress, start your own copy.

    \b
    Examples:
      aoi course start ~/aoi-course     your own copy, without the solutions
      aoi course status                 what is done and what is next
      aoi course coverage               what of the study checklist the lessons hold
      aoi course run --profile cpu      every lesson headless, with a report
    """


@command.command("run")
@click.option("--profile", type=click.Choice(PROFILES), default="cpu", show_default=True, help="Size of the work.")
@click.option("--only", multiple=True, metavar="ID", help="Just this lesson; may be given more than once.")
@click.option("--from", "start", metavar="ID", help="This lesson and all after it.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Lessons at a time.  [default: as many as there is room for]")
@click.option("--force", is_flag=True, help="Run fresh lessons too.")
@click.option("--prove", is_flag=True, help="Also show that the check of every exercise gives its stub a hint.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcomes as JSON.")
def run(
    profile: str, only: tuple[str, ...], start: str | None, jobs: int | None, force: bool, prove: bool, as_json: bool
) -> None:
    """Run the lessons headless, each after those that it needs.

    A lesson runs only if its notebook, its profile, the package, the dependencies, its data or what it gets from other
    lessons changed since it passed. Exit code 0: every lesson passed or is fresh.

    On 2 cores two lessons run beside each other, on 8 cores four; with the profile gpu it is one. Lessons that measure
    how fast a server is run alone.

    \b
    Examples:
      aoi course run --profile ci --prove
      aoi course run --only 5a --only 6 --force
      aoi course run --from 7 --profile gpu
    """
    import psutil
    from rich.console import Console

    from aoi_modules.course import material
    from aoi_modules.course.checklist.selection import selected
    from aoi_modules.course.running.order import RunOrder
    from aoi_modules.course.running.schedule import jobs_for

    checklist = material.curriculum()
    order = RunOrder(
        curriculum=checklist,
        plans=selected(checklist, only, start),
        profile=profile,
        material_dir=material.material_dir(),
        given=settings(),
        jobs=jobs or jobs_for(profile, os.cpu_count() or 1, psutil.virtual_memory().available),
        force=force,
        form="proving" if prove else "solved",
    )
    sys.exit(_run_and_report(order, Console(stderr=True), as_json=as_json))


def _run_and_report(order: "RunOrder", console: "Console", *, as_json: bool) -> int:
    """Runs, reports whatever happened, and returns the exit code."""
    from aoi_modules.course.reporting.live_report import LiveReport
    from aoi_modules.course.reporting.report import headline
    from aoi_modules.course.running.course_run import CourseRun
    from aoi_modules.course.running.display import display_for
    from aoi_modules.course.running.forecast import Forecast
    from aoi_modules.course.running.outcome import all_good

    forecast = Forecast(_expected(order), order.jobs)
    report = LiveReport(order, forecast)
    display = display_for(console, plain=order.given.plain)
    course_run = CourseRun(order, display, forecast, report)
    stopped = False
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cancelled CI job gets its report too
    try:
        course_run.run()
    except KeyboardInterrupt:
        stopped = True
    finally:
        display.close()
    outcomes = [course_run.outcomes[plan.id] for plan in order.plans]
    index = report.end(outcomes).index
    _print(outcomes, as_json=as_json)
    console.print(f"{headline(outcomes)}; report: {index}", markup=False, highlight=False, soft_wrap=True)
    return STOPPED if stopped else 0 if all_good(outcomes) else 1


def _expected(order: "RunOrder") -> dict[str, float]:
    """Lesson -> the seconds that it will take about: as many as here the last time, else by the package's table."""
    from aoi_modules.course import durations
    from aoi_modules.course.running import freshness
    from aoi_modules.course.running.schedule import slowdown

    table, cores = durations.expected(order.profile, order.given.cache_dir), os.cpu_count() or 1
    known = {plan: table[plan.id] for plan in order.plans if plan.id in table}
    beside = {plan.id: seconds * slowdown(plan, order.jobs, cores) for plan, seconds in known.items()}
    records = {plan.id: freshness.read_record(order.folder(plan)) for plan in order.plans}
    own = {name: record.seconds for name, record in records.items() if record is not None}
    return {**beside, **own}


def _print(outcomes: "list[Outcome]", *, as_json: bool) -> None:
    import msgspec

    from aoi_modules.course.reporting.tables import print_outcomes

    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(outcomes), indent=2))
    else:
        print_outcomes(output.console(), outcomes)


@command.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print the checklist as JSON.")
def status(as_json: bool) -> None:
    """Show the study checklist: what is done and what is next.

    \b
    Examples:
      aoi course status
      aoi course status --json
    """
    import msgspec

    from aoi_modules.course import material
    from aoi_modules.course.checklist import progress
    from aoi_modules.course.checklist.status import course_status
    from aoi_modules.course.reporting.tables import print_status

    found = course_status(material.curriculum(), progress.read(settings().progress_file))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
    else:
        print_status(output.console(), found)


@command.command("times")
@click.option("--profile", type=click.Choice(PROFILES), default="cpu", show_default=True, help="Size of the work.")
@click.option("--measured", is_flag=True, help="Take over what the last runs on this machine took, as the reference.")
def times(profile: str, measured: bool) -> None:
    """Say how long each lesson takes on this machine.

    The times were measured on another machine; how fast this one is, a test of a second says.

    \b
    Examples:
      aoi course times
      aoi course times --profile ci
      aoi course times --measured     after `aoi course run --jobs 1 --force`, on a machine that does nothing else
    """
    from aoi_modules.course import durations, material

    checklist = material.curriculum()
    if measured:
        _take_over_times(checklist, profile)
    seconds = durations.expected(profile, settings().cache_dir)
    if not seconds:
        click.echo(f"no lesson has been measured with the profile {profile}", err=True)
    for plan in checklist.written():
        if plan.id in seconds:
            click.echo(f"{plan.full_title}: {durations.in_words(seconds[plan.id])}")


def _take_over_times(checklist: "Curriculum", profile: str) -> None:
    """Writes what the last runs took into the package's table.

    Raises:
        CourseError: no lesson has run with that profile.
    """
    from aoi_modules.course import artifacts, durations, speed
    from aoi_modules.course.running import freshness

    folders = {
        plan.id: artifacts.lesson_dir(settings().artifacts_dir, profile, plan.id) for plan in checklist.written()
    }
    records = {name: freshness.read_record(folder) for name, folder in folders.items()}
    seconds = {name: record.seconds for name, record in records.items() if record is not None}
    if not seconds:
        raise CourseError(
            f"no lesson has passed with the profile {profile}", hint=f"aoi course run --profile {profile} --force"
        )
    durations.write(durations.read().with_measured(profile, seconds, speed.measure()))
    click.echo(f"{durations.FILE}: {len(seconds)} lessons with the profile {profile}", err=True)


@command.command("coverage")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def coverage(as_json: bool) -> None:
    """Show how far the lessons hold the study checklist: its words, its deeds, and what is open.

    Exit code 1: a lesson lacks a word or an exercise that notebooks/coverage.yml names.

    \b
    Examples:
      aoi course coverage
      aoi course coverage --json
    """
    import msgspec

    from aoi_modules.course import material
    from aoi_modules.course.checklist import coverage as checklist_coverage
    from aoi_modules.course.checklist import reading
    from aoi_modules.course.notebook.file import sources_of
    from aoi_modules.course.reporting.tables import print_coverage

    folder = material.official_dir()
    checklist = reading.load(folder / reading.FILE_NAME)
    found = checklist_coverage.load(folder / material.NOTEBOOKS / checklist_coverage.FILE_NAME)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
    else:
        print_coverage(output.console(), found, checklist)
    missing = list(
        checklist_coverage.problems(found, checklist, lambda plan: sources_of(material.notebook_path(plan, folder)))
    )
    for problem in missing:
        click.echo(problem, err=True)
    sys.exit(1 if missing else 0)


@command.command("start")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def start(folder: Path) -> None:
    """Write your own copy of the lessons, without the solutions, into FOLDER.

    Run it again for lessons that are new. Your work is never overwritten: a newer version of a lesson that you have
    worked in is laid beside it as NAME.new.ipynb.

    \b
    Examples:
      aoi course start ~/aoi-course
    """
    from aoi_modules.course import trainee

    done = trainee.start(folder)
    groups = {"new": done.added, "updated": done.updated, "kept": done.kept, "newer version beside yours": done.newer}
    for what, names in groups.items():
        for name in names:
            click.echo(f"{what}: {folder / name}")
    click.echo(f"now: {trainee.jupyter_command(folder)}", err=True)


@command.command("readme")
@click.option("--check", is_flag=True, help="Change nothing; fail if a part is not of today.")
@click.option("--file", type=click.Path(dir_okay=False, path_type=Path), help="Just this README.")
def readme(check: bool, file: Path | None) -> None:
    """Write what is made from data: README's tables, and the sources at the end of each lesson.

    \b
    Examples:
      aoi course readme
      aoi course readme --check
    """
    from aoi_modules.course import material
    from aoi_modules.course import readme as page
    from aoi_modules.course.reference import source_cells

    path = file or material.material_dir() / "README.md"
    lessons = path.parent / material.NOTEBOOKS
    if check:
        page.refuse_stale(path, material.curriculum())
        if file is None:
            source_cells.refuse_stale(lessons, material.curriculum())
        click.echo(f"{path}: its tables are of today", err=True)
    else:
        changed = page.refresh(path, material.curriculum())
        click.echo(f"{path}: {'written' if changed else 'its tables were of today already'}", err=True)
        for lesson in source_cells.refresh(lessons, material.curriculum()) if file is None else ():
            click.echo(f"{lesson}: its sources are written", err=True)
