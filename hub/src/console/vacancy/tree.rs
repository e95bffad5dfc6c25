//! The picture of how postings became one vacancy: a line a posting, from when it was first seen to when it joined.
//! Geometry only; the same facts stand in a table beside it.

/// Where time begins, in units of the picture, which is 720 wide; left of it are the names.
const LEFT: i32 = 190;
/// Where time ends.
const RIGHT: i32 = 700;
/// Height of a line.
const LINE: i32 = 30;
/// Width of the bend by which a line joins.
const BEND: i32 = 14;
/// Postings that are drawn; the others are only in the table.
pub(crate) const BRANCHES_MAX: usize = 12;

/// A posting on its way into the vacancy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Branch {
    /// Name of its source.
    pub(crate) name: String,
    /// When it was first seen, milliseconds.
    pub(crate) began_ms: i64,
    /// When the vacancy it had founded was merged; nothing for one that joined as it came.
    pub(crate) joined_ms: Option<i64>,
    /// Whether the vacancy bears its id.
    pub(crate) founder: bool,
    /// Whether it is open.
    pub(crate) open: bool,
}

/// A branch as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drawn {
    /// Name of its source.
    pub(crate) name: String,
    /// Baseline of the name.
    pub(crate) baseline: i32,
    /// The line.
    pub(crate) path: String,
    /// Where it begins.
    pub(crate) x: i32,
    /// Height of its beginning.
    pub(crate) y: i32,
    /// `trunk`, `merged` or `arrived`, and `shut` for a closed posting.
    pub(crate) class: String,
}

/// The picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    /// The founder first, then by when they were first seen.
    pub(crate) branches: Vec<Drawn>,
    /// Height of the picture.
    pub(crate) height: i32,
    /// Postings that are not drawn.
    pub(crate) left_out: usize,
}

/// Draws branches up to an instant.
pub(crate) fn draw(mut branches: Vec<Branch>, now_ms: i64) -> Tree {
    branches.sort_by(|a, b| b.founder.cmp(&a.founder).then(a.began_ms.cmp(&b.began_ms)).then(a.name.cmp(&b.name)));
    let left_out = branches.len().saturating_sub(BRANCHES_MAX);
    branches.truncate(BRANCHES_MAX);
    let first = branches.iter().map(|b| b.began_ms).min().unwrap_or(now_ms);
    let span = (now_ms.saturating_sub(first)).max(1) as f64;
    let x = |ms: i64| {
        let share = (ms.saturating_sub(first)).max(0) as f64 / span;
        LEFT + (share.min(1.0) * f64::from(RIGHT - LEFT - BEND)).round() as i32
    };
    let trunk_y = LINE / 2;
    let mut drawn = Vec::with_capacity(branches.len());
    for (nr, branch) in branches.into_iter().enumerate() {
        let y = i32::try_from(nr).unwrap_or_default() * LINE + LINE / 2;
        let from = x(branch.began_ms);
        let (path, kind) = if nr == 0 {
            (format!("M{from} {y}H{RIGHT}"), "trunk")
        } else {
            let (joins, kind) = match branch.joined_ms {
                Some(ms) => (x(ms).max(from), "merged"),
                None => (from, "arrived"),
            };
            let (end, up) = (joins + BEND, trunk_y);
            (format!("M{from} {y}H{joins}C{end} {y} {joins} {up} {end} {up}"), kind)
        };
        drawn.push(Drawn {
            name: branch.name,
            baseline: y + 4,
            path,
            x: from,
            y,
            class: if branch.open { kind.to_owned() } else { format!("{kind} shut") },
        });
    }
    let height = i32::try_from(drawn.len()).unwrap_or_default() * LINE;
    Tree { branches: drawn, height, left_out }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branch(name: &str, began_ms: i64, joined_ms: Option<i64>, founder: bool) -> Branch {
        Branch { name: name.to_owned(), began_ms, joined_ms, founder, open: true }
    }

    #[test]
    fn what_was_merged_runs_beside_the_founder_until_then() {
        let tree = draw(
            vec![
                branch("late", 500, None, false),
                branch("own", 100, Some(600), false),
                branch("founder", 0, None, true),
            ],
            1_000,
        );
        let told: Vec<String> = tree.branches.iter().map(|b| format!("{} {} {}", b.name, b.class, b.path)).collect();
        assert_eq!(
            told,
            [
                "founder trunk M190 15H700",
                "own merged M240 45H488C502 45 488 15 502 15",
                "late arrived M438 75H438C452 75 438 15 452 15",
            ]
        );
        assert_eq!(tree.height, 90);
    }

    #[test]
    fn any_times_can_be_drawn() {
        for now in [0, i64::MAX] {
            let tree = draw(vec![branch("a", i64::MIN, Some(i64::MAX), false); BRANCHES_MAX + 3], now);
            assert_eq!((tree.branches.len(), tree.left_out), (BRANCHES_MAX, 3));
            assert!(tree.branches.iter().all(|b| (LEFT..=RIGHT).contains(&b.x)));
        }
        assert_eq!(draw(Vec::new(), 5), Tree::default());
    }
}
