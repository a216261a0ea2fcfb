"""Limits that people set at the station, each version of them with who, when and why."""

import sqlalchemy as sa
from alembic import op

from aoi_modules.results.database.columns import UtcTime

revision = "003"
down_revision = "002"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "limits",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("component", sa.String(200), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("head", sa.String(200), nullable=False),
        sa.Column("threshold", sa.Float),
        sa.Column("band_from", sa.Float),
        sa.Column("band_to", sa.Float),
        sa.Column("good", sa.JSON, nullable=False),
        sa.Column("time", UtcTime, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("before", sa.BigInteger, nullable=False),
        sa.Column("takes_back", sa.BigInteger, unique=True),
        sqlite_autoincrement=True,
    )
    op.create_index("limits_by_head", "limits", ["component", "model", "version", "head", "before"], unique=True)
