"""Operators, register of communes and boundaries, read and searched in plain Python.

Written from the description of the files, without any code of the program.
"""

import csv
import json
import unicodedata
from collections import defaultdict
from datetime import date

OPEN_END = date(9999, 12, 31)


def fold(name):
    """Letters a-z and digits only, without case and accents."""
    letters = unicodedata.normalize("NFD", name).lower().replace("đ", "d")
    return "".join(c for c in letters if c.isascii() and c.isalnum())


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

    def at(self, code, on):
        """The commune that has this code on that day."""
        for commune in self.by_code.get(code, ()):
            if commune["valid_from"] <= on < commune["valid_to"]:
                return commune
        return None

    def of_province(self, code, first, until):
        """Communes of the province on any day from `first` to before `until`."""
        return [
            c
            for c in self.communes
            if c["province_code"] == code and c["valid_from"] < until and first < c["valid_to"]
        ]


class Boundaries:
    """Polygons of communes with the days on which they hold; even-odd rule."""

    def __init__(self, sets):
        self.sets = []
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
