//! The console in a headless Chromium: what people do with keys, without keys, without scripts and at the same time, in both
//! languages; and that every page can be read and used by everybody. Skipped where there is no Chromium.

mod driver;
mod stand;

use std::sync::Arc;

use driver::{Browser, Screen, Setup, Typing, in_browser};
use hub::people::Role;
use hub::review::{self, Family, case_name};
use stand::{Stand, lead, log_in, log_in_plainly, stand};

use crate::console::{Browser as Plain, person};
use crate::harness::block_on;
use crate::harness::dump::dump;

/// Runs a test on a stand of its own.
fn on_stand<F, Fut>(test: F)
where
    F: FnOnce(Arc<Stand>) -> Fut,
    Fut: Future<Output = ()>,
{
    let dir = tempfile::tempdir().unwrap();
    block_on(async {
        let stand = stand(dir.path()).await;
        test(stand).await;
    });
}

/// The number of the decision the page speaks of.
const DID: &str = "Number(new URLSearchParams(location.search).get('did'))";

/// Whether the page is a case that one may decide, and at rest.
const READY: &str = "document.querySelector('#decide') && document.activeElement !== document.body";

async fn focus_is_somewhere(browser: &Browser, after: &str) {
    assert_ne!(browser.text("document.activeElement?.tagName").await, "BODY", "{after}");
}

fn twenty_by_keys(setup: Setup) {
    on_stand(|stand| async move {
        stand.duplicates(22).await;
        let base = stand.base.clone();
        in_browser("twenty_cases_by_keys_alone", setup, &base, move |browser| async move {
            log_in(&browser, setup.language, "haneul").await;
            browser.open(&format!("/{}/queue?family=duplicate", setup.language)).await;
            browser.until("document.querySelector('[data-row]') && document.activeElement !== document.body").await;
            focus_is_somewhere(&browser, "opening the queue").await;
            browser.press("Enter", Typing::Latin).await;
            browser.until(READY).await;
            for nr in 0..20 {
                let typing = [Typing::Hangul, Typing::Taken, Typing::Latin][nr % 3];
                let key = if nr % 4 == 3 { "KeyN" } else { "KeyM" };
                let verb = if key == "KeyN" { "distinct" } else { "merge" };
                let case = browser.text("document.querySelector('#decide').action").await;
                browser.press(key, typing).await;
                browser.until(&format!("document.querySelector('#verb-{verb}').checked")).await;
                focus_is_somewhere(&browser, "choosing").await;
                let said = browser.text("document.querySelector('#live').textContent").await;
                assert!(!said.is_empty(), "a choice is said aloud");
                browser.press("Enter", Typing::Latin).await;
                browser
                    .until(&format!("{DID} > 0 && document.querySelector('#decide').action !== '{case}' && {READY}"))
                    .await;
                focus_is_somewhere(&browser, "deciding").await;
            }
            let answers = stand.answers().await;
            let verbs = |verb: &str| answers.iter().filter(|d| d.verb == verb).count();
            assert_eq!((answers.len(), verbs("merge"), verbs("distinct")), (20, 15, 5));
            assert!(answers.iter().all(|d| d.actor == "haneul"));
        })
        .await;
    });
}

#[test]
fn twenty_cases_are_decided_by_keys_alone_with_hangul_on() {
    twenty_by_keys(Setup::KOREAN);
}

#[test]
fn twenty_cases_are_decided_by_keys_alone_in_english() {
    twenty_by_keys(Setup::ENGLISH);
}

#[test]
fn keys_choose_values_reasons_and_folds_and_leave_text_alone() {
    on_stand(|stand| async move {
        let cases = stand.duplicates(3).await;
        let base = stand.base.clone();
        in_browser(
            "keys_choose_values_reasons_and_folds_and_leave_text_alone",
            Setup::KOREAN,
            &base,
            move |browser| async move {
                log_in(&browser, "ko", "haneul").await;
                browser.open(&format!("/ko/cases/{}", cases[0])).await;
                browser.until(READY).await;
                // rows, values of sources, the rule's value
                browser.keys(&["ArrowDown", "Digit2"]).await;
                let row = "document.activeElement.closest('[data-row]')";
                browser.until(&format!("{row}.querySelector('[data-digit=\"2\"]').checked")).await;
                browser.press("Digit0", Typing::Latin).await;
                browser.until(&format!("{row}.querySelector('[data-digit=\"0\"]').checked")).await;
                // R and a digit choose a reason
                browser.keys(&["KeyR", "Digit2"]).await;
                browser.until("document.querySelector('#reason').value === 'same_text'").await;
                // folds and sheets
                for (key, open) in [
                    ("KeyX", "document.querySelector('#equal').checked"),
                    ("KeyW", "document.querySelector('details[data-key=why]').open"),
                    ("KeyO", "document.querySelector('details[data-key=originals]').open"),
                    ("KeyT", "document.querySelector('details[data-key=history]').open"),
                ] {
                    browser.press(key, Typing::Hangul).await;
                    browser.until(open).await;
                }
                browser.press("Shift+Slash", Typing::Latin).await;
                browser.until("document.querySelector('#keys-help').open").await;
                browser.press("KeyM", Typing::Latin).await;
                assert_eq!(
                    browser.js("Boolean(document.querySelector('input[name=verb]:checked'))").await,
                    false,
                    "a sheet is open"
                );
                browser.press("Escape", Typing::Latin).await;
                browser.until("!document.querySelector('#keys-help').open").await;
                // a choice is cancelled
                browser.press("KeyM", Typing::Latin).await;
                browser.until("document.querySelector('#verb-merge').checked").await;
                browser.press("Escape", Typing::Latin).await;
                browser.until("!document.querySelector('input[name=verb]:checked')").await;
                focus_is_somewhere(&browser, "cancelling").await;
                // a value is typed: letters in the field are text, also while a syllable is composed
                browser.js("document.querySelector('#row-title input[data-digit=\"0\"]').focus()").await;
                browser.press("KeyE", Typing::Hangul).await;
                browser.until("document.activeElement.matches('#row-title [data-edit]')").await;
                browser.press("KeyN", Typing::Hangul).await;
                browser.compose("ㅁ").await;
                browser.press("KeyM", Typing::Taken).await;
                assert_eq!(
                    browser.js("Boolean(document.querySelector('input[name=verb]:checked'))").await,
                    false,
                    "text is text"
                );
                browser.cdp("Input.insertText", serde_json::json!({ "text": "ㅁ" })).await;
                browser.press("Escape", Typing::Latin).await;
                // the next case, without deciding this one
                browser.until("!document.activeElement.matches('[data-edit]')").await;
                browser.press("KeyJ", Typing::Hangul).await;
                browser.until(&format!("!location.pathname.endsWith('{}') && {READY}", cases[0])).await;
                assert!(stand.answers().await.is_empty(), "nothing was decided");
                // something else that is wrong with it becomes a case of its own
                browser.press("KeyS", Typing::Hangul).await;
                browser.until("document.querySelector('#verb-report_suspicious').checked").await;
                browser.press("Enter", Typing::Latin).await;
                browser.until(&format!("document.querySelector('#verb-withdraw') && {READY}")).await;
                // G and a letter go elsewhere
                browser.keys(&["KeyG", "KeyQ"]).await;
                browser.until("location.pathname.endsWith('/queue')").await;
            },
        )
        .await;
    });
}

#[test]
fn with_keys_off_letters_do_nothing_and_tab_and_enter_complete_a_case() {
    on_stand(|stand| async move {
        let cases = stand.duplicates(2).await;
        stand.choose("haneul", |choices| choices.hotkeys = false).await;
        let base = stand.base.clone();
        in_browser("with_keys_off", Setup::KOREAN, &base, move |browser| async move {
            log_in(&browser, "ko", "haneul").await;
            browser.open(&format!("/ko/cases/{}", cases[0])).await;
            browser.until("document.querySelector('#decide')").await;
            browser.keys(&["KeyM", "KeyN", "KeyH", "KeyX", "KeyJ"]).await;
            let nothing =
                "!document.querySelector('input[name=verb]:checked') && !document.querySelector('#equal')?.checked";
            assert_eq!(browser.js(nothing).await, true);
            assert_eq!(browser.path().await, format!("/ko/cases/{}", cases[0]));
            tab_to(&browser, "#decide input[name=verb]").await;
            browser.press("Space", Typing::Latin).await;
            browser.until("document.querySelector('#verb-merge').checked").await;
            tab_to(&browser, "#decide button[type=submit]").await;
            browser.press("Enter", Typing::Latin).await;
            browser.until(&format!("{DID} > 0")).await;
            assert_eq!(stand.answers().await.iter().map(|d| d.verb.clone()).collect::<Vec<_>>(), ["merge"]);
        })
        .await;
    });
}

/// Goes on with Tab until something has the focus.
async fn tab_to(browser: &Browser, selector: &str) {
    for _ in 0..200 {
        if browser.js(&format!("document.activeElement.matches('{selector}')")).await == true {
            return;
        }
        browser.press("Tab", Typing::Latin).await;
    }
    panic!("Tab never comes to {selector}");
}

#[test]
fn without_scripts_a_form_completes_a_case() {
    on_stand(|stand| async move {
        let cases = stand.duplicates(2).await;
        let base = stand.base.clone();
        let setup = Setup { script: false, language: "ko" };
        in_browser("without_scripts_a_form_completes_a_case", setup, &base, move |browser| async move {
            log_in_plainly(&browser, "ko", "haneul").await;
            browser.open(&format!("/ko/cases/{}", cases[0])).await;
            browser.click("label[for=verb-distinct]").await;
            browser.click("#decide button[type=submit]").await;
            browser.at(|path| path.contains("did=")).await;
            assert_eq!(stand.answers().await.iter().map(|d| d.verb.clone()).collect::<Vec<_>>(), ["distinct"]);
            // and is undone
            browser.click("#undo").await;
            browser.at(|path| path.contains("undid=")).await;
            assert_eq!(stand.answers().await[0].state, "undone");
        })
        .await;
    });
}

#[test]
fn the_third_of_five_merges_is_undone_and_the_other_four_stand() {
    on_stand(|stand| async move {
        stand.duplicates(5).await;
        let base = stand.base.clone();
        in_browser("the_third_of_five_merges", Setup::KOREAN, &base, move |browser| async move {
            log_in(&browser, "ko", "haneul").await;
            browser.open("/ko/cases/next?family=duplicate").await;
            browser.until(READY).await;
            for nr in 0..5 {
                browser.press("KeyM", Typing::Hangul).await;
                browser.press("Enter", Typing::Latin).await;
                browser.until(&format!("{DID} > {nr} && document.activeElement !== document.body")).await;
            }
            let merges = stand.answers().await;
            assert_eq!(merges.iter().map(|d| d.verb.as_str()).collect::<Vec<_>>(), ["merge"; 5]);
            let before: Vec<(String, String)> = retired(&stand).await;
            let cursor = stand.world().store.last_event().await.unwrap();
            // the decision's page says what rests on it, and undoes it
            browser.open(&format!("/ko/decisions/{}", merges[2].id)).await;
            browser.until("document.querySelector('[data-key~=undo]')").await;
            browser.press("KeyU", Typing::Hangul).await;
            browser.until("location.search.includes('undid=')").await;
            let after = stand.answers().await;
            let states: Vec<&str> = after.iter().take(5).map(|d| d.state.as_str()).collect();
            assert_eq!(states[2], "undone");
            assert_eq!(states.iter().filter(|s| **s != "undone").count(), 4);
            // consumers are told, and an id that was retired answers for itself again
            let events = stand.world().store.events(cursor, 100).await.unwrap();
            assert!(events.iter().any(|e| e.kind == "split" || e.kind == "restore"), "{events:?}");
            let still = retired(&stand).await;
            assert_eq!(before.len(), still.len() + 1, "one id is back, the others still lead elsewhere");
            let back = before.iter().find(|pair| !still.contains(pair)).unwrap();
            let mut plain = Plain::of(stand.world());
            assert_eq!(plain.get(&format!("/v1/vacancies/{}", back.0)).await.status, 200);
            for (old, survivor) in &still {
                let seen = plain.get(&format!("/v1/vacancies/{old}")).await;
                assert_eq!(
                    (seen.status.as_u16(), seen.header("location")),
                    (301, format!("/v1/vacancies/{survivor}").as_str())
                );
            }
        })
        .await;
    });
}

/// Ids that lead elsewhere, and where.
async fn retired(stand: &Stand) -> Vec<(String, String)> {
    let store = &stand.world().store;
    let mut pairs = Vec::new();
    for p in store.postings_after(i64::MIN, 100_000).await.unwrap() {
        if p.vacancy != p.id && store.vacancy(p.id).await.unwrap().is_some_and(|v| v.state == "merged") {
            let name = |id: i64| hub::view::VacancyId(id).to_string();
            pairs.push((name(p.id), name(p.vacancy)));
        }
    }
    pairs
}

#[test]
fn of_two_people_the_second_gets_another_case_and_who_was_too_slow_sees_what_changed() {
    on_stand(|stand| async move {
        let cases = stand.duplicates(4).await;
        let base = stand.base.clone();
        in_browser("two_people", Setup::KOREAN, &base, move |browser| async move {
            log_in(&browser, "ko", "haneul").await;
            browser.open("/ko/cases/next").await;
            browser.until(READY).await;
            let mine = browser.path().await.rsplit('/').next().unwrap().to_owned();
            assert!(cases.contains(&mine));
            let mut other = Plain::of(stand.world());
            other.log_in("garam").await;
            let theirs = other.get("/ko/cases/next").await.header("location").to_owned();
            assert!(theirs.starts_with("/ko/cases/c") && !theirs.ends_with(&mine), "{theirs}");
            let looked = other.get(&format!("/ko/cases/{mine}")).await;
            assert!(
                looked.text.contains("haneul") && !looked.text.contains("id=\"decide\""),
                "it can be looked at only"
            );
            // time runs out, somebody else decides it
            stand.minutes_later(11);
            let page = other.get(&format!("/ko/cases/{mine}")).await.text;
            let field = |name: &str| {
                let at = page.find(&format!("name=\"{name}\" value=\"")).unwrap() + name.len() + 15;
                page[at..].split('"').next().unwrap().to_owned()
            };
            let (token, shown) = (field("token"), field("shown"));
            let fields = [("verb", "distinct"), ("token", token.as_str()), ("shown", shown.as_str())];
            assert_eq!(other.act(&format!("/ko/cases/{mine}"), &fields).await.status, 303);
            browser.press("KeyM", Typing::Hangul).await;
            browser.press("Enter", Typing::Latin).await;
            browser.until("document.querySelector('.notice.bad table')").await;
            let told = browser.text("document.querySelector('.notice.bad').innerText").await;
            assert!(told.contains("garam"), "{told}");
            focus_is_somewhere(&browser, "being refused").await;
            let verbs: Vec<String> = stand.answers().await.iter().map(|d| d.verb.clone()).collect();
            assert_eq!(verbs, ["distinct"], "the first one's answer was not taken");
        })
        .await;
    });
}

#[test]
fn a_bulk_rule_does_what_its_dry_run_said_and_one_undo_takes_all_back() {
    on_stand(|stand| async move {
        stand.duplicates(8).await;
        let base = stand.base.clone();
        in_browser("a_bulk_rule", Setup::KOREAN, &base, move |browser| async move {
            let before = state(&stand).await;
            log_in(&browser, "ko", "haneul").await;
            browser.open("/ko/bulk/new?family=duplicate").await;
            browser.choose("#verb", "distinct").await;
            browser.choose("#reason", "other_requisition").await;
            browser.click("button[value=try]").await;
            browser.until("document.querySelector('button[value=propose]')").await;
            assert_eq!(browser.js("document.querySelectorAll('.samples li').length").await, 8);
            assert_eq!(state(&stand).await, before, "a dry run does nothing");
            browser.click("button[value=propose]").await;
            browser.until("document.querySelector('button[value=approve]')").await;
            browser.click("button[value=approve]").await;
            browser.until("document.querySelector('button[value=undo]')").await;
            let answers = stand.answers().await;
            assert_eq!(answers.len(), 8, "as many as the dry run said");
            assert!(answers.iter().all(|d| d.verb == "distinct" && d.batch == Some(1)));
            browser.click("button[value=undo]").await;
            browser.until("!document.querySelector('button[value=undo]')").await;
            assert!(stand.answers().await.iter().all(|d| d.state == "undone"));
            assert_eq!(state(&stand).await, before, "byte for byte");
        })
        .await;
    });
}

/// What decisions may change, as text: everything but the events, which tell of every change, and counters of change.
async fn state(stand: &Stand) -> String {
    let text = dump(&stand.world().store).await;
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("event ")).collect();
    let standing = stand.world().store.all_standing().await.unwrap();
    format!("{}\n{standing:?}", kept.join("\n"))
}

#[test]
fn a_feed_that_lost_most_of_its_rows_closes_nothing_until_two_people_say_so() {
    on_stand(|stand| async move {
        let dropped = portals::Quirk::RowDrop { share: 0.71 };
        stand.stage.fleet().set_quirk("saramin", Some(dropped));
        let open = stand.stage.postings("saramin", "open").await;
        let report = stand.stage.sync("saramin").await;
        assert_eq!(report.state, "guarded", "{report:?}");
        let base = stand.base.clone();
        in_browser("a_tripwire", Setup::KOREAN, &base, move |browser| async move {
            let count = || async { stand.stage.postings("saramin", "open").await };
            assert_eq!(count().await, open);
            log_in(&browser, "ko", "haneul").await;
            browser.open("/ko/cases/next?family=tripwire").await;
            browser.until(READY).await;
            let case = browser.path().await.split('?').next().unwrap().to_owned();
            // a reason is asked for, and Enter without one does nothing
            browser.press("KeyF", Typing::Hangul).await;
            browser.until("document.querySelector('#verb-release').checked").await;
            browser.press("Enter", Typing::Latin).await;
            browser.until("document.activeElement.id === 'reason'").await;
            browser.choose("#reason", "real_drop").await;
            browser.click("#decide button[type=submit]").await;
            browser.until(&format!("{DID} > 0")).await;
            assert_eq!(count().await, open, "one person is not enough");
            // the same person cannot be the second
            browser.open(&case).await;
            browser.until("document.querySelector('.second')").await;
            assert_eq!(browser.js("document.querySelector('button[value=approve]') === null").await, true);
            browser.click("form[action$='/logout'] button").await;
            browser.until("location.pathname.endsWith('/login')").await;
            log_in(&browser, "ko", "garam").await;
            browser.open(&case).await;
            browser.until("document.querySelector('button[value=approve]')").await;
            browser.click("button[value=approve]").await;
            browser.until(&format!("{DID} > 0")).await;
            let left = count().await;
            assert!(left < open / 2, "{left} of {open} are open after two people let them close");
        })
        .await;
    });
}

/// Every page of the console with something on it.
async fn pages(stand: &Stand) -> Vec<String> {
    let duplicates = stand.duplicates(3).await;
    let mut pages: Vec<String> = [
        "/queue",
        "/queue/waiting",
        "/queue?family=filled",
        "/decisions",
        "/bulk",
        "/bulk/new?family=duplicate",
        "/vacancies",
        "/vacancies?q=zzzz",
        "/health",
        "/runs",
        "/trend",
        "/partner",
        "/onboarding",
        "/people",
        "/settings",
        "/help",
        "/audit",
        "/nowhere",
    ]
    .map(str::to_owned)
    .to_vec();
    pages.extend(duplicates.iter().take(1).map(|case| format!("/cases/{case}")));
    for family in [Family::Conflict, Family::Suspicious, Family::Filled] {
        pages.push(format!("/cases/{}", stand.one(family).await));
    }
    let (a, b) = stand.pairs(1).await[0];
    let who = lead("dodam");
    let question = review::by_hand(stand.world(), Family::Duplicate, a, Some(b), "test").await.unwrap();
    let leased = review::raise(stand.world(), &who, &question, None).await.unwrap();
    let answer = review::Answer { reason: "same_job".into(), screen_ms: 9_000, ..review::Answer::default() };
    let outcome = review::decide(stand.world(), &who, leased.case, answer).await.unwrap();
    pages.push(format!("/decisions/{}", outcome.decision));
    pages.push(format!("/cases/{}?did={}", case_name(outcome.case), outcome.decision));
    let posting = stand.world().store.posting(a).await.unwrap().unwrap();
    pages.push(format!("/vacancies/{}", hub::view::VacancyId(posting.vacancy)));
    pages.push(format!("/postings/{}", hub::view::PostingId(a)));
    let run = stand.world().store.runs(None, 1).await.unwrap()[0].id;
    pages.extend([format!("/runs/{run}"), "/sources/saramin".to_owned()]);
    pages
}

#[test]
fn every_page_can_be_used_by_everybody_in_both_languages_themes_and_sizes() {
    on_stand(|stand| async move {
        let base = stand.base.clone();
        let pages = pages(&stand).await;
        person(stand.world(), "everything", &[Role::Lead, Role::Operator, Role::Admin]).await;
        in_browser("every_page_can_be_used_by_everybody", Setup::KOREAN, &base, move |browser| async move {
            let mut wrong: Vec<String> = Vec::new();
            browser.open("/ko/login").await;
            wrong.extend(browser.axe().await.into_iter().map(|w| format!("/login {w}")));
            log_in(&browser, "ko", "everything").await;
            for (lang, theme, screen) in [
                ("ko", "light", Screen::WIDE),
                ("en", "contrast", Screen::NARROW),
                ("ko", "contrast", Screen::ZOOMED),
                ("en", "light", Screen::ZOOMED),
            ] {
                stand.choose("everything", |choices| choices.theme = Some(theme.to_owned())).await;
                browser.screen(screen).await;
                for page in &pages {
                    browser.open(&format!("/{lang}{page}")).await;
                    let at = format!("/{lang}{page} {theme} {}", screen.0);
                    assert_eq!(browser.text("document.documentElement.lang").await, lang, "{at}");
                    wrong.extend(browser.axe().await.into_iter().map(|w| format!("{at}: {w}")));
                    let name: String =
                        page.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(24).collect();
                    browser.keep_picture(&format!("{lang}-{theme}-{}{name}", screen.0)).await;
                    if browser.sticks_out().await {
                        wrong.push(format!("{at}: sticks out sideways"));
                    }
                    if lang == "en"
                        && browser
                            .js("/[가-힣]/.test(document.querySelector('header').innerText.replace(/한국어/, ''))")
                            .await
                            == true
                    {
                        wrong.push(format!("{at}: Korean words in the English frame"));
                    }
                }
            }
            wrong.sort();
            wrong.dedup();
            assert!(wrong.is_empty(), "{} violations:\n{}", wrong.len(), wrong.join("\n"));
        })
        .await;
    });
}
