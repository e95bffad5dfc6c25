//! Cursors: opaque to callers, checked on their way back, so that a cut or foreign one is refused instead of read as another place.

use super::problem::Problem;

/// What a cursor counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// Vacancies by id.
    Vacancies,
    /// Events by number.
    Changes,
    /// Runs by id, backwards.
    Runs,
}

impl Of {
    fn letter(self) -> char {
        match self {
            Of::Vacancies => 'a',
            Of::Changes => 'c',
            Of::Runs => 'r',
        }
    }
}

/// A cursor that stands after a number.
pub(super) fn write(of: Of, number: i64) -> String {
    let digits = format!("{}{:016x}", of.letter(), number.cast_unsigned());
    format!("{digits}{:04x}", check(&digits))
}

/// The number of a cursor; `parameter` names it when it is refused.
pub(super) fn read(of: Of, parameter: &'static str, text: &str) -> Result<i64, Problem> {
    let refused =
        || Problem::parameter(parameter, format!("`{parameter}` must be a cursor as an earlier answer gave it"));
    if text.len() != 21 || !text.is_ascii() || !text.starts_with(of.letter()) {
        return Err(refused());
    }
    let (digits, sum) = text.split_at(17);
    if sum != format!("{:04x}", check(digits)) {
        return Err(refused());
    }
    u64::from_str_radix(&digits[1..], 16).map(u64::cast_signed).map_err(|_| refused())
}

fn check(digits: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(digits.as_bytes()) & 0xffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back_as_they_went() {
        for number in [0, 1, -1, i64::MIN, i64::MAX] {
            assert_eq!(read(Of::Changes, "since", &write(Of::Changes, number)).unwrap(), number);
        }
    }

    #[test]
    fn cut_changed_and_foreign_cursors_are_refused() {
        let good = write(Of::Changes, 77);
        let mut changed = good.clone();
        changed.replace_range(16..17, "e");
        for bad in
            ["", "77", &good[..20], &changed, &write(Of::Vacancies, 77), "c가나다라마바사", "' OR 1=1 --           "]
        {
            let problem = read(Of::Changes, "since", bad).unwrap_err();
            assert_eq!((problem.status, problem.parameter), (400, Some("since")), "{bad}");
        }
    }
}
