//! Responses as they came, compressed, and the rows in them that could not be read.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::{id_list, ids};
pub use crate::bulk::{pack_ids, unpack_ids};
use crate::{Reads, Result, Store, StoreError, Tx};

/// Compression level of bodies: 1 costs some 3 ms a megabyte.
const ZSTD_LEVEL: i32 = 1;
/// Largest body a page may hold once unpacked; the fetcher's own limit is the same.
pub const BODY_BYTES_MAX: usize = 200 << 20;

/// A page to keep.
#[derive(Clone, Debug, Default)]
pub struct NewPage {
    /// Id: run × 1,000,000 + its number in the run.
    pub id: i64,
    /// Run.
    pub run: i64,
    /// Source number.
    pub source: i64,
    /// Slice name.
    pub slice: String,
    /// Number in its slice.
    pub number: i64,
    /// The posting whose detail it is.
    pub detail_of: Option<i64>,
    /// The request, as JSON, secrets left out.
    pub ask: String,
    /// Hash of the request: equal requests have equal addresses.
    pub address: i64,
    /// HTTP status.
    pub status: i64,
    /// When it came.
    pub fetched_ms: i64,
    /// Content-Type.
    pub content_type: Option<String>,
    /// Link header.
    pub link: Option<String>,
    /// ETag.
    pub etag: Option<String>,
    /// Last-Modified.
    pub last_modified: Option<String>,
    /// xxh3-64 of the body.
    pub hash: i64,
    /// A 304: the page whose body this one repeats.
    pub same_as: Option<i64>,
    /// Body as received, after content decoding.
    pub body: bytes::Bytes,
    /// Rows on it, rejects included.
    pub rows: i64,
    /// Ids of the postings its rows were.
    pub seen: Vec<i64>,
    /// Rows the source claimed on it.
    pub claimed: Option<i64>,
    /// What it said to ask next, as JSON.
    pub next_ask: Option<String>,
    /// `ok`, or what was wrong with it.
    pub outcome: String,
}

/// A kept page without its body.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct PageHead {
    /// Id.
    pub id: i64,
    /// Run.
    pub run: i64,
    /// Slice.
    pub slice: String,
    /// Number in its slice.
    pub number: i64,
    /// The posting whose detail it is.
    pub detail_of: Option<i64>,
    /// The request, as JSON.
    pub ask: String,
    /// HTTP status.
    pub status: i64,
    /// When it came.
    pub fetched_ms: i64,
    /// Content-Type.
    pub content_type: Option<String>,
    /// Link header.
    pub link: Option<String>,
    /// ETag.
    pub etag: Option<String>,
    /// Last-Modified.
    pub last_modified: Option<String>,
    /// The page whose body it repeats.
    pub same_as: Option<i64>,
    /// Bytes of the body.
    pub body_bytes: i64,
    /// Rows.
    pub rows_read: i64,
    /// Rows the source claimed on it.
    pub claimed: Option<i64>,
    /// What it said to ask next, as JSON.
    pub next_ask: Option<String>,
    /// `ok`, or what was wrong.
    pub outcome: String,
}

/// The columns of [`PageHead`].
const HEAD: &str = "id, run, slice, number, detail_of, ask, status, fetched_ms, content_type, link, etag, last_modified, \
                    same_as, body_bytes, rows_read, claimed, next_ask, outcome";

/// A row that could not be read.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Reject {
    /// Page.
    pub page: i64,
    /// 0-based position on it.
    pub position: i64,
    /// Run.
    pub run: i64,
    /// Field that was wrong.
    pub field: Option<String>,
    /// Why.
    pub why: String,
    /// The row's text.
    pub raw: String,
}

impl Store {
    /// A page without its body.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn page(&self, id: i64) -> Result<Option<PageHead>> {
        self.first(&format!("SELECT {HEAD} FROM page WHERE id = $1"), vec![id.into()]).await
    }

    /// The pages of a run, in the order they were kept.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn pages(&self, run: i64) -> Result<Vec<PageHead>> {
        self.models(&format!("SELECT {HEAD} FROM page WHERE run = $1 ORDER BY id"), vec![run.into()]).await
    }

    /// A page's body, following a 304 to the page it repeats.
    ///
    /// # Errors
    /// When the database refuses or the body does not unpack.
    pub async fn page_body(&self, id: i64) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT b.body FROM page p JOIN page b ON b.id = COALESCE(p.same_as, p.id) WHERE p.id = $1";
        let Some(row) = self.all(sql, vec![id.into()]).await?.into_iter().next() else { return Ok(None) };
        let Some(packed) = row.try_get_by_index::<Option<Vec<u8>>>(0)? else { return Ok(None) };
        zstd::bulk::decompress(&packed, BODY_BYTES_MAX).map(Some).map_err(|error| StoreError::Corrupt {
            table: "page",
            id: id.to_string(),
            what: error.to_string(),
        })
    }

    /// The newest detail pages that a run kept of these postings: (posting, page).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn detail_pages(&self, run: i64, postings: &[i64]) -> Result<Vec<(i64, i64)>> {
        let sql = format!(
            "SELECT detail_of, max(id) FROM page WHERE run = $1 AND outcome = 'ok' AND detail_of IN {} GROUP BY detail_of",
            ids(self.backend(), 2)
        );
        let rows = self.all(&sql, vec![run.into(), id_list(postings)]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?))).collect()
    }

    /// The newest good page of a request that has validators, and the ids that were on it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn page_at(&self, source: i64, address: i64) -> Result<Option<(PageHead, Vec<i64>)>> {
        let sql = format!(
            "SELECT {HEAD}, seen FROM page WHERE source = $1 AND address = $2 AND outcome = 'ok' \
             AND (etag IS NOT NULL OR last_modified IS NOT NULL) ORDER BY id DESC LIMIT 1"
        );
        let Some(row) = self.all(&sql, vec![source.into(), address.into()]).await?.into_iter().next() else {
            return Ok(None);
        };
        let seen: Vec<u8> = row.try_get("", "seen")?;
        Ok(Some((PageHead::from_query_result(&row, "")?, unpack_ids(&seen))))
    }

    /// Ids of the postings seen in a run (list pages), with repeats: (slice, id).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn seen_in(&self, run: i64) -> Result<Vec<(String, Vec<i64>)>> {
        seen_in(self, run).await
    }

    /// What was wrong with the pages of a run: (what, pages, one of them).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn page_troubles(&self, run: i64) -> Result<Vec<(String, i64, i64)>> {
        let sql = "SELECT outcome, CAST(count(*) AS BIGINT), min(id) FROM page WHERE run = $1 AND outcome <> 'ok' \
                   GROUP BY outcome ORDER BY 2 DESC, 1";
        let rows = self.all(sql, vec![run.into()]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?))).collect()
    }

    /// Why rows of a run could not be read: (field, why, rows).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn reject_groups(&self, run: i64) -> Result<Vec<(Option<String>, String, i64)>> {
        let sql = "SELECT field, why, CAST(count(*) AS BIGINT) FROM reject WHERE run = $1 GROUP BY field, why ORDER BY 3 DESC, 2";
        let rows = self.all(sql, vec![run.into()]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?))).collect()
    }

    /// The rejects of a run.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn rejects(&self, run: i64, limit: i64) -> Result<Vec<Reject>> {
        let sql = "SELECT * FROM reject WHERE run = $1 ORDER BY page, position LIMIT $2";
        self.models(sql, vec![run.into(), limit.into()]).await
    }
}

async fn seen_in(reads: &impl Reads, run: i64) -> Result<Vec<(String, Vec<i64>)>> {
    let sql = "SELECT slice, seen FROM page WHERE run = $1 AND detail_of IS NULL ORDER BY id";
    let rows = reads.all(sql, vec![run.into()]).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, unpack_ids(&row.try_get_by_index::<Vec<u8>>(1)?)))).collect()
}

impl Tx {
    /// As [`Store::seen_in`], within the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn seen_in(&self, run: i64) -> Result<Vec<(String, Vec<i64>)>> {
        seen_in(self, run).await
    }

    /// The ids on the pages of a source's runs after a run.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn seen_since(&self, source: i64, run: i64) -> Result<Vec<i64>> {
        let sql = "SELECT seen FROM page WHERE run IN (SELECT id FROM run WHERE source = $1 AND id > $2)";
        let rows = self.all(sql, vec![source.into(), run.into()]).await?;
        let mut seen = Vec::new();
        for row in &rows {
            seen.extend(crate::bulk::unpack_ids(&row.try_get_by_index::<Vec<u8>>(0)?));
        }
        Ok(seen)
    }

    /// Keeps pages; the same (run, number) twice is an error of the caller and refused by the key.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_pages(&self, pages: &[NewPage]) -> Result<()> {
        let mut values = Vec::with_capacity(pages.len() * 23);
        for page in pages {
            let body =
                match page.same_as {
                    Some(_) => None,
                    None => Some(zstd::bulk::compress(&page.body, ZSTD_LEVEL).map_err(|error| {
                        StoreError::Corrupt { table: "page", id: page.id.to_string(), what: error.to_string() }
                    })?),
                };
            values.extend([
                page.id.into(),
                page.run.into(),
                page.source.into(),
                page.slice.as_str().into(),
                page.number.into(),
                page.detail_of.into(),
                page.ask.as_str().into(),
                page.address.into(),
                page.status.into(),
                page.fetched_ms.into(),
                page.content_type.clone().into(),
                page.link.clone().into(),
                page.etag.clone().into(),
                page.last_modified.clone().into(),
                page.hash.into(),
                page.same_as.into(),
                body.into(),
                i64::try_from(page.body.len()).unwrap_or(i64::MAX).into(),
                page.rows.into(),
                pack_ids(&page.seen).into(),
                page.claimed.into(),
                page.next_ask.clone().into(),
                page.outcome.replace('\0', "\u{fffd}").into(),
            ]);
        }
        let into = "page (id, run, source, slice, number, detail_of, ask, address, status, fetched_ms, content_type, link, \
                    etag, last_modified, hash, same_as, body, body_bytes, rows_read, seen, claimed, next_ask, outcome)";
        self.insert(into, 23, "", values).await?;
        Ok(())
    }

    /// Keeps rows that could not be read.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_rejects(&self, rejects: &[Reject]) -> Result<()> {
        let values = rejects
            .iter()
            .flat_map(|r| {
                [
                    r.page.into(),
                    r.position.into(),
                    r.run.into(),
                    r.field.clone().into(),
                    r.why.replace('\0', "\u{fffd}").into(),
                    // PostgreSQL refuses NUL in text
                    r.raw.replace('\0', "\u{fffd}").into(),
                ]
            })
            .collect();
        self.insert("reject (page, position, run, field, why, raw)", 6, "", values).await?;
        Ok(())
    }

    /// Drops pages older than a time that no posting or signal rests on, by its list page or the detail page read with it; gives
    /// how many. Those of a run that is not
    /// ended stay: what it has seen is on them, and without it the run would take the rest for missing.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn prune_pages(&self, before_ms: i64) -> Result<u64> {
        let sql = "DELETE FROM page WHERE fetched_ms < $1 AND id NOT IN (SELECT page FROM posting) \
                   AND id NOT IN (SELECT page FROM signal) \
                   AND NOT EXISTS (SELECT 1 FROM posting p JOIN page r ON r.id = p.page \
                                   WHERE p.id = page.detail_of AND r.run = page.run) \
                   AND run NOT IN (SELECT id FROM run WHERE state IN ('running', 'waiting')) \
                   AND id NOT IN (SELECT same_as FROM page WHERE same_as IS NOT NULL)";
        self.run(sql, vec![before_ms.into()]).await
    }
}
