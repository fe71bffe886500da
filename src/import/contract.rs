//! The canonical columns of a sample.

use arrow::datatypes::{DataType, TimeUnit};

/// What a canonical column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Text,
    /// A measured number, rounded to the grid of 10⁻⁶ of its unit.
    Measure,
    /// A coordinate or accuracy, kept as it is.
    Number,
    Integer,
    /// A point in time, UTC, microseconds.
    Time,
}

impl Content {
    /// The Arrow type inside the program. Times carry no zone: they are UTC by contract.
    pub fn arrow_type(self) -> DataType {
        match self {
            Content::Text => DataType::Utf8,
            Content::Measure | Content::Number => DataType::Float64,
            Content::Integer => DataType::Int64,
            Content::Time => DataType::Timestamp(TimeUnit::Microsecond, None),
        }
    }
}

/// Name and content of every canonical column, in order.
pub const COLUMNS: [(&str, Content); 26] = [
    ("sample_id", Content::Text),
    ("measured_at", Content::Time),
    ("access_type", Content::Text),
    ("technology", Content::Text),
    ("operator", Content::Text),
    ("network_mcc_mnc", Content::Text),
    ("sim_mcc_mnc", Content::Text),
    ("asn", Content::Integer),
    ("commune_code", Content::Text),
    ("commune_name", Content::Text),
    ("district_name", Content::Text),
    ("province_name", Content::Text),
    ("latitude", Content::Number),
    ("longitude", Content::Number),
    ("location_accuracy_m", Content::Number),
    ("status", Content::Text),
    ("download_mbps", Content::Measure),
    ("upload_mbps", Content::Measure),
    ("latency_ms", Content::Measure),
    ("jitter_ms", Content::Measure),
    ("packet_loss_ratio", Content::Measure),
    ("signal_dbm", Content::Measure),
    ("device_id", Content::Text),
    ("server_country", Content::Text),
    ("platform", Content::Text),
    ("app_version", Content::Text),
];

/// The name of the file a row came from, beside the canonical columns.
pub const SOURCE_FILE: &str = "source_file";
/// The number of a row in its file, counted from 1.
pub const SOURCE_ROW: &str = "source_row";
