"""Cut the two faces of Noto Sans SC that the documents are set in.

    python exports/fonts/cut.py NOTO SOURCE      (both unpacked npm packages, see README.md)

Writes NotoSansSC-400.ttf, NotoSansSC-700.ttf, NotoSansSC-figures.ttf and coverage.txt beside this file. Needs fontTools alone.
See README.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.otlLib import builder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
FACES = {"400": "400Regular/NotoSansSC_400Regular.ttf", "700": "700Bold/NotoSansSC_700Bold.ttf"}
# The Latin of Noto Sans SC is Source Sans, drawn larger; it leaves out č, ł, š, ż and others that names are spelled with.
LATIN = {"400": "400Regular/SourceSans3_400Regular.ttf", "700": "700Bold/SourceSans3_700Bold.ttf"}
LARGER = 1.117
LETTERS = range(0x100, 0x250)
FEATURES = ["kern", "liga", "locl", "mark", "ccmp", "halt", "palt", "pwid"]
BLOCKS = [
    *((0x20, 0x250), (0x300, 0x310), (0x370, 0x530), (0x1E00, 0x1F00), (0x2000, 0x2070), (0x20A0, 0x20C0)),
    *((0x2100, 0x2300), (0x2460, 0x2800), (0x3000, 0x3100), (0x4E00, 0xA000), (0xFF00, 0xFFF0), (0x20000, 0x3FFFD)),
]
# The characters of China's table of standard characters (2013) that stand in extension A: they occur in names.
NAMES = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬"
    "䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
)
OPENING = "（《〈「『【〔“‘〖"
CLOSING = "）》〉」』】〕”’〗，。、；："


def characters() -> set[int]:
    """GBK, Latin, Greek, Cyrillic, kana, symbols, and the standard characters beyond GBK."""
    wanted = {ord(c) for c in NAMES}
    for first, end in BLOCKS:
        wanted.update(range(first, end))
    for high in range(0x81, 0xFF):
        for low in range(0x40, 0xFF):
            try:
                wanted.update(map(ord, bytes((high, low)).decode("gbk")))
            except UnicodeDecodeError:
                continue
    return wanted


def squeeze(font: TTFont) -> None:
    """Adjacent Chinese punctuation gives up its blank halves, by class pairs in ``kern``: no CSS, no cost."""
    names = font.getBestCmap()

    def glyphs(signs: str) -> tuple[str, ...]:
        return tuple(names[ord(sign)] for sign in signs if ord(sign) in names)

    less = builder.buildValue({"XAdvance": -500})
    opening, closing = glyphs(OPENING), glyphs(CLOSING)
    pairs = {(closing, closing): (less, None), (closing, opening): (less, None), (opening, opening): (less, None)}
    lookup = builder.buildLookup([builder.buildPairPosClassesSubtable(pairs, font.getReverseGlyphMap())])
    table = font["GPOS"].table
    table.LookupList.Lookup.append(lookup)
    table.LookupList.LookupCount = len(table.LookupList.Lookup)
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "kern":
            record.Feature.LookupListIndex = sorted([*record.Feature.LookupListIndex, table.LookupList.LookupCount - 1])
            record.Feature.LookupCount = len(record.Feature.LookupListIndex)


def lend(font: TTFont, lender: TTFont) -> None:
    """Add the Latin letters that ``font`` lacks and ``lender`` has, at the size of its own."""
    own, theirs = font.getBestCmap(), lender.getBestCmap()
    glyphs, order = lender.getGlyphSet(), font.getGlyphOrder()
    for code in LETTERS:
        if code in own or code not in theirs:
            continue
        name = f"lent{code:04X}"
        drawing, pen = DecomposingRecordingPen(glyphs), TTGlyphPen(None)
        glyphs[theirs[code]].draw(drawing)
        drawing.replay(TransformPen(pen, (LARGER, 0, 0, LARGER, 0, 0)))
        glyph = pen.glyph()
        glyph.coordinates.toInt()
        order.append(name)
        font["glyf"].glyphs[name] = glyph
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (round(lender["hmtx"][theirs[code]][0] * LARGER), glyph.xMin)
        if "vmtx" in font:
            font["vmtx"][name] = (1000, 0)
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[code] = name
    font.setGlyphOrder(order)


def cut(source: Path, lender: Path, target: Path, wanted: set[int], features: list[str]) -> set[int]:
    """One face, cut to ``wanted``, without the tables that paper does not need. Returns the characters it has."""
    options = subset.Options()
    options.layout_features = features
    options.hinting = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.drop_tables += ["vhea", "vmtx", "gasp", "BASE", "STAT"]
    font = subset.load_font(str(source), options)
    lend(font, TTFont(lender))
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    if features:
        squeeze(font)
    subset.save_font(font, str(target), options)
    print(target.name, target.stat().st_size, "bytes,", len(font.getBestCmap()), "characters")
    return set(font.getBestCmap())


def ranges(codes: set[int]) -> str:
    """``4e00-9fff`` lines: what the product reads to know whether a character can be printed."""
    lines: list[list[int]] = []
    for code in sorted(codes):
        if lines and lines[-1][1] == code - 1:
            lines[-1][1] = code
        else:
            lines.append([code, code])
    return "".join(f"{first:x}-{last:x}\n" for first, last in lines)


def main(noto: Path, latin: Path) -> None:
    """Cut both weights, and the figures that are stamped as page numbers."""
    kept = []
    for weight, name in FACES.items():
        target = HERE / f"NotoSansSC-{weight}.ttf"
        kept.append(cut(noto / name, latin / LATIN[weight], target, characters(), FEATURES))
    (HERE / "coverage.txt").write_text(ranges(kept[0] & kept[1]), encoding="ascii")
    figures = {ord(c) for c in "0123456789 /"}
    cut(noto / FACES["400"], latin / LATIN["400"], HERE / "NotoSansSC-figures.ttf", figures, [])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
