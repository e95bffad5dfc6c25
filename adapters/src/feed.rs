//! RSS 0.9 to 2.0, RDF and Atom: the rows of a feed and its field names. Read with our own XML reader, because feed-rs
//! panics on some UTF-16 feeds and forgives a cut body.

use std::borrow::Cow;

use crate::xml::{XmlDoc, XmlPath};

/// The rows of a feed.
///
/// # Errors
/// In words, when the page is no feed.
pub(crate) fn rows(doc: &XmlDoc<'_>) -> Result<Vec<u32>, String> {
    let root = doc.children(0).next().unwrap_or(0);
    let named = |parent: u32, name: &'static str| doc.children(parent).filter(move |c| doc.name(*c) == name);
    let rows = match doc.root_name() {
        "rss" => {
            let channels: Vec<u32> = named(root, "channel").collect();
            if channels.is_empty() {
                return Err("an rss feed without `channel`".to_owned());
            }
            channels.into_iter().flat_map(|channel| named(channel, "item")).collect()
        }
        "RDF" => named(root, "item").collect(),
        "feed" => named(root, "entry").collect(),
        other => return Err(format!("`{other}` where rss, rdf or atom was expected")),
    };
    Ok(rows)
}

/// A field of a feed's row.
#[derive(Clone, Debug)]
pub(crate) enum FeedPath {
    Id,
    Link,
    Author,
    Category,
    /// The first of these that is there.
    First(&'static [&'static str]),
    /// Anything else: an element path in the item.
    Element(XmlPath),
}

impl FeedPath {
    pub(crate) fn parse(text: &str) -> Result<FeedPath, String> {
        Ok(match text {
            "id" => FeedPath::Id,
            "link" => FeedPath::Link,
            "author" => FeedPath::Author,
            "category" => FeedPath::Category,
            "title" => FeedPath::First(&["title"]),
            "summary" => FeedPath::First(&["summary", "description"]),
            "content" => FeedPath::First(&["content", "encoded"]),
            "published" => FeedPath::First(&["pubDate", "published", "issued", "date"]),
            "updated" => FeedPath::First(&["updated", "modified", "lastmod"]),
            other => FeedPath::Element(XmlPath::parse(other)?),
        })
    }

    pub(crate) fn texts<'d>(&self, doc: &'d XmlDoc<'_>, row: u32, each: &mut dyn FnMut(Cow<'d, str>)) {
        let named = |name: &str| doc.children(row).find(|c| doc.name(*c) == name);
        match self {
            FeedPath::First(names) => {
                if let Some(found) = names.iter().find_map(|name| named(name)) {
                    each(doc.text(found));
                }
            }
            FeedPath::Id => {
                let found = named("guid").or_else(|| named("id")).map(|e| doc.text(e));
                let found = found.or_else(|| doc.attribute(row, "about").map(Cow::Borrowed)).or_else(|| link(doc, row));
                if let Some(text) = found {
                    each(text);
                }
            }
            FeedPath::Link => {
                if let Some(text) = link(doc, row) {
                    each(text);
                }
            }
            FeedPath::Author => {
                if let Some(author) = named("author").or_else(|| named("creator")) {
                    let name = doc.children(author).find(|c| doc.name(*c) == "name");
                    each(doc.text(name.unwrap_or(author)));
                }
            }
            FeedPath::Category => {
                for category in doc.children(row).filter(|c| matches!(doc.name(*c), "category" | "subject")) {
                    each(doc.attribute(category, "term").map_or_else(|| doc.text(category), Cow::Borrowed));
                }
            }
            FeedPath::Element(path) => path.texts(doc, row, each),
        }
    }
}

/// RSS writes the address as text, Atom as `href` of the link that is `alternate` or has no `rel`.
fn link<'d>(doc: &'d XmlDoc<'_>, row: u32) -> Option<Cow<'d, str>> {
    let links: Vec<u32> = doc.children(row).filter(|c| doc.name(*c) == "link").collect();
    let href = links.iter().find_map(|l| {
        let plain = doc.attribute(*l, "rel").is_none_or(|rel| rel == "alternate");
        doc.attribute(*l, "href").filter(|_| plain)
    });
    href.map(Cow::Borrowed).or_else(|| links.first().map(|l| doc.text(*l)).filter(|t| !t.trim().is_empty())).or_else(
        || {
            // a guid is an address unless it says it is none
            let guid = doc.children(row).find(|c| doc.name(*c) == "guid")?;
            let text = doc.text(guid);
            (doc.attribute(guid, "isPermaLink") != Some("false") && text.trim().starts_with("http")).then_some(text)
        },
    )
}
