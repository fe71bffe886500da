use super::*;
use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int32Array, Int64Array,
    NullArray, StringViewArray, UInt64Array,
};
use arrow::datatypes::Int32Type;

/// Every type and the texts that writers get wrong.
pub(crate) fn table() -> RecordBatch {
    let text = ["Đắk Lắk", "=HYPERLINK(\"http://x\";\"y\")", "a,b\n\"c\"", "https://x.vn"];
    let mut operators: Vec<Option<&str>> = text.map(Some).to_vec();
    operators.push(None);
    let kinds: DictionaryArray<Int32Type> =
        ["mobile", "fixed", "mobile", "fixed", "mobile"].into_iter().collect();
    let means = [Some(1234.56), Some(0.1 + 0.2), Some(40.0), None, Some(1e-7)];
    let days = [Some(20_376), Some(0), Some(-30_000), None, Some(20_454)];
    let columns: [(&str, ArrayRef); 8] = [
        ("operator", Arc::new(StringViewArray::from(operators))),
        ("access_type", Arc::new(kinds)),
        ("tests_ok", Arc::new(Int64Array::from(vec![1_234_567, 0, -3, 4, 5]))),
        ("devices", Arc::new(Int32Array::from(vec![Some(1), None, Some(3), None, None]))),
        ("download_mbps_mean", Arc::new(Float64Array::from(means.to_vec()))),
        ("commune_valid_from", Arc::new(Date32Array::from(days.to_vec()))),
        ("nothing", Arc::new(NullArray::new(5))),
        ("simulated", Arc::new(BooleanArray::from(vec![true; 5]))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(n, a)| (n, a, true))).unwrap()
}

fn one(array: ArrayRef) -> RecordBatch {
    RecordBatch::try_from_iter([("c", array)]).unwrap()
}

#[test]
fn csv_is_exact() {
    let text = String::from_utf8(csv(&table()).unwrap()).unwrap();
    let expected = "\
operator,access_type,tests_ok,devices,download_mbps_mean,commune_valid_from,nothing,simulated
Đắk Lắk,mobile,1234567,1,1234.56,2025-10-15,,true
\"=HYPERLINK(\"\"http://x\"\";\"\"y\"\")\",fixed,0,,0.30000000000000004,1970-01-01,,true
\"a,b
\"\"c\"\"\",mobile,-3,3,40.0,1887-11-12,,true
https://x.vn,fixed,4,,,,,true
,mobile,5,,1e-7,2026-01-01,,true
";
    assert_eq!(text, expected);
}

#[test]
fn csv_numbers_read_back_as_the_same() {
    let mut bits: u64 = 0x9E37_79B9_7F4A_7C15;
    for _ in 0..20_000 {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let number = f64::from_bits(bits);
        if number.is_finite() {
            assert_eq!(spell(Cell::Number(number)).parse::<f64>().unwrap().to_bits(), bits);
        }
    }
}

#[test]
fn formulas_are_recognised() {
    assert!(["=1", "+1", "-1", "@x", "\tx", "\rx"].iter().all(|text| reads_as_formula(text)));
    assert!(["Viettel", "", " =1", "4G+"].iter().all(|text| !reads_as_formula(text)));
}

#[test]
fn what_is_no_figure_is_refused() {
    let odd = one(Arc::new(Float64Array::from(vec![1.0, f64::NAN])));
    for refused in [csv(&odd), parquet(&odd)] {
        let said = refused.unwrap_err().to_string();
        assert_eq!(said, "column `c` has NaN in row 2, expected a finite number or null");
    }
    assert!(csv(&one(Arc::new(UInt64Array::from(vec![u64::MAX])))).is_err());
    assert!(csv(&one(Arc::new(Date32Array::from(vec![i32::MAX])))).is_err());
    let nested =
        arrow::array::ListArray::new_null(Arc::new(Field::new("item", DataType::Utf8, true)), 1);
    assert!(csv(&one(Arc::new(nested))).unwrap_err().to_string().contains("`c` has type List"));
}

#[test]
fn tables_without_rows_keep_their_columns() {
    let empty = table().slice(0, 0);
    assert_eq!(csv(&empty).unwrap().iter().filter(|byte| **byte == b'\n').count(), 1);
    assert!(parquet(&empty).unwrap().starts_with(b"PAR1"));
}

#[test]
fn parquet_bytes_do_not_depend_on_the_encoding_of_text() {
    let table = table();
    let mut arrays = table.columns().to_vec();
    let mut fields: Vec<_> = table.schema().fields().iter().map(|f| f.as_ref().clone()).collect();
    arrays[0] = convert("operator", &arrays[0], DataType::LargeUtf8).unwrap();
    fields[0] = Field::new("operator", DataType::LargeUtf8, true)
        .with_metadata([("a".to_owned(), "b".to_owned())].into());
    let metadata = [("made".to_owned(), "elsewhere".to_owned())].into();
    let schema = Arc::new(Schema::new(fields).with_metadata(metadata));
    let other = RecordBatch::try_new(schema, arrays).unwrap();
    assert_eq!(parquet(&table).unwrap(), parquet(&other).unwrap());
}
