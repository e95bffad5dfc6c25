//! The picture of a pair's evidence: the prior, one bar a comparison, the sum, with a line where a steward is asked and
//! one where the hub joins by itself. Geometry only; the same numbers stand in a table beside it.

use dedup::Explanation;

/// Width of the picture, in its own units.
pub(crate) const WIDTH: i32 = 396;
/// Where the bars begin; left of it are the names.
const LEFT: i32 = 128;
/// Where the bars end; right of it the last numbers have room.
const RIGHT: i32 = 350;
/// Height of a line.
const LINE: i32 = 24;
/// Height of a bar.
const BAR: i32 = 14;
/// Least width of a bar that is not nothing.
const BAR_MIN: i32 = 2;
/// Comparisons that are drawn; the weaker ones are only in the table.
const BARS_MAX: usize = 10;

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bar {
    /// Comparison, or `prior` or `sum`.
    pub(crate) what: &'static str,
    /// The level, empty for prior and sum.
    pub(crate) level: &'static str,
    /// Thousandths of a bit.
    pub(crate) millibits: i32,
    /// `for`, `against`, `prior` or `sum`.
    pub(crate) class: &'static str,
    /// Left edge.
    pub(crate) x: i32,
    /// Upper edge.
    pub(crate) y: i32,
    /// Width.
    pub(crate) width: i32,
    /// Where its number stands.
    pub(crate) number_x: i32,
    /// `start`, or `end` where there is no room to the right.
    pub(crate) anchor: &'static str,
    /// Baseline of its words.
    pub(crate) baseline: i32,
}

impl Bar {
    /// `+8.9`.
    pub(crate) fn bits(&self) -> String {
        bits(self.millibits)
    }
}

/// The picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Waterfall {
    /// Prior, comparisons by weight, sum.
    pub(crate) bars: Vec<Bar>,
    /// Where a steward is asked from.
    pub(crate) review_x: i32,
    /// Where the hub joins by itself.
    pub(crate) auto_x: i32,
    /// Height of the lines.
    pub(crate) lines_y: i32,
    /// Height of the picture.
    pub(crate) height: i32,
}

/// Thousandths of a bit as bits with a sign.
pub(crate) fn bits(millibits: i32) -> String {
    format!("{:+.1}", f64::from(millibits) / 1000.0).replace('-', "\u{2212}")
}

/// The probability that a sum of bits stands for, in hundredths of a percent.
pub(crate) fn probability(millibits: i32) -> f64 {
    let odds = (f64::from(millibits) / 1000.0).exp2();
    odds / (1.0 + odds)
}

/// Draws what an explanation says.
pub(crate) fn draw(explanation: &Explanation) -> Waterfall {
    let mut rows: Vec<(&'static str, &'static str, i32)> =
        explanation.rows.iter().filter(|r| r.millibits != 0).map(|r| (r.comparison, r.level, r.millibits)).collect();
    rows.sort_by_key(|(_, _, millibits)| std::cmp::Reverse(millibits.abs()));
    rows.truncate(BARS_MAX);
    // what speaks for it first, then what against: the sum's way there and back can be followed
    rows.sort_by_key(|(_, _, millibits)| std::cmp::Reverse(*millibits));

    let mut at = explanation.prior;
    let mut steps = vec![("prior", "", explanation.prior, 0, explanation.prior)];
    for (what, level, millibits) in rows {
        steps.push((what, level, millibits, at, at + millibits));
        at += millibits;
    }
    steps.push(("sum", "", explanation.sum, 0, explanation.sum));

    let ends = steps.iter().flat_map(|s| [s.3, s.4]).chain([explanation.grey, explanation.auto, 0]);
    let (low, high) = ends.fold((0, 0), |(low, high), end| (low.min(end), high.max(end)));
    let span = f64::from((high - low).max(1));
    let x = |millibits: i32| LEFT + (f64::from(millibits - low) / span * f64::from(RIGHT - LEFT)).round() as i32;

    let mut bars = Vec::with_capacity(steps.len());
    for (nr, (what, level, millibits, from, to)) in steps.into_iter().enumerate() {
        let y = i32::try_from(nr).unwrap_or_default() * LINE + (LINE - BAR) / 2;
        let (left, right) = (x(from.min(to)), x(from.max(to)));
        let width = (right - left).max(BAR_MIN);
        let room = left + width + 36 <= WIDTH;
        bars.push(Bar {
            what,
            level,
            millibits,
            class: match what {
                "prior" => "prior",
                "sum" => "sum",
                _ if millibits < 0 => "against",
                _ => "for",
            },
            x: left,
            y,
            width,
            number_x: if room { left + width + 4 } else { left - 4 },
            anchor: if room { "start" } else { "end" },
            baseline: y + BAR - 3,
        });
    }
    let lines_y = i32::try_from(bars.len()).unwrap_or_default() * LINE;
    Waterfall { bars, review_x: x(explanation.grey), auto_x: x(explanation.auto), lines_y, height: lines_y + 20 }
}

#[cfg(test)]
mod tests {
    use dedup::{ExplanationRow, RelationKind};

    use super::*;

    fn explanation(rows: &[(&'static str, i32)]) -> Explanation {
        let row = |(comparison, millibits): &(&'static str, i32)| ExplanationRow {
            comparison,
            a: String::new(),
            b: String::new(),
            level: "same",
            millibits: *millibits,
        };
        let prior = -3_900;
        Explanation {
            a: 1,
            b: 2,
            model: 1,
            prior,
            rows: rows.iter().map(row).collect(),
            sum: prior + rows.iter().map(|r| r.1).sum::<i32>(),
            auto: 13_000,
            grey: 5_000,
            verdict: RelationKind::Partial,
            share_key: true,
            veto: None,
            contrary: None,
            unknown: Vec::new(),
        }
    }

    #[test]
    fn each_bar_begins_where_the_last_one_ended() {
        let drawn = draw(&explanation(&[("pay", -1_300), ("business", 8_900), ("place", 2_600), ("hours", 0)]));
        let order: Vec<&str> = drawn.bars.iter().map(|b| b.what).collect();
        assert_eq!(order, ["prior", "business", "place", "pay", "sum"]);
        let (prior, business, place, pay) = (&drawn.bars[0], &drawn.bars[1], &drawn.bars[2], &drawn.bars[3]);
        assert_eq!(prior.x, business.x, "up from the prior's end");
        assert_eq!(business.x + business.width, place.x);
        assert_eq!(place.x + place.width, pay.x + pay.width, "down from the top");
        assert_eq!(drawn.bars[4].x + drawn.bars[4].width, pay.x, "the sum ends where the last bar did");
        assert!(drawn.review_x < drawn.auto_x && drawn.auto_x <= RIGHT);
    }

    #[test]
    fn any_evidence_can_be_drawn() {
        for rows in [vec![], vec![("a", 30_000); 19], vec![("a", -30_000); 19], vec![("a", 1)]] {
            let drawn = draw(&explanation(&rows));
            assert!(drawn.bars.len() <= BARS_MAX + 2);
            for bar in &drawn.bars {
                assert!(bar.x >= LEFT && bar.x + bar.width <= RIGHT + BAR_MIN && bar.number_x > 0, "{bar:?}");
            }
        }
    }

    #[test]
    fn bits_are_said_as_odds() {
        assert_eq!(bits(-3_900), "−3.9");
        assert_eq!(bits(8_940), "+8.9");
        assert!((probability(0) - 0.5).abs() < 1e-9);
        assert!((probability(11_200) - 0.9996).abs() < 1e-4);
    }
}
