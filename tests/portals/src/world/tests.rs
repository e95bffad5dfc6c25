//! Rates and reproducibility of the world, on a stand-in catalog.

use super::*;

/// A small catalog with the classes and sizes of the real one.
pub(crate) fn catalog() -> Vec<Portal> {
    let portal = |name: &str, class: &'static str, weight: f64, regions: &[&str]| Portal {
        name: name.to_owned(),
        title: name.to_owned(),
        class,
        dialect: "plain",
        regions: regions.iter().map(|r| (*r).to_owned()).collect(),
        weight,
        ..Portal::default()
    };
    let mut all = vec![
        portal("work24", "public", 300.0, &[]),
        portal("jobkorea", "private", 150.0, &[]),
        portal("saramin", "private", 130.0, &[]),
        portal("albamon", "private", 100.0, &[]),
        portal("wanted", "private", 30.0, &[]),
        portal("incruit", "private", 40.0, &[]),
        portal("alio", "public", 20.0, &[]),
        portal("cleaneye", "public", 20.0, &[]),
        portal("mma", "public", 15.0, &[]),
        portal("seoul", "local", 40.0, &["11000"]),
        portal("gyeonggi", "local", 40.0, &["41000"]),
        portal("toss_greenhouse", "private", 2.0, &[]),
    ];
    for place in TABLES.places.iter().step_by(4) {
        all.push(portal(&format!("local_{}", place.code), "local", 1.5, &[place.code]));
    }
    all
}

fn world(scale: f64, day: u32) -> World {
    World::new(11, scale, NaiveDate::from_ymd_opt(2026, 11, 2).unwrap(), day, catalog())
}

fn sample(world: &World, portal: &str, count: usize) {
    let p = world.portals.iter().position(|p| p.name == portal).unwrap();
    for i in world.by_portal[p].iter().rev().filter(|i| world.posts[**i as usize].listed(world.day)).take(count) {
        println!("{:#?}", wording::ad(world, *i));
    }
}

#[test]
fn look() {
    let w = world(0.05, 3);
    sample(&w, "work24", 2);
    sample(&w, "jobkorea", 3);
    sample(&w, "seoul", 2);
    sample(&w, "alio", 2);
    for p in ["jobkorea", "albamon", "local_11110"] {
        let p = w.portals.iter().position(|x| x.name == p).unwrap();
        for i in w.by_portal[p].iter().rev().take(40) {
            let a = wording::ad(&w, *i);
            println!(
                "{} | {} | {} | {} | {:?} {} {:?} {}",
                a.title, a.company, a.region, a.pay, a.closes, a.close_type, w.posts[*i as usize].why, a.origin_id
            );
        }
    }
}
