"""How each request for signature stands, from the raw rows alone: the agreed workflows said once more, with nothing of the
product's statements, prints or rules.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from sqlalchemy import bindparam, text

from reqtrack.db import db

Row = dict[str, Any]
# What of a requirement is locked by a signature, and what is tested; of an acceptance scenario they are the same.
SCOPE = ("title", "statement", "kind", "tier", "phase", "scenarios", "retired")
TESTED = ("title", "statement", "kind")
ACCEPTANCE = ("accepts", "given", "when", "then", "examples")
AGREED = ("approved", "implemented", "obsolete")


def print_of(told: Any) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(
        json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def only(content: Row, fields: Iterable[str]) -> Row:
    return {name: content[name] for name in fields if name in content}


class Raw:
    """The rows of a project as they lie there."""

    def __init__(self, project_id: int) -> None:
        self.project_id = project_id
        self.items = {row["id"]: row for row in self._rows("items")}
        self.versions: dict[int, list[Row]] = {one: [] for one in self.items}
        for row in self._rows("versions", "number"):
            self.versions[row["item_id"]].append({**row, "content": json.loads(row["content"])})
        self.links, self.baselines = self._rows("links"), {row["number"]: row for row in self._rows("baselines")}
        self.events = self._rows("events", "seq")
        self.rounds = {row["number"]: row for row in self._rows("rounds")}
        self.results, self.signoffs = self._rows("results", "number"), self._rows("signoffs", "number")
        self.revoked = {row["number"] for row in self._rows("result_revocations")}
        self.signatures = self._rows("signatures", "number")
        self.seats = self._rows("signoff_seats", "position", "signoff_id", [one["id"] for one in self.signoffs])
        self.applied = {
            self.items[row["id"]]["key"]: row["applied_seq"]
            for row in self._rows("changes", "id", "id", list(self.items))
            if row["applied_seq"]
        }
        # Which event brought a signature, by its number.
        told = [(row["seq"], json.loads(row["seals"] or "[]")) for row in self.events]
        self.came = {
            int(key.rpartition(":")[2]): seq
            for seq, seals in told
            for name, key, _seal in seals
            if name == "signatures"
        }

    def _rows(self, table: str, order: str = "1", by: str = "project_id", of: list[int] | None = None) -> list[Row]:
        wanted = text(f'SELECT * FROM "{table}" WHERE {by} IN :of ORDER BY {order}')
        given = {"of": [self.project_id] if of is None else of}
        return [
            dict(row)
            for row in db.session.execute(wanted.bindparams(bindparam("of", expanding=True)), given).mappings()
        ]

    def standing(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Of each request its state, and the changes that carry it."""
        return {f"SGN-{one['number']}": self._state(one) for one in self.signoffs}

    def _state(self, asked: Row) -> tuple[str, tuple[str, ...]]:
        key = f"SGN-{asked['number']}"
        if any(row["action"] == "signoff.withdrawn" and row["subject"] == key for row in self.events):
            return "withdrawn", ()
        given = [one for one in self.signatures if one["signoff_id"] == asked["id"]]
        held = self.held(asked, given)
        if held != "signed":
            return held, ()
        kind, _dash, number = asked["subject"].partition("-")
        if kind == "BL":
            fallen, carrying = self._scope(self.baselines[int(number)])
            return "superseded" if fallen else "signed", tuple(sorted(carrying, key=self.applied.__getitem__))
        return "superseded" if self._failed_or_stale(self.rounds[int(number)], given) else "signed", ()

    # -- the rule ------------------------------------------------------------------------------------------------------

    def held(self, asked: Row, given: list[Row]) -> str:
        """What the answers make of a request."""
        seats = [one for one in self.seats if one["signoff_id"] == asked["id"]]
        if asked["ordered"]:
            turns = [one["seat"] for one in given]
            assert turns == sorted(turns) and set(turns) == set(range(1, len(set(turns)) + 1)), "out of turn"
        full, refused = [], []
        for seat in seats:
            mine = [one for one in given if one["seat"] == seat["position"]]
            ways = {"paper" if one["method"] == "paper" else "here" for one in mine}
            if any(one["outcome"] == "declined" for one in mine):
                refused.append(seat)
            elif len(ways) == 2 if asked["ways"] == "both" else ways:
                full.append(seat)
        if self._enough(asked, seats, full):
            return "requested" if self._alone(asked, given) else "signed"
        return "requested" if self._enough(asked, seats, [one for one in seats if one not in refused]) else "declined"

    def _enough(self, asked: Row, seats: list[Row], full: list[Row]) -> bool:
        if asked["rule"] == "per_role":
            return {one["role"] for one in full} == {one["role"] for one in seats}
        return len(full) >= {"all": len(seats), "any": 1, "number": asked["needed"]}[asked["rule"]]

    def _alone(self, asked: Row, given: list[Row]) -> bool:
        """Whether nobody signed but who alone wrote or tested it."""
        kind, _dash, number = asked["subject"].partition("-")
        if kind == "BL":
            taken = self.baselines[int(number)]
            keys = set(json.loads(taken["keys"]))
            made = {
                row["author"]
                for item_id, rows in self.versions.items()
                for row in rows
                if row["since"] <= taken["seq"]
                and self.items[item_id]["kind"] == "requirement"
                and self.items[item_id]["key"] in keys
            }
        else:
            made = {row["tester"] for row in self._counting(self.rounds[int(number)]).values()}
        words = [{one["signer"], one["behalf"]} for one in given if one["outcome"] == "signed"]
        return len(made) == 1 and all(made <= one for one in words)

    # -- fingerprints --------------------------------------------------------------------------------------------------

    def wrong_prints(self) -> list[str]:
        """The signatures, and the requests settled by them, whose fingerprint is not that of what lies there."""
        prints = {one["id"]: self._print(one["subject"]) for one in self.signoffs}
        wrong = [f"SIG-{one['number']}" for one in self.signatures if one["fingerprint"] != prints[one["signoff_id"]]]
        return wrong + [f"SGN-{one['number']}" for one in self.signoffs if one["fingerprint"] != prints[one["id"]]]

    def _print(self, subject: str) -> str:
        kind, _dash, number = subject.partition("-")
        told = self._taken(self.baselines[int(number)]) if kind == "BL" else self._tested(self.rounds[int(number)])
        return f"sha256:{print_of(told)}"

    def _taken(self, taken: Row) -> Row:
        seq, keys = taken["seq"], set(json.loads(taken["keys"]))
        held = {one: row["key"] for one, row in self.items.items() if row["key"] in keys}
        fields = {"requirement": SCOPE, "acceptance": (*ACCEPTANCE, "retired")}
        items = [
            [key, print_of(only(self._at(item_id, seq), fields[self.items[item_id]["kind"]]))]
            for item_id, key in held.items()
        ]
        links = [
            [row["kind"], held[row["source_id"]], held[row["target_id"]]]
            for row in self.links
            if {row["source_id"], row["target_id"]} <= held.keys() and _live(row, seq)
        ]
        return {"items": sorted(items), "links": sorted(links)}

    def _tested(self, found: Row) -> Row:
        rows = [
            [self.items[item_id]["key"], row, one["text_print"], one["verdict"], one["seal"]]
            for (item_id, row), one in self._counting(found).items()
        ]
        return {"results": sorted(rows, key=lambda one: (one[0], -1 if one[1] is None else one[1]))}

    # -- the scope -----------------------------------------------------------------------------------------------------

    def _at(self, item_id: int, seq: int) -> Row:
        rows = [row["content"] for row in self.versions[item_id] if row["since"] <= seq]
        return dict(rows[-1]) if rows else {}

    def _content(self, item_id: int, seq: int) -> tuple[Row, list[tuple[str, str]]]:
        """The scope content of a requirement: its own, and what accepts it."""
        key, accepting = self.items[item_id]["key"], []
        for other, row in self.items.items():
            told = self._at(other, seq) if row["kind"] == "acceptance" else {}
            if key in told.get("accepts", ()) and not told.get("retired"):
                accepting.append((row["key"], print_of(only(told, ACCEPTANCE))))
        return only(self._at(item_id, seq), SCOPE), sorted(accepting)

    def _scope(self, taken: Row) -> tuple[list[str], set[str]]:
        """The agreed requirements that moved without an applied change, and the changes that carry the others."""
        fallen, carrying = [], set()
        for item_id, row in self.items.items():
            if row["key"] not in json.loads(taken["keys"]) or row["kind"] != "requirement":
                continue
            points = [row["seq"] for row in self.events if row["seq"] >= taken["seq"]]
            if self._content(item_id, points[0]) == self._content(item_id, points[-1]):
                continue
            by = {change for before, at in pairwise(points) for change in self._moved_by(item_id, before, at)}
            if by <= self.applied.keys():
                carrying |= by
            elif row["stage"] in AGREED:
                fallen.append(row["key"])
        return fallen, carrying

    def _moved_by(self, item_id: int, before: int, at: int) -> set[str]:
        """The changes ("" none) of the versions of an event, where it moved the scope content of a requirement."""
        if not any(row["since"] == at for rows in self.versions.values() for row in rows):
            return set()
        if self._content(item_id, before) == self._content(item_id, at):
            return set()
        return {row["change"] for rows in self.versions.values() for row in rows if row["since"] == at}

    # -- results -------------------------------------------------------------------------------------------------------

    def _counting(self, found: Row) -> dict[tuple[int, int | None], Row]:
        """The newest result of each row that was not revoked."""
        return {
            (one["acceptance_id"], one["row"]): one
            for one in self.results
            if one["round_id"] == found["id"] and one["number"] not in self.revoked
        }

    def _moved_at(self, item_id: int) -> int:
        """When the text of an acceptance scenario, or of a requirement that it accepts, last moved."""
        last, known = 0, {row["key"]: one for one, row in self.items.items()}
        for row in self.versions[item_id]:
            if only(row["content"], ACCEPTANCE) != only(self._at(item_id, row["since"] - 1), ACCEPTANCE):
                last = max(last, row["since"])
        for key, other in known.items():
            for row in self.versions[other] if self.items[other]["kind"] == "requirement" else ():
                moved = only(row["content"], TESTED) != only(self._at(other, row["since"] - 1), TESTED)
                if moved and key in self._at(item_id, row["since"]).get("accepts", ()):
                    last = max(last, row["since"])
        return last

    def _failed_or_stale(self, found: Row, given: list[Row]) -> list[tuple[int, int | None]]:
        """What a round's signature accepted and does not hold any more. What had turned stale when everybody signed with remarks
        was accepted so; what had when the round was closed, too."""
        key = f"RND-{found['number']}"
        closed = max(row["seq"] for row in self.events if row["action"] == "round.closed" and row["subject"] == key)
        signed = [one for one in given if one["outcome"] == "signed"]
        if all(one["reason"] for one in signed):
            closed = max(closed, min(self.came[one["number"]] for one in signed))
        later = [self._counting(one) for one in self.rounds.values() if one["number"] > found["number"]]
        return [
            place
            for place, one in self._counting(found).items()
            if one["verdict"] in ("passed", "skipped")
            and (
                self._moved_at(place[0]) > max(one["since"], closed)
                or any(place in more and more[place]["verdict"] == "failed" for more in later)
            )
        ]


def _live(link: Row, seq: int) -> bool:
    return link["since"] <= seq and (link["until"] is None or link["until"] > seq)
