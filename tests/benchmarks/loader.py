"""Load a plan fast: the rows that the store would have written, in bulk.

Items, versions with seals, links, events with their chain, counters and the search index are the same as after
``store.create`` and ``store.link`` for each (test_loader.py holds them against each other), so ``verify`` passes on them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import column, table, text
from sqlalchemy.engine import Connection

from reqtrack import clock
from reqtrack.audit.models import Event
from reqtrack.audit.seals import FIRST, seal_of
from reqtrack.db import canonical, db
from reqtrack.items import search, store
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import Actor
from tests.benchmarks.plan import Acceptance, Requirement

AT_ONCE = 2_000


class Loader:
    """Writes into one project of the open writing transaction; call ``finish`` at the end.

    Args:
        phases, owners: ids, by the places that the plan names.
    """

    def __init__(self, actor: Actor, project_id: int, phases: Sequence[int], owners: Sequence[int]) -> None:
        self.actor, self.project_id, self.phases, self.owners = actor, project_id, phases, owners
        self.connection: Connection = db.session.connection()
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.item_id = self._one("SELECT max(id) FROM items") or 0
        newest = db.session.execute(
            text("SELECT seq, hash FROM events WHERE project_id = :project ORDER BY seq DESC LIMIT 1"),
            {"project": project_id},
        ).first()
        self.seq, self.hash = (newest.seq, newest.hash) if newest else (0, FIRST)
        self.at = clock.now() - timedelta(days=30)
        self.requirement_ids: list[int] = []
        self.numbers = {"REQ": 0, "ACC": 0, "ITEM": 0}

    def _one(self, statement: str) -> Any:
        return db.session.execute(text(statement)).scalar()

    # -- what is loaded ------------------------------------------------------------------------------------------------

    def requirements(self, planned: Iterable[Requirement]) -> None:
        """Each with its links to those that it refines."""
        for one in planned:
            content = {
                "title": one.title,
                "statement": one.statement,
                "tier": one.tier,
                "effort_days": one.effort,
                **({"phase": self.phases[one.phase]} if one.phase is not None else {}),
                **({"owner": self.owners[one.owner]} if one.owner is not None else {}),
            }
            own = {
                "statement": one.statement, "rationale": None, "requirement_kind": None,
                "effort_days": int(Decimal(one.effort) * 100), "tags": None, "proposed_tier": None, "foreign_key": None,
                "deferred_until": None,
            }  # fmt: skip
            item = self._item("requirement", one.stage, content, own)
            self.requirement_ids.append(item["id"])
            for place in one.refines:
                after = {"kind": "refines", "source": item["key"], "target": f"REQ-{place + 1}"}
                self._event("link.added", item["key"], after, self._instant())
                self._link("refines", item["id"], self.requirement_ids[place])

    def acceptance(self, planned: Iterable[Acceptance]) -> None:
        """After the requirements."""
        for one in planned:
            lines = {"given": list(one.given), "when": list(one.when), "then": list(one.then)}
            content = {"title": one.title, "accepts": [f"REQ-{place + 1}" for place in one.accepts], **lines}
            own = {
                **{name: canonical(value) for name, value in lines.items()},
                "examples": None, "description": None, "tags": None, "language": "", "row_count": 0,
            }  # fmt: skip
            item = self._item("acceptance", "draft", content, own)
            for place in one.accepts:
                self._link("accepts", item["id"], self.requirement_ids[place], item["text_seq"])

    def finish(self) -> None:
        """Write what is left, and the counters."""
        self._flush()
        self._insert(
            "counters",
            [
                {"project_id": self.project_id, "prefix": prefix, "value": value}
                for prefix, value in self.numbers.items()
                if value and prefix != "ITEM"
            ],
        )
        if self.connection.dialect.name == "postgresql":
            self._one("SELECT setval(pg_get_serial_sequence('items', 'id'), (SELECT max(id) FROM items))")

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _instant(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def _item(self, kind_name: str, stage: str, content: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
        kind = KINDS[kind_name]
        self.item_id += 1
        self.numbers[kind.prefix] += 1
        key, at = f"{kind.prefix}-{self.numbers[kind.prefix]}", self._instant()
        text_print, scope_print = store.prints(kind, content)
        item = {
            "id": self.item_id, "project_id": self.project_id, "kind": kind.name, "number": self.numbers[kind.prefix],
            "key": key, "title": content["title"], "stage": stage, "tier": content.get("tier"),
            "phase_id": content.get("phase"), "owner_id": content.get("owner"), "retired": False, "imported": False,
            "version": 1, "text_print": text_print, "scope_print": scope_print, "text_seq": self.seq + 1,
            "created_at": clock.iso(at), "created_by": self.actor.login, "updated_at": clock.iso(at), "row": 2,
        }  # fmt: skip
        version = {
            "item_id": self.item_id, "number": 1, "project_id": self.project_id, "schema": store.SCHEMA,
            "content": canonical(content), "text_print": text_print, "scope_print": scope_print,
            "author": self.actor.login, "author_name": self.actor.name, "at": clock.iso(at), "reason": "", "change": "",
            "since": self.seq + 1,
        }  # fmt: skip
        version["seal"] = seal_of(version)
        self._add("items", item)
        self._add(kind.model.__tablename__, {"id": self.item_id, **own})
        self._add("versions", version)
        self._event(f"{kind.name}.created", key, content, at, [["versions", f"{self.item_id}:1", version["seal"]]])
        self._index(kind_name, item, content)
        return item

    def _event(
        self, action: str, subject: str, after: Mapping[str, Any], at: datetime, seals: list[list[str]] | None = None
    ) -> None:
        self.seq += 1
        event = {
            "project_id": self.project_id, "seq": self.seq, "at": clock.iso(at), "actor": self.actor.login,
            "actor_name": self.actor.name, "on_behalf": "", "action": action, "subject": subject, "before": "",
            "after": canonical(after), "reason": "", "request_id": "", "seals": canonical(seals) if seals else "",
            "previous": self.hash,
        }  # fmt: skip
        self.hash = event["hash"] = seal_of(event)
        self._add(Event.__tablename__, event)

    def _link(self, kind: str, source: int, target: int, seq: int = 0) -> None:
        self._add(
            "links",
            {
                "project_id": self.project_id, "kind": kind, "source_id": source, "target_id": target,
                "since": seq or self.seq, "until": None, "looked": seq or self.seq,
            },
        )  # fmt: skip

    def _index(self, kind_name: str, item: Mapping[str, Any], content: Mapping[str, Any]) -> None:
        kind = KINDS[kind_name]
        folded = search.fold(search.text_of(kind, kind.model(key=item["key"]), content))
        words = f"{search.project_word(self.project_id)} {' '.join(search.tokens(folded))}"
        self._add("search", {"id": item["id"], "project": self.project_id, "folded": folded, "words": words})

    def _add(self, name: str, row: dict[str, Any]) -> None:
        rows = self.rows.setdefault(name, [])
        rows.append(row)
        if name == "versions" and len(rows) >= AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        # Items first: everything else points at them.
        for name in sorted(self.rows, key=lambda one: one != "items"):
            rows, self.rows[name] = self.rows[name], []
            if name == "search" and rows:
                for statement in search.STATEMENTS[self.connection.dialect.name]["put"]:
                    if not statement.startswith("DELETE"):
                        self.connection.execute(text(statement), rows)
            else:
                self._insert(name, rows)

    def _insert(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self.connection.execute(table(name, *map(column, rows[0])).insert(), list(rows))
