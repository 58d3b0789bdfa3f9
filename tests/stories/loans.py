"""A loan book as a bank's old system writes it out: made up, the same each time, and as untidy as real ones are."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, timedelta

HEADER = (
    "Loan no.", "Client", "Mobile", "Product", "Principal", "Rate", "Disbursed on", "Status", "Branch", "Remark",
)  # fmt: skip
FAMILIES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉"
ABROAD = ("Amina Okafor", "Jonas Weber", "Priya Natarajan", "Quentin Vandermolen", "Lucía Fernández")
PRODUCTS = (
    "LP1 declining balance",
    "LP1-Declining Balance",
    "lp1 declining  balance",
    "LP2 flat",
    "LP2 Flat ",
    "ＬＰ2 flat",
)
# Ten spellings of three states.
STATUSES = (
    "Active", "active", "ACTIVE", "Active ", "in arrears", "In arrears", "IN ARREARS", "Closed", "closed", "Closed - obligations met",
)  # fmt: skip
BRANCHES = ("East", "east", "South", "南区")


def _phone(chance: random.Random) -> str:
    digits = f"1{chance.choice('3578')}{chance.randrange(10**9):09}"
    first, middle, last = digits[:3], digits[3:7], digits[7:]
    return chance.choice(
        (digits, f"{first} {middle} {last}", f"{first}-{middle}-{last}", f"+86 {digits}", f"+86{digits}", f"86{digits}", f"0{digits}",
         f"({first}){middle}{last}", f"{first}.{middle}.{last}", f"+86-{first}-{middle}{last}")
    )  # fmt: skip


def _name(chance: random.Random) -> str:
    if chance.random() < 0.15:
        return chance.choice(ABROAD)
    return chance.choice(FAMILIES) + "".join(chance.sample(GIVEN, chance.choice((1, 2, 2))))


def _day(chance: random.Random) -> str:
    day = date(2025, 1, 6) + timedelta(days=chance.randrange(600))
    shape = chance.choice(("%Y-%m-%d", "%Y/%m/%d", "%d %B %Y", "%Y年%m月%d日"))
    return day.strftime(shape)


def book(count: int, seed: int = 20_261_130) -> list[list[str]]:
    """Rows of a loan book, without its header. Loan numbers are unique; about one row in five has a remark with the client's name."""
    chance = random.Random(seed)
    rows = []
    for number in range(1, count + 1):
        client, principal = _name(chance), chance.choice((5_000, 10_000, 25_000, 48_500, 120_000, 1_000_000))
        amount = chance.choice((str(principal), f"{principal:,}", f"{principal:,}.00", f" {principal}"))
        rate = f"{chance.choice((3.85, 4.35, 5.5, 12, 18.25))}{chance.choice(('', '%', ' %'))}"
        remark = f"{client} 来电确认" if chance.random() < 0.2 else ""
        rows.append(
            [f"L-{number:06}", client, _phone(chance), chance.choice(PRODUCTS), amount, rate, _day(chance), chance.choice(STATUSES),
             chance.choice(BRANCHES), remark]
        )  # fmt: skip
    return rows


def as_csv(rows: list[list[str]]) -> bytes:
    """The file as it comes from the old system."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *rows])
    return out.getvalue().encode("utf-8-sig")
