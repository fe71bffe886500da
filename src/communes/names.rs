//! Which commune a written name means.
//!
//! A name is looked for among the communes of one province on one day. Where there are districts
//! (up to 30/06/2025), a district that is given has to fit; where there are none, it is ignored.
//! What fits:
//!
//! 1. The type may be written out, shortened (P., X., TT., ĐK.) or left out; where it is given it
//!    has to be the commune's own.
//! 2. Case, spaces, apostrophes, hyphens, Unicode form and the place of a tone mark never matter,
//!    nor do leading zeros and the three ways to write Đắk, Đăk, Đak.
//! 3. Names that are equal so far win. Only where none is, a name that differs in accents or in i
//!    and y is taken, and only if no commune of the register, of any place and day, is spelt like
//!    that, except one of the same code: Tấn is not a misspelling of Tân where both are names, but
//!    M'Đrắk is still M’Drắk.
//! 4. A text without any accent says nothing of them, so all communes that it may mean count: where
//!    there are Phường Sa Pa and Phường Sa Pả, “Phuong Sa Pa” and “Sa Pa” may mean both.
//!
//! More than one commune is for the caller to refuse.

use super::register::{Commune, bare_name};
use crate::vietnamese::{fold, is_plain, spelling};
use jiff::civil::Date;
use std::collections::{BTreeSet, HashMap};
use unicode_normalization::UnicodeNormalization;

/// A type of unit: its words without accents and spaces, and its abbreviation.
type Kind = [&'static str; 2];

const COMMUNES: [Kind; 4] = [["xa", "x"], ["phuong", "p"], ["thitran", "tt"], ["dackhu", "dk"]];
const DISTRICTS: [Kind; 4] = [["quan", "q"], ["huyen", "h"], ["thixa", "tx"], ["thanhpho", "tp"]];
const PROVINCES: [Kind; 2] = [["tinh", "t"], ["thanhpho", "tp"]];

/// A name as a sample gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Asked<'a> {
    /// The commune, with or without its type.
    pub commune: &'a str,
    /// Its district, if it is given.
    pub district: Option<&'a str>,
    /// Its province, if it is given.
    pub province: Option<&'a str>,
    /// The code of the province otherwise; without either, any province will do.
    pub province_code: Option<&'a str>,
}

/// A name taken apart: the number of its type, if it is written, and the key of the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reading {
    kind: Option<usize>,
    key: String,
    spelling: String,
}

/// The names of a register.
#[derive(Debug)]
pub(super) struct Names {
    /// The communes by the key of their names, as places in the register.
    by_key: HashMap<String, Vec<usize>>,
    /// The name and the district of each commune.
    names: Vec<(Reading, Option<Reading>)>,
}

impl Names {
    /// Takes the names of communes apart.
    pub(super) fn of(communes: &[Commune]) -> Self {
        let own = |commune: &Commune| {
            let district = commune.district.as_ref();
            (own(&commune.name, &COMMUNES), district.map(|d| own(&d.name, &DISTRICTS)))
        };
        let names: Vec<_> = communes.iter().map(own).collect();
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, (name, _)) in names.iter().enumerate() {
            by_key.entry(name.key.clone()).or_default().push(place);
        }
        Self { by_key, names }
    }

    /// The communes that a name may mean on a day, by code.
    pub(super) fn find<'a>(
        &self,
        asked: &Asked<'_>,
        commune: impl Fn(usize) -> &'a Commune,
        day: Date,
    ) -> Vec<&'a Commune> {
        let scope = Scope::of(asked);
        let (mut equal, mut alike, mut bearers) = (Vec::new(), Vec::new(), BTreeSet::new());
        for reading in readings(asked.commune, &COMMUNES) {
            for place in self.by_key.get(&reading.key).into_iter().flatten() {
                let ((name, district), commune) = (&self.names[*place], commune(*place));
                let same = name.spelling == reading.spelling;
                if same {
                    bearers.insert(commune.code.as_str());
                }
                let there = commune.valid_on(day) && scope.holds(commune, district);
                if there && reading.kind.is_none_or(|kind| name.kind == Some(kind)) {
                    if same { equal.push(*place) } else { alike.push(*place) }
                }
            }
        }
        let mut places = match (is_plain(asked.commune), equal.is_empty()) {
            (true, _) => [equal, alike].concat(),
            (false, false) => equal,
            (false, true) => {
                let own = |place: &usize| bearers.contains(commune(*place).code.as_str());
                alike.into_iter().filter(|place| bearers.is_empty() || own(place)).collect()
            }
        };
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(commune).collect()
    }
}

/// Where a name is looked for.
struct Scope<'a> {
    districts: Option<Vec<Reading>>,
    provinces: Option<Vec<Reading>>,
    province_code: Option<&'a str>,
}

impl<'a> Scope<'a> {
    fn of(asked: &Asked<'a>) -> Self {
        Self {
            districts: asked.district.map(|name| readings(name, &DISTRICTS)),
            provinces: asked.province.map(|name| readings(name, &PROVINCES)),
            province_code: asked.province_code,
        }
    }

    fn holds(&self, commune: &Commune, district: &Option<Reading>) -> bool {
        let in_district = match (&self.districts, district) {
            (Some(asked), Some(own)) => asked.iter().any(|reading| {
                reading.key == own.key && reading.kind.is_none_or(|kind| own.kind == Some(kind))
            }),
            _ => true,
        };
        in_district && self.province_holds(commune)
    }

    fn province_holds(&self, commune: &Commune) -> bool {
        match (&self.provinces, self.province_code) {
            (Some(asked), _) => {
                let own = key(bare_name(&commune.province_name));
                asked.iter().any(|reading| reading.key == own)
            }
            (None, Some(code)) => commune.province_code == code,
            (None, None) => true,
        }
    }
}

/// A name of the register: its type is written out.
fn own(name: &str, kinds: &[Kind]) -> Reading {
    let first = readings(name, kinds).into_iter().next();
    first.unwrap_or_else(|| reading(None, name))
}

/// Every way to read a name, those with a type first: “P Rao” is Phường Rao or a place P Rao.
fn readings(name: &str, kinds: &[Kind]) -> Vec<Reading> {
    let name: String = name.nfc().collect();
    let mut readings = Vec::new();
    let mut words = String::new();
    for (at, c) in name.char_indices().take(12) {
        words += &fold(c.encode_utf8(&mut [0; 4]));
        let rest = &name[at + c.len_utf8()..];
        let next = rest.chars().next().unwrap_or(' ');
        let kind = kinds.iter().position(|[whole, short]| {
            let apart = !next.is_alphanumeric();
            words == *whole && apart || words == *short && (apart || next.is_ascii_digit())
        });
        if kind.is_some() && c.is_alphanumeric() && !fold(rest).is_empty() {
            readings.push(reading(kind, rest));
        }
    }
    readings.push(reading(None, &name));
    readings
}

fn reading(kind: Option<usize>, name: &str) -> Reading {
    Reading { kind, key: key(name), spelling: without_zeros(&spelling(name)) }
}

/// Equal for all names that could be meant by one another.
fn key(name: &str) -> String {
    without_zeros(&fold(name).replace('y', "i"))
}

/// Numbers without leading zeros: `phuong 01` is `phuong 1`.
fn without_zeros(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let digit_follows = characters.peek().is_some_and(char::is_ascii_digit);
        if c == '0' && digit_follows && !out.ends_with(|last: char| last.is_ascii_digit()) {
            continue;
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests;
