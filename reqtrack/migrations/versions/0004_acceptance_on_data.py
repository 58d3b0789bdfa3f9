"""Acceptance on real business data: dictionary, data sets, where rows came from, runs of machines, what was revoked, defects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reqtrack.audit import triggers

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("mapped", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=True),
        sa.Column("applied", sa.Text(), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("archived_at", sa.String(27), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_data_sets_name_given")),
        sa.CheckConstraint("row_count >= 0", name=op.f("ck_data_sets_rows_counted")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_data_sets_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_sets")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_data_sets_project_id_number")),
    )
    op.create_table(
        "dictionary_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("format", sa.String(length=200), nullable=False),
        sa.Column("allowed", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("is_unique", sa.Boolean(), nullable=False),
        sa.Column("archived_at", sa.String(27), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_dictionary_entries_name_given")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_dictionary_entries_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionary_entries")),
    )
    with op.batch_alter_table("dictionary_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dictionary_entries_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            "uq_dictionary_entries_name",
            ["project_id", "name"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )

    op.create_table(
        "data_rows",
        sa.Column("data_set_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["data_set_id"], ["data_sets.id"], name=op.f("fk_data_rows_data_set_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("data_set_id", "position", name=op.f("pk_data_rows")),
    )
    op.create_table(
        "machine_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("format", sa.String(length=24), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("unmatched", sa.Text(), nullable=False),
        sa.Column("failures", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_machine_runs_project_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_machine_runs_round_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_runs")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_machine_runs_project_id_number")),
        sa.UniqueConstraint("round_id", "digest", name=op.f("uq_machine_runs_round_id_digest")),
    )
    op.create_table(
        "example_sources",
        sa.Column("acceptance_id", sa.Integer(), nullable=False),
        sa.Column("print", sa.String(length=64), nullable=False),
        sa.Column("data_set_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acceptance_id"], ["acceptance.id"], name=op.f("fk_example_sources_acceptance_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["data_set_id"], ["data_sets.id"], name=op.f("fk_example_sources_data_set_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("acceptance_id", "print", name=op.f("pk_example_sources")),
    )
    with op.batch_alter_table("example_sources", schema=None) as batch_op:
        batch_op.create_index("ix_example_sources_row", ["data_set_id", "position"], unique=False)

    op.create_table(
        "result_revocations",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_result_revocations_reason_given")),
        sa.ForeignKeyConstraint(
            ["project_id", "number"],
            ["results.project_id", "results.number"],
            name=op.f("fk_result_revocations_project_id_number"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("project_id", "number", name=op.f("pk_result_revocations")),
    )
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.add_column(sa.Column("machine_counts", sa.String(length=8), server_default="beside", nullable=False))
        batch_op.add_column(sa.Column("defect_hook", sa.String(length=400), nullable=True))
        batch_op.add_column(sa.Column("defect_hook_secret", sa.String(length=64), nullable=True))
        batch_op.create_check_constraint("machine_counts_known", "machine_counts IN ('alone', 'beside')")

    with op.batch_alter_table("results", schema=None) as batch_op:
        batch_op.add_column(sa.Column("missing_from", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("affirms", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("machine_run", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("flaky", sa.Integer(), nullable=True))

    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stamp_key", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("stamp", sa.String(length=128), nullable=True))

    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(length=400), server_default="", nullable=False))
        batch_op.add_column(sa.Column("account", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("group_name", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("tester_roles", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("copied_from", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("machine_counts", sa.String(length=8), server_default="beside", nullable=False))
        batch_op.create_check_constraint("copies_an_earlier_one", "copied_from < number")
        batch_op.create_check_constraint("machine_counts_known", "machine_counts IN ('alone', 'beside')")

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

    for statement in triggers.create(op.get_bind().dialect.name, ("result_revocations",)):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that the upgrade made")
