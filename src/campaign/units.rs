//! Who has to send a form, and whom a written name means.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::communes::names::Asked;
use crate::communes::register::Commune;
use crate::config::{DueForm, Sender, nearest};
use crate::plan::Plan;
use crate::vietnamese::{fold, spelling};

/// Words before the name of a place, as [`fold`] gives them.
const COMMITTEES: [&str; 2] = ["uybannhandan", "ubnd"];

/// Who sends a form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit {
    /// Equal for all spellings: the code of a commune or district, the label of an operator, else the
    /// folded name.
    pub key: String,
    pub name: String,
    /// Of a commune, the first day of its code.
    pub valid_from: Option<Date>,
    /// Whether it is one that has to send the form.
    pub due: bool,
}

/// Whom a row may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    Known(Unit),
    /// More than one, by their names.
    Several(Vec<String>),
    /// None; with the known name that is most like it.
    Unknown {
        nearest: Option<String>,
    },
}

/// The units of one form.
pub struct Units<'a> {
    plan: &'a Plan,
    sender: Sender,
    last: Date,
    /// In the order of their names.
    pub due: Vec<Unit>,
}

impl<'a> Units<'a> {
    /// The units that a form is due from in a period that ends on this day.
    pub fn of(plan: &'a Plan, form: &DueForm, last: Date) -> Self {
        let mut units = Units { plan, sender: form.from, last, due: Vec::new() };
        units.due = match (form.units.as_slice(), form.from) {
            ([], Sender::Communes) => units.communes().map(commune_unit).collect(),
            ([], Sender::Districts) => units.districts(),
            ([], Sender::Operators) => {
                plan.operators.labels().into_iter().map(named_unit).collect()
            }
            (names, _) => names.iter().map(|name| units.listed(name)).collect(),
        };
        units.due.sort_by(|a, b| (&a.name, &a.key).cmp(&(&b.name, &b.key)));
        units.due.dedup_by(|a, b| a.key == b.key);
        units
    }

    fn communes(&self) -> impl Iterator<Item = &'a Commune> {
        let last = self.last;
        self.plan.communes().into_iter().filter(move |commune| commune.valid_on(last))
    }

    fn districts(&self) -> Vec<Unit> {
        let districts = self.communes().filter_map(|commune| commune.district.as_ref());
        let by_code: BTreeMap<_, _> = districts.map(|d| (d.code.clone(), d.name.clone())).collect();
        let unit = |(key, name)| Unit { key, name, valid_from: None, due: true };
        by_code.into_iter().map(unit).collect()
    }

    /// A unit of the configuration; a name that nothing else knows stands for itself.
    fn listed(&self, name: &str) -> Unit {
        let known = match self.places(None, name, None) {
            Some(Meant::Known(unit)) => Some(unit),
            _ => None,
        };
        Unit { due: true, ..known.unwrap_or_else(|| named_unit(name)) }
    }

    /// Whom a row means: a code goes before a name; `compared` says whether the known name most like an
    /// unknown one is looked for.
    pub fn meant(
        &self,
        code: Option<&str>,
        name: &str,
        district: Option<&str>,
        compared: bool,
    ) -> Meant {
        let found = self.places(code, name, district).unwrap_or_else(|| self.by_name(name));
        match found {
            Meant::Known(unit) => {
                let due = self.due.is_empty() || self.due.iter().any(|due| due.key == unit.key);
                Meant::Known(Unit { due, ..unit })
            }
            Meant::Unknown { .. } if compared => Meant::Unknown { nearest: self.nearest(name) },
            other => other,
        }
    }

    /// Of senders that a register or table knows.
    fn places(&self, code: Option<&str>, name: &str, district: Option<&str>) -> Option<Meant> {
        match self.sender {
            Sender::Communes => Some(self.commune(code, name, district)),
            Sender::Operators => Some(match self.plan.operators.by_name(name) {
                Some(label) => Meant::Known(named_unit(label)),
                None => Meant::Unknown { nearest: None },
            }),
            Sender::Districts => {
                let districts = self.districts();
                let wanted = bare(name);
                let same =
                    |unit: &Unit| Some(unit.key.as_str()) == code || fold(&unit.name) == wanted;
                districts.into_iter().find(same).map(Meant::Known)
            }
            _ => None,
        }
    }

    fn commune(&self, code: Option<&str>, name: &str, district: Option<&str>) -> Meant {
        let by_code = code.and_then(|code| self.communes().find(|commune| commune.code == code));
        if let Some(commune) = by_code {
            return Meant::Known(commune_unit(commune));
        }
        let province_code = Some(self.plan.config.province.code.as_str());
        let name = without_committee(name);
        let asked = Asked { commune: name, district, province: None, province_code };
        match self.plan.register.named(&asked, self.last).as_slice() {
            [commune] if code.is_none() => Meant::Known(commune_unit(commune)),
            [] | [_] => Meant::Unknown { nearest: None },
            several => Meant::Several(several.iter().map(|c| described(c)).collect()),
        }
    }

    /// Of senders that only the configuration knows; without a list, every name is one.
    fn by_name(&self, name: &str) -> Meant {
        let same = |unit: &&Unit| spelling(&unit.name) == spelling(name);
        let alike = |unit: &&Unit| fold(&unit.name) == fold(name);
        let found = self.due.iter().find(same).or_else(|| self.due.iter().find(alike));
        match found {
            Some(unit) => Meant::Known(unit.clone()),
            None if self.due.is_empty() && !fold(name).is_empty() => Meant::Known(named_unit(name)),
            None => Meant::Unknown { nearest: None },
        }
    }

    fn nearest(&self, name: &str) -> Option<String> {
        let folded = fold(without_committee(name));
        let keys: Vec<(String, &Unit)> =
            self.due.iter().map(|unit| (fold(&unit.name), unit)).collect();
        let key = nearest(&folded, keys.iter().map(|(key, _)| key.as_str()))?;
        keys.iter().find(|(known, _)| known == key).map(|(_, unit)| unit.name.clone())
    }
}

fn commune_unit(commune: &Commune) -> Unit {
    Unit {
        key: commune.code.clone(),
        name: commune.name.clone(),
        valid_from: Some(commune.valid_from),
        due: true,
    }
}

/// A unit that has nothing but a name.
pub fn named_unit(name: &str) -> Unit {
    Unit { key: fold(name), name: name.to_owned(), valid_from: None, due: true }
}

fn described(commune: &Commune) -> String {
    let district = commune.district.as_ref().map_or_else(String::new, |d| format!(", {}", d.name));
    format!("{}{district} ({})", commune.name, commune.code)
}

fn bare(name: &str) -> String {
    fold(without_committee(name))
}

/// The name of a place after “UBND” or “Ủy ban nhân dân”.
fn without_committee(name: &str) -> &str {
    let ends = name.char_indices().filter(|(_, c)| c.is_whitespace()).take(8);
    let head = |end: usize| fold(&name[..end]);
    let found = ends.filter(|(end, _)| COMMITTEES.contains(&head(*end).as_str())).last();
    found.map_or(name, |(end, _)| name[end..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_committee_is_named_by_its_place() {
        for (name, place) in [
            ("UBND xã Ea Kar", "xã Ea Kar"),
            ("Ủy ban nhân dân  phường Tân Lập", "phường Tân Lập"),
            ("UỶ BAN NHÂN DÂN xã X", "xã X"),
            ("Xã Ea Kar", "Xã Ea Kar"),
            ("UBND", "UBND"),
        ] {
            assert_eq!(without_committee(name), place);
        }
    }
}
