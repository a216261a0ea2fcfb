"""What people judge: the review queue, judgements, and the counts that figures of quality are made of."""

import sqlalchemy as sa
from alembic import op

from aoi_modules.results.database.columns import HexId, UtcTime

revision = "002"
down_revision = "001"


def upgrade() -> None:
    """Makes the tables. Inspections of before are not counted: nobody knows by which chance they were to be judged."""
    op.add_column("inspections", sa.Column("review", sa.String(12)))
    op.add_column("inspections", sa.Column("chance", sa.Float, nullable=False, server_default="0"))
    op.create_table(
        "reviews",
        sa.Column("inspection", HexId, primary_key=True),
        sa.Column("shown", HexId, nullable=False),
        sa.Column("component", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("draw", sa.Integer, nullable=False),
        sa.Column("leased_by", sa.String(200)),
        sa.Column("leased_until", UtcTime),
    )
    op.create_table(
        "judgements",
        sa.Column("id", HexId, primary_key=True),
        sa.Column("inspection", HexId, nullable=False),
        sa.Column("time", UtcTime, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("verdict", sa.String(10)),
        sa.Column("defect", sa.String(200)),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("disposition", sa.String(10)),
        sa.Column("given", sa.String(12), nullable=False),
        sa.Column("shown", HexId, nullable=False),
        sa.Column("undoes", HexId, unique=True),
        sa.Column("schema", sa.Integer, nullable=False),
    )
    op.create_table(
        "judged",
        sa.Column("inspection", HexId, primary_key=True),
        sa.Column("judgement", HexId, nullable=False),
        sa.Column("good", sa.Boolean, nullable=False),
        sa.Column("defect", sa.String(200)),
        sa.Column("sampled", sa.Boolean, nullable=False),
        *_counted(primary_key=False),
    )
    op.create_table(
        "tallies",
        *_counted(primary_key=True),
        sa.Column("first", sa.Boolean, primary_key=True),
        sa.Column("parts", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "keys",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("value", sa.String(64), nullable=False),
    )
    op.create_index("reviews_by_rank", "reviews", ["rank", "draw", "inspection"])
    op.create_index("reviews_by_component", "reviews", ["component", "rank", "draw", "inspection"])
    op.create_index("reviews_by_holder", "reviews", ["leased_by"])
    op.create_index("judgements_by_inspection", "judgements", ["inspection", "id"])
    op.create_index("judged_by_component", "judged", ["component", "slot"])
    op.create_index("judged_by_slot", "judged", ["slot"])
    op.create_index("tallies_by_component", "tallies", ["component", "slot"])


def _counted(*, primary_key: bool) -> list[sa.Column[object]]:
    """What figures are asked by."""
    return [
        sa.Column("slot", UtcTime, primary_key=primary_key, nullable=False),
        sa.Column("component", sa.String(200), primary_key=primary_key, nullable=False),
        sa.Column("model", sa.String(200), primary_key=primary_key, nullable=False),
        sa.Column("version", sa.BigInteger, primary_key=primary_key, nullable=False, autoincrement=False),
        sa.Column("lot", sa.String(200), primary_key=primary_key, nullable=False),
        sa.Column("station", sa.String(200), primary_key=primary_key, nullable=False),
        sa.Column("verdict", sa.String(10), primary_key=primary_key, nullable=False),
        sa.Column("chance", sa.Float, primary_key=primary_key, nullable=False),
    ]
