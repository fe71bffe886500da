//! `demo`: a month of simulated samples, run exactly like real ones.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, value_parser};
use ispeed_report::config::Config;
use ispeed_report::demo::{DemoCommune, Simulation, simulate};
use ispeed_report::error::Result;
use ispeed_report::period::Period;
use ispeed_report::plan::Plan;
use ispeed_report::progress::Step;
use ispeed_report::report::monthly::{DEMO_MONTH, DEMO_REPORT};
use toml::Value;

use super::answer::{Answer, Format};
use super::bars::Bars;
use super::fault::CliFault;
use super::init::CONFIG_FILE;
use super::run::{self, Manner, RunArgs};
use super::settings::SetArgs;

/// Everything of the demo stays in this folder of OUT, so that a simulated bundle never takes the
/// place of a real one of the same province and month.
const FOLDER: &str = "demo";
const SAMPLES: &str = "samples";
/// The folder that `DEMO_REPORT` names.
const TEXTS: &str = "texts";

const LONG: &str = "\
Simulate a month of samples of a province and make its reports.

The communes are real, the samples are not, and every page and table says so. Below OUT/demo/ stand \
the samples, a small configuration and the bundle; the samples go through exactly what `run` does.";

const EXAMPLES: &str = "\
Examples:
  ispeed-report demo
  ispeed-report demo --month 2025-11 --history out/demo
  ispeed-report demo --province 52 --month 2025-06 --samples 20000 --out try";

/// Simulate a month of samples and make its reports
#[derive(Debug, Args)]
#[command(long_about = LONG, after_help = EXAMPLES)]
pub struct DemoArgs {
    /// Code of the province in the month (66 is Đắk Lắk)
    #[arg(long, value_name = "CODE", default_value = "66")]
    province: String,
    /// Month to simulate; before 2025-07 there are districts and the old communes
    #[arg(long, value_name = "YYYY-MM", default_value = "2025-10")]
    month: String,
    /// Rows to simulate
    #[arg(long, value_name = "N", default_value_t = 50_000,
          value_parser = value_parser!(u32).range(1..=1_000_000_000))]
    samples: u32,
    /// The same seed gives the same samples
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Bundle of an earlier simulated month, or folder that holds bundles, such as DIR/demo
    #[arg(long, value_name = "PATH")]
    history: Vec<PathBuf>,
    /// Folder to write into, below DIR/demo/
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
}

/// Simulates, configures, runs.
pub fn demo(args: &DemoArgs) -> Result<Answer> {
    let folder = args.out.join(FOLDER);
    let files = simulated(args, &folder.join(SAMPLES))?;
    let config = folder.join(CONFIG_FILE);
    let text = configuration(&args.province, &files);
    fs::write(&config, text).map_err(|error| CliFault::write(&config, &error))?;
    write_monthly_text(&folder.join(TEXTS), &args.month)?;
    let run_args = run_args(args, &folder, &config);
    let mut answer = run::run(&run_args)?;
    answer.text += &format!(
        "\nsimulated samples  {}\nconfiguration      {config}\n\
         the same by hand   ispeed-report run --config {config} --month {} --out {}{history}\n",
        folder.join(SAMPLES).display(),
        args.month,
        folder.display(),
        config = config.display(),
        history =
            args.history.iter().map(|p| format!(" --history {}", p.display())).collect::<String>(),
    );
    Ok(answer)
}

fn run_args(args: &DemoArgs, folder: &Path, config: &Path) -> RunArgs {
    RunArgs {
        configs: vec![config.to_owned()],
        settings: SetArgs::default(),
        month: Some(args.month.clone()),
        samples: Vec::new(),
        history: args.history.clone(),
        out: folder.to_owned(),
        report_date: None,
        manner: Manner::default(),
    }
}

/// Writes the samples and gives their file names. A wrong province or month writes nothing.
fn simulated(args: &DemoArgs, folder: &Path) -> Result<Vec<String>> {
    let (period, plan) = plan(args)?;
    let simulation = Simulation {
        province_code: &args.province,
        month: period.from,
        zone: plan.zone.clone(),
        samples: args.samples as usize,
        seed: args.seed,
        communes: &communes(&plan),
        position_only: false,
    };
    fs::create_dir_all(folder).map_err(|error| CliFault::write(folder, &error))?;
    let bars = Bars::new(Format::Text);
    bars.show(Step::Stage { name: "simulation", rows: 0 });
    let files = simulate(&simulation, folder)?;
    let names = files.iter().filter_map(|file| file.file_name());
    Ok(names.map(|name| name.to_string_lossy().into_owned()).collect())
}

/// What the configuration will mean, before there is a file of it.
fn plan(args: &DemoArgs) -> Result<(Period, Plan)> {
    let text = configuration(&args.province, &[]);
    let config: Config = toml::from_str(&text).map_err(|error| CliFault::Definitions {
        name: CONFIG_FILE.into(),
        message: error.to_string(),
    })?;
    let plan = Plan::new(config, true, Some(&args.month), None, 1, PathBuf::new())?;
    let first_day = plan.config.period.first_day;
    Ok((Period::of(&args.month, first_day, &plan.zone)?, plan))
}

fn communes(plan: &Plan) -> Vec<DemoCommune> {
    let communes = plan.communes().into_iter().map(|commune| DemoCommune {
        code: commune.code.clone(),
        name: commune.name.clone(),
        latitude: commune.seat.map(|(latitude, _)| latitude),
        longitude: commune.seat.map(|(_, longitude)| longitude),
    });
    communes.collect()
}

/// What people would write for the reports of the month.
fn write_monthly_text(folder: &Path, month: &str) -> Result<(), CliFault> {
    fs::create_dir_all(folder).map_err(|error| CliFault::write(folder, &error))?;
    let file = folder.join(format!("{month}.toml"));
    fs::write(&file, DEMO_MONTH).map_err(|error| CliFault::write(&file, &error))
}

/// Names the files one by one: the folder may hold those of other months.
fn configuration(province: &str, files: &[String]) -> String {
    let paths = files.iter().map(|name| Value::from(format!("{SAMPLES}/{name}")));
    format!(
        "# Written anew by every `ispeed-report demo`; the samples are simulated.\n\n\
         [province]\ncode = {}\n\n[samples]\npaths = {}\n{DEMO_REPORT}",
        Value::from(province),
        Value::Array(paths.collect()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(province: &str, month: &str, out: &Path) -> DemoArgs {
        let (province, month) = (province.to_owned(), month.to_owned());
        DemoArgs {
            province,
            month,
            samples: 3000,
            seed: 1,
            history: Vec::new(),
            out: out.to_owned(),
        }
    }

    #[test]
    fn the_configuration_is_valid_whatever_the_names() {
        let text = configuration("6\"6", &["a'b.parquet".into()]);
        let config: Config = toml::from_str(&text).unwrap();
        assert_eq!(config.province.code, "6\"6");
        assert_eq!(config.samples.paths, ["samples/a'b.parquet"]);
    }

    #[test]
    fn months_before_and_after_the_reform_can_be_simulated() {
        let folder = tempfile::tempdir().unwrap();
        for (month, communes_known) in [("2025-10", 102), ("2025-06", 180)] {
            let args = args("66", month, folder.path());
            assert_eq!(communes(&plan(&args).unwrap().1).len(), communes_known, "{month}");
            let files = simulated(&args, &folder.path().join(month)).unwrap();
            assert!(files.iter().all(|name| name.contains(month)), "{files:?}");
        }
    }

    #[test]
    fn a_wrong_province_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        assert!(simulated(&args("00", "2025-10", &out), &out.join("samples")).is_err());
        assert!(!out.exists());
    }
}
