"""What becomes of units, as judgements say."""

import sqlalchemy as sa
from alembic import op

from aoi_modules.results.database.columns import HexId, UtcTime

revision = "008"
down_revision = "007"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "dispositions",
        sa.Column("id", HexId, primary_key=True),
        sa.Column("time", UtcTime, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("disposition", sa.String(10)),
        sa.Column("judgement", HexId),
        sa.Column("inspection", HexId, nullable=False),
        sa.Column("component", sa.String(200), nullable=False),
        sa.Column("unit", sa.String(200)),
        sa.Column("position", sa.String(200)),
        sa.Column("product", sa.String(200)),
        sa.Column("lot", sa.String(200)),
        sa.Column("station", sa.String(200)),
        sa.Column("schema", sa.Integer, nullable=False),
    )
    op.create_index("dispositions_by_unit", "dispositions", ["unit", "id"])
    op.create_index("dispositions_by_inspection", "dispositions", ["inspection", "id"])
