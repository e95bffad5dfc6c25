//! No pay text panics, and what is read of one can be meant: amounts above nothing, bounds that name their order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use normalizer::{pay, text};

fuzz_target!(|raw: &str| {
    let line = text::line(raw);
    let said = pay::said(&line);
    assert_eq!(said, pay::said(&line), "the same text reads the same");
    if let Some(said) = said {
        assert!(said.confidence <= 1000);
        for amount in [said.pay.min, said.pay.max].into_iter().flatten() {
            assert!(amount > 0, "{line}: {amount}");
        }
        if said.none {
            assert!(said.pay.min.is_none() && said.pay.max.is_none());
        }
    }
});
