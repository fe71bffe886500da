"""ISO 19005-2 (PDF/A-2, level A), clause by clause, as far as a program can see it."""

import re
from xml.etree import ElementTree

import pikepdf

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
SPACES = {
    "dc": "{http://purl.org/dc/elements/1.1/}",
    "pdf": "{http://ns.adobe.com/pdf/1.3/}",
    "xmp": "{http://ns.adobe.com/xap/1.0/}",
    "pdfaid": "{http://www.aiim.org/pdfa/ns/id/}",
    "pdfuaid": "{http://www.aiim.org/pdfua/ns/id/}",
    "pdfaSchema": "{http://www.aiim.org/pdfa/ns/schema#}",
}
PREDEFINED = {space for name, space in SPACES.items() if name in ("dc", "pdf", "xmp", "pdfaid")}
PREDEFINED.add("{http://www.aiim.org/pdfa/ns/extension/}")
FILTERS = {
    "/FlateDecode",
    "/DCTDecode",
    "/ASCIIHexDecode",
    "/ASCII85Decode",
    "/RunLengthDecode",
    "/CCITTFaxDecode",
    "/JBIG2Decode",
    "/JPXDecode",
}
ALLOWED_ACTIONS = {"/GoTo", "/GoToR", "/GoToE", "/Thread", "/URI", "/Named", "/SubmitForm"}


def check_bytes(report, data):
    """6.1.2, 6.1.3, 6.1.9: what stands in the file before anything is understood."""
    header = re.match(rb"%PDF-1\.[0-7](\r\n|\n|\r)%([^\r\n]*)(\r\n|\n|\r)", data)
    report.equal("19005-2 6.1.2 header", bool(header), True)
    comment = header.group(2)[:4] if header else b""
    report.check(
        "19005-2 6.1.2 binary comment",
        [] if len(comment) == 4 and min(comment) > 127 else [comment],
    )
    report.check(
        "19005-2 6.1.3 nothing after the end",
        [] if re.search(rb"%%EOF(\r\n|\n|\r)?\Z", data) else [data[-20:]],
    )
    report.equal("19005-2 6.1.3 one section", data.count(b"%%EOF"), 1)
    start = re.search(rb"startxref\s+(\d+)\s+%%EOF", data)
    at = int(start.group(1)) if start else -1
    report.equal(
        "32000-1 7.5.5 startxref",
        bool(re.match(rb"xref|\d+ 0 obj", data[at : at + 12] if at >= 0 else b"")),
        True,
    )


def check_indirect(report, pdf, data):
    """6.1.9 and 6.1.7: how objects and streams are written, at the places the file names."""
    wrong_objects, wrong_streams = [], []
    for match in re.finditer(rb"(?:\r|\n)(\d+ \d+ obj)(.?)", data):
        if match.group(2) not in (b"\n", b"\r", b""):
            wrong_objects.append(match.group(1).decode())
    for match in re.finditer(rb">>\s*stream(\r\n|\n|.)", data):
        if match.group(1) not in (b"\r\n", b"\n"):
            wrong_streams.append(match.start())
    for word in (rb"endobj", rb"endstream"):
        for match in re.finditer(rb"(.)" + word + rb"\s", data, re.S):
            if match.group(1) not in (b"\r", b"\n"):
                wrong_objects.append(f"{word.decode()} at byte {match.start()}")
    report.check("19005-2 6.1.9 indirect objects", wrong_objects)
    report.check("19005-2 6.1.7.1 streams", wrong_streams)
    streams = [o for o in pdf.objects if isinstance(o, pikepdf.Stream)]
    report.check(
        "19005-2 6.1.7.1 no external streams",
        (str(o.objgen) for o in streams if {"/F", "/FFilter", "/FDecodeParms"} & set(o.keys())),
    )
    report.check(
        "19005-2 6.1.7.2 filters",
        (
            f"{o.objgen}: {f}"
            for o in streams
            for f in listed(o.get("/Filter"))
            if str(f) not in FILTERS
        ),
    )


def listed(value):
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def check_structure(report, pdf):
    """6.1.3, 6.1.13 and whatever must not be in the file."""
    trailer, root = pdf.trailer, pdf.Root
    identifier = [bytes(part) for part in trailer.get("/ID", [])]
    report.equal("19005-2 6.1.3 identifier", [len(part) >= 16 for part in identifier], [True, True])
    report.equal("19005-2 6.1.3 not encrypted", "/Encrypt" in trailer, False)
    info = trailer.get("/Info", {})
    report.check("no key of another standard", [k for k in info.keys() if k.startswith("/GTS")])
    report.equal("19005-2 6.1.13 number of objects", len(pdf.objects) <= 8388607, True)
    report.equal("19005-2 6.9 no optional content", "/OCProperties" in root, False)
    report.equal(
        "19005-2 6.10 no alternate presentations",
        "/AlternatePresentations" in root.get("/Names", {}),
        False,
    )
    report.equal(
        "19005-2 6.8 no embedded files",
        "/EmbeddedFiles" in root.get("/Names", {}) or "/AF" in root,
        False,
    )
    report.equal("19005-2 6.11 no requirements", "/Requirements" in root, False)
    report.equal(
        "19005-2 6.4.1 no form that needs appearances",
        bool(root.get("/AcroForm", {}).get("/NeedAppearances", False)),
        False,
    )
    report.equal(
        "19005-2 6.4.2 no XFA",
        "/XFA" in root.get("/AcroForm", {}) or "/NeedsRendering" in root,
        False,
    )
    report.equal(
        "19005-2 6.1.12 no permissions beyond signatures",
        set(root.get("/Perms", {}).keys()) <= {"/DocMDP", "/UR3"},
        True,
    )
    dictionaries = [o for o in pdf.objects if isinstance(o, (pikepdf.Dictionary, pikepdf.Stream))]
    report.check(
        "19005-2 6.5.1 actions",
        (
            str(o["/S"])
            for o in dictionaries
            if is_action(o) and str(o["/S"]) not in ALLOWED_ACTIONS
        ),
    )
    action = root.get("/OpenAction")
    if isinstance(action, pikepdf.Dictionary) and str(action.get("/S")) not in ALLOWED_ACTIONS:
        report.check("19005-2 6.5.1 opening action", [str(action.get("/S"))])
    report.check(
        "19005-2 6.5.2 no additional actions", [str(o.objgen) for o in dictionaries if "/AA" in o]
    )
    report.check(
        "19005-2 6.2.10 no transparency",
        (str(o.objgen) for o in dictionaries if transparent(o)),
    )
    report.check(
        "19005-2 6.2.8, 6.2.9 no image or form outside the profile",
        (
            str(o.objgen)
            for o in dictionaries
            if str(o.get("/Subtype")) in ("/PS", "/Image")
            and {"/OPI", "/Alternates", "/PS", "/Ref"} & set(o.keys())
        ),
    )
    report.check(
        "19005-2 6.1.13 strings and names",
        (str(o.objgen) for o in dictionaries if any(len(k) > 128 for k in o.keys())),
    )
    problems = (
        [problem for problem in pdf.check_pdf_syntax()]
        if hasattr(pdf, "check_pdf_syntax")
        else pdf.check()
    )
    report.check("qpdf finds no fault of syntax", problems)


def is_action(dictionary):
    return str(dictionary.get("/Type")) == "/Action" or "/JS" in dictionary


def transparent(dictionary):
    if str(dictionary.get("/Type")) == "/Page" and "/Group" in dictionary:
        return True
    if str(dictionary.get("/SMask", "/None")) != "/None":
        return True
    if str(dictionary.get("/Type")) == "/ExtGState":
        if any(float(dictionary.get(key, 1)) != 1 for key in ("/ca", "/CA")):
            return True
    return str(dictionary.get("/BM", "/Normal")) not in ("/Normal", "/Compatible")


def check_colours(report, pdf, contents):
    """6.2.3, 6.2.4: device colours need an output intent of their kind."""
    intents = [i for i in pdf.Root.get("/OutputIntents", []) if str(i.get("/S")) == "/GTS_PDFA1"]
    report.equal("19005-2 6.2.3 one output intent", len(intents), 1)
    profile = intents[0].get("/DestOutputProfile") if intents else None
    data = profile.read_bytes() if profile is not None else b"\0" * 128
    report.equal("19005-2 6.2.3 profile: signature", data[36:40], b"acsp")
    report.equal("19005-2 6.2.3 profile: class", data[12:16] in (b"mntr", b"prtr"), True)
    report.equal("19005-2 6.2.3 profile: colours", data[16:20], b"RGB ")
    report.equal("19005-2 6.2.3 profile: version", data[8] <= 4, True)
    report.equal("19005-2 6.2.3 profile: length", int.from_bytes(data[:4], "big"), len(data))
    report.equal(
        "19005-2 6.2.3 profile: N", int(profile.get("/N", 0)) if profile is not None else 0, 3
    )
    used = set().union(*(content.colours for content in contents))
    report.check(
        "19005-2 6.2.4.3 no other device colours than RGB and grey", used - {"rg", "RG", "g", "G"}
    )


def check_contents(report, pdf, contents):
    """6.2.2, 6.1.13 page by page."""
    report.check("19005-2 6.2.2 operators", set().union(*(c.unknown for c in contents)))
    report.check(
        "32000-1 14.6 balance of marks and text objects",
        (f"page {n}: {u}" for n, c in enumerate(contents, 1) for u in c.unbalanced),
    )
    report.check(
        "19005-2 6.1.13 depth of q", (n for n, c in enumerate(contents, 1) if c.depth > 28)
    )
    boxes = [[float(side) for side in page.obj["/MediaBox"]] for page in pdf.pages]
    sides = [(b[2] - b[0], b[3] - b[1]) for b in boxes]
    report.check(
        "19005-2 6.1.13 size of pages", [s for s in sides if not (3 <= min(s) and max(s) <= 14400)]
    )
    report.check(
        "19005-2 6.2.2 pages have resources",
        [n for n, page in enumerate(pdf.pages, 1) if "/Resources" not in page.obj],
    )
    report.check(
        "19005-2 6.3 no annotations without appearance",
        [n for n, page in enumerate(pdf.pages, 1) if "/Annots" in page.obj],
    )


def packet(pdf):
    """The parsed XMP packet, or none."""
    stream = pdf.Root.get("/Metadata")
    try:
        return ElementTree.fromstring(stream.read_bytes()), stream
    except (AttributeError, ElementTree.ParseError):
        return None, stream


def value(tree, space, name):
    """The first value of a property, whether simple, an alternative or a list."""
    found = tree.find(f".//{SPACES[space]}{name}") if tree is not None else None
    if found is None:
        return None
    item = found.find(f".//{RDF}li")
    return (found if item is None else item).text


def check_metadata(report, pdf):
    """6.6."""
    tree, stream = packet(pdf)
    report.equal("19005-2 6.6.2.1 XMP is there and well-formed", tree is not None, True)
    if tree is None:
        return
    raw = stream.read_raw_bytes()
    head = re.match(rb"<\?xpacket ([^?]*)\?>", raw)
    report.equal(
        "19005-2 6.6.2.1 packet header, uncompressed",
        bool(head) and b"bytes=" not in head.group(1) and b"encoding=" not in head.group(1),
        True,
    )
    report.equal("19005-2 6.6.4 part", value(tree, "pdfaid", "part"), "2")
    report.equal("19005-2 6.6.4 conformance", value(tree, "pdfaid", "conformance"), "A")
    known = PREDEFINED | {
        "{" + uri.text + "}" for uri in tree.iter(f"{SPACES['pdfaSchema']}namespaceURI")
    }
    properties = [e for d in tree.iter(f"{RDF}Description") for e in d]
    report.check(
        "19005-2 6.6.2.3 every schema is known or described",
        (e.tag for e in properties if e.tag.split("}")[0] + "}" not in known),
    )
    info = pdf.trailer.get("/Info", {})
    pairs = {
        "/Title": ("dc", "title"),
        "/Author": ("dc", "creator"),
        "/Producer": ("pdf", "Producer"),
        "/Creator": ("xmp", "CreatorTool"),
    }
    for key, (space, name) in pairs.items():
        found = str(info[key]) if key in info else None
        report.equal(f"19005-2 6.6.3 {key} in both places", found or None, value(tree, space, name))
    for key, name in {"/CreationDate": "CreateDate", "/ModDate": "ModifyDate"}.items():
        found = moment(str(info[key])) if key in info else None
        report.equal(f"19005-2 6.6.3 {key} in both places", found, value(tree, "xmp", name))


def moment(text):
    """D:YYYYMMDDhhmmss+hh'mm' as XMP writes it."""
    match = re.fullmatch(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([+-]\d\d)'(\d\d)'?", text)
    if not match:
        return f"no date: {text}"
    year, month, day, hour, minute, second, zone, minutes = match.groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}:{minutes}"
