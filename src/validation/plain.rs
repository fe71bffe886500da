//! Rows that plainly pass every rule of the contract: placed and numbered without an engine.
//!
//! Most rows are of this kind. Any other — one that fails a rule or repeats an id, one that only a name or
//! the nearest border places, and whatever is out of the ordinary — is left to the queries, which say what
//! is right; so what holds here may be narrower than the rules, and never wider. It takes the shipped
//! queries and the profile `ispeed`; with changed ones every row goes to them.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, DictionaryArray, PrimitiveArray, RecordBatch,
    StringArray, UInt32Array,
};
use arrow::compute::take;
use arrow::datatypes::{
    ArrowPrimitiveType, Date32Type, Float64Type, Int8Type, Int32Type, Int64Type,
    TimestampMicrosecondType,
};
use hashbrown::{HashMap, HashSet};
use jiff::civil::Date;

use super::ValidationFault;
use super::repeats::id_key;
use crate::communes::boundaries::{BoundarySets, Placement};
use crate::communes::register::Commune;
use crate::error::Result;
use crate::import::Samples;
use crate::import::functions::days;
use crate::import::on_grid;
use crate::numbered::{Cell, ID_BYTES, Last, Part, Row};
use crate::operators::OperatorKind;
use crate::plan::Plan;
use crate::vietnamese::fold;

const PROFILE: &str = "ispeed";
const ACCESS_TYPES: [&str; 2] = ["mobile", "fixed"];
const TECHNOLOGIES: [&str; 6] = ["2G", "3G", "4G", "5G", "wifi", "ethernet"];
const NO_TECHNOLOGY: u8 = TECHNOLOGIES.len() as u8;
/// The measures of the contract; the first four are judged in successful tests only.
const MEASURES: [&str; 6] =
    ["download_mbps", "upload_mbps", "latency_ms", "jitter_ms", "packet_loss_ratio", "signal_dbm"];
const PLACED_BY: [&str; 2] = ["position", "code"];
const DAY_PARTS: [&str; 2] = ["off_peak", "peak"];
/// What a measure may be at most; more is not finite by the rules.
const FINITE: f64 = 1e18;
const MICROSECONDS_A_DAY: i64 = 86_400_000_000;
const MICROSECONDS_AN_HOUR: i64 = 3_600_000_000;
/// Names of operators that are remembered; texts are free, so they might be many.
const NAMES: usize = 100_000;

/// What rows are held against.
pub struct Contract<'a> {
    plan: &'a Plan,
    /// The places in [`MEASURES`] of those that are computed with.
    measures: Vec<usize>,
    instants: Range<i64>,
    /// What local clocks are ahead of UTC, in microseconds, all through the period.
    offset: i64,
    first_day: i32,
    /// Each day of the period, and whether boundaries hold on it.
    days: Vec<(Date, bool)>,
    peak: Range<i64>,
    boundaries: &'a BoundarySets,
    prefer_position: bool,
    communes: HashMap<&'a str, Vec<Valid<'a>>>,
    province: Option<&'a str>,
    /// The highest speed by technology, the last for an unknown one.
    ceilings: [f64; TECHNOLOGIES.len() + 1],
    labels: Vec<String>,
    names: HashMap<String, Target>,
    codes: HashMap<String, Target>,
    asns: HashMap<i64, Target>,
    unknown: u32,
    /// Keys of ids that more than one row has.
    repeated: HashSet<u64>,
}

/// A commune with its days and its place in the register.
struct Valid<'a> {
    days: Range<i32>,
    place: u32,
    commune: &'a Commune,
}

/// The operator that a key leads to: the place of its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Target {
    label: u32,
    is_mvno: bool,
}

impl<'a> Contract<'a> {
    /// None where rows cannot be judged without the queries.
    pub fn of(plan: &'a Plan, samples: &Samples) -> Option<Self> {
        let measures = plan.queries.direct_measures()?;
        let place = |name: &String| MEASURES.iter().position(|known| known == name);
        let measures = measures.iter().map(place).collect::<Option<_>>()?;
        let period = plan.period.as_ref()?;
        let is_before = |day: Date| period.from < day;
        if samples.profile.name != PROFILE
            || plan.config.communes.restated_on.is_some_and(is_before)
        {
            return None;
        }
        let offset = plan.zone.to_offset(period.from_instant);
        let mut changes = plan.zone.following(period.from_instant);
        if changes.next().is_some_and(|change| change.timestamp() < period.to_instant) {
            return None;
        }
        let days_of = |day: Date| (day, plan.boundaries.valid_on(day).next().is_some());
        let peak = plan.config.statistics.peak_hours;
        let limits = &plan.config.validation.max_mbps;
        let ceiling = |name: &str| limits.get(name).copied().unwrap_or(f64::INFINITY);
        let mut ceilings = [ceiling("unknown"); TECHNOLOGIES.len() + 1];
        for (highest, name) in ceilings.iter_mut().zip(TECHNOLOGIES) {
            *highest = ceiling(name);
        }
        let mut contract = Contract {
            plan,
            measures,
            instants: period.from_instant.as_microsecond()..period.to_instant.as_microsecond(),
            offset: i64::from(offset.seconds()) * 1_000_000,
            first_day: days(period.from),
            days: period.days().into_iter().map(days_of).collect(),
            peak: i64::from(peak.0)..i64::from(peak.1),
            boundaries: &plan.boundaries,
            prefer_position: plan.config.communes.prefer == crate::config::Prefer::Position,
            communes: HashMap::new(),
            province: plan.province_known.then_some(plan.config.province.code.as_str()),
            ceilings,
            labels: Vec::new(),
            names: HashMap::new(),
            codes: HashMap::new(),
            asns: HashMap::new(),
            unknown: 0,
            repeated: HashSet::new(),
        };
        for (place, commune) in plan.register.communes().iter().enumerate() {
            let days = days(commune.valid_from)..days(commune.valid_to);
            let valid = Valid { days, place: place as u32, commune };
            contract.communes.entry(commune.code.as_str()).or_default().push(valid);
        }
        contract.read_operators();
        Some(contract)
    }

    fn read_operators(&mut self) {
        let operators: Vec<_> = self.plan.operators.operators().collect();
        self.labels = operators.iter().map(|operator| operator.label.clone()).collect();
        let target = |place: usize| Target {
            label: place as u32,
            is_mvno: operators[place].kind == OperatorKind::Mvno,
        };
        let of_texts = |keys: Vec<(&String, usize)>| {
            keys.into_iter().map(|(key, place)| (key.clone(), target(place))).collect()
        };
        let keys = self.plan.operators.keys();
        self.names = of_texts(keys.names);
        self.codes = of_texts(keys.codes);
        let asns = keys.asns.into_iter();
        self.asns = asns.map(|(asn, place)| (i64::from(*asn), target(place))).collect();
        self.unknown = self.labels.len() as u32;
        self.labels.push(self.plan.unknown_operator.clone());
    }

    /// The first day of the period, since 1970.
    pub fn first_day(&self) -> i32 {
        self.first_day
    }

    /// Takes note of the ids that more than one row has: those rows are not plain.
    pub fn without(&mut self, repeated: HashSet<u64>) {
        self.repeated = repeated;
    }

    /// The commune that has a code on a day.
    fn commune(&self, code: &str, day: i32) -> Option<&Valid<'a>> {
        self.communes.get(code)?.iter().find(|valid| valid.days.contains(&day))
    }
}

/// The columns of plain rows that queries may read, beside `tests`: those of `accepted` but for what only
/// the stages before need.
pub fn columns() -> Vec<&'static str> {
    FIXED.into_iter().chain(KEPT).chain(MEASURES).collect()
}

const FIXED: [&str; 13] = [
    "source_file",
    "source_row",
    "local_day",
    "local_hour",
    "day_part",
    "is_ok",
    "access_type",
    "technology",
    "operator",
    "operator_unknown",
    "placed_by",
    "commune_code",
    "commune_valid_from",
];
const KEPT: [&str; 5] = ["latitude", "longitude", "location_accuracy_m", "device_id", "platform"];

/// Counts of the ledger among plain rows.
#[derive(Debug, Default, Clone)]
pub struct Notes {
    pub tests_failed: u64,
    pub without_device: u64,
    pub operator_unknown: u64,
    pub operator_conflict_fixed: u64,
    pub operator_conflict_mobile: u64,
    pub sim_mvno: u64,
    pub sim_roaming: u64,
    pub position_placed: u64,
    pub code_placed: u64,
    pub code_position_differ: u64,
}

impl Notes {
    /// By the names of `notes.sql`.
    pub fn named(&self) -> [(&'static str, u64); 10] {
        [
            ("tests_failed", self.tests_failed),
            ("without_device", self.without_device),
            ("operator_unknown", self.operator_unknown),
            ("operator_conflict_fixed", self.operator_conflict_fixed),
            ("operator_conflict_mobile", self.operator_conflict_mobile),
            ("sim_mvno", self.sim_mvno),
            ("sim_roaming", self.sim_roaming),
            ("position_placed", self.position_placed),
            ("code_placed", self.code_placed),
            ("code_position_differ", self.code_position_differ),
        ]
    }
}

/// Sorts out the plain rows of a section.
pub struct Plain<'a> {
    contract: &'a Contract<'a>,
    names: HashMap<String, Option<Target>>,
    pub part: Part,
    pub notes: Notes,
    /// Plain rows by local day.
    pub days: Vec<u64>,
}

/// Where and whose a plain row is.
struct Placed<'a> {
    row: usize,
    access: u8,
    technology: u8,
    is_ok: bool,
    day: i32,
    hour: i64,
    by_code: bool,
    place: u32,
    commune: &'a Commune,
    operator: u32,
    operator_unknown: bool,
}

/// The columns of a batch of the profile `ispeed`.
struct Columns<'a> {
    batch: &'a RecordBatch,
    id: &'a StringArray,
    at: &'a PrimitiveArray<TimestampMicrosecondType>,
    access_type: &'a StringArray,
    technology: &'a StringArray,
    operator: &'a StringArray,
    network: &'a StringArray,
    sim: &'a StringArray,
    asn: &'a PrimitiveArray<Int64Type>,
    commune: &'a StringArray,
    status: &'a StringArray,
    server: &'a StringArray,
    device: &'a StringArray,
    latitude: &'a PrimitiveArray<Float64Type>,
    longitude: &'a PrimitiveArray<Float64Type>,
    accuracy: &'a PrimitiveArray<Float64Type>,
    /// Those of [`MEASURES`], on their grid.
    measures: Vec<PrimitiveArray<Float64Type>>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, ValidationFault> {
        let measure = |name: &str| Ok(on_grid(numbers::<Float64Type>(batch, name)?));
        Ok(Columns {
            batch,
            id: text(batch, "sample_id")?,
            at: numbers(batch, "measured_at")?,
            access_type: text(batch, "access_type")?,
            technology: text(batch, "technology")?,
            operator: text(batch, "operator")?,
            network: text(batch, "network_mcc_mnc")?,
            sim: text(batch, "sim_mcc_mnc")?,
            asn: numbers(batch, "asn")?,
            commune: text(batch, "commune_code")?,
            status: text(batch, "status")?,
            server: text(batch, "server_country")?,
            device: text(batch, "device_id")?,
            latitude: numbers(batch, "latitude")?,
            longitude: numbers(batch, "longitude")?,
            accuracy: numbers(batch, "location_accuracy_m")?,
            measures: MEASURES.into_iter().map(measure).collect::<Result<_, _>>()?,
        })
    }

    /// NaN where a row has no such measure.
    fn measure(&self, place: usize, row: usize) -> f64 {
        let column = &self.measures[place];
        if column.is_valid(row) { column.value(row) } else { f64::NAN }
    }
}

fn missing(column: &str) -> ValidationFault {
    ValidationFault::Query {
        query: format!("import/{PROFILE}.sql"),
        message: format!("column `{column}` is missing or of another type"),
    }
}

fn text<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a StringArray, ValidationFault> {
    let column = batch.column_by_name(name).and_then(|array| array.as_string_opt());
    column.ok_or_else(|| missing(name))
}

fn numbers<'a, T: ArrowPrimitiveType>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a PrimitiveArray<T>, ValidationFault> {
    let column = batch.column_by_name(name).and_then(|array| array.as_primitive_opt());
    column.ok_or_else(|| missing(name))
}

fn at(texts: &StringArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}

impl<'a> Plain<'a> {
    pub fn new(contract: &'a Contract<'a>) -> Self {
        Plain {
            contract,
            names: HashMap::new(),
            part: Part::new(contract.measures.len()),
            notes: Notes::default(),
            days: vec![0; contract.days.len()],
        }
    }

    /// Takes the plain rows of a batch: gives them as `accepted` needs them, and which rows they were.
    pub fn take(&mut self, batch: &RecordBatch) -> Result<(RecordBatch, BooleanArray)> {
        let columns = Columns::of(batch)?;
        let mut placed = Vec::new();
        let mut taken = vec![false; batch.num_rows()];
        for (row, taken) in taken.iter_mut().enumerate() {
            if let Some(found) = self.place(&columns, row) {
                *taken = true;
                self.number(&columns, &found);
                placed.push(found);
            }
        }
        let accepted = self.accepted(&columns, &placed)?;
        Ok((accepted, BooleanArray::from(taken)))
    }

    /// Where and whose a row is, if it is plain.
    fn place(&mut self, columns: &Columns<'_>, row: usize) -> Option<Placed<'a>> {
        let contract = self.contract;
        let id = at(columns.id, row)?;
        if id.len() > ID_BYTES || contract.repeated.contains(&id_key(id)) {
            return None;
        }
        let instant = columns.at.is_valid(row).then(|| columns.at.value(row))?;
        if !contract.instants.contains(&instant) {
            return None;
        }
        let access = place_of(&ACCESS_TYPES, at(columns.access_type, row)?)?;
        let technology = match at(columns.technology, row) {
            None => NO_TECHNOLOGY,
            Some(name) => place_of(&TECHNOLOGIES, name)?,
        };
        let is_link =
            matches!(TECHNOLOGIES.get(usize::from(technology)), Some(&"wifi" | &"ethernet"));
        if access == 0 && is_link {
            return None;
        }
        let is_ok = match at(columns.status, row) {
            None | Some("ok") => true,
            Some("failed") => false,
            Some(_) => return None,
        };
        let home = contract.plan.config.validation.home_country.as_str();
        let abroad = |server: &str| !server.eq_ignore_ascii_case(home);
        if !home.is_empty() && at(columns.server, row).is_some_and(abroad) {
            return None;
        }
        if !self.are_measures_plain(columns, row, is_ok, technology) {
            return None;
        }
        let local = instant + contract.offset;
        let day = i32::try_from(local.div_euclid(MICROSECONDS_A_DAY)).ok()?;
        let hour = local.rem_euclid(MICROSECONDS_A_DAY) / MICROSECONDS_AN_HOUR;
        let (by_code, differs, valid) = self.commune(columns, row, day)?;
        if contract.province.is_some_and(|province| province != valid.commune.province_code) {
            return None;
        }
        let (operator, operator_unknown) = self.operator(columns, row, access == 0);
        self.notes.code_position_differ += u64::from(differs);
        self.notes.position_placed += u64::from(!by_code);
        self.notes.code_placed += u64::from(by_code);
        let (place, commune) = (valid.place, valid.commune);
        Some(Placed {
            row,
            access,
            technology,
            is_ok,
            day,
            hour,
            by_code,
            place,
            commune,
            operator,
            operator_unknown,
        })
    }

    /// Whether all measures are as the rules want them. A NaN that a file holds is left to the rules.
    fn are_measures_plain(
        &self,
        columns: &Columns<'_>,
        row: usize,
        is_ok: bool,
        technology: u8,
    ) -> bool {
        let fastest = self.contract.ceilings[usize::from(technology)].min(FINITE);
        let slowest = self.contract.plan.config.validation.max_latency_ms.min(FINITE);
        let least = f64::MIN_POSITIVE;
        let bounds = [
            (least, fastest),
            (least, fastest),
            (least, slowest),
            (0.0, slowest),
            (0.0, 1.0),
            (-FINITE, FINITE),
        ];
        let mut known = 0;
        for (at, (column, (low, high))) in columns.measures.iter().zip(bounds).enumerate() {
            if column.is_null(row) {
                continue;
            }
            known += 1;
            let value = column.value(row);
            // Of a failed test, only loss and signal are judged.
            let is_judged = is_ok || at >= 4;
            if is_judged && !(value >= low && value <= high) || value.is_nan() {
                return false;
            }
        }
        known > 0 || !is_ok
    }

    /// The commune of a row; whether its code decided, and whether that differs from its position.
    fn commune(
        &self,
        columns: &Columns<'_>,
        row: usize,
        day: i32,
    ) -> Option<(bool, bool, &'a Valid<'a>)> {
        let contract = self.contract;
        let code = at(columns.commune, row);
        let position = match (columns.latitude.is_valid(row), columns.longitude.is_valid(row)) {
            (true, true) => Some((columns.latitude.value(row), columns.longitude.value(row))),
            (false, false) => None,
            _ => return None,
        };
        let (mut around, mut precise) = (None, false);
        if let Some((latitude, longitude)) = position {
            let in_range = (-90.0..=90.0).contains(&latitude)
                && (-180.0..=180.0).contains(&longitude)
                && !(latitude == 0.0 && longitude == 0.0);
            if !in_range {
                return None;
            }
            let most = contract.plan.config.validation.max_location_accuracy_m;
            precise = columns.accuracy.is_null(row) || columns.accuracy.value(row) <= most;
            let (date, known) =
                contract.days.get(usize::try_from(day - contract.first_day).ok()?)?;
            if precise && *known {
                match contract.boundaries.commune_at(latitude, longitude, *date) {
                    Placement::Commune(code) => around = Some(code),
                    Placement::Outside | Placement::NoBoundaries => return None,
                }
            }
        }
        let differs = around.is_some_and(|around| code.is_some_and(|code| code != around));
        match around.filter(|_| contract.prefer_position && precise) {
            Some(around) => Some((false, differs, contract.commune(around, day)?)),
            None => Some((true, differs, contract.commune(code?, day)?)),
        }
    }

    /// The label of the operator, and whether nothing leads to one.
    fn operator(&mut self, columns: &Columns<'_>, row: usize, is_mobile: bool) -> (u32, bool) {
        let contract = self.contract;
        let name = at(columns.operator, row).and_then(|name| self.named(name));
        let asn = columns.asn.is_valid(row).then(|| columns.asn.value(row));
        let asn = asn.and_then(|asn| contract.asns.get(&asn).copied());
        let differ = |a: Option<Target>, b: Option<Target>| {
            a.zip(b).is_some_and(|(a, b)| contract.label(a) != contract.label(b))
        };
        let found = if is_mobile {
            let key = |texts| at(texts, row).map(|code: &str| code.replace(['-', ' '], ""));
            let (network_key, sim_key) = (key(columns.network), key(columns.sim));
            let known = |key: &Option<String>| contract.codes.get(key.as_deref()?).copied();
            let (network, sim) = (known(&network_key), known(&sim_key));
            let is_guest = network_key.is_some() && sim_key.is_some() && network_key != sim_key;
            let mvno = sim.filter(|sim| sim.is_mvno);
            self.notes.sim_mvno += u64::from(is_guest && mvno.is_some());
            self.notes.sim_roaming += u64::from(is_guest && mvno.is_none());
            let conflict = name.is_some_and(|name| !name.is_mvno) && differ(network, name);
            self.notes.operator_conflict_mobile += u64::from(conflict);
            mvno.or(name.filter(|name| name.is_mvno)).or(network).or(name).or(asn)
        } else {
            self.notes.operator_conflict_fixed += u64::from(differ(name, asn));
            name.or(asn)
        };
        self.notes.operator_unknown += u64::from(found.is_none());
        (found.map_or(contract.unknown, |target| target.label), found.is_none())
    }

    fn named(&mut self, name: &str) -> Option<Target> {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let found = self.contract.names.get(&fold(name)).copied();
        if self.names.len() < NAMES {
            self.names.insert(name.to_owned(), found);
        }
        found
    }

    /// Adds a row to the numbered samples, and counts it.
    fn number(&mut self, columns: &Columns<'_>, placed: &Placed<'a>) {
        let contract = self.contract;
        let key =
            [placed.place, placed.operator, placed.access.into(), placed.technology.into(), 0];
        let technology = TECHNOLOGIES.get(usize::from(placed.technology));
        let cell = self.part.cells.number(key, || Cell {
            commune_code: placed.commune.code.clone(),
            valid_from: days(placed.commune.valid_from),
            operator: contract.labels[placed.operator as usize].clone(),
            access_type: ACCESS_TYPES[usize::from(placed.access)].to_owned(),
            technology: Last(technology.map(|name| (*name).to_owned())),
        });
        let row = placed.row;
        let device = at(columns.device, row);
        self.notes.tests_failed += u64::from(!placed.is_ok);
        self.notes.without_device += u64::from(device.is_none());
        if let Some(count) = self.days.get_mut((placed.day - contract.first_day) as usize) {
            *count += 1;
        }
        let sample = Row {
            cell,
            at: columns.at.value(row),
            day: placed.day,
            peak: contract.peak.contains(&placed.hour),
            is_ok: placed.is_ok,
            id: columns.id.value(row),
            device,
            restated: Some(&placed.commune.code),
        };
        let values = contract.measures.iter().map(|place| columns.measure(*place, row));
        self.part.add(sample, values);
    }

    /// The rows as queries read them.
    fn accepted(&self, columns: &Columns<'_>, placed: &[Placed<'a>]) -> Result<RecordBatch> {
        let contract = self.contract;
        let rows = UInt32Array::from_iter_values(placed.iter().map(|placed| placed.row as u32));
        let raw = |name: &str| -> Result<ArrayRef, ValidationFault> {
            let column = columns.batch.column_by_name(name).ok_or_else(|| missing(name))?;
            take(column, &rows, None).map_err(|_| missing(name))
        };
        let flags = |of: fn(&Placed<'_>) -> bool| -> ArrayRef {
            Arc::new(placed.iter().map(|placed| Some(of(placed))).collect::<BooleanArray>())
        };
        let from = placed.iter().map(|placed| days(placed.commune.valid_from));
        let communes = Names::of(placed.iter().map(|placed| placed.place), |place| {
            contract.plan.register.communes()[place as usize].code.clone()
        });
        let operators = Names::of(placed.iter().map(|placed| placed.operator), |operator| {
            contract.labels[operator as usize].clone()
        });
        let mut all: Vec<(&str, ArrayRef)> = vec![
            ("source_file", raw("source_file")?),
            ("source_row", raw("source_row")?),
            (
                "local_day",
                Arc::new(PrimitiveArray::<Date32Type>::from_iter_values(
                    placed.iter().map(|placed| placed.day),
                )),
            ),
            (
                "local_hour",
                Arc::new(PrimitiveArray::<Int64Type>::from_iter_values(
                    placed.iter().map(|placed| placed.hour),
                )),
            ),
            (
                "day_part",
                few(
                    &DAY_PARTS,
                    placed
                        .iter()
                        .map(|placed| Some(i8::from(contract.peak.contains(&placed.hour)))),
                )?,
            ),
            ("is_ok", flags(|placed| placed.is_ok)),
            (
                "access_type",
                few(&ACCESS_TYPES, placed.iter().map(|placed| Some(placed.access.cast_signed())))?,
            ),
            (
                "technology",
                few(
                    &TECHNOLOGIES,
                    placed.iter().map(|placed| {
                        let known = placed.technology != NO_TECHNOLOGY;
                        known.then_some(placed.technology.cast_signed())
                    }),
                )?,
            ),
            ("operator", operators.array()?),
            ("operator_unknown", flags(|placed| placed.operator_unknown)),
            (
                "placed_by",
                few(&PLACED_BY, placed.iter().map(|placed| Some(i8::from(placed.by_code))))?,
            ),
            ("commune_code", communes.array()?),
            ("commune_valid_from", Arc::new(PrimitiveArray::<Date32Type>::from_iter_values(from))),
        ];
        for name in KEPT {
            all.push((name, raw(name)?));
        }
        for (name, column) in MEASURES.into_iter().zip(&columns.measures) {
            all.push((name, take(column, &rows, None).map_err(|_| missing(name))?));
        }
        let nullable = all.into_iter().map(|(name, array)| (name, array, true));
        let batch = RecordBatch::try_from_iter_with_nullable(nullable);
        Ok(batch.map_err(|e| missing(&e.to_string()))?)
    }
}

impl Contract<'_> {
    fn label(&self, target: Target) -> &str {
        &self.labels[target.label as usize]
    }
}

/// The place of a text in a short list.
fn place_of(list: &[&str], text: &str) -> Option<u8> {
    list.iter().position(|known| *known == text).and_then(|place| u8::try_from(place).ok())
}

/// A column of few texts, by their places.
fn few(
    texts: &[&str],
    places: impl Iterator<Item = Option<i8>>,
) -> Result<ArrayRef, ValidationFault> {
    let keys: PrimitiveArray<Int8Type> = places.collect();
    let values = Arc::new(StringArray::from(texts.to_vec()));
    let array = DictionaryArray::try_new(keys, values).map_err(|e| missing(&e.to_string()))?;
    Ok(Arc::new(array))
}

/// A column of texts that are known by number.
struct Names {
    texts: Vec<String>,
    keys: Vec<i32>,
}

impl Names {
    fn of(numbers: impl Iterator<Item = u32>, text: impl Fn(u32) -> String) -> Self {
        let mut places: HashMap<u32, i32> = HashMap::new();
        let mut texts = Vec::new();
        let keys = numbers.map(|number| {
            *places.entry(number).or_insert_with(|| {
                texts.push(text(number));
                texts.len() as i32 - 1
            })
        });
        Names { keys: keys.collect(), texts }
    }

    fn array(self) -> Result<ArrayRef, ValidationFault> {
        let keys = PrimitiveArray::<Int32Type>::from(self.keys);
        let values = Arc::new(StringArray::from(self.texts));
        let array = DictionaryArray::try_new(keys, values).map_err(|e| missing(&e.to_string()))?;
        Ok(Arc::new(array))
    }
}
