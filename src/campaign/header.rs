//! Which column of a file holds what, by its header: spelling, case, accents and Unicode form do not
//! matter, nor what stands in brackets after it.

use std::collections::BTreeMap;

use super::fault::CampaignFault;
use crate::config::Columns;
use crate::error::Result;
use crate::report::Labels;
use crate::spreadsheet::{Cell, Row};
use crate::vietnamese::fold;

/// Rows among which a header is looked for: forms have titles above it.
const SEARCHED: usize = 40;

/// What a file may have columns for.
#[derive(Debug, Clone)]
pub struct Fields {
    /// Name and the keys of its headers, in order.
    fields: Vec<(String, Vec<String>)>,
    required: &'static [&'static str],
}

impl Fields {
    /// Those of a section of `labels.toml`, whose texts list headers between semicolons.
    pub fn of(
        labels: &Labels,
        section: &str,
        names: &[&str],
        required: &'static [&'static str],
    ) -> Result<Self> {
        let mut fields = Fields { fields: Vec::new(), required };
        for name in names {
            fields.add(name, labels.text(&format!("{section}.{name}"))?);
        }
        Ok(fields)
    }

    /// Adds headers of a field, listed between semicolons.
    pub fn add(&mut self, name: &str, headers: &str) {
        let keys = headers.split(';').chain([name]).map(fold).filter(|key| !key.is_empty());
        match self.fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => known.extend(keys),
            None => self.fields.push((name.to_owned(), keys.collect())),
        }
    }

    /// The same with the headers of a configuration.
    pub fn with(mut self, setting: &str, columns: &Columns) -> Result<Self> {
        for (name, headers) in columns {
            if !self.fields.iter().any(|(known, _)| known == name) {
                let known = self.fields.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
                let (setting, known) = (format!("{setting}.{name}"), known.join(", "));
                return Err(CampaignFault::Field { setting, known }.into());
            }
            headers.texts().iter().for_each(|text| self.add(name, text));
        }
        Ok(self)
    }

    /// Finds the row of the headers, in the row that is given or the first that has what is required.
    pub fn find(&self, file: &str, rows: &[Row], row: Option<u32>) -> Result<Header> {
        let mut candidates = rows.iter().enumerate().take(SEARCHED);
        let found = match row {
            Some(number) => rows.iter().enumerate().find(|(_, row)| row.number == number),
            None => candidates.find(|(_, row)| self.missing(&self.columns(row)).is_none()),
        };
        let best = rows.iter().take(SEARCHED).max_by_key(|row| self.columns(row).len());
        let (place, row) = found.ok_or_else(|| self.absent(file, best))?;
        let columns = self.columns(row);
        if self.missing(&columns).is_some() {
            return Err(self.absent(file, Some(row)).into());
        }
        if let Some((name, places)) = columns.iter().find(|(_, places)| places.len() > 1) {
            let headers = places.iter().map(|place| row.cell(*place).shown()).collect();
            let (file, column) = (file.to_owned(), name.clone());
            return Err(CampaignFault::Repeated { file, column, headers }.into());
        }
        let columns =
            columns.into_iter().filter_map(|(name, places)| Some((name, *places.first()?)));
        Ok(Header { place, row: row.clone(), columns: columns.collect() })
    }

    fn columns(&self, row: &Row) -> BTreeMap<String, Vec<usize>> {
        let mut columns: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, cell) in row.cells.iter().enumerate() {
            let Cell::Text(text) = cell else { continue };
            let bare = text.split('(').next().unwrap_or_default();
            let keys = [fold(text), fold(bare)];
            let meant =
                self.fields.iter().find(|(_, known)| keys.iter().any(|key| known.contains(key)));
            if let Some((name, _)) = meant {
                columns.entry(name.clone()).or_default().push(place);
            }
        }
        columns
    }

    fn missing(&self, columns: &BTreeMap<String, Vec<usize>>) -> Option<&'static str> {
        self.required.iter().find(|name| !columns.contains_key(**name)).copied()
    }

    fn absent(&self, file: &str, row: Option<&Row>) -> CampaignFault {
        let columns = row.map(|row| self.columns(row)).unwrap_or_default();
        let cells = row.into_iter().flat_map(|row| &row.cells);
        let found = cells.filter(|cell| **cell != Cell::Empty).map(Cell::shown);
        CampaignFault::Header {
            file: file.to_owned(),
            column: self.missing(&columns).unwrap_or_default(),
            row: row.map_or(0, |row| row.number),
            found: found.take(20).map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", "),
        }
    }
}

/// The headers of a file.
#[derive(Debug)]
pub struct Header {
    /// Among the rows of the file.
    pub place: usize,
    pub row: Row,
    columns: BTreeMap<String, usize>,
}

impl Header {
    /// The cell of a field in a row; empty where the file has no such column.
    pub fn cell<'r>(&self, row: &'r Row, field: &str) -> &'r Cell {
        self.columns.get(field).map_or(&Cell::Empty, |column| row.cell(*column))
    }

    /// The text of a header of a field, as the file has it.
    pub fn text(&self, field: &str) -> String {
        self.columns.get(field).map_or(field.to_owned(), |column| self.row.cell(*column).shown())
    }

    /// Headers that no field has, by their columns.
    pub fn unread(&self) -> impl Iterator<Item = (usize, &Cell)> {
        let cells = self.row.cells.iter().enumerate();
        cells.filter(|(place, cell)| {
            **cell != Cell::Empty && !self.columns.values().any(|column| column == place)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Templates;
    use crate::spreadsheet;

    fn find(text: &str, row: Option<u32>) -> Result<Header> {
        let labels = Templates::embedded().labels().unwrap();
        let names = ["unit", "unit_code", "received_on"];
        let fields = Fields::of(&labels, "campaign_fields", &names, &["unit", "received_on"])?;
        let columns = toml::from_str("unit = [\"Nơi thực hiện\"]").unwrap();
        let rows = spreadsheet::parse("a.csv", text.as_bytes(), None)?;
        fields.with("campaign.columns", &columns)?.find("a.csv", &rows, row)
    }

    #[test]
    fn a_header_is_found_below_titles_however_it_is_spelt() {
        for header in [
            "TT;Tên  đơn vị;NGÀY NHẬN (ngày/tháng/năm)",
            "TT;TEN DON VI;received_on",
            "TT;nơi thực hiện;Ngày nhận",
        ] {
            let found =
                find(&format!("BIỂU MẪU 03\n\nTên đơn vị; x\n{header}\n1;A;2\n"), None).unwrap();
            assert_eq!((found.row.number, found.columns["unit"]), (4, 1), "{header}");
            assert_eq!(found.columns["received_on"], 2);
            assert_eq!(found.unread().count(), 1);
        }
    }

    #[test]
    fn what_is_missing_or_there_twice_is_named() {
        for (text, row, expected) in [
            ("Tên đơn vị;Ngày\nA;1\n", None, "has no column for `received_on`"),
            ("Tên đơn vị;Ngày nhận\nA;1\n", Some(2), "has no column for `unit` on row 2"),
            ("Đơn vị;Tên đơn vị;Ngày nhận\n", None, "two columns for `unit`"),
        ] {
            let error = find(text, row).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
