use super::*;
use crate::communes::Register;
use jiff::civil::{Date, date};
use std::sync::OnceLock;

const BEFORE: Date = date(2025, 6, 30);
const AFTER: Date = date(2025, 7, 1);

fn register() -> &'static Register {
    static REGISTER: OnceLock<Register> = OnceLock::new();
    REGISTER.get_or_init(|| Register::embedded().unwrap())
}

fn asked<'a>(commune: &'a str, district: Option<&'a str>, province_code: &'a str) -> Asked<'a> {
    Asked { commune, district, province: None, province_code: Some(province_code) }
}

fn codes(asked: Asked<'_>, day: Date) -> Vec<&'static str> {
    register().named(&asked, day).into_iter().map(|commune| commune.code.as_str()).collect()
}

#[test]
fn a_name_is_found_in_every_spelling() {
    let cases = [
        ("24121", "66", AFTER, &["Phường Tân Lập", "P. Tân Lập", "P.Tân Lập", "p tân lập"][..]),
        ("24121", "66", AFTER, &["TÂN LẬP", " Tân  Lập ", "phuong tan lap", "Tan Lap", "TânLập"]),
        ("24121", "66", BEFORE, &["Phường Tân Hòa", "Phường Tân Hoà", "P. TÂN HOÀ"]),
        ("22015", "66", AFTER, &["Phường Tuy Hòa", "Tuy Hoà", "P.Tuy Hoa"]),
        ("22015", "54", BEFORE, &["Phường 1", "Phường 01", "P1", "P.1", "P 01", "phuong 1", "1"]),
        ("24181", "66", BEFORE, &["Thị trấn Ea Drăng", "TT. Ea Drăng", "TT Ea Drang", "Ea DRăng"]),
        ("24184", "66", AFTER, &["Xã Ea H'Leo", "Ea H’leo", "X. Ea H\u{2bc}Leo", "xa eahleo"]),
        ("24412", "66", AFTER, &["Xã M’Drắk", "Xã M'DRắk", "M'Drak", "M\u{2bc}Đrắk"]),
        (
            "23995",
            "52",
            AFTER,
            &["Xã Đak Pơ", "Xã Đăk Pơ", "Đắk Pơ", "Dak Po", "\u{d0}ak P\u{1a1}"],
        ),
    ];
    let mut wrong = Vec::new();
    for (code, province, day, spellings) in cases {
        for name in spellings {
            let decomposed: String = name.nfd().collect();
            for name in [*name, &decomposed] {
                let found = codes(asked(name, None, province), day);
                if found != [code] {
                    wrong.push((name.to_owned(), found, code));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_type_that_is_given_has_to_be_the_commune_s_own() {
    // Old Đắk Lắk has Phường Tân Lập in Buôn Ma Thuột and Xã Tân Lập in Krông Búk.
    assert_eq!(codes(asked("Phường Tân Lập", None, "66"), BEFORE), ["24118"]);
    assert_eq!(codes(asked("P. Tân Lập", None, "66"), BEFORE), ["24118"]);
    assert_eq!(codes(asked("Xã Tân Lập", None, "66"), BEFORE), ["24317"]);
    assert_eq!(codes(asked("Tân Lập", None, "66"), BEFORE), ["24118", "24317"]);
    assert_eq!(codes(asked("Xã Tân Lập", None, "66"), AFTER), [""; 0], "only a Phường since");
    assert_eq!(codes(asked("Thị trấn Tân Lập", None, "66"), BEFORE), [""; 0]);
}

#[test]
fn a_name_that_stands_twice_in_a_province_needs_the_district() {
    let mut names: Vec<&str> = Vec::new();
    let communes = register().communes_of("64", BEFORE, AFTER);
    for commune in &communes {
        let found = codes(asked(&commune.name, None, "64"), BEFORE);
        if found.len() > 1 {
            names.push(&commune.name);
            assert!(found.contains(&commune.code.as_str()));
        } else {
            assert_eq!(found, [&commune.code]);
        }
        let district = commune.district.as_ref().unwrap();
        for district in [district.name.clone(), without_accents(&district.name)] {
            let found = codes(asked(&commune.name, Some(&district), "64"), BEFORE);
            assert_eq!(found, [&commune.code], "{} {district}", commune.name);
        }
    }
    // Four names twice, and Ayun and AYun, which differ in case only.
    assert_eq!(names.len(), 10, "{names:?}");
    let of = |district: &str| codes(asked("Xã Ayun", Some(district), "64"), BEFORE);
    assert_eq!(of("Huyện Mang Yang").len(), 1);
    assert_eq!(of("H. Mang Yang"), of("mang yang"));
    assert_ne!(of("Chư Sê"), of("Mang Yang"));
    assert_eq!(of("Thị xã Chư Sê"), [""; 0], "it is a Huyện");
    assert_eq!(
        codes(asked("Xã Ayun", Some("Mang Yang"), "52"), AFTER).len(),
        1,
        "no districts now"
    );
}

#[test]
fn the_province_of_the_sample_goes_before_the_configured_one() {
    let of = |province, day| {
        let asked =
            Asked { commune: "Phường 1", district: None, province, province_code: Some("66") };
        codes(asked, day)
    };
    assert_eq!(of(None, BEFORE), [""; 0]);
    for name in ["Tỉnh Phú Yên", "Phú Yên", "T. Phu Yen", "phuyen"] {
        assert_eq!(of(Some(name), BEFORE), ["22015"], "{name}");
        assert_eq!(of(Some(name), AFTER), [""; 0], "Phú Yên ended");
    }
    let anywhere =
        Asked { commune: "Tân Lập", district: None, province: None, province_code: None };
    assert_eq!(codes(anywhere, AFTER), ["19462", "23134", "24121", "25489"]);
}

#[test]
fn a_name_of_another_commune_is_not_a_misspelling() {
    // Lào Cai had Phường Sa Pa and Phường Sa Pả in one district.
    let of = |name| codes(asked(name, Some("Thị xã Sa Pa"), "10"), BEFORE);
    let (one, other) = (of("Phường Sa Pa"), of("Phường Sa Pả"));
    assert_eq!((one.len(), other.len()), (1, 1));
    assert_ne!(one, other);
    let plain = codes(asked("Phuong Sa Pa", Some("Sa Pa"), "10"), BEFORE);
    assert_eq!(plain.len(), 2, "a text without accents may mean both");
    // Nobody is called Tân Lấp, so it may be a slip; Tân Ân is a commune elsewhere, so it is not.
    assert_eq!(codes(asked("Phường Tân Lấp", None, "66"), AFTER), ["24121"]);
    assert_eq!(codes(asked("Phường Tân An", None, "66"), AFTER).len(), 1);
    assert_eq!(codes(asked("Phường Tân Ân", None, "66"), AFTER), [""; 0]);
    // The spelling of the same code before the reform still leads to it.
    assert_eq!(codes(asked("M'Đrắk", None, "66"), AFTER), ["24412"]);
}

/// Ways to write a name that change nothing in it.
fn rewritten(name: &str) -> [String; 4] {
    let moved = [
        ("òa", "oà"),
        ("óa", "oá"),
        ("ỏa", "oả"),
        ("õa", "oã"),
        ("ọa", "oạ"),
        ("òe", "oè"),
        ("óe", "oé"),
        ("ỏe", "oẻ"),
        ("ùy", "uỳ"),
        ("úy", "uý"),
        ("ủy", "uỷ"),
        ("ũy", "uỹ"),
        ("ụy", "uỵ"),
    ];
    let other = moved.iter().fold(name.to_owned(), |name, (old, new)| name.replace(old, new));
    [
        name.nfd().collect(),
        name.to_uppercase(),
        other,
        name.replace(['\'', '’'], "\u{2bc}").replace(' ', "  "),
    ]
}

fn shortened(name: &str) -> String {
    let shorter = [("Phường ", "P."), ("Thị trấn ", "TT. "), ("Xã ", "X. ")];
    let found =
        shorter.iter().find_map(|(kind, short)| Some([short, name.strip_prefix(kind)?].concat()));
    found.unwrap_or_else(|| name.to_owned())
}

fn without_accents(name: &str) -> String {
    let letters = name.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c));
    letters.map(|c| if c == 'đ' { 'd' } else { c }).collect::<String>().replace('Đ', "D")
}

/// Over all of Vietnam, on days of every era: a name with its district means its own commune only,
/// and what is written without accents or type means it or is ambiguous, never another one alone.
#[test]
fn no_spelling_of_a_commune_means_another_one_alone() {
    let some = [date(2020, 6, 1), date(2024, 10, 1), date(2026, 5, 1)].map(|day| (day, 7));
    for (day, step) in [(BEFORE, 1), (AFTER, 1)].into_iter().chain(some) {
        let (mut checked, mut ambiguous) = (0, 0);
        for commune in register().communes().iter().filter(|c| c.valid_on(day)).step_by(step) {
            let district = commune.district.as_ref().map(|d| d.name.as_str());
            let found =
                |name: &str, district| codes(asked(name, district, &commune.province_code), day);
            for name in rewritten(&commune.name) {
                assert_eq!(found(&name, district), [&commune.code], "{name}, {district:?}, {day}");
            }
            let (_, bare) = commune.name.split_once(' ').unwrap();
            let bare = bare.strip_prefix("trấn ").or(bare.strip_prefix("khu ")).unwrap_or(bare);
            let short = shortened(&commune.name);
            let plain = without_accents(&commune.name);
            for (name, district) in [
                (commune.name.as_str(), None),
                (bare, district),
                (bare, None),
                (&short, district),
                (&plain, district),
            ] {
                let found = found(name, district);
                assert!(found.contains(&commune.code.as_str()), "{name}, {district:?}, {day}");
                ambiguous += usize::from(found.len() > 1);
            }
            checked += 1;
        }
        assert!(checked * step > 3_000, "{checked}");
        assert!(ambiguous > 0, "{day}");
        assert_eq!(ambiguous < 50, day >= AFTER, "{day}: {ambiguous} of {checked}");
    }
}
