//! Files that subcommands write.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::fault::CliFault;

/// Writes a file that must not be there yet, with its folders.
pub fn write_new(path: &Path, content: impl AsRef<[u8]>) -> Result<(), CliFault> {
    let fault = |error: std::io::Error| CliFault::write(path, &error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| CliFault::write(folder, &error))?;
    }
    let mut file = File::create_new(path).map_err(fault)?;
    file.write_all(content.as_ref()).map_err(fault)
}
