//! What leaves the office: the one door between the tables of a run and everything under `send/`.
//!
//! A cell is a group that a row tells of. One based on fewer devices than `[privacy] min_devices` is
//! suppressed (`primary`), and with it as many others as it takes that no published total gives it away
//! (`secondary`): Hundepool et al. 2012, Statistical Disclosure Control, chapter 4; Fischetti and Salazar
//! 2001, Management Science 47, 1008-1027. Means and shares times their counts are sums over the same
//! groups, so that one pattern protects all numbers of a row.
//!
//! - `declaration`: what each table says of its cells (`queries/disclosure.toml`)
//! - `cell`: the cells of the rows, the same group under one key in all tables
//! - `system`: published totals as equations over cells, and which cells to suppress
//! - `circuits`: which cells the equations leave open
//!
//! Charts, documents, annex and tables under `send/` take a [`Protected`], which only [`protect`] makes.

mod cell;
mod circuits;
mod declaration;
mod system;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow::compute::{cast, nullif};
use arrow::datatypes::{DataType, Field, Schema};

pub use declaration::{Declaration, DisclosureFault, declarations};

use crate::error::Result;
use crate::queries::Family;
use crate::statistics::Tables;
use cell::Rows;
use declaration::Rule;
use system::{State, System};

/// The column that says why a row has no numbers.
pub const SUPPRESSED: &str = "suppressed";

/// How far statistics can be trusted; a suppressed row is like one that has none.
const TIER: &str = "tier";

/// Tables of which nobody can learn about fewer devices than the least number.
#[derive(Debug, Clone)]
pub struct Protected(Tables);

impl Protected {
    /// The tables by name.
    pub fn tables(&self) -> &Tables {
        &self.0
    }

    /// A table made of protected ones only.
    pub fn add(&mut self, name: &str, table: RecordBatch) {
        self.0.insert(name.to_owned(), table);
    }
}

/// The tables as they may leave the office.
pub fn protect(
    declarations: &[Declaration],
    families: &[Family],
    min_devices: u32,
    tables: &Tables,
) -> Result<Protected> {
    let mut found = Vec::new();
    let mut protected = Tables::new();
    for (name, table) in tables {
        let declared = declarations.iter().find(|one| &one.name == name);
        let declared =
            declared.ok_or_else(|| DisclosureFault::Undeclared { table: name.clone() })?;
        match declared.rule {
            Rule::Internal => {}
            Rule::Open => drop(protected.insert(name.clone(), table.clone())),
            Rule::Cells => found.push((Rows::read(declared, families, table)?, declared, table)),
        }
    }
    let mut system = System::new(found.iter().map(|(rows, declared, _)| (rows, *declared)));
    system.protect(i64::from(min_devices));
    for (rows, declared, table) in found {
        let states: Vec<State> =
            (0..table.num_rows()).map(|row| system.of_row(&rows, row)).collect();
        protected.insert(declared.name.clone(), suppress(declared, table, &states)?);
    }
    Ok(Protected(protected))
}

/// The table without the numbers of suppressed rows.
fn suppress(declared: &Declaration, table: &RecordBatch, states: &[State]) -> Result<RecordBatch> {
    let hidden = |state: &State| matches!(state, State::Primary | State::Secondary);
    let hidden: BooleanArray = states.iter().map(|state| Some(hidden(state))).collect();
    let schema = table.schema();
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (field, column) in schema.fields().iter().zip(table.columns()) {
        let name = field.name();
        if declared.withholds(name) {
            continue;
        }
        let column = if declared.shows(name) {
            Arc::clone(column)
        } else if name == TIER {
            count_only(column, &hidden)
        } else if declared.beside.contains(name) {
            nullif(column, &beside(column, states)).map_err(|e| declared.fault(&e))?
        } else {
            nullif(column, &hidden).map_err(|e| declared.fault(&e))?
        };
        fields.push(Field::new(name, column.data_type().clone(), true));
        columns.push(column);
    }
    let words: StringArray = states.iter().map(|state| state.word()).collect();
    fields.push(Field::new(SUPPRESSED, DataType::Utf8, true));
    columns.push(Arc::new(words) as ArrayRef);
    let whole = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns);
    Ok(whole.map_err(|e| declared.fault(&e))?)
}

fn count_only(tiers: &ArrayRef, hidden: &BooleanArray) -> ArrayRef {
    let Ok(tiers) = cast(tiers, &DataType::Utf8) else { return Arc::clone(tiers) };
    let tiers: &StringArray = arrow::array::AsArray::as_string(&tiers);
    let tiers = tiers.iter().zip(hidden.iter());
    let tier = |(tier, hidden)| {
        if hidden == Some(true) { Option::map(tier, |_: &str| "count_only") } else { tier }
    };
    Arc::new(tiers.map(tier).collect::<StringArray>())
}

/// Where a number beside the cell is hidden: with the cell, and where nobody is known to be behind it.
fn beside(column: &ArrayRef, states: &[State]) -> BooleanArray {
    let zero = cast(column, &DataType::Float64).ok();
    let zero = |row: usize| {
        zero.as_ref().is_some_and(|values| {
            let values =
                arrow::array::AsArray::as_primitive::<arrow::datatypes::Float64Type>(values);
            values.is_valid(row) && values.value(row) == 0.0
        })
    };
    let hide = |(row, state): (usize, &State)| match state {
        State::Published => false,
        State::Zero => !zero(row),
        _ => true,
    };
    states.iter().enumerate().map(|one| Some(hide(one))).collect()
}
