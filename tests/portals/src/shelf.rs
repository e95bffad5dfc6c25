//! What one portal shows on one day, as whole ads: the listed ones in list order, the gone ones when asked for by id.

use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_64;

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
    /// By hash of the id and of the second id; the ad itself settles a clash.
    by_id: FxHashMap<u64, u32>,
    /// Postings that are no longer listed, written out when somebody asks.
    gone: Vec<(u32, OnceLock<Box<Ad>>)>,
    gone_by_id: FxHashMap<u64, u32>,
    /// Ids of postings that the list leaves out although they are up.
    up: FxHashSet<u64>,
    world: Option<Arc<World>>,
}

fn key(id: &str) -> u64 {
    xxh3_64(id.as_bytes())
}

impl Shelf {
    /// Writes out the ads of portal number `portal` as of the world's day, the newest first.
    pub(crate) fn of(world: &Arc<World>, portal: usize, arrangement: Arrangement) -> Shelf {
        let mut listed = Vec::new();
        let mut gone = Vec::new();
        let mut gone_by_id = FxHashMap::default();
        let mut up = FxHashSet::default();
        for (place, index) in world.by_portal[portal].iter().enumerate() {
            let post = &world.posts[*index as usize];
            let dropped = arrangement.dropped > 0 && drops(world.seed, u64::from(*index), arrangement.dropped);
            if post.listed(world.day) && !dropped {
                listed.push((wording::posted(world, *index), place, *index));
            } else if post.born <= world.day && world.day < post.ends + ANSWERS_DAYS {
                let (id, id2) = wording::ids(world, *index);
                for id in [id, id2].iter().filter(|id| !id.is_empty()) {
                    gone_by_id.insert(key(id), gone.len() as u32);
                    // a list that forgets a row does not take its page down
                    if post.listed(world.day) {
                        up.insert(key(id));
                    }
                }
                gone.push((*index, OnceLock::new()));
            }
        }
        // Sorted before they are written out: an ad is a large thing to move.
        listed.sort_unstable_by(|a, b| b.cmp(a));
        if arrangement.oldest_first {
            listed.reverse();
        }
        let mut ads = Vec::with_capacity(listed.len());
        ads.extend(listed.iter().map(|(_, _, index)| wording::ad(world, *index)));
        Shelf { by_id: numbered(&ads), ads, gone, gone_by_id, up, world: Some(world.clone()) }
    }

    /// A shelf of ready ads (recorded rows), in their own order.
    pub(crate) fn ready(ads: &[Ad], arrangement: Arrangement) -> Shelf {
        let kept = |i: u64| arrangement.dropped == 0 || !drops(0, i, arrangement.dropped);
        let mut ads: Vec<Ad> = (0u64..).zip(ads).filter(|(i, _)| kept(*i)).map(|(_, ad)| ad.clone()).collect();
        if arrangement.oldest_first {
            ads.reverse();
        }
        Shelf {
            by_id: numbered(&ads),
            ads,
            gone: Vec::new(),
            gone_by_id: FxHashMap::default(),
            up: FxHashSet::default(),
            world: None,
        }
    }

    fn listed(&self, id: &str) -> Option<&Ad> {
        self.ads.get(*self.by_id.get(&key(id))? as usize).filter(|ad| ad.id == id || ad.id2 == id)
    }

    /// The ad with this id (or second id), listed or gone.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Ad> {
        if id.is_empty() {
            return None;
        }
        if let Some(ad) = self.listed(id) {
            return Some(ad);
        }
        let (index, cell) = self.gone.get(*self.gone_by_id.get(&key(id))? as usize)?;
        let world = self.world.as_ref()?;
        let ad = cell.get_or_init(|| Box::new(wording::ad(world, *index)));
        Some(ad.as_ref()).filter(|ad| ad.id == id || ad.id2 == id)
    }

    /// Whether it is on the list, or would be if the list forgot no rows.
    pub(crate) fn is_listed(&self, id: &str) -> bool {
        self.listed(id).is_some() || self.up.contains(&key(id))
    }
}

/// First ids go in last: where one posting's first id is another's second, the first counts.
fn numbered(ads: &[Ad]) -> FxHashMap<u64, u32> {
    let mut by_id = FxHashMap::default();
    by_id.reserve(ads.len());
    by_id.extend((0u32..).zip(ads).filter(|(_, ad)| !ad.id2.is_empty()).map(|(i, ad)| (key(&ad.id2), i)));
    by_id.extend((0u32..).zip(ads).map(|(i, ad)| (key(&ad.id), i)));
    by_id
}

fn drops(seed: u64, thing: u64, thousandths: u32) -> bool {
    Chance::new(seed, Facet::Quirk, thing).below(1_000) < thousandths as usize
}
