//! What one portal shows on one day, as whole ads: the listed ones in list order, the gone ones when asked for by id.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::Ad;
use crate::world::chance::{Chance, Facet};
use crate::world::{World, wording};

/// Days for which a closed posting still answers by id.
const ANSWERS_DAYS: i32 = 40;

/// How a shelf departs from what the portal should show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Arrangement {
    /// Rows missing without a word, in thousandths.
    pub(crate) dropped: u32,
    pub(crate) oldest_first: bool,
}

/// The ads of one portal on one day.
pub(crate) struct Shelf {
    pub(crate) ads: Vec<Ad>,
    by_id: FxHashMap<String, usize>,
    gone: Vec<(u32, OnceLock<Ad>)>,
    gone_by_id: FxHashMap<String, usize>,
    world: Option<std::sync::Arc<World>>,
}

impl Shelf {
    /// Writes out the ads of portal number `portal` as of the world's day.
    pub(crate) fn of(world: &std::sync::Arc<World>, portal: usize, arrangement: Arrangement) -> Shelf {
        let mut ads = Vec::new();
        let mut gone = Vec::new();
        let mut gone_by_id = FxHashMap::default();
        for index in &world.by_portal[portal] {
            let post = &world.posts[*index as usize];
            if post.listed(world.day) {
                if arrangement.dropped == 0 || !drops(world.seed, u64::from(*index), arrangement.dropped) {
                    ads.push(wording::ad(world, *index));
                }
            } else if post.born <= world.day && world.day < post.ends + ANSWERS_DAYS {
                let (id, id2) = wording::ids(world, *index);
                if !id2.is_empty() {
                    gone_by_id.insert(id2, gone.len());
                }
                gone_by_id.insert(id, gone.len());
                gone.push((*index, OnceLock::new()));
            }
        }
        Shelf::arranged(ads, arrangement, gone, gone_by_id, Some(world.clone()))
    }

    /// A shelf of ready ads (recorded rows), in their own order.
    pub(crate) fn ready(ads: &[Ad], arrangement: Arrangement) -> Shelf {
        let mut numbered = (0u64..).zip(ads);
        let kept = numbered.by_ref().filter(|(i, _)| arrangement.dropped == 0 || !drops(0, *i, arrangement.dropped));
        Shelf::arranged(kept.map(|(_, ad)| ad.clone()).collect(), arrangement, Vec::new(), FxHashMap::default(), None)
    }

    fn arranged(
        mut ads: Vec<Ad>,
        arrangement: Arrangement,
        gone: Vec<(u32, OnceLock<Ad>)>,
        gone_by_id: FxHashMap<String, usize>,
        world: Option<std::sync::Arc<World>>,
    ) -> Shelf {
        if world.is_some() {
            ads.sort_by(|a, b| b.posted.cmp(&a.posted).then_with(|| b.id.cmp(&a.id)));
        }
        if arrangement.oldest_first {
            ads.reverse();
        }
        let mut by_id = FxHashMap::default();
        for (i, ad) in ads.iter().enumerate() {
            if !ad.id2.is_empty() {
                by_id.insert(ad.id2.clone(), i);
            }
        }
        by_id.extend(ads.iter().enumerate().map(|(i, ad)| (ad.id.clone(), i)));
        Shelf { ads, by_id, gone, gone_by_id, world }
    }

    /// The ad with this id (or second id), listed or gone.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Ad> {
        if let Some(i) = self.by_id.get(id) {
            return self.ads.get(*i);
        }
        let (index, cell) = self.gone.get(*self.gone_by_id.get(id)?)?;
        let world = self.world.as_ref()?;
        Some(cell.get_or_init(|| wording::ad(world, *index)))
    }

    pub(crate) fn is_listed(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }
}

fn drops(seed: u64, thing: u64, thousandths: u32) -> bool {
    Chance::new(seed, Facet::Quirk, thing).below(1_000) < thousandths as usize
}
