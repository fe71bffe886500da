//! Into which communes those of the day before a reform went.
//!
//! The embedded file is written by `data/build_crosswalk.py` and belongs to the embedded register and to
//! one day; for another register or day there is no crosswalk.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use jiff::civil::{Date, date};

use super::register::Register;
use crate::csv_table::CsvTable;
use crate::engine::EngineFault;
use crate::error::Result;
use crate::plan::table;

const EMBEDDED: &str = include_str!("data/crosswalk_2025-07.csv");
const COLUMNS: [&str; 3] = ["old_commune_code", "new_commune_code", "whole"];

/// The day on which the communes of the embedded file changed.
pub const REFORM: Date = date(2025, 7, 1);

/// An old commune and a new one that some of it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Code on the day before the reform.
    pub old: String,
    /// Code from the day of the reform on.
    pub new: String,
    /// Whether all of the old commune went into this one.
    pub whole: bool,
}

/// All pairs, sorted by old and new code.
#[derive(Debug, Clone, Default)]
pub struct Crosswalk {
    pairs: Vec<Pair>,
}

impl Crosswalk {
    /// The communes of Vietnam on 01/07/2025.
    pub fn embedded() -> Result<Self> {
        let parsed = CsvTable::parse("the embedded crosswalk", EMBEDDED, &COLUMNS, &[])?;
        let mut pairs = Vec::new();
        for row in parsed.rows() {
            let code = |column| row.required(column).map(str::to_owned);
            let (old, new) = (code(COLUMNS[0])?, code(COLUMNS[1])?);
            pairs.push(Pair { old, new, whole: row.required(COLUMNS[2])? == "true" });
        }
        Ok(Crosswalk { pairs })
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The table `crosswalk_whole`: each old commune that went whole into a new one, with that one.
    pub fn whole(&self) -> Result<RecordBatch, EngineFault> {
        let whole: Vec<&Pair> = self.pairs.iter().filter(|pair| pair.whole).collect();
        let text = |of: fn(&Pair) -> &str| -> ArrayRef {
            Arc::new(whole.iter().map(|pair| Some(of(pair))).collect::<StringArray>())
        };
        let columns = [(COLUMNS[0], text(|p| &p.old)), (COLUMNS[1], text(|p| &p.new))];
        table("crosswalk_whole", columns)
    }

    /// The table `crosswalk`: the pairs whose old or new commune is one of these codes, with the
    /// district that the old commune was in.
    pub fn batch(
        &self,
        register: &Register,
        is_of: impl Fn(&Pair) -> bool,
    ) -> Result<RecordBatch, EngineFault> {
        let pairs: Vec<&Pair> = self.pairs.iter().filter(|pair| is_of(pair)).collect();
        let text = |of: &dyn Fn(&Pair) -> Option<String>| -> ArrayRef {
            Arc::new(pairs.iter().map(|pair| of(pair)).collect::<StringArray>())
        };
        let before = REFORM.yesterday().unwrap_or(REFORM);
        let district = |pair: &Pair| {
            let commune = register.find(&pair.old, before)?;
            commune.district.as_ref().map(|district| district.code.clone())
        };
        let whole: ArrayRef =
            Arc::new(pairs.iter().map(|pair| Some(pair.whole)).collect::<BooleanArray>());
        let columns = [
            (COLUMNS[0], text(&|pair| Some(pair.old.clone()))),
            ("old_district_code", text(&district)),
            (COLUMNS[1], text(&|pair| Some(pair.new.clone()))),
            (COLUMNS[2], whole),
        ];
        table("crosswalk", columns)
    }

    /// Code and name of the provinces that a province of today was made of.
    pub fn parts(&self, register: &Register, province_code: &str) -> BTreeMap<String, String> {
        let before = REFORM.yesterday().unwrap_or(REFORM);
        let goes_there = |pair: &&Pair| {
            register.find(&pair.new, REFORM).is_some_and(|c| c.province_code == province_code)
        };
        let old = self.pairs.iter().filter(goes_there);
        let communes = old.filter_map(|pair| register.find(&pair.old, before));
        communes.map(|c| (c.province_code.clone(), c.province_name.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provinces_are_made_of_others_and_code_52_changed_its_meaning() {
        let (crosswalk, register) = (Crosswalk::embedded().unwrap(), Register::embedded().unwrap());
        let parts = |code| crosswalk.parts(&register, code).into_iter().collect::<Vec<_>>();
        let named = |code: &str, name: &str| (code.to_owned(), name.to_owned());
        assert_eq!(parts("66"), [named("54", "Tỉnh Phú Yên"), named("66", "Tỉnh Đắk Lắk")]);
        assert_eq!(parts("52"), [named("52", "Tỉnh Bình Định"), named("64", "Tỉnh Gia Lai")]);
        assert_eq!(parts("64"), []);
    }

    #[test]
    fn every_old_commune_is_known_and_one_that_is_whole_has_one_row() {
        let crosswalk = Crosswalk::embedded().unwrap();
        let mut by_old: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
        for pair in &crosswalk.pairs {
            by_old.entry(&pair.old).or_default().push(pair.whole);
        }
        assert_eq!(by_old.len(), 10_035);
        assert!(by_old.values().all(|whole| whole.len() == 1 || !whole.contains(&true)));
    }
}
