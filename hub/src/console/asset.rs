//! Style, scripts and fonts, compiled in. Their address carries a mark of their content, so that browsers keep them for good.

use std::sync::LazyLock;

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use super::problem::Problem;

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const WOFF2: &str = "font/woff2";
const SVG: &str = "image/svg+xml";

struct Asset {
    name: &'static str,
    kind: &'static str,
    body: &'static [u8],
}

/// All of them.
const ASSETS: &[Asset] = &[
    Asset { name: "console.css", kind: CSS, body: include_bytes!("../../assets/console.css") },
    Asset { name: "console.js", kind: JS, body: include_bytes!("../../assets/console.js") },
    Asset { name: "keys.js", kind: JS, body: include_bytes!("../../assets/keys.js") },
    Asset { name: "lease.js", kind: JS, body: include_bytes!("../../assets/lease.js") },
    Asset { name: "review.css", kind: CSS, body: include_bytes!("../../assets/review.css") },
    Asset { name: "htmx.js", kind: JS, body: include_bytes!("../../assets/htmx-2.0.11.min.js") },
    Asset { name: "icon.svg", kind: SVG, body: include_bytes!("../../assets/icon.svg") },
    Asset {
        name: "pretendard-regular.woff2",
        kind: WOFF2,
        body: include_bytes!("../../assets/pretendard-regular.woff2"),
    },
    Asset { name: "pretendard-bold.woff2", kind: WOFF2, body: include_bytes!("../../assets/pretendard-bold.woff2") },
];

static MARKS: LazyLock<Vec<(&'static str, String)>> =
    LazyLock::new(|| ASSETS.iter().map(|asset| (asset.name, format!("{:012x}", xxh3_64(asset.body) >> 16))).collect());

fn mark(name: &str) -> &'static str {
    MARKS.iter().find(|(own, _)| *own == name).map_or("", |(_, mark)| mark.as_str())
}

/// The address of an asset.
pub(super) fn address(name: &str) -> String {
    format!("/assets/{name}?v={}", mark(name))
}

#[derive(Deserialize)]
pub(super) struct Version {
    v: Option<String>,
}

/// Serves an asset; the one with its mark for ever, any other for a moment.
pub(super) async fn serve(Path(file): Path<String>, Query(version): Query<Version>) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == file) else {
        return Problem::new(404, "nowhere").into_response();
    };
    let lasting = version.v.as_deref() == Some(mark(asset.name)) || asset.kind == WOFF2;
    let keep = if lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static(keep)),
    ];
    (headers, asset.body).into_response()
}
