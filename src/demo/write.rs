//! Rows as a Parquet file with the columns of the input contract.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Float64Array, RecordBatch, StringArray, TimestampMicrosecondArray, UInt32Array,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::sample::Row;

/// Rows that are held in memory at a time.
const BATCH_ROWS: usize = 16_384;

/// Key in the metadata of a Parquet file whose samples nobody measured; its value is `true`.
pub const SIMULATED_KEY: &str = "ispeed_report.simulated";

/// Columns that an older export does not have.
pub(super) const LATER_COLUMNS: [&str; 3] = ["packet_loss_ratio", "signal_dbm", "app_version"];

/// Writes `count` rows, which `row` makes one after the other.
pub(super) fn write<'a>(
    path: &Path,
    count: usize,
    without: &[&str],
    mut row: impl FnMut(usize) -> Row<'a>,
) -> Result<(), ParquetError> {
    let schema = batch(&[], without)?.schema();
    let mut writer = ArrowWriter::try_new(File::create(path)?, schema, Some(properties(count)?))?;
    let mut start = 0;
    while start < count {
        let end = count.min(start + BATCH_ROWS);
        let rows: Vec<Row<'a>> = (start..end).map(&mut row).collect();
        writer.write(&batch(&rows, without)?)?;
        start = end;
    }
    writer.close()?;
    Ok(())
}

/// Several row groups also in a small file; `created_by` is fixed because the default names the
/// version of the library.
fn properties(count: usize) -> Result<WriterProperties, ParquetError> {
    let simulated = KeyValue::new(SIMULATED_KEY.to_owned(), "true".to_owned());
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_created_by("ispeed-report demo".to_owned())
        .set_key_value_metadata(Some(vec![simulated]))
        .set_max_row_group_row_count(Some((count / 4).clamp(1_024, 131_072)));
    Ok(properties.build())
}

fn batch(rows: &[Row<'_>], without: &[&str]) -> Result<RecordBatch, ParquetError> {
    let columns = [keys(rows), places(rows), measures(rows), circumstances(rows)];
    let kept = columns.into_iter().flatten().filter(|(name, _)| !without.contains(name));
    let nullable = kept.map(|(name, column)| (name, column, true));
    Ok(RecordBatch::try_from_iter_with_nullable(nullable)?)
}

type Columns = Vec<(&'static str, ArrayRef)>;

fn keys(rows: &[Row<'_>]) -> Columns {
    let moments: TimestampMicrosecondArray = rows.iter().map(|row| row.measured_at).collect();
    let numbers: UInt32Array = rows.iter().map(|row| row.asn).collect();
    vec![
        ("sample_id", text(rows, |row| row.sample_id.as_deref())),
        ("measured_at", Arc::new(moments.with_timezone("UTC"))),
        ("access_type", text(rows, |row| row.access_type)),
        ("technology", text(rows, |row| row.technology)),
        ("operator", text(rows, |row| row.operator)),
        ("network_mcc_mnc", text(rows, |row| row.network_mcc_mnc)),
        ("sim_mcc_mnc", text(rows, |row| row.sim_mcc_mnc)),
        ("asn", Arc::new(numbers)),
    ]
}

fn places(rows: &[Row<'_>]) -> Columns {
    vec![
        ("commune_code", text(rows, |row| row.commune_code)),
        ("latitude", number(rows, |row| row.latitude)),
        ("longitude", number(rows, |row| row.longitude)),
        ("location_accuracy_m", number(rows, |row| row.location_accuracy_m)),
    ]
}

fn measures(rows: &[Row<'_>]) -> Columns {
    vec![
        ("status", text(rows, |row| row.status)),
        ("download_mbps", number(rows, |row| row.download_mbps)),
        ("upload_mbps", number(rows, |row| row.upload_mbps)),
        ("latency_ms", number(rows, |row| row.latency_ms)),
        ("jitter_ms", number(rows, |row| row.jitter_ms)),
        ("packet_loss_ratio", number(rows, |row| row.packet_loss_ratio)),
        ("signal_dbm", number(rows, |row| row.signal_dbm)),
    ]
}

fn circumstances(rows: &[Row<'_>]) -> Columns {
    vec![
        ("device_id", text(rows, |row| row.device_id.as_deref())),
        ("server_country", text(rows, |row| row.server_country)),
        ("platform", text(rows, |row| row.platform)),
        ("app_version", text(rows, |row| row.app_version)),
    ]
}

fn text<'r, 'a>(rows: &'r [Row<'a>], value: impl Fn(&'r Row<'a>) -> Option<&'r str>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<StringArray>())
}

fn number(rows: &[Row<'_>], value: impl Fn(&Row<'_>) -> Option<f64>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<Float64Array>())
}
