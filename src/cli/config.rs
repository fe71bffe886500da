//! `config`: what is in force, and whether it is right.

use clap::{Args, Subcommand};
use ispeed_report::config::{self, Shown};
use ispeed_report::error::Result;
use serde_json::{Value, json};

use super::answer::{Answer, Format};
use super::settings::{ConfigArgs, PRECEDENCE};

/// Look at a configuration
#[derive(Debug, Args)]
pub struct ConfigCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print every setting in force, and where its value came from
    #[command(after_help = PRECEDENCE)]
    Show(ShowArgs),
    /// Say everything that is wrong with a configuration
    #[command(after_help = PRECEDENCE)]
    Check(ConfigArgs),
}

#[derive(Debug, Args)]
struct ShowArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Print one JSON object instead of TOML
    #[arg(long)]
    json: bool,
}

impl ConfigCommand {
    /// How the answer is printed.
    pub fn format(&self) -> Format {
        match &self.action {
            Action::Show(args) if args.json => Format::Json,
            _ => Format::Text,
        }
    }
}

/// Shows or checks.
pub fn config(command: &ConfigCommand) -> Result<Answer> {
    match &command.action {
        Action::Show(args) => {
            let file = &args.config;
            let shown = config::show(&file.config, &file.settings.overrides()?)?;
            Ok(Answer::text(toml(&shown)).member("settings", json!(shown)))
        }
        Action::Check(args) => {
            args.read()?;
            Ok(Answer::text(format!("{} is right\n", args.config.display())))
        }
    }
}

/// TOML that says the same, each line with its origin.
fn toml(shown: &[Shown]) -> String {
    let mut tables: Vec<(&str, String)> = Vec::new();
    for Shown { setting, value, from } in shown {
        let (table, key) = setting.rsplit_once('.').unwrap_or(("", setting));
        let key = key_text(key);
        let line = match inline(value) {
            Some(value) => format!("{key} = {value}  # {from}\n"),
            None => format!("# {key} is not set\n"),
        };
        match tables.iter_mut().find(|(name, _)| *name == table) {
            Some((_, lines)) => *lines += &line,
            None => tables.push((table, line)),
        }
    }
    tables.iter().map(|(table, lines)| head(table) + lines).collect()
}

fn head(table: &str) -> String {
    match table.rsplit_once('[') {
        _ if table.is_empty() => String::new(),
        Some((list, _)) if table.ends_with(']') => format!("\n[[{list}]]\n"),
        _ => format!("\n[{}]\n", table.split('.').map(key_text).collect::<Vec<_>>().join(".")),
    }
}

fn key_text(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    match !key.is_empty() && key.chars().all(bare) {
        true => key.to_owned(),
        false => toml::Value::from(key).to_string(),
    }
}

/// None for what TOML cannot say: that nothing is set.
fn inline(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        value => toml::Value::try_from(value).ok().map(|value| value.to_string()),
    }
}
