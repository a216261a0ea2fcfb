"""The release behind this one, and the one before, as far as a database or a spool shows them.

No earlier release is on sale, and none is there of tomorrow. What they may differ in is known, since steps and records
only grow: the next one has further columns, tables and fields, the one before has none of the fields that may be left
out.
"""

from pathlib import Path
from typing import Any

import msgspec
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from aoi_modules.results.database import migrations
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import metadata

NEXT = "next"
"""The step that the next release has and this one has not."""
_STEPS = Path(migrations.__file__).parent
_STEP = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = {revision!r}, {head!r}


def upgrade():
    for table in {tables!r}:
        op.add_column(table, sa.Column("later", sa.JSON))
        op.add_column(table, sa.Column("later_count", sa.Integer, nullable=False, server_default="7"))
    op.create_table("later", sa.Column("number", sa.Integer, primary_key=True))
    op.create_index("inspections_by_later_count", "inspections", ["later_count", "id"])
"""


def steps() -> list[str]:
    """The steps of this release, the first one foremost."""
    return [step.revision for step in _scripts(_STEPS / "versions").walk_revisions()][::-1]


def upgrade(connection: Connection, step: str, versions: Path = _STEPS / "versions") -> None:
    """Brings a database to a step of those that lie in a folder."""
    config = _config(versions)
    config.attributes["connection"] = connection
    command.upgrade(config, step)


async def migrate_to_next(database: Database, folder: Path) -> None:
    """Does what `aoi results migrate` of the next release does: each table gets columns, and there is one more.

    Args:
        database: with the tables of this release.
        folder: for the files of the steps.
    """
    versions = folder / "versions"
    versions.mkdir()
    for path in (_STEPS / "versions").glob("v*.py"):
        (versions / path.name).write_bytes(path.read_bytes())
    text = _STEP.format(revision=NEXT, head=steps()[-1], tables=sorted(metadata.tables))
    (versions / "next.py").write_text(text)
    async with database.transaction() as connection:
        await connection.run_sync(upgrade, NEXT, versions)


def as_the_next(kept: msgspec.Struct) -> bytes:
    """An entry of the spool as the next release writes it: with fields in each part that nobody knows here."""
    return msgspec.msgpack.encode({**_grown(kept), "schema": 2})


def as_the_one_before(kept: msgspec.Struct) -> bytes:
    """An entry of the spool as the release before wrote it: without any field that may be left out."""
    return msgspec.msgpack.encode(_bare(kept))


def _grown(one: Any) -> Any:
    if isinstance(one, tuple):
        return [_grown(part) for part in one]
    if not isinstance(one, msgspec.Struct):
        return one
    fields = {field.encode_name: _grown(getattr(one, field.name)) for field in msgspec.structs.fields(type(one))}
    return {**_tag(one), **fields, "later": {"a": [1, None]}, "later_text": "x"}


def _bare(one: Any) -> Any:
    if isinstance(one, tuple):
        return [_bare(part) for part in one]
    if not isinstance(one, msgspec.Struct):
        return one
    needed = [field for field in msgspec.structs.fields(type(one)) if field.required]
    return {**_tag(one), **{field.encode_name: _bare(getattr(one, field.name)) for field in needed}}


def _tag(one: msgspec.Struct) -> dict[str, Any]:
    config = one.__struct_config__
    return {config.tag_field: config.tag} if config.tag_field else {}


def _scripts(versions: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(versions))


def _config(versions: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_STEPS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", str(versions))
    return config
