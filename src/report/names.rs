//! Who writes to whom: the settings, or what follows from province and report date.

use serde_json::{Value, json};

use super::context::{Sources, object};
use super::offices::{Area, Era, Offices};
use super::rows::Row;

/// `province`, `issuer`, `ministry`, `committee`, `committee_short`, `signer`, `recipients`,
/// `legal_basis`.
pub(super) fn values(sources: &Sources<'_>, offices: &Offices) -> Row {
    let settings = sources.settings;
    let area = offices.area(sources.province_name);
    let era = offices.era(sources.report_date);
    let named = |pattern: &str| pattern.replace("{name}", sources.province_name);
    let issuer = or_default(&settings.issuer, era.issuer.clone());
    let parent = or_default(&settings.parent, named(&area.parent));
    let position = or_default(&settings.signer_position, offices.signer_position.clone());
    object(json!({
        "province": {
            "code": sources.province_code,
            "name": sources.province_name,
            "full_name": named(&area.full_name),
        },
        "issuer": {
            "letterhead": issuer.to_uppercase(),
            "name": issuer,
            "parent_letterhead": parent.to_uppercase(),
            "parent": parent,
            "symbol": or_default(&settings.symbol, era.symbol.clone()),
            "unit": settings.drafting_unit,
            "place": or_default(&settings.place, sources.province_name.to_owned()),
        },
        "ministry": or_default(&settings.ministry, era.ministry.clone()),
        "committee": or_default(&settings.committee, named(&area.committee)),
        "commune_kinds": offices.commune_kinds(sources.period_from),
        "committee_short": area.committee_short,
        "signer": {
            "position": [settings.signer_authority.to_uppercase(), position.to_uppercase()],
            "name": settings.signer_name,
        },
        "recipients": recipients(sources, offices, area, era),
        "legal_basis": legal_basis(sources, offices),
    }))
}

fn or_default(configured: &str, default: String) -> String {
    if configured.trim().is_empty() { default } else { configured.to_owned() }
}

fn recipients(sources: &Sources<'_>, offices: &Offices, area: &Area, era: &Era) -> Value {
    let (settings, lists) = (sources.settings, &offices.recipients);
    let is_before = sources.report_date < offices.districts_until;
    let list = |configured: &[String], default: &[String], districts: &[String]| {
        if !configured.is_empty() {
            return configured.to_vec();
        }
        let mut names = default.to_vec();
        names.extend(districts.iter().filter(|_| is_before).cloned());
        let unit = settings.drafting_unit.as_str();
        names.push(if unit.is_empty() { &lists.filed } else { &lists.filed_with_unit }.clone());
        let ministry = or_default(&settings.ministry, era.ministry.clone());
        let fill = |name: String| {
            name.replace("{ministry}", &ministry)
                .replace("{committee_short}", &area.committee_short)
                .replace("{unit}", unit)
        };
        names.into_iter().map(fill).collect()
    };
    let ministry = if settings.single_report { &lists.single } else { &lists.ministry };
    json!({
        "ministry": list(&settings.recipients_ministry, ministry, &lists.districts),
        "committee": list(&settings.recipients_committee, &lists.committee, &lists.districts),
        "reminder": list(&settings.copies_reminder, &lists.reminder, &[]),
    })
}

fn legal_basis(sources: &Sources<'_>, offices: &Offices) -> Vec<Value> {
    // A report rests on what there was when it was written, also when an old month is made again.
    let all = sources.settings.legal_basis.iter();
    let dispatches = all.filter(|dispatch| dispatch.date <= sources.report_date);
    dispatches
        .map(|dispatch| {
            json!({
                "kind": or_default(&dispatch.kind, offices.dispatch.clone()),
                "number": dispatch.number,
                "date": dispatch.date.to_string(),
                "issuer": dispatch.issuer,
                "subject": dispatch.subject,
                "is_dispatch": dispatch.kind.trim().is_empty() || dispatch.kind == offices.dispatch,
            })
        })
        .collect()
}
