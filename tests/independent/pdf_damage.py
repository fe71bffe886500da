"""Good files made bad, to see that the checks of a PDF can fail."""

import io

import pikepdf


def saved(pdf):
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
    return out.getvalue()


def changed(data, change):
    """The file after a change to its objects."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        return saved(pdf)


def with_content(change):
    """A change to the content stream of the first page."""

    def apply(pdf):
        page = pdf.pages[0].obj
        page["/Contents"] = pdf.make_stream(change(page["/Contents"].read_bytes()))

    return apply


def xmp(before, after):
    def apply(pdf):
        data = pdf.Root["/Metadata"].read_bytes()
        assert before in data, before
        pdf.Root["/Metadata"] = pdf.make_stream(
            data.replace(before, after), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
        )

    return apply


def elements(pdf, role):
    return [
        o
        for o in pdf.objects
        if isinstance(o, pikepdf.Dictionary) and str(o.get("/S")) == f"/{role}" and "/P" in o
    ]


def first(role, change):
    return lambda pdf: change(elements(pdf, role)[0])


def drop(path):
    """Removes an entry below the catalog."""

    def apply(pdf):
        *parents, last = path
        place = pdf.Root
        for key in parents:
            place = place[key]
        del place[last]

    return apply


def font(pdf):
    return next(iter(pdf.pages[0].obj["/Resources"]["/Font"].values()))


def wider(pdf):
    widths = font(pdf)["/DescendantFonts"][0]["/W"][1]
    for at in range(len(widths)):
        widths[at] = int(widths[at]) + 5


def no_meaning(pdf):
    del font(pdf)["/ToUnicode"]


def no_program(pdf):
    descriptor = font(pdf)["/DescendantFonts"][0]["/FontDescriptor"]
    for key in ("/FontFile2", "/FontFile3"):
        if key in descriptor:
            del descriptor[key]


def swapped_parents(pdf):
    nums = pdf.Root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    array = nums[1]
    array[0], array[len(array) - 1] = array[len(array) - 1], array[0]


def transparent(pdf):
    pdf.pages[0].obj["/Resources"]["/ExtGState"] = pikepdf.Dictionary(
        G=pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.ExtGState, ca=0.5))
    )


def script(pdf):
    pdf.Root["/OpenAction"] = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Action, S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    )


def lone_cell(pdf):
    row = elements(pdf, "TR")[0]
    row["/K"] = pikepdf.Array(list(row["/K"])[:-1])


def role(name):
    return lambda element: element.__setitem__("/S", pikepdf.Name(f"/{name}"))


# Name, change of objects, a part of the name of a check that must fail.
CHANGES = [
    (
        "marks are removed",
        with_content(
            lambda c: b"\n".join(
                l for l in c.split(b"\n") if b"BDC" not in l and b"BMC" not in l and l != b"EMC"
            )
        ),
        "7.1 all content",
    ),
    (
        "a mark is given twice",
        with_content(lambda c: c.replace(b"/MCID 1>>", b"/MCID 0>>")),
        "numbers of marks",
    ),
    (
        "an artifact lies in text",
        with_content(lambda c: c.replace(b"BDC", b"BDC /Artifact BMC EMC", 1)),
        "neither lies",
    ),
    ("a mark is left open", with_content(lambda c: c[: c.rindex(b"EMC")]), "balance"),
    ("an unknown operator", with_content(lambda c: c + b"\n1 foo"), "operators"),
    ("a CMYK colour", with_content(lambda c: c + b"\n0 0 0 1 k"), "device colours"),
    (
        "nothing is shown as .notdef",
        with_content(lambda c: c + b"\n/Artifact BMC BT /Regular 9 Tf <0000> Tj ET EMC"),
        ".notdef",
    ),
    ("wider widths", wider, "widths"),
    ("no ToUnicode", no_meaning, "meaning"),
    ("no font program", no_program, "embedded"),
    ("no output intent", drop(["/OutputIntents"]), "output intent"),
    ("no language", drop(["/Lang"]), "language"),
    ("not marked", drop(["/MarkInfo"]), "marked"),
    ("no structure tree", drop(["/StructTreeRoot"]), "structure tree"),
    ("title not shown", drop(["/ViewerPreferences"]), "title is shown"),
    ("no parent tree", drop(["/StructTreeRoot", "/ParentTree"]), "parent tree"),
    ("parents swapped", swapped_parents, "parent tree"),
    ("no XMP", drop(["/Metadata"]), "XMP"),
    ("XMP without PDF/A part", xmp(b"<pdfaid:part>2", b"<pdfaid:part>1"), "6.6.4 part"),
    ("XMP without PDF/UA part", xmp(b"<pdfuaid:part>1", b"<pdfuaid:part>9"), "14289-1 5"),
    ("another title in XMP", xmp(b'x-default">', b'x-default">X'), "/Title"),
    (
        "a schema that is not described",
        xmp(b"http://www.aiim.org/pdfua/ns/id/</pdfaSchema", b"http://other/</pdfaSchema"),
        "schema",
    ),
    ("transparency", transparent, "transparency"),
    ("a script", script, "actions"),
    ("a heading too deep", first("H2", role("H4")), "depth of headings"),
    (
        "a figure without text",
        first("Figure", lambda e: e.__delitem__("/Alt")),
        "figures have a text",
    ),
    (
        "a figure without a box",
        first("Figure", lambda e: e.__delitem__("/A")),
        "figures have a box",
    ),
    ("a head without scope", first("TH", lambda e: e.__delitem__("/A")), "scope"),
    ("a row with a cell too few", lone_cell, "grid"),
    ("a role nobody knows", first("P", role("Paragraph")), "roles are standard"),
    ("a cell outside its row", first("TD", role("P")), "inside lists and tables"),
    ("notes without identifier", first("Note", lambda e: e.__delitem__("/ID")), "identifier"),
    ("tabs in no order", lambda pdf: pdf.pages[0].obj.__delitem__("/Tabs"), "order of tabs"),
    ("bookmarks are gone", drop(["/Outlines"]), "bookmarks"),
    (
        "a file inside",
        lambda pdf: pdf.Root.__setitem__(
            "/Names", pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary())
        ),
        "embedded files",
    ),
]

# The same for bytes.
BYTES = [
    ("no binary comment", lambda d: d.replace(d[9:14], b"%abcd", 1), "binary comment"),
    (
        "an object that ends on a line with others",
        lambda d: d.replace(b"\nendobj", b" endobj", 1),
        "6.1.9",
    ),
    ("something before the header", lambda d: b" " + d, "header"),
    ("something after the end", lambda d: d + b"\nmore", "after the end"),
]


def damaged(data):
    """Name, bytes and the check that must fail, for each damage that fits the file."""
    for name, change, expected in BYTES:
        yield name, change(data), expected
    for name, change, expected in CHANGES:
        try:
            yield name, changed(data, change), expected
        except (IndexError, KeyError):
            yield name, None, expected
