//! What is known of each host that was contacted: its pause, its breaker, its robots.txt.
//! A host is what is really connected to, so sources that share one share this.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use url::Url;

use super::breaker::{Breaker, Pass};
use super::options::BreakerOptions;
use super::pace::{lock, registrable_domain};
use super::robots::kept::Kept;

/// One host.
pub(super) struct Host {
    /// Host, with its port unless that is the usual one.
    pub(super) key: Arc<str>,
    /// The name its registrant's hosts are paced under.
    pub(super) domain: Arc<str>,
    /// Its robots.txt.
    pub(super) robots: Mutex<Kept>,
    /// Held while robots.txt is being asked for, so that it is asked for once.
    pub(super) asking: tokio::sync::Mutex<()>,
    gate: Mutex<Gate>,
}

#[derive(Default)]
struct Gate {
    paused_until: Duration,
    breaker: Breaker,
    used: Duration,
}

/// Why a host is left alone, and until which uptime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// It asked for it.
    Paused(Duration),
    /// It failed so often in a row.
    Open(Duration, u32),
}

impl Host {
    /// Until when it asked to be left alone, if that is still to come.
    pub(super) fn paused(&self, now: Duration) -> Option<Duration> {
        let until = lock(&self.gate).paused_until;
        (until > now).then_some(until)
    }

    /// Leaves it alone until the uptime `until`; a shorter pause never ends a longer one.
    pub(super) fn pause(&self, until: Duration) {
        let mut gate = lock(&self.gate);
        gate.paused_until = gate.paused_until.max(until);
    }

    /// Asks to send one request now.
    pub(super) fn admit(&self, now: Duration, options: &BreakerOptions) -> Result<Pass, Held> {
        let mut gate = lock(&self.gate);
        if gate.paused_until > now {
            return Err(Held::Paused(gate.paused_until));
        }
        gate.used = now;
        let failures = gate.breaker.failures();
        gate.breaker.admit(now, options).map_err(|until| Held::Open(until, failures))
    }

    /// What became of an admitted request; says whether the breaker opened by it.
    pub(super) fn report(&self, pass: Pass, ok: bool, now: Duration, options: &BreakerOptions) -> bool {
        let mut gate = lock(&self.gate);
        if ok {
            gate.breaker.succeeded();
            return false;
        }
        gate.breaker.failed(pass, now, options)
    }

    fn is_quiet(&self, now: Duration, idle: Duration) -> bool {
        let gate = lock(&self.gate);
        gate.paused_until <= now && gate.breaker.is_quiet() && now.saturating_sub(gate.used) >= idle
    }
}

/// All hosts.
#[derive(Default)]
pub(super) struct Hosts(Mutex<HashMap<Arc<str>, Arc<Host>>>);

impl Hosts {
    /// The host of an address.
    pub(super) fn of(&self, url: &Url) -> Arc<Host> {
        let name = url.host_str().unwrap_or("");
        let name = name.strip_suffix('.').unwrap_or(name);
        match url.port() {
            None => self.named(name),
            Some(port) => self.named(&format!("{name}:{port}")),
        }
    }

    /// The host of that key.
    pub(super) fn named(&self, key: &str) -> Arc<Host> {
        let mut hosts = lock(&self.0);
        if let Some(host) = hosts.get(key) {
            return Arc::clone(host);
        }
        let bare = key.rsplit_once(':').map_or(key, |(name, _)| name);
        let key: Arc<str> = Arc::from(key);
        let host = Arc::new(Host {
            key: Arc::clone(&key),
            domain: Arc::from(format!("domain {}", registrable_domain(bare))),
            robots: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
            gate: Mutex::default(),
        });
        hosts.insert(key, Arc::clone(&host));
        host
    }

    /// All of them, by key.
    pub(super) fn sorted(&self) -> Vec<Arc<Host>> {
        let mut hosts: Vec<Arc<Host>> = lock(&self.0).values().cloned().collect();
        hosts.sort_by(|a, b| a.key.cmp(&b.key));
        hosts
    }

    /// Forgets hosts not used for `idle` of which nothing needs to be remembered.
    pub(super) fn retain_recent(&self, now: Duration, idle: Duration, robots_stale: impl Fn(&Kept) -> bool) {
        lock(&self.0).retain(|_, host| {
            // Somebody holds it just now.
            Arc::strong_count(host) > 1 || !host.is_quiet(now, idle) || !robots_stale(&lock(&host.robots))
        });
    }

    pub(super) fn len(&self) -> usize {
        lock(&self.0).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shorter_pause_never_ends_a_longer_one() {
        let host = Hosts::default().named("jobs.example.kr");
        let secs = Duration::from_secs;
        host.pause(secs(60));
        host.pause(secs(10));
        assert_eq!(host.paused(secs(20)), Some(secs(60)));
        assert_eq!(host.admit(secs(59), &BreakerOptions::default()), Err(Held::Paused(secs(60))));
        assert_eq!(host.admit(secs(60), &BreakerOptions::default()), Ok(Pass::Normal));
    }

    #[test]
    fn a_host_is_its_name_without_case_and_final_dot_and_an_unusual_port() {
        let hosts = Hosts::default();
        for (url, key) in [
            ("http://Jobs.Example.kr/a", "jobs.example.kr"),
            ("https://jobs.example.kr./b", "jobs.example.kr"),
            ("https://jobs.example.kr:443/", "jobs.example.kr"),
            ("http://jobs.example.kr:8080/", "jobs.example.kr:8080"),
        ] {
            assert_eq!(&*hosts.of(&Url::parse(url).unwrap()).key, key);
        }
        assert_eq!(hosts.len(), 2);
    }
}
