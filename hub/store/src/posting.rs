//! Postings: the canonical form of what one source says, its earlier versions, its contact and its findings.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::bulk::{id_list, ids};
use crate::{Reads, Result, Store, StoreError, Tx};

/// A row of `posting`.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Posting {
    /// Id: a hash of source and external id.
    pub id: i64,
    /// Source number.
    pub source: i64,
    /// The source's own id.
    pub external_id: String,
    /// Hash of the raw row.
    pub content_hash: i64,
    /// Canonical posting and its findings, as JSON.
    pub body: String,
    /// Hash of what the body says, not of how it was read.
    pub body_hash: i64,
    /// 사업자등록번호, to ask linked systems about.
    pub business_number: Option<String>,
    /// Comparison record.
    #[serde(skip)]
    pub profile: Vec<u8>,
    /// Vacancy it belongs to.
    pub vacancy: i64,
    /// open, unconfirmed or closed.
    pub state: String,
    /// Why it is closed or unconfirmed.
    pub reason: Option<String>,
    /// publish, hold or reject.
    pub verdict: String,
    /// none, pending, read or gone.
    pub detail: String,
    /// Last day to apply.
    pub valid_through: Option<String>,
    /// Complete lists in a row that did not have it.
    pub absences: i64,
    /// 1, 2, 3 …
    pub version: i64,
    /// Page its current version came from.
    pub page: i64,
    /// Position on that page.
    pub position: i64,
    /// First seen.
    pub first_seen_ms: i64,
    /// Last change of what it says.
    pub changed_ms: i64,
    /// When it was closed.
    pub closed_ms: Option<i64>,
    /// by_date, until_filled, always_open or rolling; with until_filled, `valid_through` is when its certification ends.
    pub close_kind: Option<String>,
}

/// What the lifecycle needs of a posting.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Standing {
    /// Id.
    pub id: i64,
    /// Source number.
    pub source: i64,
    /// Vacancy.
    pub vacancy: i64,
    /// State.
    pub state: String,
    /// Reason.
    pub reason: Option<String>,
    /// Complete lists in a row that did not have it.
    pub absences: i64,
    /// Last day to apply, or the end of its certification.
    pub valid_through: Option<String>,
    /// Closing kind.
    pub close_kind: Option<String>,
    /// First seen.
    pub first_seen_ms: i64,
    /// When it was closed.
    pub closed_ms: Option<i64>,
}

/// Open postings of a source that close in one way.
#[derive(Clone, Debug, FromQueryResult)]
pub struct OpenGroup {
    /// Source number.
    pub source: i64,
    /// Closing kind.
    pub close_kind: Option<String>,
    /// How many.
    pub postings: i64,
    /// When the oldest was first seen.
    pub oldest_ms: i64,
}

const STANDING: &str =
    "id, source, vacancy, state, reason, absences, valid_through, close_kind, first_seen_ms, closed_ms";

/// A whole posting; its verdict is a steward's, where one has given one, or else the rules'.
const WHOLE: &str = "SELECT p.id, p.source, p.external_id, p.content_hash, b.body, p.body_hash, p.business_number, b.profile, \
    p.vacancy, p.state, p.reason, COALESCE(p.ruled, p.verdict) AS verdict, p.detail, p.valid_through, p.absences, p.version, \
    p.page, p.position, p.first_seen_ms, p.changed_ms, p.closed_ms, p.close_kind \
    FROM posting p JOIN posting_body b ON b.posting = p.id";

/// What the pipeline needs to know of a posting that is there already.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Known {
    /// Id.
    pub id: i64,
    /// Source number.
    pub source: i64,
    /// External id, to notice two postings with one hash.
    pub external_id: String,
    /// Hash of the raw row.
    pub content_hash: i64,
    /// Hash of the body.
    pub body_hash: i64,
    /// Vacancy.
    pub vacancy: i64,
    /// State.
    pub state: String,
    /// Reason.
    pub reason: Option<String>,
    /// Verdict.
    pub verdict: String,
    /// Detail state.
    pub detail: String,
    /// Version.
    pub version: i64,
    /// Absences.
    pub absences: i64,
    /// First seen.
    pub first_seen_ms: i64,
    /// Last day to apply.
    pub valid_through: Option<String>,
}

/// A member of a vacancy, without its body.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Member {
    /// Id.
    pub id: i64,
    /// Source number.
    pub source: i64,
    /// Vacancy.
    pub vacancy: i64,
    /// State.
    pub state: String,
    /// Reason.
    pub reason: Option<String>,
    /// Verdict.
    pub verdict: String,
    /// A steward's verdict, which takes the place of the rules'.
    pub ruled: Option<String>,
    /// First seen.
    pub first_seen_ms: i64,
    /// Last change.
    pub changed_ms: i64,
    /// Last day to apply.
    pub valid_through: Option<String>,
}

/// The columns of [`Member`].
const MEMBER: &str = "id, source, vacancy, state, reason, verdict, ruled, first_seen_ms, changed_ms, valid_through";

/// A row of `finding`.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Finding {
    /// Posting.
    pub posting: i64,
    /// Number within the posting.
    pub nr: i64,
    /// Rule id.
    pub rule: String,
    /// Field.
    pub field: String,
    /// Effect.
    pub effect: String,
    /// Evidence.
    pub span: String,
    /// Law article.
    pub article: Option<String>,
}

/// A row of `posting_version`.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct Version {
    /// Posting.
    pub posting: i64,
    /// 1, 2, 3 …
    pub version: i64,
    /// Canonical posting, as JSON.
    pub body: String,
    /// Page it came from.
    pub page: i64,
    /// Position on that page.
    pub position: i64,
    /// Until when this was what the source said.
    pub until_ms: i64,
}

/// How many postings there are, by source, state and verdict.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct PostingCount {
    /// Source number.
    pub source: i64,
    /// State.
    pub state: String,
    /// Verdict.
    pub verdict: String,
    /// Postings.
    pub count: i64,
}

impl Store {
    /// One posting.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn posting(&self, id: i64) -> Result<Option<Posting>> {
        self.first(&format!("{WHOLE} WHERE p.id = $1"), vec![id.into()]).await
    }

    /// What is known of these postings.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn known(&self, list: &[i64]) -> Result<Vec<Known>> {
        known(self, list).await
    }

    /// How many postings of a source still wait for their detail page.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn details_pending(&self, source: i64) -> Result<i64> {
        let sql = "SELECT CAST(count(*) AS BIGINT) FROM posting WHERE source = $1 AND state <> 'closed' AND detail = 'pending'";
        self.number(sql, vec![source.into()]).await
    }

    /// Postings of a source that are in doubt and whose page was not looked at since a time: first those that are missing
    /// or suspected, then open ones whose job has a posting elsewhere that ended early.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn in_doubt(&self, source: i64, since_ms: i64, limit: i64) -> Result<Vec<i64>> {
        let unseen =
            "NOT EXISTS (SELECT 1 FROM evidence e WHERE e.subject = p.id AND e.kind = 'probe' AND e.known_ms > $2)";
        let sql = format!(
            "SELECT p.id FROM posting p WHERE p.source = $1 AND p.state NOT IN ('open', 'closed', 'scheduled') AND {unseen} \
             ORDER BY coalesce((SELECT max(e.known_ms) FROM evidence e WHERE e.subject = p.id AND e.kind = 'probe'), 0), \
             p.absences DESC, p.id LIMIT $3"
        );
        let rows = self.all(&sql, vec![source.into(), since_ms.into(), limit.into()]).await?;
        let mut list: Vec<i64> = rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect::<Result<_>>()?;
        let left = limit - list.len() as i64;
        if left > 0 {
            let sql = format!(
                "SELECT DISTINCT p.id FROM posting o JOIN posting p ON p.vacancy = o.vacancy \
                 WHERE o.source <> $1 AND o.state = 'closed' AND o.reason IN ('absent', 'source_closed', 'probe') \
                 AND o.closed_ms > $2 AND p.source = $1 AND p.state = 'open' AND {unseen} ORDER BY p.id LIMIT $3"
            );
            let rows = self.all(&sql, vec![source.into(), since_ms.into(), left.into()]).await?;
            for row in &rows {
                list.push(row.try_get_by_index(0)?);
            }
        }
        Ok(list)
    }

    /// Postings of a source that are open, listed and shown, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn surely_open(&self, source: i64, limit: i64) -> Result<Vec<i64>> {
        let sql = "SELECT id FROM posting WHERE source = $1 AND state = 'open' AND verdict = 'publish' AND absences = 0 \
                   ORDER BY first_seen_ms DESC, id LIMIT $2";
        let rows = self.all(sql, vec![source.into(), limit.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// The postings of a vacancy, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn postings_of(&self, vacancy: i64) -> Result<Vec<Posting>> {
        let sql = format!("{WHOLE} WHERE p.vacancy = $1 ORDER BY p.first_seen_ms, p.id");
        self.models(&sql, vec![vacancy.into()]).await
    }

    /// The postings of several vacancies, by vacancy, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn postings_of_all(&self, vacancies: &[i64]) -> Result<Vec<Posting>> {
        let sql =
            format!("{WHOLE} WHERE p.vacancy IN {} ORDER BY p.vacancy, p.first_seen_ms, p.id", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(vacancies)]).await
    }

    /// Postings after an id, in the order of ids.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn postings_after(&self, after: i64, limit: i64) -> Result<Vec<Posting>> {
        self.models(&format!("{WHOLE} WHERE p.id > $1 ORDER BY p.id LIMIT $2"), vec![after.into(), limit.into()]).await
    }

    /// These postings, in the order of ids.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn postings(&self, list: &[i64]) -> Result<Vec<Posting>> {
        let sql = format!("{WHOLE} WHERE p.id IN {} ORDER BY p.id", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(list)]).await
    }

    /// The postings of a source by the page their present version came from: (page, posting), in that order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn resting(&self, source: i64) -> Result<Vec<(i64, i64)>> {
        let sql = "SELECT page, id FROM posting WHERE source = $1 ORDER BY page, id";
        let rows = self.all(sql, vec![source.into()]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?))).collect()
    }

    /// Ids of postings after an id, in their order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn posting_ids_after(&self, after: i64, limit: i64) -> Result<Vec<i64>> {
        let sql = "SELECT id FROM posting WHERE id > $1 ORDER BY id LIMIT $2";
        let rows = self.all(sql, vec![after.into(), limit.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// Earlier versions of a posting, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn versions(&self, posting: i64) -> Result<Vec<Version>> {
        let sql = "SELECT * FROM posting_version WHERE posting = $1 ORDER BY version DESC";
        self.models(sql, vec![posting.into()]).await
    }

    /// Findings kept in the table for one posting.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn findings_of(&self, posting: i64) -> Result<Vec<Finding>> {
        self.models("SELECT * FROM finding WHERE posting = $1 ORDER BY nr", vec![posting.into()]).await
    }

    /// Findings kept in the table for several postings, by posting.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn findings_of_all(&self, postings: &[i64]) -> Result<Vec<Finding>> {
        let sql = format!("SELECT * FROM finding WHERE posting IN {} ORDER BY posting, nr", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(postings)]).await
    }

    /// The commonest rules among kept findings: (rule, effect, postings).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn finding_counts(&self) -> Result<Vec<(String, String, i64)>> {
        let sql = "SELECT rule, effect, CAST(count(DISTINCT posting) AS BIGINT) FROM finding GROUP BY rule, effect ORDER BY 3 DESC, 1";
        let rows = self.all(sql, vec![]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?))).collect()
    }

    /// Contact of a posting, as JSON. The caller answers for showing it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn contact(&self, posting: i64) -> Result<Option<String>> {
        let rows = self.all("SELECT body FROM contact WHERE posting = $1", vec![posting.into()]).await?;
        Ok(rows.first().map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// The postings of a source that are not closed, by id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_of(&self, source: i64) -> Result<Vec<i64>> {
        let sql = "SELECT id FROM posting WHERE source = $1 AND state IN ('open', 'unconfirmed') ORDER BY id";
        let rows = self.all(sql, vec![source.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// Counts by source, state and verdict.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn posting_counts(&self) -> Result<Vec<PostingCount>> {
        let sql = "SELECT source, state, verdict, CAST(count(*) AS BIGINT) AS count FROM posting GROUP BY source, state, verdict \
                   ORDER BY source, state, verdict";
        self.models(sql, vec![]).await
    }
}

async fn known(reads: &impl Reads, list: &[i64]) -> Result<Vec<Known>> {
    let sql = format!(
        "SELECT id, source, external_id, content_hash, body_hash, vacancy, state, reason, verdict, detail, version, absences, \
         first_seen_ms, valid_through FROM posting WHERE id IN {}",
        ids(reads.backend(), 1)
    );
    reads.models(&sql, vec![id_list(list)]).await
}

impl Tx {
    /// As [`Store::postings_of`], within the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn postings_of(&self, vacancy: i64) -> Result<Vec<Posting>> {
        let sql = format!("{WHOLE} WHERE p.vacancy = $1 ORDER BY p.first_seen_ms, p.id");
        self.models(&sql, vec![vacancy.into()]).await
    }

    /// As [`Store::known`], within the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn known(&self, list: &[i64]) -> Result<Vec<Known>> {
        known(self, list).await
    }

    /// Writes postings, new or changed; the version that is replaced goes to the history.
    ///
    /// # Errors
    /// When the database refuses, or a new posting's id belongs to another (source, external id).
    pub async fn put_postings(&self, postings: &[Posting], changed: &[i64], at_ms: i64) -> Result<()> {
        if !changed.is_empty() {
            let sql = format!(
                "INSERT INTO posting_version (posting, version, body, page, position, until_ms) \
                 SELECT p.id, p.version, b.body, p.page, p.position, CAST($2 AS BIGINT) FROM posting p \
                 JOIN posting_body b ON b.posting = p.id WHERE p.id IN {}",
                ids(self.backend(), 1)
            );
            self.run(&sql, vec![id_list(changed), at_ms.into()]).await?;
        }
        let mut values = Vec::with_capacity(postings.len() * 20);
        for p in postings {
            values.extend([
                p.id.into(),
                p.source.into(),
                p.external_id.as_str().into(),
                p.content_hash.into(),
                p.body_hash.into(),
                p.business_number.clone().into(),
                p.vacancy.into(),
                p.state.as_str().into(),
                p.reason.clone().into(),
                p.verdict.as_str().into(),
                p.detail.as_str().into(),
                p.valid_through.clone().into(),
                p.absences.into(),
                p.version.into(),
                p.page.into(),
                p.position.into(),
                p.first_seen_ms.into(),
                p.changed_ms.into(),
                p.closed_ms.into(),
                // the page a new posting came from; that of a known one stays as it is
                p.page.into(),
                p.close_kind.clone().into(),
            ]);
        }
        let into = "posting (id, source, external_id, content_hash, body_hash, business_number, vacancy, state, reason, verdict, \
                    detail, valid_through, absences, version, page, position, first_seen_ms, changed_ms, closed_ms, arrived, close_kind)";
        let tail = "ON CONFLICT (id) DO UPDATE SET content_hash = excluded.content_hash, \
                    body_hash = excluded.body_hash, business_number = excluded.business_number, state = excluded.state, reason = excluded.reason, \
                    verdict = excluded.verdict, detail = excluded.detail, valid_through = excluded.valid_through, \
                    absences = excluded.absences, version = excluded.version, page = excluded.page, position = excluded.position, \
                    changed_ms = excluded.changed_ms, closed_ms = excluded.closed_ms, close_kind = excluded.close_kind \
                    WHERE posting.source = excluded.source AND posting.external_id = excluded.external_id";
        let written = self.insert(into, 21, tail, values).await?;
        if written != postings.len() as u64 {
            return Err(self.collision(postings).await?);
        }
        let values =
            postings.iter().flat_map(|p| [p.id.into(), p.body.as_str().into(), p.profile.clone().into()]).collect();
        let tail = "ON CONFLICT (posting) DO UPDATE SET body = excluded.body, profile = excluded.profile";
        self.insert("posting_body (posting, body, profile)", 3, tail, values).await?;
        Ok(())
    }

    async fn collision(&self, postings: &[Posting]) -> Result<StoreError> {
        let list: Vec<i64> = postings.iter().map(|p| p.id).collect();
        let known = self.known(&list).await?;
        for p in postings {
            if let Some(k) =
                known.iter().find(|k| k.id == p.id && (k.source, &k.external_id) != (p.source, &p.external_id))
            {
                let name = |source: i64, id: &str| format!("{source}/{id}");
                return Ok(StoreError::IdCollision(name(p.source, &p.external_id), name(k.source, &k.external_id)));
            }
        }
        Ok(StoreError::Unusable("fewer postings were written than given".to_owned()))
    }

    /// Notes a new raw hash for postings whose canonical form did not change.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn rehash_postings(&self, hashes: &[(i64, i64)]) -> Result<()> {
        for (id, hash) in hashes {
            self.run("UPDATE posting SET content_hash = $2 WHERE id = $1", vec![(*id).into(), (*hash).into()]).await?;
        }
        Ok(())
    }

    /// Replaces bodies that say what they said before, read by other rules: (posting, body).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn restate_bodies(&self, bodies: &[(i64, &str)]) -> Result<()> {
        for (id, body) in bodies {
            let sql = "UPDATE posting_body SET body = $2 WHERE posting = $1";
            self.run(sql, vec![(*id).into(), (*body).into()]).await?;
        }
        Ok(())
    }

    /// Sets the state of postings.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set_state(
        &self,
        list: &[i64],
        state: &str,
        reason: Option<&str>,
        absences: i64,
        closed_ms: Option<i64>,
    ) -> Result<()> {
        let sql = format!(
            "UPDATE posting SET state = $2, reason = $3, absences = $4, closed_ms = $5 WHERE id IN {}",
            ids(self.backend(), 1)
        );
        let reason: Option<String> = reason.map(str::to_owned);
        self.run(&sql, vec![id_list(list), state.into(), reason.into(), absences.into(), closed_ms.into()]).await?;
        Ok(())
    }

    /// Notes stewards' verdicts on postings, or that there is none any more.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set_ruled(&self, ruled: &[(i64, Option<String>)]) -> Result<()> {
        for (posting, verdict) in ruled {
            let values = vec![(*posting).into(), verdict.clone().into()];
            self.run("UPDATE posting SET ruled = $2 WHERE id = $1", values).await?;
        }
        Ok(())
    }

    /// Moves postings to vacancies.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn assign(&self, moves: &[(i64, i64)]) -> Result<()> {
        for (posting, vacancy) in moves {
            let values = vec![(*posting).into(), (*vacancy).into()];
            self.run("UPDATE posting SET vacancy = $2 WHERE id = $1", values).await?;
        }
        Ok(())
    }

    /// The postings of a source that are not closed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn not_closed(&self, source: i64) -> Result<Vec<Standing>> {
        let sql = format!("SELECT {STANDING} FROM posting WHERE source = $1 AND state <> 'closed' ORDER BY id");
        self.models(&sql, vec![source.into()]).await
    }

    /// These postings, in the order of ids.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn standings(&self, list: &[i64]) -> Result<Vec<Standing>> {
        let sql = format!("SELECT {STANDING} FROM posting WHERE id IN {} ORDER BY id", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(list)]).await
    }

    /// Ids of the postings whose last day to apply is before `day` and that are not closed, longest over first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn past_deadline(&self, day: &str, limit: i64) -> Result<Vec<Standing>> {
        let sql = format!(
            "SELECT {STANDING} FROM posting WHERE valid_through < $1 AND state <> 'closed' \
             AND (close_kind IS NULL OR close_kind = 'by_date') ORDER BY valid_through, id LIMIT $2"
        );
        self.models(&sql, vec![day.into(), limit.into()]).await
    }

    /// Open postings by source and closing kind.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_groups(&self) -> Result<Vec<OpenGroup>> {
        let sql = "SELECT source, close_kind, CAST(count(*) AS BIGINT) AS postings, min(first_seen_ms) AS oldest_ms FROM posting \
                   WHERE state = 'open' GROUP BY source, close_kind ORDER BY source, close_kind";
        self.models(sql, vec![]).await
    }

    /// Open postings of a source and closing kind, oldest first, at most so many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_of(&self, source: i64, close_kind: Option<&str>, limit: i64) -> Result<Vec<i64>> {
        let sql = "SELECT id FROM posting WHERE source = $1 AND state = 'open' AND coalesce(close_kind, '') = $2 \
                   ORDER BY first_seen_ms, id LIMIT $3";
        let rows = self.all(sql, vec![source.into(), close_kind.unwrap_or_default().into(), limit.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// Postings that are not closed and of which evidence of these kinds stands, at most so many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_with(&self, kinds: &[&str], limit: i64) -> Result<Vec<i64>> {
        let list = kinds.iter().map(|kind| format!("'{kind}'")).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT DISTINCT p.id FROM evidence e JOIN posting p ON p.id = e.subject WHERE e.kind IN ({list}) \
             AND e.scope = 'posting' AND e.withdrawn_ms IS NULL AND p.state <> 'closed' ORDER BY p.id LIMIT $1"
        );
        let rows = self.all(&sql, vec![limit.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// Ids of the postings in a state, in order, at most so many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn in_state(&self, state: &str, limit: i64) -> Result<Vec<i64>> {
        let sql = "SELECT id FROM posting WHERE state = $1 AND state NOT IN ('open', 'closed') ORDER BY id LIMIT $2";
        let rows = self.all(sql, vec![state.into(), limit.into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// Members of vacancies, without bodies.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn members(&self, vacancies: &[i64]) -> Result<Vec<Member>> {
        let sql =
            format!("SELECT {MEMBER} FROM posting WHERE vacancy IN {} ORDER BY vacancy, id", ids(self.backend(), 1));
        self.models(&sql, vec![id_list(vacancies)]).await
    }

    /// Bodies of postings and their hashes: (id, body, hash).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn bodies(&self, list: &[i64]) -> Result<Vec<(i64, String, i64)>> {
        let sql = format!(
            "SELECT p.id, b.body, p.body_hash FROM posting p JOIN posting_body b ON b.posting = p.id WHERE p.id IN {}",
            ids(self.backend(), 1)
        );
        let rows = self.all(&sql, vec![id_list(list)]).await?;
        rows.iter().map(|r| Ok((r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?))).collect()
    }

    /// Replaces what is kept beside postings: findings and contacts.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn put_beside(&self, changed: &[i64], findings: &[Finding], contacts: &[(i64, String)]) -> Result<()> {
        if !changed.is_empty() {
            let list = ids(self.backend(), 1);
            self.run(&format!("DELETE FROM finding WHERE posting IN {list}"), vec![id_list(changed)]).await?;
            self.run(&format!("DELETE FROM contact WHERE posting IN {list}"), vec![id_list(changed)]).await?;
        }
        let values = findings
            .iter()
            .flat_map(|f| {
                [
                    f.posting.into(),
                    f.nr.into(),
                    f.rule.as_str().into(),
                    f.field.as_str().into(),
                    f.effect.as_str().into(),
                    f.span.as_str().into(),
                    f.article.clone().into(),
                ]
            })
            .collect();
        self.insert("finding (posting, nr, rule, field, effect, span, article)", 7, "", values).await?;
        let values = contacts.iter().flat_map(|(id, body)| [(*id).into(), body.as_str().into()]).collect();
        self.insert("contact (posting, body)", 2, "", values).await?;
        Ok(())
    }
}
