"""The stages that the project added to those that every change has."""

from __future__ import annotations

from .model import AddedStage, T

STAGES = (
    AddedStage(
        "st-quality",
        kind="normal",
        category="assessing",
        name=T("质量检查", "Quality check"),
        roles=("project_manager", "analyst"),
        asks=("reason",),
    ),
)
