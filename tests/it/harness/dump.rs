//! Everything a store holds that must be the same however a sync was interrupted, as text.

use std::fmt::Write as _;

use store::Store;

/// Postings, vacancies, ledger, slices, pages and events of a store, one line each, sorted.
pub async fn dump(store: &Store) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut after = i64::MIN;
    loop {
        let postings = store.postings_after(after, 1000).await.unwrap();
        let Some(last) = postings.last() else { break };
        after = last.id;
        for p in postings {
            lines.push(format!(
                "posting {} {} {} hash {} body {} vacancy {} {} {:?} {} {} absences {} version {} page {} {} seen {} changed {}",
                p.id, p.source, p.external_id, p.content_hash, p.body_hash, p.vacancy, p.state, p.reason, p.verdict, p.detail,
                p.absences, p.version, p.page, p.position, p.first_seen_ms, p.changed_ms
            ));
        }
    }
    after = i64::MIN;
    loop {
        let vacancies = store.vacancies_after(after, 1000).await.unwrap();
        let Some(last) = vacancies.last() else { break };
        after = last.id;
        lines.extend(vacancies.iter().map(|v| format!("vacancy {v:?}")));
    }
    for run in store.runs(None, 10_000).await.unwrap() {
        lines.push(format!(
            "run {} {} {} {} {} {:?} {:?}",
            run.id, run.source, run.kind, run.state, run.counts, run.certificate, run.error
        ));
        lines.extend(store.ledger(run.id).await.unwrap().iter().map(|e| format!("ledger {e:?}")));
        lines.extend(store.slices(run.id).await.unwrap().iter().map(|s| format!("slice {s:?}")));
        for page in store.pages(run.id).await.unwrap() {
            let body = store.page_body(page.id).await.unwrap().map(|b| b.len());
            lines.push(format!(
                "page {} {} {} {} {} {:?} {body:?}",
                page.id, page.slice, page.number, page.rows_read, page.outcome, page.detail_of
            ));
        }
    }
    let mut events: Vec<String> = store
        .events(0, i64::MAX)
        .await
        .unwrap()
        .iter()
        .map(|e| format!("event {} {} {} {:?} {:?} {:?}", e.seq, e.kind, e.vacancy, e.other, e.reason, e.run))
        .collect();
    lines.append(&mut events);
    lines.sort();
    let mut text = String::new();
    for line in lines {
        let _ = writeln!(text, "{line}");
    }
    text
}
