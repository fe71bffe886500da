//! The `[report]` section of the configuration: who writes to whom, on what grounds.

use std::collections::BTreeMap;
use std::num::NonZeroU8;
use std::path::PathBuf;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};

/// Days that an operator has to reply when none are configured.
pub const REPLY_DAYS: u8 = 10;

/// What a template cannot know; an empty text takes the default of `reports/offices.toml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Names of the documents to make, as in `reports/documents.toml`; all by default.
    pub documents: Vec<String>,
    /// One report, to the ministry, of which the People's Committee gets a copy.
    pub single_report: bool,
    /// Whether the sheets of all communes are one file.
    pub commune_sheets: CommuneSheets,
    /// The body above the issuer, as in running text; the letterhead prints it in capitals.
    pub parent: String,
    /// The issuing body, as in running text; the letterhead prints it in capitals.
    pub issuer: String,
    /// The issuer's part of the document's symbol, e.g. `SKHCN`.
    pub symbol: String,
    /// The place in the date line.
    pub place: String,
    /// The ministry that the report goes to.
    pub ministry: String,
    /// The provincial People's Committee.
    pub committee: String,
    /// On whose behalf is signed, e.g. `KT. GIÁM ĐỐC`; none by default.
    pub signer_authority: String,
    /// The signer's position.
    pub signer_position: String,
    /// The signer's name; left blank by default.
    pub signer_name: String,
    /// How an operator is addressed in a letter; its brand and the province by default.
    pub operators: BTreeMap<String, String>,
    /// Days from the report date until which an operator is asked to reply.
    pub operator_reply_days: Option<NonZeroU8>,
    /// The unit that drafts, named last in `Lưu: VT, …`.
    pub drafting_unit: String,
    /// Whom to ask about the figures: name, telephone, e-mail.
    pub contact: String,
    /// Replaces the list of recipients in the report to the ministry.
    pub recipients_ministry: Vec<String>,
    /// Replaces the list of recipients in the report to the People's Committee.
    pub recipients_committee: Vec<String>,
    /// Replaces the list of those that a reminder is addressed to.
    pub recipients_reminder: Vec<String>,
    /// Replaces the list of those that get a copy of a reminder.
    pub copies_reminder: Vec<String>,
    /// The file with what only people can write; `{month}` stands for the month.
    pub monthly_text: Option<PathBuf>,
    /// Where people find what a reminder speaks of.
    pub links: Links,
    /// Whom to ask for help.
    pub contacts: Vec<Contact>,
    /// The documents that the report rests on; none are invented.
    pub legal_basis: Vec<Dispatch>,
    /// The reminders sent so far, in the order of their dates or not.
    pub reminders: Vec<Reminder>,
}

/// Addresses on the web; an empty one is not printed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Links {
    /// How the application is installed and used.
    pub install: String,
    /// What may be printed or posted about it.
    pub materials: String,
    /// The forms to report on.
    pub forms: String,
}

/// Somebody who helps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub name: String,
    #[serde(default)]
    pub unit: String,
    #[serde(default)]
    pub phone: String,
}

/// An earlier reminder of the series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminder {
    /// E.g. `1042/STTTT-BCVT`.
    pub number: String,
    #[serde(deserialize_with = "date")]
    pub date: Date,
    /// Printed when it was another office than the one that writes now.
    #[serde(default)]
    pub issuer: String,
    /// What it was about, if not what reminders are about.
    #[serde(default)]
    pub subject: String,
}

impl Settings {
    /// Days that an operator has to reply.
    pub fn reply_days(&self) -> i32 {
        self.operator_reply_days.map_or(REPLY_DAYS, NonZeroU8::get).into()
    }
}

/// How the sheets of communes are bound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommuneSheets {
    #[default]
    OneFile,
    OneEach,
}

/// A dispatch, decision or decree that a report rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    /// E.g. `Công văn`, `Quyết định`; a dispatch by default.
    #[serde(default)]
    pub kind: String,
    /// E.g. `5691/BTTTT-CVT`.
    pub number: String,
    /// `"2024-12-31"` or the TOML date `2024-12-31`.
    #[serde(deserialize_with = "date")]
    pub date: Date,
    pub issuer: String,
    /// What it is about, following the words `về việc`.
    pub subject: String,
}

/// A day given as a TOML date or as text.
pub fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => text,
        other => other.to_string(),
    };
    text.parse().map_err(|_| {
        serde::de::Error::custom(format!("found date `{text}`, expected the form 2024-12-31"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_text_or_toml_dates() {
        let text = r#"
            [[legal_basis]]
            number = "5691/BTTTT-CVT"
            date = 2024-12-31
            issuer = "Bộ"
            subject = "x"
            [[legal_basis]]
            number = "1"
            date = "2025-01-06"
            issuer = "UBND"
            subject = "y""#;
        let settings: Settings = toml::from_str(text).unwrap();
        assert_eq!(settings.legal_basis[0].date, Date::constant(2024, 12, 31));
        assert_eq!(settings.legal_basis[1].date, Date::constant(2025, 1, 6));
    }

    #[test]
    fn an_unknown_key_and_a_bad_date_are_refused() {
        assert!(toml::from_str::<Settings>("isuer = \"x\"").is_err());
        assert!(toml::from_str::<Settings>("operator_reply_days = 0").is_err());
        let bad = "[[legal_basis]]\nnumber=\"1\"\ndate=\"31/12/2024\"\nissuer=\"\"\nsubject=\"\"";
        let error = toml::from_str::<Settings>(bad).unwrap_err().to_string();
        assert!(error.contains("expected the form 2024-12-31"), "{error}");
    }
}
