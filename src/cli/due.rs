//! `due`: what is to be sent, by whom, to whom, by when, and what is missing.

use std::path::PathBuf;

use clap::Args;
use ispeed_report::calendar::{self, DayOff, Item, State};
use ispeed_report::config::Sender;
use ispeed_report::error::Result;
use ispeed_report::issuing;
use ispeed_report::period::{Period, parse_day};
use ispeed_report::plan::Plan;
use jiff::civil::Date;
use serde_json::json;

use super::answer::{Answer, Format};
use super::environment::today;
use super::grid::counted;
use super::settings::ConfigArgs;

const LONG: &str = "\
List what is due about a month: from whom, to whom, by which last valid day, and what is missing.

The forms are those of [[due]] in the configuration, what came in is read from the files of [campaign], \
and what was issued from OUT. `before_day = 12` is strict: day 11 is the last valid day. A deadline on \
a weekend or a holiday does not move; it gives a warning.";

const EXAMPLES: &str = "\
Examples:
  ispeed-report due --config gia-lai/ispeed-report.toml --out out
  ispeed-report due --config gia-lai/ispeed-report.toml --month 2025-10 --today 2025-11-12 --json";

/// List what is due, by whom, to whom, by when, and what is missing
#[derive(Debug, Args)]
#[command(long_about = LONG, after_help = EXAMPLES)]
pub struct DueArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Month that the forms are about [default: the last complete one]
    #[arg(long, value_name = "YYYY-MM")]
    month: Option<String>,
    /// Folder of the bundles, to see which documents were issued
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Day that it is to be seen from [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

impl DueArgs {
    /// How the answer is printed.
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { Format::Text }
    }
}

/// Reads the forms, lists them.
pub fn due(args: &DueArgs) -> Result<Answer> {
    let mut config = args.config.read()?;
    // Earlier months say nothing of what is due about this one.
    config.history.paths.clear();
    let today = match &args.today {
        Some(day) => parse_day(day)?,
        None => today(&config)?,
    };
    let month = match &args.month {
        Some(month) => month.clone(),
        None => Period::last_complete(today, &config.period)?.month,
    };
    let plan = Plan::new(config, true, Some(&month), Some(today), 1, PathBuf::new())?;
    let bundle = format!("{}-{month}", plan.config.province.code);
    let issued =
        args.out.as_ref().map(|out| issuing::issue_dates(&out.join(bundle))).transpose()?;
    let items = calendar::due(&plan, issued.as_ref())?;
    let mut answer = Answer::text(text(&items, &month, today))
        .member("month", month)
        .member("today", today.to_string())
        .member("items", json!(items));
    answer.warnings = warnings(&items);
    Ok(answer)
}

/// The items of each form, which follow each other.
fn forms(items: &[Item]) -> impl Iterator<Item = &[Item]> {
    items.chunk_by(|a, b| a.form == b.form)
}

fn text(items: &[Item], month: &str, today: Date) -> String {
    if items.is_empty() {
        return "nothing is due: the configuration has no [[due]] block\n".into();
    }
    let head = format!("due about {month}, as of {today}\n");
    head + &forms(items).map(block).collect::<String>()
}

fn block(items: &[Item]) -> String {
    let Some(first) = items.first() else { return String::new() };
    let to = if first.to.is_empty() { "the issuer" } else { &first.to };
    let named =
        |unit: &str| if unit.is_empty() { sender(first.from).to_owned() } else { unit.to_owned() };
    let mut text = format!(
        "\n{} ({}), {} to {to}: {}\n",
        first.title,
        first.form,
        sender(first.from),
        last_day(first)
    );
    let mut states: Vec<State> = items.iter().map(|item| item.state).collect();
    states.sort();
    states.dedup();
    for state in states {
        let of_state: Vec<&Item> = items.iter().filter(|item| item.state == state).collect();
        let names: Vec<String> = of_state
            .iter()
            .map(|item| match item.received_on {
                Some(day) => format!("{} ({day})", named(&item.unit)),
                None => named(&item.unit),
            })
            .collect();
        text += &format!("  {:<9} {:>4}  {}\n", word(state), names.len(), names.join(", "));
    }
    text
}

fn last_day(item: &Item) -> String {
    let Some(day) = item.last_day else { return "no deadline".into() };
    let closed = item.day_off.map(|why| format!(", {}", closed(why))).unwrap_or_default();
    let left = match item.days_left {
        Some(days) if days < 0 => {
            format!(", over since {}", counted(u64::from(days.unsigned_abs()), "day"))
        }
        Some(0) => ", today".into(),
        Some(days) => format!(", {} left", counted(u64::from(days.unsigned_abs()), "day")),
        None => String::new(),
    };
    format!("last valid day {day} ({}{closed}{left})", day.strftime("%A"))
}

fn closed(why: DayOff) -> &'static str {
    match why {
        DayOff::Weekend => "a weekend",
        DayOff::Holiday => "a holiday",
    }
}

fn sender(from: Sender) -> &'static str {
    match from {
        Sender::Departments => "departments",
        Sender::Press => "press",
        Sender::Districts => "districts",
        Sender::Communes => "communes",
        Sender::Operators => "operators",
        Sender::Issuer => "issuer",
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::Received => "received",
        State::Late => "late",
        State::Missing => "missing",
        State::Open => "open",
        State::Unknown => "not known",
    }
}

/// Deadlines on days when nobody is at work, where something is still to come.
fn warnings(items: &[Item]) -> Vec<String> {
    let waiting = items.iter().filter(|item| item.days_left.is_some_and(|days| days >= 0));
    let closed_days = waiting.filter_map(|item| {
        let (day, why) = (item.last_day?, item.day_off?);
        Some(format!(
            "the last valid day of `{}`, {day}, is {}: ask for it earlier",
            item.title,
            closed(why)
        ))
    });
    let mut warnings: Vec<String> = closed_days.collect();
    warnings.dedup();
    warnings
}
