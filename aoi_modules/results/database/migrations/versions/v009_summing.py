"""The tallies in the order of each kind of group, for SQLite alone: see `tables.tallies`."""

from alembic import op

revision = "009"
down_revision = "008"


def upgrade() -> None:
    """Makes the indexes."""
    if op.get_bind().dialect.name != "sqlite":
        return
    of_parts = ["component", "verdict", "chance", "first", "slot", "parts"]
    op.create_index("tallies_counted_by_component", "tallies", of_parts)
    op.create_index("tallies_counted_by_lot", "tallies", ["lot", *of_parts])
    op.create_index("tallies_counted_by_station", "tallies", ["station", *of_parts])
    op.create_index("tallies_counted_by_version", "tallies", ["model", "version", *of_parts])
