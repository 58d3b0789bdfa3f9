"""Pictures lose what cameras write into them, and stay the pictures that they were."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from reqtrack.files.kinds import kind_of
from reqtrack.files.pictures import PICTURES, without_traces

PLACE = "31.2304 N 121.4737 E"


def drawn() -> Image.Image:
    image = Image.new("RGB", (24, 16))
    image.putdata([(x * 10 % 256, y * 16 % 256, (x + y) * 6 % 256) for y in range(16) for x in range(24)])
    return image


def traced(kind: str, orientation: int = 1, **options: object) -> bytes:
    """A picture as a telephone writes it: where, when, by which device, how it was held."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0132] = orientation, f"Camera at {PLACE}", "2026:11:01 10:00:00"
    exif.get_ifd(0x8825)[1] = PLACE
    out = io.BytesIO()
    more: dict[str, object] = {"exif": exif.tobytes()}
    if kind == "png":
        info = PngInfo()
        info.add_text("Comment", PLACE)
        more["pnginfo"] = info
    if kind == "jpeg":
        more["comment"] = PLACE.encode()
    if kind == "webp":
        more["xmp"] = PLACE.encode()
        more["lossless"] = True
    drawn().save(out, kind.upper(), **more, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "options"),
    [("jpeg", {}), ("jpeg", {"progressive": True}), ("png", {}), ("webp", {})],
    ids=["jpeg", "progressive", "png", "webp"],
)
def test_where_and_when_it_was_taken_is_gone(kind: str, options: dict[str, object]) -> None:
    data = traced(kind, **options)
    assert PLACE.encode() in data and kind_of(data) == kind
    cleaned = without_traces(data, kind)
    assert cleaned is not None and kind_of(cleaned) == kind
    assert PLACE.encode() not in cleaned and b"2026:11:01" not in cleaned
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(cleaned))
    assert after.tobytes() == before.tobytes() and after.size == (24, 16)
    # Cleaning what is clean changes nothing.
    assert without_traces(cleaned, kind) == cleaned


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_stays_upright(orientation: int) -> None:
    cleaned = without_traces(traced("jpeg", orientation), "jpeg")
    assert cleaned is not None
    exif = Image.open(io.BytesIO(cleaned)).getexif()
    assert exif.get(0x0112, 1) == orientation and set(exif) <= {0x0112}


def test_what_a_camera_writes_behind_the_end_is_cut_off() -> None:
    cleaned = without_traces(traced("jpeg") + b"another picture at " + PLACE.encode(), "jpeg")
    assert cleaned is not None and PLACE.encode() not in cleaned


@pytest.mark.parametrize("kind", sorted(PICTURES))
def test_what_is_no_whole_picture_is_refused(kind: str) -> None:
    out = io.BytesIO()
    drawn().save(out, kind.upper())
    whole = out.getvalue()
    assert without_traces(whole, kind) is not None
    for cut in (whole[: len(whole) // 2], whole[:12], whole[:3], b""):
        assert without_traces(cut, kind) is None, len(cut)
    assert without_traces(b"\xff" * 5_000, kind) is None
    assert without_traces(whole, "pdf") is None
