//! Changes files at random, always the same way for the same seed.

/// Numbers and signs on which readers stumble.
const TOKENS: [&str; 24] = [
    "0",
    "-1",
    "1e308",
    "NaN",
    "99999999999999999999",
    "-9223372036854775808",
    "4294967295",
    "2147483648",
    "((((((((",
    "[[[[[[[[",
    "{{{{{{{{",
    "\"",
    "'",
    "\n",
    "\r\n",
    ";",
    "\t",
    "\u{0}",
    "\u{feff}",
    "\u{202e}Đ",
    "../../",
    "=1+1",
    "{% for a in range(9999999) %}",
    "-- ",
];

/// A generator of numbers that looks random (SplitMix64).
pub struct Random(u64);

impl Random {
    /// The numbers of one execution.
    pub fn of(seed: u64, execution: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ execution);
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit; 0 where the limit is 0.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// One of the files with one to eight changes.
    pub fn changed(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(8) {
            self.change(&mut bytes);
        }
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        let end = (at + 1 + self.below(32)).min(bytes.len());
        match self.below(8) {
            _ if bytes.is_empty() => bytes.push(self.next() as u8),
            0 => bytes[at] ^= 1 << self.below(8),
            1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let part = bytes[at..end].repeat(1 + self.below(64));
                bytes.splice(at..at, part);
            }
            5 => {
                let other = self.below(bytes.len() - (end - at) + 1);
                bytes.copy_within(at..end, other);
            }
            6 => {
                let token = TOKENS[self.below(TOKENS.len())];
                bytes.splice(at..end.min(at + 3), token.bytes());
            }
            _ => {
                let token = TOKENS[self.below(TOKENS.len())];
                bytes.splice(at..at, token.bytes());
            }
        }
    }
}
