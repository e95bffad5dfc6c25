//! The fast HTML tree gives what the real parser gives, or nothing.

use std::path::Path;

use proptest::prelude::*;
use scraper::{ElementRef, Html, Selector};

use crate::html::quick::Tree;
use crate::html::quick::selector::QuickSelector;
use crate::html::{HtmlRow, text_of};

const SELECTORS: &[&str] = &[
    "*",
    "div",
    "td",
    "a[href]",
    ".row",
    "div.row > a",
    "table tr td",
    "tr > td:first-child",
    "li + li",
    "h1 + p",
    "tbody > tr",
    "td:nth-child(2)",
    "tr:not(.notice)",
    "p, a, b",
    "[class^=c]",
    "[data-x='1']",
    "#view td.c1",
    "li:last-child",
    "td:nth-child(odd)",
    "script",
    "title",
    "div div",
    "[id$=w]",
    "[class~=row]",
    "td:nth-child(2n+1)",
    "form",
    "option",
    ".row .row b",
    "div > .row .c1",
    "div div > b span",
    "li + li + li",
    "table .row > td",
    "li:not(:first-child)",
];

/// What every selector finds, each with its text, markup and `href`.
fn compare(page: &str) -> Result<bool, String> {
    let Some(tree) = Tree::parse(page) else { return Ok(false) };
    let html = Html::parse_document(page);
    for css in SELECTORS {
        let full = Selector::parse(css).map_err(|e| e.to_string())?;
        let quick = QuickSelector::parse(css).ok_or_else(|| format!("{css} is not quick"))?;
        let wanted: Vec<ElementRef<'_>> = html.select(&full).filter(|e| e.value().name() != "html").collect();
        let found: Vec<u32> = tree.inside(tree.root()).filter(|n| quick.matches(&tree, *n)).collect();
        if wanted.len() != found.len() {
            return Err(format!("{css}: {} by the parser, {} by the fast tree", wanted.len(), found.len()));
        }
        for (element, node) in wanted.into_iter().zip(found) {
            let row = HtmlRow::Quick(&tree, node);
            let pairs = [
                (text_of(element), row.text()),
                (element.html(), row.markup(true)),
                (element.inner_html(), row.markup(false)),
                (element.attr("href").unwrap_or("-").to_owned(), row.attribute("href").unwrap_or("-").to_owned()),
            ];
            for (want, got) in pairs {
                if want != got {
                    return Err(format!("{css}:\n{want}\n--- fast:\n{got}"));
                }
            }
        }
    }
    Ok(true)
}

fn page(body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=ko>\n<head><meta charset=utf-8><title>a &amp; b</title></head>\n<body class='x y'>{body}</body>\n</html>\n"
    )
}

#[test]
fn plain_pages_are_read_fast_and_the_same() {
    for body in [
        "",
        "<h1>제목</h1> <p>하나<br>둘 &lt;셋&gt; R&D &copy; &#44032; &#x1F600;</p><p></p>",
        "<table id=view class=row><tr class=notice><td class='c1 x'>1<td-x>y</td-x></td><td>2</td></tr>\n<tr><th>a</th></tr></table>",
        "<table><caption>c</caption><colgroup><col><col></colgroup><thead><tr><th>h</th></tr></thead><tbody><tr><td><table><tr><td>in</td></tr></table></td></tr></tbody></table>",
        "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><dl><dt>d</dt><dd>e</dd></dl>",
        "<div CLASS=row ID=view><A HREF='/v?a=1&b=2&copy=3&region=4' href=x data-x=1>링크</A><img src=/i.png /><input disabled></div>",
        "<script>if (a < b && c) { x('</div>'); }</script><style>a > b {}</style><div>&nbsp;x&nbsp;</div><!-- note -->",
        "<script><!--\nvar a = '<div>';\n//--></script><script>x = \"<!-- a -->\"</script><p>x</p>",
        "<form action=/s><select name=s><option>a</option><option value=2 selected>b</option></select><textarea>\n<b>&amp;</textarea><button>go</button></form>",
        "<div><b><i>x</i></b><span/>y</span></div><pre>\n code\n</pre><iframe src=x><p></iframe><noscript><p>n</noscript>",
    ] {
        assert_eq!(compare(&page(body)), Ok(true), "{body}");
    }
}

#[test]
fn pages_that_need_mending_are_left_to_the_parser() {
    for body in [
        "<p>a<p>b",
        "<b><i>x</b></i>",
        "<table>text<tr><td>a</td></tr></table>",
        "<ul><li>a<li>b</ul>",
        "<table><td>a</td></table>",
        "<a>x<a>y</a></a>",
        "<div>",
        "</div>",
        "<svg><path/></svg>",
        "<p><div>x</div></p>",
        "a &copy b",
        "&notit;",
        "&#128;",
        "<div a='1'b=2></div>",
        "<select><div>x</div></select>",
        "<h1><h2>x</h2></h1>",
        "<template>x</template>",
        "<td>x</td>",
        "<div a=\"x>",
        "a < b",
        "<!doctype html>",
        "<form><form></form></form>",
        "<p><table></table></p>",
        "<br></br>",
        "<!-- a -- b -->",
        "<script><!-- <script> </script> --></script>",
    ] {
        assert_eq!(compare(&page(body)), Ok(false), "{body}");
    }
    for whole in
        ["<p>no head</p>", "<html><head></head><body></body></html>", "<!doctype html><html><body></body></html>", ""]
    {
        assert_eq!(compare(whole), Ok(false), "{whole}");
    }
}

#[test]
fn pages_of_real_portals_and_samples_are_the_same_both_ways() {
    let root = std::env::var_os("JOBHUB_SHARED_DATA").map(std::path::PathBuf::from);
    let shared = root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"));
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("sources"), shared];
    let (mut fast, mut all) = (0, 0);
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|e| e.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "html" || e == "htm" || e == "txt") {
                let bytes = std::fs::read(&path).unwrap();
                if bytes.len() > 1 << 20 {
                    continue;
                }
                let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
                all += 1;
                match compare(&text) {
                    Ok(read) => fast += u32::from(read),
                    Err(why) => panic!("{}: {why}", path.display()),
                }
            }
        }
    }
    println!("{fast} of {all} pages were plain enough");
    assert!(fast > 0);
}

#[test]
fn selectors_beyond_the_fast_tree_are_known() {
    for css in [
        "a:has(b)",
        "a ~ b",
        "a:nth-last-child(2)",
        "p::before",
        "[type=text]",
        "a:hover",
        "",
        ">",
        "a >",
        "a..b",
        "[a=b i]",
        "#1",
        ":is(a)",
        "svg|a",
    ] {
        assert!(QuickSelector::parse(css).is_none(), "{css}");
    }
}

/// Snippets that nest in ways both plain and wrong.
fn markup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<div class=row>",
        "</div>",
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<a href='/x?a=1&amp;b=2'>",
        "</a>",
        "<table>",
        "</table>",
        "<tr>",
        "</tr>",
        "<td class=c1>",
        "</td>",
        "<tbody>",
        "</tbody>",
        "<ul>",
        "</ul>",
        "<li>",
        "</li>",
        "글",
        " ",
        "\n",
        "&amp;",
        "&lt;b",
        "<br>",
        "<img src=x>",
        "<h1>",
        "</h1>",
        "<!--c-->",
        "<span>",
        "</span>",
        "<script>x<y</script>",
        "<select>",
        "</select>",
        "<option>",
        "</option>",
        "<form>",
        "</form>",
        "<dl>",
        "</dl>",
        "<dt>",
        "</dt>",
        "<dd>",
        "</dd>",
        "<pre>\n",
        "</pre>",
        "<th>",
        "</th>",
        "<input>",
        "<button>",
        "</button>",
        "<em>",
        "</em>",
        "<section id=view>",
        "</section>",
        "<textarea>",
        "</textarea>",
        "<i>",
        "</i>",
        "<hr>",
    ]);
    let balanced = prop::sample::select(vec![
        "div", "p", "b", "a", "ul", "li", "table", "tr", "td", "tbody", "span", "h1", "dl", "dt", "dd", "em",
        "section", "form", "select", "option", "pre", "label", "button", "article", "thead", "th",
    ]);
    let leaf = prop_oneof![
        prop::sample::select(vec!["글", "a b", " ", "", "<br>", "&amp;", "<!--c-->", "<img>", "\n"])
            .prop_map(str::to_owned)
    ];
    let nested = leaf.prop_recursive(6, 60, 5, move |inner| {
        (balanced.clone(), prop::collection::vec(inner, 0..5))
            .prop_map(|(name, parts)| format!("<{name} class=row>{}</{name}>", parts.concat()))
    });
    prop_oneof![
        prop::collection::vec(pieces, 0..30).prop_map(|p| p.concat()),
        prop::collection::vec(nested, 0..4).prop_map(|p| p.concat())
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_read_fast_is_read_right(body in markup()) {
        if let Err(why) = compare(&page(&body)) {
            prop_assert!(false, "{}", why);
        }
    }
}

#[test]
fn hostile_pages_cost_no_more_than_their_length() {
    let deep = format!("{}{}{}", "<div>".repeat(390), "<span>x</span>".repeat(50_000), "</div>".repeat(390));
    let wide = format!("<ul>{}</ul>", "<li>x</li>".repeat(100_000));
    let start = std::time::Instant::now();
    for (body, css) in
        [(&deep, "p div div div span"), (&wide, "li:nth-child(odd)"), (&wide, "p + li + li"), (&wide, "li:last-child")]
    {
        let page = page(body);
        let tree = Tree::parse(&page).unwrap();
        let selector = QuickSelector::parse(css).unwrap();
        let found = tree.inside(tree.root()).filter(|n| selector.matches(&tree, *n)).count();
        println!("{css}: {found} in {:?}", start.elapsed());
    }
    assert!(start.elapsed().as_secs() < 60, "quadratic: {:?}", start.elapsed());
}
