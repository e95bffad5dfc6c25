//! Which addresses a source may be asked at, and which network addresses a name may lead to (SSRF).
//! Names are checked on every hop; network addresses where they are resolved, and the connection uses the very ones checked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Longest address that is sent, after substitution.
pub(super) const URL_BYTES_MAX: usize = 16 << 10;

/// Why a name or network address is refused; travels through the client's errors, hence a type of its own.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refused(pub(super) String);

/// Checks what can be seen in the address itself: scheme, no user name, length, and literals.
///
/// The `url` crate reads decimal, octal, hexadecimal and short IPv4 forms as the browser does, so each arrives here as
/// a literal.
pub(super) fn check_address(url: &Url, allow_private: bool) -> Result<(), Refused> {
    if url.as_str().len() > URL_BYTES_MAX {
        return Err(Refused(format!("longer than {URL_BYTES_MAX} bytes")));
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refused(format!("scheme {} is not http or https", url.scheme())));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused("it holds a user name or password".to_owned()));
    }
    match url.host() {
        None => Err(Refused("it has no host".to_owned())),
        Some(Host::Domain(name)) => check_name(name, allow_private),
        Some(Host::Ipv4(ip)) => check_ip(IpAddr::V4(ip), allow_private),
        Some(Host::Ipv6(ip)) => check_ip(IpAddr::V6(ip), allow_private),
    }
}

/// Whether `url` is at one of `hosts`: names compared without case and final dot; an entry may end in `:port`.
/// A literal address is only ever a host that the source itself names.
pub(super) fn is_of(url: &Url, hosts: &[String]) -> bool {
    let Some(host) = url.host_str() else { return false };
    let host = host.strip_suffix('.').unwrap_or(host);
    hosts.iter().any(|allowed| {
        if allowed.eq_ignore_ascii_case(host) {
            return true;
        }
        let Some((name, port)) = allowed.rsplit_once(':') else { return false };
        name.eq_ignore_ascii_case(host) && port.parse().ok() == url.port_or_known_default()
    })
}

fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or(name);
    last.eq_ignore_ascii_case("localhost")
}

fn check_name(name: &str, allow_private: bool) -> Result<(), Refused> {
    if is_localhost(name) && !allow_private {
        return Err(Refused(format!("{name} is this machine")));
    }
    Ok(())
}

/// Whether a connection may be made to `ip`.
pub(super) fn check_ip(ip: IpAddr, allow_private: bool) -> Result<(), Refused> {
    if is_public(ip) || (allow_private && is_private(ip)) {
        Ok(())
    } else {
        Err(Refused(format!("{ip} is not a public address")))
    }
}

/// Loopback and the private ranges: what a deployment may allow. Link-local addresses (cloud metadata) are not among them.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => is_private(IpAddr::V4(ip)),
            None => ip.is_loopback() || ip.is_unique_local(),
        },
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// IANA's special-purpose registry for IPv4, what is not globally reachable.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

/// IANA's special-purpose registry for IPv6. Forms that carry an IPv4 address are judged by it, or refused.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let s = ip.segments();
    if s[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let [a, b] = s[6].to_be_bytes();
        let [c, d] = s[7].to_be_bytes();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    let global_unicast = s[0] & 0xe000 == 0x2000;
    let ietf = s[0] == 0x2001 && s[1] < 0x200; // 2001::/23: Teredo, ORCHID, benchmarks
    let six_to_four = s[0] == 0x2002;
    let documentation = (s[0] == 0x2001 && s[1] == 0xdb8) || (s[0] == 0x3fff && s[1] < 0x1000);
    global_unicast && !ietf && !six_to_four && !documentation
}

/// The one resolver: the system's, less every address that may not be contacted.
#[derive(Clone, Copy, Debug)]
pub(super) struct GuardedResolver {
    pub(super) allow_private: bool,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let name = name.as_str();
            check_name(name, allow_private)?;
            if is_localhost(name) {
                // RFC 6761: never asked of DNS, which could answer anything.
                let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
                return Ok(Box::new(std::iter::once(loopback)) as Addrs);
            }
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name, 0)).await?.collect();
            Ok(Box::new(public_only(name, found, allow_private)?.into_iter()) as Addrs)
        })
    }
}

/// What is left of `found` to connect to.
///
/// # Errors
/// When nothing is left.
fn public_only(name: &str, found: Vec<SocketAddr>, allow_private: bool) -> Result<Vec<SocketAddr>, Refused> {
    let (kept, refused): (Vec<_>, Vec<_>) = found.into_iter().partition(|at| check_ip(at.ip(), allow_private).is_ok());
    match (kept.is_empty(), refused.first()) {
        (false, _) => Ok(kept),
        (true, Some(at)) => Err(Refused(format!("{name} leads to {}, which is not a public address", at.ip()))),
        (true, None) => Err(Refused(format!("{name} leads to no address"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(url: &str, allow_private: bool) -> &'static str {
        match Url::parse(url) {
            Err(_) => "unreadable",
            Ok(url) => match check_address(&url, allow_private) {
                Ok(()) => "ok",
                Err(_) => "refused",
            },
        }
    }

    #[test]
    fn internal_addresses_are_refused_in_every_form() {
        for (url, public, fleet) in [
            ("http://www.work24.go.kr/a", "ok", "ok"),
            ("https://1.1.1.1/", "ok", "ok"),
            ("http://127.0.0.1/", "refused", "ok"),
            ("http://127.1/", "refused", "ok"),
            ("http://2130706433/", "refused", "ok"),
            ("http://0x7f000001/", "refused", "ok"),
            ("http://0177.0.0.1/", "refused", "ok"),
            ("http://[::1]/", "refused", "ok"),
            ("http://[::ffff:127.0.0.1]/", "refused", "ok"),
            ("http://[::ffff:7f00:1]/", "refused", "ok"),
            ("http://10.0.0.8/", "refused", "ok"),
            ("http://192.168.1.1/", "refused", "ok"),
            ("http://172.31.255.1/", "refused", "ok"),
            ("http://[fd00::1]/", "refused", "ok"),
            ("http://localhost:4100/", "refused", "ok"),
            ("http://saramin.localhost:4100/", "refused", "ok"),
            ("http://saramin.LOCALHOST./", "refused", "ok"),
            ("http://127。0。0。1/", "refused", "ok"),
            // Never, not even beside the fleet:
            ("http://169.254.169.254/latest/meta-data", "refused", "refused"),
            ("http://[fe80::1]/", "refused", "refused"),
            ("http://[::ffff:169.254.169.254]/", "refused", "refused"),
            ("http://[64:ff9b::a9fe:a9fe]/", "refused", "refused"),
            ("http://[2002:7f00:1::]/", "refused", "refused"),
            ("http://[2001:0:1::]/", "refused", "refused"),
            ("http://[::7f00:1]/", "refused", "refused"),
            ("http://0.0.0.0/", "refused", "refused"),
            ("http://0/", "refused", "refused"),
            ("http://100.64.1.1/", "refused", "refused"),
            ("http://198.18.0.1/", "refused", "refused"),
            ("http://224.0.0.1/", "refused", "refused"),
            ("http://255.255.255.255/", "refused", "refused"),
            ("ftp://www.work24.go.kr/", "refused", "refused"),
            ("file:///etc/passwd", "refused", "refused"),
            ("http://user:pass@www.work24.go.kr/", "refused", "refused"),
        ] {
            assert_eq!(verdict(url, false), public, "{url}");
            assert_eq!(verdict(url, true), fleet, "{url} with private addresses allowed");
        }
    }

    #[test]
    fn a_name_may_lead_only_to_the_addresses_that_were_checked() {
        let found = |ips: &[&str]| ips.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect::<Vec<_>>();
        let kept = public_only("mixed.example", found(&["10.0.0.1", "1.1.1.1", "::1"]), false).unwrap();
        assert_eq!(kept, found(&["1.1.1.1"]));
        let refused = public_only("rebind.example", found(&["127.0.0.1", "::1"]), false).unwrap_err();
        assert_eq!(refused.to_string(), "rebind.example leads to 127.0.0.1, which is not a public address");
        assert!(public_only("void.example", Vec::new(), true).is_err());
    }

    #[tokio::test]
    async fn the_resolver_knows_localhost_only_when_private_addresses_are_allowed() {
        let name = || "saramin.localhost".parse::<Name>().unwrap();
        let found = GuardedResolver { allow_private: true }.resolve(name()).await.unwrap();
        assert_eq!(found.collect::<Vec<_>>(), vec![SocketAddr::from(([127, 0, 0, 1], 0))]);
        assert!(GuardedResolver { allow_private: false }.resolve(name()).await.is_err());
    }

    #[tokio::test]
    async fn what_the_system_resolves_is_checked_too() {
        // The C library reads these as 127.0.0.1; they stand for any name that leads there.
        for name in ["127.1", "2130706433", "0x7f000001"] {
            let resolved = GuardedResolver { allow_private: false }.resolve(name.parse().unwrap()).await;
            assert!(resolved.is_err(), "{name}");
        }
    }

    #[test]
    fn a_url_belongs_to_a_source_by_its_exact_host() {
        let hosts = ["www.saramin.co.kr".to_owned(), "api.saramin.co.kr:8443".to_owned()];
        for (url, expected) in [
            ("https://www.saramin.co.kr/a", true),
            ("https://WWW.Saramin.co.kr./a", true),
            ("https://api.saramin.co.kr:8443/", true),
            ("https://api.saramin.co.kr/", false),
            ("https://saramin.co.kr/", false),
            ("https://www.saramin.co.kr.evil.example/", false),
            ("https://evil.example/www.saramin.co.kr", false),
        ] {
            assert_eq!(is_of(&Url::parse(url).unwrap(), &hosts), expected, "{url}");
        }
    }
}
