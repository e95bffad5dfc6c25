//! The console's texts: Fluent files compiled in, Korean first. One file a screen and language; all of a language are one
//! bundle, so that keys carry the name of their screen.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

macro_rules! files {
    ($lang:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../assets/words/", $lang, "/", $name, ".ftl")))),*]
    };
}

/// Korean files, by screen.
const KO: &[(&str, &str)] = files!["ko":
    "frame",
    "entry",
    "queue",
    "case",
    "decision",
    "bulk",
    "vacancy",
    "values",
    "evidence",
    "keys",
    "health",
    "source",
    "onboarding",
    "run",
    "trend",
    "partner",
    "audit",
    "settings",
    "person",
    "contact",
];
/// English files, the same screens in the same order.
const EN: &[(&str, &str)] = files!["en":
    "frame",
    "entry",
    "queue",
    "case",
    "decision",
    "bulk",
    "vacancy",
    "values",
    "evidence",
    "keys",
    "health",
    "source",
    "onboarding",
    "run",
    "trend",
    "partner",
    "audit",
    "settings",
    "person",
    "contact",
];

/// A language of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lang {
    /// Korean, the first.
    Ko,
    /// English.
    En,
}

impl Lang {
    /// Both.
    pub(crate) const ALL: [Lang; 2] = [Lang::Ko, Lang::En];

    /// Its tag, as in addresses and `lang=`.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Lang::Ko => "ko",
            Lang::En => "en",
        }
    }

    /// The other one.
    pub(crate) fn other(self) -> Lang {
        match self {
            Lang::Ko => Lang::En,
            Lang::En => Lang::Ko,
        }
    }

    /// The language of a tag.
    pub(crate) fn of(tag: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|lang| lang.tag() == tag)
    }

    /// The first language of an `Accept-Language` header that we have; Korean where there is none.
    pub(crate) fn accepted(header: &str) -> Lang {
        let tags = header.split(',').filter_map(|range| range.split([';', '-']).next());
        tags.filter_map(|tag| Lang::of(&tag.trim().to_ascii_lowercase())).next().unwrap_or(Lang::Ko)
    }
}

struct Words {
    ko: FluentBundle<FluentResource>,
    en: FluentBundle<FluentResource>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| Words { ko: bundle("ko", KO), en: bundle("en", EN) });

fn bundle(tag: &str, files: &[(&str, &str)]) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(tag.parse().into_iter().collect());
    // isolation marks would be copied along with ids and figures
    bundle.set_use_isolating(false);
    for (_, text) in files {
        // a test reads every file strictly; here what can be used is used
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The text of a key with its arguments; the key itself where there is none, so that a gap is seen and harms nothing.
pub(crate) fn say(lang: Lang, key: &str, args: &[(&str, Cow<'_, str>)]) -> String {
    let bundle = match lang {
        Lang::Ko => &WORDS.ko,
        Lang::En => &WORDS.en,
    };
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        tracing::warn!(key, lang = lang.tag(), "a text is missing");
        return key.to_owned();
    };
    let mut given = FluentArgs::new();
    for (name, value) in args {
        // a whole number chooses its plural form
        let value = match value.parse::<i64>() {
            Ok(number) => FluentValue::from(number),
            Err(_) => FluentValue::from(value.clone().into_owned()),
        };
        given.set((*name).to_owned(), value);
    }
    bundle.format_pattern(pattern, Some(&given), &mut Vec::new()).into_owned()
}

/// Whether there is a text for a key.
pub(crate) fn has(lang: Lang, key: &str) -> bool {
    match lang {
        Lang::Ko => WORDS.ko.has_message(key),
        Lang::En => WORDS.en.has_message(key),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Key → the arguments its text uses.
    fn keys(files: &[(&str, &str)]) -> BTreeMap<String, BTreeSet<String>> {
        let mut keys = BTreeMap::new();
        for (name, text) in files {
            let resource = FluentResource::try_new((*text).to_owned());
            assert!(resource.is_ok(), "{name}.ftl: {:?}", resource.err().map(|(_, errors)| errors));
            let mut key = String::new();
            for line in text.lines() {
                if let Some((before, _)) =
                    line.split_once(" =").filter(|(k, _)| !k.is_empty() && !k.starts_with([' ', '#']))
                {
                    key = before.trim().to_owned();
                    assert!(keys.insert(key.clone(), BTreeSet::new()).is_none(), "{name}.ftl says {key} twice");
                }
                for (at, _) in line.match_indices('$') {
                    let rest = &line[at + 1..];
                    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                    keys.entry(key.clone()).or_default().insert(rest[..end].to_owned());
                }
            }
        }
        for args in keys.values_mut().filter(|args| args.contains("count")) {
            // the number that chooses a plural, which only one of the languages has
            args.remove("n");
        }
        keys
    }

    #[test]
    fn both_languages_say_the_same_keys_with_the_same_arguments() {
        let (ko, en) = (keys(KO), keys(EN));
        for (key, args) in &ko {
            assert_eq!(en.get(key), Some(args), "{key} in English");
        }
        let only_english: Vec<_> = en.keys().filter(|key| !ko.contains_key(*key)).collect();
        assert!(only_english.is_empty(), "{only_english:?}");
    }

    #[test]
    fn every_key_that_templates_and_handlers_name_is_there() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let ko = keys(KO);
        let mut missing = Vec::new();
        for folder in ["templates", "src/console"] {
            for entry in std::fs::read_dir(root.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                if !path.is_file() || path.ends_with("words.rs") {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for call in [
                    "page.say(\"",
                    "page.count(\"",
                    "page.put(\"",
                    "page.put2(\"",
                    "page.put_both(\"",
                    "page.put_all(\"",
                ] {
                    for (at, _) in text.match_indices(call) {
                        let rest = &text[at + call.len()..];
                        let key = rest.split('"').next().unwrap_or_default();
                        if !ko.contains_key(key) {
                            missing.push(format!("{}: {key}", path.file_name().unwrap_or_default().display()));
                        }
                    }
                }
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }

    #[test]
    fn the_browser_is_asked_for_its_language() {
        for (header, want) in [
            ("", Lang::Ko),
            ("en-US,en;q=0.9,ko;q=0.8", Lang::En),
            ("ko-KR,ko;q=0.9", Lang::Ko),
            ("fr, EN;q=0.5", Lang::En),
            ("fr", Lang::Ko),
        ] {
            assert_eq!(Lang::accepted(header), want, "{header}");
        }
    }
}
