//! What a manifest may not say, and the words it is told so with.

use crate::tests::reading::try_source;

const GOOD: &str = "[decoder]\nformat = \"json\"\n[record_selector]\nrows = \"$.r\"\n[fields]\nexternal_id = \"i\"\n";

#[test]
fn wrong_manifests_are_refused_with_what_was_meant() {
    let with = |more: &str| format!("{GOOD}{more}");
    let table: Vec<(String, &str)> = vec![
        (with("[paginater]\ntype = \"none\""), "x: `paginater`: this key is not known here; did you mean `paginator`?"),
        (
            with("[paginator]\ntype = \"page_incremnt\""),
            "x: `paginator.type`: `page_incremnt` is not one of its words; did you mean `page_increment`?",
        ),
        (with("[paginator]\nsizes = 3"), "x: `paginator.sizes`: this key is not known here; did you mean `size`?"),
        (
            with("[paginator]\nsize = \"a\""),
            "x: `paginator.size`: invalid type: string \"a\", expected u32; see docs/source-language.md",
        ),
        (
            with("[transformations]\ntitel = [\"trim\"]"),
            "x: `transformations.titel`: there is no such field; did you mean `title`?",
        ),
        (
            with("[transformations]\nexternal_id = [\"trimm\"]"),
            "x: `transformations.external_id`: `trimm` is no transformation; did you mean `trim`?",
        ),
        (
            with("[transformations]\ntitle = [\"trim\"]"),
            "x: `transformations.title`: no such field is read; drop it or add the field",
        ),
        (GOOD.replace("external_id", "titel"), "x: `fields.titel`: there is no such field; did you mean `title`?"),
        (
            GOOD.replace("external_id", "title"),
            "x: `fields.external_id`: a posting needs an id; give a path, `composite`, or `hash_of` where the source has no id",
        ),
        (
            GOOD.replace("\"i\"", "{ path = \"i\", code = \"x.y\" }"),
            "x: `fields.external_id.code`: this key is not known here; did you mean `codes`?",
        ),
        (
            GOOD.replace("\"i\"", "{ path = \"i\", codes = \"x.y\" }"),
            "x: `fields.external_id.codes`: there is no table `x.y`; add adapters/codes/x.y.tsv",
        ),
        (
            GOOD.replace("\"i\"", "{ path = \"i\", value = \"1\" }"),
            "x: `fields.external_id`: a field needs exactly one of path, paths, composite, hash_of and value; keep one",
        ),
        (GOOD.replace("json", "jsn"), "x: `decoder.format`: `jsn` is not one of its words; did you mean `json`?"),
        (GOOD.replace("$.r", "$.r["), "x: `record_selector.rows`"),
        (GOOD.replace("json", "xml").replace("\"i\"", "\"a b\""), "x: `record_selector.rows`"),
        (
            with("[requester]\nurl = \"https://{param.hots}/\""),
            "x: `requester.url`: `params` has no `hots`; none are known here",
        ),
        (
            with("[requester]\nurl = \"https://x.kr/{pagee}\""),
            "x: `requester.url`: `{pagee}` is no value of this language; did you mean `page`?",
        ),
        (
            with("[requester]\nurl = \"https://x.kr/{slice.region}\""),
            "x: `requester`: `{slice.region}` is no value of [slices]; none are known here",
        ),
        (
            with("[requester]\nurl = \"https://{slice.host}/\""),
            "x: `requester.url`: no fixed `http(s)://host/`; templates may stand in path and query only",
        ),
        (
            with("[requester]\nurl = \"file:///etc/passwd\""),
            "x: `requester.url`: no fixed `http(s)://host/`; templates may stand in path and query only",
        ),
        (
            with("[requester]\nurl = \"https://x.kr/\"\nquery = { a = \"{since:%Q}\" }"),
            "x: `requester.query.a`: `%Q` is no date format; write one such as %Y-%m-%d or %Y%m%d",
        ),
        (
            with("[requester]\nurl = \"https://x.kr/\"\nquery = { n = \"{size}\" }"),
            "x: `paginator.size`: `{size}` or `{end}` is used but not given; add it",
        ),
        (
            with("[detail]\nurl = \"https://x.kr/{row.id}\"\n[detail.fields]\ntitle = \"t\""),
            "x: `detail.url`: `{row.id}` names no field; known:",
        ),
        (
            with("[[error_handler]]\nwhen = \"$.c\""),
            "x: `error_handler[0].map`: `when` and `map` belong together; give both or neither",
        ),
        (
            with("[[error_handler]]\nwhen = \"$.c\"\nmap = { \"1\" = \"auht\" }"),
            "`auht` is not one of its words; did you mean `auth`?",
        ),
        (
            format!("wire = \"guess\"\n{GOOD}"),
            "x: `guess`: this key is missing; say what is guessed, since `wire` is not `established`",
        ),
        (
            format!("family = \"bord\"\n{GOOD}"),
            "x: `family`: there is no family `bord`; add adapters/sources/families/bord.toml",
        ),
        (with("[slices]\ntype = \"values\"\nname = \"a\""), "x: `slices.values`: this key is missing"),
        (with("[pace]\nper_second = 0.0"), "x: `pace.per_second`: 0 is no rate"),
    ];
    for (manifest, want) in table {
        match try_source(&manifest) {
            Ok(_) => panic!("taken: {manifest}"),
            Err(error) => assert!(error.to_string().contains(want), "{manifest}\n{error}\nwanted {want}"),
        }
    }
    if let Err(error) = try_source(GOOD) {
        panic!("{error}");
    }
}

#[test]
fn schedules_have_six_fields_and_weekdays_by_name() {
    for (schedule, good) in [
        ("0 */15 * * * *", true),
        ("0 0 2,14 * * MON-FRI", true),
        ("30 5 4 1 * ?", true),
        ("*/15 * * * *", false),
        ("0 0 25 * * *", false),
        ("0 0 2 * * 1", false),
        ("0 0/0 2 * * *", false),
        ("x 0 2 * * *", false),
    ] {
        let text = format!(
            "name = \"x\"\ntitle = \"x\"\nclass = \"local\"\nowner = \"x\"\nschedule = \"{schedule}\"\n[requester]\nurl = \"https://x.kr/\"\n{GOOD}"
        );
        let parsed = crate::Source::parse(&text, &|_| None, &|_| None);
        assert_eq!(parsed.is_ok(), good, "{schedule}: {:?}", parsed.err().map(|e| e.to_string()));
    }
}
