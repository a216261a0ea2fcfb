"""Users, their sessions, keys of machines, and the log of what people changed."""

import sqlalchemy as sa
from alembic import op

from aoi_modules.results.database.columns import UtcTime

revision = "005"
down_revision = "004"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("time", UtcTime, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("action", sa.String(80), nullable=False),
        sa.Column("about", sa.String(400), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    for name in ("who", "action", "about"):
        op.create_index(f"audit_by_{name}", "audit", [name, "number"])
    op.create_table(
        "users",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("time", UtcTime, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("started", UtcTime, nullable=False),
        sa.Column("seen", UtcTime, nullable=False),
    )
    op.create_index("sessions_by_name", "sessions", ["name"])
    op.create_index("sessions_by_start", "sessions", ["started"])
    op.create_table(
        "machines",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("time", UtcTime, nullable=False),
    )
