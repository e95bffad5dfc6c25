//! Pages of one portal, rendered once by the fleet's dialect and from then on served from memory as they are: the first, uncounted
//! run of a benchmark fills it. Its process does nothing else, so what it costs is not the hub's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use chrono::NaiveDate;
use portals::{Dialect, Fleet, FleetOptions, Portal, Reply, Request, View};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Postings of a world of scale 1.
const POSTINGS_AT_SCALE_ONE: f64 = 150_000.0;
/// Bytes of a request at most: it has no body.
const REQUEST_BYTES_MAX: usize = 64 << 10;
/// What the parent says when no more pages are wanted.
pub(crate) const DONE: &str = "done";
/// Path at which the truth about the postings is told.
pub(crate) const TRUTH: &str = "/truth.jsonl";

/// Which portal, with how many postings.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) portal: String,
    pub(crate) postings: usize,
}

/// Where it is served.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ready {
    pub(crate) port: u16,
    pub(crate) listed: usize,
    pub(crate) today: NaiveDate,
}

/// Serves until the parent has no more to say.
///
/// # Errors
/// When the portal is not in the fleet, or there is no port.
pub(crate) async fn serve(task: Task) -> Result<()> {
    let mut all = portals::government::portals();
    all.extend(portals::market::portals());
    // a country of its own: no other portal shares its postings, and they are spread over all regions
    let found =
        all.into_iter().find(|p| p.name == task.portal).with_context(|| format!("no portal {}", task.portal))?;
    let portal = Portal { regions: Vec::new(), weight: 1.0, ..found };
    let mut dialects = portals::government::dialects();
    dialects.extend(portals::market::dialects());
    let dialects = dialects.into_iter().map(|d| Box::new(Truthful(d)) as Box<dyn Dialect>).collect();
    let options = FleetOptions { scale: task.postings as f64 / POSTINGS_AT_SCALE_ONE, ..FleetOptions::default() };
    let fleet = Fleet::start_with(options, vec![portal], dialects).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let stills = Arc::new(Stills { fleet: fleet.port(), held: Mutex::default() });
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let stills = stills.clone();
            // a client that hangs up is no news
            tokio::spawn(async move { stills.connection(stream).await.ok() });
        }
    });
    crate::child::say(&Ready { port, listed: fleet.listed(&task.portal), today: fleet.today() })?;
    tokio::task::spawn_blocking(crate::child::told::<Value>).await??;
    fleet.stop().await;
    Ok(())
}

/// Whole responses by first label of the host and request target.
struct Stills {
    fleet: u16,
    held: Mutex<HashMap<String, Bytes>>,
}

impl Stills {
    async fn connection(&self, mut stream: TcpStream) -> Result<()> {
        stream.set_nodelay(true)?;
        let mut read = Vec::new();
        loop {
            let Some(end) = head(&mut stream, &mut read).await? else { return Ok(()) };
            let request = String::from_utf8(read.drain(..end).collect())?;
            let response = self.response(&request).await?;
            stream.write_all(&response).await?;
        }
    }

    async fn response(&self, request: &str) -> Result<Bytes> {
        let target = request.strip_prefix("GET ").and_then(|r| r.split(' ').next()).context("only GET is served")?;
        let host = request.lines().find_map(|line| Some(header(line, "host")?.split('.').next()?.to_owned()));
        let key = format!("{} {target}", host.context("no host")?);
        if let Some(held) = self.held.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(held.clone());
        }
        let response = self.render(request).await?;
        self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(key, response.clone());
        Ok(response)
    }

    /// Asks the fleet the same question.
    async fn render(&self, request: &str) -> Result<Bytes> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.fleet)).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut read = Vec::new();
        let end = head(&mut stream, &mut read).await?.context("the fleet hung up")?;
        let text = std::str::from_utf8(&read[..end])?;
        let length = text.lines().find_map(|line| header(line, "content-length")?.parse::<usize>().ok());
        let whole = end + length.context("a response of unknown length")?;
        while read.len() < whole {
            ensure!(stream.read_buf(&mut read).await? > 0, "the fleet hung up");
        }
        Ok(read.into())
    }
}

/// Reads until `read` holds a whole head, and gives its length; `None` when the other side hung up before it began one.
async fn head(stream: &mut TcpStream, read: &mut Vec<u8>) -> Result<Option<usize>> {
    loop {
        if let Some(at) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            return Ok(Some(at + 4));
        }
        ensure!(read.len() < REQUEST_BYTES_MAX, "a head without end");
        if stream.read_buf(read).await? == 0 {
            ensure!(read.is_empty(), "hung up in the middle of a head");
            return Ok(None);
        }
    }
}

/// The value of a header, if this line has it; `name` in lower case.
fn header<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let (found, value) = line.split_once(':')?;
    found.eq_ignore_ascii_case(name).then(|| value.trim())
}

/// A dialect that also tells what each posting really says, at [`TRUTH`].
struct Truthful(Box<dyn Dialect>);

impl Dialect for Truthful {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path != TRUTH {
            return self.0.answer(view, request);
        }
        let lines: Vec<String> = view.ads.iter().map(|ad| truth(ad).to_string()).collect();
        Reply::ok("application/jsonl", lines.join("\n"))
    }
}

/// Fields of a posting by their names in manifests, as its employer wrote them.
fn truth(ad: &portals::Ad) -> Value {
    let industry = match ad.industry_code.as_str() {
        "" => ad.industry.clone(),
        code => format!("{} ({code})", ad.industry),
    };
    let headcount = if ad.headcount == 0 { "○명".to_owned() } else { format!("{}명", ad.headcount) };
    serde_json::json!({
        "external_id": ad.id,
        "title": ad.title,
        "company": ad.company,
        "business_number": ad.business_number,
        "industry": industry,
        "occupation": ad.occupation,
        "region": ad.region,
        "address": ad.address,
        "employment_type": ad.employment_words,
        "pay": ad.pay,
        "career": ad.career_words,
        "education": ad.education_words,
        "headcount": headcount,
        "work_hours": ad.work_hours,
        "work_days": ad.work_days,
        "benefits": ad.benefits,
        "requirements": ad.requirements,
        "how_to_apply": ad.how_to_apply,
        "description": ad.description,
        "contact_name": ad.contact_name,
        "contact_phone": ad.contact_phone,
        "status": if ad.closed { "closed" } else { "" },
        "date_posted": ad.posted.date().format("%Y.%m.%d").to_string(),
    })
}
