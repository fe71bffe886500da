use super::*;
use arrow::array::AsArray;
use arrow::datatypes::Date32Type;

const BEFORE: Date = date(2025, 6, 30);
const AFTER: Date = date(2025, 7, 1);

fn parse(text: &str) -> Result<Register> {
    Register::build(&CsvTable::parse("r.csv", text, &REQUIRED, &OPTIONAL)?)
}

fn message(text: &str) -> String {
    parse(text).expect_err("a fault").to_string()
}

fn count(register: &Register, day: Date) -> usize {
    register.communes().iter().filter(|c| c.valid_on(day)).count()
}

#[test]
fn the_embedded_register_has_both_eras() {
    let register = Register::embedded().unwrap();
    assert_eq!(count(&register, BEFORE), 10_035);
    assert_eq!(count(&register, AFTER), 3_321);
    assert_eq!(count(&register, date(2026, 4, 30)), 3_321);
    assert_eq!(register.communes_of("66", BEFORE, AFTER).len(), 180);
    assert_eq!(register.communes_of("66", AFTER, date(2025, 8, 1)).len(), 102);
    assert_eq!(register.communes_of("52", AFTER, date(2025, 8, 1)).len(), 135);
    assert_eq!(register.communes_of("66", date(2024, 9, 1), date(2024, 10, 1)).len(), 184);
}

#[test]
fn a_code_names_another_commune_after_the_reform() {
    let register = Register::embedded().unwrap();
    let name = |day| register.find("22015", day).map(|c| c.name.as_str());
    assert_eq!(name(BEFORE), Some("Phường 1"));
    assert_eq!(name(AFTER), Some("Phường Tuy Hòa"));
    assert_eq!(name(OPEN_END), None);
    assert_eq!(register.find("22014", AFTER), None);
    let district = register.find("22015", BEFORE).and_then(|c| c.district.clone());
    assert_eq!(district.map(|d| d.code).as_deref(), Some("555"));
    assert_eq!(register.find("22015", AFTER).and_then(|c| c.district.clone()), None);
}

#[test]
fn provinces_have_the_name_of_the_day() {
    let register = Register::embedded().unwrap();
    assert_eq!(register.province("52", BEFORE), Some("Tỉnh Bình Định"));
    assert_eq!(register.province("52", AFTER), Some("Tỉnh Gia Lai"));
    assert_eq!(register.province("64", AFTER), None);
    assert_eq!(register.province("75", date(2026, 4, 29)), Some("Tỉnh Đồng Nai"));
    assert_eq!(register.province("75", date(2026, 4, 30)), Some("Thành phố Đồng Nai"));
    let provinces = register.provinces();
    let on = |day| provinces.iter().filter(|p| p.valid_from <= day && day < p.valid_to).count();
    assert_eq!((on(BEFORE), on(AFTER)), (63, 34));
    assert!(provinces.iter().any(|p| p.code == "66" && p.bare_name() == "Đắk Lắk"));
    assert_eq!(bare_name("Thành phố Huế"), "Huế");
    assert_eq!(bare_name("County Cork"), "County Cork");
}

#[test]
fn the_table_has_the_columns_of_the_file() {
    let batch = Register::embedded().unwrap().batch().unwrap();
    assert_eq!(batch.num_columns(), 10);
    let ends = batch.column_by_name("valid_to").unwrap().as_primitive::<Date32Type>();
    // 2025-07-01 is day 20270 since 1970.
    assert_eq!(ends.value(0), 20_270);
    let open = ends.iter().flatten().max();
    assert_eq!(open, Some(2_932_896));
}

#[test]
fn a_user_file_needs_four_columns_only() {
    let register =
        parse("commune_code,commune_name,province_code,province_name\n1,Cobh,C,County Cork\n")
            .unwrap();
    let cobh = register.find("1", AFTER).unwrap();
    assert_eq!((cobh.valid_from, cobh.valid_to, cobh.seat), (OPEN_START, OPEN_END, None));
}

#[test]
fn names_are_composed() {
    let decomposed: String = "Xã Ea Kár".nfd().collect();
    let text =
        format!("commune_code,commune_name,province_code,province_name\n1,{decomposed},1,P\n");
    assert_eq!(parse(&text).unwrap().communes()[0].name, "Xã Ea Kár");
}

#[test]
fn overlapping_periods_of_a_code_are_refused() {
    let head = "commune_code,commune_name,province_code,province_name,valid_from,valid_to\n";
    let touching = "1,A,1,P,,2025-07-01\n1,B,1,P,2025-07-01,\n";
    assert_eq!(parse(&format!("{head}{touching}")).unwrap().communes().len(), 2);
    assert_eq!(
        message(&format!("{head}1,A,1,P,,2025-07-02\n2,C,1,P,,\n1,B,1,P,2025-07-01,\n")),
        "r.csv, line 4: commune `1` is valid from 2025-07-01, but another row of the code is valid \
         until 2025-07-02, expected periods that do not overlap"
    );
    assert_eq!(
        message(&format!("{head}1,A,1,P,2025-07-01,2025-07-01\n")),
        "r.csv, line 2, column `valid_to`: found `2025-07-01`, expected a day after 2025-07-01"
    );
    assert_eq!(message(head), "r.csv has no communes, expected at least one row");
}

#[test]
fn halves_of_a_seat_or_district_are_refused() {
    let head = "commune_code,commune_name,province_code,province_name";
    assert_eq!(
        message(&format!("{head},seat_latitude,seat_longitude\n1,A,1,P,12.5,\n")),
        "r.csv, line 2, column `seat_longitude`: found nothing, expected a number, since there is \
         a latitude"
    );
    assert_eq!(
        message(&format!("{head},district_code\n1,A,1,P,643\n")),
        "r.csv, line 2, column `district_name`: found nothing, expected a name, since the district \
         has a code"
    );
}
