//! Who may what: every route of the console with every role, and with nobody; and that no partner sees another's rows.

use http::StatusCode;
use hub::people::Role;

use crate::console::{Browser, person, stage};
use crate::harness::block_on;

/// Everybody who may come: login name and role.
fn cast() -> Vec<(&'static str, Role)> {
    vec![
        ("viewer", Role::Viewer),
        ("partner", Role::Partner("saramin".into())),
        ("steward", Role::Steward),
        ("lead", Role::Lead),
        ("operator", Role::Operator),
        ("admin", Role::Admin),
    ]
}

/// A path with something in the place of every parameter.
fn filled(path: &str) -> String {
    let fill = |part: &str| match part {
        "{name}" => "saramin".to_owned(),
        "{file}" => "saramin.svg".to_owned(),
        part if part.starts_with('{') => "1".to_owned(),
        part => part.to_owned(),
    };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

#[test]
fn every_route_refuses_every_role_that_may_not_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    block_on(async {
        let stage = stage(dir.path().join("a.sqlite").to_str().unwrap()).await;
        let mut browsers = Vec::new();
        for (name, role) in cast() {
            person(&stage.world, name, std::slice::from_ref(&role)).await;
            let mut browser = Browser::of(&stage.world);
            assert_eq!(browser.log_in(name).await.status, StatusCode::SEE_OTHER, "{name}");
            let token = browser.token("/ko/help").await;
            browsers.push((role, browser, token));
        }
        let mut nobody = Browser::of(&stage.world);
        let nobodys = nobody.token("/ko/help").await;
        let rights = hub::console::rights();
        assert!(rights.len() > 20, "{}", rights.len());
        for right in &rights {
            // these end the session or change how the next page is asked for
            if right.path == "/logout" {
                continue;
            }
            let path = format!("/ko{}", filled(right.path));
            for (role, browser, token) in &mut browsers {
                let seen = match right.method {
                    "GET" => browser.get(&path).await,
                    _ => browser.post(&path, &[("csrf", token.as_str())]).await,
                };
                let refused = seen.status == StatusCode::FORBIDDEN;
                assert_eq!(refused, !right.may.includes(role), "{} {path} as {role}: {}", right.method, seen.status);
            }
            let seen = match right.method {
                "GET" => nobody.get(&path).await,
                _ => nobody.post(&path, &[("csrf", nobodys.as_str())]).await,
            };
            let to_login = seen.header("location").starts_with("/ko/login");
            assert_eq!(
                to_login,
                right.may != hub::console::May::ANYBODY,
                "{} {path} as nobody: {}",
                right.method,
                seen.status
            );
        }
    });
}

#[test]
fn a_partner_never_gets_another_partners_page_export_search_or_link() {
    let dir = tempfile::tempdir().unwrap();
    block_on(async {
        let stage = stage(dir.path().join("a.sqlite").to_str().unwrap()).await;
        person(&stage.world, "partner", &[Role::Partner("saramin".into())]).await;
        let mut browser = Browser::of(&stage.world);
        browser.log_in("partner").await;
        for path in
            ["/ko/partner", "/ko/partner?source=saramin", "/ko/partner.csv", "/ko/partner.csv?source=saramin&q=1"]
        {
            assert_eq!(browser.get(path).await.status, StatusCode::OK, "{path}");
        }
        for path in [
            "/ko/partner?source=wanted",
            "/ko/partner?source=wanted&q=1",
            "/ko/partner?source=wanted&verdict=reject&rule=MW",
            "/ko/partner.csv?source=wanted",
            "/ko/partner.csv?source=wanted&q=1",
        ] {
            assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["/ko/partner/share", "/ko/partner/unshare"] {
            assert_eq!(browser.act(path, &[("source", "wanted")]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let made = browser.act("/ko/partner/share", &[("source", "saramin")]).await;
        let at = made.text.find("/ko/shared/").unwrap();
        let link = made.text[at..].split('<').next().unwrap().to_owned();
        let mut stranger = Browser::of(&stage.world);
        assert_eq!(stranger.get(&link).await.status, StatusCode::OK);
        assert_eq!(stranger.get("/ko/shared/0000").await.status, StatusCode::NOT_FOUND);
        browser.act("/ko/partner/unshare", &[("source", "saramin")]).await;
        assert_eq!(stranger.get(&link).await.status, StatusCode::NOT_FOUND, "an ended link stays ended");
    });
}
