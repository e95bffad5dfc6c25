//! `source.toml` → [`Source`]: family merged, parameters filled, every path, template and expression compiled, and everything
//! that contradicts itself refused with the key it stands under.

use std::collections::BTreeMap;
use std::sync::Arc;

use normalizer::RawField;

use super::ask::Requester;
use super::error::{SourceError, Wrong, explain, nearest};
use super::family;
use super::manifest::{self, Entity, FieldSpec, Format, Manifest, Paging, Place, Scalar, Slicing as SlicingWord, Wire};
use super::template::{Escape, Template};
use super::{About, ClosedSign, DetailPage, Source};
use crate::Method;
use crate::charset::Charset;
use crate::codes::CodeTable;
use crate::document::{Locator, Reading, RowsAt};
use crate::envelope::Handler;
use crate::field::{CodesLookup, Field};
use crate::paging::{PAGES_MAX, Pager};
use crate::slice::{By, Slicing, Windows};
use crate::transform::Transform;
use crate::xml::Repairs;

/// Most rows asked for in a page.
const SIZE_MAX: u32 = 100_000;
/// Most hosts of a source.
const HOSTS_MAX: usize = 50;

pub(crate) fn source(
    text: &str,
    family: &dyn Fn(&str) -> Option<String>,
    codes: &dyn Fn(&str) -> Option<Arc<CodeTable>>,
) -> Result<Source, SourceError> {
    if text.len() > family::MANIFEST_BYTES_MAX {
        return Err(
            Wrong::new("", format!("more than {} bytes", family::MANIFEST_BYTES_MAX), "shorten it").of("source.toml")
        );
    }
    let own: toml::Table = toml::from_str(text)
        .map_err(|e| Wrong::new("", e.to_string().trim_end().to_owned(), "mend the TOML").of("source.toml"))?;
    let name = own.get("name").and_then(|n| n.as_str()).unwrap_or("source.toml").to_owned();
    let table = merged(own, &name, family)?;
    let manifest: Manifest = table.clone().try_into().map_err(|e| explain(&e, &table).of(&name))?;
    build(manifest, codes).map_err(|w| w.of(&name))
}

fn merged(own: toml::Table, name: &str, family: &dyn Fn(&str) -> Option<String>) -> Result<toml::Table, SourceError> {
    let mut table = match own.get("family").and_then(|f| f.as_str()) {
        None => own,
        Some(parent) => {
            let file = format!("families/{parent}.toml");
            let text = family(parent).ok_or_else(|| {
                Wrong::new("family", format!("there is no family `{parent}`"), format!("add adapters/sources/{file}"))
                    .of(name)
            })?;
            let mut under: toml::Table = toml::from_str(&text)
                .map_err(|e| Wrong::new("", e.to_string().trim_end().to_owned(), "mend the TOML").of(&file))?;
            for key in ["name", "title", "family"] {
                if under.contains_key(key) {
                    return Err(Wrong::new(key, "a family has no such key", "move it to its sources").of(&file));
                }
            }
            family::merge(&mut under, own);
            under
        }
    };
    family::substitute(&mut table).map_err(|w| w.of(name))?;
    Ok(table)
}

fn build(m: Manifest, codes: CodesLookup<'_>) -> Result<Source, Wrong> {
    check_head(&m)?;
    let reading = reading(&m.decoder).map_err(|w| w.within("decoder"))?;
    let format = reading.format;
    let mut requester = requester(&m.requester).map_err(|w| w.within("requester"))?;
    authenticate(&mut requester, m.authenticator.as_ref()).map_err(|w| w.within("authenticator"))?;
    let incremental = match &m.cursor {
        Some(cursor) => templates(&cursor.query).map_err(|w| w.within("cursor.query"))?,
        None => Vec::new(),
    };
    let selector = &m.record_selector;
    let whole = |key: &str, text: &Option<String>| -> Result<Option<Locator>, Wrong> {
        text.as_deref()
            .map(|t| Locator::parse_whole(t, format))
            .transpose()
            .map_err(|why| Wrong::new(key, why, "see the paths of this format in docs/source-language.md"))
    };
    let rows = RowsAt::parse(selector.rows.as_deref(), format)
        .map_err(|why| Wrong::new("record_selector.rows", why, "see docs/source-language.md"))?;
    let mut skip = Vec::new();
    for (path, values) in &selector.skip {
        let locator =
            Locator::parse(path, format).map_err(|why| Wrong::new("record_selector.skip", why, "mend the path"))?;
        skip.push((locator, values.0.clone()));
    }
    let slicing = slicing(m.slices.as_ref(), codes).map_err(|w| w.within("slices"))?;
    let handlers = m
        .error_handler
        .iter()
        .enumerate()
        .map(|(i, h)| Handler::compile(h, format).map_err(|w| w.within(&format!("error_handler[{i}]"))))
        .collect::<Result<Vec<_>, _>>()?;
    let fields = fields(&m.fields, &m.transformations, &reading, codes, "")?;
    let must = whole("record_selector.must", &selector.must)?.zip(selector.must.clone());
    let mut source = Source {
        pager: pager(&m)?,
        cursor: match m.paginator.cursor.as_deref() {
            Some("header") => None,
            _ => whole("paginator.cursor", &m.paginator.cursor)?,
        },
        total: whole("record_selector.total", &selector.total)?,
        pages: whole("record_selector.pages", &selector.pages)?,
        must,
        trust: selector.total_trust,
        skip,
        empty: selector.empty.clone(),
        needs_page: fields.iter().any(Field::needs_page),
        names_rows: fields.iter().any(|f| f.field == RawField::ExternalId),
        detail: None,
        hosts: Vec::new(),
        secrets: Vec::new(),
        full_every: m.cursor.as_ref().and_then(|c| c.full_every),
        about: about(&m),
        requester,
        incremental,
        reading,
        rows,
        slicing,
        handlers,
        fields,
    };
    check_fields(&source, &m)?;
    if let Some(detail) = &m.detail {
        source.detail = Some(detail_page(detail, &m, &source.requester, codes).map_err(|w| w.within("detail"))?);
    }
    source.reading.quick = is_quick(&source);
    source.hosts = hosts(&source, &m)?;
    source.secrets = secrets(&source);
    check_templates(&source)?;
    Ok(source)
}

/// Whether every selector of the list is one the fast HTML tree knows.
fn is_quick(source: &Source) -> bool {
    let single =
        source.total.iter().chain(&source.pages).chain(&source.cursor).chain(source.must.iter().map(|(l, _)| l));
    source.rows.is_quick()
        && source.handlers.iter().all(Handler::is_quick)
        && source.fields.iter().flat_map(Field::locators).all(Locator::is_quick)
        && single.chain(source.skip.iter().map(|(l, _)| l)).all(Locator::is_quick)
}

fn about(m: &Manifest) -> About {
    About {
        name: m.name.clone(),
        title: m.title.clone(),
        class: m.class,
        owner: m.owner.clone(),
        family: m.family.clone(),
        entity: m.entity,
        schedule: m.schedule.clone(),
        agreement: m.agreement,
        wire: m.wire,
        guess: m.guess.clone(),
        absence: m.absence,
        pace: m.pace,
    }
}

fn check_head(m: &Manifest) -> Result<(), Wrong> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if m.name.is_empty() || !m.name.bytes().all(plain) {
        return Err(Wrong::new("name", format!("`{}` is no name", m.name), "use a-z, 0-9 and _"));
    }
    if m.title.trim().is_empty() {
        return Err(Wrong::new("title", "it is empty", "write the name people know"));
    }
    if m.wire != Wire::Established && m.guess.as_deref().is_none_or(|g| g.trim().is_empty()) {
        return Err(Wrong::new(
            "guess",
            "this key is missing",
            "say what is guessed, since `wire` is not `established`",
        ));
    }
    if let Some(rate) = m.pace.per_second
        && !(rate > 0.0 && rate <= 1000.0)
    {
        return Err(Wrong::new("pace.per_second", format!("{rate} is no rate"), "give a number above 0"));
    }
    if m.pace.per_day == Some(0) || m.pace.concurrent == Some(0) {
        return Err(Wrong::new("pace", "a limit of 0 lets nothing through", "leave it out or raise it"));
    }
    check_schedule(&m.schedule)
}

/// Six fields; weekdays by name, because their numbers mean different days to different readers.
fn check_schedule(schedule: &str) -> Result<(), Wrong> {
    let wrong = |what: String| {
        Wrong::new("schedule", what, "write second minute hour day month weekday, e.g. `0 */15 * * * *`")
    };
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    if fields.len() != 6 {
        return Err(wrong(format!("{} fields where 6 were expected", fields.len())));
    }
    let ranges = [(0, 59), (0, 59), (0, 23), (1, 31), (1, 12)];
    for (field, (low, high)) in fields.iter().zip(ranges) {
        for part in field.split(',') {
            let (range, step) = part.split_once('/').map_or((part, None), |(r, s)| (r, Some(s)));
            let numbers = range.split('-').map(str::parse::<u32>);
            let good_range =
                range == "*" || range == "?" || numbers.clone().all(|n| n.is_ok_and(|n| (low..=high).contains(&n)));
            let good_step = step.is_none_or(|s| s.parse::<u32>().is_ok_and(|n| n > 0 && n <= high));
            let names_months =
                high == 12 && range.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-') && range.len() >= 3;
            if !(good_range || names_months) || !good_step {
                return Err(wrong(format!("`{field}` is no field of a schedule")));
            }
        }
    }
    let days = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    let weekday = fields[5].to_ascii_uppercase();
    if weekday != "*" && weekday != "?" && !weekday.split([',', '-']).all(|d| days.contains(&d)) {
        return Err(wrong(format!("`{}` is no weekday; use names", fields[5])));
    }
    Ok(())
}

fn reading(decoder: &manifest::Decoder) -> Result<Reading, Wrong> {
    let charset = match decoder.charset.as_deref() {
        None => Charset::Auto,
        Some(label) => Charset::parse(label).ok_or_else(|| {
            Wrong::new(
                "charset",
                format!("`{label}` is no charset"),
                nearest(label, ["auto", "utf-8", "euc-kr", "shift_jis", "gbk"]),
            )
        })?,
    };
    let delimiter = match decoder.delimiter.as_deref() {
        None => b',',
        Some(text) if text.len() == 1 && decoder.format == Format::Csv => text.as_bytes()[0],
        Some(_) => return Err(Wrong::new("delimiter", "it is one ASCII character, for csv only", "mend or drop it")),
    };
    let comment = match decoder.comment.as_deref() {
        None => None,
        Some(text) if text.len() == 1 && decoder.format == Format::Csv => Some(text.as_bytes()[0]),
        Some(_) => return Err(Wrong::new("comment", "it is one ASCII character, for csv only", "mend or drop it")),
    };
    if decoder.entities > 3 {
        return Err(Wrong::new("entities", "more than 3", "use 0 to 3"));
    }
    if !decoder.repair.is_empty() && !matches!(decoder.format, Format::Xml | Format::Feed | Format::Sitemap) {
        return Err(Wrong::new("repair", format!("nothing of {} can be repaired", decoder.format.name()), "drop it"));
    }
    Ok(Reading {
        format: decoder.format,
        charset,
        repairs: Repairs::of(&decoder.repair),
        delimiter,
        comment,
        entities: decoder.entities,
        quick: false,
    })
}

fn templates(pairs: &BTreeMap<String, Scalar>) -> Result<Vec<(String, Template)>, Wrong> {
    pairs
        .iter()
        .map(|(name, value)| Ok((name.clone(), Template::parse(&value.0).map_err(|w| w.within(name))?)))
        .collect()
}

fn request(
    method: Method,
    url: &str,
    query: &BTreeMap<String, Scalar>,
    headers: &BTreeMap<String, Scalar>,
    body: Option<&String>,
) -> Result<Requester, Wrong> {
    let template = Template::parse(url).map_err(|w| w.within("url"))?;
    if body.is_some() && method == Method::Get {
        return Err(Wrong::new("body", "a GET has no body", "set `method = \"POST\"`"));
    }
    let json = body.is_some_and(|b| b.trim_start().starts_with(['{', '[']));
    let xml = body.is_some_and(|b| b.trim_start().starts_with('<'));
    let mut headers = templates(headers).map_err(|w| w.within("headers"))?;
    if body.is_some() && !headers.iter().any(|(n, _)| n.eq_ignore_ascii_case("content-type")) {
        let kind = if json {
            "application/json"
        } else if xml {
            "application/xml"
        } else {
            "application/x-www-form-urlencoded"
        };
        headers.push(("Content-Type".to_owned(), Template::parse(kind)?));
    }
    Ok(Requester {
        method,
        url: template,
        shown: url.to_owned(),
        query: templates(query).map_err(|w| w.within("query"))?,
        headers,
        body: body.map(|b| Template::parse(b)).transpose().map_err(|w| w.within("body"))?,
        body_escape: if json {
            Escape::Json
        } else if xml {
            Escape::Plain
        } else {
            Escape::Percent
        },
    })
}

fn requester(r: &manifest::Requester) -> Result<Requester, Wrong> {
    let requester = request(r.method, &r.url, &r.query, &r.headers, r.body.as_ref())?;
    host_of(&requester.url)
        .ok_or_else(|| Wrong::new("url", "no fixed `http(s)://host/`", "templates may stand in path and query only"))?;
    if requester.templates().any(Template::names_row) {
        return Err(Wrong::new("", "`{row.…}` has no meaning in a list", "use it in [detail]"));
    }
    Ok(requester)
}

/// Host of an address whose host is not a template, lower case, without port.
fn host_of(url: &Template) -> Option<String> {
    let prefix = url.prefix();
    let rest = prefix.strip_prefix("https://").or_else(|| prefix.strip_prefix("http://"))?;
    let end = rest.find(['/', '?'])?;
    let parsed = url::Url::parse(&prefix[..prefix.len() - rest.len() + end]).ok()?;
    (parsed.username().is_empty() && parsed.password().is_none())
        .then(|| parsed.host_str().map(str::to_ascii_lowercase))?
}

fn authenticate(requester: &mut Requester, auth: Option<&manifest::Authenticator>) -> Result<(), Wrong> {
    let Some(auth) = auth.filter(|a| a.place != Place::None) else { return Ok(()) };
    let missing = |key: &str| Wrong::new(key, "this key is missing", "say which parameter carries which secret");
    let name = auth.name.clone().ok_or_else(|| missing("name"))?;
    let secret = auth.secret.as_ref().ok_or_else(|| missing("secret"))?;
    let template = Template::parse(&format!("{}{{secret.{secret}}}", auth.prefix))?;
    let list = if auth.place == Place::Query { &mut requester.query } else { &mut requester.headers };
    if !list.iter().any(|(n, _)| n.eq_ignore_ascii_case(&name)) {
        list.push((name, template));
    }
    Ok(())
}

fn pager(m: &Manifest) -> Result<Pager, Wrong> {
    let p = &m.paginator;
    let wrong = |key: &str, what: &str, fix: &str| Err(Wrong::new(format!("paginator.{key}"), what, fix));
    if p.size.is_some_and(|s| s == 0 || s > SIZE_MAX) {
        return wrong("size", "no page has so many rows", "use 1 to 100000");
    }
    if p.paging == Paging::RowRange && p.size.is_none() {
        return wrong("size", "a row range needs it", "add it");
    }
    if p.paging == Paging::Cursor && p.cursor.is_none() {
        return wrong("cursor", "this key is missing", "say where the next cursor is");
    }
    if p.cursor.is_some() && !matches!(p.paging, Paging::Cursor | Paging::NextLink) {
        return wrong("cursor", "only cursor and next_link have one", "drop it or change `type`");
    }
    let cap = m.slices.as_ref().and_then(|s| s.cap);
    let first = p.first.unwrap_or(match p.paging {
        Paging::OffsetIncrement => 0,
        _ => 1,
    });
    Ok(Pager {
        paging: p.paging,
        first,
        size: p.size,
        max: p.max.unwrap_or(PAGES_MAX).clamp(1, 1_000_000),
        stop: p.stop,
        trust: m.record_selector.total_trust,
        cap,
    })
}

fn slicing(slices: Option<&manifest::Slices>, codes: CodesLookup<'_>) -> Result<Slicing, Wrong> {
    let Some(s) = slices else { return Ok(Slicing::default()) };
    let missing = |key: &str| Wrong::new(key, "this key is missing", "see [slices] in docs/source-language.md");
    let name = || s.name.clone().ok_or_else(|| missing("name"));
    let window = match &s.window {
        None => None,
        Some(w) => {
            if w.days == 0 {
                return Err(Wrong::new("window.days", "a window of no days", "use 1 or more"));
            }
            let template = |key: &str, text: &Option<String>| {
                text.as_deref().map(Template::parse).transpose().map_err(|e| e.within(&format!("window.{key}")))
            };
            Some(Windows {
                days: w.days,
                back: w.back,
                ahead: w.ahead,
                from: template("from", &w.from)?,
                to: template("to", &w.to)?,
            })
        }
    };
    let by = match s.slicing {
        None => By::Nothing,
        Some(SlicingWord::Values) if s.values.is_empty() => return Err(missing("values")),
        Some(SlicingWord::Values) => By::Values(name()?, s.values.iter().map(|v| v.0.clone()).collect()),
        Some(SlicingWord::Codes) => {
            let wanted = s.codes.as_ref().ok_or_else(|| missing("codes"))?;
            let table = codes(wanted).ok_or_else(|| {
                Wrong::new("codes", format!("there is no table `{wanted}`"), format!("add adapters/codes/{wanted}.tsv"))
            })?;
            By::Values(name()?, table.codes().map(str::to_owned).collect())
        }
        Some(SlicingWord::DateWindow) if window.is_none() => return Err(missing("window")),
        Some(SlicingWord::DateWindow) => By::Windows,
        Some(SlicingWord::Lookup) => By::Lookup {
            name: name()?,
            batch: s.batch.unwrap_or(1).clamp(1, 10_000),
            join: s.join.clone().unwrap_or_else(|| ",".to_owned()),
        },
    };
    if s.then.is_some() && window.is_none() {
        return Err(missing("window"));
    }
    Ok(Slicing { by, then_windows: s.then.is_some() || (s.slicing.is_none() && window.is_some()), window })
}

fn fields(
    specs: &BTreeMap<String, FieldSpec>,
    transformations: &BTreeMap<String, Vec<String>>,
    reading: &Reading,
    codes: CodesLookup<'_>,
    prefix: &str,
) -> Result<Vec<Field>, Wrong> {
    let named = |name: &str, table: &str| {
        name.parse::<RawField>().map_err(|_| {
            let advice = nearest(name, RawField::ALL.iter().map(|f| f.name()));
            Wrong::new(format!("{prefix}{table}.{name}"), "there is no such field", advice)
        })
    };
    let mut fields = Vec::with_capacity(specs.len());
    for (name, spec) in specs {
        let field = Field::compile(named(name, "fields")?, &spec.0, reading.format, reading.entities, codes)
            .map_err(|w| w.within(&format!("fields.{name}")))?;
        fields.push(field);
    }
    for (name, steps) in transformations {
        let field = named(name, "transformations")?;
        let compiled = steps
            .iter()
            .map(|s| Transform::parse(s))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|w| w.within(&format!("{prefix}transformations.{name}")))?;
        if let Some(field) = fields.iter_mut().find(|f: &&mut Field| f.field == field) {
            field.transforms = compiled;
        }
    }
    // ids first: rejects are found before the rest is read, and people look for them first
    fields.sort_by_key(|f| f.field);
    Ok(fields)
}

fn check_fields(source: &Source, m: &Manifest) -> Result<(), Wrong> {
    if m.entity == Entity::Posting && !source.names_rows {
        let fix = "give a path, `composite`, or `hash_of` where the source has no id";
        return Err(Wrong::new("fields.external_id", "a posting needs an id", fix));
    }
    let own: Vec<RawField> = source.fields.iter().map(|f| f.field).collect();
    let later: Vec<&String> = m.detail.iter().flat_map(|d| d.fields.keys()).collect();
    for name in m.transformations.keys() {
        let known = own.iter().any(|f| f.name() == name) || later.contains(&name);
        if !known {
            return Err(Wrong::new(
                format!("transformations.{name}"),
                "no such field is read",
                "drop it or add the field",
            ));
        }
    }
    Ok(())
}

fn detail_page(
    d: &manifest::Detail,
    m: &Manifest,
    list: &Requester,
    codes: CodesLookup<'_>,
) -> Result<DetailPage, Wrong> {
    let mut requester = request(d.method, &d.url, &d.query, &d.headers, d.body.as_ref())?;
    let host = host_of(&requester.url);
    if requester.url.sole_field().is_none() && host.is_none() {
        return Err(Wrong::new("url", "no fixed `http(s)://host/`", "write the host, or `{row.url}` alone"));
    }
    if host.is_some() && host == host_of(&list.url) {
        // a key given once is meant for the whole host, unless the address has it already
        if let Some(auth) =
            m.authenticator.as_ref().filter(|a| !a.name.as_ref().is_some_and(|n| d.url.contains(&format!("{n}="))))
        {
            authenticate(&mut requester, Some(auth))?;
        }
    }
    let mut reading = reading(d.decoder.as_ref().unwrap_or(&m.decoder)).map_err(|w| w.within("decoder"))?;
    let path = |key: &str, text: &Option<String>| -> Result<Option<(Locator, String)>, Wrong> {
        let located = text.as_deref().map(|t| Locator::parse_whole(t, reading.format)).transpose();
        Ok(located.map_err(|why| Wrong::new(key, why, "mend the path"))?.zip(text.clone()))
    };
    let mut transformations = m.transformations.clone();
    transformations.extend(d.transformations.clone());
    transformations.retain(|name, _| d.fields.contains_key(name));
    let fields = fields(&d.fields, &transformations, &reading, codes, "")?;
    let handlers: Vec<Handler> =
        m.error_handler.iter().filter_map(|h| Handler::compile(h, reading.format).ok()).collect();
    let mut closed = Vec::new();
    for (i, sign) in d.closed.iter().enumerate() {
        if sign.text.is_none() && sign.status.is_empty() && sign.path.is_none() {
            return Err(Wrong::new(
                format!("closed[{i}]"),
                "a sign that matches everything",
                "give `text`, `status` or `path`",
            ));
        }
        closed.push(ClosedSign {
            text: sign.text.clone(),
            status: sign.status.clone(),
            path: path("closed", &sign.path)?.map(|(l, _)| l),
            values: sign.values.clone(),
        });
    }
    let root = path("root", &d.root)?;
    let must = path("must", &d.must)?;
    let single =
        root.iter().chain(&must).map(|(l, _)| l).chain(closed.iter().filter_map(|c: &ClosedSign| c.path.as_ref()));
    reading.quick = single.chain(fields.iter().flat_map(Field::locators)).all(Locator::is_quick)
        && handlers.iter().all(Handler::is_quick);
    Ok(DetailPage {
        root,
        must,
        needs_page: fields.iter().any(Field::needs_page),
        when: d.when,
        per_run: d.per_run,
        requester,
        reading,
        handlers,
        fields,
        closed,
    })
}

fn hosts(source: &Source, m: &Manifest) -> Result<Vec<String>, Wrong> {
    let mut hosts: Vec<String> = host_of(&source.requester.url).into_iter().collect();
    hosts.extend(source.detail.iter().filter_map(|d| host_of(&d.requester.url)));
    for host in &m.requester.hosts {
        let bare = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if bare.is_empty() || !bare.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-') {
            return Err(Wrong::new(
                "requester.hosts",
                format!("`{host}` is no host"),
                "write names without scheme or path",
            ));
        }
        hosts.push(bare);
    }
    hosts.sort();
    hosts.dedup();
    if hosts.len() > HOSTS_MAX {
        return Err(Wrong::new("requester.hosts", format!("more than {HOSTS_MAX} hosts"), "name fewer"));
    }
    Ok(hosts)
}

fn all_templates(source: &Source) -> impl Iterator<Item = &Template> {
    let detail = source.detail.iter().flat_map(|d| d.requester.templates());
    source.requester.templates().chain(source.incremental.iter().map(|(_, t)| t)).chain(detail)
}

fn secrets(source: &Source) -> Vec<String> {
    let mut names: Vec<String> = all_templates(source).flat_map(Template::secrets).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

fn check_templates(source: &Source) -> Result<(), Wrong> {
    let mut known: Vec<&str> = Vec::new();
    match &source.slicing.by {
        By::Values(name, _) | By::Lookup { name, .. } => known.push(name),
        By::Nothing | By::Windows => {}
    }
    if source.slicing.window.is_some() {
        known.extend(["from", "to"]);
    }
    let windows = source.slicing.window.iter().flat_map(|w| w.from.iter().chain(&w.to));
    for template in all_templates(source).chain(windows) {
        for name in template.slices() {
            if !known.contains(&name) {
                let what = format!("`{{slice.{name}}}` is no value of [slices]");
                return Err(Wrong::new("requester", what, nearest(name, known.iter().copied())));
            }
        }
        if template.names_size() && source.pager.size.is_none() {
            return Err(Wrong::new("paginator.size", "`{size}` or `{end}` is used but not given", "add it"));
        }
    }
    Ok(())
}
