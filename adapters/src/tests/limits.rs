//! Every limit is met once, and the words it is told with name it.

use crate::json::Node;
use crate::tests::reading::{answer, first, line, source, try_source};
use crate::{Adapter as _, Answer, At, Row};

fn json(parts: &str) -> crate::Source {
    source(&format!(
        "[decoder]\nformat = \"json\"\n[record_selector]\nrows = \"$.r\"\n[fields]\nexternal_id = \"i\"\n{parts}"
    ))
}

#[test]
fn json_deeper_than_its_limit_is_refused() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let max = crate::json::DEPTH_MAX as usize;
    assert!(Node::parse(&deep(max)).is_ok());
    assert_eq!(Node::parse(&deep(max + 1)).unwrap_err(), format!("more than {max} levels of JSON"));
    assert!(Node::parse(&"[".repeat(1_000_000)).is_err());
}

#[test]
fn manifests_regexes_hosts_and_sizes_have_limits() {
    let good = "[decoder]\nformat = \"json\"\n[fields]\nexternal_id = \"i\"\n";
    let hosts: Vec<String> = (0..60).map(|i| format!("\"h{i}.kr\"")).collect();
    for (manifest, want) in [
        (format!("{good}# {}", "x".repeat(crate::source::family::MANIFEST_BYTES_MAX)), "more than 262144 bytes"),
        (
            format!("{good}[transformations]\nexternal_id = [\"take:(x{{1000}}{{1000}}{{1000}})\"]"),
            "regular expression",
        ),
        (format!("[requester]\nurl = \"https://x.kr/\"\nhosts = [{}]\n{good}", hosts.join(",")), "more than 50 hosts"),
        (format!("{good}[paginator]\nsize = 100001"), "no page has so many rows"),
        (good.replace("\"json\"", "\"json\"\nentities = 4"), "more than 3"),
    ] {
        let error = try_source(&manifest).unwrap_err().to_string();
        assert!(error.contains(want), "{error}");
    }
}

#[test]
fn rejects_messages_fields_and_cursors_are_cut_or_refused() {
    let long = "가".repeat(crate::page::REJECT_BYTES_MAX);
    let page = json("").read(&first(&json("")), &answer(&format!("{{\"r\":[{{\"x\":\"{long}\"}}]}}"))).unwrap();
    let Row::Reject(reject) = &page.rows[0] else { panic!("not rejected") };
    assert!(reject.raw.len() <= crate::page::REJECT_BYTES_MAX && reject.raw.len() > crate::page::REJECT_BYTES_MAX - 4);

    let said = json("[[error_handler]]\nwhen = \"$.c\"\nmap = { \"*\" = \"retry\" }\nmessage = \"$.m\"");
    let error =
        said.read(&first(&said), &answer(&format!("{{\"c\":1,\"m\":\"{}\"}}", "말 ".repeat(5000)))).unwrap_err();
    assert_eq!(error.message.chars().count(), crate::envelope::MESSAGE_CHARS_MAX);

    let huge = "x".repeat(crate::field::FIELD_BYTES_MAX + 10);
    let titled = source(
        "[decoder]\nformat = \"json\"\n[record_selector]\nrows = \"$\"\n[fields]\nexternal_id = \"i\"\ntitle = \"t\"",
    );
    let page = titled.read(&first(&titled), &answer(&format!("[{{\"i\":1,\"t\":\"{huge}\"}}]"))).unwrap();
    let Row::Posting(posting) = &page.rows[0] else { panic!("rejected") };
    assert_eq!(posting.get(crate::RawField::Title).map(str::len), Some(crate::field::FIELD_BYTES_MAX));

    let cursored = json("[paginator]\ntype = \"cursor\"\ncursor = \"$.n\"");
    let long = "c".repeat(crate::paging::CURSOR_BYTES_MAX + 1);
    let got = line(cursored.read(&first(&cursored), &answer(&format!("{{\"r\":[{{\"i\":1}}],\"n\":\"{long}\"}}"))));
    assert_eq!(got, "format: a cursor of more than 8192 bytes");
}

#[test]
fn a_slice_ends_at_its_page_limit_and_says_so() {
    let limited = json("[paginator]\ntype = \"page_increment\"\nmax = 2");
    let next = limited.read(&first(&limited), &answer("{\"r\":[{\"i\":1}]}")).unwrap().next.unwrap();
    assert_eq!(line(limited.read(&next, &answer("{\"r\":[{\"i\":2}]}"))), "2 incomplete: page limit of 2 reached");
    let text = serde_json::to_string(&next.at).unwrap();
    assert_eq!(serde_json::from_str::<At>(&text).unwrap(), next.at, "a place survives being kept");
}

#[test]
fn bombs_and_oversized_pages_are_refused_before_they_are_read() {
    use std::io::Write as _;
    let sitemap = source("[decoder]\nformat = \"sitemap\"\n[fields]\nexternal_id = \"loc\"");
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let block = vec![b' '; 1 << 20];
    for _ in 0..=(crate::sitemap::UNPACKED_BYTES_MAX >> 20) {
        packer.write_all(&block).unwrap();
    }
    let bomb = packer.finish().unwrap();
    let got = line(sitemap.read(&first(&sitemap), &Answer { body: &bomb, ..answer("") }));
    assert!(got.contains("bytes unpacked"), "{got}");
    let html = source("[decoder]\nformat = \"html\"\n[record_selector]\nrows = \"li\"\n[fields]\nexternal_id = \"a\"");
    let large = "<p>".repeat(crate::html::HTML_BYTES_MAX / 3 + 1);
    assert!(line(html.read(&first(&html), &answer(&large))).contains("bytes of HTML"));
}
