"""A failure that the pilot can live with, until it is mended."""

from __future__ import annotations

from .model import AskedWaiver, T

WAIVERS = (
    AskedWaiver(
        "wv-white-screen",
        "a-approve-message",
        2,
        T(
            "试点期两人改用公司配发的手机，12 月 5 日前修好。",
            "During the pilot the two use phones that the company lends them; it is mended by 5 December.",
        ),
        T(
            "刘建国和冯立改用公司配发的手机批报价。",
            "The two regional managers approve quotes on phones that the company lends them.",
        ),
        "zhaolei",
        "2026-12-05",
        ("pilot",),
        ("chenliqun",),
    ),
)
