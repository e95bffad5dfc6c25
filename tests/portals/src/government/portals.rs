//! Who speaks which format: the 22 public and 122 local portals. Names are the folder names of the catalog.

use crate::Portal;

#[path = "portals/local.rs"]
mod local;
#[path = "portals/public.rs"]
mod public;

/// All of them.
pub(super) fn all() -> Vec<Portal> {
    public::PUBLIC.iter().map(Entry::portal).chain(local::LOCAL.iter().map(Entry::portal)).collect()
}

/// One portal as a line of a table.
pub(super) struct Entry {
    name: &'static str,
    title: &'static str,
    class: &'static str,
    dialect: &'static str,
    /// Region codes; empty = the whole country.
    regions: &'static [&'static str],
    /// Per cent of all ads of the world it carries.
    weight: f64,
    params: &'static [(&'static str, &'static str)],
}

impl Entry {
    fn portal(&self) -> Portal {
        Portal {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            class: self.class,
            dialect: self.dialect,
            params: self.params.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            regions: self.regions.iter().map(|code| (*code).to_owned()).collect(),
            weight: self.weight,
        }
    }
}
