"""Operators, register of communes and boundaries, read and searched in plain Python.

Written from the description of the files, without any code of the program.
"""

import csv
import json
import re
import unicodedata
from collections import defaultdict
from datetime import date
from math import cos, hypot, radians, sin, sqrt

OPEN_END = date(9999, 12, 31)


def fold(name):
    """Letters a-z and digits only, without case and accents."""
    letters = unicodedata.normalize("NFD", name).lower().replace("đ", "d")
    return "".join(c for c in letters if c.isascii() and c.isalnum())


TONES = "\u0300\u0309\u0303\u0301\u0323"
COMMUNE_TYPES = {"xa": "Xã", "x": "Xã", "phuong": "Phường", "p": "Phường", "thi tran": "Thị trấn"}
COMMUNE_TYPES |= {"tt": "Thị trấn", "dac khu": "Đặc khu", "dk": "Đặc khu"}
DISTRICT_TYPES = {"quan": "Quận", "q": "Quận", "huyen": "Huyện", "h": "Huyện", "thi xa": "Thị xã"}
DISTRICT_TYPES |= {"tx": "Thị xã", "thanh pho": "Thành phố", "tp": "Thành phố"}
PROVINCE_TYPES = {"tinh": "Tỉnh", "t": "Tỉnh", "thanh pho": "Thành phố", "tp": "Thành phố"}


def plain(text):
    """The text without accents, in small letters, its length per letter unchanged."""
    folded = "".join(unicodedata.normalize("NFD", c)[0] for c in unicodedata.normalize("NFC", text).lower())
    return re.sub("[đðɖ]", "d", folded)


def loose(name):
    """What all names that could be meant by one another have in common."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", "".join(re.findall("[a-z0-9]", plain(name).replace("y", "i"))))


def spelt(name):
    """The letters, and the tones in their order, of a name that is written with its accents."""
    name = re.sub("[ðɖ]", "đ", unicodedata.normalize("NFC", name).lower())
    marks = unicodedata.normalize("NFD", re.sub("đ[ăắ]k", "đak", name))
    letters = [c for c in marks if c not in TONES and (unicodedata.category(c)[:2] in ("Ll", "Lo", "Mn", "Nd"))]
    return re.sub(r"(?<!\d)0+(?=\d)", "", "".join(letters)), [c for c in marks if c in TONES]


def typed(name, types):
    """Every way to read a name, as pairs of a type (None: not given) and the rest."""
    name = unicodedata.normalize("NFC", name)
    found = [(None, name)]
    for word, kind in types.items():
        pattern = word.replace(" ", r"\W+") + r"(?!\w)" + ("|" + word + r"(?=\d)" if len(word) < 3 else "")
        match = re.match(rf"\W*(?:{pattern})", plain(name))
        if match and loose(name[match.end():]):
            found.append((kind, name[match.end():]))
    return found


def own(name, types):
    """Type and rest of a name of the register, which writes types out."""
    kind = next((k for k in types.values() if name.lower().startswith(k.lower() + " ")), None)
    return (kind, name[len(kind) + 1:]) if kind else (None, name)


def rows_of(path):
    """The rows of a CSV file; lines that begin with # are comments."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


class Operators:
    """Which brand a name, a network code or an autonomous system leads to."""

    def __init__(self, path, unknown):
        self.unknown = unknown
        self.kind = {}
        self.by = {"name": {}, "mcc_mnc": {}, "asn": {}}
        for row in rows_of(path):
            label = unicodedata.normalize("NFC", row["operator"].strip())
            self.kind[label] = row["kind"]
            self.by[row["key_type"]][self.key(row["key_type"], row["key"])] = label

    @staticmethod
    def key(key_type, text):
        if text is None:
            return None
        if key_type == "name":
            return fold(text)
        if key_type == "mcc_mnc":
            return text.replace("-", "").replace(" ", "")
        return int(str(text).removeprefix("AS"))

    def find(self, key_type, text):
        return self.by[key_type].get(self.key(key_type, text))

    def resolve(self, access_type, name, network, sim, asn):
        """The operator of a test and what the ledger notes about it.

        A fixed line is known by name, else ASN. A mobile test is known by network code, else name,
        else ASN, and an MVNO, by SIM or by name, stays its own.
        """
        by_name, by_asn = self.find("name", name), self.find("asn", asn)
        if access_type != "mobile":
            found = by_name or by_asn
            conflict = bool(by_name and by_asn and by_name != by_asn)
            return found or self.unknown, found is None, conflict, False, False
        by_network, by_sim = self.find("mcc_mnc", network), self.find("mcc_mnc", sim)
        virtual = [o for o in (by_sim, by_name) if o and self.kind[o] == "mvno"]
        found = (virtual + [o for o in (by_network, by_name, by_asn) if o] + [None])[0]
        # An MVNO's name on its host's network is what an MVNO looks like, not a contradiction.
        conflict = bool(by_network and by_name and by_network != by_name and self.kind[by_name] != "mvno")
        codes = self.key("mcc_mnc", network), self.key("mcc_mnc", sim)
        differs = None not in codes and codes[0] != codes[1]
        is_mvno = bool(by_sim) and self.kind[by_sim] == "mvno"
        return found or self.unknown, found is None, conflict, differs and is_mvno, differs and not is_mvno


class Register:
    """The communes; a code means another commune on another day."""

    def __init__(self, path):
        self.communes = []
        self.by_code = defaultdict(list)
        self.by_name = defaultdict(list)
        for row in rows_of(path):
            text = {key: (value or "").strip() or None for key, value in row.items()}
            commune = {
                "province_code": text["province_code"],
                "province_name": text["province_name"],
                "district_code": text.get("district_code"),
                "district_name": text.get("district_name"),
                "commune_code": text["commune_code"],
                "commune_name": text["commune_name"],
                "valid_from": day(text.get("valid_from")) or date(1, 1, 1),
                "valid_to": day(text.get("valid_to")) or OPEN_END,
                "seat_latitude": number(text.get("seat_latitude")),
                "seat_longitude": number(text.get("seat_longitude")),
            }
            self.communes.append(commune)
            self.by_code[commune["commune_code"]].append(commune)
            kind, bare = own(commune["commune_name"], COMMUNE_TYPES)
            self.by_name[loose(bare)].append((commune, kind, spelt(bare)))

    def at(self, code, on):
        """The commune that has this code on that day."""
        for commune in self.by_code.get(code, ()):
            if commune["valid_from"] <= on < commune["valid_to"]:
                return commune
        return None

    def named(self, name, district, province, configured, on):
        """The codes of the communes that a name may mean on a day."""
        equal, alike, bearers = set(), set(), set()
        for kind, bare in typed(name, COMMUNE_TYPES):
            for commune, its_kind, spelling in self.by_name.get(loose(bare), ()):
                code = commune["commune_code"]
                if spelling == spelt(bare):
                    bearers.add(code)
                if not commune["valid_from"] <= on < commune["valid_to"] or kind not in (None, its_kind):
                    continue
                if within(commune, district, province, configured):
                    (equal if spelling == spelt(bare) else alike).add(code)
        if plain(name) == unicodedata.normalize("NFC", name).lower():
            return equal | alike
        return equal or (alike & bearers if bearers else alike)

    def of_province(self, code, first, until):
        """Communes of the province on any day from `first` to before `until`."""
        return [
            c
            for c in self.communes
            if c["province_code"] == code and c["valid_from"] < until and first < c["valid_to"]
        ]


def within(commune, district, province, configured):
    """Whether a commune lies in the district and the province that a sample names."""
    if province is not None:
        bare = loose(own(commune["province_name"], PROVINCE_TYPES)[1])
        if all(loose(rest) != bare for _, rest in typed(province, PROVINCE_TYPES)):
            return False
    elif configured is not None and commune["province_code"] != configured:
        return False
    if district is None or commune["district_name"] is None:
        return True
    kind, bare = own(commune["district_name"], DISTRICT_TYPES)
    asked = typed(district, DISTRICT_TYPES)
    return any(k in (None, kind) and loose(rest) == loose(bare) for k, rest in asked)


class Boundaries:
    """Polygons of communes with the days on which they hold; even-odd rule."""

    def __init__(self, sets, snap_m):
        self.sets = []
        self.snap_m = snap_m
        for path, code_property, first, until in sets:
            with open(path, encoding="utf-8") as file:
                features = json.load(file)["features"]
            shapes = []
            for feature in features:
                geometry = feature["geometry"]
                parts = geometry["coordinates"]
                for polygon in [parts] if geometry["type"] == "Polygon" else parts:
                    xs, ys = [p[0] for p in polygon[0]], [p[1] for p in polygon[0]]
                    box = min(xs), max(xs), min(ys), max(ys)
                    shapes.append((str(feature["properties"][code_property]), box, polygon))
            self.sets.append((first, until or OPEN_END, sorted(shapes, key=lambda s: s[0])))

    def known(self, on):
        """Whether any boundaries hold on the day (on any day, when it is not known)."""
        return any(on is None or first <= on < until for first, until, _ in self.sets)

    def at(self, latitude, longitude, on):
        """The code of the commune around a position, None outside all."""
        if None in (latitude, longitude, on):
            return None
        for first, until, shapes in self.sets:
            if not first <= on < until:
                continue
            for code, (west, east, south, north), polygon in shapes:
                inside = west <= longitude <= east and south <= latitude <= north
                if inside and sum(crossings(ring, longitude, latitude) for ring in polygon) % 2:
                    return code
        return None


    def place(self, latitude, longitude, on):
        """The code around a position or nearest to it, and whether it lies outside of all."""
        found = self.at(latitude, longitude, on)
        if found is not None or None in (latitude, longitude, on):
            return found, False
        near = [
            (distance(polygon, longitude, latitude), code)
            for first, until, shapes in self.sets
            if first <= on < until
            for code, box, polygon in shapes
            if beside(box, longitude, latitude, self.snap_m)
        ]
        near = [n for n in near if n[0] <= self.snap_m > 0]
        # Distances within a thousandth of a millimetre are the same.
        code = min((code for metres, code in near if metres <= min(near)[0] + 1e-6), default=None)
        return code, code is not None


def beside(box, x, y, metres):
    """Whether a box may be so near, roughly."""
    west, east, south, north = box
    margin = metres / 50_000
    return west - margin <= x <= east + margin and south - margin <= y <= north + margin


def distance(polygon, x, y):
    """Metres to the border of a polygon, in the plane that touches the ellipsoid (WGS84) at the point."""
    bend = 1 - 0.00669437999014133 * sin(radians(y)) ** 2
    east = radians(6378137.0 / sqrt(bend) * cos(radians(y)))
    north = radians(6378137.0 * (1 - 0.00669437999014133) / bend**1.5)
    least = float("inf")
    for ring in polygon:
        flat = [((p[0] - x) * east, (p[1] - y) * north) for p in ring]
        for (x1, y1), (x2, y2) in zip(flat, flat[1:]):
            length = (x2 - x1) ** 2 + (y2 - y1) ** 2
            share = -(x1 * (x2 - x1) + y1 * (y2 - y1)) / length if length else 0.0
            share = min(1.0, max(0.0, share))
            least = min(least, hypot(x1 + share * (x2 - x1), y1 + share * (y2 - y1)))
    return least


def crossings(ring, x, y):
    """How often a ray from the point to the east crosses the ring."""
    count = 0
    for (x1, y1, *_), (x2, y2, *_) in zip(ring, ring[1:]):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            count += 1
    return count


def day(text):
    """A day, given as such or as text."""
    if text is None or isinstance(text, date):
        return text
    return date.fromisoformat(text)


def number(text):
    return None if text is None else float(text)
