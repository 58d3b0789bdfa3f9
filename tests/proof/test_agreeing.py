"""A pack agrees with itself in every part, or the program hands none out."""

import copy
import hashlib
import json

import pytest

from reqtrack.proof import check_pack, pack
from reqtrack.proof.pack import PackError
from tests.proof import sample


def edits():
    """What may not be in a pack, and where the checker says that it is."""
    fake = "0" * 64

    def reseal(data, table, at, **columns):
        one = data[table][at]
        one["columns"].update(columns)
        one["hash" if "hash" in one else "seal"] = check_pack.row_seal(one["columns"])

    return {
        "a fingerprint": ("fingerprint", lambda d: d.update(fingerprint="sha256:" + fake)),
        "what is signed": ("fingerprint", lambda d: d.update(over=d["over"] + " ")),
        "a text": ("items", lambda d: d["items"][0].update(content=d["items"][0]["content"].replace("500", "50"))),
        "a print": ("items", lambda d: d["items"][0].update(text_print=fake)),
        "a text less": ("items", lambda d: d["items"].pop()),
        "a text more": ("items", lambda d: d["items"].append(sample.item("REQ-7", "requirement", title="x"))),
        "a text twice": ("items", lambda d: d["items"].append(d["items"][0])),
        "another text": ("items", lambda d: d["items"].__setitem__(0, sample.item("REQ-1", "requirement", title="x"))),
        "the fields of a print": ("items", lambda d: d["kinds"]["requirement"]["text"].remove("statement")),
        "a signature's name": ("signatures", lambda d: d["signatures"][0]["columns"].update(signer_name="Eve")),
        "a signature resealed": ("signatures", lambda d: reseal(d, "signatures", 0, signer_name="Eve")),
        "a signature over another": ("signatures", lambda d: reseal(d, "signatures", 0, fingerprint="sha256:" + fake)),
        "another meaning": ("signatures", lambda d: d["signoff"].update(meaning={"en": "I have read it."})),
        "an event less": ("signatures", lambda d: d["events"].pop()),
        "an event's time": ("events", lambda d: d["events"][0]["columns"].update(at="2026-01-01T00:00:00.000000Z")),
        "an event resealed": ("events", lambda d: reseal(d, "events", 0, reason="x")),
        "an event twice": ("events", lambda d: d["events"].append(d["events"][1])),
        "a signature less": ("signers", lambda d: d["signatures"].pop()),
        "a signer's name": ("signers", lambda d: d["signoff"]["signers"][0].update(name="Eve")),
        "a signer's role": ("signers", lambda d: d["signoff"]["signers"][0].update(roles=["sponsor"])),
        "a signer's time": ("signers", lambda d: d["signoff"]["signers"][0].update(at="2026-01-01T00:00:00.000000Z")),
        "a paper signature": ("signers", lambda d: d["signoff"]["signers"][0].update(way="paper")),
        "who it is for": ("signers", lambda d: d["signoff"]["signers"][1].update(on_behalf_of=None)),
        "a reservation": ("signers", lambda d: d["signoff"]["signers"][1].update(reservation=None)),
        "a signer less": ("signers", lambda d: d["signoff"]["signers"].pop()),
        "one who waits": ("signers", lambda d: d["signoff"]["signers"].append(sample.waiting("方文", "fang"))),
        "too few": ("signers", lambda d: d["signoff"].update(rule={"name": "number", "needed": 3})),
        "a role that is missing": ("signers", lambda d: d["signoff"].update(rule={"name": "per_role", "roles": ["sponsor"]})),
        "no rule": ("signers", lambda d: d["signoff"].update(rule={"name": "whoever"})),
        "a redline": ("redline", lambda d: d["redline"]["changes"][0]["segments"].pop()),
        "a value": ("redline", lambda d: d["redline"]["changes"][1].update(new="later")),
        "a line": ("redline", lambda d: d["redline"]["changes"][2]["lines"].pop(0)),
        "what was added": ("redline", lambda d: d["redline"]["added"].append("REQ-99")),
        "what was removed": ("redline", lambda d: d["redline"]["removed"].append("REQ-1")),
    }  # fmt: skip


@pytest.mark.parametrize("what", edits())
def test_a_pack_that_does_not_agree_with_itself_is_not_made(ring, what):
    where, edit = edits()[what]
    data = copy.deepcopy(sample.baseline())
    edit(data)
    with pytest.raises(PackError) as told:
        pack.build(data, ring, sample.AT)
    assert check_pack.PLACES[where][0] in str(told.value)


ROUND_EDITS = {
    "a verdict": ("results", lambda d: d["results"][0]["columns"].update(verdict="failed")),
    "a result less": ("results", lambda d: d["results"].pop()),
    "another scenario": ("results", lambda d: d["results"][0].update(acceptance="ACC-2")),
    "a file's digest": ("results", lambda d: d["results"][0]["evidence"][0].update(sha256="0" * 64)),
    "a file less": ("results", lambda d: d["results"][0]["evidence"].pop()),
    "no text as tested": ("items", lambda d: d["items"].pop()),
}


@pytest.mark.parametrize("what", ROUND_EDITS)
def test_a_round_that_does_not_agree_with_itself_is_not_made(ring, what):
    where, edit = ROUND_EDITS[what]
    data = copy.deepcopy(sample.round_())
    edit(data)
    with pytest.raises(PackError) as told:
        pack.build(data, ring, sample.AT)
    assert check_pack.PLACES[where][0] in str(told.value)


def resealed(data, at, **columns):
    """A vote with other columns, and the event that made it told of them."""
    one, event = data["signatures"][at], data["events"][at]
    one["columns"].update(columns)
    one["seal"] = check_pack.row_seal(one["columns"])
    event["columns"]["seals"] = json.dumps([["decisions", f"3:{one['columns']['number']}", one["seal"]]])
    event["hash"] = check_pack.row_seal(event["columns"])
    if at == 0:
        data["events"][1]["columns"]["previous"] = event["hash"]
        data["events"][1]["hash"] = check_pack.row_seal(data["events"][1]["columns"])


def over(data, edit):
    """What was decided, otherwise; its fingerprint fits, and so do the votes' prints where ``edit`` does not say another thing."""
    told = json.loads(data["over"])
    edit(told)
    data["over"] = check_pack.canonical(told).decode()
    data["fingerprint"] = "sha256:" + hashlib.sha256(data["over"].encode()).hexdigest()


DECISION_EDITS = {
    "another package": ("signatures", lambda d: over(d, lambda o: o["package"].update(title="Fewer rows"))),
    "another outcome": ("signatures", lambda d: over(d, lambda o: o.update(outcome="rejected"))),
    "another tier": ("signatures", lambda d: over(d, lambda o: o.update(tier="later"))),
    "another phase": ("signatures", lambda d: over(d, lambda o: o.update(phase="二期"))),
    "a vote's outcome": ("signatures", lambda d: resealed(d, 1, outcome="rejected", reason="No.")),
    "a vote's tier": ("signatures", lambda d: resealed(d, 0, tier="later")),
    "a vote without its event": ("signatures", lambda d: d["events"].pop(0)),
    "a stamp of nobody's": ("signatures", lambda d: resealed(d, 1, stamp="0" * 128, stamp_key="0" * 16)),
    "a vote less": ("signers", lambda d: (d["signatures"].pop(), d["signoff"]["signers"].pop())),
    "who it was for": ("signers", lambda d: d["signoff"]["signers"][1].update(on_behalf_of=None)),
    "how it was proved": ("signers", lambda d: d["signoff"]["signers"][0].update(method="link")),
    "a reason as a reservation": ("signers", lambda d: d["signoff"]["signers"][0].update(reservation="As agreed.", reason=None)),
    "a seat": ("signers", lambda d: d["signoff"]["signers"][0].update(roles=["sponsor"])),
    "the text before": ("items", lambda d: d["items"][0].update(content=d["items"][0]["content"].replace("50", "40"))),
    "a text of no edit": ("items", lambda d: d["items"].append(sample.item("REQ-7", "requirement", title="x"))),
    "no text before": ("redline", lambda d: d["items"].pop()),
    "an edit less": ("redline", lambda d: d["redline"]["changes"].pop()),
    "an edit twice": ("redline", lambda d: d["redline"]["changes"].append(d["redline"]["changes"][1])),
    "what an edit leads to": ("redline", lambda d: d["redline"]["changes"][0]["segments"].pop()),
    "what an edit comes from": ("redline", lambda d: d["redline"]["changes"][1].update(old="later")),
    "what is new": ("redline", lambda d: d["redline"]["added"].append("NEW-4")),
    "what goes": ("redline", lambda d: d["redline"]["removed"].clear()),
}  # fmt: skip


@pytest.mark.parametrize("what", DECISION_EDITS)
def test_a_decision_that_does_not_agree_with_itself_is_not_made(ring, what):
    where, edit = DECISION_EDITS[what]
    data = copy.deepcopy(sample.decision())
    edit(data)
    with pytest.raises(PackError) as told:
        pack.build(data, ring, sample.AT)
    assert check_pack.PLACES[where][0] in str(told.value)
