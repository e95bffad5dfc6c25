//! A page in any of the formats, its rows, and the paths into them: the one place that knows all formats.

use std::borrow::Cow;

use crate::csv::Table;
use crate::feed::{self, FeedPath};
use crate::html::{self, HtmlPage, HtmlPath, HtmlRow};
use crate::json::Node;
use crate::json::path::JsonPath;
use crate::jsonld::{self, KeyPath};
use crate::sitemap::{self, Sitemap};
use crate::source::manifest::Format;
use crate::xml::{Repairs, XmlDoc, XmlPath};

/// A page, decoded and parsed.
pub(crate) enum Document<'a> {
    Json(Node<'a>),
    Xml(XmlDoc<'a>),
    Html(HtmlPage<'a>),
    Table(Table),
}

/// A place in a document: a row, or the document itself.
#[derive(Clone, Copy)]
pub(crate) enum Row<'d, 'a> {
    Json(&'d Node<'a>),
    Xml(&'d XmlDoc<'a>, u32),
    Html(HtmlRow<'d>),
    Table(&'d Table, usize),
}

/// How a format is read; compiled from `[decoder]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) format: Format,
    pub(crate) charset: crate::charset::Charset,
    pub(crate) repairs: Repairs,
    pub(crate) delimiter: u8,
    pub(crate) comment: Option<u8>,
    pub(crate) entities: u8,
    /// Every selector asked of the page is one the fast HTML tree knows.
    pub(crate) quick: bool,
}

impl<'a> Document<'a> {
    /// Parses a decoded page.
    ///
    /// # Errors
    /// In words.
    pub(crate) fn parse(text: &'a str, reading: &Reading) -> Result<Document<'a>, String> {
        match reading.format {
            Format::Json => Node::parse(text).map(Document::Json),
            Format::Jsonl => Node::parse_lines(text).map(Document::Json),
            Format::Jsonld => html::whole(text).and_then(jsonld::postings).map(Document::Json),
            Format::Xml | Format::Feed | Format::Sitemap => XmlDoc::parse(text, reading.repairs).map(Document::Xml),
            Format::Html => html::whole(text).and_then(|t| HtmlPage::parse(t, reading.quick)).map(Document::Html),
            Format::Csv => Table::parse(text, reading.delimiter, reading.comment).map(Document::Table),
        }
    }

    /// The document itself, for paths that are not in a row.
    pub(crate) fn whole(&self) -> Row<'_, 'a> {
        match self {
            Document::Json(node) => Row::Json(node),
            Document::Xml(doc) => Row::Xml(doc, 0),
            Document::Html(html) => Row::Html(html.root()),
            Document::Table(table) => Row::Table(table, usize::MAX),
        }
    }

    /// Addresses of further sitemaps, where this is an index of them.
    pub(crate) fn sitemaps(&self, format: Format) -> Option<Vec<String>> {
        match (format, self) {
            (Format::Sitemap, Document::Xml(doc)) => match sitemap::read(doc) {
                Ok(Sitemap::Index(list)) => Some(list),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A path into a row or a document.
#[derive(Clone, Debug)]
pub(crate) enum Locator {
    Json(JsonPath),
    Keys(KeyPath),
    Xml(XmlPath),
    Html(HtmlPath),
    Feed(FeedPath),
    Column(Box<str>),
}

impl Locator {
    /// Compiles a path for a row of a format.
    pub(crate) fn parse(text: &str, format: Format) -> Result<Locator, String> {
        if text.trim().is_empty() {
            return Err("an empty path".to_owned());
        }
        Ok(match format {
            Format::Json | Format::Jsonl => Locator::Json(JsonPath::parse(text)?),
            Format::Jsonld => Locator::Keys(KeyPath::parse(text)?),
            Format::Xml | Format::Sitemap => Locator::Xml(XmlPath::parse(text)?),
            Format::Html => Locator::Html(HtmlPath::parse(text)?),
            Format::Feed => Locator::Feed(FeedPath::parse(text)?),
            Format::Csv => Locator::Column(text.into()),
        })
    }

    /// Compiles a path into a whole document of a format.
    pub(crate) fn parse_whole(text: &str, format: Format) -> Result<Locator, String> {
        match format {
            Format::Feed => XmlPath::parse(text).map(Locator::Xml),
            _ => Locator::parse(text, format),
        }
    }

    /// Calls `each` with every text at this path. CSS gives only its first match when `first` is asked for.
    pub(crate) fn texts<'d>(&self, row: Row<'d, '_>, markup: bool, first: bool, each: &mut dyn FnMut(Cow<'d, str>)) {
        match (self, row) {
            (Locator::Json(path), Row::Json(node)) => path.each(node, &mut |found| {
                if let Some(text) = found.text() {
                    each(text);
                }
            }),
            (Locator::Keys(path), Row::Json(node)) => path.texts(node, each),
            (Locator::Xml(path), Row::Xml(doc, element)) => path.texts(doc, element, each),
            (Locator::Feed(path), Row::Xml(doc, element)) => path.texts(doc, element, each),
            (Locator::Html(path), Row::Html(element)) => path.texts(element, markup, first, each),
            (Locator::Column(column), Row::Table(table, index)) => {
                if let Some(cell) = table.cell(index, column) {
                    each(Cow::Borrowed(cell));
                }
            }
            _ => {}
        }
    }

    /// Whether the fast HTML tree can answer it; paths of other formats do not matter.
    pub(crate) fn is_quick(&self) -> bool {
        match self {
            Locator::Html(path) => path.is_quick(),
            _ => true,
        }
    }

    /// The first text at this path.
    pub(crate) fn first<'d>(&self, row: Row<'d, '_>) -> Option<Cow<'d, str>> {
        let mut found = None;
        self.texts(row, false, true, &mut |text| {
            if found.is_none() {
                found = Some(text);
            }
        });
        found
    }

    /// Whether anything is at this path, `null` and empty included.
    pub(crate) fn exists(&self, row: Row<'_, '_>) -> bool {
        match (self, row) {
            (Locator::Json(path), Row::Json(node)) => !path.query(node).is_empty(),
            (Locator::Column(column), Row::Table(table, _)) => table.columns().iter().any(|c| **c == **column),
            _ => self.first(row).is_some(),
        }
    }
}

/// Where the rows of a format are.
#[derive(Clone, Debug)]
pub(crate) enum RowsAt {
    /// The array, or the object that stands for one row; the container above it.
    Json(JsonPath, JsonPath),
    Xml(XmlPath),
    Html(HtmlPath),
    /// The format knows.
    Given,
}

impl RowsAt {
    pub(crate) fn parse(text: Option<&str>, format: Format) -> Result<RowsAt, String> {
        match (format, text) {
            (Format::Json | Format::Jsonl, text) => {
                let path = JsonPath::parse(text.unwrap_or("$"))?.stem();
                let parent = path.parent();
                Ok(RowsAt::Json(path, parent))
            }
            (Format::Xml, Some(text)) => XmlPath::parse(text).map(RowsAt::Xml),
            (Format::Html, Some(text)) => HtmlPath::parse(text).map(RowsAt::Html),
            (Format::Xml, None) => Err("xml needs the element path of its rows".to_owned()),
            (Format::Html, None) => Err("html needs the CSS selector of its rows".to_owned()),
            (_, Some(_)) => Err(format!("{} knows its rows", format.name())),
            (_, None) => Ok(RowsAt::Given),
        }
    }

    /// The rows of a document. An object where a list's elements are expected is one row; `""`, `null` and nothing are none.
    ///
    /// # Errors
    /// In words, when a feed or sitemap is none.
    pub(crate) fn rows<'d, 'a>(&self, doc: &'d Document<'a>, format: Format) -> Result<Vec<Row<'d, 'a>>, String> {
        let mut rows = Vec::new();
        match (self, doc) {
            (RowsAt::Json(path, _), Document::Json(root)) => path.each(root, &mut |node| match node {
                Node::Array(items) => rows.extend(items.iter().map(Row::Json)),
                Node::Object(members) if !members.is_empty() => rows.push(Row::Json(node)),
                _ => {}
            }),
            (RowsAt::Given, Document::Json(Node::Array(items))) => rows.extend(items.iter().map(Row::Json)),
            (RowsAt::Xml(path), Document::Xml(xml)) => path.elements(xml, 0, &mut |e| rows.push(Row::Xml(xml, e))),
            (RowsAt::Html(path), Document::Html(html)) => path.elements(html.root(), &mut |e| {
                rows.push(Row::Html(e));
                true
            }),
            (RowsAt::Given, Document::Xml(xml)) if format == Format::Feed => {
                rows.extend(feed::rows(xml)?.into_iter().map(|e| Row::Xml(xml, e)));
            }
            (RowsAt::Given, Document::Xml(xml)) => {
                if let Sitemap::Urls(urls) = sitemap::read(xml)? {
                    rows.extend(urls.into_iter().map(|e| Row::Xml(xml, e)));
                }
            }
            (RowsAt::Given, Document::Table(table)) => rows.extend((0..table.len()).map(|i| Row::Table(table, i))),
            _ => {}
        }
        Ok(rows)
    }

    /// Whether the place for rows is there and empty: the difference between an empty list and a failure in disguise.
    pub(crate) fn is_empty_list(&self, doc: &Document<'_>) -> bool {
        match (self, doc) {
            (RowsAt::Json(path, parent), Document::Json(root)) => {
                let place = path.query(root);
                if place.is_empty() {
                    // `items: ""` where `items.item` was expected
                    !path.is_root() && !parent.is_root() && parent.query(root).iter().any(|p| p.is_nothing())
                } else {
                    place.iter().all(|p| p.is_nothing())
                }
            }
            (RowsAt::Xml(path), Document::Xml(xml)) => {
                let mut empty = false;
                path.parent().elements(xml, 0, &mut |e| empty |= xml.is_nothing(e));
                empty
            }
            (RowsAt::Given, Document::Xml(_) | Document::Table(_)) => true,
            (RowsAt::Given, Document::Json(_)) => false,
            _ => false,
        }
    }

    /// Whether the fast HTML tree can find them.
    pub(crate) fn is_quick(&self) -> bool {
        match self {
            RowsAt::Html(path) => path.is_quick(),
            _ => true,
        }
    }

    /// What was expected where, for messages.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            RowsAt::Json(..) => "rows",
            RowsAt::Xml(_) => "row elements",
            RowsAt::Html(_) => "elements of the rows selector",
            RowsAt::Given => "postings",
        }
    }
}

impl Row<'_, '_> {
    /// The row's text, for rejects.
    pub(crate) fn raw(self) -> String {
        match self {
            Row::Json(node) => node.to_json(),
            Row::Xml(doc, element) => {
                let mut out = String::new();
                doc.to_xml(element, &mut out);
                out
            }
            Row::Html(element) => element.markup(true),
            Row::Table(table, index) => table.raw(index),
        }
    }

    /// Why the row is none, where its format says so.
    pub(crate) fn broken(self) -> Option<String> {
        match self {
            Row::Json(Node::Broken(_, why)) => Some(why.clone()),
            Row::Json(Node::Object(_)) => None,
            Row::Json(_) => Some("the row is no object".to_owned()),
            Row::Table(table, index) => table.broken(index).map(|(_, why)| why.clone()),
            _ => None,
        }
    }
}
