//! What was found in a place, in the words of `labels.toml`: for lists that ask somebody to look.

use serde_json::Value;

use super::labels::Labels;
use super::rows::{Row, integer, text};
use crate::error::Result;
use crate::vietnamese::{integer as whole, month_label, number};

/// A row of the table `gaps` of low quality: which mean lies on the bad side of which benchmark.
pub(super) fn low_quality(row: &Row, labels: &Labels) -> Result<String> {
    let above = decimal(row, "mean") > decimal(row, "benchmark");
    let pattern = if above { "low_quality_above" } else { "low_quality_below" };
    mean_and_benchmark(row, pattern, labels)
}

/// The same without the interval.
pub(super) fn low_quality_short(row: &Row, labels: &Labels) -> Result<String> {
    mean_and_benchmark(row, "low_quality_short", labels)
}

fn mean_and_benchmark(row: &Row, pattern: &str, labels: &Labels) -> Result<String> {
    let indicator = format!("indicators.{}", text(row, "indicator"));
    labels.filled(
        &format!("findings.{pattern}"),
        &[
            ("service", &service(row, labels)?),
            ("indicator", &lower_first(labels.text(&indicator)?)),
            ("mean", &number(decimal(row, "mean"), 2)),
            ("interval", &interval(row, labels)?),
            ("benchmark", &short(decimal(row, "benchmark"))),
            ("unit", labels.text(&format!("{indicator}.unit"))?),
        ],
    )
}

/// A row of the table `suspected_coverage`: which evidence there is in which place.
pub(super) fn suspected_short(row: &Row, labels: &Labels) -> Result<String> {
    let (place, kinds) = (place(row, labels)?, kinds(row, labels)?);
    labels.filled("findings.suspected_short", &[("place", &place), ("kinds", &kinds)])
}

/// The same with the tests that it rests on.
pub(super) fn suspected(row: &Row, labels: &Labels) -> Result<String> {
    let (place, kinds) = (place(row, labels)?, kinds(row, labels)?);
    labels.filled(
        "findings.suspected",
        &[
            ("place", &place),
            ("kinds", &kinds),
            ("tests", &whole(integer(row, "tests"))),
            ("failed", &whole(integer(row, "tests_failed"))),
        ],
    )
}

/// A hamlet by its name, a cell of the grid as such.
fn place(row: &Row, labels: &Labels) -> Result<String> {
    match (text(row, "place_kind"), text(row, "place")) {
        ("cell", place) => labels.filled("findings.cell", &[("place", place)]),
        (_, place) => Ok(place.to_owned()),
    }
}

fn kinds(row: &Row, labels: &Labels) -> Result<String> {
    let kinds = text(row, "kinds").split(", ").filter(|kind| !kind.is_empty());
    let kinds = kinds.map(|kind| labels.text(&format!("evidence_kinds.{kind}")));
    Ok(kinds.collect::<Result<Vec<_>>>()?.join("; "))
}

/// Since which month it has been found; nothing in the first month.
pub(super) fn since(row: &Row, labels: &Labels) -> Result<String> {
    let month = month_label(text(row, "since"));
    if integer(row, "months_found") < 2 {
        return Ok(String::new());
    }
    labels.filled("findings.since", &[("month", &month)])
}

/// `Băng rộng di động 4G`, and not `Băng rộng 5G 5G`.
fn service(row: &Row, labels: &Labels) -> Result<String> {
    let family = labels.text(&format!("family_titles.{}", text(row, "family")))?;
    let technology = match text(row, "technology") {
        "" => return Ok(family.to_owned()),
        known => labels.text(&format!("technologies.{known}"))?,
    };
    if family.ends_with(technology) {
        return Ok(family.to_owned());
    }
    Ok(format!("{family} {technology}"))
}

fn interval(row: &Row, labels: &Labels) -> Result<String> {
    match (end(row, "mean_low"), end(row, "mean_high")) {
        (Some(low), Some(high)) => {
            labels.filled("findings.interval", &[("low", &low), ("high", &high)])
        }
        _ => Ok(String::new()),
    }
}

fn end(row: &Row, column: &str) -> Option<String> {
    row.get(column).and_then(Value::as_f64).map(|value| number(value, 2))
}

fn decimal(row: &Row, column: &str) -> f64 {
    row.get(column).and_then(Value::as_f64).unwrap_or(f64::NAN)
}

/// A benchmark is a round number as a rule.
fn short(value: f64) -> String {
    if value.fract() == 0.0 { number(value, 0) } else { number(value, 2) }
}

/// For the middle of a sentence.
pub(super) fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::context::object;
    use super::*;
    use crate::report::Templates;

    fn labels() -> Labels {
        Templates::embedded().labels().unwrap()
    }

    #[test]
    fn a_mean_is_below_or_above_its_benchmark() {
        let mut row = object(json!({
            "family": "mobile", "technology": "4G", "indicator": "download_mbps", "mean": 32.104,
            "mean_low": 30.0, "mean_high": 34.2, "benchmark": 40.0, "since": "2025-08",
            "months_found": 3,
        }));
        assert_eq!(
            low_quality(&row, &labels()).unwrap(),
            "Băng rộng di động 4G: tốc độ tải xuống trung bình 32,10 Mbps (từ 30,00 đến 34,20), \
             thấp hơn mức đối chiếu tham khảo 40 Mbps"
        );
        assert_eq!(since(&row, &labels()).unwrap(), "; ghi nhận liên tục từ tháng 08/2025");
        row.extend(object(json!({
            "family": "mobile_5g", "technology": "5G", "indicator": "latency_ms", "mean": 61.0,
            "mean_low": null, "benchmark": 50.5, "months_found": 1,
        })));
        assert_eq!(
            low_quality(&row, &labels()).unwrap(),
            "Băng rộng 5G: độ trễ (thời gian phản hồi HTTP) trung bình 61,00 ms, cao hơn mức đối \
             chiếu tham khảo 50,50 ms"
        );
        assert_eq!(since(&row, &labels()).unwrap(), "");
    }

    #[test]
    fn a_place_is_suspected_and_no_more() {
        let row = object(json!({
            "place": "Buôn Trấp", "kinds": "failures, fallback", "tests": 1053, "tests_failed": 23,
        }));
        assert_eq!(
            suspected(&row, &labels()).unwrap(),
            "Nghi vấn lõm sóng tại Buôn Trấp: lượt đo không thành công; phải dùng mạng \
             2G/3G (1.053 lượt đo, trong đó 23 lượt không thành công)"
        );
        let row =
            object(json!({"place": "12.65N 108.52E", "place_kind": "cell", "kinds": "signal"}));
        let expected = "Nghi vấn lõm sóng tại ô lưới 12.65N 108.52E: tín hiệu yếu";
        assert_eq!(suspected_short(&row, &labels()).unwrap(), expected);
    }
}
