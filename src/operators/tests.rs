use super::*;
use arrow::array::AsArray;
use arrow::datatypes::Int64Type;

fn parse(rows: &str) -> Result<Operators> {
    let text = format!("operator,kind,key_type,key,host\n{rows}");
    Operators::build(&CsvTable::parse("o.csv", &text, &REQUIRED, &OPTIONAL)?)
}

fn message(rows: &str) -> String {
    parse(rows).expect_err("a fault").to_string()
}

/// The operator of a text key in a table.
fn found(batch: &RecordBatch, key: &str) -> Option<String> {
    let keys = batch.column(0).as_string::<i32>();
    let row = keys.iter().position(|k| k == Some(key))?;
    Some(batch.column(1).as_string::<i32>().value(row).to_owned())
}

#[test]
fn spellings_lead_to_the_brand() {
    let batches = Operators::embedded().unwrap().batches().unwrap();
    let cases = [
        ("Vina Phone", "VNPT"),
        ("VNPT-Net", "VNPT"),
        ("vms", "MobiFone"),
        ("Mobifone corporation", "MobiFone"),
        ("VIETTEL TELECOM", "Viettel"),
        ("Tập đoàn Công nghiệp – Viễn thông Quân đội", "Viettel"),
        ("reddi", "Wintel"),
        ("I-TELECOM", "iTel"),
        ("FPT telecom", "FPT"),
        ("FPT retail", "FPT Retail"),
        ("NetNam", "NETNAM"),
    ];
    for (name, label) in cases {
        assert_eq!(found(&batches.names, &fold(name)).as_deref(), Some(label), "{name}");
    }
}

#[test]
fn withdrawn_codes_are_unknown() {
    let batches = Operators::embedded().unwrap().batches().unwrap();
    assert_eq!(found(&batches.codes, "45204").as_deref(), Some("Viettel"));
    assert_eq!(found(&batches.codes, "45208").as_deref(), Some("iTel"));
    assert_eq!(found(&batches.codes, "45203"), None);
    assert_eq!(found(&batches.codes, "45206"), None);
}

#[test]
fn tables_are_sorted_and_carry_kind_and_host() {
    let operators = Operators::embedded().unwrap();
    assert_eq!(operators.labels()[..3], ["Viettel", "VNPT", "MobiFone"]);
    let batches = operators.batches().unwrap();
    let asns = batches.asns.column(0).as_primitive::<Int64Type>();
    assert!(asns.values().is_sorted() && asns.values().contains(&7552));
    let row = batches.codes.column(0).as_string::<i32>().iter().position(|k| k == Some("45209"));
    let cell = |column: usize| batches.codes.column(column).as_string::<i32>().value(row.unwrap());
    assert_eq!((cell(1), cell(2), cell(3)), ("Wintel", "mvno", "VNPT"));
}

#[test]
fn a_key_of_two_operators_is_refused() {
    assert_eq!(
        message("A,mno,name,Vina Phone,\nB,mno,name,vinaphone,\n"),
        "o.csv, line 3: name `vinaphone` is given to `B`, but line 2 gives it to `A`, expected one \
         operator per key"
    );
    assert_eq!(
        message("A,mno,mcc_mnc,452-04,\nB,mno,mcc_mnc,45204,\n"),
        "o.csv, line 3: mcc_mnc `45204` is given to `B`, but line 2 gives it to `A`, expected one \
         operator per key"
    );
    assert!(message("A,mno,asn,AS1,\nB,isp,asn,1,\n").contains("asn `1` is given to `B`"));
    assert!(parse("A,mno,name,Vina Phone,\nA,mno,name,vinaphone,\n").is_ok());
}

#[test]
fn complaints_name_line_and_column() {
    let cases = [
        (
            "A,telco,name,A,\n",
            "o.csv, line 2, column `kind`: found `telco`, expected `mno`, `mvno` or `isp`",
        ),
        (
            "A,mno,mnc,4,\n",
            "o.csv, line 2, column `key_type`: found `mnc`, expected `name`, `mcc_mnc` or `asn`",
        ),
        (
            "A,mno,mcc_mnc,4,\n",
            "o.csv, line 2, column `key`: found `4`, expected a mobile network code such as 452-04",
        ),
        (
            "A,mno,asn,VNPT,\n",
            "o.csv, line 2, column `key`: found `VNPT`, expected the number of an autonomous system such as 7552",
        ),
        (
            "A,mno,name,?!,\n",
            "o.csv, line 2, column `key`: found `?!`, expected a name with letters or digits",
        ),
        (
            "A,mno,name,A,B\n",
            "o.csv, line 2, column `host`: found `B`, expected nothing, since only an mvno has a host",
        ),
        ("A,mvno,name,A,B\n", "o.csv, line 2: host `B` of `A` is no operator of the file"),
        (
            "A,mno,name,A,\nA,isp,asn,1,\n",
            "o.csv, line 3: `A` has another kind or host than on line 2, expected the same on all its rows",
        ),
        ("", "o.csv has no operators, expected at least one row"),
    ];
    for (rows, expected) in cases {
        assert_eq!(message(rows), expected);
    }
}
