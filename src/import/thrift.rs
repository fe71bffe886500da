//! Walks over values of the Thrift compact protocol without building them.
//!
//! The footer and the page headers of Parquet are such values. The reader reserves memory for as
//! many elements as a list claims; walking over the bytes first shows whether they are there.

/// Levels of structs and lists within each other; Parquet's own have about ten.
const DEPTH: usize = 40;

/// Kinds of values, as the protocol numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Boolean,
    Byte,
    Integer,
    Double,
    Binary,
    List,
    Map,
    Struct,
    Uuid,
}

impl Kind {
    fn of(code: u8) -> Result<Self, String> {
        Ok(match code {
            1 | 2 => Kind::Boolean,
            3 => Kind::Byte,
            4..=6 => Kind::Integer,
            7 => Kind::Double,
            8 => Kind::Binary,
            9 | 10 => Kind::List,
            11 => Kind::Map,
            12 => Kind::Struct,
            13 => Kind::Uuid,
            _ => return Err(format!("unknown Thrift type {code}")),
        })
    }
}

/// A place in bytes.
pub struct Walker<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Walker<'a> {
    /// At the start of the bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Walker { bytes, at: 0 }
    }

    /// Bytes walked over.
    pub fn at(&self) -> usize {
        self.at
    }

    fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn byte(&mut self) -> Result<u8, String> {
        let byte = self.bytes.get(self.at).copied().ok_or("it ends too early")?;
        self.at += 1;
        Ok(byte)
    }

    fn pass(&mut self, count: u64) -> Result<(), String> {
        if count > self.left() as u64 {
            return Err(format!("a value claims {count} bytes, {} are left", self.left()));
        }
        self.at += count as usize;
        Ok(())
    }

    fn unsigned(&mut self) -> Result<u64, String> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err("a number is too long".into())
    }

    /// The value of a field of kind [`Kind::Integer`].
    pub fn integer(&mut self) -> Result<i64, String> {
        let zigzag = self.unsigned()?;
        Ok((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
    }

    /// The next field of a struct, given the number of the one before; none at its end.
    pub fn field(&mut self, before: i64) -> Result<Option<(i64, Kind)>, String> {
        let head = self.byte()?;
        if head == 0 {
            return Ok(None);
        }
        let kind = Kind::of(head & 0x0f)?;
        let number = match head >> 4 {
            0 => self.integer()?,
            step => before.saturating_add(i64::from(step)),
        };
        Ok(Some((number, kind)))
    }

    /// How many elements of which kind a list has; every element takes a byte or more.
    pub fn list(&mut self) -> Result<(u64, Kind), String> {
        let head = self.byte()?;
        if head == 0 {
            return Ok((0, Kind::Byte));
        }
        let kind = Kind::of(head & 0x0f)?;
        let count = match head >> 4 {
            15 => self.unsigned()?,
            count => u64::from(count),
        };
        if count > self.left() as u64 {
            return Err(format!("a list claims {count} elements, {} bytes are left", self.left()));
        }
        Ok((count, kind))
    }

    /// Passes a field's value.
    pub fn skip(&mut self, kind: Kind) -> Result<(), String> {
        match kind {
            // The kind of a field says which of the two it is.
            Kind::Boolean => Ok(()),
            other => self.element(other, 0),
        }
    }

    fn element(&mut self, kind: Kind, depth: usize) -> Result<(), String> {
        if depth > DEPTH {
            return Err(format!("values are nested deeper than {DEPTH} levels"));
        }
        match kind {
            Kind::Boolean | Kind::Byte => self.pass(1),
            Kind::Integer => self.unsigned().map(drop),
            Kind::Double => self.pass(8),
            Kind::Uuid => self.pass(16),
            Kind::Binary => self.unsigned().and_then(|length| self.pass(length)),
            Kind::List => self.elements(depth),
            Kind::Map => self.entries(depth),
            Kind::Struct => self.fields(depth),
        }
    }

    fn elements(&mut self, depth: usize) -> Result<(), String> {
        let (count, kind) = self.list()?;
        (0..count).try_for_each(|_| self.element(kind, depth + 1))
    }

    fn entries(&mut self, depth: usize) -> Result<(), String> {
        let count = self.unsigned()?;
        if count == 0 {
            return Ok(());
        }
        let kinds = self.byte()?;
        let (key, value) = (Kind::of(kinds >> 4)?, Kind::of(kinds & 0x0f)?);
        for _ in 0..count {
            self.element(key, depth + 1)?;
            self.element(value, depth + 1)?;
        }
        Ok(())
    }

    fn fields(&mut self, depth: usize) -> Result<(), String> {
        let mut before = 0;
        while let Some((number, kind)) = self.field(before)? {
            before = number;
            if kind != Kind::Boolean {
                self.element(kind, depth + 1)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_lists_and_numbers_are_read() {
        // Field 1: integer -3; field 2: list of two integers; end.
        let bytes = [0x15, 0x05, 0x19, 0x25, 0x02, 0x04, 0x00];
        let mut walker = Walker::new(&bytes);
        assert_eq!(walker.field(0), Ok(Some((1, Kind::Integer))));
        assert_eq!(walker.integer(), Ok(-3));
        assert_eq!(walker.field(1), Ok(Some((2, Kind::List))));
        assert_eq!(walker.list(), Ok((2, Kind::Integer)));
        assert_eq!((walker.integer(), walker.integer()), (Ok(1), Ok(2)));
        assert_eq!(walker.field(2), Ok(None));
        assert_eq!(walker.at(), bytes.len());
    }

    #[test]
    fn what_is_claimed_must_be_there() {
        let claims = |bytes: &[u8]| Walker::new(bytes).skip(Kind::Struct).unwrap_err();
        // A list of 2³¹ - 1 structs, a text of as many bytes, a map of as many booleans.
        let long = [0xff, 0xff, 0xff, 0xff, 0x07];
        let list = [&[0x19, 0xfc][..], &long, &[0, 0]].concat();
        assert!(claims(&list).contains("2147483647 elements, 2 bytes"));
        let text = [&[0x18][..], &long, &[0, 0]].concat();
        assert!(claims(&text).contains("2147483647 bytes, 2 are left"));
        let map = [&[0x1b][..], &long, &[0x11, 0, 0]].concat();
        assert!(claims(&map).ends_with("0 are left"));
        assert_eq!(claims(&[0x1c; 100]), "values are nested deeper than 40 levels");
        assert_eq!(
            claims(&[0x15, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            "a number is too long"
        );
    }
}
