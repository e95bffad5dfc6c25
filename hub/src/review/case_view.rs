//! A case with everything there is to see of it, as a plain struct: what the console renders and `case show` prints.
//! Numbers and JSON values, no markup; texts are the store's own.

use std::collections::BTreeMap;

use dedup::{Explanation, Profile};
use normalizer::Posting;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::case::Case;
use store::posting::{Known, Posting as PostingRow};
use store::{Store, StoreError, Tx};

use super::lease::urgency;
use super::standing::Words;
use super::suggest::{self, Similar, Suggestion};
use super::{Change, Family, ReviewError, Verb, case_name, read};
use crate::lifecycle::state;
use crate::people::Actor;
use crate::pipeline::Body;
use crate::view::{FindingView, PostingId, VacancyId, body_of, source_name};
use crate::world::World;

/// Postings of a vacancy that are laid side by side, at most.
const COLUMNS_MAX: usize = 40;
/// Trust of a source that is not in the catalog any more, thousandths.
const TRUST_UNKNOWN: u16 = 500;

/// Fields in the order of their weight for a decision, and what they weigh.
const FIELDS: [(&str, u32); 20] = [
    ("title", 100),
    ("hiring_organization", 95),
    ("base_salary", 90),
    ("job_location", 85),
    ("closing", 80),
    ("status", 75),
    ("employment_type", 70),
    ("total_job_openings", 65),
    ("occupation", 60),
    ("requisition", 55),
    ("work_hours", 50),
    ("weekly_minutes", 48),
    ("experience", 45),
    ("education", 44),
    ("date_posted", 40),
    ("qualifications", 30),
    ("description", 25),
    ("job_benefits", 20),
    ("industry", 15),
    ("origin", 10),
];

/// What a case rests on, as far as an answer to it does: an answer given on other facts is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) version: i64,
    pub(crate) state: String,
    pub(crate) postings: Vec<Fact>,
}

/// A posting, as far as answers rest on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fact {
    pub(crate) id: i64,
    pub(crate) version: i64,
    pub(crate) body_hash: i64,
    pub(crate) vacancy: i64,
    pub(crate) state: String,
    pub(crate) verdict: String,
}

impl Facts {
    /// Of a case as the transaction sees it.
    pub(crate) async fn load(tx: &Tx, case: &Case) -> Result<Facts, StoreError> {
        let mut ids = named(case);
        if let Some(vacancy) = case.vacancy {
            ids.extend(tx.members(&[vacancy]).await?.iter().map(|m| m.id));
        }
        Ok(Facts::of(case, tx.known(&ids).await?))
    }

    async fn read(store: &Store, case: &Case, members: &[PostingRow]) -> Result<Facts, StoreError> {
        let mut ids = named(case);
        if let Some(vacancy) = case.vacancy {
            ids.extend(members.iter().filter(|p| p.vacancy == vacancy).map(|p| p.id));
        }
        Ok(Facts::of(case, store.known(&ids).await?))
    }

    fn of(case: &Case, known: Vec<Known>) -> Facts {
        let fact = |k: Known| Fact {
            id: k.id,
            version: k.version,
            body_hash: k.body_hash,
            vacancy: k.vacancy,
            state: k.state,
            verdict: k.verdict,
        };
        let mut postings: Vec<Fact> = known.into_iter().map(fact).collect();
        postings.sort_by_key(|p| p.id);
        postings.dedup_by_key(|p| p.id);
        Facts { version: case.version, state: case.state.clone(), postings }
    }

    /// A short text that is another when any fact is.
    pub(crate) fn token(&self) -> String {
        let postings: Vec<_> = self.postings.iter().map(|p| (p.id, p.body_hash, p.vacancy, &p.state)).collect();
        let hash = xxhash_rust::xxh3::xxh3_64(super::json(&(&self.state, postings)).as_bytes());
        format!("{}-{hash:016x}", self.version)
    }

    /// What is different now.
    pub(crate) fn changes(&self, then: &Facts) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut add = |what: &str, id: i64, was: &str, now: &str| {
            if was != now {
                changes.push(Change { what: what.to_owned(), id, was: was.to_owned(), now: now.to_owned() });
            }
        };
        add("case", 0, &then.state, &self.state);
        for now in &self.postings {
            match then.postings.iter().find(|p| p.id == now.id) {
                None => add("posting joined", now.id, "", &PostingId(now.id).to_string()),
                Some(was) => {
                    let version = |p: &Fact| format!("version {}", p.version);
                    add("posting", now.id, &version(was), &version(now));
                    add("state", now.id, &was.state, &now.state);
                    add("vacancy", now.id, &VacancyId(was.vacancy).to_string(), &VacancyId(now.vacancy).to_string());
                }
            }
        }
        for gone in then.postings.iter().filter(|was| self.postings.iter().all(|p| p.id != was.id)) {
            add("posting left", gone.id, &PostingId(gone.id).to_string(), "");
        }
        changes
    }
}

fn named(case: &Case) -> Vec<i64> {
    case.a.into_iter().chain(case.b).collect()
}

/// A case to look at.
#[derive(Clone, Debug, Serialize)]
pub struct CaseView {
    /// `c` and 16 hexadecimal digits.
    pub id: String,
    /// The same as a number.
    #[serde(skip)]
    pub key: i64,
    /// What it is about.
    pub family: Family,
    /// open, held, proposed, second, disputed or settled.
    pub state: String,
    /// Employer and title of what it is about.
    pub title: String,
    /// Why it is asked, in words.
    pub why: String,
    /// When it was opened.
    pub opened_ms: i64,
    /// When it should be answered.
    pub due_ms: i64,
    /// Exposure.
    pub value: f64,
    /// Probability of being wrong × harm.
    pub risk: f64,
    /// One by the hours left.
    pub urgency: f64,
    /// value × risk × urgency.
    pub score: f64,
    /// Goes into [`super::Answer::token`]: the answer is refused if what is shown here has changed by then.
    pub token: String,
    /// Score, suggestion and past decisions are hidden on purpose; two people decide it.
    pub blind: bool,
    /// Source it is about, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Run it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<i64>,
    /// Who has it before them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<LeaseView>,
    /// What the one who looks had begun to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<Value>,
    /// The postings side by side; the two of a pair first.
    pub columns: Vec<Column>,
    /// Field by field, those that differ first, then by weight.
    pub rows: Vec<Row>,
    /// Why the two are, or are not, one: the waterfall in bits, with the lines at which people are asked and the rules join.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
    /// Findings on the postings, with evidence and law.
    pub findings: Vec<PostingFinding>,
    /// What was seen, as the question's asker put it.
    pub about: Value,
    /// What others decided on cases like this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub similar: Option<Similar>,
    /// What the hub would answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<Suggestion>,
    /// Decisions on it so far, oldest first; on a blind case none before one's own.
    pub history: Vec<DecisionView>,
    /// What answers it.
    pub verbs: Vec<Verb>,
}

/// A lease, to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeaseView {
    /// Who.
    pub holder: String,
    /// Until when.
    pub expires_ms: i64,
    /// Why it was its turn: priority, oldest, blind or second.
    pub slot: String,
}

/// A posting, as a column of the comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// Posting.
    pub posting: PostingId,
    /// Name of its source.
    pub source: String,
    /// How far the source is trusted, thousandths.
    pub trust: u16,
    /// The source's own id.
    pub external_id: String,
    /// The page a person reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// open, unconfirmed or closed.
    pub state: String,
    /// publish, hold or reject, a steward's word included.
    pub verdict: String,
    /// Vacancy it is in.
    pub vacancy: VacancyId,
    /// First seen.
    pub first_seen_ms: i64,
    /// When what it says last changed.
    pub changed_ms: i64,
    /// Version of what it says.
    pub version: i64,
    /// Page and position it was read from, for the original.
    pub page: i64,
    /// Position on that page.
    pub position: i64,
    /// The first column that says the same in every field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_as: Option<usize>,
}

/// How the values of a field stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Differs {
    /// They do not.
    Equal,
    /// Some posting says nothing.
    Missing,
    /// In spelling only: they are the same when normalized.
    Spelling,
    /// They do.
    Value,
}

/// A field of the comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Field of the canonical posting.
    pub field: &'static str,
    /// How much it counts.
    pub weight: u32,
    /// How the values stand to each other.
    pub differs: Differs,
    /// What the record says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub golden: Option<Golden>,
    /// What each posting says, in the order of the columns.
    pub cells: Vec<Option<Cell>>,
}

/// The record's value of a field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Golden {
    /// In the canonical posting's JSON form.
    pub value: Value,
    /// In words.
    pub text: String,
    /// Column that gives it; none for a value typed by a steward.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// The rule, in a few words.
    pub rule: String,
}

/// A posting's value of a field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cell {
    /// In the canonical posting's JSON form.
    pub value: Value,
    /// In words.
    pub text: String,
    /// As the source wrote it, where that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// The rule that read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// It is the record's value.
    pub chosen: bool,
}

/// A finding and the posting it is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PostingFinding {
    /// Posting.
    pub posting: PostingId,
    /// Finding.
    #[serde(flatten)]
    pub finding: FindingView,
}

/// A decision, to look at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DecisionView {
    /// Number.
    pub id: i64,
    /// Case.
    pub case: String,
    /// Family.
    pub family: String,
    /// What was decided.
    pub verb: String,
    /// standing, proposed, second, noted, refused, undone or expired.
    pub state: String,
    /// Reason code.
    pub reason: String,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who.
    pub actor: String,
    /// When.
    pub at_ms: i64,
    /// The second of two people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// How firmly it stands.
    pub stickiness: String,
    /// The suggestion that was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<Value>,
    /// Nothing was suggested, on purpose.
    pub blind: bool,
    /// Versions of model and rules.
    pub versions: Value,
    /// What it was about.
    pub subject: Value,
    /// Its terms: picks, class, reason of closing.
    pub answer: Value,
    /// What undoing it does.
    pub inverse: Value,
    /// Milliseconds on screen.
    pub screen_ms: i64,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_ms: Option<i64>,
    /// Bulk rule it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<i64>,
    /// The decision it takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoes: Option<i64>,
    /// The decision that took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<i64>,
}

impl From<store::decision::Decision> for DecisionView {
    fn from(d: store::decision::Decision) -> DecisionView {
        let parsed = |text: &str| serde_json::from_str(text).unwrap_or_default();
        DecisionView {
            id: d.id,
            case: case_name(d.case_id),
            family: d.family,
            verb: d.verb,
            state: d.state,
            reason: d.reason,
            note: d.note,
            actor: d.actor,
            at_ms: d.at_ms,
            approved_by: d.approved_by,
            stickiness: d.stickiness,
            suggestion: d.suggestion.as_deref().map(parsed),
            blind: d.blind != 0,
            versions: parsed(&d.versions),
            subject: parsed(&d.subject),
            answer: parsed(&d.answer),
            inverse: parsed(&d.inverse),
            screen_ms: d.screen_ms,
            expires_ms: d.expires_ms,
            batch: d.batch,
            undoes: d.undoes,
            undone_by: d.undone_by,
        }
    }
}

/// A case with everything there is to see of it, for somebody.
///
/// # Errors
/// When there is none, or the store fails.
pub async fn view(world: &World, actor: &Actor, case: i64) -> Result<CaseView, ReviewError> {
    let store = &world.store;
    let row = store.case(case).await?.ok_or(ReviewError::NoCase(case))?;
    let family: Family = row.family.parse().map_err(|_| ReviewError::NoCase(case))?;
    let now_ms = world.clock.now().timestamp_millis();
    let group = postings(store, &row).await?;
    let facts = Facts::read(store, &row, &group).await?;
    let bodies: Vec<Body> = group.iter().map(body_of).collect::<Result<_, _>>()?;
    let ids: Vec<i64> = group.iter().map(|p| p.id).collect();
    let words = Words::load(store, &group, &bodies).await?;
    let history: Vec<DecisionView> = store.decisions_on(case).await?.into_iter().map(DecisionView::from).collect();
    let own = history.iter().any(|d| d.actor == actor.name && d.state != "undone");
    let blind = row.blind != 0 && !own && matches!(row.state.as_str(), "open" | "second");
    let explanation = explain(world, &row, &group)?;
    let (mut similar, mut suggestion) = (None, None);
    if !blind {
        let found = suggest::similar(store, &row, explanation.as_ref()).await?;
        suggestion = suggest::suggestion(world, &row, family, explanation.as_ref(), &found);
        similar = Some(found);
    }
    let columns = columns(world, &group, &bodies, &words);
    let golden = suggest::record(world, &row, &group, &bodies, &words);
    let about: Value = read("steward_case", case, &row.body)?;
    let urgency = urgency(row.due_ms, now_ms);
    Ok(CaseView {
        id: case_name(case),
        key: case,
        family,
        title: headline(world, &row, &bodies),
        why: about["why"].as_str().unwrap_or_default().to_owned(),
        opened_ms: row.opened_ms,
        due_ms: row.due_ms,
        value: row.value,
        risk: row.risk,
        urgency,
        score: row.weight * urgency,
        token: facts.token(),
        blind,
        source: row.source.map(|number| source_name(world, number).to_owned()),
        run: row.run,
        lease: store.case_lease(case).await?.filter(|l| l.expires_ms > now_ms).map(|l| LeaseView {
            holder: l.holder,
            expires_ms: l.expires_ms,
            slot: l.slot,
        }),
        draft: store.case_draft(case, &actor.name).await?.and_then(|text| serde_json::from_str(&text).ok()),
        rows: rows(&golden, &group, &bodies),
        columns,
        explanation: explanation.filter(|_| !blind),
        findings: findings(store, &ids).await?,
        about,
        similar,
        suggestion,
        history: history.into_iter().filter(|_| !blind).collect(),
        verbs: family.verbs().to_vec(),
        state: row.state,
    })
}

/// The postings of a case: the two of a pair, then their vacancies' other members.
async fn postings(store: &Store, case: &Case) -> Result<Vec<PostingRow>, StoreError> {
    let mut first = Vec::new();
    for id in named(case) {
        first.extend(store.posting(id).await?);
    }
    let mut vacancies: Vec<i64> = first.iter().map(|p| p.vacancy).chain(case.vacancy).collect();
    vacancies.sort_unstable();
    vacancies.dedup();
    let rest = store.postings_of_all(&vacancies).await?;
    let rest: Vec<PostingRow> = rest.into_iter().filter(|p| first.iter().all(|f| f.id != p.id)).collect();
    first.extend(rest);
    first.truncate(COLUMNS_MAX);
    Ok(first)
}

async fn findings(store: &Store, ids: &[i64]) -> Result<Vec<PostingFinding>, StoreError> {
    let found = store.findings_of_all(ids).await?;
    Ok(found
        .into_iter()
        .map(|f| PostingFinding {
            posting: PostingId(f.posting),
            finding: FindingView { rule: f.rule, field: f.field, effect: f.effect, span: f.span, article: f.article },
        })
        .collect())
}

fn explain(world: &World, case: &Case, group: &[PostingRow]) -> Result<Option<Explanation>, StoreError> {
    let (Some(a), Some(b)) = (case.a, case.b) else { return Ok(None) };
    let profile = |id: i64| {
        let Some(row) = group.iter().find(|p| p.id == id) else { return Ok(None) };
        let mut profile = Profile::from_bytes(&row.profile).map_err(|error| StoreError::Corrupt {
            table: "posting",
            id: id.to_string(),
            what: error.to_string(),
        })?;
        profile.live = row.state != state::CLOSED;
        Ok::<_, StoreError>(Some(profile))
    };
    Ok(profile(a)?.zip(profile(b)?).map(|(a, b)| dedup::explain(&a, &b, &world.model)))
}

fn headline(world: &World, case: &Case, bodies: &[Body]) -> String {
    match bodies.first() {
        Some(body) => {
            let employer = &body.posting.hiring_organization.name;
            if employer.is_empty() {
                body.posting.title.clone()
            } else {
                format!("{employer} · {}", body.posting.title)
            }
        }
        None => case.source.map(|number| source_name(world, number).to_owned()).unwrap_or_default(),
    }
}

fn columns(world: &World, group: &[PostingRow], bodies: &[Body], words: &Words) -> Vec<Column> {
    let mut first: BTreeMap<i64, usize> = BTreeMap::new();
    let mut out = Vec::with_capacity(group.len());
    for (at, (row, body)) in group.iter().zip(bodies).enumerate() {
        let same_as = *first.entry(row.body_hash).or_insert(at);
        out.push(Column {
            posting: PostingId(row.id),
            source: source_name(world, row.source).to_owned(),
            trust: trust(world, row.source),
            external_id: row.external_id.clone(),
            url: body.posting.url.clone(),
            state: row.state.clone(),
            verdict: words.verdict(row.id, &row.verdict).to_owned(),
            vacancy: VacancyId(row.vacancy),
            first_seen_ms: row.first_seen_ms,
            changed_ms: row.changed_ms,
            version: row.version,
            page: row.page,
            position: row.position,
            same_as: (same_as != at).then_some(same_as),
        });
    }
    out
}

pub(super) fn trust(world: &World, source: i64) -> u16 {
    world.trust.get(&source).map_or(TRUST_UNKNOWN, |(_, trust)| *trust)
}

/// The comparison, field by field.
fn rows(golden: &dedup::Golden, group: &[PostingRow], bodies: &[Body]) -> Vec<Row> {
    let record = serde_json::to_value(&golden.posting).unwrap_or_default();
    let said: Vec<Value> = bodies.iter().map(|body| serde_json::to_value(&body.posting).unwrap_or_default()).collect();
    let mut rows: Vec<Row> = Vec::new();
    for (field, weight) in FIELDS {
        let because = golden.because.iter().find(|b| b.field == field);
        let cells: Vec<Option<Cell>> = said
            .iter()
            .zip(bodies)
            .map(|(said, body)| {
                let value = said_of(said, field)?;
                let read = body.posting.provenance.iter().find(|p| p.field == field);
                Some(Cell {
                    text: text_of(field, &value),
                    raw: read.map(|p| p.raw.clone()),
                    rule: read.map(|p| p.rule.to_string()),
                    chosen: because.is_some() && said_of(&record, field).as_ref() == Some(&value),
                    value,
                })
            })
            .collect();
        if cells.iter().all(Option::is_none) {
            continue;
        }
        let golden = said_of(&record, field).map(|value| Golden {
            text: text_of(field, &value),
            value,
            column: because.and_then(|b| group.iter().position(|p| p.id == b.posting)),
            rule: because.map(|b| b.rule.to_string()).unwrap_or_default(),
        });
        rows.push(Row { field, weight, differs: differs(field, &cells, bodies), golden, cells });
    }
    rows.sort_by_key(|row| (std::cmp::Reverse(row.differs), std::cmp::Reverse(row.weight)));
    rows
}

/// A field's value, where anything is said.
fn said_of(posting: &Value, field: &str) -> Option<Value> {
    let value = posting.get(field)?;
    let empty = match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.values().all(|v| v.is_null() || v.as_str() == Some("")),
        _ => false,
    };
    (!empty).then(|| value.clone())
}

fn differs(field: &str, cells: &[Option<Cell>], bodies: &[Body]) -> Differs {
    let given: Vec<&Cell> = cells.iter().flatten().collect();
    let Some((first, rest)) = given.split_first() else { return Differs::Equal };
    if rest.iter().all(|cell| cell.value == first.value) {
        return if given.len() < cells.len() { Differs::Missing } else { Differs::Equal };
    }
    let mut folded =
        cells.iter().zip(bodies).filter(|(cell, _)| cell.is_some()).map(|(_, body)| folded(field, &body.posting));
    let first = folded.next().unwrap_or_default();
    if !first.is_empty() && folded.all(|text| text == first) { Differs::Spelling } else { Differs::Value }
}

/// A value without what is only spelling; empty where every difference counts.
fn folded(field: &str, posting: &Posting) -> String {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    match field {
        "hiring_organization" => posting.hiring_organization.match_name.clone(),
        "title" => plain(&posting.title),
        "work_hours" => plain(posting.work_hours.as_deref().unwrap_or_default()),
        "job_location" => {
            let codes: Vec<&str> = posting.job_location.iter().filter_map(|place| place.code.as_deref()).collect();
            codes.join(" ")
        }
        "occupation" => posting.occupation.as_ref().and_then(|o| o.code.clone()).unwrap_or_default(),
        "description" | "qualifications" | "job_benefits" => {
            let text = match field {
                "description" => &posting.description,
                "qualifications" => &posting.qualifications,
                _ => &posting.job_benefits,
            };
            plain(text.as_deref().unwrap_or_default())
        }
        _ => String::new(),
    }
}

/// A value in words.
fn text_of(field: &str, value: &Value) -> String {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let join = |words: Vec<String>| words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    match (field, value) {
        (_, Value::String(text)) => text.clone(),
        ("hiring_organization", _) => join(vec![text("name"), text("branch"), text("business_number")]),
        ("base_salary", _) => {
            let amount = |key: &str| value[key].as_i64().map(|n| n.to_string()).unwrap_or_default();
            join(vec![text("period"), format!("{}..{}", amount("min"), amount("max"))])
        }
        ("closing", _) => join(vec![text("kind"), text("valid_through")]),
        ("occupation", _) => join(vec![text("code"), text("text"), text("name")]),
        (_, Value::Array(items)) => {
            let word = |item: &Value| match item {
                Value::String(text) => text.clone(),
                Value::Object(map) => {
                    let shown = ["name", "address", "code", "text"].iter().filter_map(|key| map.get(*key)?.as_str());
                    shown.take(2).collect::<Vec<_>>().join(" ")
                }
                other => other.to_string(),
            };
            items.iter().map(word).collect::<Vec<_>>().join(", ")
        }
        (_, Value::Object(map)) => map
            .iter()
            .filter(|(_, v)| !v.is_null())
            .map(|(k, v)| format!("{k} {}", plain(v)))
            .collect::<Vec<_>>()
            .join(", "),
        (_, other) => other.to_string(),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
