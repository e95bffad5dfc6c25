//! A source: its `source.toml`, parsed, checked and compiled. Everything that can be wrong is said here, at load;
//! reading pages afterwards parses no path, template or expression again.

use std::sync::Arc;

use normalizer::{RawField, RawPosting};
use url::Url;

use crate::codes::CodeTable;
use crate::document::{self, Document, Locator, Reading, RowsAt};
use crate::envelope::Handler;
use crate::field::Field;
use crate::paging::Pager;
use crate::slice::Slicing;
use crate::{Adapter, Answer, Ask, Detail, Page, PageError, PageErrorKind, Plan, Slice};

mod ask;
mod compile;
pub(crate) mod error;
pub(crate) mod family;
pub(crate) mod manifest;
pub(crate) mod template;

pub use error::SourceError;
use manifest::{Absence, Agreement, Class, Entity, Format, Pace, Paging, TotalTrust, When, Wire};

/// One source of the catalog.
#[derive(Clone, Debug)]
pub struct Source {
    about: About,
    hosts: Vec<String>,
    secrets: Vec<String>,
    pub(crate) requester: ask::Requester,
    pub(crate) incremental: Vec<(String, template::Template)>,
    full_every: Option<u32>,
    pub(crate) reading: Reading,
    pub(crate) rows: RowsAt,
    pub(crate) total: Option<Locator>,
    pub(crate) pages: Option<Locator>,
    pub(crate) must: Option<(Locator, String)>,
    pub(crate) cursor: Option<Locator>,
    pub(crate) trust: TotalTrust,
    skip: Vec<(Locator, Vec<String>)>,
    pub(crate) empty: Vec<String>,
    pub(crate) pager: Pager,
    pub(crate) slicing: Slicing,
    pub(crate) handlers: Vec<Handler>,
    pub(crate) fields: Vec<Field>,
    pub(crate) needs_page: bool,
    /// Whether rows have ids of their own.
    pub(crate) names_rows: bool,
    pub(crate) detail: Option<DetailPage>,
}

/// What people and the hub want to know of a source besides its pages.
#[derive(Clone, Debug)]
struct About {
    name: String,
    title: String,
    class: Class,
    owner: String,
    family: Option<String>,
    entity: Entity,
    schedule: String,
    agreement: Agreement,
    wire: Wire,
    guess: Option<String>,
    absence: Absence,
    pace: Pace,
}

/// `[detail]`, compiled.
#[derive(Clone, Debug)]
pub(crate) struct DetailPage {
    pub(crate) requester: ask::Requester,
    pub(crate) reading: Reading,
    root: Option<(Locator, String)>,
    pub(crate) when: When,
    pub(crate) per_run: Option<u32>,
    pub(crate) must: Option<(Locator, String)>,
    pub(crate) handlers: Vec<Handler>,
    pub(crate) fields: Vec<Field>,
    pub(crate) needs_page: bool,
    pub(crate) closed: Vec<ClosedSign>,
}

/// One `[[detail.closed]]`.
#[derive(Clone, Debug)]
pub(crate) struct ClosedSign {
    text: Option<String>,
    status: Vec<u16>,
    pub(crate) path: Option<Locator>,
    values: Vec<String>,
}

impl Source {
    /// Reads a manifest. `family` gives the text of `families/<name>.toml`, `codes` a code table by `<source>.<name>`.
    ///
    /// # Errors
    /// The first thing that is wrong: which file and key, what, and what to do.
    pub fn parse(
        text: &str,
        family: &dyn Fn(&str) -> Option<String>,
        codes: &dyn Fn(&str) -> Option<Arc<CodeTable>>,
    ) -> Result<Source, SourceError> {
        compile::source(text, family, codes)
    }

    /// `[a-z0-9_]+`, unique in the catalog.
    pub fn name(&self) -> &str {
        &self.about.name
    }

    /// The name people know.
    pub fn title(&self) -> &str {
        &self.about.title
    }

    /// Which kind of portal it is.
    pub fn class(&self) -> Class {
        self.about.class
    }

    /// Who runs it.
    pub fn owner(&self) -> &str {
        &self.about.owner
    }

    /// The family it inherits from.
    pub fn family(&self) -> Option<&str> {
        self.about.family.as_deref()
    }

    /// What a row is.
    pub fn entity(&self) -> Entity {
        self.about.entity
    }

    /// Cron with seconds, in Asia/Seoul.
    pub fn schedule(&self) -> &str {
        &self.about.schedule
    }

    /// Whether an agreement must be on file.
    pub fn agreement(&self) -> Agreement {
        self.about.agreement
    }

    /// How well its wire format is known.
    pub fn wire(&self) -> Wire {
        self.about.wire
    }

    /// What is guessed about it.
    pub fn guess(&self) -> Option<&str> {
        self.about.guess.as_deref()
    }

    /// What absence from its lists means.
    pub fn absence(&self) -> Absence {
        self.about.absence
    }

    /// The provider's limits.
    pub fn pace(&self) -> Pace {
        self.about.pace
    }

    /// Every host it may reach, lower case, without port.
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// Whether its rows have no ids of their own, so that one is made of what a row says.
    pub fn makes_ids(&self) -> bool {
        self.fields.iter().any(|field| field.field == RawField::ExternalId && field.is_hash())
    }

    /// The address of its list, templates unfilled.
    pub fn url(&self) -> &str {
        &self.requester.shown
    }

    /// Names of the secrets it needs.
    pub fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// When its detail pages are read; `None` when it has none.
    pub fn detail_when(&self) -> Option<When> {
        self.detail.as_ref().map(|d| d.when)
    }

    /// Most detail pages of a run.
    pub fn detail_per_run(&self) -> Option<u32> {
        self.detail.as_ref().and_then(|d| d.per_run)
    }

    /// Every n-th run is a whole list; 1 when there is no incremental list.
    pub fn full_every(&self) -> u32 {
        if self.incremental.is_empty() { 1 } else { self.full_every.unwrap_or(1) }
    }

    /// The fields its list gives, then those only its detail pages give.
    pub fn fields(&self) -> Vec<RawField> {
        let mut fields: Vec<RawField> = self.fields.iter().map(|f| f.field).collect();
        for field in self.detail.iter().flat_map(|d| &d.fields) {
            if !fields.contains(&field.field) {
                fields.push(field.field);
            }
        }
        fields
    }

    /// The format of its list.
    pub fn format(&self) -> Format {
        self.reading.format
    }

    /// How its list goes on.
    pub fn paging(&self) -> Paging {
        self.pager.paging
    }

    /// Rows asked for in a page.
    pub fn page_size(&self) -> Option<u32> {
        self.pager.size
    }

    /// Whether an address is at one of its hosts.
    pub fn may_reach(&self, address: &Url) -> bool {
        matches!(address.scheme(), "http" | "https")
            && address.host_str().is_some_and(|h| self.hosts.iter().any(|own| own.eq_ignore_ascii_case(h)))
    }

    pub(crate) fn skips(&self, row: document::Row<'_, '_>) -> bool {
        self.skip
            .iter()
            .any(|(locator, values)| locator.first(row).is_some_and(|t| values.iter().any(|v| v == t.trim())))
    }
}

impl Adapter for Source {
    fn slices(&self, plan: &Plan<'_>) -> Vec<Slice> {
        self.slicing.plan(plan)
    }

    fn first(&self, slice: &Slice, plan: &Plan<'_>) -> Ask {
        self.first_ask(slice, plan)
    }

    fn read(&self, ask: &Ask, answer: &Answer<'_>) -> Result<Page, PageError> {
        crate::page::read(self, ask, answer)
    }

    fn detail(&self, row: &RawPosting) -> Option<Ask> {
        self.detail_ask(row)
    }

    fn read_detail(&self, ask: &Ask, answer: &Answer<'_>, row: &mut RawPosting) -> Result<Detail, PageError> {
        crate::page::read_detail(self, ask, answer, row)
    }
}

impl DetailPage {
    /// What holds the fields.
    pub(crate) fn place<'d, 'a>(&self, doc: &'d Document<'a>) -> Result<document::Row<'d, 'a>, PageError> {
        let missing = |what: String| PageError { kind: PageErrorKind::Format, code: None, message: what };
        let lost = |shown: &str| missing(format!("no `{shown}` in the detail page: not what this source sends"));
        if self.reading.format == Format::Jsonld {
            let Document::Json(crate::json::Node::Array(postings)) = doc else { return Err(lost("JobPosting")) };
            return postings.first().map(document::Row::Json).ok_or_else(|| lost("JobPosting"));
        }
        let Some((root, shown)) = &self.root else { return Ok(doc.whole()) };
        match (root, doc) {
            (Locator::Json(path), Document::Json(node)) => match path.query(node).first() {
                Some(crate::json::Node::Array(items)) => {
                    items.first().map(document::Row::Json).ok_or_else(|| lost(shown))
                }
                Some(found) => Ok(document::Row::Json(found)),
                None => Err(lost(shown)),
            },
            (Locator::Xml(path), Document::Xml(xml)) => {
                let mut found = None;
                path.elements(xml, 0, &mut |e| {
                    found.get_or_insert(e);
                });
                found.map(|e| document::Row::Xml(xml, e)).ok_or_else(|| lost(shown))
            }
            (Locator::Html(path), Document::Html(html)) => {
                let mut found = None;
                path.elements(html.root(), &mut |e| {
                    found = Some(e);
                    false
                });
                found.map(document::Row::Html).ok_or_else(|| lost(shown))
            }
            _ => Ok(doc.whole()),
        }
    }
}

impl ClosedSign {
    /// Whether every condition that is given holds.
    pub(crate) fn matches(&self, status: u16, text: &str, doc: Option<&Document<'_>>) -> bool {
        let says = self.text.as_ref().is_none_or(|t| memchr::memmem::find(text.as_bytes(), t.as_bytes()).is_some());
        let has_status = self.status.is_empty() || self.status.contains(&status);
        let has_value = self.path.as_ref().is_none_or(|path| {
            let found = doc.and_then(|d| path.first(d.whole()));
            found.is_some_and(|t| self.values.is_empty() || self.values.iter().any(|v| v == t.trim()))
        });
        says && has_status && has_value
    }
}
