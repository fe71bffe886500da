use super::*;
use crate::config::Place;

fn config(text: &str) -> Result<Config> {
    parse("a.toml", text, None, &[], |loaded, _| loaded.config)
}

fn mistakes(text: &str, overrides: &[Override]) -> Vec<String> {
    let error = parse("a.toml", text, None, overrides, |_, _| ()).unwrap_err();
    error.to_string().lines().skip(1).map(|line| line.trim().to_owned()).collect()
}

fn set(key: &str, value: &str) -> Override {
    Override {
        place: Place::Flag(format!("{key}={value}")),
        path: key.split('.').map(str::to_owned).collect(),
        value: value.to_owned(),
    }
}

#[test]
fn the_template_is_a_valid_configuration_with_the_defaults() {
    let template = config(TEMPLATE).unwrap();
    assert_eq!(template.statistics.quota, 300);
    assert_eq!(template.benchmarks.len(), 3);
    let plain = config("[province]\ncode = \"66\"").unwrap();
    let json = |config: &Config| {
        let mut value = serde_json::to_value(config).unwrap();
        value["samples"]["paths"] = serde_json::Value::Null;
        value
    };
    assert_eq!(json(&template), json(&plain));
}

/// A setting that is in no template is found by nobody.
#[test]
fn the_template_names_every_setting() {
    fn walk(value: &serde_json::Value, above: &str, names: &mut Vec<(String, String)>) {
        for (name, value) in value.as_object().into_iter().flatten() {
            names.push((above.to_owned(), name.clone()));
            walk(value, name, names);
        }
    }
    let mut names = Vec::new();
    walk(&crate::config::tree(), "", &mut names);
    assert!(names.len() > 80, "{names:?}");
    for (table, name) in names {
        let key = |line: &str| line.trim_start_matches("# ").starts_with(&format!("{name} ="));
        let head = |line: &str| line.contains('[') && line.contains(&format!("{name}]"));
        let known = TEMPLATE.lines().any(|line| key(line) || head(line));
        assert!(known, "`{name}` of `{table}` is not in the template");
    }
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let text = r#"
[province]
code = 66
[period]
first_day = 31
zon = "Asia/Ho_Chi_Minh"
[statistics]
qouta = 300
publish_from = 0
peak_hours = [23, 19]
[validation.max_mbps]
6G = 1.0
[[benchmarks]]
indicator = "download_mbps"
access_type = "mobil"
value = 1.0
source = "x"
[[benchmarks]]
indicator = "download_mbps"
access_type = "mobile"
source = "x"
[statics]
quota = 1
"#;
    let found = mistakes(text, &[]);
    let starts = [
        "line 3: `province.code` is integer `66`, expected a string",
        "line 5: `period.first_day` is 31, expected 1 to 28",
        "line 6: `period.zon` has no setting `zon`, expected",
        "line 8: `statistics.qouta` has no setting `qouta`",
        "line 9: `statistics.publish_from` is 0, expected at least 1",
        "line 10: `statistics.peak_hours` is [23, 19]",
        "line 12: `validation.max_mbps.6G` is `6G`, expected one of 2G",
        "line 15: `benchmarks[1].access_type` is `mobil`, expected one of mobile, fixed; did you mean `mobile`?",
        "line 18: `benchmarks[2]` lacks `value`",
        "line 22: `statics` has no setting `statics`",
    ];
    assert_eq!(found.len(), starts.len(), "{found:#?}");
    for (line, start) in found.iter().zip(starts) {
        assert!(line.starts_with(start), "expected {start}, found {line}");
    }
    assert!(found[3].ends_with("did you mean `quota`?"), "{}", found[3]);
    assert!(found[9].ends_with("did you mean `statistics`?"), "{}", found[9]);
}

/// Of two blocks each mistake is told, also where one was left out for its own.
#[test]
fn a_block_left_out_hides_nothing_of_the_next() {
    let block = |lines: &str| format!("[[benchmarks]]\nindicator = \"x\"\nsource = \"x\"\n{lines}");
    let first = block("access_type = \"mobile\"\nvalue = \"much\"\n");
    let text = format!("[province]\ncode = \"66\"\n{first}{}", block("value = 1.0\n"));
    let found = mistakes(&text, &[]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].starts_with("line 7: `benchmarks[1].value` is string"), "{found:#?}");
    assert!(found[1].starts_with("line 8: ") && found[1].ends_with("lacks `access_type`"));
}

#[test]
fn what_is_no_toml_does_not_hide_the_rest() {
    let found = mistakes("[province]\ncode = \"66\nx = \n[statistics]\nqouta = 1\n", &[]);
    assert!(found.iter().any(|line| line.starts_with("line 2: ")), "{found:#?}");
    assert!(found.iter().any(|line| line.starts_with("line 5: `statistics.qouta`")), "{found:#?}");
}

#[test]
fn a_missing_province_is_told_once() {
    assert_eq!(mistakes("", &[]), ["line 1: lacks `province`"]);
    assert_eq!(mistakes("[province]\n", &[]), ["line 1: `province` lacks `code`"]);
}

#[test]
fn a_later_source_wins_and_its_mistakes_name_it() {
    let text = "[province]\ncode = \"66\"\n[statistics]\nquota = 300\n";
    let quota = |overrides: &[Override]| {
        parse("a.toml", text, None, overrides, |loaded, _| loaded.config.statistics.quota).unwrap()
    };
    assert_eq!(quota(&[]), 300);
    assert_eq!(quota(&[set("statistics.quota", "200"), set("statistics.quota", "100")]), 100);
    let found = mistakes(text, &[set("statistics.quota", "many"), set("no.such", "1")]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].starts_with("--set no.such=1: `no` has no setting `no`"), "{found:#?}");
    assert!(found[1].starts_with("--set statistics.quota=many: `statistics.quota` is string"));
    let found = mistakes(text, &[set("province.code.x", "1")]);
    assert!(found[0].contains("no table"), "{found:#?}");
}

#[test]
fn text_and_lists_can_be_set() {
    let overrides = [
        set("report.place", "Đắk Lắk"),
        set("report.documents", "[\"ministry\"]"),
        set("samples.paths", "[\"a\"]"),
    ];
    let text = "[province]\ncode = \"66\"\n";
    let config = parse("a.toml", text, None, &overrides, |loaded, _| loaded.config).unwrap();
    assert_eq!(config.report.place, "Đắk Lắk");
    assert_eq!(
        (config.report.documents, config.samples.paths),
        (vec!["ministry".into()], vec!["a".into()])
    );
}

#[test]
fn values_are_checked() {
    for (text, setting) in [
        ("[period]\nfirst_day = 31", "period.first_day"),
        ("[validation]\nfail_rejected_share = 1.5", "validation.fail_rejected_share"),
        ("[statistics]\npublish_from = 0", "statistics.publish_from"),
        ("[statistics]\nsufficient_from = 1", "statistics.sufficient_from"),
        ("[statistics]\nmax_without_device_share = 20", "statistics.max_without_device_share"),
        ("[statistics]\ncompare_devices = 1", "statistics.compare_devices"),
        ("[gaps]\nnotify_months = 4", "gaps.notify_months"),
        ("[checks]\njump_factor = 1.0", "checks.jump_factor"),
        ("[checks]\nmin_tests = 0", "checks.min_tests"),
        ("[checks]\nmin_median_mbps = 6000.0", "checks.min_median_mbps"),
        ("[checks]\nnight_ratio = nan", "checks.night_ratio"),
        ("[coverage]\ncell_degrees = 0.0123456789", "coverage.cell_degrees"),
        ("[coverage]\ncell_degrees = 0.001", "coverage.cell_degrees"),
        ("[coverage.failures]\ndevices = 2", "coverage.failures.devices"),
        ("[coverage.fallback]\ntests = 0", "coverage.fallback.tests"),
        ("[coverage.fallback]\nshare = 1.0", "coverage.fallback.share"),
        ("[coverage.signal.levels]\nwifi = -90.0", "coverage.signal.levels.wifi"),
        ("[coverage.signal.levels]\n4G = 95.0", "coverage.signal.levels.4G"),
        ("[coverage.signal]\nsamples = 0", "coverage.signal.samples"),
        ("[coverage.absence]\nprobability = 0.0", "coverage.absence.probability"),
        ("[privacy]\nmin_devices = 4", "privacy.min_devices"),
        ("[hooks]\ntimeout_s = 0", "hooks.timeout_s"),
        ("[hooks]\non_failure = [\"\"]", "hooks.on_failure"),
        ("[form]\nleft_mm = 25.0", "form.left_mm"),
        ("[form]\nbody_pt = nan", "form.body_pt"),
        ("[form]\nindent_mm = 11.0", "form.indent_mm"),
        (
            "[[due]]\nid = \"03\"\ntitle = \"x\"\nfrom = \"communes\"\nevery = \"month\"",
            "due[1].every",
        ),
    ] {
        let found = mistakes(&format!("[province]\ncode = \"66\"\n{text}"), &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(&format!("`{setting}` ")), "{found:?}");
        assert!(found[0].starts_with("line "), "{found:?}");
    }
}

/// A configuration cut off, or with a byte changed, is right or wrong, and never the end of the program.
#[test]
fn no_text_stops_the_program() {
    for end in (0..TEMPLATE.len()).step_by(7) {
        let text = String::from_utf8_lossy(&TEMPLATE.as_bytes()[..end]).into_owned();
        let _ = config(&text);
        let mut bytes = TEMPLATE.as_bytes().to_vec();
        bytes[end] = b"[]{}=\"'.#\n0\x00"[end % 12];
        let _ = config(&String::from_utf8_lossy(&bytes));
    }
    let _ = config(&"[".repeat(100_000));
    let _ = config(&format!("x = {}", "[".repeat(100_000)));
    let _ = config(&"a.".repeat(100_000));
}
