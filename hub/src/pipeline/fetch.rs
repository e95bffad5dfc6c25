//! One page: ask the web, let the adapter read, try again where that can help. Nothing is written here.

use std::sync::Arc;
use std::time::Duration;

use adapters::{Adapter, Answer, Ask, Page, PageError, PageErrorKind, Source};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use tokio_util::task::AbortOnDropHandle;

use crate::settings::RunSettings;
use crate::web::{Budget, Fetched, Policy, Retry, Validators, Web};
use crate::world::Clock;

/// Asks for the pages of one run.
#[derive(Clone)]
pub(super) struct Fetcher {
    inner: Arc<Inner>,
}

struct Inner {
    source: Arc<Source>,
    web: Web,
    store: store::Store,
    clock: Arc<dyn Clock>,
    policy: Policy,
    budget: Budget,
    settings: RunSettings,
    number: i64,
    lookup: Vec<String>,
}

/// A page that is under way.
pub(super) struct Fetching(AbortOnDropHandle<Result<Got, Trouble>>);

/// A page that came and was read.
pub(super) struct Got {
    pub(super) ask: Ask,
    pub(super) answer: Answered,
    pub(super) page: Page,
}

/// What came over the wire, and when.
#[derive(Clone, Debug, Default)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    pub(super) link: Option<String>,
    pub(super) validators: Validators,
    pub(super) body: Bytes,
    pub(super) at: DateTime<Utc>,
    /// A 304: the stored page it repeats, and the postings that were on it.
    pub(super) same_as: Option<(store::page::PageHead, Vec<i64>)>,
}

/// Why reading stopped.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The key or the permission is wrong: the run stops and a person must act.
    Auth { message: String, page: Option<Box<BadPage>> },
    /// The run has to wait until then.
    Wait { message: String, until: DateTime<Utc>, page: Option<Box<BadPage>> },
    /// This slice cannot be read now; others may be.
    Slice { message: String, page: Option<Box<BadPage>> },
    /// A person or a shutdown stopped the run.
    Cancelled,
}

/// A page that could not be taken: kept all the same.
#[derive(Debug)]
pub(super) struct BadPage {
    pub(super) ask: Ask,
    pub(super) answer: Answered,
    pub(super) why: String,
}

impl Trouble {
    /// In words.
    pub(super) fn message(&self) -> &str {
        match self {
            Trouble::Auth { message, .. } | Trouble::Wait { message, .. } | Trouble::Slice { message, .. } => message,
            Trouble::Cancelled => "cancelled",
        }
    }

    /// The page that caused it.
    pub(super) fn page(&mut self) -> Option<Box<BadPage>> {
        match self {
            Trouble::Auth { page, .. } | Trouble::Wait { page, .. } | Trouble::Slice { page, .. } => page.take(),
            Trouble::Cancelled => None,
        }
    }
}

impl Fetching {
    pub(super) async fn wait(self) -> Result<Got, Trouble> {
        match self.0.await {
            Ok(result) => result,
            // a panic in an adapter or decoder is this page's failure, not the hub's
            Err(error) => Err(Trouble::Slice { message: format!("reading the page broke: {error}"), page: None }),
        }
    }
}

impl Fetcher {
    pub(super) fn new(
        world: &crate::world::World,
        source: &Arc<Source>,
        number: i64,
        policy: Policy,
        budget: Budget,
        lookup: Vec<String>,
    ) -> Fetcher {
        Fetcher {
            inner: Arc::new(Inner {
                source: source.clone(),
                web: world.web.clone(),
                store: world.store.clone(),
                clock: world.clock.clone(),
                policy,
                budget,
                settings: world.settings.run.clone(),
                number,
                lookup,
            }),
        }
    }

    /// Values that lookup slices walk through.
    pub(super) fn lookup(&self) -> &[String] {
        &self.inner.lookup
    }

    /// Starts fetching and reading a list page.
    pub(super) fn start(&self, ask: Ask, conditional: bool) -> Fetching {
        let inner = self.inner.clone();
        Fetching(AbortOnDropHandle::new(tokio::spawn(async move { inner.list_page(ask, conditional).await })))
    }

    /// Fetches a detail page; the caller reads it.
    pub(super) async fn detail(&self, ask: &Ask) -> Result<Answered, Trouble> {
        self.inner.ask(ask, None).await
    }
}

impl Inner {
    async fn list_page(&self, ask: Ask, conditional: bool) -> Result<Got, Trouble> {
        let kept = if conditional { self.kept_page(&ask).await } else { None };
        let validators = kept
            .as_ref()
            .map(|(head, _)| Validators { etag: head.etag.clone(), last_modified: head.last_modified.clone() });
        let mut tries = 0;
        loop {
            let mut answer = self.ask(&ask, validators.as_ref()).await?;
            if answer.status == 304
                && let Some((head, seen)) = kept.clone()
            {
                let next = head.next_ask.as_deref().and_then(|text| serde_json::from_str(text).ok());
                let page = Page { total: head.claimed.and_then(|n| u64::try_from(n).ok()), next, ..Page::default() };
                answer.same_as = Some((head, seen));
                return Ok(Got { ask, answer, page });
            }
            let read = self.source.read(
                &ask,
                &Answer {
                    status: answer.status,
                    content_type: answer.content_type.as_deref(),
                    link: answer.link.as_deref(),
                    body: &answer.body,
                },
            );
            let error = match read {
                Ok(page) => return Ok(Got { ask, answer, page }),
                Err(error) => error,
            };
            if matches!(error.kind, PageErrorKind::Retry | PageErrorKind::Format) && tries < self.settings.page_retries
            {
                self.back_off(tries).await?;
                tries += 1;
                continue;
            }
            return Err(self.page_trouble(ask, answer, &error));
        }
    }

    /// The stored page of the same request that has validators, if there is one.
    async fn kept_page(&self, ask: &Ask) -> Option<(store::page::PageHead, Vec<i64>)> {
        // a store that fails here fails again, and is reported, when the page is written
        self.store.page_at(self.number, address(ask)).await.ok().flatten()
    }

    /// One request, repeated by the web as its rules say, and by us where the body was cut.
    async fn ask(&self, ask: &Ask, validators: Option<&Validators>) -> Result<Answered, Trouble> {
        let mut tries = 0;
        loop {
            let error = match self.web.get(&self.policy, ask, validators, &self.budget).await {
                Ok(fetched) => return Ok(self.answered(fetched)),
                Err(error) => error,
            };
            let message = error.to_string();
            match error.retry() {
                Retry::After(wait) => {
                    let until = self.clock.now() + chrono::Duration::from_std(wait).unwrap_or_default();
                    return Err(Trouble::Wait { message, until, page: None });
                }
                Retry::Backoff if tries < self.settings.page_retries => {
                    self.back_off(tries).await?;
                    tries += 1;
                }
                _ if matches!(error, crate::web::FetchError::Cancelled) => return Err(Trouble::Cancelled),
                _ if matches!(error, crate::web::FetchError::Secret { .. }) => {
                    return Err(Trouble::Auth { message, page: None });
                }
                _ => return Err(Trouble::Slice { message, page: None }),
            }
        }
    }

    fn answered(&self, fetched: Fetched) -> Answered {
        Answered {
            status: if fetched.not_modified { 304 } else { fetched.status },
            content_type: fetched.content_type,
            link: fetched.link,
            validators: fetched.validators,
            body: fetched.body,
            at: self.clock.now(),
            same_as: None,
        }
    }

    async fn back_off(&self, tries: u32) -> Result<(), Trouble> {
        let most = self.settings.retry_base_ms.saturating_mul(1 << tries.min(10));
        // full jitter: sources that failed together do not come back together
        let pause = Duration::from_millis(rand::random_range(0..=most));
        tokio::select! {
            () = tokio::time::sleep(pause) => Ok(()),
            () = self.budget.cancelled.cancelled() => Err(Trouble::Cancelled),
        }
    }

    fn page_trouble(&self, ask: Ask, answer: Answered, error: &PageError) -> Trouble {
        let message = format!("page {} of slice {}: {error}", ask.at.page + 1, ask.at.slice);
        let at = answer.at;
        let page = Some(Box::new(BadPage { ask, answer, why: error.to_string() }));
        match error.kind {
            PageErrorKind::Auth => Trouble::Auth { message, page },
            PageErrorKind::Quota => Trouble::Wait { message, until: next_seoul_midnight(at), page },
            _ => Trouble::Slice { message, page },
        }
    }
}

/// A quota of a Korean portal starts anew at midnight there.
fn next_seoul_midnight(now: DateTime<Utc>) -> DateTime<Utc> {
    crate::world::seoul_instant(crate::world::seoul_day(now) + chrono::Days::new(1), 0)
}

/// Hash of a request as such: equal requests of different runs have equal addresses.
pub(super) fn address(ask: &Ask) -> i64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    hasher.update(if ask.method == adapters::Method::Post { b"POST " } else { b"GET " });
    hasher.update(ask.url.as_bytes());
    hasher.update(&[0]);
    hasher.update(ask.body.as_deref().unwrap_or_default().as_bytes());
    hasher.digest().cast_signed()
}
