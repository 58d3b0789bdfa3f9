"""Defects, the rows in which they show, and where another tracker is told of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "defects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=True),
        sa.Column("expected", sa.Text(), nullable=True),
        sa.Column("severity", sa.String(length=12), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("outside", sa.String(length=400), nullable=True),
        sa.Column("fixed_seq", sa.Integer(), nullable=True),
        sa.CheckConstraint("severity IN ('blocking', 'normal', 'cosmetic')", name=op.f("ck_defects_severity_known")),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["users.id"], name=op.f("fk_defects_assignee_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["id"], ["items.id"], name=op.f("fk_defects_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defects")),
    )
    with op.batch_alter_table("defects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_defects_assignee_id"), ["assignee_id"], unique=False)

    op.create_table(
        "defect_rows",
        sa.Column("defect_id", sa.Integer(), nullable=False),
        sa.Column("acceptance_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acceptance_id"], ["acceptance.id"], name=op.f("fk_defect_rows_acceptance_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["defect_id"], ["defects.id"], name=op.f("fk_defect_rows_defect_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_defect_rows_round_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("defect_id", "acceptance_id", "row", name=op.f("pk_defect_rows")),
    )
    with op.batch_alter_table("defect_rows", schema=None) as batch_op:
        batch_op.create_index("ix_defect_rows_of", ["acceptance_id", "row"], unique=False)

    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.add_column(sa.Column("defect_hook", sa.String(length=400), nullable=True))
        batch_op.add_column(sa.Column("defect_hook_secret", sa.String(length=64), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that the upgrade made")
