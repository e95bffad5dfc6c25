//! The partner's view: the verdicts on one source's own postings and its scorecard; exported as CSV, and shared for thirty
//! days by a link that shows no personal data and nothing else.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::onboarding::Share;
use store::partner::Wanted;

use super::audit::{cell, csv_of};
use super::page::Page;
use super::problem::Problem;
use super::rights::{May, Screens};
use super::run::{masked, title_of};
use super::source::known;
use super::{Console, Shared};
use crate::partner::{self, Scorecard, VerdictRow};
use crate::people::password::{fingerprint, secret};
use crate::people::{Actor, audit};
use crate::pipeline::source_number;

/// Rows of a page.
const ROWS_SHOWN: i64 = 50;
/// Rows of an export.
const ROWS_EXPORTED: usize = 50_000;
/// How long a link works.
const SHARE_DAYS: i64 = 30;
/// Longest text that is looked for, in bytes.
const TEXT_BYTES_MAX: usize = 100;

pub(super) fn routes(screens: Screens) -> Screens {
    screens
        .get("/partner", May::PARTNER, show)
        .get("/partner.csv", May::PARTNER, export)
        .post("/partner/share", May::PARTNER, share)
        .post("/partner/unshare", May::PARTNER, unshare)
        .get("/shared/{token}", May::ANYBODY, shared)
}

/// What is looked for; everything may be empty.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    source: String,
    verdict: String,
    rule: String,
    q: String,
    after: Option<i64>,
}

impl Asked {
    fn wanted(&self) -> Wanted {
        let text =
            |text: &str| Some(text.trim()).filter(|t| !t.is_empty() && t.len() <= TEXT_BYTES_MAX).map(str::to_owned);
        Wanted { verdict: text(&self.verdict), rule: text(&self.rule), external_id: text(&self.q), after: self.after }
    }

    /// The same question as a query, for links.
    fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in
            [("source", &self.source), ("verdict", &self.verdict), ("rule", &self.rule), ("q", &self.q)]
        {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}

/// The source somebody asks about: their own, or any for staff. Another partner's does not exist for them.
fn source_for(actor: &Actor, asked: &str) -> Result<String, Problem> {
    let own = actor.partner_sources().next();
    let name = if asked.is_empty() { own.unwrap_or_default() } else { asked };
    if name.is_empty() && actor.is_staff() {
        // staff choose one; the first of the catalog until then
        return adapters::catalog()
            .iter()
            .next()
            .map(|s| s.name().to_owned())
            .ok_or_else(|| Problem::new(404, "nowhere"));
    }
    if !actor.may_see(name) {
        return Err(Problem::new(404, "nowhere"));
    }
    Ok(known(name)?.name().to_owned())
}

#[derive(Template)]
#[template(path = "partner.html")]
struct PartnerPage<'a> {
    page: &'a Page,
    source: &'a str,
    title: String,
    sources: Vec<(String, String)>,
    asked: &'a Asked,
    query: String,
    card: Scorecard,
    rows: Vec<VerdictRow>,
    next: Option<i64>,
    shares: Vec<Share>,
    link: Option<String>,
}

async fn show(State(console): State<Shared>, page: Page, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let source = source_for(page.actor()?, &asked.source)?;
    page_of(&console, &page, &source, &asked, None).await
}

async fn page_of(
    console: &Console,
    page: &Page,
    source: &str,
    asked: &Asked,
    link: Option<String>,
) -> Result<Response, Problem> {
    let world = &console.world;
    let actor = page.actor()?;
    let (rows, next) = partner::verdicts(world, source, &asked.wanted(), ROWS_SHOWN, masked).await?;
    let mut sources: Vec<(String, String)> = adapters::catalog()
        .iter()
        .filter(|known| actor.may_see(known.name()))
        .map(|known| (known.name().to_owned(), known.title().to_owned()))
        .collect();
    sources.sort_by(|a, b| a.1.cmp(&b.1));
    let now_ms = world.web_clock.now().timestamp_millis();
    page.show(&PartnerPage {
        page,
        source,
        title: title_of(source),
        sources,
        asked,
        query: Asked { source: source.to_owned(), after: None, ..asked.clone_of() }.query(),
        card: partner::scorecard(world, source).await?,
        rows,
        next,
        shares: world.store.shares_of(source_number(source), now_ms).await?,
        link,
    })
}

impl Asked {
    fn clone_of(&self) -> Asked {
        Asked {
            source: self.source.clone(),
            verdict: self.verdict.clone(),
            rule: self.rule.clone(),
            q: self.q.clone(),
            after: self.after,
        }
    }
}

async fn export(State(console): State<Shared>, actor: Actor, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let source = source_for(&actor, &asked.source)?;
    let wanted = Wanted { after: None, ..asked.wanted() };
    let mut rows = partner::all_verdicts(&console.world, &source, &wanted, ROWS_EXPORTED, masked).await?;
    let at_ms = console.world.clock.now().timestamp_millis();
    let tx = console.world.store.write().await?;
    let detail = json!({ "rows": rows.len() });
    audit::record(&tx, at_ms, &actor, "verdicts.export", &format!("source:{source}"), &detail).await?;
    tx.commit().await?;
    for row in &mut rows {
        (row.title, row.why, row.external_id) = (cell(&row.title), cell(&row.why), cell(&row.external_id));
    }
    csv_of(&format!("verdicts-{source}.csv"), rows.into_iter())
}

#[derive(Deserialize)]
struct Of {
    #[serde(default)]
    source: String,
}

/// Makes a link; it is shown once, the store keeps its fingerprint.
async fn share(
    State(console): State<Shared>,
    page: Page,
    actor: Actor,
    Form(of): Form<Of>,
) -> Result<Response, Problem> {
    let source = source_for(&actor, &of.source)?;
    let token = secret()?;
    let now_ms = console.world.web_clock.now().timestamp_millis();
    let made = Share {
        token_hash: fingerprint(&token),
        kind: "verdicts".to_owned(),
        source: source_number(&source),
        made_by: actor.name.clone(),
        made_ms: now_ms,
        ends_ms: now_ms + SHARE_DAYS * 24 * 3_600_000,
    };
    let at_ms = console.world.clock.now().timestamp_millis();
    let tx = console.world.store.write().await?;
    tx.put_share(&made).await?;
    let detail = json!({ "days": SHARE_DAYS });
    audit::record(&tx, at_ms, &actor, "share.make", &format!("source:{source}"), &detail).await?;
    tx.commit().await?;
    let base = console.world.settings.console.public_url.clone().unwrap_or_default();
    let link = format!("{base}{}", page.to(&format!("/shared/{token}")));
    page_of(&console, &page, &source, &Asked::default(), Some(link)).await
}

async fn unshare(
    State(console): State<Shared>,
    page: Page,
    actor: Actor,
    Form(of): Form<Of>,
) -> Result<Response, Problem> {
    let source = source_for(&actor, &of.source)?;
    let at_ms = console.world.clock.now().timestamp_millis();
    let tx = console.world.store.write().await?;
    let ended = tx.end_shares(source_number(&source)).await?;
    let detail = json!({ "links": ended });
    audit::record(&tx, at_ms, &actor, "share.end", &format!("source:{source}"), &detail).await?;
    tx.commit().await?;
    Ok(page.go(&format!("/partner?source={source}"), Some("unshared")))
}

#[derive(Template)]
#[template(path = "shared.html")]
struct SharedPage<'a> {
    page: &'a Page,
    title: String,
    card: Scorecard,
    rows: Vec<VerdictRow>,
    ends_ms: i64,
}

/// What a link shows: the scorecard and what is not shown of one source.
async fn shared(State(console): State<Shared>, page: Page, Path(token): Path<String>) -> Result<Response, Problem> {
    let world = &console.world;
    let now_ms = world.web_clock.now().timestamp_millis();
    let share = world.store.share(&fingerprint(&token), now_ms).await?.ok_or_else(|| Problem::new(404, "share"))?;
    let source = crate::view::source_name(world, share.source).to_owned();
    let mut rows = Vec::new();
    for verdict in ["reject", "hold"] {
        let wanted = Wanted { verdict: Some(verdict.to_owned()), ..Wanted::default() };
        rows.extend(partner::verdicts(world, &source, &wanted, ROWS_SHOWN, masked).await?.0);
    }
    let card = partner::scorecard(world, &source).await?;
    page.show(&SharedPage { page: &page, title: title_of(&source), card, rows, ends_ms: share.ends_ms })
}
