//! Tests of each commune against the quota.

use super::table::{count, text};
use super::words::{Words, counted, title_key};
use super::{FigureSources, whole};
use crate::chart::{QuotaBar, QuotaBars, QuotaLegend};
use crate::error::Result;

/// Every commune with its tests; none where there is no test at all.
pub(super) fn bars(
    sources: &FigureSources<'_>,
    figure: &str,
    family: &str,
) -> Result<Option<QuotaBars>> {
    let words = Words::new(sources, figure, "quota", family);
    let Some(table) = sources.table("quota") else {
        return Ok(None);
    };
    let (names, tests) = (table.text("commune_name")?, table.counts("counted")?);
    let bar = |row: usize| QuotaBar {
        label: text(&names, row).to_owned(),
        tests: count(&tests, row) as f64,
    };
    let hidden = table.suppressed();
    let (left_out, shown): (Vec<_>, Vec<_>) =
        table.rows(family)?.into_iter().partition(|row| hidden[*row]);
    let bars: Vec<_> = shown.into_iter().map(bar).collect();
    if bars.iter().all(|bar| bar.tests <= 0.0) {
        return Ok(None);
    }
    let mut caption = words.caption(title(&words, &bars)?, alternative(&words, &bars)?)?;
    caption.footnotes.extend(sources.suppressed(left_out.len())?);
    Ok(Some(QuotaBars {
        caption,
        legend: QuotaLegend {
            met: words.text_or("met", "legend.quota_met")?,
            missed: words.text_or("partial", "legend.quota_partial")?,
            none: sources.word("legend.quota_zero")?,
        },
        bars,
        quota: sources.quota as f64,
        quota_label: words.text_or("line", "legend.quota_line")?,
        axis: words.text("axis")?,
        values: words.text("values")?,
        values_rooted: words.text("values_rooted")?,
        number: whole,
    }))
}

fn title(words: &Words<'_>, bars: &[QuotaBar]) -> Result<String> {
    let is_met = |bar: &&QuotaBar| bar.tests >= words.sources.quota as f64;
    let met = bars.iter().filter(is_met).count();
    let name = bars.iter().find(is_met).or(bars.first()).map_or("", |bar| bar.label.as_str());
    let key = match (bars.len(), met) {
        (1, 0) => "title_single_missed",
        (1, _) => "title_single_met",
        (all, met) => title_key(met, all),
    };
    let values = [("met", &*counted(met)), ("communes", &*counted(bars.len())), ("name", name)];
    words.filled(key, &values)
}

fn alternative(words: &Words<'_>, bars: &[QuotaBar]) -> Result<String> {
    let mut tests: Vec<f64> = bars.iter().map(|bar| bar.tests).collect();
    tests.sort_by(f64::total_cmp);
    let met = tests.iter().filter(|tests| **tests >= words.sources.quota as f64).count();
    let zero = tests.iter().filter(|tests| **tests <= 0.0).count();
    let most = tests.last().copied().unwrap_or(0.0);
    let name = bars.iter().find(|bar| bar.tests == most).map_or("", |bar| bar.label.as_str());
    let values = [
        ("communes", counted(bars.len())),
        ("met", words.units(met)?),
        ("partial", words.units(bars.len() - met - zero)?),
        ("empty", words.empty_units(zero)?),
        ("name", name.to_owned()),
        ("most", whole(most)),
        ("median", super::round(middle(&tests))),
    ];
    words.filled("alternative", &values.each_ref().map(|(name, text)| (*name, text.as_str())))
}

/// The median of sorted values.
fn middle(sorted: &[f64]) -> f64 {
    let at = |i: usize| sorted.get(i).copied().unwrap_or(0.0);
    match sorted.len() {
        0 => 0.0,
        n if n % 2 == 1 => at(n / 2),
        n => (at(n / 2 - 1) + at(n / 2)) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::middle;

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(middle(&[1.0, 2.0, 9.0]), 2.0);
        assert_eq!(middle(&[1.0, 2.0, 5.0, 9.0]), 3.5);
        assert_eq!(middle(&[]), 0.0);
    }
}
