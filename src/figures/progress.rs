//! How communes came to the quota in the course of the period.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::daily::{day_label, is_calendar_month, period_days};
use super::maps::{Key, keys, short_name};
use super::table::{Table, count, text};
use super::words::{Words, counted, title_key};
use super::{FigureSources, whole};
use crate::chart::{Progress, ProgressRow};
use crate::error::Result;
use crate::import::functions::days as days_since_epoch;

/// Shares of the quota at which a commune gets darker.
const LIMITS: [i64; 4] = [25, 50, 75, 100];

/// More rows than this could not be read on a page.
const MOST_ROWS: usize = 140;

/// A commune with its days.
struct Course {
    name: String,
    /// How far it had come at the end of each day.
    days: Vec<usize>,
    total: i64,
}

impl Course {
    fn has_met(&self, day: usize) -> bool {
        self.days.get(day).or(self.days.last()).is_some_and(|reached| *reached > LIMITS.len())
    }
}

/// Communes by days for families whose communes have a legal quota; none without tests.
pub(super) fn days(
    sources: &FigureSources<'_>,
    figure: &str,
    family: &str,
) -> Result<Option<Progress>> {
    let words = Words::new(sources, figure, "progress", family);
    let (mut courses, hidden) = courses(sources, family)?;
    if courses.iter().all(|course| course.total == 0) {
        return Ok(None);
    }
    let (title, alternative) = finding(&words, &courses)?;
    let mut caption = words.caption(title, alternative)?;
    courses.sort_by_cached_key(|course| Reverse(course.total));
    caption.footnotes.extend(sources.suppressed(hidden)?);
    let left_out = courses.len().saturating_sub(MOST_ROWS);
    if left_out > 0 {
        courses.truncate(MOST_ROWS);
        let values = [("count", &*counted(left_out))];
        caption.footnotes.insert(0, sources.filled("legend.communes_left_out", &values)?);
    }
    let axis = if is_calendar_month(sources) { "axis" } else { "axis_window" };
    Ok(Some(Progress {
        caption,
        classes: class_names(&words)?,
        days: period_days(sources).map(|day| day_label(sources, day)).collect(),
        rows: courses.into_iter().map(|course| row(sources, course)).collect(),
        axis: words.text(axis)?,
        row_head: words.text("row_head")?,
        total_head: words.text("total_head")?,
        number: whole,
    }))
}

/// Every commune of the quota, also without a test; and how many are suppressed and left out.
fn courses(sources: &FigureSources<'_>, family: &str) -> Result<(Vec<Course>, usize)> {
    let found = sources.table("quota").zip(sources.table("progress"));
    let Some((quota, progress)) = found else { return Ok((Vec::new(), 0)) };
    let reached = reached(&progress, family)?;
    let (communes, names) = (keys(&quota)?, quota.text("commune_name")?);
    let (legal, counted) = (quota.counts("legal")?, quota.counts("counted")?);
    let hidden = quota.suppressed();
    let days: Vec<i32> = period_days(sources).map(days_since_epoch).collect();
    let (mut courses, mut left_out) = (Vec::new(), 0);
    for row in quota.rows(family)?.into_iter().filter(|row| count(&legal, *row) == 1) {
        if hidden[row] {
            left_out += 1;
            continue;
        }
        let of = |day: &i32| reached.get(&(communes[row].clone(), *day)).copied().unwrap_or(0);
        courses.push(Course {
            name: text(&names, row).to_owned(),
            days: days.iter().map(of).collect(),
            total: count(&counted, row),
        });
    }
    Ok((courses, left_out))
}

/// The class of a commune at the end of a day; a day that is suppressed is drawn like one without tests.
fn reached(progress: &Table<'_>, family: &str) -> Result<BTreeMap<(Key, i32), usize>> {
    let (communes, days, reached) =
        (keys(progress)?, progress.days("local_day")?, progress.counts("reached")?);
    let days: Vec<i32> = days.iter().map(Option::unwrap_or_default).collect();
    let class = |row: usize| usize::try_from(count(&reached, row)).unwrap_or(0);
    let rows = progress.rows(family)?.into_iter();
    Ok(rows.map(|row| ((communes[row].clone(), days[row]), class(row))).collect())
}

fn row(sources: &FigureSources<'_>, course: Course) -> ProgressRow {
    ProgressRow {
        label: short_name(sources, &course.name),
        classes: course.days,
        total: course.total as f64,
    }
}

fn class_names(words: &Words<'_>) -> Result<Vec<String>> {
    let limits = LIMITS.map(|limit| whole(limit as f64));
    let mut names =
        vec![words.text("class_zero")?, words.filled("class_below", &[("to", &limits[0])])?];
    for pair in limits.windows(2) {
        names.push(words.filled("class_between", &[("from", &pair[0]), ("to", &pair[1])])?);
    }
    names.push(words.text("class_met")?);
    Ok(names)
}

/// How many had reached the quota in the middle and at the end.
fn finding(words: &Words<'_>, courses: &[Course]) -> Result<(String, String)> {
    let sources = words.sources;
    let length = courses.first().map_or(0, |course| course.days.len());
    let middle = (length / 2).saturating_sub(1);
    let met = |day: usize| courses.iter().filter(|c| c.has_met(day)).count();
    let (met_middle, met_last) = (met(middle), met(length));
    let zero = courses.iter().filter(|course| course.total == 0).count();
    let date = period_days(sources).nth(middle);
    let values = [
        ("middle", date.map_or(String::new(), |day| format!("{}/{}", day.day(), day.month()))),
        ("met_middle", counted(met_middle)),
        ("met", counted(met_last)),
        ("communes", counted(courses.len())),
        ("units_middle", words.units(met_middle)?),
        ("units_met", words.units(met_last)?),
        ("empty", words.empty_units(zero)?),
    ];
    let values = values.each_ref().map(|(name, text)| (*name, text.as_str()));
    let key = match title_key(met_last, courses.len()) {
        "title_none" => "title_none",
        _ if met_middle == 0 => "title_late",
        "title_all" => "title_all",
        _ => "title_some",
    };
    Ok((words.filled(key, &values)?, words.filled("alternative", &values)?))
}
