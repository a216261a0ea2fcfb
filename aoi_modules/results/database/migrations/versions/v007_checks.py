"""Checks of the station with golden parts, and who unlocked a component without one that passes."""

import sqlalchemy as sa
from alembic import op

from aoi_modules.results.database.columns import UtcTime

revision = "007"
down_revision = "006"


def upgrade() -> None:
    """Makes the tables."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "checks",
        sa.Column("number", number, primary_key=True, autoincrement=True),
        sa.Column("component", sa.String(200), nullable=False),
        sa.Column("time", UtcTime, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("gateway", sa.String(255), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("golden", sa.String(64), nullable=False),
        sa.Column("passed", sa.Boolean, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("bound", sa.Float, nullable=False),
        sa.Column("compared", sa.Integer, nullable=False),
        sa.Column("parts", sa.JSON, nullable=False),
        sa.Column("schema", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("checks_by_component", "checks", ["component", "number"])
    op.create_table(
        "unlockings",
        sa.Column("number", number, primary_key=True, autoincrement=True),
        sa.Column("component", sa.String(200), nullable=False),
        sa.Column("time", UtcTime, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("unlockings_by_component", "unlockings", ["component", "number"])
