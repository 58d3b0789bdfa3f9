"""Rule 5: refusals say why, all of it; what greys a move on a page is what guards it.

Walked over every move of every item, as every role: offered moves are made (and undone), greyed ones are tried all the same.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from reqtrack.db import db
from reqtrack.errors import YES, NotFound, Refused, Verdict, every, no
from reqtrack.items import moves
from reqtrack.items.models import Item
from reqtrack.items.queries import item_for
from reqtrack.permissions import ROLES
from reqtrack.web.problems import sentence
from tests.architecture.prepared import Prepared

LOGINS = (*ROLES, "polymath")


@dataclass(frozen=True)
class Tried:
    """A move as it was offered, and the reasons that making it gave (None: it was made)."""

    login: str
    key: str
    name: str
    offered: Verdict
    refused: tuple[str, ...] | None

    def __str__(self) -> str:
        return f"{self.login}: {self.name} {self.key}"


class Undone(Exception):
    """Ends a transaction so that nothing is kept."""


def items(made: Prepared, login: str) -> list[str]:
    with made.world.read(login) as scene:
        found = []
        for key in _keys(made):
            try:
                found.append(item_for(scene.actor, scene.project.id, key).key)
            except NotFound:
                continue
        return found


def _keys(made: Prepared) -> list[str]:
    wanted = select(Item.key).where(Item.project_id == made.world.sites["CRM"].id, Item.kind.in_(moves.LISTERS))
    return list(db.session.execute(wanted.order_by(Item.kind, Item.number)).scalars())


def tries(made: Prepared, login: str) -> Iterator[Tried]:
    """Every move of every item that somebody sees, tried."""
    for key in items(made, login):
        with made.world.read(login) as scene:
            offered = list(moves.of(scene.actor, item_for(scene.actor, scene.project.id, key)))
        for move in offered:
            yield Tried(login, key, move.name, move.verdict, _try(made, login, key, move.name))


def _try(made: Prepared, login: str, key: str, name: str) -> tuple[str, ...] | None:
    try:
        with made.world.write(login) as scene:
            item = item_for(scene.actor, scene.project.id, key)
            given = {"reason": "because", "until": "2027-01-01", "seen_stage": item.stage}
            moves.MAKERS[item.kind](scene.actor, item, name, given)
            raise Undone
    except Undone:
        return None
    except Refused as refused:
        return tuple(reason.code for reason in refused.reasons)


def otherwise(found: list[Tried]) -> list[str]:
    """Moves that are offered and refused, greyed and made, or refused for other reasons than were told."""
    complaints = []
    for one in found:
        told = None if one.offered else tuple(reason.code for reason in one.offered.reasons)
        if told != one.refused:
            complaints.append(f"{one}: offered {told}, made {one.refused}")
    return complaints


def test_what_greys_a_move_is_what_refuses_it(sqlite_house: Prepared) -> None:
    found = [one for login in LOGINS for one in tries(sqlite_house, login)]
    assert otherwise(found) == []
    assert {bool(one.offered) for one in found} == {True, False}
    assert len(found) > 100


def test_a_page_tells_every_reason_of_a_greyed_move(sqlite_house: Prepared) -> None:
    missing, seen = [], 0
    for login in ("tester", "analyst"):
        client = sqlite_house.world.client(login)
        for key in items(sqlite_house, login):
            with sqlite_house.world.read(login) as scene:
                offered = list(moves.of(scene.actor, item_for(scene.actor, scene.project.id, key)))
            text = html.unescape(client.get(f"/p/CRM/i/{key}", follow_redirects=True).text)
            with sqlite_house.app.test_request_context(), force_locale("en"):
                for move in offered:
                    for reason in move.verdict.reasons:
                        seen += 1
                        if sentence(reason) not in text:
                            missing.append(f"{login}: {move.name} {key}: {sentence(reason)}")
    assert missing == []
    assert seen > 10


def test_a_verdict_keeps_every_reason() -> None:
    verdict = every([YES, no("one", "First."), YES, no("two", "Second.")])
    assert [reason.code for reason in verdict.reasons] == ["one", "two"] and not verdict and YES
    with pytest.raises(Refused) as refused:
        verdict.require(409)
    assert (refused.value.status, [reason.code for reason in refused.value.reasons]) == (409, ["one", "two"])


def test_the_walk_notices_a_move_that_is_offered_and_refused(
    sqlite_house: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule broken on purpose: a page that asks another question than the action."""
    lister = moves.LISTERS["requirement"]
    monkeypatch.setitem(
        moves.LISTERS, "requirement", lambda actor, item: [replace(one, verdict=YES) for one in lister(actor, item)]
    )
    assert otherwise(list(tries(sqlite_house, "tester")))
