//! `vacancy why-not` and `vacancy how`: what keeps two postings apart, and how a vacancy's postings came together.

use std::collections::BTreeSet;

use anyhow::Result;
use clap::Args;
use dedup::{Explanation, How, Model, Profile, Refusal as Why, Ruling};
use serde::Serialize;

use super::{WhyArgs, profile};
use crate::cli::context::{Code, Ctx, cut, plain, plain_lines, table};
use crate::cli::refusal::Refusal;
use crate::matching;
use crate::view::{Audience, Found, PostingId, VacancyId, load_vacancy};

/// Comparisons named as speaking against.
const AGAINST_MAX: usize = 3;
/// Postings named of a group.
const NAMED_MAX: usize = 6;
/// Characters of a title in lists.
const TITLE_CHARS: usize = 32;

/// Which vacancy.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  jobhub vacancy how v4Tk9Qz1xW2a")]
pub struct HowArgs {
    /// Its id (v…); one that was merged leads to the survivor.
    pub vacancy: VacancyId,
}

/// Why two postings are not one vacancy.
#[derive(Serialize)]
struct WhyNot {
    a: PostingId,
    b: PostingId,
    same_vacancy: bool,
    vacancies: [VacancyId; 2],
    reasons: Vec<String>,
    explanation: Explanation,
}

/// `vacancy why-not`.
///
/// # Errors
/// When there is no such posting, or the store fails.
pub(super) async fn why_not(ctx: &Ctx, args: &WhyArgs) -> Result<Code> {
    let (a, a_in) = profile(ctx, &args.a).await?;
    let (b, b_in) = profile(ctx, &args.b).await?;
    let model = &ctx.world.model;
    let explanation = dedup::explain(&a, &b, model);
    let around = matching::around(&ctx.world.store, &[a_in, b_in], model).await?;
    let told = dedup::how(&around.profiles, &around.rulings, model);
    let same = a_in == b_in;
    let reasons = if same { Vec::new() } else { reasons(&a, &b, &explanation, &around.rulings, &told, model) };
    let answer = WhyNot {
        a: PostingId(a.id),
        b: PostingId(b.id),
        same_vacancy: same,
        vacancies: [VacancyId(a_in), VacancyId(b_in)],
        reasons,
        explanation,
    };
    if ctx.json {
        ctx.print_json(&answer)?;
        return Ok(Code::Ok);
    }
    if same {
        ctx.out.line(&format!("they are one: both are in {}", VacancyId(a_in)))?;
        if let Some(contrary) = answer.explanation.contrary {
            ctx.out.line(&format!("most against it: {contrary}"))?;
        }
    }
    for (at, reason) in answer.reasons.iter().enumerate() {
        ctx.out.line(&format!("{}. {}", at + 1, plain(reason)))?;
    }
    ctx.out.line(&format!("\n{}", plain_lines(&answer.explanation.to_string())))?;
    Ok(Code::Ok)
}

/// Reasons, the ones that decide first.
fn reasons(a: &Profile, b: &Profile, why: &Explanation, rulings: &[Ruling], told: &How, model: &Model) -> Vec<String> {
    let mut out = Vec::new();
    let on = |r: &&Ruling| (r.a, r.b) == (a.id.min(b.id), a.id.max(b.id));
    if let Some(ruling) = rulings.iter().rev().find(on).filter(|r| !r.same) {
        let kind = ruling.kind.map(|k| format!(" ({})", k.name())).unwrap_or_default();
        out.push(format!("a steward said that they are two{kind}"));
    }
    if let Some(veto) = why.veto {
        out.push(format!("never joined without a steward: {veto}"));
    }
    if !why.share_key {
        out.push("never compared by themselves: they share no key".to_owned());
    }
    let bits = |millibits: i32| format!("{:+.1} bits", f64::from(millibits) / 1000.0);
    let mut against: Vec<_> = why.rows.iter().filter(|row| row.millibits < 0).collect();
    against.sort_by_key(|row| row.millibits);
    let against: Vec<String> = against
        .iter()
        .take(AGAINST_MAX)
        .map(|row| format!("{} ({}, {})", row.comparison, row.level, bits(row.millibits)))
        .collect();
    if why.sum < model.auto {
        out.push(format!(
            "the evidence is {}, {} are needed; most against it: {}",
            bits(why.sum),
            bits(model.auto),
            if against.is_empty() { "nothing, too little is said".to_owned() } else { against.join(", ") }
        ));
    } else if out.is_empty() {
        let between = told.refused.iter().find(|r| {
            let sides = [&r.left, &r.right];
            sides.iter().any(|s| s.contains(&a.id)) && sides.iter().any(|s| s.contains(&b.id))
        });
        out.push(match between {
            Some(refused) => {
                format!("as a pair they are alike enough, their groups are not one: {}", words(refused.why))
            }
            None => "as a pair they are alike enough; the change of either decides it anew".to_owned(),
        });
    }
    out
}

fn words(why: Why) -> &'static str {
    match why {
        Why::Ruling => "a steward said so of two of their postings",
        Why::Exclusive => "two of their postings are live at one time in one source",
        Why::Evidence => "taken together, more speaks against than for it",
        Why::Rival => "another group that cannot be the same claims one of them as well",
    }
}

/// `vacancy how`.
///
/// # Errors
/// When there is no such vacancy, or the store fails.
pub(super) async fn how(ctx: &Ctx, args: &HowArgs) -> Result<Code> {
    let mut id = args.vacancy;
    if let Found::Moved(survivor) = load_vacancy(&ctx.world, id, Audience::Operator, false).await? {
        ctx.say(&format!("{id} was merged into {survivor}"));
        id = survivor;
    }
    let model = &ctx.world.model;
    let around = matching::around(&ctx.world.store, &[id.0], model).await?;
    if around.members.is_empty() {
        let remedy = "`jobhub vacancy search` finds vacancies by words";
        return Err(Refusal::new(format!("there is no vacancy `{id}`"), "the store", remedy).into());
    }
    let told = dedup::how(&around.profiles, &around.rulings, model);
    let own: BTreeSet<i64> = around.members.iter().copied().collect();
    let of = |ids: &[i64]| ids.iter().any(|id| own.contains(id));
    let told = How {
        groups: told.groups.into_iter().filter(|g| of(g)).collect(),
        joined: told.joined.into_iter().filter(|j| of(&j.left) || of(&j.right)).collect(),
        refused: told.refused.into_iter().filter(|r| of(&r.left) || of(&r.right)).collect(),
    };
    if ctx.json {
        ctx.print_json(&serde_json::json!({ "vacancy": id, "model": model.version, "how": told }))?;
        return Ok(Code::Ok);
    }
    print(ctx, &around.profiles, &told)
}

fn print(ctx: &Ctx, profiles: &[Profile], told: &How) -> Result<Code> {
    let title = |id: &i64| profiles.iter().find(|p| p.id == *id).map_or("", |p| p.title.as_str());
    let group = |ids: &[i64]| {
        let named: Vec<String> = ids.iter().take(NAMED_MAX).map(|id| PostingId(*id).to_string()).collect();
        let more = if ids.len() > NAMED_MAX { format!(" and {} more", ids.len() - NAMED_MAX) } else { String::new() };
        let words = ids.first().map(|id| cut(title(id), TITLE_CHARS)).unwrap_or_default();
        format!("{}{more} ({words})", named.join(" "))
    };
    let bits = |millibits: i64| format!("{:+.1}", millibits as f64 / 1000.0);
    if told.joined.is_empty() {
        ctx.out.line("one posting, nothing was joined")?;
    }
    let rows = told.joined.iter().enumerate().map(|(at, j)| {
        let why = if j.ruled { "a steward's ruling".to_owned() } else { format!("{} bits", bits(j.mean_millibits)) };
        vec![(at + 1).to_string(), group(&j.left), group(&j.right), why]
    });
    ctx.out.line(&table(&["step", "group", "with", "on average above the threshold"], rows))?;
    if !told.refused.is_empty() {
        let rows = told
            .refused
            .iter()
            .map(|r| vec![group(&r.left), group(&r.right), bits(r.mean_millibits), words(r.why).to_owned()]);
        ctx.out.line(&format!("\n{}", table(&["kept apart", "from", "bits", "because"], rows)))?;
    }
    Ok(Code::Ok)
}
