//! Sitemaps: a urlset gives rows, an index gives further sitemaps to read, `.gz` is known by its first bytes.

use std::borrow::Cow;
use std::io::Read as _;

use crate::xml::XmlDoc;

/// Most bytes a packed sitemap may unpack to: the protocol's 50 MB and some.
pub(crate) const UNPACKED_BYTES_MAX: u64 = 64 << 20;
/// Most sitemaps of one index, the protocol's own limit being 50,000.
pub(crate) const SITEMAPS_MAX: usize = 50_000;

/// The body, unpacked where it is gzip.
///
/// # Errors
/// In words, when it is damaged or too large.
pub(crate) fn unpack(body: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(body));
    }
    let mut out = Vec::new();
    let mut unpacked = flate2::read::MultiGzDecoder::new(body).take(UNPACKED_BYTES_MAX + 1);
    unpacked.read_to_end(&mut out).map_err(|e| format!("damaged gzip: {e}"))?;
    if out.len() as u64 > UNPACKED_BYTES_MAX {
        return Err(format!("more than {UNPACKED_BYTES_MAX} bytes unpacked"));
    }
    Ok(Cow::Owned(out))
}

/// What a sitemap holds.
#[derive(Debug)]
pub(crate) enum Sitemap {
    /// Its `url` elements.
    Urls(Vec<u32>),
    /// Addresses of further sitemaps.
    Index(Vec<String>),
}

/// Reads the root of a sitemap.
///
/// # Errors
/// In words, when the page is none.
pub(crate) fn read(doc: &XmlDoc<'_>) -> Result<Sitemap, String> {
    let root = doc.children(0).next().unwrap_or(0);
    match doc.root_name() {
        "urlset" => Ok(Sitemap::Urls(doc.children(root).filter(|c| doc.name(*c) == "url").collect())),
        "sitemapindex" => {
            let mut found = Vec::new();
            for sitemap in doc.children(root).filter(|c| doc.name(*c) == "sitemap") {
                let loc = doc.children(sitemap).find(|c| doc.name(*c) == "loc").map(|l| doc.text(l).trim().to_owned());
                found.extend(loc.filter(|l| !l.is_empty()));
                if found.len() > SITEMAPS_MAX {
                    return Err(format!("more than {SITEMAPS_MAX} sitemaps in one index"));
                }
            }
            Ok(Sitemap::Index(found))
        }
        other => Err(format!("`{other}` where urlset or sitemapindex was expected")),
    }
}
