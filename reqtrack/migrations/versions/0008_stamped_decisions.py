"""Votes on changes bear the seal of the installation, as signatures do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stamp_key", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("stamp", sa.String(length=128), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that the upgrade made")
