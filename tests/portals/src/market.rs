//! Wire formats of private portals, linked systems and generic formats, and which portals speak them.

mod board_html;
mod board_jsonld;
mod board_rss;
mod codes;
mod file_csv;
mod jobkorea;
mod saramin;
mod wanted;
mod write;

use crate::{Dialect, Portal};

/// The dialects of this half.
pub fn dialects() -> Vec<Box<dyn Dialect>> {
    vec![
        Box::new(saramin::Saramin),
        Box::new(jobkorea::Jobkorea),
        Box::new(wanted::Wanted),
        Box::new(board_html::BoardHtml),
        Box::new(board_jsonld::BoardJsonld),
        Box::new(board_rss::BoardRss),
        Box::new(file_csv::FileCsv),
    ]
}

/// The portals of this half.
pub fn portals() -> Vec<Portal> {
    Vec::new()
}
