"""Which texts say nearly the same: measured on labelled pairs, and held against comparing everything with everything."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from reqtrack.items.likeness import Index, Thing, alike, names_alike, said, things_alike

PAIRS = json.loads(Path(__file__).with_name("likeness_pairs.json").read_text("utf-8"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_labelled_pairs(language: str) -> None:
    """Written by hand, half of them hard: the same sentence about something else."""
    pairs = PAIRS[language]
    assert len(pairs) >= 60 and sum(not same for _one, _other, same in pairs) >= 30
    found = [(alike(said(one), said(other)) is not None, same) for one, other, same in pairs]
    right = sum(got and same for got, same in found)
    assert right / sum(got for got, _same in found) >= 0.97, "precision"
    assert right / sum(same for _got, same in found) >= 0.9, "recall"


def test_likeness_is_the_same_both_ways() -> None:
    for pairs in PAIRS.values():
        for one, other, _same in pairs:
            assert alike(said(one), said(other)) == alike(said(other), said(one))


@pytest.mark.parametrize(
    ("one", "other", "word"),
    [
        ("王敏", "王 敏", "same"),
        ("王敏", "王明", None),
        ("Jon Smith", "John Smith", "nearly"),
        ("Smith, John", "John Smith", "nearly"),
        ("Ann Lee", "Anna Lev", None),
        ("Li Wei", "Li Wen", None),
        ("", "", None),
    ],
)
def test_names(one: str, other: str, word: str | None) -> None:
    found = names_alike(one, other)
    assert (found.word if found else None) == word


def test_what_decides() -> None:
    """The longer text where both have one; a title of another thing is another thing; a scenario goes by its title."""
    statement = "The data can be exported to a file by the clerk."
    assert things_alike(Thing(1, "r", "Export", statement), Thing(2, "r", "Data goes out", statement))
    assert not things_alike(Thing(1, "r", "Export customers", statement), Thing(2, "r", "Export orders", statement))
    assert not things_alike(
        Thing(1, "r", "Export orders", "As PDF, one page each."), Thing(2, "r", "Export orders", statement)
    )
    assert things_alike(Thing(1, "r", "Export orders"), Thing(2, "r", "Exporting the orders", statement))
    assert things_alike(
        Thing(1, "r", "Anything", statement), Thing(2, "r", "The data can be exported to a file by the clerk")
    )
    told = "The clerk opens the list.", "The manager calls."
    assert things_alike(Thing(1, "s", "退货", told[0], by_title=True), Thing(2, "s", "退 货", told[1], by_title=True))


WORDS = {
    "en": "order invoice report account payment supplier customer warehouse shipment approval manager record audit export schedule "
    "delivery contract budget dashboard filter archive device queue message status region currency limit retry interface",
    "zh": "订单 发票 报表 账户 支付 供应商 客户 仓库 发货 审批 经理 记录 审计 导出 排程 交付 合同 预算 看板 筛选 归档 设备 批次 队列",
}  # fmt: skip


def _project(dice: random.Random, number: int) -> list[Thing]:
    """Things of which a third are others with a little left out or said more."""
    made: list[tuple[str, str]] = []
    originals: list[tuple[str, str]] = []
    for at in range(number):
        words = WORDS["zh" if at % 2 else "en"].split()
        glue = "" if at % 2 else " "
        if originals and dice.random() < 0.35:
            title, body = dice.choice(originals)
            parts = list(body) if not body.isascii() else body.split()
            for _ in range(dice.randint(0, 1 + len(parts) // 15)):
                parts.insert(dice.randrange(len(parts) + 1), "的" if not body.isascii() else "the")
            if len(parts) > 8 and dice.random() < 0.5:
                del parts[dice.randrange(len(parts))]
            body = ("" if not body.isascii() else " ").join(parts)
            made.append((title if dice.random() < 0.5 else title + (" now" if title.isascii() else "等"), body))
        else:
            body = glue.join(dice.choice(words) for _ in range(dice.choice([0, 5, 12, 30, 60])))
            made.append((glue.join(dice.choice(words) for _ in range(dice.randint(2, 7))), body))
            originals.append(made[-1])
    return [
        Thing(at, "scenario" if at % 7 == 0 else "requirement", *made[at], by_title=at % 7 == 0) for at in range(number)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_candidates_miss_next_to_nothing(seed: int) -> None:
    """The pairs that the index finds are those that a comparison of everything with everything finds."""
    dice = random.Random(seed)
    things = _project(dice, 300)
    index = Index()
    for one in things:
        index.put(one)
    everything = {
        (one.number, other.number)
        for at, one in enumerate(things)
        for other in things[at + 1 :]
        if one.kind == other.kind and things_alike(one, other)
    }
    found = {pair[:2] for pair in index.pairs()}
    assert len(everything) > 20
    assert found <= everything
    assert len(found) >= 0.95 * len(everything), everything - found
    asked = dice.sample(things, 60)
    near = {(one.number, number) for one in asked for number, _how in index.near(one, 60)}
    wanted = {(one.number, other) for one in asked for pair in everything for other in pair if one.number in pair}
    wanted = {pair for pair in wanted if pair[0] != pair[1]}
    assert near <= wanted and len(near) >= 0.95 * len(wanted), wanted - near


def test_index_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    """After any puts and drops it answers as one that was filled with what is left."""
    dice = random.Random(11)
    things = _project(dice, 200)
    index = Index()
    monkeypatch.setattr(Index, "SWEPT", 20)
    for one in things:
        index.put(one)
    for _ in range(400):
        number = dice.randrange(200)
        if dice.random() < 0.4:
            index.drop(number)
        else:
            index.put(things[number] if dice.random() < 0.5 else _moved(things[number], things[dice.randrange(200)]))
    fresh = Index()
    for number in sorted(index.things):
        fresh.put(index.things[number])
    assert index.pairs() == fresh.pairs()
    assert [index.near(one) for one in things] == [fresh.near(one) for one in things]
    assert sum(map(len, index._held.values())) < 1.6 * sum(map(len, fresh._held.values()))


def _moved(one: Thing, other: Thing) -> Thing:
    return Thing(one.number, other.kind, *other.folded, by_title=other.by_title)


def test_what_was_found_of_all_pairs_holds_until_something_else_is_said() -> None:
    """What is kept from one asking to the next changes nothing of the answer."""
    dice = random.Random(11)
    words = ["quote", "customer", "phone", "sales", "approve", "manager", "field", "客户", "录入", "审批", "三", "天"]

    def thing(number: int) -> Thing:
        title, body = (" ".join(dice.choices(words, k=dice.randint(least, 9))) for least in (2, 0))
        return Thing(number, dice.choice("ab"), title, body, by_title=dice.random() < 0.3)

    held, said_now = Index(), {number: thing(number) for number in range(200)}
    for _ in range(6):
        fresh = Index()
        for one in said_now.values():
            held.put(one)
            fresh.put(one)
        assert sorted(held.pairs()) == sorted(fresh.pairs()) == sorted(held.pairs())
        for number in dice.sample(sorted(said_now), 20):
            if dice.random() < 0.3:
                del said_now[number]
                held.drop(number)
            else:
                said_now[number] = thing(number)
    assert fresh.pairs()
    for one in said_now.values():
        held.put(one)
    before = held.pairs()
    for one in said_now.values():
        held.put(Thing(one.number, one.kind, *one.folded, by_title=one.by_title))
    assert held._pairs is not None and held.pairs() == before, "the same said again is nothing new"
