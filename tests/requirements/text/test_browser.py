"""Hints while one writes, as people meet them: below the field, on a phone and at a desk, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.browser import EN_DESKTOP, Window, Windows
from tests.support.world import World
