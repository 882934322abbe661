"""How Alembic runs here: always on the connection that `conversations.database.migrate` gives it, in its transaction.

Revisions are written by hand and import none of our packages: they must mean the same for ever, while tables change.
A test compares what they build with the metadata of the whole house.
"""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
