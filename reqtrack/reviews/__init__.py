"""Meetings at which what waits is gone through: series, agenda, minutes."""

from __future__ import annotations

from flask import Flask


def init(app: Flask) -> None:
    """Hook the area in."""
