"""A rolling upgrade with a migration: the next version is this one with one more revision, which only adds.

The processes of this version run, the next one's `migrate` runs beside them, then one after the other is stopped in
order and started again as the next version. The revision adds a column, an index and a table, as expanding ones do.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from benchmarks.faults.faults.fault import Fault, Scene, Where
from benchmarks.faults.stage import TREE, command

PACKAGES = ("adapters", "bots", "conversations", "handover", "knowledge_base")
MIGRATIONS = Path("conversations") / "migrations"
REVISION = "next"

_MIGRATION = '''"""What a next version could add."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("of_the_next", sa.String(40), nullable=True))
    op.add_column("conversations", sa.Column("of_the_next", sa.Integer(), nullable=True))
    op.create_index("ix_outbox_of_the_next", "outbox", ["community_id", "of_the_next"])
    op.create_table("of_the_next", sa.Column("id", sa.Integer(), primary_key=True))
'''


async def harm(scene: Scene) -> None:
    """Migrate under load, then roll."""
    stage = scene.stage
    tree = next_version(stage.folder / "next")
    await scene.pause(scene.seconds / 8)
    await command(stage.environment, stage.folder, tree, "migrate")
    scene.did("migrations")
    for kept in stage.kept:
        await kept.stop()
        kept.tree = tree
        await kept.start()
        scene.did("processes renewed")


def next_version(folder: Path) -> Path:
    """This tree with one more revision. Returns the folder."""
    for package in PACKAGES:
        shutil.copytree(TREE / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "node_modules").symlink_to(TREE / "node_modules")
    settings = Config()
    settings.set_main_option("script_location", str(TREE / MIGRATIONS).replace("%", "%%"))
    head = ScriptDirectory.from_config(settings).get_current_head()
    (folder / MIGRATIONS / "versions" / "next.py").write_text(
        _MIGRATION.format(revision=REVISION, head=head), encoding="utf-8"
    )
    return folder


UPGRADE = Fault("upgrade", "a rolling upgrade with a migration", Where.CLUSTER, harm)
