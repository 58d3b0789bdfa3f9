"""Change control: templates, delegation, delegates, agreements, links, waits, what is touched by hand, workflows, reviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("most_days", sa.Integer(), nullable=False),
        sa.Column("most_items", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("tiers", sa.String(length=40), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("approved_at", sa.String(27), nullable=True),
        sa.Column("archived_at", sa.String(27), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(approved_by = '') = (approved_at IS NULL)", name=op.f("ck_change_templates_approved_when")
        ),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_change_templates_name_given")),
        sa.CheckConstraint("most_items > 0", name=op.f("ck_change_templates_some_items")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_change_templates_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_templates")),
    )
    with op.batch_alter_table("change_templates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_templates_project_id"), ["project_id"], unique=False)

    op.create_table(
        "delegates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("absent_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("most_days", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=200), nullable=False),
        sa.Column("set_at", sa.String(27), nullable=False),
        sa.Column("revoked_at", sa.String(27), nullable=True),
        sa.CheckConstraint("scope IN ('', 'decide', 'sign')", name=op.f("ck_delegates_scope_known")),
        sa.CheckConstraint("absent_id <> delegate_id", name=op.f("ck_delegates_two_people")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_delegates_in_order")),
        sa.ForeignKeyConstraint(["absent_id"], ["users.id"], name=op.f("fk_delegates_absent_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["users.id"], name=op.f("fk_delegates_delegate_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_delegates_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegates")),
    )
    with op.batch_alter_table("delegates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegates_absent_id"), ["absent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegates_delegate_id"), ["delegate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegates_project_id"), ["project_id"], unique=False)

    op.create_table(
        "delegation_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("most_days", sa.Integer(), nullable=True),
        sa.Column("most_cost", sa.Integer(), nullable=True),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.Column("change_kind", sa.String(length=12), nullable=False),
        sa.Column("seats", sa.String(length=200), nullable=False),
        sa.CheckConstraint("length(seats) > 0", name=op.f("ck_delegation_lines_somebody")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_delegation_lines_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation_lines")),
        sa.UniqueConstraint("project_id", "position", name=op.f("uq_delegation_lines_project_id_position")),
    )
    op.create_table(
        "review_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("begins", sa.String(length=5), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=400), nullable=False),
        sa.Column("archived_at", sa.String(27), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_review_series_name_given")),
        sa.CheckConstraint(
            "weeks BETWEEN 1 AND 52 AND minutes BETWEEN 5 AND 1440", name=op.f("ck_review_series_sensible")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_review_series_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_series")),
    )
    with op.batch_alter_table("review_series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_series_project_id"), ["project_id"], unique=False)

    op.create_table(
        "workflows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("change_kind", sa.String(length=12), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_workflows_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflows")),
        sa.UniqueConstraint("project_id", "change_kind", name=op.f("uq_workflows_project_id_change_kind")),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("begins", sa.String(length=5), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=400), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("held_at", sa.String(27), nullable=True),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'held') = (held_at IS NOT NULL)", name=op.f("ck_reviews_held_when")),
        sa.CheckConstraint("state IN ('planned', 'held', 'cancelled')", name=op.f("ck_reviews_state_known")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_reviews_project_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["review_series.id"], name=op.f("fk_reviews_series_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_reviews_project_id_number")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviews_series_id"), ["series_id"], unique=False)

    op.create_table(
        "agenda_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("package_print", sa.String(length=64), nullable=False),
        sa.Column("carried_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('', 'approved', 'rejected', 'deferred', 'asked_back', 'noted')",
            name=op.f("ck_agenda_lines_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["carried_id"], ["reviews.id"], name=op.f("fk_agenda_lines_carried_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_agenda_lines_project_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_agenda_lines_review_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_lines")),
        sa.UniqueConstraint("review_id", "subject", name=op.f("uq_agenda_lines_review_id_subject")),
    )
    with op.batch_alter_table("agenda_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_lines_carried_id"), ["carried_id"], unique=False)
        batch_op.create_index("ix_agenda_lines_subject", ["project_id", "subject"], unique=False)

    op.create_table(
        "agreements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=4), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("package_print", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("answered_at", sa.String(27), nullable=True),
        sa.Column("seated", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(answer = '') = (answered_at IS NULL)", name=op.f("ck_agreements_answered_when")),
        sa.CheckConstraint("(answer = '') = (package_print = '')", name=op.f("ck_agreements_answered_what")),
        sa.CheckConstraint("answer IN ('', 'yes', 'no')", name=op.f("ck_agreements_answer_known")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["changes.id"], name=op.f("fk_agreements_change_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_agreements_project_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_agreements_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("change_id", "user_id", name=op.f("uq_agreements_change_id_user_id")),
    )
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreements_user_id"), ["user_id"], unique=False)

    op.create_table(
        "ask_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.String(27), nullable=False),
        sa.Column("expires_at", sa.String(27), nullable=False),
        sa.Column("revoked_at", sa.String(27), nullable=True),
        sa.Column("used_at", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"], ["changes.id"], name=op.f("fk_ask_links_change_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_ask_links_project_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ask_links_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_ask_links_digest")),
    )
    with op.batch_alter_table("ask_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ask_links_change_id"), ["change_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ask_links_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ask_links_user_id"), ["user_id"], unique=False)

    op.create_table(
        "assessment_roles",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["changes.id"], name=op.f("fk_assessment_roles_change_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("change_id", "role", name=op.f("pk_assessment_roles")),
    )
    op.create_table(
        "change_touches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("added", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.CheckConstraint("added OR length(reason) > 0", name=op.f("ck_change_touches_reason_given")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["changes.id"], name=op.f("fk_change_touches_change_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_change_touches_item_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_change_touches_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_touches")),
    )
    with op.batch_alter_table("change_touches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_touches_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "uq_change_touches_live",
            ["change_id", "item_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "change_waits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=24), nullable=False),
        sa.Column("began_at", sa.String(27), nullable=False),
        sa.Column("ended_at", sa.String(27), nullable=True),
        sa.Column("paused", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["changes.id"], name=op.f("fk_change_waits_change_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_change_waits_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_waits")),
    )
    with op.batch_alter_table("change_waits", schema=None) as batch_op:
        batch_op.create_index("ix_change_waits_change", ["change_id", "id"], unique=False)
        batch_op.create_index("ix_change_waits_project", ["project_id", "stage"], unique=False)

    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cost", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("probability", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("effect", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("options", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("source", sa.String(length=12), server_default="", nullable=False))
        batch_op.create_check_constraint(
            "risk_from_one_to_five", "probability BETWEEN 1 AND 5 AND effect BETWEEN 1 AND 5"
        )
        batch_op.create_check_constraint("risk_whole", "(probability IS NULL) = (effect IS NULL)")

    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expected_cost", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("estimated_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("template_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("agreed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("agreed_where", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("reverts_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("review_due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("reviewed_at", sa.String(27), nullable=True))
        batch_op.add_column(sa.Column("silent_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("silent_print", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("counted", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("sub_stage", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("editors", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_changes_reverts_id"), ["reverts_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_changes_template_id"), "change_templates", ["template_id"], ["id"], ondelete="RESTRICT"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_changes_reverts_id"), "changes", ["reverts_id"], ["id"], ondelete="RESTRICT"
        )

    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("behalf", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("behalf_name", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("option", sa.Text(), nullable=True))

    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.add_column(sa.Column("behalf", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("behalf_name", sa.String(length=200), nullable=True))

    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.add_column(sa.Column("preset", sa.String(length=12), server_default="lean", nullable=False))
        batch_op.add_column(sa.Column("calendar", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("change_budget_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("change_budget_cost", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("most_must", sa.Integer(), server_default="60", nullable=False))
        batch_op.add_column(sa.Column("waiting_days", sa.Integer(), server_default="5", nullable=False))
        batch_op.add_column(sa.Column("emergency_days", sa.Integer(), server_default="5", nullable=False))
        batch_op.add_column(sa.Column("review_days", sa.Integer(), server_default="14", nullable=False))
        batch_op.add_column(sa.Column("most_deciders", sa.Integer(), server_default="2", nullable=False))
        batch_op.create_check_constraint("preset_known", "preset IN ('lean', 'standard', 'regulated')")


def downgrade() -> None:
    raise NotImplementedError("restore the backup that the upgrade made")
