//! No region text panics on any day, and every code that is read is the one in force on that day.
#![no_main]

use chrono::NaiveDate;
use libfuzzer_sys::fuzz_target;
use normalizer::{region, text};

fuzz_target!(|input: (u16, &str)| {
    let (days, raw) = input;
    let Some(on) = NaiveDate::from_ymd_opt(2005, 1, 1)
        .and_then(|d| d.checked_add_days(chrono::Days::new(u64::from(days) % 9_000)))
    else {
        return;
    };
    let places = region::said(&text::line(raw), on);
    assert!(places.len() <= region::PLACES_MAX);
    for place in &places {
        let code = place.code.as_deref().unwrap_or_default();
        if code != region::NATION && code != region::ABROAD {
            assert_eq!(region::canonical(code, on), Some(code), "{raw} on {on}");
        }
    }
});
