//! Warnings in the words of `labels.toml`.

use serde_json::{Value, json};

use super::labels::Labels;
use crate::error::Result;
use crate::vietnamese;
use crate::warning::{Fact, Warning, runs};

/// The warnings as objects with `kind`, `text` (the whole sentence) and the facts in words.
pub(super) fn worded(warnings: &[Warning], labels: &Labels) -> Result<Vec<Value>> {
    warnings.iter().map(|warning| sentence(warning, labels)).collect()
}

fn sentence(warning: &Warning, labels: &Labels) -> Result<Value> {
    let mut words = Vec::new();
    for (name, fact) in warning.facts() {
        words.push((name, in_words(&fact, labels)?));
    }
    let pairs: Vec<_> = words.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let text = labels.filled(&format!("warnings.{}", warning.kind()), &pairs)?;
    let mut value = json!({"kind": warning.kind(), "text": text});
    for (name, text) in words {
        value[name] = text.into();
    }
    Ok(value)
}

fn in_words(fact: &Fact, labels: &Labels) -> Result<String> {
    Ok(match fact {
        Fact::Count(count) => vietnamese::integer(i64::try_from(*count).unwrap_or(i64::MAX)),
        Fact::Number(value) if value.fract() == 0.0 && value.abs() < 1e15 => {
            vietnamese::integer(*value as i64)
        }
        Fact::Number(value) => vietnamese::number(*value, 2),
        Fact::Share(share) => vietnamese::percent(*share, 1),
        Fact::Text(text) => text.clone(),
        Fact::Days(days) => {
            let span = |(first, last): (_, _)| match first == last {
                true => Ok(vietnamese::date(first)),
                false => {
                    let (first, last) = (vietnamese::date(first), vietnamese::date(last));
                    labels.filled("warnings.span", &[("first", &first), ("last", &last)])
                }
            };
            runs(days).into_iter().map(span).collect::<Result<Vec<_>>>()?.join("; ")
        }
        Fact::Label(section, key) => labels.text(&format!("{section}.{key}"))?.to_owned(),
        Fact::Labels(section, keys) => {
            let words = keys.iter().map(|key| labels.text(&format!("{section}.{key}")));
            words.collect::<Result<Vec<_>>>()?.join("; ")
        }
        Fact::Column(column) => labels.column_title("operator", column)?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;
    use crate::report::Templates;

    fn text(warning: Warning) -> String {
        let labels = Templates::embedded().labels().unwrap();
        let worded = worded(&[warning], &labels).unwrap();
        worded[0]["text"].as_str().unwrap().to_owned()
    }

    /// One warning of each kind.
    fn all() -> Vec<Warning> {
        let (file, operator) = ("a.parquet".to_owned(), "VNPT".to_owned());
        let upload = |operator| Warning::UploadAboveDownload {
            operator,
            tests: 1234,
            download: 20.5,
            upload: 81.0,
        };
        let shifted = |local_as_utc| Warning::HoursShifted {
            local_as_utc,
            hours: 7,
            night: 900,
            busy_from: 8,
            busy: 15,
        };
        vec![
            Warning::RejectedShare { share: 0.125, limit: 0.05 },
            Warning::MisspeltColumn { file, found: "opertor".into(), nearest: "operator".into() },
            Warning::Unconverted { column: "latency_ms".into(), values: 3 },
            Warning::NoBoundaries { rows: 7 },
            Warning::ConflictingDuplicates { rows: 7 },
            Warning::UnknownOperator { rows: 7 },
            Warning::NothingAccepted,
            upload(None),
            upload(Some(operator.clone())),
            Warning::SpeedsTooHigh {
                access_type: "mobile".into(),
                tests: 1000,
                above: 990,
                median: 52_000.0,
            },
            Warning::SpeedsTooLow { access_type: "fixed".into(), tests: 1000, median: 0.09 },
            Warning::DaysWithoutSamples { days: vec![Date::constant(2025, 10, 5)] },
            shifted(true),
            shifted(false),
            Warning::OperatorMissing {
                family: "mobile_5g".into(),
                operator: operator.clone(),
                tests: 40,
            },
            Warning::Jump {
                family: "mobile".into(),
                operator,
                column: "download_mbps_median".into(),
                before: 45.0,
                now: 14.875,
                factor: 3.0,
            },
            Warning::CampaignUnwatched { forms: vec!["Biểu mẫu 03".into()] },
            Warning::CampaignWithoutFile { form: "Biểu mẫu 03".into() },
            Warning::CampaignProblems { form: "Biểu mẫu 03".into(), rejected: 2, others: 1 },
            Warning::MonthlyText { file: None, parts: vec!["direction".into(), "causes".into()] },
        ]
    }

    #[test]
    fn every_warning_has_its_sentence_and_says_it_once() {
        let labels = Templates::embedded().labels().unwrap();
        let mut kinds: Vec<_> = all().iter().map(Warning::kind).collect();
        for warning in all() {
            let sentence = text(warning);
            assert!(sentence.ends_with('.') && !sentence.contains(['{', '}']), "{sentence}");
        }
        let mut known = labels.keys("warnings");
        known.retain(|key| *key != "span");
        kinds.sort_unstable();
        known.sort_unstable();
        assert_eq!(kinds, known);
    }

    #[test]
    fn numbers_days_and_labels_are_worded() {
        let days = [3, 4, 5, 9].map(|day| Date::constant(2025, 10, day));
        let days = text(Warning::DaysWithoutSamples { days: days.to_vec() });
        assert!(days.contains("4 ngày"), "{days}");
        assert!(days.contains("từ 03/10/2025 đến 05/10/2025; 09/10/2025"), "{days}");
        let parts = text(all().pop().unwrap());
        assert!(parts.contains("công tác chỉ đạo, triển khai; nguyên nhân"), "{parts}");
        let jump = text(all().into_iter().rev().nth(4).unwrap());
        let parts = ["Tải xuống – trung vị (Mbps)", "từ 45 ", "14,88", "di động"];
        assert!(parts.iter().all(|part| jump.contains(part)), "{jump}");
    }
}
