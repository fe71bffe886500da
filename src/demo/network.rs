//! The operators of the demo and how fast they are.
//!
//! Network codes, AS numbers and shares are near the real ones; the speeds are invented. VNPT
//! and MobiFone are drawn from one distribution on purpose (a tie that a report must not break),
//! Vietnamobile and SCTV are clearly slower.

/// A SIM on a mobile network.
#[derive(Debug)]
pub(super) struct Mobile {
    /// How often, in a thousand persons.
    pub(super) share: u64,
    /// The spellings of the name that exports carry.
    pub(super) names: &'static [&'static str],
    /// Code of the network that carries the test.
    pub(super) network: Option<&'static str>,
    /// Code of the SIM: differs from the network for an MVNO and a roaming guest.
    pub(super) sim: Option<&'static str>,
    /// AS number of the network.
    pub(super) asn: Option<u32>,
    /// Median download on 4G, Mbit/s.
    pub(super) lte: f64,
    /// Median download on 5G, Mbit/s; `None` where there is no 5G.
    pub(super) nr: Option<f64>,
    /// Networks with the same number share their luck in a commune.
    pub(super) tie: u64,
}

/// A fixed line.
#[derive(Debug)]
pub(super) struct Line {
    /// How often, in a thousand persons.
    pub(super) share: u64,
    /// The spellings of the name that exports carry.
    pub(super) names: &'static [&'static str],
    /// AS number of the network.
    pub(super) asn: Option<u32>,
    /// Median download, Mbit/s.
    pub(super) download: f64,
    /// Upload as a share of download.
    pub(super) upload: f64,
    /// Lines with the same number share their luck in a commune.
    pub(super) tie: u64,
}

const VIETTEL: &[&str] = &["Viettel", "Viettel", "Viettel", "VIETTEL"];
const VINAPHONE: &[&str] = &["VinaPhone", "VinaPhone", "Vinaphone", "VNPT"];
const MOBIFONE: &[&str] = &["MobiFone", "MobiFone", "Mobifone", "MOBIFONE"];

const fn mobile(
    share: u64,
    names: &'static [&'static str],
    codes: (&'static str, &'static str),
    asn: Option<u32>,
    speeds: (f64, Option<f64>),
    tie: u64,
) -> Mobile {
    let (network, sim) = (Some(codes.0), Some(codes.1));
    Mobile { share, names, network, sim, asn, lte: speeds.0, nr: speeds.1, tie }
}

const fn line(
    share: u64,
    names: &'static [&'static str],
    asn: u32,
    speeds: (f64, f64),
    tie: u64,
) -> Line {
    Line { share, names, asn: Some(asn), download: speeds.0, upload: speeds.1 / speeds.0, tie }
}

/// SIMs, the last of them unknown: a code that no operator has, without name and AS number.
pub(super) static MOBILES: [Mobile; 10] = [
    mobile(455, VIETTEL, ("452-04", "452-04"), Some(7552), (56.0, Some(430.0)), 1),
    mobile(243, VINAPHONE, ("452-02", "452-02"), Some(45899), (46.0, Some(330.0)), 2),
    mobile(208, MOBIFONE, ("452-01", "452-01"), Some(131429), (46.0, Some(330.0)), 2),
    mobile(46, &["Vietnamobile"], ("452-05", "452-05"), Some(38247), (13.0, None), 3),
    mobile(18, &["iTel", "iTel", "ITEL"], ("452-02", "452-08"), Some(45899), (42.0, None), 2),
    mobile(14, &["Wintel", "Wintel", "Reddi"], ("452-02", "452-09"), Some(45899), (41.0, None), 2),
    mobile(5, &["Gmobile"], ("452-07", "452-07"), Some(45546), (38.0, None), 2),
    mobile(4, VIETTEL, ("452-04", "520-03"), Some(7552), (52.0, Some(300.0)), 1),
    mobile(2, MOBIFONE, ("452-01", "450-05"), Some(131429), (46.0, None), 2),
    Mobile {
        share: 5,
        names: &[],
        network: Some("452-99"),
        sim: Some("452-99"),
        asn: None,
        lte: 30.0,
        nr: None,
        tie: 4,
    },
];

/// Lines, the last of them unknown: an AS number for private use, without a known name.
pub(super) static LINES: [Line; 8] = [
    line(430, VIETTEL, 7552, (290.0, 245.0), 11),
    line(320, &["VNPT", "VNPT", "VNPT", "Vinaphone"], 45899, (255.0, 187.0), 12),
    line(160, &["FPT", "FPT Telecom", "FPT Telecom"], 18403, (138.0, 108.0), 13),
    line(38, &["SCTV"], 45543, (82.0, 30.0), 14),
    line(22, &["MobiFone"], 131429, (150.0, 112.0), 15),
    line(14, &["CMC", "CMC Telecom"], 45903, (235.0, 140.0), 16),
    line(8, &["NETNAM", "NetNam"], 24173, (61.0, 58.0), 17),
    line(8, &["Private network"], 64_512, (120.0, 80.0), 18),
];

impl Mobile {
    /// Median download and upload on a technology, Mbit/s; what is not known is taken as 4G.
    pub(super) fn speeds(&self, technology: Option<&str>) -> (f64, f64) {
        match (technology, self.nr) {
            (Some("5G"), Some(nr)) => (nr, nr * 0.235),
            (Some("3G"), _) => (4.4, 1.3),
            (Some("2G"), _) => (0.16, 0.08),
            _ => (self.lte, self.lte * 0.4),
        }
    }
}

/// Median latency and jitter of a technology in ms.
pub(super) fn delays(access: &str, technology: Option<&str>) -> (f64, f64) {
    match (access, technology) {
        (_, Some("5G")) => (24.0, 3.2),
        (_, Some("3G")) => (74.0, 9.5),
        (_, Some("2G")) => (310.0, 34.0),
        (_, Some("ethernet")) => (12.0, 1.2),
        ("fixed", _) => (19.0, 2.1),
        _ => (38.0, 5.2),
    }
}

/// No network of the demo is faster than this, Mbit/s, so that no honest row is above a ceiling.
pub(super) fn fastest(access: &str, technology: Option<&str>) -> f64 {
    match (access, technology) {
        (_, Some("5G")) => 1_850.0,
        (_, Some("3G")) => 38.0,
        (_, Some("2G")) => 0.3,
        ("fixed", _) => 940.0,
        _ => 290.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_a_thousand() {
        assert_eq!(MOBILES.iter().map(|mobile| mobile.share).sum::<u64>(), 1000);
        assert_eq!(LINES.iter().map(|line| line.share).sum::<u64>(), 1000);
    }

    #[test]
    fn vnpt_and_mobifone_are_tied() {
        let speeds = |place: usize| MOBILES[place].speeds(Some("4G"));
        assert_eq!(speeds(1), speeds(2));
        assert_eq!((MOBILES[1].nr, MOBILES[1].tie), (MOBILES[2].nr, MOBILES[2].tie));
    }
}
