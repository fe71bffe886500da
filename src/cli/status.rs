//! `status`: how far the month has come.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ispeed_report::bundle::tables::csv;
use ispeed_report::error::Result;
use ispeed_report::import::Samples;
use ispeed_report::period::{Period, parse_day};
use ispeed_report::plan::Plan;
use ispeed_report::status::{self, Days, Standing, Status};
use serde_json::{Map, Value, json};

use super::answer::{Answer, Format};
use super::bars::Bars;
use super::environment::{default_threads, today, work_folder};
use super::files::write_new;
use super::grid::{Align, grid};
use super::settings::ConfigArgs;

type Row = Map<String, Value>;

const LONG: &str = "\
Show how far the samples of a month have come: per commune and kind of access the samples so far, the \
pace, the total to expect at the end with a 95 % prediction interval, and for communes at risk of \
missing their quota how many tests a day they need.

For the campaign team, inside the office: all counts are shown. Only days that are over count.";

const EXAMPLES: &str = "\
Examples:
  ispeed-report status --config dak-lak/ispeed-report.toml --samples export/
  ispeed-report status --config dak-lak/ispeed-report.toml --format csv > status.csv
  ispeed-report status --config dak-lak/ispeed-report.toml --month 2025-10 --today 2025-10-16 --pdf status.pdf";

/// Show who is at risk of missing the quota, during the month
#[derive(Debug, Args)]
#[command(long_about = LONG, after_help = EXAMPLES)]
pub struct StatusArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Month [default: the one of yesterday]
    #[arg(long, value_name = "YYYY-MM")]
    month: Option<String>,
    /// Parquet file, folder or glob, in which {month} stands for the month; repeat it for several
    /// [default: samples.paths of the configuration]
    #[arg(long, value_name = "PATH")]
    samples: Vec<String>,
    /// Day that it is to be seen from; days before it count [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<String>,
    /// Form of the answer: communes at risk as text; every commune as JSON or CSV
    #[arg(long, value_name = "FORM", value_enum, default_value_t)]
    format: Form,
    /// File to write it into as a document, too; it must not be there yet
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
}

/// How it is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    #[default]
    Table,
    Json,
    Csv,
}

impl StatusArgs {
    /// How the answer is printed.
    pub fn format(&self) -> Format {
        if self.format == Form::Json { Format::Json } else { Format::Text }
    }
}

/// Counts, projects, shows.
pub fn status(args: &StatusArgs) -> Result<Answer> {
    let mut config = args.config.read()?;
    // Earlier months say nothing of this one.
    config.history.paths.clear();
    let now = match &args.today {
        Some(day) => parse_day(day)?,
        None => today(&config)?,
    };
    let month = match &args.month {
        Some(month) => month.clone(),
        None => Period::running(now, &config.period)?.month,
    };
    let work = work_folder()?;
    let folder = work.path().to_owned();
    let plan = Plan::new(config, true, Some(&month), Some(now), default_threads(), folder)?;
    let source = &plan.config.samples;
    let paths = if args.samples.is_empty() { &source.paths } else { &args.samples };
    let paths: Vec<String> = paths.iter().map(|path| path.replace("{month}", &month)).collect();
    let samples = Samples::open(&paths, &source.profile, &plan.queries, plan.naive_zone.as_ref())?;
    let bars = Bars::new(if args.format == Form::Table { Format::Text } else { Format::Json });
    let found = status::status(&plan, &samples, now, &|step| bars.show(step))?;
    if let Some(file) = &args.pdf {
        write_new(file, &found.pdf(&plan)?)?;
    }
    answer(args, &found, &month)
}

fn answer(args: &StatusArgs, found: &Status, month: &str) -> Result<Answer> {
    let rows = found.rows()?;
    let text = match args.format {
        Form::Csv => String::from_utf8_lossy(&csv(&found.table)?).into_owned(),
        _ => text(found, &rows, month, args.pdf.as_deref()),
    };
    let mut answer = Answer::text(text)
        .member("month", month)
        .member("through", found.through.to_string())
        .member("days_done", found.days.done)
        .member("days_left", found.days.left)
        .member("communes", json!(rows));
    answer.warnings = found.warnings.iter().map(ToString::to_string).collect();
    answer.warnings.extend(silence(found));
    Ok(answer)
}

/// An export that ends early looks like a pace that slows down.
fn silence(found: &Status) -> Option<String> {
    let last = found.last_sample.filter(|last| *last < found.through);
    let ends = match last {
        Some(last) => format!("the last test that counts is of {last}"),
        None if found.last_sample.is_none() => "there is no test that counts".to_owned(),
        None => return None,
    };
    Some(format!(
        "{ends}, days up to {} are taken as days without tests; if the export ends earlier, give the day \
         after its end as --today",
        found.through
    ))
}

fn text(found: &Status, rows: &[Row], month: &str, pdf: Option<&Path>) -> String {
    let Days { done, left } = found.days;
    let mut text =
        format!("{month} to the end of {}: {done} days over, {left} left\n", found.through);
    for family in ["mobile", "fixed"] {
        let of_family: Vec<&Row> = rows.iter().filter(|row| row["family"] == family).collect();
        let count = |standing: Standing| {
            of_family.iter().filter(|row| row["standing"] == standing.word()).count()
        };
        let counts = Standing::ALL.map(|one| format!("{} {}", count(one), one.word()));
        let mut at_risk = of_family.clone();
        at_risk.retain(|row| row["standing"] == "short" || row["standing"] == "uncertain");
        at_risk.sort_by_key(|row| row["counted"].as_i64());
        let at_risk: Vec<Vec<String>> = at_risk.into_iter().map(cells).collect();
        text += &format!("\n{family}: {}\n{}", counts.join(", "), grid(&ALIGN, &at_risk));
    }
    if let Some(file) = pdf {
        text += &format!("\ndocument  {}\n", file.display());
    }
    text
}

const ALIGN: [Align; 6] =
    [Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Left];

/// A commune at risk: samples and quota, pace, projection, what it needs, who it is.
fn cells(row: &Row) -> Vec<String> {
    let word = |column: &str| row[column].as_str().unwrap_or_default();
    let number = |column: &str| row[column].as_f64().unwrap_or_default();
    let needed = match row["needed_per_day"].as_i64() {
        Some(needed) => format!("needs {needed} a day"),
        None => "no day is left".to_owned(),
    };
    vec![
        word("standing").to_owned(),
        format!("{}/{}", number("counted"), number("quota")),
        format!("{:.1} a day", number("per_day")),
        format!(
            "{:.0} ({}–{}) at the end",
            number("projected"),
            number("projected_low"),
            number("projected_high")
        ),
        needed,
        format!("{} {}", word("commune_code"), word("commune_name")),
    ]
}
