"""What Alembic runs for each migration: on the connection that `migrating` gives it."""

from alembic import context

from aoi_modules.results.database.tables import VERSIONS, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSIONS,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
