//! The listener: one loopback port, a portal per host name, HTTP/1.1 with keep-alive, validators, gzip, and quirks on the wire.

use std::io::{self, Write as _};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustc_hash::FxHashMap;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use xxhash_rust::xxh3::xxh3_64;

use crate::dialect::FAILURE_MARK;
use crate::fleet::{Booth, Inner, TIMES_KEPT, lock, read};
use crate::quirk::{self, Act, Quirk, Sight, Worn};
use crate::world::chance::mix;
use crate::{Reply, Request, View};

/// Largest request body that is read.
const REQUEST_BYTES_MAX: usize = 1 << 20;
/// Bodies below this are not worth packing.
const GZIP_BYTES_MIN: usize = 1_024;
/// Bytes of ready answers kept for repeated requests.
const CACHE_BYTES_MAX: usize = 48 << 20;
/// Body bytes at most of one kept answer.
const CACHED_BODY_BYTES_MAX: usize = 1 << 20;
/// Unpacked size at most of a gzip bomb.
const BOMB_MEBIBYTES_MAX: u32 = 4_096;

/// Portal, day, path and query, hash of the headers that an answer may depend on.
type CacheKey = (usize, i32, String, u64);

/// Ready answers of today.
#[derive(Default)]
pub(crate) struct Cache {
    held: FxHashMap<CacheKey, Reply>,
    bytes: usize,
}

impl Cache {
    pub(crate) fn clear(&mut self) {
        *self = Cache::default();
    }

    fn keep(&mut self, key: CacheKey, reply: &Reply) {
        let size = reply.body.len() + key.2.len() + 200;
        if reply.body.len() > CACHED_BODY_BYTES_MAX {
            return;
        }
        if self.bytes + size > CACHE_BYTES_MAX {
            self.clear();
        }
        self.bytes += size;
        self.held.insert(key, reply.clone());
    }
}

/// Accepts connections until the task is aborted; its connections end with it.
pub(crate) async fn serve(listener: TcpListener, inner: Arc<Inner>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, inner.clone()));
                }
                // Out of descriptors, most likely: others will close soon.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

async fn connection(stream: TcpStream, inner: Arc<Inner>) {
    // Small answers must not wait for the acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let wire = Wire { stream, reset: reset.clone() };
    let service = service_fn(move |request| answer(inner.clone(), reset.clone(), request));
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(wire), service);
    // A client that hangs up is no news.
    let _ = served.await;
}

/// A connection that can be reset instead of closed.
struct Wire {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Relaxed) {
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A body that may break off in the middle.
struct Out {
    left: Option<Bytes>,
    breaks: bool,
    /// Turns to wait before breaking off, so that what came before is on the wire.
    waits: u8,
}

impl Body for Out {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.left.take() {
            Some(bytes) if !bytes.is_empty() => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            _ if self.breaks && self.waits > 0 => {
                self.waits -= 1;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            _ if self.breaks => Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into()))),
            _ => Poll::Ready(None),
        }
    }

    fn size_hint(&self) -> SizeHint {
        // Unknown for a body that breaks off: it is sent in chunks and the last one never comes.
        if self.breaks {
            SizeHint::default()
        } else {
            SizeHint::with_exact(self.left.as_ref().map_or(0, Bytes::len) as u64)
        }
    }
}

type Response = hyper::Response<Out>;

async fn answer(
    inner: Arc<Inner>,
    reset: Arc<AtomicBool>,
    request: hyper::Request<Incoming>,
) -> Result<Response, io::Error> {
    let host = request.headers().get("host").and_then(|h| h.to_str().ok()).unwrap_or_default();
    let label = host.split([':', '.']).next().unwrap_or_default().to_ascii_lowercase();
    let Some(portal) = inner.by_host.get(&label).copied() else {
        return Ok(plain(Reply::status(404, "no portal has this host name")));
    };
    let booth = &inner.booths[portal];
    booth.requests.fetch_add(1, Ordering::Relaxed);
    let _running = Running::enter(booth);
    {
        let mut times = lock(&booth.times);
        if times.len() >= TIMES_KEPT {
            times.drain(..TIMES_KEPT / 2);
        }
        times.push(Instant::now());
    }
    let accepts_gzip =
        request.headers().get("accept-encoding").is_some_and(|v| v.to_str().is_ok_and(|v| v.contains("gzip")));
    let target = request.uri().path_and_query().map(|t| t.as_str().to_owned()).unwrap_or_default();
    let Some(mut request) = received(request).await else {
        return Ok(plain(Reply::status(413, "request body too large")));
    };
    // Dialects know nothing of HEAD: it is a GET whose body stays here.
    let head = request.method == "HEAD";
    if head {
        request.method = "GET".to_owned();
    }
    if request.path == "/robots.txt" {
        return Ok(plain(robots(&inner, booth, portal)));
    }
    match page(&inner, portal, &request, target).await {
        Served::Reset => {
            reset.store(true, Ordering::Relaxed);
            Err(io::ErrorKind::ConnectionReset.into())
        }
        Served::Bomb { mebibytes } => Ok(bomb(mebibytes)),
        Served::Page { reply, cut } => {
            let mut response = finish(&inner, portal, &request, reply, cut, accepts_gzip);
            if head {
                let length = response.body().left.as_ref().map_or(0, Bytes::len);
                response.headers_mut().insert("content-length", HeaderValue::from(length));
                response.body_mut().left = None;
            }
            Ok(response)
        }
    }
}

/// Counts the requests in progress.
struct Running<'b>(&'b Booth);

impl<'b> Running<'b> {
    fn enter(booth: &'b Booth) -> Running<'b> {
        let now = booth.running.fetch_add(1, Ordering::Relaxed) + 1;
        booth.at_once.fetch_max(now, Ordering::Relaxed);
        Running(booth)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The request in the shape dialects read; `None` when its body is too large.
async fn received(request: hyper::Request<Incoming>) -> Option<Request> {
    let (parts, mut body) = request.into_parts();
    let mut bytes = Vec::new();
    while let Some(Ok(frame)) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        if let Some(data) = frame.data_ref() {
            if bytes.len() + data.len() > REQUEST_BYTES_MAX {
                return None;
            }
            bytes.extend_from_slice(data);
        }
    }
    let headers =
        parts.headers.iter().map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()));
    Some(Request {
        method: parts.method.as_str().to_owned(),
        path: decode(parts.uri.path(), false),
        query: parts.uri.query().map(pairs).unwrap_or_default(),
        headers: headers.collect(),
        body: bytes,
    })
}

fn decode(text: &str, plus: bool) -> String {
    let text = if plus { text.replace('+', " ") } else { text.to_owned() };
    percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter(|p| !p.is_empty());
    parts.map(|p| p.split_once('=').unwrap_or((p, ""))).map(|(n, v)| (decode(n, true), decode(v, true))).collect()
}

fn robots(inner: &Inner, booth: &Booth, portal: usize) -> Reply {
    booth.robots.fetch_add(1, Ordering::Relaxed);
    let kind = read(&booth.worn).iter().find_map(|w| if let Quirk::Robots(kind) = w.quirk { Some(kind) } else { None });
    let allow = inner.portals[portal]
        .params
        .get("robots")
        .map_or("User-agent: *\nDisallow: /mypage/\nAllow: /\n", String::as_str);
    quirk::robots(kind, allow)
}

/// Hash of the headers but those that belong to the connection: keys and wanted formats are in headers too.
fn said(request: &Request) -> u64 {
    const OF_THE_CONNECTION: [&str; 8] = [
        "host",
        "connection",
        "user-agent",
        "accept-encoding",
        "if-none-match",
        "if-modified-since",
        "traceparent",
        "x-request-id",
    ];
    let told = request.headers.iter().filter(|(name, _)| !OF_THE_CONNECTION.contains(&name.as_str()));
    told.fold(0, |hash, (name, value)| mix(hash ^ xxh3_64(name.as_bytes()) ^ xxh3_64(value.as_bytes()).rotate_left(1)))
}

enum Served {
    Page { reply: Reply, cut: Option<(f64, bool)> },
    Bomb { mebibytes: u32 },
    Reset,
}

/// A page: quirks first, then the cache, then the dialect.
async fn page(inner: &Arc<Inner>, portal: usize, request: &Request, target: String) -> Served {
    let booth = &inner.booths[portal];
    let base = format!("http://{}", booth.host);
    let worn: Vec<Arc<Worn>> = read(&booth.worn).clone();
    let clean = worn.iter().all(|w| matches!(w.quirk, Quirk::Robots(_)));
    let mut sight = Sight::default();
    let (mut cut, mut repeat, mut alert, mut bare) = (None, None, false, false);
    // Retry-After counts on the wall clock of the client, not on the portal's.
    let now = wall_clock();
    for w in &worn {
        match w.meet(&mut sight, request, &base, inner.seed, &now) {
            Some(Act::Reply(reply)) => return Served::Page { reply, cut: None },
            Some(Act::Delay(delay)) => tokio::time::sleep(delay).await,
            Some(Act::Cut { share, honest }) => cut = Some((share, honest)),
            Some(Act::Bomb { mebibytes }) => return Served::Bomb { mebibytes },
            Some(Act::Reset) => return Served::Reset,
            Some(Act::Repeat) => repeat = Some(w.clone()),
            Some(Act::Alert) => alert = true,
            Some(Act::DropCharset) => bare = true,
            None => {}
        }
    }
    let world = read(&inner.world).clone();
    let key = (portal, world.day, target, said(request));
    let cacheable = clean && request.method == "GET";
    if cacheable && let Some(reply) = lock(&inner.cache).held.get(&key) {
        return Served::Page { reply: reply.clone(), cut };
    }
    let shelves = inner.clone();
    let shelf = if inner.has_shelf(&world, portal, sight.arrangement) {
        inner.shelf(&world, portal, sight.arrangement)
    } else {
        // Writing out a large portal takes a while; other connections go on meanwhile.
        let arrangement = sight.arrangement;
        match tokio::task::spawn_blocking(move || shelves.shelf(&world, portal, arrangement)).await {
            Ok(shelf) => shelf,
            Err(_) => {
                return Served::Page { reply: Reply::status(500, "the portal could not be written out"), cut: None };
            }
        }
    };
    let world = read(&inner.world).clone();
    let mut reply = ask(inner, &world, portal, &shelf, &sight, alert, request, &base);
    if let Some(worn) = repeat {
        let mut kept = lock(&worn.kept);
        match &*kept {
            Some((path, first)) if *path == request.path => reply = first.clone(),
            _ => *kept = Some((request.path.clone(), reply.clone())),
        }
    }
    if bare {
        for (_, value) in reply.headers.iter_mut().filter(|(name, _)| *name == "content-type") {
            *value = value.split(';').next().unwrap_or_default().to_owned();
        }
    }
    if cacheable && reply.status == 200 {
        lock(&inner.cache).keep(key, &reply);
    }
    Served::Page { reply, cut }
}

#[expect(clippy::too_many_arguments, reason = "the one place where a view is put together")]
fn ask(
    inner: &Inner,
    world: &crate::world::World,
    portal: usize,
    shelf: &crate::shelf::Shelf,
    sight: &Sight,
    alert: bool,
    request: &Request,
    base: &str,
) -> Reply {
    let described = &inner.portals[portal];
    let Some(dialect) = inner.dialects.get(described.dialect) else {
        return Reply::status(501, "nobody speaks this portal's dialect");
    };
    let ads = shelf.ads.get(sight.skip..).unwrap_or_default();
    let ads = &ads[..sight.rows.unwrap_or(ads.len()).min(ads.len())];
    let asked_for_gone = AtomicBool::new(false);
    let by_id = |id: &str| {
        let found = shelf.by_id(id);
        if found.is_none_or(|ad| ad.closed || !shelf.is_listed(id)) {
            asked_for_gone.store(true, Ordering::Relaxed);
        }
        found
    };
    let view = View {
        portal: described,
        ads,
        by_id: &by_id,
        employers: &world.employers,
        now: world.now(),
        claimed_total: sight.claimed.or(sight.claims_all.then_some(shelf.ads.len() as u64)),
        shift: sight.skip,
        schema_change: sight.schema_change,
        failure: sight.failure,
        base,
    };
    let mut reply = dialect.answer(&view, request);
    let own = reply.headers.iter().any(|(name, _)| *name == FAILURE_MARK);
    reply.headers.retain(|(name, _)| *name != FAILURE_MARK);
    if let Some(failure) = sight.failure.filter(|_| !own) {
        return quirk::gateway(failure);
    }
    if alert && asked_for_gone.into_inner() { quirk::alert_page() } else { reply }
}

fn wall_clock() -> String {
    #[expect(clippy::disallowed_methods, reason = "Retry-After as a date is read against the client's own clock")]
    let now = chrono::Utc::now();
    now.format(quirk::HTTP_DATE).to_string()
}

/// Which validators a portal sends: by its parameter `validators` (none, etag, modified, both), else by chance of its name.
fn validators(inner: &Inner, portal: usize) -> (bool, bool) {
    match inner.portals[portal].params.get("validators").map(String::as_str) {
        Some("etag") => (true, false),
        Some("modified") => (false, true),
        Some("both") => (true, true),
        Some(_) => (false, false),
        None => match mix(xxh3_64(inner.portals[portal].name.as_bytes())) % 8 {
            0 | 1 => (true, false),
            2 => (true, true),
            _ => (false, false),
        },
    }
}

fn packs(inner: &Inner, portal: usize) -> bool {
    match inner.portals[portal].params.get("gzip").map(String::as_str) {
        Some(word) => word != "no",
        None => mix(xxh3_64(inner.portals[portal].name.as_bytes()) ^ 7).is_multiple_of(3),
    }
}

/// Validators, packing, cutting, HEAD.
fn finish(
    inner: &Inner,
    portal: usize,
    request: &Request,
    mut reply: Reply,
    cut: Option<(f64, bool)>,
    accepts_gzip: bool,
) -> Response {
    if reply.status == 200 && request.method == "GET" {
        let (etag, modified) = validators(inner, portal);
        // All of a portal's changes of a day are out by nine, Seoul: midnight UTC.
        let changed = read(&inner.world).now() - chrono::Duration::hours(9);
        let stamp = changed.format(quirk::HTTP_DATE).to_string();
        let tag = format!("\"{:016x}\"", xxh3_64(&reply.body));
        let same = match request.header("if-none-match") {
            Some(known) => etag && known.split(',').any(|t| t.trim().trim_start_matches("W/") == tag),
            None => modified && request.header("if-modified-since") == Some(stamp.as_str()),
        };
        if same {
            reply = Reply { status: 304, headers: Vec::new(), body: Bytes::new() };
        }
        if etag {
            reply.headers.push(("etag", tag));
        }
        if modified {
            reply.headers.push(("last-modified", stamp));
        }
    }
    let ready = reply.headers.iter().any(|(name, _)| *name == "content-encoding");
    if accepts_gzip && !ready && reply.body.len() >= GZIP_BYTES_MIN && packs(inner, portal) {
        let mut packer = GzEncoder::new(Vec::with_capacity(reply.body.len() / 4), Compression::fast());
        if packer.write_all(&reply.body).is_ok()
            && let Ok(packed) = packer.finish()
        {
            reply.body = packed.into();
            reply.headers.push(("content-encoding", "gzip".to_owned()));
            reply.headers.push(("vary", "accept-encoding".to_owned()));
        }
    }
    let mut breaks = false;
    if let Some((share, honest)) = cut {
        let keep = (reply.body.len() as f64 * share.clamp(0.0, 1.0)) as usize;
        reply.body.truncate(keep);
        breaks = !honest;
    }
    build(reply, breaks)
}

fn build(reply: Reply, breaks: bool) -> Response {
    let mut response = hyper::Response::new(Out { left: Some(reply.body), breaks, waits: 8 });
    *response.status_mut() =
        hyper::StatusCode::from_u16(reply.status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_bytes())) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn plain(reply: Reply) -> Response {
    build(reply, false)
}

/// Zeros, packed: a thousandth of what comes out.
fn bomb(mebibytes: u32) -> Response {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..mebibytes.min(BOMB_MEBIBYTES_MAX) {
        // Writing to memory does not fail.
        let _ = packer.write_all(&zeros);
    }
    let body = packer.finish().unwrap_or_default();
    let headers = vec![("content-type", "application/json".to_owned()), ("content-encoding", "gzip".to_owned())];
    plain(Reply { status: 200, headers, body: body.into() })
}

#[cfg(test)]
pub(crate) mod tests;
