"""Signatures by seats: named people, roles, people outside; in an order; by link; on paper."""

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


def upgrade() -> None:
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
