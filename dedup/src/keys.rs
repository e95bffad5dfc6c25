//! Blocking keys: postings that share one are compared. Narrow keys back broad ones, so that a key over
//! [`KEY_CAP`] (an employer with hundreds of postings) loses nothing that a narrower one does not find.

use smallvec::SmallVec;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::profile::{Profile, SEED, hash_bag, hash_text};
use crate::sketch::Salient;

/// Most postings read for one key, newest first; a key with more is hot.
pub const KEY_CAP: usize = 60;
/// Most keys of a posting.
pub const KEYS_MAX: usize = 24;

/// Characters of a company's name in the narrow key: the rest may be cut or misspelt.
const NAME_START_CHARS: usize = 3;

/// Places of the text that get a key.
const PLACES_MAX: usize = 2;

/// Kinds of key; the number is part of the stored hash.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Kind {
    Reference = 1,
    Address = 2,
    /// Broad: all of an employer; hot for large ones, which the next two back.
    Company = 3,
    CompanyTitle = 4,
    CompanyClosing = 5,
    Business = 6,
    Contact = 7,
    /// For postings without an employer, or under an agency's name.
    TitlePlace = 8,
    TitleClosing = 9,
    Text = 10,
    Requisition = 11,
    CompanyTitleEnd = 12,
    /// By the workplace that the text names.
    TitleWords = 13,
}

fn key(kind: Kind, a: u64, b: u64) -> i64 {
    let mut bytes = [0u8; 17];
    bytes[0] = kind as u8;
    bytes[1..9].copy_from_slice(&a.to_le_bytes());
    bytes[9..].copy_from_slice(&b.to_le_bytes());
    xxh3_64_with_seed(&bytes, SEED).cast_signed()
}

impl Profile {
    /// Keys to index this posting by, without repeats; deterministic, at most [`KEYS_MAX`], about nine on average.
    pub fn keys(&self) -> SmallVec<[i64; 16]> {
        let mut out: SmallVec<[i64; 16]> = SmallVec::new();
        self.reference_keys(&mut out);
        let deadline = self.deadline.map(|day| i64::from(day).cast_unsigned());
        if self.company_key != 0 {
            // letters in any order: two swapped ones are the commonest slip in a name
            out.push(key(Kind::Company, hash_bag(&self.company), 0));
            if self.company_whole != 0 {
                out.push(key(Kind::Company, self.company_whole, 0));
            }
            if self.title_base != 0 {
                let end = self.company.char_indices().nth(NAME_START_CHARS).map_or(self.company.len(), |(at, _)| at);
                out.push(key(Kind::CompanyTitle, hash_text(&self.company[..end]), self.title_base));
                if let Some((from, _)) =
                    self.company.char_indices().nth_back(NAME_START_CHARS - 1).filter(|(at, _)| *at > 0)
                {
                    out.push(key(Kind::CompanyTitleEnd, hash_text(&self.company[from..]), self.title_base));
                }
            }
            if let Some(day) = deadline {
                out.push(key(Kind::CompanyClosing, self.company_key, day));
            }
            if self.requisition != 0 {
                out.push(key(Kind::Requisition, self.company_key, self.requisition));
            }
        }
        if self.business != 0 {
            out.push(key(Kind::Business, self.business, 0));
        }
        for contact in self.contacts.iter().take(2) {
            out.push(key(Kind::Contact, u64::from(*contact), 0));
        }
        if self.title.chars().count() >= 3 {
            if let Some(district) = self.regions.iter().find(|r| *r % 1000 != 0) {
                out.push(key(Kind::TitlePlace, self.title_key, u64::from(*district)));
            }
            let places = self.salient.iter().filter(|word| **word >> 29 == Salient::Place as u32);
            for place in places.take(if self.title_base == 0 { 0 } else { PLACES_MAX }) {
                out.push(key(Kind::TitleWords, self.title_base, u64::from(*place)));
            }
            if let Some(day) = deadline.filter(|_| self.title_base != 0) {
                out.push(key(Kind::TitleClosing, self.title_base, day));
            }
        }
        for (at, band) in self.text.bands.iter().enumerate() {
            if *band != 0 && self.text.shingles >= crate::sketch::SHINGLES_MIN {
                out.push(key(Kind::Text, u64::from(*band), at as u64));
            }
        }
        out.sort_unstable();
        out.dedup();
        out.truncate(KEYS_MAX);
        out
    }

    /// Own and named identity: a republished posting meets its original and other copies of it.
    fn reference_keys(&self, out: &mut SmallVec<[i64; 16]>) {
        for name in &self.own_names {
            out.push(key(Kind::Reference, u64::from(*name), self.own_id));
            if self.own_alias != 0 {
                out.push(key(Kind::Reference, u64::from(*name), self.own_alias));
            }
        }
        if let Some(origin) = self.origin {
            out.push(key(Kind::Reference, u64::from(origin.provider), origin.id));
        }
        for url in [self.own_url, self.origin_url] {
            if url != 0 {
                out.push(key(Kind::Address, url, 0));
            }
        }
    }
}
