"""Where real files lie that nobody here wrote: ``CORPUS``, or ``../shared/corpus`` beside the repository."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(os.environ.get("CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus")
NOT_RUN = f"NOT RUN: the corpus is not in {ROOT} (set CORPUS)"
