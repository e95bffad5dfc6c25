//! What counts as a change of a posting: what its fields say, and nothing else of the page.

use crate::tests::reading::{answer, first, source};
use crate::{Adapter as _, Row};

/// Content hashes of the rows of a page.
fn hashes(source: &crate::Source, page: &str) -> Vec<u64> {
    let page = source.read(&first(source), &answer(page)).unwrap();
    let hash = |row: &Row| match row {
        Row::Posting(posting) => posting.content_hash(),
        Row::Reject(reject) => panic!("{}", reject.why),
    };
    page.rows.iter().map(hash).collect()
}

#[test]
fn a_page_that_changed_only_around_its_rows_has_the_hashes_it_had() {
    let source = source(
        "[decoder]\nformat = \"html\"\n[record_selector]\nrows = \"li.job\"\nmust = \"ul#jobs\"\n[fields]\n\
         external_id = \"a@data-id\"\ntitle = \"a\"\npay = \"em\"",
    );
    let page = |title: &str, around: &str| {
        format!(
            "<html><body><ul id=jobs><li class=job><a data-id=1>{title}</a> <em>월 250</em></li>\
             <li class=job><a data-id=2>용접</a><em>시급 12,000</em></li></ul>{around}</body></html>"
        )
    };
    let before = hashes(&source, &page("조리사", "<div class=related><a href=/9>비슷한 공고 9</a></div>"));
    for around in
        ["", "<div class=related><a href=/7>비슷한 공고 7</a></div>", "<p>조회 1,204</p><script>t=17</script>"]
    {
        assert_eq!(hashes(&source, &page("조리사", around)), before, "{around}");
    }
    let after = hashes(&source, &page("조리사 2명", ""));
    assert_ne!(after[0], before[0], "a field that changed is a change");
    assert_eq!(after[1], before[1], "of its own row only");
}
