"""Fetch the vendored files anew from the npm registry and write MANIFEST.json. Needs ``npm``; users never do.

    python static/vendor/refresh.py

Tabler paints form marks and close buttons with ``data:`` images, which a policy of ``default-src 'self'`` refuses; they are
replaced by ``none`` here and drawn again in ``static/css/controls.css``. The symbols of ``static/icons.svg`` come from Tabler
Icons by the list in ``static/vendor/icons.txt``; those of ``static/vendor/own-symbols.svg`` (tier, stage, coverage) are ours.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
SPRITE = HERE.parent / "icons.svg"
PACKAGES = {
    "@tabler/core": ("1.6.1", "MIT"),
    "htmx.org": ("4.0.1", "0BSD"),
    "@tabler/icons": ("3.51.0", "MIT"),
    "cytoscape": ("3.34.4", "MIT"),
}
DATA_URL = re.compile(r"""url\((?:"data:[^"]*"|'data:[^']*'|data:[^)]*)\)""")
SHAPES = re.compile(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)\b[^>]*/>")
HEAD = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'


def unpack(name: str, version: str, into: Path) -> Path:
    """The package's folder, freshly unpacked below ``into``."""
    told = subprocess.run(
        ["npm", "pack", "--silent", f"{name}@{version}"], cwd=into, check=True, capture_output=True, text=True
    )
    target = into / name.replace("/", "-")
    with tarfile.open(into / told.stdout.split()[-1]) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def without_data_urls(css: str) -> str:
    """The style sheet with every ``data:`` image replaced by ``none``, and without its source map."""
    return re.sub(r"\s*/\*# sourceMappingURL=.*?\*/", "", DATA_URL.sub("none", css))


def symbol(name: str, svg: str) -> str:
    """One symbol of the sprite, without Tabler's empty bounding path."""
    shapes = [shape for shape in SHAPES.findall(svg) if 'stroke="none"' not in shape]
    return f'<symbol id="{name}" {HEAD}>{"".join(shapes)}</symbol>'


def sprite(icons: Path) -> str:
    """``icons.svg``: the listed Tabler icons and our own symbols, by name."""
    names = sorted((HERE / "icons.txt").read_text("utf-8").split())
    symbols = [symbol(name, (icons / "icons" / "outline" / f"{name}.svg").read_text("utf-8")) for name in names]
    own = (HERE / "own-symbols.svg").read_text("utf-8").strip().splitlines()[1:-1]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, *own, "</svg>", ""])


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        core, htmx, icons, cytoscape = (unpack(name, version, folder) for name, (version, _) in PACKAGES.items())
        css = (core / "dist/css/tabler.min.css").read_text("utf-8")
        (HERE / "tabler.min.css").write_text(without_data_urls(css), "utf-8")
        (HERE / "htmx.min.js").write_bytes(re.sub(rb"\n?//# sourceMappingURL=.*", b"", (htmx / "dist/htmx.min.js").read_bytes()))
        (HERE / "htmx.LICENSE").write_bytes((htmx / "LICENSE").read_bytes())
        # As a module: the one page that draws a picture imports it.
        (HERE / "cytoscape.min.js").write_bytes((cytoscape / "dist/cytoscape.esm.min.mjs").read_bytes())
        (HERE / "cytoscape.LICENSE").write_bytes((cytoscape / "LICENSE").read_bytes())
        (HERE / "tabler-icons.LICENSE").write_bytes((icons / "LICENSE").read_bytes())
        SPRITE.write_text(sprite(icons), "utf-8")
    manifest()


def manifest() -> None:
    """Write MANIFEST.json: per file its package, version, licence and digest, and what was changed in it."""
    files = {
        "vendor/tabler.min.css": ("@tabler/core", "vendor/tabler.LICENSE", "data: images replaced by none"),
        "vendor/htmx.min.js": ("htmx.org", "vendor/htmx.LICENSE", ""),
        "vendor/cytoscape.min.js": ("cytoscape", "vendor/cytoscape.LICENSE", ""),
        "icons.svg": ("@tabler/icons", "vendor/tabler-icons.LICENSE", "chosen icons as one sprite, with symbols of our own"),
    }
    entries = [
        {
            "file": file,
            "name": package,
            "version": PACKAGES[package][0],
            "licence": PACKAGES[package][1],
            "licence_file": licence,
            "changed": changed,
            "sha256": hashlib.sha256((HERE.parent / file).read_bytes()).hexdigest(),
        }
        for file, (package, licence, changed) in files.items()
    ]
    (HERE / "MANIFEST.json").write_text(json.dumps(entries, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
