//! What really is, as JSON Lines: for every posting its vacancy, its life and what it breaks; for every vacancy its employer and hire.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::Ad;
use crate::fleet::Inner;
use crate::world::life::NEVER;
use crate::world::{NO_POST, World, offence, wording};

/// Line for the posting with this index, as known on the world's day.
pub(crate) fn post(world: &World, index: u32) -> Value {
    let post = &world.posts[index as usize];
    let vacancy = &world.vacancies[post.vacancy as usize];
    let (id, id2) = wording::ids(world, index);
    let filled = vacancy.filled();
    let closed = post.ends <= world.day;
    let origin = (post.origin != NO_POST).then(|| {
        let from = &world.posts[post.origin as usize];
        json!({
            "portal": world.portals[usize::from(from.portal)].name,
            "id": wording::ids(world, post.origin).0,
            "stated": post.republished,
        })
    });
    json!({
        "what": "ad",
        "portal": world.portals[usize::from(post.portal)].name,
        "id": id,
        "id2": (!id2.is_empty()).then_some(id2),
        "vacancy": post.vacancy,
        "listed": post.listed(world.day),
        "posted": world.date(post.born),
        "closed_on": closed.then(|| world.date(post.ends)),
        // some portals list what is over for some days more
        "unlisted_on": (closed && !post.listed(world.day)).then(|| world.date(post.ends + i32::from(post.lingers))),
        "filled_on": (filled != NEVER && filled <= world.day).then(|| world.date(filled)),
        "close_reason": closed.then(|| post.reason.word()),
        "illegal": offence::get(vacancy.offence).map(|o| vec![o.rule]).unwrap_or_default(),
        "kind": post.why.word(),
        "origin": origin,
    })
}

/// Line for a vacancy.
pub(crate) fn vacancy(world: &World, index: u32) -> Value {
    let v = &world.vacancies[index as usize];
    let employer = &world.employers[v.firm as usize];
    let filled = v.filled();
    let offence = offence::get(v.offence);
    json!({
        "what": "vacancy",
        "vacancy": index,
        "business_number": employer.business_number,
        "employer": employer.name,
        "business_state": employer.business_state,
        "occupation_code": crate::world::table::TABLES.trades[usize::from(v.trade)].code,
        "region_code": crate::world::table::TABLES.places[usize::from(v.place)].code,
        "opened_on": world.date(v.born),
        "closed_on": (v.ends() <= world.day).then(|| world.date(v.ends())),
        "filled_on": (filled != NEVER && filled <= world.day).then(|| world.date(filled)),
        "ever_filled": filled != NEVER,
        "insured": world.covered(index).word(),
        "illegal": offence.map(|o| vec![o.rule]).unwrap_or_default(),
        "evidence": offence.map(|o| o.words).filter(|w| !w.is_empty()),
        "lookalike_of": (v.text != index).then_some(v.text),
    })
}

/// Line for a recorded posting: what is known of it is only what the portals themselves recorded.
fn recorded(inner: &Inner, portal: usize, ad: &Ad) -> Value {
    let same = inner.recorded.same.get(&(portal, ad.id.clone()));
    json!({
        "what": "ad",
        "portal": inner.portals[portal].name,
        "id": ad.id,
        "id2": (!ad.id2.is_empty()).then_some(&ad.id2),
        "vacancy": Value::Null,
        "listed": true,
        "kind": "recorded",
        "same_as": same.map(|(portal, id)| json!({ "portal": inner.portals[*portal].name, "id": id })),
    })
}

/// All lines: postings of the portals that show the world, recorded postings, vacancies.
pub(crate) fn lines(world: Arc<World>, inner: Arc<Inner>) -> impl Iterator<Item = Value> {
    let vacancies = (0..world.vacancies.len() as u32).map({
        let world = world.clone();
        move |i| vacancy(&world, i)
    });
    let served: Vec<u32> = (0u32..)
        .zip(&world.posts)
        .filter(|(_, p)| !inner.recorded.ads.contains_key(&usize::from(p.portal)))
        .map(|(i, _)| i)
        .collect();
    let posts = served.into_iter().map(move |i| post(&world, i));
    let all: Vec<(usize, usize)> =
        inner.recorded.ads.iter().flat_map(|(p, ads)| (0..ads.len()).map(|i| (*p, i))).collect();
    let rows = all.into_iter().map(move |(portal, i)| recorded(&inner, portal, &inner.recorded.ads[&portal][i]));
    posts.chain(rows).chain(vacancies)
}
