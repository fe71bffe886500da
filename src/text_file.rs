//! Text files that people give, read up to a stated size: a file that is larger is not what was meant,
//! and some (`/dev/zero`) have no end.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// Bytes of a template, a query or the texts of a month.
pub const DEFINITION_BYTES: u64 = 4 << 20;

/// Bytes of a table, such as the register of communes; its cells take about four times as much.
pub const TABLE_BYTES: u64 = 64 << 20;

/// Bytes of a file of boundaries; its outlines take about five times as much.
pub const BOUNDARIES_BYTES: u64 = 256 << 20;

/// The text of a file of at most so many bytes.
pub fn read(path: &Path, most: u64) -> Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let message = format!("it has more than {most} bytes, so it is not read");
        return Err(Error::new(ErrorKind::FileTooLarge, message));
    }
    let invalid = |_| Error::new(ErrorKind::InvalidData, "stream did not contain valid UTF-8");
    String::from_utf8(bytes).map_err(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "Đắk").unwrap();
        assert_eq!(read(file.path(), 6).unwrap(), "Đắk");
        let message = read(file.path(), 5).unwrap_err().to_string();
        assert_eq!(message, "it has more than 5 bytes, so it is not read");
        std::fs::write(file.path(), [0xff]).unwrap();
        assert_eq!(read(file.path(), 5).unwrap_err().kind(), ErrorKind::InvalidData);
    }

    #[test]
    fn a_file_without_an_end_is_refused() {
        let endless = Path::new("/dev/zero");
        if endless.exists() {
            assert_eq!(read(endless, 100).unwrap_err().kind(), ErrorKind::FileTooLarge);
        }
    }
}
