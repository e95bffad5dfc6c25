//! What `source check` and `source test` say.

use crate::check;
use crate::contract::{self, Sample};
use crate::tests::reading::{answer, first, source};

const SOURCE: &str = "[decoder]\nformat = \"json\"\n[record_selector]\nrows = \"$.r\"\ntotal = \"$.t\"\nskip = { ad = \"Y\" }\n[fields]\n\
    external_id = \"$.i\"\ntitle = { path = \"$.a\", or = [\"$.b\"] }\nclose_type = { path = \"$.c\", codes = \"x.close\" }\n[transformations]\ntitle = [\"squeeze\"]";

const PAGE: &str = "{\"t\":4,\"r\":[{\"i\":1,\"b\":\" 가  나 \",\"c\":\"1\"},{\"i\":2,\"a\":\"다\",\"c\":\"7\"},{\"a\":\"라\"},{\"i\":9,\"ad\":\"Y\"}]}";

#[test]
fn a_page_is_explained_field_by_field() {
    let source = source(SOURCE);
    let explained = check::explain(&source, &first(&source), &answer(PAGE)).unwrap();
    let lines: Vec<String> = explained
        .fields
        .iter()
        .map(|f| {
            let shown = |t: &Option<String>| t.clone().unwrap_or_else(|| "-".to_owned());
            format!(
                "{} | {} | {} | {} | {}/{}",
                f.field,
                f.path,
                shown(&f.found),
                shown(&f.given),
                f.with,
                f.with + f.without
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    external_id | $.i | 1 | 1 | 2/2
    title | $.a or $.b |  가  나  | 가 나 | 2/2
    close_type | $.c | 1 | by_date | 2/2
    ");
    assert_eq!((explained.rows, explained.rejects, explained.skipped, explained.total), (3, 1, 1, Some(4)));
    assert_eq!(explained.why_rejected, ["row 2: the row has no id"]);
    let codes = &explained.profile.fields[&crate::RawField::CloseType].unknown_codes;
    assert_eq!(codes.iter().collect::<Vec<_>>(), ["7"]);
    assert!(check::explain(&source, &first(&source), &answer("{}")).is_err());
}

#[test]
fn the_contract_names_what_a_source_does_not_keep() {
    let source = source(SOURCE);
    let sample = |name: &str, body: &str, snapshot: Option<&str>| Sample {
        name: name.to_owned(),
        body: body.as_bytes().to_vec(),
        snapshot: snapshot.map(str::to_owned),
    };
    let said = |sample: Sample| {
        contract::check(&source, &[sample]).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let good = "{\"t\":1,\"r\":[{\"i\":1,\"a\":\"가\"}]}";
    let kept = contract::snapshot(&source, &sample("page-1.json", good, None));
    assert_eq!(kept, "rows 1 rejects 0 skipped 0 total 1\nnext none\nrow 0\n  external_id = 1\n  title = 가\n");
    for (name, body, snapshot, want) in [
        ("page-1.json", good, Some(kept.as_str()), ""),
        (
            "page-1.json",
            good,
            Some("rows 2\n"),
            "page-1.json: differs from its snapshot: line 1 was `rows 2`, is `rows 1 rejects 0 skipped 0 total 1`",
        ),
        ("page-1.json", PAGE, None, "page-1.json: row 2 is rejected: the row has no id"),
        (
            "page-1.json",
            "{\"t\":2,\"r\":[{\"i\":1,\"a\":\"가\"},{\"i\":1,\"a\":\"가\"}]}",
            None,
            "page-1.json: the id `1` stands twice",
        ),
        ("page-1.json", "{\"t\":1,\"r\":[{\"i\":1}]}", None, "page-1.json: row 0 has no title"),
        ("page-1.json", "{\"t\":0,\"r\":[]}", None, "page-1.json: no postings"),
        ("page-1.json", "<x/>", None, "page-1.json: cannot be read: format: XML (`x`) where json was expected"),
        ("empty-1.json", "{\"t\":0,\"r\":[]}", None, ""),
        (
            "empty-1.json",
            "{\"e\":1}",
            None,
            "empty-1.json: an empty list is taken for a failure: format: no rows where rows were expected: no rows",
        ),
        ("error-1.json", good, None, "error-1.json: a failure is taken for a page with 1 rows"),
        ("error-1.json", "{\"e\":1}", None, ""),
        ("notes.md", "anything", None, ""),
    ] {
        assert_eq!(said(sample(name, body, snapshot)), want, "{name} {body}");
    }
}

#[test]
fn a_csv_that_hides_its_cut_is_forgiven_and_an_html_that_does_not_is_not() {
    let html = source(
        "[decoder]\nformat = \"html\"\n[record_selector]\nrows = \"li\"\n[fields]\nexternal_id = \"a@href\"\ntitle = \"a\"",
    );
    let page = "<html><body><ul><li><a href=1>가</a></li><li><a href=2>나</a></li></ul></body></html>";
    let sample = Sample { name: "page-1.html".to_owned(), body: page.as_bytes().to_vec(), snapshot: None };
    assert_eq!(contract::check(&html, &[sample]), []);
}
