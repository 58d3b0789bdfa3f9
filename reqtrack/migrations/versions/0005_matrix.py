"""Standings added up for each scenario of a round; how acceptance stood when each day ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

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
    op.drop_table("status_days")
    op.drop_table("scenario_standings")
