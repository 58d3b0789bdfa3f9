"""QR codes as small bitmaps: black and white, sharp at any size."""

from __future__ import annotations

import io

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

MODULE = 6


def qr_png(text: str, *, as_it_is: bool = False) -> bytes:
    """A PNG of one bit a pixel, six pixels a module, without a quiet zone (the page around it is one).

    The text is put in capitals, so that an address fits the alphanumeric mode, a third smaller; whoever reads it must ignore case.
    ``as_it_is`` leaves it alone, for readers that are not ours.

    Raises:
        ValueError: the text is empty or longer than a code can hold.
    """
    if not text:
        raise ValueError("A QR code needs a text.")
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=1, border=0)
    code.add_data((text if as_it_is else text.upper()).encode("utf-8"), optimize=0)
    try:
        code.make(fit=True)
    except qrcode.exceptions.DataOverflowError as problem:
        raise ValueError("The text is too long for a QR code.") from problem
    rows = code.get_matrix()
    side = len(rows)
    image = Image.new("1", (side, side), 1)
    image.putdata([0 if dark else 1 for row in rows for dark in row])
    out = io.BytesIO()
    image.resize((side * MODULE, side * MODULE), Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
    return out.getvalue()


def blank_png() -> bytes:
    """One white pixel, for a page without a code."""
    out = io.BytesIO()
    Image.new("1", (1, 1), 1).save(out, "PNG")
    return out.getvalue()
