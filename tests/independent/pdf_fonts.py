"""The fonts of a file: embedding, widths, meaning of codes (ISO 19005-2, 6.2.11; 14289-1, 7.21)."""

import io
import re
import unicodedata

from fontTools.cffLib import CFFFontSet
from fontTools.pens.basePen import NullPen
from fontTools.ttLib import TTFont


class Program:
    """An embedded font program: how many glyphs it has and how wide they are."""

    def __init__(self, descriptor):
        self.problem, self.widths, self.kind = None, {}, None
        try:
            if "/FontFile2" in descriptor:
                self.kind = "TrueType"
                self.truetype(descriptor["/FontFile2"].read_bytes())
            elif "/FontFile3" in descriptor:
                self.kind = str(descriptor["/FontFile3"].get("/Subtype"))
                self.compact(descriptor["/FontFile3"].read_bytes())
            else:
                self.problem = "no font program is embedded"
        except Exception as error:  # whatever a damaged font makes of fontTools
            self.problem = f"the font program cannot be read: {error}"

    def truetype(self, data):
        font = TTFont(io.BytesIO(data), lazy=True)
        scale = 1000 / font["head"].unitsPerEm
        for code, name in enumerate(font.getGlyphOrder()):
            self.widths[code] = font["hmtx"][name][0] * scale

    def compact(self, data):
        if data[:4] == b"OTTO":
            data = TTFont(io.BytesIO(data)).reader["CFF "]
        fonts = CFFFontSet()
        fonts.decompile(io.BytesIO(data), None)
        top = fonts.topDictIndex[0]
        scale = 1000 * (getattr(top, "FontMatrix", None) or [0.001])[0]
        keyed = hasattr(top, "ROS")
        for code, name in enumerate(top.charset):
            glyph = top.CharStrings[name]
            glyph.draw(NullPen())
            # In a font that is keyed by character identifiers the code is the identifier.
            code = int(name[3:]) if keyed and name.startswith("cid") else code
            self.widths[code] = glyph.width * scale


def declared(font):
    """Code -> width, as the file states them."""
    widths, entries, at = {}, list(font.get("/W", [])), 0
    while at < len(entries):
        first = int(entries[at])
        if at + 1 < len(entries) and not isinstance(entries[at + 1], (int, float)):
            try:
                listed = list(entries[at + 1])
            except TypeError:
                listed = None
            if listed is not None:
                widths.update({first + step: float(width) for step, width in enumerate(listed)})
                at += 2
                continue
        for code in range(first, int(entries[at + 1]) + 1):
            widths[code] = float(entries[at + 2])
        at += 3
    return widths


def meanings(font):
    """Code -> text of a ToUnicode map."""
    if "/ToUnicode" not in font:
        return {}
    text = font["/ToUnicode"].read_bytes().decode("latin-1")
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.S):
        for code, target in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            found[int(code, 16)] = bytes.fromhex(target).decode("utf-16-be", "replace")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.S):
        for low, high, target in re.findall(
            r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block
        ):
            start = bytes.fromhex(target).decode("utf-16-be", "replace")
            for step in range(int(high, 16) - int(low, 16) + 1):
                found[int(low, 16) + step] = start[:-1] + chr(ord(start[-1]) + step)
    return found


def check_fonts(report, fonts, used):
    """`fonts`: name -> font dictionary; `used`: name -> codes that pages show."""
    report.check("19005-2 6.2.11.2 / fonts that are used are resources", set(used) - set(fonts))
    for name in sorted(used):
        if name in fonts:
            check_font(report, name, fonts[name], used[name])


def check_font(report, name, font, codes):
    report.equal(
        f"19005-2 6.2.11.2 {name} is a composite font", str(font.get("/Subtype")), "/Type0"
    )
    report.equal(
        f"19005-2 6.2.11.3.3 {name} has the encoding", str(font.get("/Encoding")), "/Identity-H"
    )
    descendant = font["/DescendantFonts"][0]
    system = descendant["/CIDSystemInfo"]
    report.equal(
        f"19005-2 6.2.11.3.1 {name}: character collection",
        (str(system["/Registry"]), str(system["/Ordering"])),
        ("Adobe", "Identity"),
    )
    kind = str(descendant["/Subtype"])
    maps = str(descendant.get("/CIDToGIDMap"))
    expected = "/Identity" if kind == "/CIDFontType2" else "None"
    report.equal(f"19005-2 6.2.11.3.2 {name}: CIDToGIDMap", maps, expected)
    descriptor = descendant["/FontDescriptor"]
    program = Program(descriptor)
    report.check(f"19005-2 6.2.11.4.1 {name} is embedded", filter(None, [program.problem]))
    fitting = {"TrueType": "/CIDFontType2"}.get(program.kind, "/CIDFontType0")
    report.equal(f"19005-2 6.2.11.2 {name}: kind of its program", kind, fitting)
    names = {str(font["/BaseFont"]), str(descendant["/BaseFont"]), str(descriptor["/FontName"])}
    tagged = re.fullmatch(r"/[A-Z]{6}\+.+", str(font["/BaseFont"]))
    report.check(
        f"32000-1 9.6.4 {name}: one name, that of a subset",
        [] if tagged and len(names) == 1 else names,
    )
    if "/CIDSet" in descriptor:
        bits = descriptor["/CIDSet"].read_bytes()
        listed = {
            at * 8 + bit for at, byte in enumerate(bits) for bit in range(8) if byte & (128 >> bit)
        }
        missing = set(program.widths) - listed
    else:
        missing = []
    report.check(f"19005-2 6.2.11.4.2 {name}: CIDSet, if any, is complete", missing)
    check_codes(report, name, font, program, codes)


def check_codes(report, name, font, program, codes):
    descendant = font["/DescendantFonts"][0]
    widths, default = declared(descendant), float(descendant.get("/DW", 1000))
    report.check(
        f"19005-2 6.2.11.5 {name}: widths",
        (
            f"code {code}: states {widths.get(code, default)}, has {program.widths[code]:.2f}"
            for code in sorted(codes & set(program.widths))
            if abs(widths.get(code, default) - program.widths[code]) > 1
        ),
    )
    report.check(f"19005-2 6.2.11.4.1 {name}: every code has a glyph", codes - set(program.widths))
    report.check(f"19005-2 6.2.11.8 {name}: .notdef is not shown", codes & {0})
    texts = meanings(font)
    report.check(f"19005-2 6.2.11.7.2 {name}: every code has a meaning", codes - set(texts))
    report.check(
        f"19005-2 6.2.11.7.2 {name}: no meaning is void",
        (
            f"{code}: {text!r}"
            for code, text in texts.items()
            if not text or set(text) & set("\0\ufeff\ufffe\ufffd")
        ),
    )
    report.check(
        f"19005-2 6.2.11.7.3 {name}: no private use",
        (
            f"{code}: {text!r}"
            for code, text in texts.items()
            if any(unicodedata.category(c) == "Co" for c in text)
        ),
    )
    report.check(
        f"{name}: text is in NFC",
        (
            f"{code}: {text!r}"
            for code, text in texts.items()
            if unicodedata.normalize("NFC", text) != text
        ),
    )
