//! Where a posting comes from: day of publication, whose posting it is, the employer's own number.

use chrono::Days;

use crate::reading::Reading;
use crate::{Effect, Origin, RawField, date, text, url};

/// A posting published later than this many days from now is doubted.
const FUTURE_DAYS: u64 = 60;
/// Longest opaque id kept, in bytes.
const ID_BYTES_MAX: usize = 200;

/// Reads `date_posted` (checks `date_modified`), `origin_*`, `requisition`.
pub(crate) fn read(reading: &mut Reading<'_>) {
    read_days(reading);
    let id = reading
        .get(RawField::OriginId)
        .filter(|id| id.bytes().any(|b| b != b'0'))
        .map(|id| text::cut(id, ID_BYTES_MAX).to_owned());
    let provider = reading.line(RawField::OriginProvider).map(|p| text::cut(&p, ID_BYTES_MAX).to_owned());
    let address = reading.get(RawField::OriginUrl).and_then(|raw| {
        let address = url::canonical(raw);
        if address.is_none() {
            reading.doubt(
                "url.not_understood",
                "origin",
                Effect::Lowers,
                text::cut(raw.split('?').next().unwrap_or(""), 60),
            );
        }
        address
    });
    if id.is_some() || address.is_some() || provider.as_deref().is_some_and(|p| !p.starts_with('?')) {
        let shown = [provider.as_deref(), id.as_deref(), address.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        reading.took("origin", &shown, "origin.given", 1000);
        reading.out.posting.origin = Some(Origin { provider, id, url: address });
    } else if let Some(provider) = provider {
        reading.doubt("origin.unknown_code", "origin", Effect::Lowers, &provider);
    }
    if let Some(raw) = reading.line(RawField::Requisition) {
        reading.out.posting.requisition = Some(text::cut(&raw, ID_BYTES_MAX).to_owned());
        reading.took("requisition", &raw, "requisition.given", 1000);
    }
}

fn read_days(reading: &mut Reading<'_>) {
    let on = reading.context.fetched_on;
    if let Some(raw) = reading.line(RawField::DatePosted) {
        match date::first(&raw, on) {
            Some(day) => {
                if on.checked_add_days(Days::new(FUTURE_DAYS)).is_some_and(|latest| day.date > latest) {
                    reading.doubt("date_posted.future", "date_posted", Effect::Lowers, &raw);
                }
                reading.took("date_posted", &raw, day.rule, day.confidence);
                reading.out.posting.date_posted = Some(day.date);
            }
            None => reading.doubt("date_posted.not_understood", "date_posted", Effect::Lowers, &raw),
        }
    }
    if let Some(raw) = reading.line(RawField::DateModified)
        && date::first(&raw, on).is_none()
    {
        reading.doubt("date_modified.not_understood", "date_modified", Effect::None, &raw);
    }
}
