//! Reads one body, counting bytes as they come: sent, decoded, their ratio, and their speed (R15).
//! The client decodes nothing itself, because its decoder knows no limit and hides what was sent.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;

use super::FetchError;
use super::error::reason;
use super::options::{Limits, seconds};

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
}

impl Encoding {
    /// Reads `Content-Encoding`. Only gzip is asked for, so nothing else is taken.
    ///
    /// # Errors
    /// What it was instead.
    pub(super) fn of(header: Option<&str>) -> Result<Self, String> {
        let name = header.unwrap_or("").trim();
        if name.is_empty() || name.eq_ignore_ascii_case("identity") {
            Ok(Encoding::Identity)
        } else if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
            Ok(Encoding::Gzip)
        } else {
            Err(format!("content-encoding {name:?} was not asked for"))
        }
    }
}

/// A body that came whole.
pub(super) struct Received {
    pub(super) decoded: Bytes,
    pub(super) wire_bytes: u64,
}

/// Reads `response` to its end.
///
/// With `cut_at`, reading stops quietly after so many decoded bytes (robots.txt).
pub(super) async fn read(
    host: &str,
    response: &mut reqwest::Response,
    encoding: Encoding,
    limits: &Limits,
    cut_at: Option<usize>,
) -> Result<Received, FetchError> {
    // What is cut anyway may be of any length.
    let wire_max = if cut_at.is_some() { u64::MAX } else { limits.body_bytes_max };
    let mut body = Bounded::new(host, limits, wire_max, encoding, response.content_length());
    let speed = Speed::new(limits);
    loop {
        let (wait, stage) = speed.patience(body.wire);
        let chunk = match tokio::time::timeout(wait, response.chunk()).await {
            Ok(Ok(Some(chunk))) => chunk,
            Ok(Ok(None)) => return body.finish(),
            Ok(Err(error)) => {
                return Err(FetchError::Truncated { host: host.to_owned(), received: body.wire, why: reason(&error) });
            }
            Err(_) => return Err(speed.too_slow(host, stage, body.wire)),
        };
        // One chunk, the usual case: taken as it is.
        body.take(chunk)?;
        if let Some(cut_at) = cut_at
            && body.len() >= cut_at
        {
            return Ok(body.cut(cut_at));
        }
    }
}

/// Which limit ends the patience.
#[derive(Clone, Copy)]
enum Stage {
    Whole,
    Slow,
}

/// The time a body may take.
struct Speed {
    started: Instant,
    whole: Duration,
    grace: Duration,
    bytes_per_sec_min: u64,
}

impl Speed {
    fn new(limits: &Limits) -> Self {
        Self {
            started: Instant::now(),
            whole: seconds(limits.body_secs, 120),
            grace: seconds(limits.slow_secs, 5),
            bytes_per_sec_min: limits.bytes_per_sec_min,
        }
    }

    /// How long the next chunk may take: until the mean speed of the body would fall under the least one, or its whole
    /// time is over.
    fn patience(&self, received: u64) -> (Duration, Stage) {
        let elapsed = self.started.elapsed();
        let earned = match self.bytes_per_sec_min {
            0 => Duration::MAX,
            min => Duration::from_millis(received.saturating_mul(1000) / min),
        };
        let slow = earned.max(self.grace);
        if slow < self.whole {
            (slow.saturating_sub(elapsed), Stage::Slow)
        } else {
            (self.whole.saturating_sub(elapsed), Stage::Whole)
        }
    }

    fn too_slow(&self, host: &str, stage: Stage, received: u64) -> FetchError {
        match stage {
            Stage::Whole => FetchError::Timeout {
                host: host.to_owned(),
                stage: "send its body",
                limit_ms: u64::try_from(self.whole.as_millis()).unwrap_or(u64::MAX),
            },
            Stage::Slow => FetchError::Limit {
                host: host.to_owned(),
                limit: "bytes_per_sec_min",
                allowed: self.bytes_per_sec_min,
                got: received.saturating_mul(1000)
                    / u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX).max(1),
            },
        }
    }
}

/// Bytes collected under limits.
struct Bounded<'a> {
    host: &'a str,
    wire_max: u64,
    wire: u64,
    content: Content,
}

enum Content {
    /// Nothing, or a single chunk, as it came: no copy.
    One(Bytes),
    Many(Vec<u8>),
    Gzip(Box<MultiGzDecoder<Sink>>),
}

impl<'a> Bounded<'a> {
    fn new(host: &'a str, limits: &Limits, wire_max: u64, encoding: Encoding, expected: Option<u64>) -> Self {
        let content = match encoding {
            Encoding::Identity => Content::One(Bytes::new()),
            Encoding::Gzip => Content::Gzip(Box::new(MultiGzDecoder::new(Sink::new(limits, expected)))),
        };
        Self { host, wire_max, wire: 0, content }
    }

    fn take(&mut self, chunk: Bytes) -> Result<(), FetchError> {
        self.wire += chunk.len() as u64;
        if self.wire > self.wire_max {
            return Err(self.limit("body_bytes_max", self.wire_max, self.wire));
        }
        match &mut self.content {
            Content::One(first) if first.is_empty() => *first = chunk,
            Content::One(first) => {
                let mut many = Vec::with_capacity((first.len() + chunk.len()) * 2);
                many.extend_from_slice(first);
                many.extend_from_slice(&chunk);
                self.content = Content::Many(many);
            }
            Content::Many(many) => many.extend_from_slice(&chunk),
            Content::Gzip(decoder) => {
                decoder.get_mut().wire = self.wire;
                if let Err(error) = decoder.write_all(&chunk) {
                    let hit = decoder.get_ref().hit;
                    return Err(self.undecodable(hit, &error));
                }
            }
        }
        Ok(())
    }

    fn len(&self) -> usize {
        match &self.content {
            Content::One(first) => first.len(),
            Content::Many(many) => many.len(),
            Content::Gzip(decoder) => decoder.get_ref().bytes.len(),
        }
    }

    fn finish(mut self) -> Result<Received, FetchError> {
        if let Content::Gzip(decoder) = &mut self.content
            && self.wire > 0
            && let Err(error) = decoder.try_finish()
        {
            let hit = decoder.get_ref().hit;
            return Err(self.undecodable(hit, &error));
        }
        Ok(self.cut(usize::MAX))
    }

    fn cut(mut self, at: usize) -> Received {
        let decoded = match &mut self.content {
            Content::One(first) => std::mem::take(first),
            Content::Many(many) => Bytes::from(std::mem::take(many)),
            Content::Gzip(decoder) => Bytes::from(std::mem::take(&mut decoder.get_mut().bytes)),
        };
        let end = decoded.len().min(at);
        Received { decoded: decoded.slice(..end), wire_bytes: self.wire }
    }

    fn limit(&self, limit: &'static str, allowed: u64, got: u64) -> FetchError {
        FetchError::Limit { host: self.host.to_owned(), limit, allowed, got }
    }

    fn undecodable(&self, hit: Option<Hit>, error: &io::Error) -> FetchError {
        match hit {
            Some(Hit { limit, allowed, got }) => self.limit(limit, allowed, got),
            None if error.kind() == io::ErrorKind::UnexpectedEof => FetchError::Truncated {
                host: self.host.to_owned(),
                received: self.wire,
                why: "gzip stream ends early".to_owned(),
            },
            None => FetchError::Encoding { host: self.host.to_owned(), why: format!("gzip: {error}") },
        }
    }
}

/// A limit that was passed while decoding.
#[derive(Clone, Copy)]
struct Hit {
    limit: &'static str,
    allowed: u64,
    got: u64,
}

/// Where decoded bytes go. flate2 hands them over in pieces of 32 KiB, so a bomb is noticed within one.
struct Sink {
    bytes: Vec<u8>,
    /// Sent so far.
    wire: u64,
    hit: Option<Hit>,
    decoded_bytes_max: u64,
    ratio_max: u64,
    ratio_from: u64,
}

impl Sink {
    fn new(limits: &Limits, expected: Option<u64>) -> Self {
        // Pages compress to about a fifth; a false Content-Length must not cost memory.
        let guess = usize::try_from(expected.unwrap_or(0)).unwrap_or(0).saturating_mul(5).min(1 << 20);
        Self {
            bytes: Vec::with_capacity(guess),
            wire: 0,
            hit: None,
            decoded_bytes_max: limits.decoded_bytes_max,
            ratio_max: limits.decoded_ratio_max,
            ratio_from: limits.decoded_ratio_from_bytes,
        }
    }
}

impl Write for Sink {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let got = (self.bytes.len() + piece.len()) as u64;
        if got > self.decoded_bytes_max {
            self.hit = Some(Hit { limit: "decoded_bytes_max", allowed: self.decoded_bytes_max, got });
        } else if got > self.ratio_from && got > self.ratio_max.saturating_mul(self.wire) {
            let ratio = got / self.wire.max(1);
            self.hit = Some(Hit { limit: "decoded_ratio_max", allowed: self.ratio_max, got: ratio });
        }
        if self.hit.is_some() {
            return Err(io::Error::other("limit"));
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
