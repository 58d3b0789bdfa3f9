"""The child's side of reading a scan: what its QR codes say. Called by path from ``scans``."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

# A photo of today is some 50 million dots; a QR code needs far fewer.
MOST_DOTS = 120_000_000
SIDE = 3_000


def read(given: Mapping[str, Any]) -> list[str]:
    """The texts of the QR codes in a picture, in no order."""
    import zxingcpp
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_DOTS
    with Image.open(io.BytesIO(given["data"])) as opened:
        opened.draft("L", (SIDE, SIDE))
        picture = ImageOps.exif_transpose(opened).convert("L")
    picture.thumbnail((SIDE, SIDE))
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [one.text[:500] for one in found[:20]]
