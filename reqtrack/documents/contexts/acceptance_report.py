"""The acceptance report of a round."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from reqtrack.acceptance import queries as rounds
from reqtrack.acceptance.models import Acceptance, Round
from reqtrack.db import db
from reqtrack.documents.contexts.common import Context, Reader, shared, signatures
from reqtrack.items.models import Item, Link
from reqtrack.items.present import content_rows
from reqtrack.signoff.models import Signoff
from reqtrack.web.words import listed


def build(reader: Reader, found: Round) -> Context:
    """The context of ``exports/acceptance-report``."""
    lines = _lines(reader, found)
    row = rounds.progress(reader.actor, found)
    wanted = select(Signoff).where(Signoff.project_id == reader.project.id, Signoff.subject == found.key)
    asked = db.session.execute(wanted.order_by(Signoff.number)).scalars().all()
    fingerprint = asked[-1].fingerprint if asked else rounds.round_fingerprint(found) if found.stage == "closed" else ""
    people = listed(user.name for user in rounds.testers([found.id]).get(found.id, []))
    passed, total = row.counts["passed"], row.rows
    return {
        **shared(reader, fingerprint, f"{found.key}  {found.name}", signatures(reader, asked)),
        "key": found.key,
        "title": found.name,
        "kicker": _("Acceptance report  %(key)s", key=found.key),
        "lead": _lead(found, row),
        "figures": [
            {"value": f"{passed} / {total}", "label": _("rows passed and fresh")},
            {"value": str(row.counts["failed"]), "label": _("failed")},
            {"value": str(row.counts["blocked"]), "label": _("blocked")},
            {"value": str(row.left), "label": _("not tested or stale")},
        ],
        "baseline": "",
        "testers": people,
        "environment": found.environment,
        "period": _period(reader, found, lines),
        "result": "",
        "by_tier": _by_tier(reader, lines),
        "burn": None,
        "processes": [],
        "most": 0,
        "standings": [_standing(reader, line, accepts, examples) for line, accepts, examples in _told(reader, lines)],
        "problems": _problems(reader, found),
        "stale": [
            {"key": line.key, "text": line.title}
            for line in lines
            if any(cell.status == "stale" for cell in line.cells)
        ],
        "affirmed": [_affirmed(reader, line, cell) for line in lines for cell in line.cells if _stands(cell)],
        "signoff_text": [],
    }


def _stands(cell: Any) -> bool:
    """Whether a row passed because an earlier pass was let stand."""
    return cell.affirms is not None and cell.status == "passed"


def _affirmed(reader: Reader, line: Any, cell: Any) -> Context:
    row = "" if cell.row is None else str(_("Row %(row)s", row=cell.row + 1)) + ": "
    return {"key": line.key, "text": f"{row}{cell.note} ({cell.tester_name}, {reader.day(cell.at)})"}


def _lines(reader: Reader, found: Round) -> list[Any]:
    lines: list[Any] = []
    after = -1
    while True:
        part = rounds.matrix(reader.actor, found, after=after, limit=200)
        if not part:
            return lines
        lines += part
        after = part[-1].position


def _lead(found: Round, row: Any) -> str:
    told = ngettext(
        "%(num)s acceptance scenario with %(rows)s rows.", "%(num)s acceptance scenarios with %(rows)s rows.", row.scenarios,
        rows=row.rows,
    )  # fmt: skip
    if row.left and found.stage != "closed":
        told += " " + _("The round is still running.")
    return str(told)


def _period(reader: Reader, found: Round, lines: Sequence[Any]) -> str:
    times = [cell.at for line in lines for cell in line.cells if cell.at is not None]
    if not times:
        return ""
    return f"{reader.day(min(times))} – {reader.day(max(times))}"


def _accepts(ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """``(key, tier)`` of what each scenario accepts."""
    found: dict[int, list[tuple[str, str]]] = {}
    for at in range(0, len(ids), 400):
        rows = db.session.execute(
            select(Link.source_id, Item.key, Item.tier)
            .join(Item, Item.id == Link.target_id)
            .where(Link.kind == "accepts", Link.until.is_(None), Link.source_id.in_(ids[at : at + 400]))
            .order_by(Item.number)
        )
        for row in rows:
            found.setdefault(row.source_id, []).append((row.key, row.tier or ""))
    return found


def _by_tier(reader: Reader, lines: Sequence[Any]) -> list[Context]:
    """Scenarios by the strongest tier of what they accept."""
    accepts = _accepts([line.id for line in lines])
    counts: dict[str, Counter[str]] = {}
    for line in lines:
        tiers = [tier for _key, tier in accepts.get(line.id, [])]
        tier = next((one for one in ("must", "should", "later") if one in tiers), "")
        counts.setdefault(tier, Counter())[line.status] += 1
    order = [tier for tier in ("must", "should", "later", "") if tier in counts]
    return [{"tier": tier, "counts": dict(counts[tier])} for tier in order]


def _told(reader: Reader, lines: Sequence[Any]) -> list[tuple[Any, list[str], Any]]:
    accepts = _accepts([line.id for line in lines])
    examples: dict[int, Any] = {}
    ids = [line.id for line in lines]
    for at in range(0, len(ids), 400):
        rows = db.session.execute(
            select(Acceptance.__table__.c.id, Acceptance.__table__.c.examples).where(
                Acceptance.__table__.c.id.in_(ids[at : at + 400])
            )
        )
        examples.update({row.id: row.examples for row in rows})
    return [(line, [key for key, _tier in accepts.get(line.id, [])], examples.get(line.id)) for line in lines]


def _standing(reader: Reader, line: Any, accepts: list[str], examples: Any) -> Context:
    rows = []
    for cell in line.cells:
        data = (
            examples["rows"][cell.row] if examples and cell.row is not None and cell.row < len(examples["rows"]) else []
        )
        name = "" if cell.row is None else f"{cell.row + 1}  {', '.join(part for part in data[:2] if part)}"
        rows.append(
            {
                "row": name[:80],
                "verdict": cell.status,
                "tester": cell.tester_name,
                "at": reader.day(cell.at),
                "affirmed": _stands(cell),
            }
        )
    return {"key": line.key, "title": line.title, "accepts": accepts, "rows": rows}


def _problems(reader: Reader, found: Round) -> list[Context]:
    problems = []
    for one in rounds.not_passed(reader.actor, found, limit=500):
        result = one["result"]
        held = _content(result.acceptance_id)
        examples = held.get("examples")
        data = None
        if examples and result.row is not None and result.row < len(examples["rows"]):
            data = {"header": examples["header"], "rows": [examples["rows"][result.row]]}
        meta = str(_(", ")).join(part for part in (result.tester_name, reader.day(result.at)) if part)
        problems.append(
            {
                "key": one["key"],
                "title": one["title"],
                "verdict": result.verdict,
                "meta": meta,
                "expected": "; ".join(held.get("then", [])),
                "seen": result.note,
                "follows": "",
                "data": data,
                "files": [],
            }
        )
    return problems


def _content(item_id: int) -> dict[str, Any]:

    found = content_rows([item_id])
    return dict(json.loads(found[item_id])) if item_id in found else {}
