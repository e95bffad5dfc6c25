//! Requests of a source: templates filled, secrets left as `{secret.<name>}` for the hub.

use normalizer::RawPosting;
use url::Url;

use super::Source;
use super::manifest::{Format, Paging};
use super::template::{Escape, Template, Values};
use crate::{Ask, At, Method, Plan, Slice};

/// A compiled request.
#[derive(Clone, Debug)]
pub(crate) struct Requester {
    pub(crate) method: Method,
    pub(crate) url: Template,
    /// As written.
    pub(crate) shown: String,
    pub(crate) query: Vec<(String, Template)>,
    pub(crate) headers: Vec<(String, Template)>,
    pub(crate) body: Option<Template>,
    pub(crate) body_escape: Escape,
}

impl Requester {
    /// Every template of the request.
    pub(crate) fn templates(&self) -> impl Iterator<Item = &Template> {
        let pairs = self.query.iter().chain(&self.headers).map(|(_, t)| t);
        std::iter::once(&self.url).chain(pairs).chain(&self.body)
    }

    fn fill(&self, url: String, more: &[(String, Template)], values: &Values<'_>, at: At) -> Option<Ask> {
        let mut url = url;
        for (name, template) in self.query.iter().chain(more) {
            if let Some(value) = template.render(values, Escape::Percent) {
                push_pair(&mut url, name, &value);
            }
        }
        let headers = self
            .headers
            .iter()
            .filter_map(|(name, template)| Some((name.clone(), template.render(values, Escape::Plain)?)))
            .collect();
        let body = self.body.as_ref().map(|body| body.render_with_gaps(values, self.body_escape));
        Some(Ask { method: self.method, url, headers, body, at })
    }
}

fn push_pair(url: &mut String, name: &str, value: &str) {
    url.push(match url.find('?') {
        None => '?',
        Some(_) => '&',
    });
    url.push_str(name);
    url.push('=');
    url.push_str(value);
}

impl Source {
    fn values<'a>(&'a self, at: &'a At, row: Option<&'a RawPosting>) -> Values<'a> {
        let pager = &self.pager;
        let start = match pager.paging {
            Paging::RowRange => pager.first + at.rows_before,
            _ => 1 + at.rows_before,
        };
        let offset = match pager.paging {
            Paging::OffsetIncrement => pager.first + at.rows_before,
            _ => at.rows_before,
        };
        let window = self.slicing.window.as_ref().and_then(|w| w.from.as_ref().zip(w.to.as_ref()));
        Values { at, page: pager.first + u64::from(at.page), size: pager.size, offset, start, row, window }
    }

    pub(crate) fn first_ask(&self, slice: &Slice, plan: &Plan<'_>) -> Ask {
        let mut values = slice.values.clone();
        let asks_today = self.requester.templates().any(Template::names_today)
            || self.incremental.iter().any(|(_, t)| t.names_today());
        if asks_today || self.slicing.window.is_some() {
            values.push(("today".to_owned(), plan.today.to_string()));
        }
        if let Some(since) = plan.since {
            values.push(("since".to_owned(), since.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)));
        }
        self.ask(At { slice: slice.name.clone(), values, ..At::default() })
    }

    /// The request for a place in a slice.
    pub(crate) fn ask(&self, at: At) -> Ask {
        let values = self.values(&at, None);
        let follows = self.pager.paging == Paging::NextLink || self.reading.format == Format::Sitemap;
        if let Some(next) = at.cursor.clone().filter(|_| follows) {
            let headers = self
                .requester
                .headers
                .iter()
                .filter_map(|(name, template)| Some((name.clone(), template.render(&values, Escape::Plain)?)))
                .collect();
            return Ask { method: self.requester.method, url: next, headers, body: None, at };
        }
        let url = self.requester.url.render_with_gaps(&values, Escape::Percent);
        let more: &[(String, Template)] =
            if at.values.iter().any(|(n, _)| n == "since") { &self.incremental } else { &[] };
        let carried = at.clone();
        self.requester.fill(url, more, &values, carried).unwrap_or_else(|| Ask {
            method: self.requester.method,
            url: self.requester.shown.clone(),
            headers: Vec::new(),
            body: None,
            at: at.clone(),
        })
    }

    /// The request for a row's detail page.
    pub(crate) fn detail_ask(&self, row: &RawPosting) -> Option<Ask> {
        let detail = self.detail.as_ref()?;
        let at = At { slice: "detail".to_owned(), ..At::default() };
        let values = self.values(&at, Some(row));
        let url = match detail.requester.url.sole_field() {
            // an address the row gave: only at the source's own hosts
            Some(field) => {
                let url = Url::parse(row.text(field)?).ok()?;
                self.may_reach(&url).then(|| String::from(url))?
            }
            None => detail.requester.url.render(&values, Escape::Percent)?,
        };
        if detail.requester.body.as_ref().is_some_and(|b| b.render(&values, detail.requester.body_escape).is_none()) {
            return None;
        }
        let needed = detail.requester.query.iter().filter(|(_, t)| t.names_row());
        for (_, template) in needed {
            template.render(&values, Escape::Percent)?;
        }
        let carried = at.clone();
        detail.requester.fill(url, &[], &values, carried)
    }

    /// An address from an answer, with the secrets it echoes put back to their names.
    pub(crate) fn hide_secrets(&self, address: Url) -> String {
        let secret = |name: &str| {
            let template = self.requester.query.iter().find(|(n, _)| n == name).map(|(_, t)| t)?;
            template.sole_secret().map(|s| format!("{{secret.{s}}}"))
        };
        let mut bare = address.clone();
        bare.set_query(None);
        bare.set_fragment(None);
        let mut url = String::from(bare);
        let mut seen: Vec<&str> = Vec::new();
        for pair in address.query().unwrap_or_default().split('&').filter(|p| !p.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            seen.push(name);
            match secret(name) {
                Some(hidden) => push_pair(&mut url, name, &hidden),
                None => push_pair(&mut url, name, value),
            }
        }
        // some sources leave the key out of the links they give
        for (name, _) in
            self.requester.query.iter().filter(|(n, t)| t.sole_secret().is_some() && !seen.contains(&n.as_str()))
        {
            if let Some(hidden) = secret(name) {
                push_pair(&mut url, name, &hidden);
            }
        }
        url
    }
}
