"""The sources of the lessons: papers, pages, articles and data sets, from `notebooks/sources.yml`.

Every lesson has a cell with the id `sources` just before its last one; `cell_text` says what stands in it.
"""

import re
from collections import Counter
from pathlib import Path
from typing import Literal

import msgspec

from aoi_modules.course.checklist import yaml_file
from aoi_modules.course.checklist.curriculum import Curriculum
from aoi_modules.errors import CourseError

FILE_NAME = "sources.yml"
CELL_ID = "sources"
_HTTPS = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+/[\w./%-]*")
HEADINGS = {"paper": "Papers", "page": "Pages", "article": "Articles", "data": "Data sets", "code": "Code"}

Kind = Literal["paper", "page", "article", "data", "code"]


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to read, and the lessons that it belongs to."""

    title: str
    kind: Kind
    address: str
    lessons: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sources: tuple[Source, ...]


def load(path: Path, curriculum: Curriculum) -> tuple[Source, ...]:
    """Reads and checks a sources.yml.

    Raises:
        CourseError: not there, not YAML, or a source breaks a rule; names the source.
    """
    sources = yaml_file.read(path, _File).sources
    known = {plan.id for plan in curriculum.lessons()}
    addresses = Counter(source.address for source in sources)
    for source in sources:
        if not _HTTPS.fullmatch(source.address):
            raise CourseError(
                f"{path}: {source.title!r}: expected an address https://host/path. Received: {source.address!r}"
            )
        if addresses[source.address] > 1:
            raise CourseError(f"{path}: {source.address} stands twice")
        if not source.lessons or not set(source.lessons) <= known:
            raise CourseError(
                f"{path}: {source.title!r}: expected lessons of curriculum.yml. Received: {list(source.lessons)}"
            )
    return sources


def cell_text(sources: tuple[Source, ...], lesson_id: str) -> str:
    """The Markdown of a lesson's cell of sources, by kind."""
    own = [source for source in sources if lesson_id in source.lessons]
    parts = ["## Sources"]
    for kind, heading in HEADINGS.items():
        links = [f"[{source.title}]({source.address})" for source in own if source.kind == kind]
        if links:
            parts.append(f"**{heading}**\n" + "\n".join(f"- {link}" for link in links))
    return "\n\n".join(parts)
