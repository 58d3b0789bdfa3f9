"""A measured project that is being accepted: 20 000 acceptance scenarios of five example rows each, on top of the requirements that are
there, two rounds that hold them all, and 200 000 results with their standings. Loaded in bulk; the events of results are left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from reqtrack import clock
from reqtrack.acceptance.actions.standings import add_up
from reqtrack.audit.seals import seal_of
from reqtrack.db import canonical, db
from tests.benchmarks.heard import _column, _insert
from tests.benchmarks.loader import Loader
from tests.benchmarks.plan import Acceptance

SCENARIOS, ROWS, ROUNDS = 20_000, 5, 2
PROCESSES, TOLD, FIRST = 60, 1_200, 7_000_000
# Nine requirements in ten are accepted by something.
HOLES = 10
VERDICTS = ("passed",) * 7 + ("failed", "skipped", "blocked")
# Every twentieth scenario has moved since it was tested; every fifteenth was left out of the newest round.
STALE, LEFT_OUT = 20, 15


def accept(loader: Loader, requirements: int, scenarios: int = SCENARIOS) -> None:
    """Fill the tables of the open writing transaction; the loader has the requirements, and is not finished yet."""
    loader.acceptance(_scenarios(requirements, scenarios))
    loader.finish()
    ids = _column("SELECT id FROM items WHERE kind = 'acceptance' ORDER BY id")
    examples = canonical({"header": ["phone", "region"], "rows": [[f"1380000{at:04d}", "East"] for at in range(ROWS)]})
    db.session.execute(
        text("UPDATE acceptance SET row_count = :rows, examples = :examples"), {"rows": ROWS, "examples": examples}
    )
    _rounds(loader.project_id, ids)
    _tell(loader.project_id, loader.requirement_ids)
    _insert("results", _results(loader, ids))
    _insert("standings", _standings(loader, ids))
    add_up(loader.project_id)
    stale = ids[::STALE]
    for at in range(0, len(stale), 500):
        chosen = ", ".join(map(str, stale[at : at + 500]))
        db.session.execute(text(f"UPDATE items SET text_seq = text_seq + 1000000 WHERE id IN ({chosen})"))
    counters = {"RND": ROUNDS, "RES": len(ids) * ROWS * ROUNDS}
    _insert(
        "counters",
        iter([{"project_id": loader.project_id, "prefix": name, "value": value} for name, value in counters.items()]),
    )


def _scenarios(requirements: int, number: int) -> Iterator[Acceptance]:
    wanted = [place for place in range(requirements) if place % HOLES]
    for at in range(number):
        place = wanted[at % len(wanted)]
        more = (wanted[at * 7 % len(wanted)],) if at % 9 == 0 and wanted[at * 7 % len(wanted)] != place else ()
        name = f"Scenario {at + 1}: 客户电话只保留一种写法"
        yield Acceptance(
            name, ("the customer is known",), ("I enter <phone>",), ("the phone is kept once",), (place, *more)
        )


def _ago(days: float) -> datetime:
    return clock.now() - timedelta(days=days)


def _rounds(project_id: int, ids: list[int]) -> None:
    rounds = [
        {"id": FIRST + at, "project_id": project_id, "number": at + 1, "name": f"Round {at + 1}", "environment": "", "stage": "running",
         "created_at": clock.iso(_ago(40 - 20 * at)), "created_by": "polymath", "closing": "", "machine_counts": "beside",
         "tester_roles": "tester", "version": 1}
        for at in range(ROUNDS)
    ]  # fmt: skip
    _insert("rounds", iter(rounds))
    _insert("round_scenarios", (
        {"round_id": FIRST + at, "acceptance_id": one, "position": place}
        for at in range(ROUNDS) for place, one in enumerate(ids) if at == 0 or place % LEFT_OUT
    ))  # fmt: skip


def _tell(project_id: int, requirements: list[int]) -> None:
    """Processes and scenarios, so that requirements belong to processes."""
    now = clock.iso(clock.now())
    common = {"project_id": project_id, "stage": "draft", "retired": False, "imported": False, "version": 1, "text_print": "",
              "scope_print": "", "text_seq": 0, "created_at": now, "created_by": "x", "updated_at": now, "row": 1}  # fmt: skip
    for kind, prefix, number, first in (
        ("process", "PRC", PROCESSES, FIRST),
        ("scenario", "SCN", TOLD, FIRST + 10_000),
    ):
        _insert("items", (
            {**common, "id": first + at, "kind": kind, "number": at + 1, "key": f"{prefix}-{at + 1}", "title": f"Some {kind} {at + 1}"}
            for at in range(number)
        ))  # fmt: skip
    _insert("processes", ({"id": FIRST + at, "process_kind": "main"} for at in range(PROCESSES)))
    _insert("scenarios", ({"id": FIRST + 10_000 + at, "scenario_kind": "main"} for at in range(TOLD)))
    links = [("part_of", FIRST + 10_000 + at, FIRST + at % PROCESSES) for at in range(TOLD)]
    links += [("gives_rise_to", FIRST + 10_000 + at % TOLD, one) for at, one in enumerate(requirements) if at % 5]
    _insert("links", (
        {"project_id": project_id, "kind": kind, "source_id": source, "target_id": target, "since": 1, "until": None, "looked": 1}
        for kind, source, target in links
    ))  # fmt: skip


def _each(ids: list[int]) -> Iterator[tuple[int, int, int, int, int]]:
    """``(number, round, place of the scenario, its id, row)`` of each result, in the order in which they came."""
    number = 0
    for at in range(ROUNDS):
        for place, one in enumerate(ids):
            for row in range(ROWS):
                number += 1
                yield number, FIRST + at, place, one, row


def _verdict(number: int, place: int) -> str:
    # Most scenarios pass on all rows.
    return "passed" if place % 3 else VERDICTS[number * 7 % len(VERDICTS)]


def _results(loader: Loader, ids: list[int]) -> Iterator[dict[str, Any]]:
    seqs = dict(zip(ids, _column("SELECT text_seq FROM items WHERE kind = 'acceptance' ORDER BY id"), strict=True))
    prints = {
        row.id: row.text_print
        for row in db.session.execute(text("SELECT id, text_print FROM items WHERE kind = 'acceptance'"))
    }
    begun = _ago(30)
    for number, round_id, place, one, row in _each(ids):
        verdict = _verdict(number, place)
        result = {
            "project_id": loader.project_id, "number": number, "round_id": round_id, "acceptance_id": one, "acceptance_version": 1,
            "row": row, "verdict": verdict, "note": "" if verdict == "passed" else "It broke.", "steps": None, "evidence": None,
            "once": None, "text_print": prints[one], "seq": seqs[one], "tester": "polymath", "tester_name": "Ada Miller",
            "at": clock.iso(begun + timedelta(seconds=number * 12)), "since": loader.seq,
        }  # fmt: skip
        yield {**result, "seal": seal_of(result)}


def _standings(loader: Loader, ids: list[int]) -> Iterator[dict[str, Any]]:
    seqs = dict(zip(ids, _column("SELECT text_seq FROM items WHERE kind = 'acceptance' ORDER BY id"), strict=True))
    for number, round_id, place, one, row in _each(ids):
        yield {"round_id": round_id, "acceptance_id": one, "row": row, "project_id": loader.project_id, "number": number,
               "verdict": _verdict(number, place), "seq": seqs[one]}  # fmt: skip
