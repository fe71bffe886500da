"""What a page really shows: its content stream, token by token, with marks and fonts."""

from dataclasses import dataclass, field

import pikepdf

SHOWING = {"Tj", "TJ", "'", '"'}
PAINTING = SHOWING | {
    "f",
    "F",
    "f*",
    "B",
    "B*",
    "b",
    "b*",
    "S",
    "s",
    "Do",
    "sh",
    "EI",
    "INLINE IMAGE",
}
# ISO 32000-1, Annex A.
OPERATORS = set(
    "b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l "
    "m M MP n q Q re RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y"
    " ' \" INLINE".split()
) | {"INLINE IMAGE"}


@dataclass
class Content:
    """One page, read."""

    sequences: dict = field(default_factory=dict)  # number -> tag
    numbers: list = field(default_factory=list)  # every number in the order of use
    loose: list = field(default_factory=list)  # painted outside any mark
    nested: list = field(default_factory=list)  # artifacts in tagged content and the reverse
    unknown: set = field(default_factory=set)  # operators
    unbalanced: list = field(default_factory=list)
    colours: set = field(default_factory=set)  # operators that set a device colour
    codes: dict = field(default_factory=dict)  # font resource -> set of codes shown
    states: set = field(default_factory=set)  # ExtGState resources used
    depth: int = 0  # of q
    invisible: list = field(default_factory=list)
    artifacts: int = 0


def read(page):
    """Reads the content of a page."""
    content, stack, font, depth, in_text = Content(), [], None, 0, False
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name not in OPERATORS:
            content.unknown.add(name)
        if name in ("BMC", "BDC"):
            stack.append((opened(content, operands, stack), in_text))
        elif name == "EMC":
            if not stack:
                content.unbalanced.append("EMC without a beginning")
            elif stack.pop()[1] != in_text:
                content.unbalanced.append("a sequence and a text object overlap")
        elif name in ("BT", "ET"):
            if in_text is (name == "BT"):
                content.unbalanced.append(f"{name} out of order")
            in_text = name == "BT"
        elif name in ("q", "Q"):
            depth += 1 if name == "q" else -1
            content.depth = max(content.depth, depth)
        elif name == "Tf":
            font = str(operands[0])
        elif name == "Tr" and int(operands[0]) == 3:
            content.invisible.append("text in rendering mode 3")
        elif name == "gs":
            content.states.add(str(operands[0]))
        elif name in ("rg", "RG", "g", "G", "k", "K", "cs", "CS", "sc", "SC", "scn", "SCN"):
            content.colours.add(name)
        if name in SHOWING:
            content.codes.setdefault(font, set()).update(shown(operands))
        if name in PAINTING and not stack:
            content.loose.append(f"{name} {operands!r:.40}")
    if stack or in_text or depth:
        content.unbalanced.append("something stays open at the end of the page")
    return content


def opened(content, operands, stack):
    """What a mark opens: `artifact`, a number, or nothing of its own."""
    tag = str(operands[0])
    properties = operands[1] if len(operands) > 1 else None
    number = None
    if isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties:
        number = int(properties["/MCID"])
    inside = [kind for kind, _ in stack if kind is not None]
    if tag == "/Artifact":
        content.artifacts += 1
        if any(kind != "artifact" for kind in inside):
            content.nested.append(f"an artifact in tagged content {inside}")
        return "artifact"
    if number is None:
        return None
    if "artifact" in inside:
        content.nested.append(f"tagged content {number} in an artifact")
    content.numbers.append(number)
    content.sequences[number] = tag
    return number


def shown(operands):
    """Two-byte codes."""
    strings = []
    for operand in operands:
        strings += list(operand) if isinstance(operand, pikepdf.Array) else [operand]
    for string in strings:
        if isinstance(string, pikepdf.String):
            data = bytes(string)
            if len(data) % 2:
                yield -1
            for at in range(0, len(data) - 1, 2):
                yield data[at] * 256 + data[at + 1]
