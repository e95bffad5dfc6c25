//! What holds for any input: nothing panics, JSON keeps its spelling, a cut page is never a whole one.

use proptest::prelude::*;

use crate::json::Node;
use crate::tests::reading::{answer, first, source};
use crate::{Adapter as _, Answer, Row};

/// JSON texts with numbers as odd as sources write them.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,6})?([eE][+-]?[0-9]{1,2})?",
        "[가-힣a-z &<>]{0,12}".prop_map(|t| format!("\"{t}\"")),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(("[a-c]{1,2}", inner), 0..6).prop_map(|members| {
                let members: Vec<String> = members.into_iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn json_is_given_back_as_it_was_spelled(text in json()) {
        prop_assert_eq!(Node::parse(&text).unwrap().to_json(), text);
    }

    #[test]
    fn a_cut_of_json_is_never_json(text in json().prop_filter("a container", |t| t.starts_with(['[', '{'])), at in 0.0f64..1.0) {
        let cut = (text.len() as f64 * at) as usize;
        if text.is_char_boundary(cut) {
            prop_assert!(Node::parse(&text[..cut]).is_err());
        }
    }

    #[test]
    fn no_bytes_make_a_format_panic(
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"<>/=\"'{}[]:,& \n\r\tai;-!?#0".to_vec())], 0..400),
        format in prop::sample::select(vec!["json", "jsonl", "xml", "html", "csv", "feed", "sitemap", "jsonld"]),
    ) {
        let rows = match format {
            "xml" => "rows = \"//a\"",
            "html" => "rows = \"*\"",
            _ => "",
        };
        let source = source(&format!("[decoder]\nformat = \"{format}\"\n[record_selector]\n{rows}\n[fields]\nexternal_id = \"a\"\ntitle = \"i\""));
        let _ = source.read(&first(&source), &Answer { body: &bytes, ..answer("") });
    }

    #[test]
    fn a_cut_list_of_xml_is_never_a_whole_one(rows in 1usize..12, at in 0.0f64..1.0) {
        let source = source("[decoder]\nformat = \"xml\"\n[record_selector]\nrows = \"r/a\"\n[fields]\nexternal_id = \"i\"");
        let page: String = (0..rows).map(|i| format!("<a><i>{i}</i><t>x &amp; y</t></a>")).collect();
        let page = format!("<?xml version='1.0'?><r>{page}</r>");
        let cut = (page.len() as f64 * at) as usize;
        prop_assert!(source.read(&first(&source), &answer(&page[..cut])).is_err());
        let whole = source.read(&first(&source), &answer(&page)).unwrap();
        prop_assert_eq!(whole.rows.iter().filter(|r| matches!(r, Row::Posting(_))).count(), rows);
    }
}
