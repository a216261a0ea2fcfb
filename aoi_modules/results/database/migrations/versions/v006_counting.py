"""Judged parts in the orders in which figures count them, so that nothing has to be sorted for it."""

from alembic import op

revision = "006"
down_revision = "005"

_GROUPS = {"component": (), "lot": ("lot",), "station": ("station",), "version": ("model", "version")}
_KIND = ("component", "verdict", "chance", "good", "sampled", "defect")


def upgrade() -> None:
    """Makes the indexes; the one by the slot alone is part of a new one."""
    for name, columns in _GROUPS.items():
        op.create_index(f"judged_counted_by_{name}", "judged", [*columns, *_KIND, "slot"])
    op.create_index("judged_counted_by_slot", "judged", ["slot", *_KIND])
    op.drop_index("judged_by_slot", "judged")
