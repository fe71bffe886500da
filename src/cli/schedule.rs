//! `schedule`: what makes a machine run every month by itself.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, value_parser};
use ispeed_report::calendar::Deadlines;
use ispeed_report::config::{Config, Sender};
use ispeed_report::error::Result;

use super::answer::Answer;
use super::fault::CliFault;
use super::files::write_new;
use super::settings::ConfigArgs;

/// The name of the units of a province.
const NAME: &str = "ispeed-report";

const LONG: &str = "\
Write what runs the last complete month by itself: a systemd service and timer, or a line for cron.

It runs on every day from the one after which the others have reported to the one on which the issuer \
reports, as [[due]] says (days 12 to 15 where it says nothing), so that samples and forms that come late \
make a new revision; a run in which nothing changed does nothing. The hour is in the time zone of the \
configuration. Names of files are made absolute.";

const EXAMPLES: &str = "\
Examples:
  ispeed-report schedule systemd --config /etc/ispeed-report/gia-lai.toml --out /srv/ispeed --units .
  ispeed-report schedule cron --config gia-lai/ispeed-report.toml --out out
After the first, as root:
  cp ispeed-report-52.service ispeed-report-52.timer /etc/systemd/system/
  systemctl daemon-reload && systemctl enable --now ispeed-report-52.timer";

/// Write a systemd service and timer, or a line for cron
#[derive(Debug, Args)]
#[command(long_about = LONG, after_help = EXAMPLES)]
pub struct ScheduleArgs {
    #[arg(value_enum)]
    kind: Kind,
    #[command(flatten)]
    config: ConfigArgs,
    /// Folder that bundles are written into, also the history
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Folder to write the systemd units into [default: print them]
    #[arg(long, value_name = "DIR")]
    units: Option<PathBuf>,
    /// Hour of the day at which it runs
    #[arg(long, value_name = "HOUR", default_value_t = 6, value_parser = value_parser!(u8).range(0..24))]
    hour: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Systemd,
    Cron,
}

/// What is run, when.
struct Schedule {
    program: String,
    arguments: Vec<String>,
    province: String,
    zone: String,
    days: (u8, u8),
    hour: u8,
}

/// Makes the texts; writes them where a folder is given.
pub fn schedule(args: &ScheduleArgs) -> Result<Answer> {
    let config = args.config.read()?;
    let schedule = Schedule::of(args, &config)?;
    if args.kind == Kind::Cron {
        return Ok(Answer::text(schedule.cron()));
    }
    let name = format!("{NAME}-{}", file_safe(&schedule.province));
    let files = [
        (format!("{name}.service"), schedule.service()),
        (format!("{name}.timer"), schedule.timer()),
    ];
    let Some(folder) = &args.units else {
        let shown = files.iter().map(|(name, text)| format!("# {name}\n{text}"));
        return Ok(Answer::text(shown.collect::<Vec<_>>().join("\n")));
    };
    for (name, text) in &files {
        write_new(&folder.join(name), text)?;
    }
    let lines = files.iter().map(|(name, _)| format!("wrote `{}`\n", folder.join(name).display()));
    Ok(Answer::text(lines.collect::<String>()))
}

impl Schedule {
    fn of(args: &ScheduleArgs, config: &Config) -> Result<Self> {
        let out = absolute(&args.out)?;
        let mut arguments = vec!["run".into(), "--config".into(), absolute(&args.config.config)?];
        for set in &args.config.settings.set {
            arguments.extend(["--set".to_owned(), set.clone()]);
        }
        arguments.extend(["--out".into(), out.clone(), "--history".into(), out]);
        let program =
            std::env::current_exe().map_err(|error| CliFault::Place(error.to_string()))?;
        Ok(Schedule {
            program: program.display().to_string(),
            arguments,
            province: config.province.code.clone(),
            zone: config.period.zone.clone(),
            days: days(config),
            hour: args.hour,
        })
    }

    fn service(&self) -> String {
        let words = [self.program.clone()].into_iter().chain(self.arguments.clone());
        let command: Vec<String> =
            words.chain(["--log".into(), "json".into()]).map(|w| quoted(&w)).collect();
        format!(
            "[Unit]\n\
             Description=Monthly i-Speed reports of province {province}\n\
             Documentation=man:ispeed-report(1)\n\n\
             [Service]\n\
             Type=oneshot\n\
             ExecStart={command}\n\
             Nice=10\n\
             NoNewPrivileges=yes\n\
             PrivateTmp=yes\n\
             ProtectSystem=full\n\
             UMask=0027\n",
            province = specifiers(&self.province),
            command = command.join(" "),
        )
    }

    fn timer(&self) -> String {
        let (first, last) = self.days;
        format!(
            "[Unit]\n\
             Description=Monthly i-Speed reports of province {province}, days {first} to {last}\n\n\
             [Timer]\n\
             OnCalendar=*-*-{first:02}..{last:02} {hour:02}:00:00 {zone}\n\
             Persistent=true\n\n\
             [Install]\n\
             WantedBy=timers.target\n",
            province = specifiers(&self.province),
            hour = self.hour,
            zone = self.zone,
        )
    }

    /// `%` ends a command of cron, and a quote ends at the next one.
    fn cron(&self) -> String {
        let words = [self.program.clone()].into_iter().chain(self.arguments.clone());
        let command: Vec<String> = words.map(|word| shell(&word)).collect();
        let (first, last) = self.days;
        let command = format!("{} --quiet", command.join(" ")).replace('%', "\\%");
        format!("CRON_TZ={}\n0 {} {first}-{last} * * {command}\n", self.zone, self.hour)
    }
}

/// The first day on which everything is in, and the day of the issuer's own report.
fn days(config: &Config) -> (u8, u8) {
    let others = Deadlines::of(&config.due);
    let first = [others.agencies, others.communes, others.operators].into_iter().flatten().min();
    let own = config.due.iter().filter(|form| form.from == Sender::Issuer);
    let last = own.filter_map(|form| form.on_day.or(form.before_day.map(|day| day - 1))).max();
    let first = first.unwrap_or(12).min(28);
    (first, last.unwrap_or(15).max(first))
}

fn absolute(path: &Path) -> Result<String> {
    let whole = std::path::absolute(path).map_err(|error| CliFault::Place(error.to_string()))?;
    Ok(whole.display().to_string())
}

/// Whatever a code is, it names a file here.
fn file_safe(code: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    code.chars().map(safe).collect()
}

/// Percent signs are specifiers to systemd.
fn specifiers(word: &str) -> String {
    word.replace('%', "%%")
}

/// A word of a command as systemd reads it.
fn quoted(word: &str) -> String {
    let word = specifiers(word).replace('$', "$$");
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,%@$".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word;
    }
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A word of a command as a shell reads it.
fn shell(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule() -> Schedule {
        Schedule {
            program: "/usr/bin/ispeed-report".into(),
            arguments: vec![
                "run".into(),
                "--config".into(),
                "/etc/Đắk Lắk/50% of it's.toml".into(),
            ],
            province: "66".into(),
            zone: "Asia/Ho_Chi_Minh".into(),
            days: (12, 15),
            hour: 6,
        }
    }

    #[test]
    fn words_are_kept_together() {
        let service = schedule().service();
        let command = "ExecStart=/usr/bin/ispeed-report run --config \"/etc/Đắk Lắk/50%% of it's.toml\" --log json\n";
        assert!(service.contains(command), "{service}");
        let line = "0 6 12-15 * * /usr/bin/ispeed-report run --config '/etc/Đắk Lắk/50\\% of it'\\''s.toml' --quiet\n";
        assert_eq!(schedule().cron(), format!("CRON_TZ=Asia/Ho_Chi_Minh\n{line}"));
    }

    #[test]
    fn it_runs_between_the_others_and_the_issuer() {
        let days = |due: &str| {
            let text = format!("[province]\ncode = \"66\"\n{due}");
            days(&toml::from_str(&text).unwrap())
        };
        assert_eq!(days(""), (12, 15));
        let form = |id: &str, from: &str, day: &str| {
            format!(
                "[[due]]\nid = \"{id}\"\ntitle = \"x\"\nfrom = \"{from}\"\nevery = \"month\"\n{day}\n"
            )
        };
        let all = form("1", "communes", "before_day = 15") + &form("2", "issuer", "on_day = 15");
        assert_eq!(days(&all), (15, 15));
        let early = form("1", "communes", "before_day = 20") + &form("2", "issuer", "on_day = 15");
        assert_eq!(days(&early), (20, 20));
    }
}
