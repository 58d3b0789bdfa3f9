"""Rules 2 and 3, as people and programs act: a robot sends every form of every page, and a body to every route of the API.

What succeeds and changes anything leaves an event, in the transaction of the change; what is refused changes nothing; what was
made from an old version is refused, and nothing typed is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pytest
from flask import Response, g
from sqlalchemy import text

from reqtrack.audit.record import newest_seq, recorded
from reqtrack.audit.verify import verify
from reqtrack.db import Base, db, reading
from reqtrack.items.kinds import KINDS
from reqtrack.web.area import ROUTES, Area
from tests.architecture.prepared import Prepared
from tests.architecture.recorder import Transaction
from tests.architecture.robot import Form, Sent, bodies, endpoint_of, forms_of, send, send_bodies
from tests.architecture.walks import walk, walk_of

PlantedHouse = Callable[[Area], Prepared]
# What may be kept of a request that was refused: that it was, and that a password was wrong.
OF_REFUSALS = {"access_events", "users"}
# A robot has no phone, no passkey and nobody at a provider: tests/accounts sends these.
OF_DEVICES = {
    f"accounts.{name}" for name in (
        "add_passkey", "ask_to_prove", "ask_to_register", "ask_who", "come_back", "confirm_authenticator", "end_authenticator",
        "end_authenticator_of", "end_passkey", "finish", "join_at_provider", "link_provider", "prove_at_provider", "prove_by_passkey",
        "rename_passkey", "renew_recovery_codes", "sign_in_at_provider", "start_by_passkey", "unlink_provider",
    )
}  # fmt: skip


def audited() -> set[str]:
    return {mapper.local_table.name for mapper in Base.registry.mappers if mapper.class_.__audited__}  # type: ignore[attr-defined]


def unrecorded(sent: Iterable[Sent]) -> list[str]:
    """What changed audited rows for good, and left no event in the same transaction."""
    complaints = []
    for one in sent:
        for part in one.transactions:
            if (
                part.end == "commit"
                and part.changed & audited()
                and "events" not in part.changed
                and not _of_sign_in(part)
            ):
                complaints.append(f"{one}: {', '.join(sorted(part.changed))}")
    return complaints


def _of_sign_in(part: Transaction) -> bool:
    # Wrong passwords are counted on the account (who tried is in the access log), and a token's last use on the token.
    updates = [one for one in part.statements if one.lstrip().upper().startswith("UPDATE")]
    counted = {"users": "failures", "tokens": "seen_at"}
    return part.changed <= set(counted) and all(counted[one.split()[1].strip('"')] in one for one in updates)


def kept_though_refused(sent: Iterable[Sent]) -> list[str]:
    """What was refused and changed something all the same."""
    return [
        f"{one}: {kept}"
        for one in sent
        if one.status >= 400
        for kept in [
            {
                table
                for part in one.transactions
                if part.end == "commit" and not _of_sign_in(part)
                for table in part.changed
            }
        ]
        if kept - OF_REFUSALS
    ]


# -- every form and every body -----------------------------------------------------------------------------------------


def test_every_form_leaves_an_event_or_nothing(own_sqlite_house: Prepared, sqlite_house: Prepared) -> None:
    made = own_sqlite_house
    forms = forms_of(walk(sqlite_house, "polymath"))
    sent = send(made, "polymath", forms, fresh=True)
    assert [str(one) for one in sent if one.status >= 500] == []
    assert unrecorded(sent) == []
    assert kept_though_refused(sent) == []
    # Of a change's dozen stages two are prepared.
    _reached(made, sent, api=False, most=0.42)
    with made.app.app_context():
        assert verify().problems == []


def test_every_body_leaves_an_event_or_nothing(own_house: Prepared) -> None:
    made = own_house
    sent = send_bodies(made, "polymath")
    assert [str(one) for one in sent if one.status >= 500] == []
    assert unrecorded(sent) == []
    assert kept_though_refused(sent) == []
    _reached(made, sent, api=True, most=0.35)
    with made.app.app_context():
        assert verify().problems == []


def _reached(made: Prepared, sent: Iterable[Sent], *, api: bool, most: float) -> None:
    """The robot is no witness where it does not get through: of the routes that write, so many must have let it."""
    acts = {endpoint for endpoint, route in ROUTES.items() if route.writes and endpoint.startswith("api.") is api}
    acts &= set(made.app.view_functions) - OF_DEVICES
    done = {one.endpoint for one in sent if one.status < 400}
    left = sorted(acts - done)
    assert len(left) <= most * len(acts), f"the robot of robot.py gets through too rarely: {left}"


def test_the_robot_notices_an_act_without_an_event(
    planted_house: PlantedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule broken on purpose: an act that changes a row past the session, under a form on a page."""
    area = Area("planted", __name__, url_prefix="/p/<project>")

    @area.page("/planted", "project.read")
    def show(project: str) -> str:
        return "<form method='post' action='/p/CRM/planted'><input name='name' value='x'></form>"

    @area.act("/planted", "project.read")
    def change(project: str) -> Response:
        db.session.execute(text("UPDATE projects SET name = 'changed' WHERE id = :id"), {"id": g.project_id})
        return Response("done")

    made = planted_house(area)
    from tests.architecture.samples import stops

    pages = walk_of(made, "polymath", [(stop, stop.url) for stop in stops(made) if stop.endpoint == "planted.show"])
    sent = send(made, "polymath", forms_of(pages))
    assert [one.endpoint for one in sent] == ["planted.change"]
    assert unrecorded(sent) == ["/p/CRM/planted: POST /p/CRM/planted → 200: projects"]


def test_what_an_act_did_before_it_refused_is_not_kept(planted_house: PlantedHouse) -> None:
    """An answer of 400 and above undoes all, whether it is returned or raised; nothing else does."""
    area = Area("planted", __name__, url_prefix="/p/<project>")

    @area.act("/planted/<int:number>", "project.read")
    def rename(project: str, number: int) -> Response:
        with recorded(g.actor, g.project_id, "project.changed", project):
            g.project.name = f"name {number}"
        if number == 500:
            raise ZeroDivisionError
        return Response("", status=number)

    made = planted_house(area)
    client = made.world.client("polymath")
    names, before = {}, _newest(made)
    for status in (409, 422, 500, 200, 303):
        assert client.send(f"/p/CRM/planted/{status}").status_code == status
        with made.world.read() as scene:
            names[status] = scene.project.name
    assert names == {409: "CRM 推广", 422: "CRM 推广", 500: "CRM 推广", 200: "name 200", 303: "name 303"}
    assert _newest(made) == before + 2


# -- nothing is lost: pages --------------------------------------------------------------------------------------------


def versioned(made: Prepared) -> list[Form]:
    """The forms that say which version they were made from."""
    return [form for form in forms_of(walk(made, "polymath")) if (form.value("seen") or "").isdigit()]


def test_every_form_of_something_kept_says_which_version_it_shows(sqlite_house: Prepared) -> None:
    """A form with texts of something kept, and without a version, would overwrite what it does not know."""
    told = [
        f"{form.page}: {form.action}"
        for form in forms_of(walk(sqlite_house, "polymath"))
        if any(form.value(name) for name in form.prose) and not form.value("seen") and "seen=" not in form.action
        and endpoint_of(sqlite_house, form.action) not in ("accounts.change_me",)
        # What is proposed in a form of something new is nobody's yet.
        and not re.search(r"/(new|signoffs|signoffs/in-force|rounds|results/\d+/defect)$", form.action)
    ]  # fmt: skip
    assert told == []


def test_a_form_of_an_old_version_is_refused(own_sqlite_house: Prepared, sqlite_house: Prepared) -> None:
    """409, on every page that has a version; and nothing is changed."""
    forms = versioned(sqlite_house)
    assert len(forms) > 8
    before = _newest(own_sqlite_house)
    old = [form.with_value("seen", str(int(form.value("seen") or 0) + 7)) for form in forms]
    sent = send(own_sqlite_house, "polymath", old)
    told = [str(one) for one in sent if one.status != 409 and not _changes_nothing(one)]
    assert told == []
    assert _newest(own_sqlite_house) == before


def _changes_nothing(one: Sent) -> bool:
    # A form that is sent as it was opened changes nothing, whatever its version.
    return one.status == 303 and not one.committed


def test_a_form_that_hides_its_version_is_refused(own_sqlite_house: Prepared, sqlite_house: Prepared) -> None:
    sent = send(own_sqlite_house, "polymath", [form.with_value("seen", None) for form in versioned(sqlite_house)])
    assert [str(one) for one in sent if one.status < 400 and one.committed] == []


def test_a_move_from_where_it_is_no_more_is_refused(own_sqlite_house: Prepared, sqlite_house: Prepared) -> None:
    forms = [form for form in forms_of(walk(sqlite_house, "polymath")) if form.value("seen_stage")]
    assert len(forms) > 3
    sent = send(own_sqlite_house, "polymath", [form.with_value("seen_stage", "elsewhere") for form in forms])
    assert [str(one) for one in sent if one.status != 409] == []


def test_both_texts_stand_on_the_page_of_a_conflict(own_house: Prepared) -> None:
    client = own_house.world.client("polymath")
    fields = {"_fields": "title statement", "title": "Mine", "statement": "What I wrote.", "seen": "1"}
    assert (
        client.send("/p/CRM/i/REQ-3/edit", {**fields, "title": "Theirs", "statement": "What they wrote."}).status_code
        == 303
    )
    answer = client.send("/p/CRM/i/REQ-3/edit", fields)
    assert answer.status_code == 409
    for words in ("What I wrote.", "What they wrote.", "Mine", "Theirs"):
        assert words in answer.text
    # Choosing, with the version now shown, saves.
    assert 'name="seen" value="2"' in answer.text
    assert client.send("/p/CRM/i/REQ-3/edit", {**fields, "seen": "2"}).status_code == 303
    assert "What I wrote." in client.get("/p/CRM/i/REQ-3").text


def _newest(made: Prepared) -> int:
    with made.app.app_context(), reading():
        return newest_seq(made.world.sites["CRM"].id)


# -- nothing is lost: the API ------------------------------------------------------------------------------------------


def patches(made: Prepared) -> list[tuple[str, dict[str, object]]]:
    # A line of an agenda is one review's.
    of_another = "/reviews/REV-1/lines/", "/lines/1"
    return [
        (stop.url, body)
        for stop, body in bodies(made, 7)
        if stop.method == "PATCH" and not any(part in stop.url for part in of_another)
    ]


def test_every_patch_names_the_version_it_saw(own_sqlite_house: Prepared) -> None:
    """428 without, 412 with an old one, in every resource that can be changed; and nothing is changed."""
    made = own_sqlite_house
    client, headers = made.app.test_client(), {"Authorization": f"Bearer {made.tokens['polymath']}"}
    before, told = _newest(made), []
    asked = patches(made)
    assert len({url.split("/")[5] for url, _ in asked if url.count("/") > 4}) >= len(KINDS)
    for url, body in asked:
        for match, wanted in (({}, 428), ({"If-Match": '"4711"'}, 412), ({"If-Match": 'W/"4711"'}, 412)):
            answer = client.patch(url, json=body, headers={**headers, **match})
            if answer.status_code != wanted or answer.mimetype != "application/problem+json":
                told.append(f"PATCH {url} {match} → {answer.status_code} {answer.mimetype}")
    assert told == []
    assert _newest(made) == before


def test_a_conflict_over_the_api_holds_both_texts(own_sqlite_house: Prepared) -> None:
    made = own_sqlite_house
    client = made.app.test_client()
    headers = {"Authorization": f"Bearer {made.tokens['polymath']}"}
    url = "/api/v1/projects/CRM/requirements/REQ-3"
    answer = client.patch(url, json={"statement": "What they wrote."}, headers={**headers, "If-Match": '"1"'})
    assert answer.status_code == 200 and answer.headers["ETag"] == '"2"'
    answer = client.patch(url, json={"statement": "What I wrote."}, headers={**headers, "If-Match": '"1"'})
    assert answer.status_code == 412
    assert answer.json["mine"] == {"statement": "What I wrote."}
    assert answer.json["current"] == {"statement": "What they wrote."}
    assert (answer.json["seen"], answer.json["version"]) == (1, 2)


def test_a_rule_is_a_conflict_of_its_own(own_sqlite_house: Prepared) -> None:
    """409: the version is right, the scope is locked."""
    made = own_sqlite_house
    headers = {"Authorization": f"Bearer {made.tokens['polymath']}", "If-Match": "*"}
    answer = made.app.test_client().patch(
        "/api/v1/projects/CRM/requirements/REQ-1", json={"title": "Otherwise"}, headers=headers
    )
    assert answer.status_code == 409
    assert [one["code"] for one in answer.json["reasons"]] == ["locked"]


@pytest.mark.full
def test_the_check_of_versions_is_what_refuses(own_sqlite_house: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule broken on purpose: a store that does not look at the version takes the old form."""
    from reqtrack.items import store

    edit = store.edit
    monkeypatch.setattr(store, "edit", lambda *given, seen=None, **more: edit(*given, **more))
    forms = [form for form in versioned(own_sqlite_house) if endpoint_of(own_sqlite_house, form.action) == "items.save"]
    sent = send(own_sqlite_house, "polymath", [form.with_value("seen", "99") for form in forms])
    assert [one for one in sent if one.status == 303 and one.committed]
