//! No closing text panics on any day of fetching, and a day that is read lies where a posting's last day can lie.
#![no_main]

use chrono::NaiveDate;
use libfuzzer_sys::fuzz_target;
use normalizer::{closing, text};

fuzz_target!(|input: (u16, &str)| {
    let (days, raw) = input;
    let Some(on) = NaiveDate::from_ymd_opt(1995, 1, 1).and_then(|d| d.checked_add_days(chrono::Days::new(days.into())))
    else {
        return;
    };
    let line = text::line(raw);
    let said = closing::said(&line, on);
    assert_eq!(said, closing::said(&line, on), "the same text reads the same");
    if let Some(said) = said {
        assert!(said.confidence <= 1000);
        assert!(!(said.none && said.closing.kind.is_some()));
        if let Some(day) = said.closing.valid_through {
            assert!((day - on).num_days() <= 4_000, "{line} on {on}: {day}");
        }
    }
});
