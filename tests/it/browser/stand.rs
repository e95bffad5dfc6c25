//! A console with real postings in it, served on a free port, and the cases a browser test needs.

use std::sync::Arc;

use hub::people::{Actor, Role};
use hub::review::{self, Family, Question, case_name};
use hub::world::World;

use super::driver::{Browser, Typing};
use crate::console::{PASSWORD, person};
use crate::harness::{Stage, fleet};

/// Portals that carry one another's postings.
const PORTALS: [&str; 3] = ["saramin", "jobkorea", "work24"];

/// A hub that is served.
pub struct Stand {
    pub stage: Stage,
    /// `http://127.0.0.1:<port>`.
    pub base: String,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Stand {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Stand {
    /// A hub on a store of its own, synced once from a small fleet, with a steward `haneul`, a lead `garam`, another lead
    /// `dodam`, and an administrator `admin`.
    pub async fn set(dir: &std::path::Path, scale: f64) -> Stand {
        let stage =
            Stage::set(&format!("sqlite:{}", dir.join("hub.sqlite").display()), fleet(scale, &PORTALS).await).await;
        for source in PORTALS {
            let report = stage.sync(source).await;
            assert_eq!(report.state, "complete", "{report:?}");
        }
        person(&stage.world, "haneul", &[Role::Steward]).await;
        person(&stage.world, "garam", &[Role::Lead]).await;
        person(&stage.world, "dodam", &[Role::Lead]).await;
        person(&stage.world, "admin", &[Role::Admin]).await;
        Stand::serve(stage).await
    }

    async fn serve(stage: Stage) -> Stand {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = hub::api::router(stage.world.clone()).merge(hub::console::router(stage.world.clone()));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Stand { stage, base, server }
    }

    pub fn world(&self) -> &World {
        &self.stage.world
    }

    /// Pairs of postings of one employer that are two vacancies: what a steward is asked about.
    pub async fn pairs(&self, count: usize) -> Vec<(i64, i64)> {
        let mut rows: Vec<(String, i64, i64)> = Vec::new();
        for p in self.world().store.postings_after(i64::MIN, 100_000).await.unwrap() {
            let body: serde_json::Value = serde_json::from_str(&p.body).unwrap();
            let company = body["posting"]["hiring_organization"]["match_name"].as_str().unwrap_or_default().to_owned();
            if p.state == "open" && p.verdict == "publish" {
                rows.push((company, p.vacancy, p.id));
            }
        }
        rows.sort();
        // each vacancy in one pair only: no answer changes the ground of another
        let mut firsts: Vec<(String, i64, i64)> = Vec::new();
        for row in rows {
            if firsts.last().is_none_or(|last| last.1 != row.1) {
                firsts.push(row);
            }
        }
        let pairs: Vec<(i64, i64)> = firsts.chunks_exact(2).map(|two| (two[0].2, two[1].2)).take(count).collect();
        assert_eq!(pairs.len(), count, "the fleet is too small");
        pairs
    }

    /// Asks questions; gives the cases' names in the order in which they are handed out.
    pub async fn ask(&self, questions: &[Question]) -> Vec<String> {
        let now_ms = self.world().clock.now().timestamp_millis();
        let tx = self.world().store.write().await.unwrap();
        review::ask(&tx, now_ms, questions).await.unwrap();
        tx.commit().await.unwrap();
        let filter = review::Filter { family: questions.first().map(|q| q.family), ..review::Filter::default() };
        let queue = review::queue(self.world(), &filter, 100).await.unwrap();
        queue
            .iter()
            .map(|q| case_name(q.case.id))
            .filter(|name| questions.iter().any(|q| case_name(q.key) == *name))
            .collect()
    }

    /// Asks about so many pairs, and nothing else: what the sync asked is settled out of the way.
    pub async fn duplicates(&self, count: usize) -> Vec<String> {
        self.clear().await;
        let mut questions = Vec::new();
        for (a, b) in self.pairs(count).await {
            questions
                .push(review::by_hand(self.world(), Family::Duplicate, a, Some(b), "asked by the test").await.unwrap());
        }
        self.ask(&questions).await
    }

    /// One case of a family about a posting.
    pub async fn one(&self, family: Family) -> String {
        let (a, _) = self.pairs(1).await[0];
        let question = review::by_hand(self.world(), family, a, None, "asked by the test").await.unwrap();
        self.ask(&[question]).await.remove(0)
    }

    /// Puts every open case off for good.
    async fn clear(&self) {
        let store = &self.world().store;
        let filter = store::case::CaseFilter { state: Some("open".into()), limit: 100_000, ..Default::default() };
        let mut cases = store.list_cases(&filter).await.unwrap();
        for case in &mut cases {
            case.state = "moot".into();
        }
        let tx = store.write().await.unwrap();
        tx.put_cases(&cases).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Decisions that answer, oldest first.
    pub async fn answers(&self) -> Vec<store::decision::Decision> {
        let filter = store::decision::DecisionFilter { limit: 10_000, ..Default::default() };
        let mut all = self.world().store.decisions(&filter).await.unwrap();
        all.retain(|d| d.verb.parse().is_ok_and(|verb: review::Verb| verb.answers()));
        all.reverse();
        all
    }

    /// Moves the hub's clock.
    pub fn minutes_later(&self, minutes: i64) {
        self.stage.clock.set(self.stage.clock_now() + chrono::Duration::minutes(minutes));
    }

    /// Changes how somebody wants the console.
    pub async fn choose(&self, name: &str, change: impl FnOnce(&mut hub::people::choices::Choices)) {
        let account = hub::people::account::one(self.world(), name).await.unwrap();
        let mut choices = hub::people::choices::Choices::read(&account.person.choices);
        change(&mut choices);
        let tx = self.world().store.write().await.unwrap();
        tx.set_choices(name, &choices.text()).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// Somebody in the world of a test, outside of a browser.
pub fn lead(name: &str) -> Actor {
    Actor::new(name, vec![Role::Lead])
}

/// Comes in, in a language.
pub async fn log_in(browser: &Browser, lang: &str, name: &str) {
    browser.open(&format!("/{lang}/login")).await;
    browser.fill("input[name=name]", name).await;
    browser.fill("input[name=password]", PASSWORD).await;
    browser.press("Enter", Typing::Latin).await;
    browser.until("!location.pathname.endsWith('/login')").await;
}

/// As [`log_in`], where scripts are off: what is on the page is known by its address.
pub async fn log_in_plainly(browser: &Browser, lang: &str, name: &str) {
    browser.open(&format!("/{lang}/login")).await;
    browser.fill("input[name=name]", name).await;
    browser.fill("input[name=password]", PASSWORD).await;
    browser.click("form[action$='/login'] button").await;
    browser.at(|path| !path.ends_with("/login")).await;
}

/// A stand to share between a test and its browser.
pub async fn stand(dir: &std::path::Path) -> Arc<Stand> {
    Arc::new(Stand::set(dir, 0.002).await)
}
