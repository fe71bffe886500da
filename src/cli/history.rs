//! `history`: the months below an output root, with their revisions.

use std::path::PathBuf;

use clap::Args;
use ispeed_report::bundle::shelf::{self, Shelved};
use ispeed_report::error::Result;
use ispeed_report::issuing;
use serde_json::{Value, json};

use super::answer::{Answer, Format};

const LONG: &str = "\
List the months below an output root: which revision is the current one, how many samples it is made \
of, and which documents were issued.

OUT/PROVINCE-MONTH is the current revision of a month, OUT/.revisions/PROVINCE-MONTH.N are those before \
it. `verify OUT` checks all of them.";

const EXAMPLES: &str = "\
Example:
  ispeed-report history out";

/// List the months below an output root, with their revisions
#[derive(Debug, Args)]
#[command(long_about = LONG, after_help = EXAMPLES)]
pub struct HistoryArgs {
    /// Folder that bundles were written into
    out: PathBuf,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

impl HistoryArgs {
    /// How the answer is printed.
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { Format::Text }
    }
}

/// Lists what is there.
pub fn history(args: &HistoryArgs) -> Result<Answer> {
    let bundles: Vec<Value> =
        shelf::list(&args.out)?.iter().map(described).collect::<Result<_>>()?;
    let mut answer = Answer::text(text(&bundles)).member("bundles", bundles.clone());
    let unreadable = bundles.iter().filter_map(|one| one["error"].as_str());
    answer.warnings = unreadable.map(str::to_owned).collect();
    Ok(answer)
}

fn described(one: &Shelved) -> Result<Value> {
    let folder = one.folder.display().to_string();
    let manifest = match &one.manifest {
        Ok(manifest) => manifest,
        Err(error) => return Ok(json!({"folder": folder, "error": error.to_string()})),
    };
    let origin = &manifest.origin;
    let issued = if one.current { issuing::issue_dates(&one.folder)? } else { Default::default() };
    Ok(json!({
        "folder": folder,
        "province": origin.province,
        "month": origin.month,
        "revision": origin.revision,
        "current": one.current,
        "report_date": origin.report_date.to_string(),
        "simulated": origin.simulated,
        "accepted": manifest.counts["accepted"],
        "rejected": manifest.counts["rejected"],
        "warnings": manifest.warnings.len(),
        "issued": issued.into_iter().map(|(name, day)| (name, json!(day.to_string()))).collect::<serde_json::Map<_, _>>(),
        "key": manifest.key,
    }))
}

fn text(bundles: &[Value]) -> String {
    if bundles.is_empty() {
        return "no bundle is there\n".into();
    }
    let head = format!(
        "{:<9} {:<8} {:>8} {:<9} {:>10} {:>9} {:<11} {}\n",
        "province", "month", "revision", "", "accepted", "rejected", "report date", "issued"
    );
    let line = |one: &Value| {
        let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
        let issued = one["issued"].as_object().into_iter().flatten();
        let issued: Vec<String> = issued
            .map(|(name, day)| format!("{name} {}", day.as_str().unwrap_or_default()))
            .collect();
        let standing = if one["current"] == true { "current" } else { "replaced" };
        format!(
            "{:<9} {:<8} {:>8} {:<9} {:>10} {:>9} {:<11} {}\n",
            text("province"),
            text("month"),
            one["revision"],
            standing,
            one["accepted"],
            one["rejected"],
            text("report_date"),
            issued.join(", ")
        )
        .replace(" \n", "\n")
    };
    let readable = bundles.iter().filter(|one| one["error"].is_null());
    head + &readable.map(line).collect::<String>()
}
