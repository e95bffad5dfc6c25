//! `posting show`: what one source says of one posting, how each field was read, and where it stood.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::context::{Code, Ctx, cut, facts, table};
use super::job_words;
use super::refusal::Refusal;
use crate::pipeline::posting_id;
use crate::view::{PostingId, PostingView, load_posting, reveal_contact};

/// Characters of a raw text shown in the table of fields.
const RAW_CHARS: usize = 60;

/// Look at postings.
#[derive(Subcommand, Debug)]
pub enum PostingCommand {
    /// Show one posting with the provenance of its fields, findings and versions
    Show(ShowArgs),
}

/// Which posting.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  jobhub posting show saramin/48012345\n  jobhub posting show p00c0ffee00c0ffee --contact --purpose '이의 신청 2026-31 처리'"
)]
pub struct ShowArgs {
    /// Its id (p…), or SOURCE/EXTERNAL_ID.
    pub posting: String,
    /// Show the personal data too; that is logged with the purpose.
    #[arg(long, requires = "purpose")]
    pub contact: bool,
    /// Why the personal data is looked at.
    #[arg(long, value_name = "WHY")]
    pub purpose: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When there is no such posting or the store fails.
pub async fn run(ctx: &Ctx, command: &PostingCommand) -> Result<Code> {
    let PostingCommand::Show(args) = command;
    let id = parse(&args.posting)?;
    let mut view = load_posting(&ctx.world, id).await?.ok_or_else(|| nowhere(&args.posting))?;
    if args.contact {
        let purpose = args.purpose.as_deref().unwrap_or_default();
        view.contact.revealed = reveal_contact(&ctx.world, &super::user::actor(), id, purpose).await?;
    }
    if ctx.json {
        ctx.print_json(&view)?;
    } else {
        print(ctx, &view)?;
    }
    Ok(Code::Ok)
}

/// A posting as it is named on the command line: `p…`, or `source/external id` (which may hold further slashes).
pub(super) fn parse(text: &str) -> Result<PostingId, Refusal> {
    if let Ok(id) = text.parse::<PostingId>() {
        return Ok(id);
    }
    match text.split_once('/') {
        Some((source, external_id)) if !source.is_empty() && !external_id.is_empty() => {
            Ok(PostingId(posting_id(source, external_id)))
        }
        _ => Err(Refusal::new(
            format!("`{text}` does not name a posting"),
            "argument POSTING",
            "write an id such as p00c0ffee00c0ffee, or SOURCE/EXTERNAL_ID such as saramin/48012345",
        )),
    }
}

pub(super) fn nowhere(text: &str) -> Refusal {
    Refusal::new(
        format!("there is no posting `{text}`"),
        "the store",
        "ids are case-sensitive and exactly the source's own; `jobhub vacancy search` finds postings by words",
    )
}

fn print(ctx: &Ctx, view: &PostingView) -> Result<()> {
    let reason = view.reason.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    let page = &view.page;
    let mut pairs = vec![
        ("posting", format!("{}  {}/{}", view.id, view.source, view.external_id)),
        ("vacancy", view.vacancy.to_string()),
        (
            "state",
            format!("{}{reason}, {}, version {}, detail {}", view.state, view.verdict, view.version, view.detail),
        ),
        ("first seen", view.first_seen.clone()),
        ("changed", view.changed.clone()),
        ("closed", view.closed.clone().unwrap_or_default()),
        ("page", format!("{} row {} {}", page.id, page.position, page.fetched.as_deref().unwrap_or("(dropped)"))),
        ("asked", page.url.clone().unwrap_or_default()),
    ];
    pairs.extend(job_words::facts(&view.job));
    pairs.push(("contact", contact(view)));
    ctx.out.line(&facts(&pairs))?;
    if !view.provenance.is_empty() {
        let rows = view.provenance.iter().map(|p| {
            vec![
                p.field.clone(),
                cut(&p.raw, RAW_CHARS),
                p.rule.clone(),
                format!("{:.1} %", f64::from(p.confidence) / 10.0),
            ]
        });
        ctx.out.line(&format!("\n{}", table(&["field", "the source wrote", "read by", "sure"], rows)))?;
    }
    if !view.findings.is_empty() {
        let rows = view.findings.iter().map(|f| {
            vec![
                f.rule.clone(),
                f.field.clone(),
                f.effect.clone(),
                cut(&f.span, RAW_CHARS),
                f.article.clone().unwrap_or_default(),
            ]
        });
        ctx.out.line(&format!("\n{}", table(&["finding", "field", "effect", "rests on", "article"], rows)))?;
    }
    let rows = view.steps.iter().map(|s| {
        vec![s.step.to_owned(), s.state.clone(), s.by.clone(), s.at.clone().unwrap_or_default(), s.reason.clone()]
    });
    if !view.steps.is_empty() {
        ctx.out.line(&format!("\n{}", table(&["step", "state", "by", "at", "because"], rows)))?;
    }
    if !view.versions.is_empty() {
        let rows = view.versions.iter().map(|v| {
            vec![v.version.to_string(), v.until.clone(), format!("{} row {}", v.page, v.position), v.differs.join(", ")]
        });
        ctx.out.line(&format!("\n{}", table(&["version", "until", "page", "what changed after it"], rows)))?;
    }
    Ok(())
}

fn contact(view: &PostingView) -> String {
    match (&view.contact.revealed, view.contact.kept) {
        (Some(contact), _) => {
            let all: Vec<&str> =
                contact.names.iter().chain(&contact.phones).chain(&contact.emails).map(String::as_str).collect();
            all.join(", ")
        }
        (None, true) => "kept, masked (--contact --purpose WHY shows it and logs that it was shown)".to_owned(),
        (None, false) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posting_is_named_by_id_or_by_source_and_external_id() {
        assert_eq!(parse("p00c0ffee00c0ffee").unwrap(), PostingId(0x00c0_ffee_00c0_ffee));
        assert_eq!(parse("saramin/48/01").unwrap(), PostingId(posting_id("saramin", "48/01")));
        for bad in ["", "saramin", "/1", "saramin/", "p123"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
