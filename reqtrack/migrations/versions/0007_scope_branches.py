"""Branches of scope for a phase or a pilot: what they began with, what was decided in them, and that they were closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reqtrack.audit import triggers

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scope_branches",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("phase_id", sa.Integer(), nullable=True),
        sa.Column("pilot", sa.String(length=200), nullable=False),
        sa.Column("baseline", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("owner_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=80), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_scope_branches_reason_given")),
        sa.CheckConstraint(
            "(purpose = 'phase' AND phase_id IS NOT NULL) OR (purpose = 'pilot' AND length(pilot) > 0)",
            name=op.f("ck_scope_branches_purpose_known"),
        ),
        sa.ForeignKeyConstraint(
            ["phase_id"], ["phases.id"], name=op.f("fk_scope_branches_phase_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_scope_branches_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("project_id", "number", name=op.f("pk_scope_branches")),
    )
    _said(
        "branch_choices",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("project_id", "branch", "number", name=op.f("pk_branch_choices")),
    )
    _said(
        "branch_closings",
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("fingerprint", sa.String(length=80), nullable=False),
        sa.CheckConstraint("outcome IN ('merged', 'given_up')", name=op.f("ck_branch_closings_outcome_known")),
        sa.PrimaryKeyConstraint("project_id", "branch", name=op.f("pk_branch_closings")),
    )
    sealed = ("scope_branches", "branch_choices", "branch_closings")
    for statement in triggers.create(op.get_bind().dialect.name, sealed):
        op.execute(statement)


def _said(table: str, *own: sa.schema.SchemaItem) -> None:
    """A table of what was said in a branch: by whom, when, and why."""
    op.create_table(
        table,
        sa.Column("project_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("branch", sa.Integer(), autoincrement=False, nullable=False),
        *own,
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f(f"ck_{table}_reason_given")),
        sa.ForeignKeyConstraint(
            ["project_id", "branch"],
            ["scope_branches.project_id", "scope_branches.number"],
            name=op.f(f"fk_{table}_project_id_branch"),
            ondelete="RESTRICT",
        ),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that the upgrade made")
