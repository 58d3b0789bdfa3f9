"""How much a file may be. The figures hold for real bytes, never for what a file says about itself."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Caps for one file from outside. A genuine .reqifz inflates 34 : 1, a zip bomb about 1000 : 1."""

    size: int = 20 * MB
    members: int = 2_000
    inflated: int = 128 * MB
    ratio: int = 200
    # Below this an archive member may be as dense as it likes: a short run of equal bytes is no bomb.
    ratio_from: int = 1 * MB
    depth: int = 2
    xml_depth: int = 256
    xml_elements: int = 500_000
    text_chars: int = 8_000_000
    rows: int = 20_000
    columns: int = 500
    cells: int = 1_000_000
    cell_chars: int = 50_000
    seconds: float = 20.0
    memory_mb: int = 512


DEFAULT = Limits()
