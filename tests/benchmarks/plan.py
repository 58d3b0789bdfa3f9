"""What the measured project holds: requirements in five levels, half of them Chinese, and acceptance scenarios for three in five.

The texts come from the generator that the figures of peers were taken with, where it is at hand (BENCH_DATA, or
``../shared/bench`` beside the checkout), else from one of the same shape.
"""

from __future__ import annotations

import importlib.util
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LEVELS = (("STK", 0.05), ("BIZ", 0.10), ("SYS", 0.20), ("SUB", 0.30), ("SW", 0.35))
STAGES = {"draft": "draft", "proposed": "in_review", "approved": "approved", "changed": "implemented"}
ENGLISH = """operator system request order invoice report account payment supplier customer warehouse shipment approval
manager record audit export import schedule delivery contract budget dashboard filter archive device queue message status
permission region currency limit retry interface service ledger balance discount product price stock refund ticket shall
must within before after when unless display reject accept compute confirm cancel update assign notify verify every valid
expired partial manual monthly default"""
CHINESE = """系统 用户 订单 发票 报表 账户 支付 供应商 客户 仓库 发货 审批 经理 记录 审计 导出 导入 排程 交付 合同 预算 看板 筛选
归档 设备 批次 队列 消息 状态 权限 区域 币种 上限 重试 接口 服务 台账 余额 折扣 产品 价格 库存 退款 工单 应当 必须 可以 之前 之后 除非
显示 拒绝 接受 计算 确认 取消 更新 分配 提醒 核对 每个 有效 过期 部分 手动 每月 默认 需求 变更 影响 矩阵 验收 场景 基线 风险"""
WORDS = {False: ENGLISH.split(), True: CHINESE.split()}


@dataclass(frozen=True)
class Requirement:
    """``refines``: places in the plan of requirements one level up, all before this one."""

    title: str
    statement: str
    tier: str
    stage: str
    phase: int | None
    owner: int | None
    effort: str
    refines: tuple[int, ...]


@dataclass(frozen=True)
class Acceptance:
    """``accepts``: the places of requirements."""

    title: str
    given: tuple[str, ...]
    when: tuple[str, ...]
    then: tuple[str, ...]
    accepts: tuple[int, ...]


def source() -> Path | None:
    """The generator at hand, if any."""
    named = os.environ.get("BENCH_DATA")
    path = Path(named) if named else ROOT.parent / "shared" / "bench"
    path = path / "gen_reqs.py" if path.is_dir() else path
    return path if path.is_file() else None


def plan(number: int) -> tuple[list[Requirement], list[Acceptance]]:
    """As many requirements, and the acceptance scenarios of the first three of every five."""
    raw = _generated(number)
    places = {one["uid"]: at for at, one in enumerate(raw)}
    requirements = [_requirement(at, one, [places[uid] for uid in one["parents"]]) for at, one in enumerate(raw)]
    scenarios = [
        Acceptance(
            requirements[at].title, *((one["scenario"][part],) for part in ("given", "when", "then")), accepts=(at,)
        )
        for at, one in enumerate(raw)
        if at % 5 < 3
    ]
    return requirements, scenarios


def _requirement(at: int, raw: dict[str, Any], parents: Sequence[int]) -> Requirement:
    return Requirement(
        title=raw["title"],
        statement=raw["body"],
        tier=raw["tier"],
        stage=STAGES[raw["status"]],
        phase=(0, 1, None)[at % 3],
        owner=at % 4 if at % 2 else None,
        effort=("0.5", "1", "2.25", "8")[at % 4],
        refines=tuple(parents),
    )


def _generated(number: int) -> list[dict[str, Any]]:
    path = source()
    if path is None:
        return list(own(number))
    spec = importlib.util.spec_from_file_location("gen_reqs", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.gen(number))


def own(number: int) -> Iterator[dict[str, Any]]:
    """Our own generator, of the same shape: the same number gives the same."""
    dice, above, made = random.Random(number), [], 0
    for level, (name, share) in enumerate(LEVELS):
        count = max(1, round(number * share)) if level + 1 < len(LEVELS) else number - made
        here = [f"{name}-{at + 1:06d}" for at in range(count)]
        for uid in here:
            zh = made % 2 == 1
            made += 1
            yield {
                "uid": uid,
                "title": _text(dice, zh, dice.randint(3, 8)).rstrip(".。"),
                "body": _text(dice, zh, dice.randint(30, 120)),
                "tier": dice.choice(["must", "must", "should", "should", "later"]),
                "status": dice.choice([*STAGES, "approved"]),
                "parents": dice.sample(above, min(len(above), dice.randint(1, 3))),
                "scenario": {part: _text(dice, zh, dice.randint(8, 15)) for part in ("given", "when", "then")},
            }
        above = here


def _text(dice: random.Random, zh: bool, words: int) -> str:
    sentences = []
    while words > 0:
        length = min(words, dice.randint(8, 16))
        words -= length
        chosen = [dice.choice(WORDS[zh]) for _ in range(length)]
        sentences.append("".join(chosen) + "。" if zh else " ".join(chosen).capitalize() + ".")
    return ("" if zh else " ").join(sentences)
