//! What of the queue somebody works through: kept in the address, so that the next case is one of the same kind.

use serde::Deserialize;

use crate::review::{Family, Filter};

/// The filter of the queue as it stands in an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Way {
    /// A family, or empty for all.
    pub(crate) family: String,
    /// Name of a source, or empty for all.
    pub(crate) source: String,
}

impl Way {
    /// The review engine's filter.
    pub(crate) fn filter(&self) -> Filter {
        Filter {
            family: self.family.parse::<Family>().ok(),
            source: Some(self.source.clone()).filter(|s| !s.is_empty() && adapters::catalog().get(s).is_some()),
            ..Filter::default()
        }
    }

    /// A path with the filter added to it.
    pub(crate) fn onto(&self, path: &str) -> String {
        let filter = self.filter();
        let mut out = path.to_owned();
        let mut add = |name: &str, value: &str| {
            out.push(if out.contains('?') { '&' } else { '?' });
            out.push_str(name);
            out.push('=');
            out.push_str(value);
        };
        if let Some(family) = filter.family {
            add("family", family.name());
        }
        // names of sources are lower-case letters, digits and hyphens
        if let Some(source) = &filter.source {
            add("source", source);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_a_filter_goes_on() {
        let way = |family: &str, source: &str| Way { family: family.into(), source: source.into() };
        assert_eq!(
            way("conflict", "saramin").onto("/cases/c1?after=2"),
            "/cases/c1?after=2&family=conflict&source=saramin"
        );
        assert_eq!(way("\" onload", "//evil").onto("/queue"), "/queue");
    }
}
