"""The tables of results.

`inspections` has a row for each picture and model that judged it. Its ids rise with time, so an index on a column and
the id finds the newest rows of any filter without sorting, and a page's last id is the cursor to the next one.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from aoi_modules.results.database.columns import HexId, NewestFirst, UtcTime

metadata = MetaData()

VERSIONS = "results_version"
"""The table in which Alembic notes the release of these tables; another project's may lie beside them."""
STEP = "009"
"""The last step of `migrations`, which leads to the tables below."""

FILTERED = (
    "component",
    "verdict",
    "unit",
    "position",
    "product",
    "lot",
    "station",
    "model",
    "version",
    "role",
    "picture_sha256",
)
"""Columns of inspections by which rows are looked for, each with an index of its own."""

PICTURE_IS_THERE = "picture_kept AND picture_gone IS NULL"
"""SQL for the rows whose picture may still go; `inspections_with_picture` serves it in exactly these words."""

_ID = Column("id", HexId, primary_key=True)
inspections = Table(
    "inspections",
    metadata,
    _ID,
    Column("time", UtcTime, nullable=False),
    Column("gateway", String(255), nullable=False),
    Column("role", String(10), nullable=False),
    Column("component", String(200), nullable=False),
    Column("unit", String(200)),
    Column("position", String(200)),
    Column("product", String(200)),
    Column("lot", String(200)),
    Column("station", String(200)),
    Column("model", String(200), nullable=False),
    Column("version", BigInteger),
    Column("verdict", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("heads", JSON, nullable=False),
    Column("stages", JSON, nullable=False),
    Column("picture_sha256", String(64), nullable=False),
    Column("picture_size", Integer, nullable=False),
    Column("picture_width", Integer, nullable=False),
    Column("picture_height", Integer, nullable=False),
    Column("picture_kind", String(10), nullable=False),
    Column("picture_kept", Boolean, nullable=False),
    Column("picture_gone", UtcTime),
    Column("request_id", String(128), nullable=False),
    Column("elapsed_ms", Float),
    Column("key", String(32), unique=True),
    Column("repeats", HexId),
    Column("shadows", HexId),
    Column("review", String(12)),
    Column("chance", Float, nullable=False, server_default="0"),
    Column("schema", Integer, nullable=False),
    *(Index(f"inspections_by_{name}", name, NewestFirst(_ID)) for name in FILTERED),
    Index("inspections_by_component_and_verdict", "component", "verdict", NewestFirst(_ID)),
    Index(
        "inspections_with_picture",
        "verdict",
        "id",
        sqlite_where=text(PICTURE_IS_THERE),
        postgresql_where=text(PICTURE_IS_THERE),
    ),
)

gateways = Table(
    "gateways",
    metadata,
    Column("gateway", String(255), primary_key=True),
    Column("stored_until", UtcTime, nullable=False),
    Column("left", Boolean, nullable=False),
    Column("seen", UtcTime),
)
"""Up to when everything that a gateway accepted is stored here; `left`: it stopped, and its spool is empty. `seen`:
when it was there last, whatever it had stored by then; releases before do not say it."""

closings = Table(
    "closings",
    metadata,
    Column("id", HexId, primary_key=True),
    Column("unit", String(200), nullable=False),
    Column("run", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("time", UtcTime, nullable=False),
    Column("gateway", String(255), nullable=False),
    Column("product", String(200)),
    Column("verdict", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("missing", JSON, nullable=False),
    Column("required", JSON, nullable=False),
    Column("positions", JSON, nullable=False),
    Column("awaited", JSON, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("schema", Integer, nullable=False),
    UniqueConstraint("unit", "run", "revision"),
    Index("closings_by_settled", "settled", "id"),
)
"""The verdicts of units. Revision 1 closes a run of a unit; a later one settles what was open then."""

outbox = Table(
    "outbox",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("gateway", String(255), nullable=False),
    Column("sink", String(80), nullable=False),
    Column("about", HexId, nullable=False),
    Column("message", Text, nullable=False),
    Index("outbox_by_sink", "gateway", "sink", "number"),
    sqlite_autoincrement=True,  # no number comes twice, so who forgets a letter twice forgets no other one
)
"""Messages that a sink has not taken yet; `about` is the id of the row that a message tells of."""

holds = Table(
    "holds",
    metadata,
    Column("inspection", HexId, primary_key=True),
    Column("reason", String(200), primary_key=True),
    Column("who", String(200), nullable=False),
    Column("time", UtcTime, nullable=False),
    Index("holds_by_reason", "reason", "inspection"),
)
"""Why the picture of an inspection has to stay whatever its age: a complaint, a queue, a judgement, a data set."""

deletions = Table(
    "deletions",
    metadata,
    Column("inspection", HexId, primary_key=True),
    Column("run", HexId, nullable=False),
)
"""Pictures that have to leave the store, and perhaps have: their rows say already that they are gone."""

reviews = Table(
    "reviews",
    metadata,
    Column("inspection", HexId, primary_key=True),
    Column("shown", HexId, nullable=False),
    Column("component", String(200), nullable=False),
    Column("reason", String(12), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("draw", Integer, nullable=False),
    Column("leased_by", String(200)),
    Column("leased_until", UtcTime),
    Index("reviews_by_rank", "rank", "draw", "inspection"),
    Index("reviews_by_component", "component", "rank", "draw", "inspection"),
    Index("reviews_by_holder", "leased_by"),
)
"""Inspections that wait for a person. `shown`: the inspection whose picture is kept. `draw`: a number by chance, so
that those which were judged first are a random sample. `leased_by`: who has it before them."""

judgements = Table(
    "judgements",
    metadata,
    Column("id", HexId, primary_key=True),
    Column("inspection", HexId, nullable=False),
    Column("time", UtcTime, nullable=False),
    Column("who", String(200), nullable=False),
    Column("verdict", String(10)),
    Column("defect", String(200)),
    Column("note", Text, nullable=False),
    Column("disposition", String(10)),
    Column("given", String(12), nullable=False),
    Column("shown", HexId, nullable=False),
    Column("undoes", HexId, unique=True),
    Column("schema", Integer, nullable=False),
    Index("judgements_by_inspection", "inspection", "id"),
)
"""All that people said, for ever. A row with `undoes` takes another one back, and has no verdict of its own."""


def _counted(*, primary_key: bool = False) -> list[Column[Any]]:
    """What parts are counted by: see `tallies.counted`."""
    kinds: dict[str, Any] = {
        "slot": UtcTime, "component": String(200), "model": String(200), "version": BigInteger, "lot": String(200),
        "station": String(200), "verdict": String(10), "chance": Float,
    }  # fmt: skip
    return [Column(name, kind, primary_key=primary_key, nullable=False) for name, kind in kinds.items()]


_KIND = ("component", "verdict", "chance", "good", "sampled", "defect")
"""What judged parts of a group are counted by. An index in that order counts a hundred thousand without sorting."""

judged = Table(
    "judged",
    metadata,
    Column("inspection", HexId, primary_key=True),
    Column("judgement", HexId, nullable=False),
    Column("good", Boolean, nullable=False),
    Column("defect", String(200)),
    Column("sampled", Boolean, nullable=False),
    *_counted(),
    Index("judged_by_component", "component", "slot"),
    Index("judged_counted_by_component", *_KIND, "slot"),
    Index("judged_counted_by_lot", "lot", *_KIND, "slot"),
    Index("judged_counted_by_station", "station", *_KIND, "slot"),
    Index("judged_counted_by_version", "model", "version", *_KIND, "slot"),
    Index("judged_counted_by_slot", "slot", *_KIND),
)
"""The judgement in force of each inspection that has one, beside what figures are made by; see `tallies`."""


def _counted_in_order() -> list[Index]:
    """Indexes that hold the tallies in the order of each kind of group, whole, so that SQLite sums without sorting.

    PostgreSQL needs no order to sum, and would have to write all of them with every part that is counted.
    """
    kinds = {"component": (), "lot": ("lot",), "station": ("station",), "version": ("model", "version")}
    of_parts = ("component", "verdict", "chance", "first", "slot", "parts")
    indexes = [Index(f"tallies_counted_by_{name}", *columns, *of_parts) for name, columns in kinds.items()]
    return [index.ddl_if(dialect="sqlite") for index in indexes]


tallies = Table(
    "tallies",
    metadata,
    *_counted(primary_key=True),
    Column("first", Boolean, primary_key=True),
    Column("parts", BigInteger, nullable=False),
    Index("tallies_by_component", "component", "slot"),
    *_counted_in_order(),
)
"""How many parts were answered in a quarter of an hour, so that no figure has to count a million rows. What an
inspection does not say is an empty text, or 0; shadows, checks and repeats do not count. `first`: at their first
attempt."""

keys = Table(
    "keys",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("value", String(64), nullable=False),
)
"""Secrets that are made once and stay: `split` deals units into learning and testing."""

limits = Table(
    "limits",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("component", String(200), nullable=False),
    Column("model", String(200), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("head", String(200), nullable=False),
    Column("threshold", Float),
    Column("band_from", Float),
    Column("band_to", Float),
    Column("good", JSON, nullable=False),
    Column("time", UtcTime, nullable=False),
    Column("who", String(200), nullable=False),
    Column("why", Text, nullable=False),
    Column("before", BigInteger, nullable=False),
    Column("takes_back", BigInteger, unique=True),
    Index("limits_by_head", "component", "model", "version", "head", "before", unique=True),
    sqlite_autoincrement=True,
)
"""Limits that people set. Of a head the row with the highest number is in force; `before` is the number of the one that
was, 0 for none, so that of two who change the same one in a moment only one does. Without a threshold the station sets
none: manifest and route judge."""

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("time", UtcTime, nullable=False),
    Column("who", String(200), nullable=False),
    Column("action", String(80), nullable=False),
    Column("about", String(400), nullable=False),
    Column("why", Text, nullable=False),
    Index("audit_by_who", "who", "number"),
    Index("audit_by_action", "action", "number"),
    Index("audit_by_about", "about", "number"),
    sqlite_autoincrement=True,
)
"""Every change that people made, for ever."""

users = Table(
    "users",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("role", String(10), nullable=False),
    Column("password", String(255), nullable=False),
    Column("time", UtcTime, nullable=False),
)
"""Who signs in. `password`: its hash by argon2, with salt and costs. `time`: since when they are there."""

sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("started", UtcTime, nullable=False),
    Column("seen", UtcTime, nullable=False),
    Index("sessions_by_name", "name"),
    Index("sessions_by_start", "started"),
)
"""Who is signed in. `token`: SHA-256 of what their browser holds. `seen`: their last request, by the minute."""

machines = Table(
    "machines",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("time", UtcTime, nullable=False),
)
"""Machines that have a key. `key`: its SHA-256."""

checks = Table(
    "checks",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("component", String(200), nullable=False),
    Column("time", UtcTime, nullable=False),
    Column("who", String(200), nullable=False),
    Column("gateway", String(255), nullable=False),
    Column("model", String(200), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("golden", String(64), nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("why", Text, nullable=False),
    Column("bound", Float, nullable=False),
    Column("compared", Integer, nullable=False),
    Column("parts", JSON, nullable=False),
    Column("schema", Integer, nullable=False),
    Index("checks_by_component", "component", "number"),
    sqlite_autoincrement=True,
)
"""What checks of the station found about golden parts. A version that is not known is 0."""

unlockings = Table(
    "unlockings",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("component", String(200), nullable=False),
    Column("time", UtcTime, nullable=False),
    Column("who", String(200), nullable=False),
    Column("why", Text, nullable=False),
    Index("unlockings_by_component", "component", "number"),
    sqlite_autoincrement=True,
)
"""Who let a locked component go on without a check that passes, and why."""

dispositions = Table(
    "dispositions",
    metadata,
    Column("id", HexId, primary_key=True),
    Column("time", UtcTime, nullable=False),
    Column("who", String(200), nullable=False),
    Column("disposition", String(10)),
    Column("judgement", HexId),
    Column("inspection", HexId, nullable=False),
    Column("component", String(200), nullable=False),
    Column("unit", String(200)),
    Column("position", String(200)),
    Column("product", String(200)),
    Column("lot", String(200)),
    Column("station", String(200)),
    Column("schema", Integer, nullable=False),
    Index("dispositions_by_unit", "unit", "id"),
    Index("dispositions_by_inspection", "inspection", "id"),
)
"""What becomes of units: of a unit the row with the highest id holds. `id` is that of the judgement, or of what took
one back; `judgement` the one in force by then."""
