//! What to ask after a page, decided from what the page said and where it stood. No request is built here.

use crate::source::manifest::{Paging, Stop, TotalTrust};
use crate::{At, PageError, PageErrorKind};

/// Most pages of a slice where the manifest names no limit.
pub(crate) const PAGES_MAX: u32 = 10_000;
/// How many earlier pages a page is compared with.
pub(crate) const SEEN_MAX: usize = 8;
/// Longest cursor or address kept, in bytes.
pub(crate) const CURSOR_BYTES_MAX: usize = 8192;

/// `[paginator]`, compiled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pager {
    pub(crate) paging: Paging,
    pub(crate) first: u64,
    pub(crate) size: Option<u32>,
    pub(crate) max: u32,
    pub(crate) stop: Stop,
    pub(crate) trust: TotalTrust,
    pub(crate) cap: Option<u64>,
}

/// What a page said that matters for going on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// Rows on the page, skipped and rejected ones included.
    pub(crate) rows: u64,
    pub(crate) total: Option<u64>,
    pub(crate) pages: Option<u64>,
    /// Next cursor or address, not empty.
    pub(crate) cursor: Option<String>,
    /// Hash of the rows.
    pub(crate) hash: u64,
    /// Further sitemaps.
    pub(crate) sitemaps: Vec<String>,
    /// The cap's pieces exist.
    pub(crate) can_split: bool,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The slice ended; the text says why it is not complete, if it is not.
    End(Option<String>),
    /// Ask for this.
    Ask(Box<At>),
    /// The rows are those of an earlier page.
    Repeats(Option<String>),
    /// Read the pieces instead.
    Split,
}

impl Pager {
    /// Decides.
    ///
    /// # Errors
    /// A cursor too long to keep.
    pub(crate) fn next(&self, at: &At, said: Said) -> Result<Next, PageError> {
        let so_far = at.rows_before + said.rows;
        // a total that the manifest does not trust decides nothing
        let total = said.total.filter(|_| self.trust != TotalTrust::Ignore);
        if at.page > 0 && said.rows > 0 && at.seen.contains(&said.hash) {
            let whole = total == Some(at.rows_before);
            return Ok(Next::Repeats((!whole).then(|| "page repeats".to_owned())));
        }
        if let Some(capped) = self.capped(at, &said, so_far, total) {
            return Ok(capped);
        }
        if !at.pending.is_empty() || !said.sitemaps.is_empty() {
            return Ok(self.pending(at, said, so_far));
        }
        if said.cursor.as_ref().is_some_and(|c| c.len() > CURSOR_BYTES_MAX) {
            return Err(PageError {
                kind: PageErrorKind::Format,
                code: None,
                message: format!("a cursor of more than {CURSOR_BYTES_MAX} bytes"),
            });
        }
        if !self.goes_on(at, &said, so_far, total) {
            return Ok(Next::End(None));
        }
        if self.by_cursor() && said.cursor == at.cursor {
            return Ok(Next::End(Some("cursor repeats".to_owned())));
        }
        if at.page + 1 >= self.max {
            return Ok(if said.can_split {
                Next::Split
            } else {
                Next::End(Some(format!("page limit of {} reached", self.max)))
            });
        }
        Ok(Next::Ask(Box::new(self.after(at, said, so_far))))
    }

    fn by_cursor(&self) -> bool {
        matches!(self.paging, Paging::Cursor | Paging::NextLink)
    }

    /// More rows than the source gives: pieces where there are, a reason where there are none.
    fn capped(&self, at: &At, said: &Said, so_far: u64, total: Option<u64>) -> Option<Next> {
        let cap = self.cap?;
        let claims_more = match self.trust {
            TotalTrust::Capped => total.is_some_and(|t| t >= cap),
            TotalTrust::Reconcile => total.is_some_and(|t| t > cap),
            TotalTrust::Ignore => false,
        };
        if at.page == 0 && claims_more && said.can_split {
            return Some(Next::Split);
        }
        // without a total the cap shows itself when so many rows have come; a total up to the cap is no sign of more
        let known_to_fit = !claims_more && total.is_some_and(|t| so_far >= t);
        if so_far >= cap && !known_to_fit {
            return Some(if said.can_split {
                Next::Split
            } else {
                Next::End(Some(format!("cap of {cap} rows reached")))
            });
        }
        None
    }

    fn goes_on(&self, at: &At, said: &Said, so_far: u64, total: Option<u64>) -> bool {
        if self.paging == Paging::None {
            return false;
        }
        if self.by_cursor() {
            return said.cursor.is_some() && (said.rows > 0 || self.stop != Stop::Empty);
        }
        if said.rows == 0 {
            return false;
        }
        if let Some(pages) = said.pages {
            return u64::from(at.page) + 1 < pages;
        }
        let trusted = total.filter(|_| self.trust == TotalTrust::Reconcile);
        match (self.stop, self.size) {
            (Stop::Total, _) if total.is_some() => total.is_some_and(|t| so_far < t),
            (Stop::Short | Stop::Total, Some(size)) => {
                said.rows >= u64::from(size) || trusted.is_some_and(|t| so_far < t)
            }
            (Stop::Empty, _) | (_, None) => true,
        }
    }

    fn pending(&self, at: &At, said: Said, so_far: u64) -> Next {
        let mut after = self.after(at, said.clone(), so_far);
        let mut pending = said.sitemaps;
        pending.extend(at.pending.iter().cloned());
        if at.page + 1 >= self.max {
            return Next::End(Some(format!("page limit of {} reached", self.max)));
        }
        if pending.is_empty() {
            return Next::End(None);
        }
        after.cursor = Some(pending.remove(0));
        after.pending = pending;
        Next::Ask(Box::new(after))
    }

    fn after(&self, at: &At, said: Said, so_far: u64) -> At {
        let mut seen = at.seen.clone();
        if said.rows > 0 {
            seen.push(said.hash);
        }
        let surplus = seen.len().saturating_sub(SEEN_MAX);
        seen.drain(..surplus);
        At {
            slice: at.slice.clone(),
            values: at.values.clone(),
            page: at.page + 1,
            rows_before: so_far,
            cursor: if self.by_cursor() { said.cursor } else { None },
            pending: Vec::new(),
            seen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pager(paging: Paging, stop: Stop) -> Pager {
        Pager { paging, first: 1, size: Some(100), max: 50, stop, trust: TotalTrust::Reconcile, cap: None }
    }

    fn at(page: u32, rows_before: u64) -> At {
        At { slice: "all".to_owned(), page, rows_before, seen: vec![7], ..At::default() }
    }

    fn said(rows: u64, total: Option<u64>, hash: u64) -> Said {
        Said { rows, total, hash, ..Said::default() }
    }

    fn word(next: Next) -> String {
        match next {
            Next::End(None) => "end".to_owned(),
            Next::End(Some(why)) => why,
            Next::Ask(at) => format!("page {} after {}", at.page, at.rows_before),
            Next::Repeats(None) => "end, repeats".to_owned(),
            Next::Repeats(Some(why)) => why,
            Next::Split => "split".to_owned(),
        }
    }

    #[test]
    fn decides_by_rows_totals_and_limits() {
        use Paging::{None as Once, PageIncrement as Pages};
        let capped = Pager { cap: Some(500), trust: TotalTrust::Capped, ..pager(Pages, Stop::Short) };
        let reconciled = Pager { cap: Some(500), ..pager(Pages, Stop::Short) };
        let limited = Pager { max: 2, ..pager(Pages, Stop::Short) };
        let ignored = Pager { trust: TotalTrust::Ignore, ..pager(Pages, Stop::Short) };
        let table: [(Pager, At, Said, &str); 17] = [
            (pager(Pages, Stop::Short), at(0, 0), said(100, None, 1), "page 1 after 100"),
            (pager(Pages, Stop::Short), at(1, 100), said(99, None, 1), "end"),
            (pager(Pages, Stop::Short), at(1, 100), said(87, Some(1000), 1), "page 2 after 187"),
            (pager(Pages, Stop::Short), at(9, 900), said(100, Some(800), 1), "page 10 after 1000"),
            (ignored, at(1, 100), said(87, Some(1000), 1), "end"),
            (pager(Pages, Stop::Empty), at(1, 100), said(3, None, 1), "page 2 after 103"),
            (pager(Pages, Stop::Empty), at(1, 100), said(0, None, 1), "end"),
            (pager(Pages, Stop::Total), at(1, 100), said(100, Some(200), 1), "end"),
            (pager(Pages, Stop::Total), at(1, 100), said(50, Some(200), 1), "page 2 after 150"),
            (pager(Pages, Stop::Short), at(1, 100), said(100, Some(1000), 7), "page repeats"),
            (pager(Pages, Stop::Short), at(1, 100), said(100, Some(100), 7), "end, repeats"),
            (limited, at(1, 100), said(100, None, 1), "page limit of 2 reached"),
            (capped, at(0, 0), said(100, Some(500), 1), "page 1 after 100"),
            (Pager { ..capped }, at(0, 0), Said { can_split: true, ..said(100, Some(500), 1) }, "split"),
            (reconciled, at(4, 400), said(100, Some(500), 1), "page 5 after 500"),
            (reconciled, at(4, 400), said(100, None, 1), "cap of 500 rows reached"),
            (pager(Once, Stop::Short), at(0, 0), said(100, None, 1), "end"),
        ];
        for (i, (pager, at, said, want)) in table.into_iter().enumerate() {
            assert_eq!(word(pager.next(&at, said).unwrap()), want, "case {i}");
        }
    }

    #[test]
    fn cursors_end_when_they_repeat_and_sitemaps_when_none_is_pending() {
        let pager = pager(Paging::Cursor, Stop::Short);
        let here = At { cursor: Some("a".to_owned()), ..at(1, 100) };
        let next = |cursor: Option<&str>| {
            word(pager.next(&here, Said { cursor: cursor.map(str::to_owned), ..said(100, None, 1) }).unwrap())
        };
        assert_eq!(next(Some("b")), "page 2 after 200");
        assert_eq!(next(Some("a")), "cursor repeats");
        assert_eq!(next(None), "end");
        let maps = Said { sitemaps: vec!["s1".to_owned(), "s2".to_owned()], ..Said::default() };
        let Next::Ask(after) = pager.next(&At::default(), maps).unwrap() else { panic!("no next") };
        assert_eq!((after.cursor.as_deref(), after.pending.as_slice()), (Some("s1"), ["s2".to_owned()].as_slice()));
        let Next::Ask(after) = pager.next(&after, said(3, None, 9)).unwrap() else { panic!("no next") };
        assert_eq!((after.cursor.as_deref(), after.rows_before), (Some("s2"), 3));
        assert_eq!(word(pager.next(&after, said(3, None, 8)).unwrap()), "end");
    }
}
