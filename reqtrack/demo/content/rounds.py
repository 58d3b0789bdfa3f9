"""The scope that is signed, the two rounds of acceptance, and what was seen in them."""

from __future__ import annotations

from .model import Baseline, Mark, Round, Run, SignOff, T

BASELINES = (Baseline("scope-1", T("一期范围", "Scope 1")),)

SIGN_OFFS = (
    SignOff(
        "sign-scope-1",
        "scope-1",
        T(
            "我批准一期范围：列入的照此做，没列入的不在一期做。",
            "I approve this scope: what is listed is built, and nothing else in phase 1.",
        ),
        ("chenliqun",),
        "2026-10-20",
    ),
    SignOff(
        "sign-round-1",
        "round-1",
        T(
            "我接受第 1 轮的结果，知道有一行未通过、一行受阻，第 2 轮补测。",
            "I accept the result of round 1, knowing that one row failed and one is blocked, both to be run in "
            "round 2.",
        ),
        ("chenliqun",),
        "2026-11-10",
    ),
)

ROUNDS = (
    Round(
        "round-1",
        T("第 1 轮 · 内勤与关键用户", "Round 1 · Sales administration and key users"),
        T("测试环境 1.3.0，客户数据为 10 月 28 日的副本", "Test system 1.3.0, customers as of 28 October"),
        (
            "a-three-fields", "a-required-stage", "a-phone-usual", "a-phone-odd", "a-phone-wrong", "a-similar",
            "a-visit-note", "a-visit-weather", "a-sources", "a-lead-assign", "a-approve-small",
        ),
        ("hemin", "lixiaomei"),
    ),
    Round(
        "round-2",
        T("第 2 轮 · 华东试点", "Round 2 · East China pilot"),
        T(
            "试点环境 1.4.0，华东区 9 位销售的真实客户",
            "Pilot system 1.4.0, the real customers of nine reps in East China",
        ),
        (
            "a-phone-usual", "a-phone-odd", "a-contact", "a-similar", "a-ownership", "a-visit-note", "a-lead-assign",
            "a-lead-waiting", "a-approve-small", "a-approve-large", "a-approve-message", "a-deputy", "a-quote-export",
        ),
        ("hemin", "lixiaomei"),
    ),
)  # fmt: skip


def _passed(*rows: int) -> tuple[Mark, ...]:
    return tuple(Mark(row, "passed") for row in rows)


_ROUND_1 = (
    Run("run-1-three-fields", "round-1", "a-three-fields", _passed(0, 1, 2)),
    Run("run-1-required-stage", "round-1", "a-required-stage", _passed(0, 1, 2, 3)),
    Run("run-1-similar", "round-1", "a-similar", _passed(0, 1, 2, 3)),
    Run("run-1-phone-usual", "round-1", "a-phone-usual", _passed(0, 1, 2, 3, 4, 5)),
    Run(
        "run-1-phone-odd",
        "round-1",
        "a-phone-odd",
        (
            *_passed(0, 1, 2),
            Mark(
                3,
                "failed",
                T(
                    "号码归对了，“王工”两个字没了，联系人里也没有。老表里还有三成是座机带分机，规则里没写。",
                    "The number is right, but “Mr Wang” is gone, and not among the contacts either. "
                    "Three in ten of the old sheet are landlines with an extension, which the rule does not mention.",
                ),
            ),
        ),
    ),
    Run("run-1-phone-wrong", "round-1", "a-phone-wrong", _passed(0, 1, 2)),
    Run("run-1-visit-note", "round-1", "a-visit-note", _passed(0, 1, 2)),
    Run("run-1-visit-weather", "round-1", "a-visit-weather", _passed(0, 1)),
    Run("run-1-sources", "round-1", "a-sources", _passed(0, 1, 2, 3, 4, 5)),
    Run(
        "run-1-lead-assign",
        "round-1",
        "a-lead-assign",
        (
            *_passed(0, 1),
            Mark(
                2,
                "blocked",
                T(
                    "测试环境里没有“华东二区”，请吴昊建好再测。",
                    "The test system has no “East China 2”; Wu Hao has to create it first.",
                ),
            ),
            *_passed(3),
        ),
    ),
    Run("run-1-approve-small", "round-1", "a-approve-small", _passed(0, 1, 2)),
)

_ROUND_2 = (
    Run("run-2-phone-usual", "round-2", "a-phone-usual", _passed(0, 1, 2, 3, 4, 5)),
    Run("run-2-phone-odd", "round-2", "a-phone-odd", _passed(0, 1, 2, 3)),
    Run("run-2-contact", "round-2", "a-contact", _passed(0, 1)),
    Run("run-2-lead-assign", "round-2", "a-lead-assign", _passed(0, 1, 2, 3)),
    Run("run-2-lead-waiting", "round-2", "a-lead-waiting", _passed(0, 1, 2)),
    Run("run-2-approve-small", "round-2", "a-approve-small", _passed(0, 1, 2)),
    Run(
        "run-2-approve-large",
        "round-2",
        "a-approve-large",
        (
            *_passed(0, 1),
            Mark(
                2,
                "failed",
                T(
                    "8 万、折扣 6% 的单子，刘建国批完就成了“已批准”，没有到销售总监。换了两张都一样。",
                    "80,000 at 6 % off: approved as soon as Liu Jianguo had tapped, and it never went to the sales "
                    "director. Two more did the same.",
                ),
            ),
            *_passed(3),
        ),
    ),
    # After the change on landlines the three phone scenarios are stale; only half of the first has been run again.
    Run("run-2-phone-again", "round-2", "a-phone-usual", _passed(0, 1, 2)),
    Run("run-2-visit-note", "round-2", "a-visit-note", _passed(0, 1, 2)),
    Run(
        "run-2-approve-message",
        "round-2",
        "a-approve-message",
        (
            *_passed(0, 1),
            Mark(
                2,
                "failed",
                T(
                    "打开通知是白屏，重启也一样。区域经理里有两位在用安卓 9。",
                    "The message opens to a white screen, after a restart too. Two regional managers use Android 9.",
                ),
            ),
        ),
    ),
    Run(
        "run-2-quote-export",
        "round-2",
        "a-quote-export",
        (
            *_passed(0),
            Mark(
                1,
                "skipped",
                T(
                    "手头没有三级都批完的单子，等 6% 那一行修好再导。",
                    "No quote has been through all three levels yet; to be exported once the 6 % row is mended.",
                ),
            ),
        ),
    ),
)

RUNS = _ROUND_1 + _ROUND_2
