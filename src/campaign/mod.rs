//! What departments, press, communes and operators report of the campaign, beside what was measured.
//!
//! | file | what |
//! |---|---|
//! | `blank` | an empty form to send out |
//! | `header` | which column holds what |
//! | `values` | counts and days as people write them |
//! | `units` | who has to send a form, and whom a name means |
//! | `submissions` | rows that are taken, replaced, refused |
//! | `replies`, `letter` | replies of operators to letters of earlier months |
//! | `standing` | in time, late, or missing |
//! | `tables`, `claims` | all that as tables |
//!
//! A unit is in time by the day on which it first sent the form; its counts are those of the last one. A
//! row received after the report date does not count, so that an old month can be made again.

mod blank;
mod claims;
mod fault;
mod header;
mod letter;
mod replies;
mod standing;
mod submissions;
mod tables;
mod units;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::calendar::last_day;
use crate::config::{DueForm, Every, FormFile, Measure, is_sent_in};
use crate::error::Result;
use crate::period::Period;
use crate::pipeline::PipelineFault;
use crate::plan::Plan;
use crate::progress::{Progress, Step};
use crate::report::Labels;
use crate::spreadsheet;
use crate::statistics::Bench;
use crate::vietnamese::fold;
use crate::warning::Warning;

pub use blank::blank;
pub use fault::CampaignFault;
use header::Fields;
use replies::Replies;
use submissions::{Fate, Problem, Reader, Submission};
use tables::Listed;
pub use tables::TITLE;
pub use units::Unit;
use units::Units;

const FIELDS: [&str; 5] = ["unit", "unit_code", "district", "received_on", "period"];

/// The forms of a month and what they say.
#[derive(Debug, Clone)]
pub struct Campaign {
    pub measures: Vec<Measure>,
    pub forms: Vec<Form>,
    /// Of operators to earlier letters, where a register of them is configured.
    pub replies: Option<Replies>,
    /// What the register is called in documents.
    pub replies_title: String,
    /// What was read, under the names that the manifest has.
    pub files: Vec<(String, PathBuf)>,
}

/// One form with all that was sent in for it.
#[derive(Debug, Clone)]
pub struct Form {
    pub due: DueForm,
    pub last_day: Option<Date>,
    pub units: Vec<Unit>,
    pub submissions: Vec<Submission>,
    pub problems: Vec<Problem>,
    /// The first day on which each unit sent it, by the key of the unit.
    pub first_received: BTreeMap<String, Date>,
    /// What was read, under the names that the manifest has.
    pub files: Vec<(String, PathBuf)>,
}

impl Campaign {
    /// Reads the files that the configuration names; none where it names none.
    pub fn read(plan: &Plan) -> Result<Option<Self>> {
        let Some(period) = &plan.period else { return Ok(None) };
        let has_forms = plan.config.campaign.has_forms();
        let replies = Replies::read(plan)?;
        if !has_forms && replies.is_none() {
            return Ok(None);
        }
        let labels = plan.templates.labels()?;
        let mut campaign = Campaign {
            measures: measures(plan, &labels)?,
            forms: Vec::new(),
            files: replies.iter().flat_map(|replies| replies.files.clone()).collect(),
            replies,
            replies_title: labels.text("campaign_words.replies")?.to_owned(),
        };
        for due in plan.config.due.iter().filter(|form| has_forms && is_sent_in(form)) {
            let form = campaign.form(plan, due, Some(period))?;
            campaign.files.extend_from_slice(&form.files);
            campaign.forms.push(form);
        }
        Ok(Some(campaign))
    }

    /// Who has to send a form, and by the keys of units the day on which each first sent it until the report
    /// date: about this month, or about any where the form is not monthly.
    pub fn received(&self, plan: &Plan, due: &DueForm) -> Result<BTreeMap<String, Date>> {
        let monthly = self.forms.iter().find(|form| form.due.id == due.id && form.is_monthly());
        match monthly {
            Some(form) => Ok(form.first_received.clone()),
            None => Ok(self.form(plan, due, None)?.first_received),
        }
    }

    /// A form with what was sent in about a month, or about any.
    fn form(&self, plan: &Plan, due: &DueForm, about: Option<&Period>) -> Result<Form> {
        let labels = &plan.templates.labels()?;
        let (Some(period), Some(report_date)) = (&plan.period, plan.report_date) else {
            return Err(PipelineFault::NoPeriod.into());
        };
        let settings = &plan.config.campaign;
        let units = Units::of(plan, due, period.last());
        let names: Vec<String> = self.measures.iter().map(|measure| measure.name.clone()).collect();
        let totals: Vec<String> =
            labels.text("campaign_words.totals")?.split(';').map(fold).collect();
        let own = settings.forms.get(&due.id).cloned().unwrap_or_default();
        let fields = self.fields(plan, labels, due, &own)?;
        let mut reader = Reader {
            units: &units,
            period: about,
            report_date,
            measures: &names,
            totals: &totals,
            submissions: Vec::new(),
            problems: Vec::new(),
        };
        let month = about.map(|period| period.month.as_str());
        let files = matching(&settings.patterns(due, month))?;
        let named = |path: PathBuf| (format!("campaign/{}", file_name(&path)), path);
        let files: Vec<_> = files.into_iter().map(named).collect();
        for (name, path) in &files {
            let rows = spreadsheet::read(path, own.sheet.as_deref())?;
            let header = fields.find(&path.display().to_string(), &rows, own.header_row)?;
            reader.read(name, &header, &rows);
        }
        reader.settle();
        let (submissions, problems) = (reader.submissions, reader.problems);
        let last_day = last_day(due, period);
        let first_received = first_received(&submissions);
        let (units, due) = (units.due, due.clone());
        Ok(Form { due, last_day, units, submissions, problems, first_received, files })
    }

    fn fields(
        &self,
        plan: &Plan,
        labels: &Labels,
        due: &DueForm,
        own: &FormFile,
    ) -> Result<Fields> {
        let mut fields = Fields::of(labels, "campaign_fields", &FIELDS, &["unit", "received_on"])?;
        for measure in &self.measures {
            let more = labels.text(&format!("campaign_measures.{}.headers", measure.name));
            fields.add(&measure.name, &measure.label);
            fields.add(&measure.name, more.unwrap_or_default());
        }
        let fields = fields.with("campaign.columns", &plan.config.campaign.columns)?;
        fields.with(&format!("campaign.forms.{}.columns", due.id), &own.columns)
    }

    /// What people have to look at.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for form in &self.forms {
            let title = form.due.title.clone();
            if form.files.is_empty() {
                warnings.push(Warning::CampaignWithoutFile { form: title });
                continue;
            }
            let rejected = form.submissions.iter().filter(|s| s.fate == Fate::Rejected).count();
            let others = form.problems.iter().filter(|problem| !problem.rejected).count();
            if rejected + others > 0 {
                let (rejected, others) = (rejected as u64, others as u64);
                warnings.push(Warning::CampaignProblems { form: title, rejected, others });
            }
        }
        let problems = self.replies.as_ref().map_or(0, |replies| replies.problems.len() as u64);
        if problems > 0 {
            let form = self.replies_title.clone();
            warnings.push(Warning::CampaignProblems { form, rejected: problems, others: 0 });
        }
        warnings
    }

    /// Forms that are due from others while nothing says where they lie: reports do not speak of them.
    pub fn unwatched(plan: &Plan) -> Option<Warning> {
        let due = plan.config.due.iter().filter(|form| is_sent_in(form));
        let forms: Vec<String> = due.map(|form| form.title.clone()).collect();
        let watched = plan.config.campaign.has_forms() || forms.is_empty();
        (!watched).then_some(Warning::CampaignUnwatched { forms })
    }

    /// Of every form, and of the register of replies.
    fn problems(&self) -> impl Iterator<Item = Listed<'_>> {
        let of_forms = self.forms.iter().flat_map(|form| {
            let (id, title) = (form.due.id.as_str(), form.due.title.as_str());
            form.problems.iter().map(move |problem| Listed { form: id, title, problem })
        });
        let title = self.replies_title.as_str();
        let of_replies = self.replies.iter().flat_map(|replies| &replies.problems);
        of_forms.chain(of_replies.map(move |problem| Listed { form: "replies", title, problem }))
    }
}

impl Form {
    /// Whether every unit has to send it in a month.
    pub fn is_monthly(&self) -> bool {
        self.due.every == Every::Month
    }

    fn accepted(&self) -> impl Iterator<Item = &Submission> {
        self.submissions.iter().filter(|submission| submission.fate == Fate::Accepted)
    }

    fn count(&self, fate: Fate) -> i64 {
        self.submissions.iter().filter(|submission| submission.fate == fate).count() as i64
    }
}

fn first_received(submissions: &[Submission]) -> BTreeMap<String, Date> {
    let mut first: BTreeMap<String, Date> = BTreeMap::new();
    let usable = |one: &&Submission| matches!(one.fate, Fate::Accepted | Fate::Replaced);
    for one in submissions.iter().filter(usable) {
        if let (Some(unit), Some(day)) = (&one.unit, one.received_on) {
            first
                .entry(unit.key.clone())
                .and_modify(|known| *known = day.min(*known))
                .or_insert(day);
        }
    }
    first
}

/// Those of the labels, in their order, and those of the configuration.
fn measures(plan: &Plan, labels: &Labels) -> Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for name in labels.keys("campaign_measures") {
        measures.push(Measure {
            name: name.to_owned(),
            label: labels.text(&format!("campaign_measures.{name}"))?.to_owned(),
            unit: labels.text(&format!("campaign_measures.{name}.unit"))?.to_owned(),
        });
    }
    for own in &plan.config.campaign.measures {
        let known = measures.iter().any(|measure| measure.name == own.name);
        if known || tables::COLUMNS.contains(&own.name.as_str()) || FIELDS.contains(&&*own.name) {
            return Err(CampaignFault::Measure { name: own.name.clone() }.into());
        }
        measures.push(own.clone());
    }
    Ok(measures)
}

/// The files of these patterns, each once, in order.
fn matching(patterns: &[String]) -> Result<Vec<PathBuf>> {
    let mut files = BTreeSet::new();
    for pattern in patterns {
        if Path::new(pattern).is_file() {
            files.insert(PathBuf::from(pattern));
            continue;
        }
        let found = glob::glob(pattern).map_err(|e| CampaignFault::Pattern {
            pattern: pattern.clone(),
            message: e.msg.to_owned(),
        })?;
        // Office programs leave such files beside one that is open.
        let open = |path: &PathBuf| file_name(path).starts_with("~$");
        files.extend(found.flatten().filter(|path| path.is_file() && !open(path)));
    }
    Ok(files.into_iter().collect())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Who has to send a form, in the order of their names; empty where nothing names them.
pub fn senders(plan: &Plan, due: &DueForm) -> Vec<Unit> {
    plan.period.as_ref().map(|period| Units::of(plan, due, period.last()).due).unwrap_or_default()
}

/// Adds the tables of the campaign, when its files are configured.
pub fn consolidate(plan: &Plan, bench: &mut Bench, progress: Progress<'_>) -> Result<()> {
    let (Some(campaign), Some(period)) = (&plan.campaign, &plan.period) else { return Ok(()) };
    let report_date = plan.report_date.unwrap_or(period.to);
    progress(Step::Stage { name: "campaign", rows: 0 });
    let problems = tables::problems(campaign.problems())?;
    bench.tables.insert("campaign_problems".into(), problems);
    if let Some(replies) = &campaign.replies {
        bench.tables.insert("operator_replies".into(), replies.batch(report_date)?);
    }
    if campaign.forms.is_empty() {
        return Ok(());
    }
    for (name, table) in tables::tables(campaign, &period.month, report_date)? {
        bench.tables.insert(name.to_owned(), table);
    }
    bench.input("campaign_claims", claims::claims(campaign, plan.config.campaign.claim_factor)?)?;
    let query = "campaign/communes.sql";
    bench.run("campaign_communes", query, plan.queries.sql(query)?)
}
