//! Opens a Parquet file, checks it against a profile, and reads it batch by batch.
//!
//! The footer is checked before anything is read; only the columns of the profile are decoded.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray, new_null_array};
use arrow::datatypes::{DataType, Field, Schema};
use jiff::tz::TimeZone;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};

use super::columns::{admits, convert};
use super::contract::{SOURCE_FILE, SOURCE_ROW};
use super::fault::ImportFault;
use super::footer;
use super::limits::{self, at_most};
use super::pages::{self, Size};
use super::profile::{Profile, RawColumn, RawType, nearest_hint};
use super::source::SourceFile;
use crate::error::Result;
use crate::queries::Queries;

/// Rows decoded and checked at a time, at most.
pub const BATCH_ROWS: usize = 131_072;

/// A file whose schema fits its profile.
pub struct OpenFile {
    pub source: SourceFile,
    metadata: ArrowReaderMetadata,
    /// Bytes of the footer in the file.
    pub footer_bytes: u64,
    /// Position in the file of each column of the profile; none for a partition or a missing one.
    positions: Vec<(RawColumn, Option<usize>)>,
    naive_zone: Option<TimeZone>,
    /// Columns of the file that the profile does not read.
    pub ignored: Vec<String>,
}

/// A run of row groups of one file, read as a whole.
pub struct Section {
    pub row_groups: Vec<usize>,
    /// Rows of the file before this section.
    pub first_row: u64,
}

/// Runs a step of the Parquet reader; its panics become errors.
fn guarded<T, E: ToString>(step: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(result) => result.map_err(|e| e.to_string()),
        Err(_) => Err("the reader stopped unexpectedly".into()),
    }
}

/// The footer, held against the limits before and after it is parsed.
fn load(file: &mut File) -> Result<(ArrowReaderMetadata, u64), String> {
    let bytes = footer::check(file)?;
    let metadata = guarded(|| ArrowReaderMetadata::load(&*file, ArrowReaderOptions::new()))?;
    let size = file.metadata().map_err(|e| e.to_string())?.len();
    footer::check_groups(metadata.metadata(), size)?;
    Ok((metadata, bytes))
}

impl OpenFile {
    /// Opens the footer and checks the columns.
    pub fn open(
        source: &SourceFile,
        profile: &Profile,
        queries: &Queries,
        naive_zone: Option<&TimeZone>,
    ) -> Result<Self> {
        let path = source.path.display().to_string();
        let mut file = File::open(&source.path)
            .map_err(|e| ImportFault::Unopened { path: path.clone(), message: e.to_string() })?;
        let (metadata, footer_bytes) = load(&mut file)
            .map_err(|message| ImportFault::Unreadable { path: path.clone(), message })?;
        let mut open = OpenFile {
            source: source.clone(),
            metadata,
            footer_bytes,
            positions: Vec::new(),
            naive_zone: naive_zone.cloned(),
            ignored: Vec::new(),
        };
        open.check(&path, profile, queries)?;
        Ok(open)
    }

    fn check(&mut self, path: &str, profile: &Profile, queries: &Queries) -> Result<()> {
        let fields = self.metadata.schema().fields().clone();
        let names: Vec<String> = fields.iter().map(|f| f.name().clone()).collect();
        let mut sorted = names.clone();
        sorted.sort();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(ImportFault::Repeated { path: path.into(), column: pair[0].clone() }.into());
        }
        let wrong = |field: &Field, expected: &str| ImportFault::WrongType {
            path: path.into(),
            column: field.name().clone(),
            found: field.data_type().to_string(),
            expected: expected.into(),
            hint: nearest_hint(queries, &names),
        };
        if let Some(field) = fields.iter().find(|field| field.data_type().is_nested()) {
            return Err(wrong(field, "a flat column").into());
        }
        for column in &profile.columns {
            let position = names.iter().position(|name| *name == column.name);
            let partition = self.source.partitions.iter().any(|(key, _)| *key == column.name);
            match position {
                Some(at) if !admits(column.raw_type, fields[at].data_type()) => {
                    return Err(wrong(&fields[at], column.raw_type.name()).into());
                }
                Some(at) => self.check_zone(path, column, fields[at].data_type())?,
                None if column.required && !partition => {
                    return Err(ImportFault::Missing {
                        path: path.into(),
                        column: column.name.clone(),
                        expected: column.raw_type.name().into(),
                        hint: nearest_hint(queries, &names),
                    }
                    .into());
                }
                None => {}
            }
            self.positions.push((column.clone(), position));
        }
        self.check_groups(path, profile, queries, &names)?;
        self.ignored = names;
        self.ignored.retain(|name| profile.columns.iter().all(|column| column.name != *name));
        Ok(())
    }

    fn check_zone(&self, path: &str, column: &RawColumn, found: &DataType) -> Result<()> {
        let naive = matches!(found, DataType::Timestamp(_, None));
        if column.raw_type == RawType::Time && naive && self.naive_zone.is_none() {
            let column = column.name.clone();
            return Err(ImportFault::NoZone { path: path.into(), column }.into());
        }
        Ok(())
    }

    fn check_groups(
        &self,
        path: &str,
        profile: &Profile,
        queries: &Queries,
        names: &[String],
    ) -> Result<()> {
        for group in &profile.one_of {
            let there = |name: &String| {
                names.contains(name) || self.source.partitions.iter().any(|(key, _)| key == name)
            };
            if !group.iter().any(there) {
                return Err(ImportFault::Missing {
                    path: path.into(),
                    column: group[0].clone(),
                    expected: format!("at least one of `{}`", group.join("`, `")),
                    hint: nearest_hint(queries, names),
                }
                .into());
            }
        }
        Ok(())
    }

    /// Rows of the file, by its footer.
    pub fn rows(&self) -> u64 {
        self.metadata.metadata().file_metadata().num_rows().max(0) as u64
    }

    /// Whether a column of the profile is there.
    pub fn has(&self, name: &str) -> bool {
        self.positions.iter().any(|(column, position)| column.name == name && position.is_some())
    }

    /// A value of the file's own metadata.
    pub fn property(&self, key: &str) -> Option<&str> {
        let pairs = self.metadata.metadata().file_metadata().key_value_metadata()?;
        pairs.iter().find(|pair| pair.key == key)?.value.as_deref()
    }

    /// Sections of whole row groups with at least `rows` rows each, as far as there are as many.
    pub fn sections(&self, rows: u64) -> Vec<Section> {
        let mut sections = Vec::new();
        let mut section = Section { row_groups: vec![], first_row: 0 };
        let mut at = 0;
        for (index, group) in self.metadata.metadata().row_groups().iter().enumerate() {
            section.row_groups.push(index);
            at += group.num_rows().max(0) as u64;
            if at - section.first_row >= rows {
                let next = Section { row_groups: vec![], first_row: at };
                sections.push(std::mem::replace(&mut section, next));
            }
        }
        if !section.row_groups.is_empty() {
            sections.push(section);
        }
        sections
    }

    /// How many rows of a section a batch may have: fewer where they are wide.
    fn batch_rows(&self, section: &Section, columns: &[usize]) -> Result<usize, (usize, String)> {
        let first = columns.first().copied().unwrap_or_default();
        let file = File::open(&self.source.path).map_err(|e| (first, e.to_string()))?;
        let file = Arc::new(file);
        let mut widest = 1;
        for group in &section.row_groups {
            let group = self.metadata.metadata().row_group(*group);
            let mut all = Size { pages: 0, width: self.fixed_width() };
            for at in columns {
                let size = guarded(|| pages::measure(&file, group.column(*at)));
                let size = size.map_err(|message| (*at, message))?;
                all = Size { pages: all.pages + size.pages, width: all.width + size.width };
                at_most("bytes of pages read together", all.pages, limits::PAGES_BYTES)
                    .map_err(|message| (*at, message))?;
            }
            widest = widest.max(all.width);
        }
        Ok(((limits::BATCH_BYTES / widest) as usize).clamp(1, BATCH_ROWS))
    }

    /// Bytes that every row has from the path of its file.
    fn fixed_width(&self) -> u64 {
        let values = self.source.partitions.iter().filter_map(|(_, value)| value.as_ref());
        (self.source.name.len() + values.map(String::len).sum::<usize>()) as u64
    }

    fn reader(
        &self,
        section: &Section,
        columns: &[usize],
        rows: usize,
    ) -> Result<ParquetRecordBatchReader, String> {
        let file = File::open(&self.source.path).map_err(|e| e.to_string())?;
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
        let builder = builder
            .with_projection(mask)
            .with_row_groups(section.row_groups.clone())
            .with_batch_size(rows);
        guarded(|| builder.build())
    }

    /// The first column of a section that cannot be read by itself.
    fn damaged_column(&self, section: &Section, rows: usize) -> Option<String> {
        let unreadable = |at: usize| match self.reader(section, &[at], rows) {
            Ok(mut reader) => guarded(|| reader.try_for_each(|batch| batch.map(drop))).is_err(),
            Err(_) => true,
        };
        let columns = self.positions.iter().filter_map(|(column, at)| Some((column, (*at)?)));
        let mut columns = columns.filter(|(_, at)| unreadable(*at));
        columns.next().map(|(column, _)| column.name.clone())
    }

    /// Reads a section and hands over its batches in the types of the profile.
    pub fn read(
        &self,
        section: &Section,
        sink: &mut dyn FnMut(RecordBatch) -> Result<()>,
    ) -> Result<()> {
        self.read_columns(section, &self.positions, sink)
    }

    /// The same of one column of the profile, which is the first of each batch.
    pub fn read_only(
        &self,
        section: &Section,
        column: &str,
        sink: &mut dyn FnMut(RecordBatch) -> Result<()>,
    ) -> Result<()> {
        let mut positions = self.positions.clone();
        positions.retain(|(known, _)| known.name == column);
        self.read_columns(section, &positions, sink)
    }

    fn read_columns(
        &self,
        section: &Section,
        positions: &[(RawColumn, Option<usize>)],
        sink: &mut dyn FnMut(RecordBatch) -> Result<()>,
    ) -> Result<()> {
        let path = self.source.path.display().to_string();
        let mut row = section.first_row;
        let columns: Vec<usize> = positions.iter().filter_map(|(_, at)| *at).collect();
        let fault = |column: Option<String>, row: u64, message: String| ImportFault::Damaged {
            path: path.clone(),
            column,
            row: row + 1,
            message,
        };
        let rows = self
            .batch_rows(section, &columns)
            .map_err(|(at, message)| fault(self.name_of(at), row, message))?;
        let damaged =
            |row: u64, message: String| fault(self.damaged_column(section, rows), row, message);
        let mut reader = self.reader(section, &columns, rows).map_err(|m| damaged(row, m))?;
        while let Some(batch) =
            guarded(|| reader.next().transpose()).map_err(|message| damaged(row, message))?
        {
            let rows = batch.num_rows() as u64;
            let raw = self.raw(&batch, positions, row).map_err(|message| damaged(row, message))?;
            sink(raw)?;
            row += rows;
        }
        Ok(())
    }

    fn name_of(&self, position: usize) -> Option<String> {
        let column = self.positions.iter().find(|(_, at)| *at == Some(position));
        column.map(|(column, _)| column.name.clone())
    }

    /// The table `raw` of a profile: its columns, missing ones as NULL, and where each row is from.
    fn raw(
        &self,
        batch: &RecordBatch,
        positions: &[(RawColumn, Option<usize>)],
        first_row: u64,
    ) -> Result<RecordBatch, String> {
        let rows = batch.num_rows();
        let mut fields = Vec::new();
        let mut arrays: Vec<ArrayRef> = Vec::new();
        for (column, _) in positions {
            let array = match batch.column_by_name(&column.name) {
                Some(array) => {
                    let array = convert(array, column.raw_type, self.naive_zone.as_ref())?;
                    check_texts(&array).map_err(|m| format!("column `{}`: {m}", column.name))?;
                    array
                }
                None => self.partition(column, rows)?,
            };
            fields.push(Field::new(&column.name, array.data_type().clone(), true));
            arrays.push(array);
        }
        fields.push(Field::new(SOURCE_FILE, DataType::Utf8, true));
        arrays.push(Arc::new(StringArray::from(vec![self.source.name.as_str(); rows])));
        fields.push(Field::new(SOURCE_ROW, DataType::Int64, true));
        let numbers = (0..rows as i64).map(|row| first_row as i64 + row + 1);
        arrays.push(Arc::new(arrow::array::Int64Array::from_iter_values(numbers)));
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|e| e.to_string())
    }

    fn partition(&self, column: &RawColumn, rows: usize) -> Result<ArrayRef, String> {
        let value = self.source.partitions.iter().find(|(key, _)| *key == column.name);
        let value = value.and_then(|(_, value)| value.as_deref());
        let text: ArrayRef = match value {
            Some(value) => Arc::new(StringArray::from(vec![value; rows])),
            None => new_null_array(&DataType::Utf8, rows),
        };
        convert(&text, column.raw_type, self.naive_zone.as_ref())
    }
}

/// An error when a text is longer than any can be.
fn check_texts(array: &ArrayRef) -> Result<(), String> {
    let Some(texts) = array.as_string_opt::<i32>() else { return Ok(()) };
    let lengths = texts.value_offsets().windows(2).map(|ends| ends[1].abs_diff(ends[0]));
    at_most("bytes of a text", lengths.max().unwrap_or(0).into(), limits::TEXT_BYTES)
}
