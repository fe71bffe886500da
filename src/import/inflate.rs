//! How long compressed bytes are, where the reader would find out only by filling memory.

use std::io::{Read, copy, sink};

use parquet::basic::Compression;

/// Whether a codec has to be checked.
///
/// Snappy, Zstandard and raw LZ4 are decompressed into a buffer of the declared size and fail when
/// it is too small; these write as much as the bytes make.
pub fn is_unbounded(compression: Compression) -> bool {
    matches!(compression, Compression::GZIP(_) | Compression::BROTLI(_) | Compression::LZ4)
}

/// An error when the bytes decompress to more than they should.
pub fn check(compression: Compression, bytes: &[u8], declared: u64) -> Result<(), String> {
    let fits = match compression {
        Compression::GZIP(_) => fits(flate2::read::MultiGzDecoder::new(bytes), declared),
        Compression::BROTLI(_) => fits(brotli::Decompressor::new(bytes, 4096), declared),
        // Old writers put frames and raw blocks under this one name: what is no frame fails here,
        // and the reader then decompresses it into the declared size.
        Compression::LZ4 => {
            Ok(fits(lz4_flex::frame::FrameDecoder::new(bytes), declared).unwrap_or(true))
        }
        _ => Ok(true),
    };
    match fits.map_err(|e| e.to_string())? {
        true => Ok(()),
        false => Err(format!("a page decompresses to more than the {declared} bytes it declares")),
    }
}

/// Whether a decoder ends within so many bytes.
fn fits(decoder: impl Read, declared: u64) -> std::io::Result<bool> {
    let length = copy(&mut decoder.take(declared.saturating_add(1)), &mut sink())?;
    Ok(length <= declared)
}
