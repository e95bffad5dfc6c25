//! What really is, as JSON Lines: for every posting its vacancy, its life and what it breaks; for every vacancy its employer and hire.

use std::io::{self, Write};

use serde_json::{Value, json};

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
        "illegal": offence.map(|o| vec![o.rule]).unwrap_or_default(),
        "evidence": offence.map(|o| o.words).filter(|w| !w.is_empty()),
        "lookalike_of": (v.text != index).then_some(v.text),
    })
}

/// Writes all lines: postings of the portals that `serves` keeps, then all vacancies.
pub(crate) fn write(world: &World, serves: &dyn Fn(usize) -> bool, out: &mut dyn Write) -> io::Result<()> {
    for (index, p) in (0u32..).zip(&world.posts) {
        if serves(usize::from(p.portal)) {
            serde_json::to_writer(&mut *out, &post(world, index))?;
            out.write_all(b"\n")?;
        }
    }
    for index in 0..world.vacancies.len() as u32 {
        serde_json::to_writer(&mut *out, &vacancy(world, index))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
