"""Discovery: plan, guide, confirmation, processes, special flows, silenced findings, feedback, the radar."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accepted_findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_accepted_findings_reason_given")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_accepted_findings_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accepted_findings")),
    )
    with op.batch_alter_table("accepted_findings", schema=None) as batch_op:
        batch_op.create_index(
            "uq_accepted_findings_live",
            ["project_id", "name", "subject"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "evidence_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("updated_at", sa.String(27), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('contract', 'regulation', 'complaint', 'sheet', 'other')",
            name=op.f("ck_evidence_documents_kind_known"),
        ),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_evidence_documents_title_given")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_evidence_documents_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_documents")),
    )
    with op.batch_alter_table("evidence_documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_documents_project_id"), ["project_id"], unique=False)

    op.create_table(
        "feedback_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("expires_at", sa.String(27), nullable=True),
        sa.Column("revoked_at", sa.String(27), nullable=True),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_feedback_links_name_given")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_feedback_links_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_feedback_links_digest")),
    )
    with op.batch_alter_table("feedback_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_links_project_id"), ["project_id"], unique=False)

    op.create_table(
        "flow_prompts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("archived_at", sa.String(27), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_flow_prompts_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_prompts")),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_flow_prompts_project_id_code")),
    )
    op.create_table(
        "radar_tallies",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_radar_tallies_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("project_id", "day", "name", name=op.f("pk_radar_tallies")),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=64), nullable=True),
        sa.Column("contact", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("made_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('answer', 'defect', 'change', 'requirement', 'none')", name=op.f("ck_feedback_outcome_known")
        ),
        sa.CheckConstraint("group_id IS NULL OR group_id <> id", name=op.f("ck_feedback_group_is_another")),
        sa.ForeignKeyConstraint(["group_id"], ["feedback.id"], name=op.f("fk_feedback_group_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["id"], ["items.id"], name=op.f("fk_feedback_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["made_id"], ["items.id"], name=op.f("fk_feedback_made_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["link_id"], ["feedback_links.id"], name=op.f("fk_feedback_link_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_group_id"), ["group_id"], unique=False)
        batch_op.create_index(
            "uq_feedback_receipt",
            ["receipt"],
            unique=True,
            sqlite_where=sa.text("receipt <> ''"),
            postgresql_where=sa.text("receipt <> ''"),
        )

    op.create_table(
        "processes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_kind", sa.String(length=12), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("steps", sa.Text(), nullable=True),
        sa.CheckConstraint("process_kind IN ('main', 'side')", name=op.f("ck_processes_kind_known")),
        sa.ForeignKeyConstraint(["id"], ["items.id"], name=op.f("fk_processes_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
    )
    op.create_table(
        "question_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("job_role", sa.String(length=200), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=True),
        sa.Column("questions", sa.Text(), nullable=True),
        sa.Column("starter", sa.String(length=60), nullable=False),
        sa.Column("archived_at", sa.String(27), nullable=True),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("updated_at", sa.String(27), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_question_sets_name_given")),
        sa.ForeignKeyConstraint(
            ["process_id"], ["items.id"], name=op.f("fk_question_sets_process_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_question_sets_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_sets")),
    )
    with op.batch_alter_table("question_sets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_sets_project_id"), ["project_id"], unique=False)

    op.create_table(
        "successions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("old_id", sa.Integer(), nullable=False),
        sa.Column("new_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.CheckConstraint("way IN ('merged', 'split')", name=op.f("ck_successions_way_known")),
        sa.CheckConstraint("old_id <> new_id", name=op.f("ck_successions_two_ends")),
        sa.ForeignKeyConstraint(
            ["project_id", "new_id"],
            ["items.project_id", "items.id"],
            name=op.f("fk_successions_project_id_new_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "old_id"],
            ["items.project_id", "items.id"],
            name=op.f("fk_successions_project_id_old_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_successions")),
        sa.UniqueConstraint("old_id", "new_id", name=op.f("uq_successions_old_id_new_id")),
    )
    with op.batch_alter_table("successions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_successions_new_id"), ["new_id"], unique=False)

    op.create_table(
        "text_silences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_text_silences_reason_given")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_text_silences_item_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_text_silences_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_silences")),
    )
    with op.batch_alter_table("text_silences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_text_silences_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "ix_text_silences_live",
            ["project_id", "rule"],
            unique=False,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "voice_targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("job_role", sa.String(length=200), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=True),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("target >= 0", name=op.f("ck_voice_targets_target_not_negative")),
        sa.ForeignKeyConstraint(
            ["process_id"], ["items.id"], name=op.f("fk_voice_targets_process_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_voice_targets_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_targets")),
        sa.UniqueConstraint(
            "project_id",
            "job_role",
            "department",
            "process_id",
            name=op.f("uq_voice_targets_project_id_job_role_department_process_id"),
        ),
    )
    with op.batch_alter_table("voice_targets", schema=None) as batch_op:
        batch_op.create_index(
            "uq_voice_targets_any",
            ["project_id", "job_role", "department"],
            unique=True,
            sqlite_where=sa.text("process_id IS NULL"),
            postgresql_where=sa.text("process_id IS NULL"),
        )

    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("stakeholder_id", sa.Integer(), nullable=True),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.String(27), nullable=False),
        sa.Column("expires_at", sa.String(27), nullable=False),
        sa.Column("revoked_at", sa.String(27), nullable=True),
        sa.Column("confirmed_at", sa.String(27), nullable=True),
        sa.Column("seen", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(confirmed_at IS NULL) = (seen = '')", name=op.f("ck_confirmations_confirmed_says_what")),
        sa.CheckConstraint("way IN ('link', 'face_to_face', 'signed_in')", name=op.f("ck_confirmations_way_known")),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_confirmations_interview_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_confirmations_project_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["stakeholder_id"], ["stakeholders.id"], name=op.f("fk_confirmations_stakeholder_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
    )
    with op.batch_alter_table("confirmations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confirmations_interview_id"), ["interview_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmations_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            "uq_confirmations_digest",
            ["digest"],
            unique=True,
            sqlite_where=sa.text("digest <> ''"),
            postgresql_where=sa.text("digest <> ''"),
        )

    op.create_table(
        "flow_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("told_by_id", sa.Integer(), nullable=True),
        sa.Column("stakeholder_id", sa.Integer(), nullable=True),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(asked_on IS NULL) = (stakeholder_id IS NULL AND asked = '')",
            name=op.f("ck_flow_replies_asked_names_whom"),
        ),
        sa.CheckConstraint(
            "(told_by_id IS NOT NULL) <> (asked_on IS NOT NULL)", name=op.f("ck_flow_replies_told_or_asked")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_flow_replies_project_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.id"], name=op.f("fk_flow_replies_scenario_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["stakeholder_id"], ["stakeholders.id"], name=op.f("fk_flow_replies_stakeholder_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["told_by_id"], ["scenarios.id"], name=op.f("fk_flow_replies_told_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_replies")),
    )
    with op.batch_alter_table("flow_replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flow_replies_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            "uq_flow_replies_live",
            ["scenario_id", "code", "told_by_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "guide_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=True),
        sa.Column("covered_at", sa.String(27), nullable=True),
        sa.Column("covered_by", sa.String(length=200), nullable=False),
        sa.Column("carried_from", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(
            ["carried_from"], ["guide_questions.id"], name=op.f("fk_guide_questions_carried_from"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_guide_questions_interview_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_guide_questions_project_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_sets.id"], name=op.f("fk_guide_questions_set_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide_questions")),
        sa.UniqueConstraint("interview_id", "position", name=op.f("uq_guide_questions_interview_id_position")),
    )
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("confirmation_id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("passage", sa.String(length=64), nullable=False),
        sa.Column("body", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("settled_at", sa.String(27), nullable=True),
        sa.Column("settled_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmation_id"], ["confirmations.id"], name=op.f("fk_corrections_confirmation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_corrections_interview_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_corrections_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    with op.batch_alter_table("corrections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_corrections_confirmation_id"), ["confirmation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_corrections_interview_id"), ["interview_id"], unique=False)

    op.create_table(
        "data_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("excerpt_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("removed_at", sa.String(27), nullable=True),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_data_points_name_given")),
        sa.ForeignKeyConstraint(
            ["excerpt_id"], ["excerpts.id"], name=op.f("fk_data_points_excerpt_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_data_points_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_points")),
    )
    with op.batch_alter_table("data_points", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_points_excerpt_id"), ["excerpt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_points_project_id"), ["project_id"], unique=False)

    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_stakeholder_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("excerpt_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_comments_asked_stakeholder_id"),
            "stakeholders",
            ["asked_stakeholder_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_comments_excerpt_id"), "excerpts", ["excerpt_id"], ["id"], ondelete="RESTRICT"
        )

    with op.batch_alter_table("excerpts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("document_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("place", sa.String(length=400), server_default="", nullable=False))
        batch_op.add_column(sa.Column("shown_as", sa.String(length=8), server_default="name", nullable=False))
        batch_op.add_column(sa.Column("moved_at", sa.Integer(), nullable=True))
        batch_op.alter_column("interview_id", existing_type=sa.Integer(), nullable=True)
        batch_op.create_index(batch_op.f("ix_excerpts_document_id"), ["document_id"], unique=False)
        batch_op.create_check_constraint("one_source", "(interview_id IS NULL) <> (document_id IS NULL)")
        batch_op.create_check_constraint("shown_as_known", "shown_as IN ('name', 'role', 'hidden')")
        batch_op.create_foreign_key(
            batch_op.f("fk_excerpts_document_id"), "evidence_documents", ["document_id"], ["id"], ondelete="RESTRICT"
        )

    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reply_days", sa.Integer(), server_default="7", nullable=False))
        batch_op.add_column(sa.Column("most_pages", sa.Integer(), server_default="3", nullable=False))
        batch_op.add_column(sa.Column("most_required_fields", sa.Integer(), server_default="8", nullable=False))
        batch_op.add_column(sa.Column("most_approvals", sa.Integer(), server_default="2", nullable=False))

    with op.batch_alter_table("scenarios", schema=None) as batch_op:
        batch_op.add_column(sa.Column("process_steps", sa.Text(), nullable=True))

    with op.batch_alter_table("stakeholders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed_at", sa.String(27), nullable=True))

    with op.batch_alter_table("import_rows", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stakeholder_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_import_rows_stakeholder_id"),
            "stakeholders",
            ["stakeholder_id"],
            ["id"],
            ondelete="RESTRICT",
        )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that the upgrade made")
