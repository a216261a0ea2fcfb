"""Inspections, closings of units, gateways, the outbox, and what holds or deletes pictures."""

import sqlalchemy as sa
from alembic import op

from aoi_modules.results.database.columns import HexId, NewestFirst, UtcTime

revision = "001"
down_revision = None
_PICTURE_IS_THERE = sa.text("picture_kept AND picture_gone IS NULL")
_FILTERED = (
    "component", "verdict", "unit", "position", "product", "lot", "station", "model", "version", "role",
    "picture_sha256",
)  # fmt: skip


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "inspections",
        sa.Column("id", HexId, primary_key=True),
        sa.Column("time", UtcTime, nullable=False),
        sa.Column("gateway", sa.String(255), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("component", sa.String(200), nullable=False),
        sa.Column("unit", sa.String(200)),
        sa.Column("position", sa.String(200)),
        sa.Column("product", sa.String(200)),
        sa.Column("lot", sa.String(200)),
        sa.Column("station", sa.String(200)),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("version", sa.BigInteger),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("heads", sa.JSON, nullable=False),
        sa.Column("stages", sa.JSON, nullable=False),
        sa.Column("picture_sha256", sa.String(64), nullable=False),
        sa.Column("picture_size", sa.Integer, nullable=False),
        sa.Column("picture_width", sa.Integer, nullable=False),
        sa.Column("picture_height", sa.Integer, nullable=False),
        sa.Column("picture_kind", sa.String(10), nullable=False),
        sa.Column("picture_kept", sa.Boolean, nullable=False),
        sa.Column("picture_gone", UtcTime),
        sa.Column("request_id", sa.String(128), nullable=False),
        sa.Column("elapsed_ms", sa.Float),
        sa.Column("key", sa.String(32), unique=True),
        sa.Column("repeats", HexId),
        sa.Column("shadows", HexId),
        sa.Column("schema", sa.Integer, nullable=False),
    )
    op.create_table(
        "gateways",
        sa.Column("gateway", sa.String(255), primary_key=True),
        sa.Column("stored_until", UtcTime, nullable=False),
        sa.Column("left", sa.Boolean, nullable=False),
    )
    op.create_table(
        "closings",
        sa.Column("id", HexId, primary_key=True),
        sa.Column("unit", sa.String(200), nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("time", UtcTime, nullable=False),
        sa.Column("gateway", sa.String(255), nullable=False),
        sa.Column("product", sa.String(200)),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("missing", sa.JSON, nullable=False),
        sa.Column("required", sa.JSON, nullable=False),
        sa.Column("positions", sa.JSON, nullable=False),
        sa.Column("awaited", sa.JSON, nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.Column("schema", sa.Integer, nullable=False),
        sa.UniqueConstraint("unit", "run", "revision"),
    )
    op.create_table(
        "outbox",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("gateway", sa.String(255), nullable=False),
        sa.Column("sink", sa.String(80), nullable=False),
        sa.Column("about", HexId, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "holds",
        sa.Column("inspection", HexId, primary_key=True),
        sa.Column("reason", sa.String(200), primary_key=True),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("time", UtcTime, nullable=False),
    )
    op.create_table(
        "deletions",
        sa.Column("inspection", HexId, primary_key=True),
        sa.Column("run", HexId, nullable=False),
    )
    newest_first = NewestFirst(sa.column("id"))
    for name in _FILTERED:
        op.create_index(f"inspections_by_{name}", "inspections", [name, newest_first])
    op.create_index("inspections_by_component_and_verdict", "inspections", ["component", "verdict", newest_first])
    op.create_index(
        "inspections_with_picture",
        "inspections",
        ["verdict", "id"],
        sqlite_where=_PICTURE_IS_THERE,
        postgresql_where=_PICTURE_IS_THERE,
    )
    op.create_index("holds_by_reason", "holds", ["reason", "inspection"])
    op.create_index("closings_by_settled", "closings", ["settled", "id"])
    op.create_index("outbox_by_sink", "outbox", ["gateway", "sink", "number"])
