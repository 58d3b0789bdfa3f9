"""Gates, waivers and passages; signatures by seats, by link and on paper; walks; standings added up, and status by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reqtrack.audit import triggers

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RULES = "rule IN ('all', 'any', 'number', 'per_role')"
SEAT = ["signoff_id", "position"]
SEATS = ["signoff_seats.signoff_id", "signoff_seats.position"]

FILL = """
INSERT INTO scenario_standings (round_id, acceptance_id, seq, passed, failed, blocked, skipped, older)
SELECT s.round_id, s.acceptance_id, newest.seq,
       sum(CASE WHEN s.seq = newest.seq AND s.verdict = 'passed' THEN 1 ELSE 0 END),
       sum(CASE WHEN s.seq = newest.seq AND s.verdict = 'failed' THEN 1 ELSE 0 END),
       sum(CASE WHEN s.seq = newest.seq AND s.verdict = 'blocked' THEN 1 ELSE 0 END),
       sum(CASE WHEN s.seq = newest.seq AND s.verdict = 'skipped' THEN 1 ELSE 0 END),
       sum(CASE WHEN s.seq < newest.seq THEN 1 ELSE 0 END)
FROM standings AS s
JOIN acceptance AS a ON a.id = s.acceptance_id
JOIN (
    SELECT s.round_id, s.acceptance_id, max(s.seq) AS seq
    FROM standings AS s JOIN acceptance AS a ON a.id = s.acceptance_id
    WHERE (a.row_count = 0 AND s."row" = -1) OR (s."row" >= 0 AND s."row" < a.row_count)
    GROUP BY s.round_id, s.acceptance_id
) AS newest ON newest.round_id = s.round_id AND newest.acceptance_id = s.acceptance_id
WHERE (a.row_count = 0 AND s."row" = -1) OR (s."row" >= 0 AND s."row" < a.row_count)
GROUP BY s.round_id, s.acceptance_id, newest.seq
"""


def upgrade() -> None:
    _gates()
    _seats_and_sheets()
    _walks()
    _sums()


def _gates() -> None:
    """Gates: their rules, waivers, and that a gate was passed."""
    op.create_table(
        "gate_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("own", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=200), nullable=False),
        sa.Column("set_at", sa.String(27), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_gate_rules_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_rules")),
        sa.UniqueConstraint("project_id", name=op.f("uq_gate_rules_project_id")),
    )
    op.create_table(
        "waivers",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("workaround", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("owner_name", sa.String(length=200), nullable=False),
        sa.Column("expires", sa.String(length=10), nullable=False),
        sa.Column("gates", sa.Text(), nullable=False),
        sa.Column("covers", sa.Text(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("fingerprint", sa.String(length=80), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_waivers_reason_given")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_waivers_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("project_id", "number", name=op.f("pk_waivers")),
    )
    with op.batch_alter_table("waivers", schema=None) as batch_op:
        batch_op.create_index("ix_waivers_expires", ["project_id", "expires"], unique=False)
    op.create_table(
        "waiver_withdrawals",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_waiver_withdrawals_reason_given")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_waiver_withdrawals_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("project_id", "number", name=op.f("pk_waiver_withdrawals")),
    )
    op.create_table(
        "gate_passages",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("gate", sa.String(length=12), nullable=False),
        sa.Column("phase_id", sa.Integer(), nullable=True),
        sa.Column("phase_name", sa.String(length=200), nullable=False),
        sa.Column("pilot", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=80), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("roles", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.CheckConstraint("gate IN ('scope', 'pilot', 'everybody')", name=op.f("ck_gate_passages_gate_known")),
        sa.ForeignKeyConstraint(
            ["phase_id"], ["phases.id"], name=op.f("fk_gate_passages_phase_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_gate_passages_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("project_id", "number", name=op.f("pk_gate_passages")),
    )
    with op.batch_alter_table("gate_passages", schema=None) as batch_op:
        batch_op.create_index("ix_gate_passages_gate", ["project_id", "gate", "phase_id"], unique=False)

    sealed = ("waivers", "waiver_withdrawals", "gate_passages")
    for statement in triggers.create(op.get_bind().dialect.name, sealed):
        op.execute(statement)


def _seats_and_sheets() -> None:
    """Signatures by seats: named people, roles, people outside; in an order; by link; on paper."""
    with op.batch_alter_table("signoffs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("needed", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("ordered", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("ways", sa.String(length=12), server_default="electronic", nullable=False))
        batch_op.drop_constraint(op.f("ck_signoffs_rule_known"), type_="check")
        batch_op.create_check_constraint("rule_known", RULES)
        batch_op.create_check_constraint("number_needed", "(rule = 'number') = (needed IS NOT NULL) AND needed > 0")
        batch_op.create_check_constraint("ways_known", "ways IN ('electronic', 'paper', 'both', 'either')")
    _seats()
    _links_and_sheets()
    _signatures()


def _seats() -> None:
    """Who was asked keeps their place: those of a request in the order of their accounts."""
    op.create_table(
        "signoff_seats",
        sa.Column("signoff_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("outside_name", sa.String(length=200), nullable=True),
        sa.Column("outside_organisation", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "(user_id IS NULL OR outside_name IS NULL) AND (user_id IS NOT NULL OR outside_name IS NOT NULL OR role <> '')",
            name=op.f("ck_signoff_seats_somebodys"),
        ),
        sa.CheckConstraint("position > 0", name=op.f("ck_signoff_seats_counted")),
        sa.ForeignKeyConstraint(
            ["signoff_id"], ["signoffs.id"], name=op.f("fk_signoff_seats_signoff_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_signoff_seats_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("signoff_id", "position", name=op.f("pk_signoff_seats")),
        sa.UniqueConstraint("signoff_id", "user_id", name=op.f("uq_signoff_seats_signoff_id_user_id")),
    )
    with op.batch_alter_table("signoff_seats", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signoff_seats_user_id"), ["user_id"], unique=False)
    op.execute(
        "INSERT INTO signoff_seats (signoff_id, position, user_id, role) "
        "SELECT signoff_id, row_number() OVER (PARTITION BY signoff_id ORDER BY user_id), user_id, '' FROM signoff_signers"
    )
    op.drop_table("signoff_signers")


def _links_and_sheets() -> None:
    op.create_table(
        "sign_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("signoff_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("expires_at", sa.String(27), nullable=False),
        sa.Column("revoked_at", sa.String(27), nullable=True),
        sa.Column("used_at", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_sign_links_project_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(SEAT, SEATS, name=op.f("fk_sign_links_signoff_id_position"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_links_digest")),
    )
    op.create_table(
        "paper_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("signoff_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("signer_name", sa.String(length=200), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("scan", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("matched", sa.String(length=8), nullable=False),
        sa.Column("uploaded_by", sa.String(length=200), nullable=False),
        sa.Column("uploaded_at", sa.String(27), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("compared_by", sa.String(length=200), nullable=True),
        sa.Column("compared_at", sa.String(27), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('offered', 'confirmed', 'refused')", name=op.f("ck_paper_sheets_state_known")),
        sa.CheckConstraint("matched IN ('code', 'typed')", name=op.f("ck_paper_sheets_matched_known")),
        sa.CheckConstraint("(state = 'offered') = (compared_at IS NULL)", name=op.f("ck_paper_sheets_compared_when")),
        sa.CheckConstraint("compared_by <> uploaded_by", name=op.f("ck_paper_sheets_two_people")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_paper_sheets_project_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(SEAT, SEATS, name=op.f("fk_paper_sheets_signoff_id_position"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_sheets")),
    )
    for table in ("sign_links", "paper_sheets"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_project_id"), ["project_id"], unique=False)
            batch_op.create_index(f"ix_{table}_seat", SEAT, unique=False)


def _signatures() -> None:
    """What was signed stays as it is, byte for byte; the columns that come are empty in it."""
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_signatures_signoff_id_signer"), type_="unique")
        batch_op.add_column(sa.Column("seat", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("organisation", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("reserved", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("signed_on", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("scan", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("recorded_by", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("compared_by", sa.String(length=200), nullable=True))
    for name, which in (("electronic", "method <> 'paper'"), ("paper", "method = 'paper'")):
        op.create_index(
            f"uq_signatures_{name}", "signatures", ["signoff_id", "signer"], unique=True,
            sqlite_where=sa.text(which), postgresql_where=sa.text(which),
        )  # fmt: skip
    if op.get_bind().dialect.name == "sqlite":
        # SQLite drops a constraint by copying the table, and its guards stay behind with the old one.
        for statement in triggers.create("sqlite", ("signatures",)):
            op.execute(statement)


def _walks() -> None:
    """Rounds that walk a business process with one record."""
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


def _sums() -> None:
    """Standings added up for each scenario of a round; how acceptance stood when each day ended."""
    op.create_table(
        "scenario_standings",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("acceptance_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("seq", "passed", "failed", "blocked", "skipped", "older")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_scenario_standings_round_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["acceptance_id"], ["acceptance.id"], name=op.f("fk_scenario_standings_acceptance_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("round_id", "acceptance_id", name=op.f("pk_scenario_standings")),
    )
    op.create_index(op.f("ix_scenario_standings_acceptance_id"), "scenario_standings", ["acceptance_id"])
    op.execute(FILL)
    op.create_table(
        "status_days",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_status_days_project_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("project_id", "day", name=op.f("pk_status_days")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that the upgrade made")
