"""Rounds that walk a business process with one record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "round_walks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=400), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_round_walks_process_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_walks_round_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_walks")),
        sa.UniqueConstraint("round_id", "process_id", "record", name=op.f("uq_round_walks_round_id_process_id_record")),
    )
    with op.batch_alter_table("round_walks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_walks_process_id"), ["process_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that the upgrade made")
