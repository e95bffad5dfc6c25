//! `vet explain` and `vet laws`.

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use normalizer::vet::{hourly_minimum, laws as all_laws, remedy};
use serde::Serialize;

use super::super::context::{Code, Ctx, facts, table};
use super::super::posting::{nowhere, parse};
use crate::verdicts::effect_name;
use crate::verdicts::explain::{Explained, ExplainedFinding, explain};
use crate::world::seoul_day;

/// Which posting, under which law.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  jobhub vet explain saramin/48012345\n  jobhub vet explain p00c0ffee00c0ffee --law-of 2027-01-01 --json"
)]
pub struct ExplainArgs {
    /// Its id (p…), or SOURCE/EXTERNAL_ID.
    pub posting: String,
    /// Judge it anew under the law of this day; otherwise what is stored is explained.
    #[arg(long, value_name = "DATE")]
    pub law_of: Option<NaiveDate>,
}

/// Explains a verdict.
pub(super) async fn run(ctx: &Ctx, args: &ExplainArgs) -> Result<Code> {
    let id = parse(&args.posting)?;
    let explained = explain(&ctx.world, id, args.law_of).await?.ok_or_else(|| nowhere(&args.posting))?;
    if ctx.json {
        ctx.print_json(&explained)?;
    } else {
        print(ctx, &explained)?;
    }
    Ok(Code::Ok)
}

fn print(ctx: &Ctx, explained: &Explained) -> Result<()> {
    let judged = match (explained.anew, explained.differs) {
        (false, _) => "as stored".to_owned(),
        (true, false) => "judged anew: the same as stored".to_owned(),
        (true, true) => format!("judged anew: {}, stored is {}", explained.judged, explained.verdict),
    };
    let steward = explained.steward.as_ref().map(|word| format!("{} (decision {})", word.verdict, word.decision));
    ctx.out.line(&facts(&[
        ("posting", format!("{}  {}/{}", explained.posting, explained.source, explained.external_id)),
        ("title", explained.title.clone()),
        ("state", explained.state.clone()),
        ("verdict", explained.follows.clone()),
        ("law of", format!("{} ({judged})", explained.law_of)),
        ("steward", steward.unwrap_or_default()),
    ]))?;
    for finding in &explained.findings {
        ctx.out.line(&format!("\n{}", facts(&lines(finding))))?;
    }
    if explained.findings.is_empty() {
        ctx.say("\nno findings: nothing speaks against it");
    }
    if !explained.changes.is_empty() {
        let rows = explained.changes.iter().map(|c| {
            vec![
                c.at.clone(),
                c.law_of.clone(),
                format!("{} → {}", c.was, c.now),
                format!("{} → {}", c.rules_was, c.rules_now),
            ]
        });
        ctx.out.line(&format!("\n{}", table(&["re-judged", "law of", "verdict", "rules"], rows)))?;
    }
    Ok(())
}

fn lines(finding: &ExplainedFinding) -> Vec<(&'static str, String)> {
    let about = finding.about.map(|[ko, en]| format!("  {ko} · {en}")).unwrap_or_default();
    let force = finding.from.map(|from| {
        let to = finding.to.map_or_else(String::new, |to| format!(" to before {to}"));
        format!(", in force from {from}{to}")
    });
    let effect = match finding.rule_effect {
        Some(rule) if rule != finding.effect => {
            format!("{} (the rule's own is {rule}; this is doubtful)", finding.effect)
        }
        _ => finding.effect.to_owned(),
    };
    let words = if finding.span.is_empty() {
        String::new()
    } else {
        format!("{}«{}»{}", finding.before, finding.span, finding.after)
    };
    vec![
        ("rule", format!("{}{about}", finding.rule)),
        ("law", finding.article.as_ref().map(|a| format!("{a}{}", force.unwrap_or_default())).unwrap_or_default()),
        ("penalty", finding.penalty.unwrap_or_default().to_owned()),
        ("effect", effect),
        ("field", finding.field.clone()),
        ("rests on", words),
        ("to do", finding.todo.map(|[ko, en]| format!("{ko}\n{en}")).unwrap_or_default()),
    ]
}

/// A row of the law, for a program.
#[derive(Serialize)]
struct LawView {
    rule: &'static str,
    article: &'static str,
    from: NaiveDate,
    to: Option<NaiveDate>,
    effect: &'static str,
    penalty: &'static str,
    about: Option<[&'static str; 2]>,
}

/// Lists the rules.
pub(super) fn laws(ctx: &Ctx) -> Result<Code> {
    let views: Vec<LawView> = all_laws()
        .iter()
        .map(|law| LawView {
            rule: law.id,
            article: law.article,
            from: law.from,
            to: law.to,
            effect: effect_name(law.effect),
            penalty: law.penalty,
            about: remedy(law.id).map(|r| r.about),
        })
        .collect();
    if ctx.json {
        ctx.print_json(&views)?;
        return Ok(Code::Ok);
    }
    let rows = views.iter().map(|law| {
        let until = law.to.map(|to| to.to_string()).unwrap_or_default();
        let about = law.about.map(|[_, en]| en).unwrap_or_default();
        vec![
            law.rule.to_owned(),
            about.to_owned(),
            law.article.to_owned(),
            law.from.to_string(),
            until,
            law.effect.to_owned(),
        ]
    });
    ctx.out.line(&table(&["rule", "about", "article", "from", "to", "effect"], rows))?;
    let today = seoul_day(ctx.world.clock.now());
    if let Some(wage) = hourly_minimum(today) {
        ctx.say(&format!(
            "\nminimum wage on {today}: {wage} won an hour; docs/vetting.md says how the tables are changed"
        ));
    }
    Ok(Code::Ok)
}
