"""When a gateway was seen last, whatever it has stored since."""

import sqlalchemy as sa
from alembic import op

from aoi_modules.results.database.columns import UtcTime

revision = "004"
down_revision = "003"


def upgrade() -> None:
    """Adds the column; the releases before leave it empty, and say by `stored_until` that they are there."""
    op.add_column("gateways", sa.Column("seen", UtcTime))
