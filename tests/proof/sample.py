"""A sign-off that never was, told as a pack wants it: rows with their seals, events in a chain, prints that recompute."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, datetime
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

import reqtrack.acceptance.models
import reqtrack.requirements.models  # noqa: F401 - the kinds
from reqtrack.items.kinds import KINDS
from reqtrack.items.store import prints
from reqtrack.proof.check_pack import canonical, row_seal
from reqtrack.proof.pack import Evidence, row

AT = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
MEANING = {"en": "I approve this scope.", "zh": "我批准此范围。"}
PICTURE = Evidence("screen.png", b"\x89PNG\r\n" + bytes(range(256)) * 3)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def item(key: str, kind: str, **content: Any) -> dict[str, Any]:
    text_print, scope_print = prints(KINDS[kind], content)
    return {
        "key": key, "kind": kind, "version": 2, "content": canonical(content).decode(),
        "text_print": text_print, "scope_print": scope_print,
    }  # fmt: skip


def sealed(columns: dict[str, Any], name: str = "seal") -> dict[str, Any]:
    return {**columns, name: row_seal(columns)}


def signature(number: int, login: str, name: str, **more: Any) -> dict[str, Any]:
    return sealed({
        "project_id": 3, "number": number, "signoff_id": 1, "signer": login, "signer_name": name, "roles": "business_owner",
        "outcome": "signed", "meaning": MEANING["zh"], "reason": "", "at": "2026-11-28T07:30:00.000000Z",
        "zone": "Asia/Shanghai", "method": "password", "address": "10.0.0.7", "device": "Firefox", **more,
    })  # fmt: skip


def event(
    seq: int, previous: str, seals: list[list[str]], action: str = "signoff.signed", **more: Any
) -> dict[str, Any]:
    return sealed({
        "project_id": 3, "seq": seq, "at": "2026-11-28T07:30:00.000000Z", "actor": "chen", "actor_name": "陈立群", "on_behalf": "",
        "action": action, "subject": "SGN-1", "before": "", "after": "{}", "reason": "", "request_id": "r", "previous": previous,
        "seals": json.dumps(seals, separators=(",", ":")) if seals else "", **more,
    }, "hash")  # fmt: skip


def signer(columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": columns["signer_name"], "login": columns["signer"], "roles": columns["roles"].split(), "state": "signed",
        "at": columns["at"], "zone": columns["zone"], "way": "electronic", "method": columns["method"],
        "on_behalf_of": columns.get("behalf_name"), "reservation": columns["reason"] or None, "reason": None,
        "signature": columns["number"],
        **more,
    }  # fmt: skip


def waiting(name: str, login: str) -> dict[str, Any]:
    return {
        "name": name, "login": login, "roles": ["sponsor"], "state": "waiting", "at": None, "zone": None, "way": None,
        "method": None, "on_behalf_of": None, "reservation": None, "reason": None, "signature": None,
    }  # fmt: skip


def _pack(subject: str, kind: str, over: Any, items: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    told = canonical(over).decode()
    fingerprint = "sha256:" + sha(told.encode())
    first = signature(1, "chen", "陈立群", fingerprint=fingerprint)
    second = signature(
        2, "ada", "Ada Miller", fingerprint=fingerprint, reason="Reports come later.", behalf="fang", behalf_name="方文"
    )
    one = event(41, "0" * 64, [["signatures", "3:1", first["seal"]]])
    two = event(42, one["hash"], [["signatures", "3:2", second["seal"]]])
    kinds = {name: KINDS[name] for name in sorted({one["kind"] for one in items})}
    return {
        "installation": {"name": "reqtrack", "keys_at": "https://reqtrack.example.com/V/keys"},
        "project": {"key": "CRM", "name": "客户管理", "zone": "Asia/Shanghai"},
        "signoff": {
            "key": "SGN-1", "subject": subject, "subject_kind": kind, "title": "Scope 1", "meaning": MEANING,
            "rule": {"name": "all"}, "state": "signed", "requested_by": "zhou", "requested_at": "2026-11-27T01:00:00.000000Z",
            "completed_at": "2026-11-28T07:30:00.000000Z", "signers": [signer(first), signer(second)],
        },
        "fingerprint": fingerprint,
        "over": told,
        "kinds": {
            name: {
                "text": [field.name for field in found.fields if field.text],
                "scope": [field.name for field in found.fields if field.scope],
            }
            for name, found in kinds.items()
        },
        "items": items, "redline": None, "results": [],
        "signatures": [row(first, table="signatures", event=41), row(second, table="signatures", event=42)],
        "events": [row(one), row(two)],
        **more,
    }  # fmt: skip


def baseline() -> dict[str, Any]:
    """A signed scope of three items, with the redline to the one before."""
    items = [
        item("REQ-1", "requirement", title="Bulk import", statement="Sales imports 500 rows in 10 s.", tier="must"),
        item("REQ-2", "requirement", title="查重", statement="按手机号查重。", tier="should", retired=True),
        item("ACC-1", "acceptance", title="Import", given=["a file"], when=["it is imported"], then=["500 rows"]),
    ]  # fmt: skip
    over = {
        "items": sorted([one["key"], one["scope_print"]] for one in items),
        "links": [["accepts", "ACC-1", "REQ-1"]],
    }
    redline = {
        "since": {"signoff": "SGN-0", "subject": "BL-0", "fingerprint": "sha256:" + "0" * 64},
        "added": ["REQ-2"],
        "removed": ["REQ-9"],
        "changes": [
            {
                "item": "REQ-1", "field": "statement",
                "segments": [["same", "Sales imports "], ["del", "50"], ["ins", "500"], ["same", " rows in 10 s."]],
            },
            {"item": "REQ-1", "field": "tier", "old": "should", "new": "must"},
            {
                "item": "ACC-1", "field": "then",
                "lines": [
                    {"op": "changed", "old": 0, "new": 0, "segments": [["del", "50"], ["ins", "500"], ["same", " rows"]]},
                    {"op": "removed", "old": 1, "new": None, "segments": [["del", "no error"]]},
                ],
            },
        ],
    }  # fmt: skip
    return _pack("BL-1", "baseline", over, items, redline=redline)


def result(number: int, tested: dict[str, Any], at: int | None, evidence: list[Evidence]) -> dict[str, Any]:
    columns = sealed({
        "project_id": 3, "number": number, "round_id": 1, "acceptance_id": 7, "acceptance_version": 2, "row": at,
        "verdict": "passed", "note": "", "steps": None, "once": None, "text_print": tested["text_print"], "seq": 9,
        "evidence": canonical([[sha(one.data), one.name] for one in evidence]).decode() if evidence else None,
        "tester": "he", "tester_name": "何敏", "at": "2026-11-26T02:00:00.000000Z", "since": 30,
    })  # fmt: skip
    files = [{"name": one.name, "sha256": sha(one.data), "size": len(one.data)} for one in evidence]
    return row(columns, acceptance=tested["key"], event=None, evidence=files)


def round_() -> dict[str, Any]:
    """A signed round of two results, one with a picture."""
    tested = item("ACC-1", "acceptance", title="Import", given=["a file"], when=["it is imported"], then=["500 rows"])
    results = [result(1, tested, None, [PICTURE]), result(2, tested, 0, [])]
    over = {
        "results": [
            [one["acceptance"], one["columns"]["row"], tested["text_print"], "passed", one["seal"]] for one in results
        ]
    }
    return _pack("RND-1", "round", over, [tested], results=results)


def vote(number: int, login: str, name: str, seat: str, package: Any, **more: Any) -> dict[str, Any]:
    return sealed({
        "project_id": 3, "number": number, "change_id": 1, "decider": login, "decider_name": name, "seat": seat,
        "outcome": "approved", "tier": "must", "phase_id": 2, "reason": "", "until": "", "expected_effort_days": 200,
        "package_print": sha(canonical(package)), "at": "2026-11-28T07:30:00.000000Z", "method": "passkey", "address": "", **more,
    })  # fmt: skip


def voter(columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": columns["decider_name"], "login": columns["decider"], "roles": columns["seat"].split(), "state": "signed",
        "at": columns["at"], "zone": "Asia/Shanghai", "way": "electronic", "method": columns["method"],
        "on_behalf_of": columns.get("behalf_name"), "reservation": None, "reason": columns["reason"] or None,
        "signature": columns["number"], **more,
    }  # fmt: skip


def decision() -> dict[str, Any]:
    """A change that two votes put into effect, one of them a delegate's."""
    base = item("REQ-1", "requirement", title="Bulk import", statement="Sales imports 50 rows.", tier="should")
    edits = [
        {"item": "REQ-1", "field": "statement", "new": "Sales imports 500 rows."},
        {"item": "REQ-1", "field": "tier", "new": "must"},
        {"new_item": {"kind": "requirement", "fields": {"title": "查重"}}, "ref": "NEW-3"},
        {"retire": "REQ-9"},
    ]
    package = {"title": "More rows", "reason": "Sales asked.", "touches": [], "edits": edits}
    over = {"package": package, "outcome": "approved", "tier": "must", "phase": "一期"}
    votes = [
        vote(5, "chen", "陈立群", "business_owner", package, reason="As agreed."),
        vote(6, "ada", "Ada Miller", "sponsor", package, behalf="fang", behalf_name="方文"),
    ]
    load = json.dumps({"load": [{"id": 2, "phase": "一期"}]}, ensure_ascii=False)
    events, before = [], "0" * 64
    for at, one in enumerate(votes, 50):
        seals = [["decisions", f"3:{one['number']}", one["seal"]]]
        made = event(at, before, seals, "change.decided", subject="CR-1", after=load)
        before = made["hash"]
        events.append(made)
    events.append(event(60, "1" * 64, [], "change.applied", subject="CR-1", after='{"votes":[5,6]}'))
    changes = [
        {
            "item": "REQ-1", "field": "statement", "base": 2,
            "segments": [["same", "Sales imports "], ["del", "50"], ["ins", "500"], ["same", " rows."]],
        },
        {"item": "REQ-1", "field": "tier", "base": 2, "old": "should", "new": "must"},
    ]  # fmt: skip
    data = _pack("CR-1", "decision", over, [base])
    data["signoff"].update(key="CR-1", signers=[voter(one) for one in votes])
    return data | {
        "redline": {"since": None, "added": ["NEW-3"], "removed": ["REQ-9"], "changes": changes},
        "signatures": [row(one, table="decisions", event=at) for at, one in enumerate(votes, 50)],
        "events": [row(one) for one in events],
        "change": {
            "kind": "normal", "logged_by": "zhou", "applied_at": "2026-11-28T07:30:00.000000Z", "until": None,
            "assessments": [], "expected_effort_days": "2", "cost": None, "currency": "CNY", "agreed": None,
        },
    }  # fmt: skip


def waiver() -> dict[str, Any]:
    """A waiver that one more person is asked to sign."""
    data = _pack("WVR-1", "waiver", {"reason": "no printer yet", "until": "2027-01-31"}, [])
    data["signoff"]["state"] = "requested"
    data["signoff"]["signers"].append(waiting("方文", "fang"))
    return data


def declined() -> dict[str, Any]:
    """A sign-off that two of three had to sign, one on paper; the third declined."""
    data = baseline()
    rows = [one["columns"] for one in data["signatures"]]
    rows[0] = sealed({**rows[0], "method": "paper"})
    third = signature(
        3, "fang", "方文", fingerprint=data["fingerprint"], outcome="declined", reason="Too early.", roles="sponsor"
    )
    first = event(41, "0" * 64, [["signatures", "3:1", rows[0]["seal"]]])
    second = event(42, first["hash"], [["signatures", "3:2", data["signatures"][1]["seal"]]])
    last = event(60, "1" * 64, [["signatures", "3:3", third["seal"]]], "signoff.declined")
    data["signatures"][0] = row(rows[0], table="signatures", event=41)
    data["signatures"].append(row(third, table="signatures", event=60))
    data["events"] = [row(one) for one in (first, second, last)]
    data["signoff"]["rule"] = {"name": "number", "needed": 2}
    data["signoff"]["signers"] = [
        signer(rows[0], way="paper"),
        data["signoff"]["signers"][1],
        signer(third, state="declined", reservation=None, reason="Too early."),
    ]
    return data


def printed(text: str = "I approve this scope.") -> bytes:
    """A small PDF."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    content = DecodedStreamObject()
    content.set_data(f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = writer._add_object(content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
