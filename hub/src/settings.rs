//! Settings: `hub.toml` compiled in, overridden by a file and by the environment. Unknown keys are refused.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use secrecy::SecretString;
use serde::Deserialize;

use crate::web::WebOptions;

/// The defaults, with their comments.
pub const DEFAULTS: &str = include_str!("../../hub.toml");

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the store is.
    pub store: StoreSettings,
    /// The fetcher.
    pub web: WebOptions,
    /// What holds for all sources.
    pub sources: SourcesSettings,
    /// What holds for one source.
    #[serde(default)]
    pub source: HashMap<String, SourceSettings>,
    /// Secrets by source and name.
    #[serde(default)]
    pub secrets: HashMap<String, HashMap<String, SecretString>>,
    /// Runs.
    pub run: RunSettings,
    /// Closing.
    pub lifecycle: LifecycleSettings,
    /// Linked systems.
    pub linked: LinkedSettings,
    /// Verification steps by class.
    pub stages: crate::linked::stages::StageSettings,
    /// Questions for stewards.
    pub review: ReviewSettings,
    /// The read API.
    pub serve: ServeSettings,
    /// The console and the people who use it.
    pub console: ConsoleSettings,
}

/// `[store]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSettings {
    /// Address of the database.
    pub url: String,
}

/// `[sources]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcesSettings {
    /// Address that stands in for every source's own; `{source}` is its name with hyphens.
    pub base_url_pattern: Option<String>,
    /// Sync only these.
    pub only: Option<Vec<String>>,
    /// Which source a provider code of a federated portal means.
    pub provider_codes: HashMap<String, String>,
    /// Trust by class, thousandths.
    pub trust: HashMap<String, u16>,
}

/// `[source.<name>]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// Address that stands in for its own.
    pub base_url: Option<String>,
    /// Why it must not run.
    pub paused: Option<String>,
    /// Pages of postings in doubt looked at after a run; not given = `lifecycle.probe.per_run`.
    pub probes: Option<u32>,
}

/// `[run]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSettings {
    /// Sources at a time.
    pub concurrency: usize,
    /// Length of a lease.
    pub lease_seconds: u32,
    /// Rows written together.
    pub batch_rows: usize,
    /// Pages written together.
    pub batch_pages: usize,
    /// Further tries of a page.
    pub page_retries: u32,
    /// First pause between them.
    pub retry_base_ms: u64,
    /// Longest run.
    pub run_seconds_max: i64,
    /// Retries of failed requests a run may spend.
    pub retries_max: u32,
}

/// `[lifecycle]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifecycleSettings {
    /// Complete lists without a posting before it is closed.
    pub absences_to_close: i64,
    /// Share of closings that trips the guard.
    pub drop_guard_share: f64,
    /// Number of closings below which it does not.
    pub drop_guard_rows: i64,
    /// Agreeing runs that release it …
    pub drop_guard_runs: i64,
    /// … when the first of them is this old.
    pub drop_guard_hours: i64,
    /// Days raw pages are kept.
    pub pages_keep_days: i64,
    /// Chance below which what a list, or a part of it, lost is not believed.
    pub drop_guard_chance: f64,
    /// A run that was cut is resumed within so many hours of its start, and begun anew after that.
    pub resume_hours_max: i64,
    /// Probability from which a job is suspected to be over.
    pub suspect: f64,
    /// Probability from which evidence that speaks of the job closes it.
    pub close: f64,
    /// Probability from which age alone closes it.
    pub stale: f64,
    /// Bits towards closed by kind of evidence.
    pub weights: crate::lifecycle::rules::Weights,
    /// Looking at the pages of postings in doubt.
    pub probe: crate::lifecycle::rules::ProbeSettings,
}

/// `[linked]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkedSettings {
    /// Business numbers a run asks about.
    pub lookup_max: i64,
    /// Confidence from which hires fill a vacancy.
    pub fill_confidence: f64,
    /// Days after its supposed hire from which a posting that says something new speaks against it.
    pub contradiction_days: i64,
    /// Days back for which hires are matched.
    pub match_days: i64,
}

/// `[review]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewSettings {
    /// How long a case stays before one person.
    pub lease_seconds: i64,
    /// When a case should be answered, minutes after it was opened, by family; 0 = one working day.
    pub due_minutes: HashMap<String, i64>,
    /// What a wrong answer costs, by family; 1 is a duplicate.
    pub harm: HashMap<String, f64>,
    /// Every so-many-th case handed out is the oldest one.
    pub oldest_every: i64,
    /// Every so-many-th case is decided by two people without a suggestion.
    pub blind_every: i64,
    /// A decision on a risky case that is faster joins the second opinions.
    pub hasty_ms: i64,
    /// From here a case is risky.
    pub risky: f64,
    /// Bulk rules over more cases than this need a second person.
    pub bulk_alone_max: usize,
    /// Days a bulk rule lasts.
    pub bulk_days: i64,
    /// Share of members that must disagree on a field to ask, thousandths.
    pub conflict_dissent: u16,
    /// Questions about disagreeing values a day, at most.
    pub conflicts_a_day: i64,
    /// Questions about doubtful postings a day, at most.
    pub suspicious_a_day: i64,
    /// Questions about jobs that are probably taken a day, at most.
    pub filled_a_day: i64,
    /// One in so many postings that a rule wants looked at is asked about.
    pub suspicious_sample: u64,
    /// Reason codes one may give.
    pub reasons: Vec<String>,
}

/// `[serve]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServeSettings {
    /// Address to listen on.
    pub listen: String,
}

/// `[console]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleSettings {
    /// Address that people type, without a slash at its end; with https, cookies are sent over nothing else.
    pub public_url: Option<String>,
    /// Minutes without a request that end a session.
    pub session_idle_minutes: i64,
    /// Hours that end a session, used or not.
    pub session_hours: i64,
    /// Failed logins of a person …
    pub login_failures_max: i64,
    /// … in so many minutes before no try counts until they are over; four times as many from one address.
    pub login_window_minutes: i64,
    /// Header in which a proxy of one's own says the client's address; none = the connection's.
    pub address_header: Option<String>,
    /// OpenID Connect.
    pub sign_on: Option<SignOnSettings>,
}

impl Default for ConsoleSettings {
    fn default() -> Self {
        ConsoleSettings {
            public_url: None,
            session_idle_minutes: 30,
            session_hours: 12,
            login_failures_max: 5,
            login_window_minutes: 15,
            address_header: None,
            sign_on: None,
        }
    }
}

/// `[console.sign_on]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignOnSettings {
    /// What people read on the button.
    pub title: String,
    /// The provider's issuer address.
    pub issuer: String,
    /// Client id the provider gave.
    pub client_id: String,
    /// Client secret the provider gave; better in the environment as `JOBHUB_SIGN_ON_SECRET`.
    pub client_secret: Option<SecretString>,
    /// Scopes asked for besides `openid`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Claim that becomes the login name.
    pub name_claim: String,
    /// Claim whose values (a text or a list) are looked up in `roles`.
    pub roles_claim: String,
    /// Value of that claim → role.
    pub roles: HashMap<String, String>,
    /// Providers on loopback or private addresses are asked as well.
    #[serde(default)]
    pub allow_private: bool,
}

impl Settings {
    /// Reads the defaults, then `file` (or `hub.toml` in the working directory if it is there), then `JOBHUB_STORE`.
    ///
    /// # Errors
    /// When a file cannot be read, is not TOML, or names a key that does not exist.
    pub fn load(file: Option<&Path>) -> Result<Settings> {
        let mut table: toml::Table = DEFAULTS.parse().context("the compiled-in hub.toml")?;
        let found =
            file.map(Path::to_path_buf).or_else(|| Some(PathBuf::from("hub.toml")).filter(|path| path.exists()));
        if let Some(path) = found {
            let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let over: toml::Table = text.parse().with_context(|| format!("{} is not TOML", path.display()))?;
            merge(&mut table, over);
        }
        let mut settings: Settings = table.try_into().context("settings")?;
        if let Ok(url) = std::env::var("JOBHUB_STORE") {
            settings.store.url = url;
        }
        if let (Some(sign_on), Ok(secret)) = (&mut settings.console.sign_on, std::env::var("JOBHUB_SIGN_ON_SECRET")) {
            sign_on.client_secret = Some(SecretString::from(secret));
        }
        if settings.run.concurrency == 0 || settings.run.batch_rows == 0 || settings.run.batch_pages == 0 {
            bail!("run.concurrency, run.batch_rows and run.batch_pages must be at least 1");
        }
        if settings.lifecycle.drop_guard_runs < 2 || settings.lifecycle.absences_to_close < 1 {
            bail!("lifecycle.drop_guard_runs must be at least 2 and lifecycle.absences_to_close at least 1");
        }
        let l = &settings.lifecycle;
        if !(0.0 < l.suspect && l.suspect < l.close && l.close <= l.stale && l.stale < 1.0) {
            bail!(
                "lifecycle.suspect must be below lifecycle.close, that not above lifecycle.stale, and all between 0 and 1"
            );
        }
        if let [wrong, ..] = crate::lifecycle::rules::unknown_weights(&l.weights)[..] {
            bail!("lifecycle.weights.{wrong} is no kind of evidence that has a weight");
        }
        Ok(settings)
    }

    /// The secrets of a source: from the settings, and from `JOBHUB_SECRET_<SOURCE>_<NAME>`, which wins.
    pub fn secrets_of(&self, source: &str, names: &[String]) -> HashMap<String, SecretString> {
        let mut secrets = self.secrets.get(source).cloned().unwrap_or_default();
        for name in names {
            let variable = format!("JOBHUB_SECRET_{}_{}", source.to_uppercase(), name.to_uppercase().replace('-', "_"));
            if let Ok(value) = std::env::var(variable) {
                secrets.insert(name.clone(), SecretString::from(value));
            }
        }
        secrets
    }

    /// The address that stands in for a source's own, if a deployment set one.
    pub fn base_url(&self, source: &str) -> Option<String> {
        let own = self.source.get(source).and_then(|s| s.base_url.clone());
        own.or_else(|| self.sources.base_url_pattern.as_ref().map(|p| p.replace("{source}", &source.replace('_', "-"))))
    }
}

/// Lays one table over another, key by key.
fn merge(under: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => merge(below, above),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiled_in_settings_are_whole() {
        let settings: Settings = DEFAULTS.parse::<toml::Table>().unwrap().try_into().unwrap();
        assert_eq!(settings.lifecycle.absences_to_close, 2);
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let mut table: toml::Table = DEFAULTS.parse().unwrap();
        merge(&mut table, "[run]\nconcurency = 3".parse().unwrap());
        let error = Settings::deserialize(table).unwrap_err().to_string();
        assert!(error.contains("concurency"), "{error}");
    }
}
