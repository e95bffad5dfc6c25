//! What follows from a decision: the rows that stand because of it, and nothing that is written anywhere else.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use store::Tx;
use store::case::Case;
use store::decision::Decision;
use store::posting::Posting as PostingRow;
use store::standing::Standing;

use super::decide::scope_in;
use super::standing::{LifeWord, RulingWord, RunWord, VerdictWord, keeping_back, kind};
use super::{Family, ReviewError, Scope, Stickiness, Verb, json as text, read};
use crate::lifecycle::{reason, state};
use crate::pipeline::Body;

/// The rows that stand because of a decision.
pub(super) async fn effects(tx: &Tx, case: &Case, decision: &Decision) -> Result<Vec<Standing>, ReviewError> {
    let verb: Verb = decision.verb.parse().map_err(|_| ReviewError::NoDecision(decision.id))?;
    let stick: Stickiness = decision.stickiness.parse().map_err(|_| ReviewError::NoDecision(decision.id))?;
    let answer: Value = read("decision", decision.id, &decision.answer)?;
    let mut rows = Rows { decision, stick, rows: Vec::new() };
    match verb {
        Verb::Merge | Verb::Distinct => rows.ruling(tx, case, verb == Verb::Merge, &answer).await?,
        Verb::Clear | Verb::Hold | Verb::Withdraw => rows.verdict(tx, case, verb).await?,
        Verb::Close | Verb::KeepOpen => {
            let (now, why) =
                if verb == Verb::Close { (state::CLOSED, close_reason(&decision.reason)) } else { (state::OPEN, "") };
            for posting in members_of(tx, case).await? {
                rows.life(posting.id, now, why);
            }
        }
        Verb::Release | Verb::Block => rows.run(tx, case, verb == Verb::Release).await?,
        Verb::Pick | Verb::Later | Verb::HandOver | Verb::Flag | Verb::Undo => {}
    }
    rows.picks(tx, case, &answer).await?;
    Ok(rows.rows)
}

struct Rows<'a> {
    decision: &'a Decision,
    stick: Stickiness,
    rows: Vec<Standing>,
}

impl Rows<'_> {
    fn add(&mut self, subject: i64, kind: &str, other: Option<i64>, word: &impl serde::Serialize) {
        self.rows.push(Standing {
            subject,
            decision: self.decision.id,
            nr: self.rows.len() as i64,
            kind: kind.to_owned(),
            other,
            body: text(word),
        });
    }

    /// Two postings are one vacancy, or two; looked up from either.
    async fn ruling(&mut self, tx: &Tx, case: &Case, same: bool, answer: &Value) -> Result<(), ReviewError> {
        let (Some(a), Some(b)) = (case.a, case.b) else {
            return Err(ReviewError::Invalid("the case names no two postings".to_owned()));
        };
        let known = tx.known(&[a, b]).await?;
        let hash = |id: i64| known.iter().find(|k| k.id == id).map_or(0, |k| k.body_hash);
        let class = serde_json::from_value(answer["kind"].clone()).unwrap_or_default();
        for (x, y) in [(a, b), (b, a)] {
            let word = RulingWord { same, kind: class, stick: self.stick, seen: [hash(x), hash(y)] };
            self.add(x, kind::RULING, Some(y), &word);
        }
        if self.decision.scope == Scope::EmployerOccupation.name() {
            self.add(scope_in(case), kind::SCOPE, None, &json!({ "pair": [a, b] }));
        }
        Ok(())
    }

    /// May it be shown? A withdrawal closes the whole vacancy besides.
    async fn verdict(&mut self, tx: &Tx, case: &Case, verb: Verb) -> Result<(), ReviewError> {
        let verdict = match verb {
            Verb::Clear => "publish",
            Verb::Hold => "hold",
            _ => "reject",
        };
        for posting in members_of(tx, case).await? {
            let body: Body = read("posting", posting.id, &posting.body)?;
            let rules: BTreeSet<String> = keeping_back(&body);
            let word = VerdictWord { verdict: verdict.to_owned(), stick: self.stick, seen: posting.body_hash, rules };
            self.add(posting.id, kind::VERDICT, None, &word);
            if verb == Verb::Withdraw {
                self.life(posting.id, state::CLOSED, reason::WITHDRAWN_ILLEGAL);
            }
        }
        Ok(())
    }

    fn life(&mut self, posting: i64, state: &str, reason: &str) {
        let at_ms = self.decision.approved_ms.unwrap_or(self.decision.at_ms);
        let word = LifeWord { state: state.to_owned(), reason: reason.to_owned(), stick: self.stick, at_ms };
        self.add(posting, kind::LIFE, None, &word);
    }

    async fn run(&mut self, tx: &Tx, case: &Case, release: bool) -> Result<(), ReviewError> {
        let run = case.run.ok_or_else(|| ReviewError::Invalid("the case names no run".to_owned()))?;
        // what would have closed is kept with a block, so that taking it back guards the run again
        let postings = if release { Vec::new() } else { tx.take_guarded(run).await? };
        let word = RunWord { release, source: case.source.unwrap_or_default(), postings };
        self.add(run, kind::RUN, None, &word);
        Ok(())
    }

    /// A value is its posting's; a typed one belongs to the vacancy, whose id is its oldest posting's.
    async fn picks(&mut self, tx: &Tx, case: &Case, answer: &Value) -> Result<(), ReviewError> {
        let picks: Vec<dedup::Pick> = serde_json::from_value(answer["picks"].clone()).unwrap_or_default();
        if picks.is_empty() {
            return Ok(());
        }
        let anchor = anchor(tx, case).await?;
        for pick in picks {
            let subject = match &pick.choice {
                dedup::Choice::Suggest(id) | dedup::Choice::Follow(id) => *id,
                dedup::Choice::Fixed(_) => anchor,
            };
            self.add(subject, kind::PICK, None, &pick);
        }
        Ok(())
    }
}

/// The reason of a vacancy that a steward closed.
fn close_reason(code: &str) -> &'static str {
    match code {
        "filled" | "confirmed_by_phone" | "confirmed_by_office" => reason::FILLED_REPORT,
        "expired" => reason::DEADLINE,
        _ => reason::STEWARD,
    }
}

/// The postings of the vacancy a case is about.
async fn members_of(tx: &Tx, case: &Case) -> Result<Vec<PostingRow>, ReviewError> {
    let vacancy = match (case.a, case.vacancy) {
        (Some(posting), _) => tx.known(&[posting]).await?.first().map(|k| k.vacancy),
        (None, vacancy) => vacancy,
    };
    let vacancy = vacancy.ok_or_else(|| ReviewError::Invalid("the case names no posting and no vacancy".to_owned()))?;
    // a verdict is on the posting that was asked about, a word on the job's life is on all that tell of it
    let rows = tx.postings_of(vacancy).await?;
    let one = case.family == Family::Suspicious.name() && case.vacancy.is_none();
    Ok(rows.into_iter().filter(|p| !one || Some(p.id) == case.a).collect())
}

async fn anchor(tx: &Tx, case: &Case) -> Result<i64, ReviewError> {
    let postings: Vec<i64> = case.a.into_iter().chain(case.b).collect();
    let known = tx.known(&postings).await?;
    let vacancy = known.iter().find(|k| Some(k.id) == case.a).map(|k| k.vacancy).or(case.vacancy);
    vacancy.ok_or_else(|| ReviewError::Invalid("the case names no posting and no vacancy".to_owned()))
}
