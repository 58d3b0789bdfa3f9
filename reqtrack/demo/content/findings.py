"""What the radar finds and the project lets stand for a while."""

from __future__ import annotations

from .model import AcceptedFinding, T

FINDINGS = (
    AcceptedFinding(
        "a-create-customer",
        "too_many_required_fields",
        "p-lead-to-order",
        T(
            "上线后建客户只剩三个必填项，之前的旧系统不再改。",
            "With the roll-out it is three fields; the old system is not touched any more.",
        ),
        "2026-12-31",
    ),
)
