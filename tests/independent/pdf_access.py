"""ISO 14289-1 (PDF/UA-1) and the tagging that ISO 19005-2 level A asks for, by program."""

import re

import pikepdf
from pdf_archive import SPACES, packet, value

STANDARD = set(
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl "
    "LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu "
    "WT WP Figure Formula Form".split()
)
# What may stand directly inside; a role that is not listed may hold anything.
CHILDREN = {
    "L": {"LI", "L", "Caption"},
    "LI": {"Lbl", "LBody"},
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TFoot": {"TR"},
    "TR": {"TH", "TD"},
}
PARENTS = {
    "LI": {"L"},
    "LBody": {"LI"},
    "TR": {"Table", "THead", "TBody", "TFoot"},
    "THead": {"Table"},
    "TBody": {"Table"},
    "TFoot": {"Table"},
    "TH": {"TR"},
    "TD": {"TR"},
}


class Node:
    """A structure element with what it holds, in order."""

    def __init__(self, dictionary, parent):
        self.dictionary, self.parent = dictionary, parent
        self.role = str(dictionary.get("/S", "/?"))[1:]
        self.children, self.marks, self.problems = [], [], []

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def all_marks(self):
        return [mark for node in self.walk() for mark in node.marks]


def read(root):
    """The tree below the root, read with an eye to loops."""
    seen = set()

    def build(dictionary, parent):
        node = Node(dictionary, parent)
        key = dictionary.objgen
        if key != (0, 0) and key in seen:
            node.problems.append("it is in the tree twice")
            return node
        seen.add(key)
        kids = dictionary.get("/K")
        page = dictionary.get("/Pg")
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids] if kids is not None else []:
            if isinstance(kid, int):
                node.marks.append((page.objgen if page is not None else None, kid))
            elif isinstance(kid, pikepdf.Dictionary) and str(kid.get("/Type")) == "/MCR":
                own = kid.get("/Pg", page)
                node.marks.append((own.objgen if own is not None else None, int(kid["/MCID"])))
            elif isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                if kid.get("/P") is None or kid["/P"].objgen != key:
                    node.problems.append(f"a child {kid['/S']} names another parent")
                node.children.append(build(kid, node))
        return node

    kids = root.get("/K", [])
    kids = kids if isinstance(kids, pikepdf.Array) else [kids]
    return [build(kid, None) for kid in kids]


def check_access(report, pdf, contents):
    catalog = pdf.Root
    tree, _ = packet(pdf)
    report.equal("14289-1 5 part", value(tree, "pdfuaid", "part"), "1")
    report.equal(
        "14289-1 6.2, 19005-2 6.7.2.2 marked",
        bool(catalog.get("/MarkInfo", {}).get("/Marked", False)),
        True,
    )
    report.equal(
        "14289-1 7.1 no suspects", bool(catalog.get("/MarkInfo", {}).get("/Suspects", False)), False
    )
    report.equal(
        "14289-1 7.1 title is shown",
        bool(catalog.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)),
        True,
    )
    report.check(
        "14289-1 7.1 title", [] if (value(tree, "dc", "title") or "").strip() else ["none"]
    )
    language = str(catalog.get("/Lang", ""))
    report.check(
        "14289-1 7.2, 19005-2 6.7.4 language",
        [] if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", language) else [language],
    )
    report.equal("language of the file", language, "vi-VN")
    report.check(
        "14289-1 7.18.3 order of tabs",
        [n for n, p in enumerate(pdf.pages, 1) if str(p.obj.get("/Tabs")) != "/S"],
    )
    report.equal("14289-1 7.16 readers may read aloud", "/Encrypt" in pdf.trailer, False)
    report.check(
        "14289-1 7.1 all content is tagged or an artifact",
        (f"page {n}: {o}" for n, c in enumerate(contents, 1) for o in c.loose),
    )
    report.check(
        "14289-1 7.1 neither lies in the other",
        (f"page {n}: {o}" for n, c in enumerate(contents, 1) for o in c.nested),
    )
    report.check(
        "numbers of marks are unique",
        (f"page {n}" for n, c in enumerate(contents, 1) if len(c.numbers) != len(set(c.numbers))),
    )
    root = catalog.get("/StructTreeRoot")
    report.equal("14289-1 7.1, 19005-2 6.7.3.2 structure tree", root is not None, True)
    if root is None:
        return
    report.check(
        "14289-1 7.1 standard roles are not mapped",
        [r for r in root.get("/RoleMap", {}).keys() if r[1:] in STANDARD],
    )
    top = read(root)
    nodes = [node for start in top for node in start.walk()]
    report.equal("one document at the top", [node.role for node in top], ["Document"])
    report.check("19005-2 6.7.3.4 roles are standard", {node.role for node in nodes} - STANDARD)
    report.check(
        "32000-1 14.7.2 parents and children agree", (p for node in nodes for p in node.problems)
    )
    check_marks(report, pdf, contents, root, nodes)
    check_nesting(report, nodes)
    check_headings(report, nodes)
    check_tables(report, nodes)
    check_figures(report, pdf, nodes)
    check_notes(report, root, nodes)
    check_outline(report, pdf, nodes)


def check_marks(report, pdf, contents, root, nodes):
    """Content points to its element and the element to its content (ISO 32000-1, 14.7.4)."""
    numbers = numbered(root.get("/ParentTree", {}))
    owners = {}
    for node in nodes:
        for mark in node.marks:
            owners.setdefault(mark, []).append(node)
    report.check(
        "content has one element",
        (f"{m}: {[n.role for n in o]}" for m, o in owners.items() if len(o) != 1),
    )
    missing, wrong, tags = [], [], []
    for number, (page, content) in enumerate(zip(pdf.pages, contents), 1):
        key = page.obj.get("/StructParents")
        array = numbers.get(int(key)) if key is not None else None
        for mark, tag in content.sequences.items():
            owner = owners.pop((page.obj.objgen, mark), None)
            if owner is None:
                missing.append(f"page {number}, mark {mark}")
                continue
            if tag != f"/{owner[0].role}":
                tags.append(f"page {number}, mark {mark}: {tag} of {owner[0].role}")
            if (
                array is None
                or mark >= len(array)
                or array[mark].objgen != owner[0].dictionary.objgen
            ):
                wrong.append(f"page {number}, mark {mark}")
    report.check("14289-1 7.1 marked content is in the tree", missing)
    report.check("the tree points to content that is there", owners)
    report.check("32000-1 14.7.4.4 parent tree", wrong)
    report.check("tags of content agree with roles", tags)
    places = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    order = [
        (places.get(page, -1), mark)
        for node in nodes
        if node.parent is None
        for page, mark in reading(node)
    ]
    report.check(
        "14289-1 7.2 reading order runs with the pages",
        (f"{a} before {b}" for a, b in zip(order, order[1:]) if a > b),
    )
    figures = [
        (places.get(page, -1), mark)
        for node in nodes
        if node.role == "Div"
        for child in node.children
        for page, mark in reading(child)
    ]
    report.check(
        "14289-1 7.2 figures run with the pages",
        (f"{a} before {b}" for a, b in zip(figures, figures[1:]) if a > b),
    )


def reading(node):
    """Marks in the order of the tree, without what is placed apart from the text it belongs to: footnotes
    at the foot of the page, a figure with its caption (one Div) at the head of the next one."""
    if node.role in ("Note", "Div"):
        return []
    order, kids = [], node.dictionary.get("/K")
    children, marks = iter(node.children), iter(node.marks)
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids] if kids is not None else []:
        if isinstance(kid, int) or str(kid.get("/Type")) == "/MCR":
            order.append(next(marks))
        else:
            order += reading(next(children))
    return order


def numbered(tree):
    """A number tree as a dictionary."""
    found = {}
    flat = list(tree.get("/Nums", []))
    found.update({int(key): entry for key, entry in zip(flat[::2], flat[1::2])})
    for kid in tree.get("/Kids", []):
        found.update(numbered(kid))
    return found


def check_nesting(report, nodes):
    report.check(
        "14289-1 7.2 what stands inside lists and tables",
        (
            f"{c.role} in {n.role}"
            for n in nodes
            if n.role in CHILDREN
            for c in n.children
            if c.role not in CHILDREN[n.role]
        ),
    )
    report.check(
        "14289-1 7.2 parts of lists and tables stand in them",
        (
            f"{n.role} in {n.parent.role if n.parent else None}"
            for n in nodes
            if n.role in PARENTS and (n.parent is None or n.parent.role not in PARENTS[n.role])
        ),
    )
    report.check(
        "lists and tables hold no content of their own",
        (n.role for n in nodes if n.role in CHILDREN and n.marks),
    )
    report.check(
        "nothing is empty but cells",
        (n.role for n in nodes if n.role not in ("TD", "TH") and not n.all_marks()),
    )


def check_headings(report, nodes):
    depths = [int(n.role[1]) for n in nodes if re.fullmatch("H[1-6]", n.role)]
    report.equal("14289-1 7.4.4 only numbered headings", any(n.role == "H" for n in nodes), False)
    report.equal("14289-1 7.4.2 headings begin at H1", depths[:1] in ([], [1]), True)
    report.check(
        "14289-1 7.4.2 no depth of headings is left out",
        (f"H{b} after H{a}" for a, b in zip(depths, depths[1:]) if b > a + 1),
    )


def check_tables(report, nodes):
    for number, table in enumerate((n for n in nodes if n.role == "Table"), 1):
        rows = [n for n in table.walk() if n.role == "TR"]
        report.check(
            f"14289-1 7.2 table {number} is a grid",
            {len(r.children) for r in rows} if len({len(r.children) for r in rows}) > 1 else [],
        )
        heads = [n for n in table.walk() if n.role == "TH"]
        report.check(f"14289-1 7.5 table {number} has heads", [] if heads else ["none"])
        report.check(
            f"14289-1 7.5 table {number}: scope of heads",
            (str(n.dictionary.get("/A")) for n in heads if "/Scope" not in attributes(n, "/Table")),
        )
        report.equal(
            f"table {number} has one head", len([c for c in table.children if c.role == "THead"]), 1
        )


def attributes(node, owner):
    listed = node.dictionary.get("/A", [])
    listed = listed if isinstance(listed, pikepdf.Array) else [listed]
    found = {}
    for entry in listed:
        if isinstance(entry, pikepdf.Dictionary) and str(entry.get("/O")) == owner:
            found.update({key: entry[key] for key in entry.keys()})
    return found


def check_figures(report, pdf, nodes):
    boxes = {page.obj.objgen: [float(s) for s in page.obj["/MediaBox"]] for page in pdf.pages}
    figures = [n for n in nodes if n.role in ("Figure", "Formula")]
    report.check(
        "14289-1 7.3 figures have a text",
        (
            str(n.dictionary.get("/Alt"))
            for n in figures
            if not str(n.dictionary.get("/Alt", "")).strip()
        ),
    )
    wrong = []
    for node in figures:
        box = [float(side) for side in attributes(node, "/Layout").get("/BBox", [])]
        page = boxes.get(node.marks[0][0]) if node.marks else None
        if (
            len(box) != 4
            or page is None
            or not (page[0] <= box[0] < box[2] <= page[2] and page[1] <= box[1] < box[3] <= page[3])
        ):
            wrong.append(f"{box} on {page}")
    report.check("14289-1 7.3 figures have a box on their page", wrong)


def check_notes(report, root, nodes):
    notes = [str(n.dictionary.get("/ID", "")) for n in nodes if n.role == "Note"]
    report.check("14289-1 7.9 notes have an identifier", [n for n in notes if not n])
    report.equal("14289-1 7.9 identifiers are unique", len(set(notes)), len(notes))
    names = list(root.get("/IDTree", {}).get("/Names", []))
    report.equal(
        "32000-1 14.7.2 identifiers are in their tree",
        sorted(str(n) for n in names[::2]),
        sorted(notes),
    )
    report.equal(
        "every note has its reference", sum(n.role == "Reference" for n in nodes), len(notes)
    )


def check_outline(report, pdf, nodes):
    """Bookmarks lead to the headings, in their order (ISO 14289-1, 7.17)."""
    headings = sum(bool(re.fullmatch("H[1-6]", n.role)) for n in nodes)
    if "/Outlines" not in pdf.Root:
        report.equal("14289-1 7.17 bookmarks", 0, headings)
        return
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    found, lost = [], []

    def walk(item):
        while item is not None:
            target = item.get("/Dest")
            place = pages.get(target[0].objgen) if target is not None else None
            if place is None or not str(item.get("/Title", "")).strip():
                lost.append(str(item.get("/Title")))
            else:
                found.append((place, -float(target[3])))
            if "/First" in item:
                walk(item["/First"])
            item = item.get("/Next")

    walk(pdf.Root["/Outlines"].get("/First"))
    report.check("bookmarks have a title and a target", lost)
    report.equal("14289-1 7.17 a bookmark for each heading", len(found) + len(lost), headings)
    report.equal("14289-1 7.17 bookmarks are in order", found, sorted(found))
