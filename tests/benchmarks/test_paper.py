"""The bar for a specification of a thousand requirements, every part of each filled. Run by `make bench`."""

import random
import time

import pytest

from reqtrack.rendering import pdf
from tests.benchmarks.figures import Figures, held
from tests.rendering.samples import context

ENGLISH = "operator system request order invoice report payment supplier customer shipment approval shall must within after every"
CHINESE = "系统 用户 订单 发票 报表 账户 支付 供应商 客户 仓库 应当 必须 之前 之后 显示 拒绝 审批 导出 每个 有效 部分 需求 变更"


def sentence(dice: random.Random, chinese: bool, words: int) -> str:
    pool = (CHINESE if chinese else ENGLISH).split()
    chosen = [dice.choice(pool) for _ in range(words)]
    return "".join(chosen) + "。" if chinese else " ".join(chosen).capitalize() + "."


def thousand() -> dict:
    """The English sample with five chapters of 50 to 350 requirements, half of them Chinese, 30 to 120 words each."""
    dice, number, chapters = random.Random(1000), 0, []
    for title, count in (("Needs", 50), ("Rules", 100), ("System", 200), ("Parts", 300), ("Software", 350)):
        chapters.append({"title": title, "text": "", "steps": [], "requirements": []})
        for _ in range(count):
            number += 1
            zh = number % 2 == 0
            chapters[-1]["requirements"].append(
                {
                    "key": f"REQ-{number}",
                    "title": sentence(dice, zh, dice.randint(3, 8)).rstrip(".。"),
                    "tier": dice.choice(["must", "should", "later"]),
                    "phase": "Phase 1",
                    "owner": "Wang Min, Sales",
                    "stage": "approved",
                    "statement": " ".join(sentence(dice, zh, 12) for _ in range(dice.randint(3, 10))),
                    "rationale": sentence(dice, zh, dice.randint(8, 15)),
                    "evidence": [{"quote": sentence(dice, zh, dice.randint(8, 15)), "who": "Service engineer, INT-7"}],
                    "scenarios": [{"key": f"SCN-{number}", "title": sentence(dice, zh, 10), "kind": "main"}],
                    "acceptance": [
                        {"key": f"ACC-{number}", "title": "First visit to a new customer", "status": "passed"}
                    ],
                }
            )
    return context("specification.en") | {"chapters": chapters}


@pytest.mark.bench
@pytest.mark.parametrize(("tagged", "bar"), [(False, 16), (True, 20)])
def test_a_thousand_requirements(figures: Figures, tagged: bool, bar: int) -> None:
    whole = thousand()
    start = time.perf_counter()
    made = pdf.render_pdf("specification", whole, locale="en", tagged=tagged)
    seconds = time.perf_counter() - start
    assert made.pages > 350 and made.warnings == []
    name = f"specification PDF, 1 000 requirements{', tagged' if tagged else ''}"
    note = f"{made.pages} pages, {len(made.data) // 1024} KiB"
    held(
        figures.take(name, seconds, "s", bar, note=note),
        figures.take(f"{name}: a process", made.peak_mib, "MiB", 400),
    )
