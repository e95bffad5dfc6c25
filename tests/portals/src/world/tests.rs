//! Rates and reproducibility of the world, on a stand-in catalog.

use super::*;
use crate::Ad;

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
        portal("toss", "private", 2.0, &[]),
    ];
    all[0].params.insert("id", "K151812401100054".to_owned());
    all[9].params.insert("id", "H954202505090864".to_owned());
    for place in TABLES.places.iter().step_by(4) {
        all.push(portal(&format!("local_{}", place.code), "local", 1.5, &[place.code]));
    }
    all
}

fn world(scale: f64, day: u32) -> World {
    World::new(11, scale, NaiveDate::from_ymd_opt(2026, 11, 2).unwrap(), day, catalog())
}

fn of<'w>(world: &'w World, class: &str) -> impl Iterator<Item = (u32, &'w Post)> {
    let class = class.to_owned();
    (0u32..).zip(&world.posts).filter(move |(_, p)| world.portals[usize::from(p.portal)].class == class)
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[test]
fn the_world_is_the_same_whether_reached_by_steps_or_started_there() {
    let mut walked = world(0.01, 0);
    for _ in 0..6 {
        walked.step();
    }
    let born = world(0.01, 6);
    assert_eq!((walked.posts.len(), walked.vacancies.len()), (born.posts.len(), born.vacancies.len()));
    for i in 0..born.posts.len() as u32 {
        assert_eq!(format!("{:?}", wording::ad(&walked, i)), format!("{:?}", wording::ad(&born, i)));
    }
    for (a, b) in walked.employers.iter().zip(born.employers.iter()) {
        assert_eq!((&a.business_number, &a.hires), (&b.business_number, &b.hires));
    }
    let other = World::new(12, 0.01, born.start, 6, catalog());
    assert_ne!(wording::ad(&other, 0).description, wording::ad(&born, 0).description, "another seed is another world");
}

#[test]
fn ids_are_unique_within_a_portal_and_never_change() {
    let (today, later) = (world(0.02, 0), world(0.02, 9));
    for of in &later.by_portal {
        let ids: std::collections::HashSet<String> = of.iter().map(|i| wording::ids(&later, *i).0).collect();
        assert_eq!(ids.len(), of.len());
    }
    for i in 0..today.posts.len() as u32 {
        assert_eq!(wording::ids(&today, i), wording::ids(&later, i));
    }
}

#[test]
fn two_in_a_hundred_close_a_day_and_three_are_new() {
    let mut w = world(0.1, 0);
    for _ in 0..10 {
        let before = w.day;
        let open = w.posts.iter().filter(|p| p.open(before)).count();
        w.step();
        let closed = w.posts.iter().filter(|p| p.open(before) && !p.open(w.day)).count();
        let new = w.posts.iter().filter(|p| p.born == w.day).count();
        println!("day {}: open {open}, closed {:.4}, new {:.4}", w.day, share(closed, open), share(new, open));
        assert!((0.015..0.025).contains(&share(closed, open)), "day {}: {:.4} close", w.day, share(closed, open));
        assert!((0.027..0.034).contains(&share(new, open)), "day {}: {:.4} new", w.day, share(new, open));
    }
}

#[test]
fn five_in_a_hundred_change_a_day() {
    let (today, tomorrow) = (world(0.03, 4), world(0.03, 5));
    let both: Vec<u32> = (0..today.posts.len() as u32)
        .filter(|i| today.posts[*i as usize].open(5) && today.posts[*i as usize].open(4))
        .collect();
    let changed =
        both.iter().filter(|i| wording::ad(&today, **i).description != wording::ad(&tomorrow, **i).description);
    let changed = share(changed.count(), both.len());
    println!("changed {changed:.4}");
    assert!((0.04..0.065).contains(&changed), "{changed:.4}");
}

#[test]
fn a_quarter_to_three_fifths_of_private_postings_are_copies() {
    let w = world(0.1, 5);
    let listed: Vec<&Post> = of(&w, "private").map(|(_, p)| p).filter(|p| p.listed(w.day)).collect();
    let copies = share(listed.iter().filter(|p| p.why == Why::Copy).count(), listed.len());
    println!("copies {copies:.3}");
    assert!((0.25..0.60).contains(&copies), "{copies:.3}");
}

#[test]
fn two_thirds_of_the_job_centre_s_closing_dates_are_mixed_text() {
    let w = world(0.05, 2);
    let ads: Vec<Ad> = of(&w, "public")
        .filter(|(_, p)| w.portals[usize::from(p.portal)].name == "work24" && p.listed(2))
        .map(|(i, _)| wording::ad(&w, i))
        .collect();
    let mixed = share(ads.iter().filter(|a| a.close_type == "until_filled" && a.closes.is_some()).count(), ads.len());
    println!("mixed {mixed:.3} of {}", ads.len());
    assert!((0.62..0.70).contains(&mixed), "{mixed:.3}");
}

#[test]
fn a_fifth_is_never_filled() {
    let w = world(0.1, 0);
    let never = share(w.vacancies.iter().filter(|v| v.filled() == NEVER).count(), w.vacancies.len());
    println!("never filled {never:.3}");
    assert!((0.18..0.22).contains(&never), "{never:.3}");
}

#[test]
fn what_breaks_a_rule_can_be_read_in_the_ad() {
    let w = world(0.1, 3);
    let mut seen = std::collections::BTreeMap::new();
    for (i, p) in (0u32..).zip(&w.posts).filter(|(_, p)| p.listed(3)) {
        let v = &w.vacancies[p.vacancy as usize];
        let Some(o) = offence::get(v.offence) else { continue };
        let ad = wording::ad(&w, i);
        *seen.entry(o.rule).or_insert(0) += 1;
        let hourly = match ad.pay_period {
            'H' => ad.pay_min,
            'D' => ad.pay_min / 8,
            _ => ad.pay_min / 209,
        };
        let found = match o.place {
            offence::Where::Pay => (1..10_320).contains(&hourly),
            offence::Where::Title => ad.title.contains(o.words) || ad.title.contains(&o.words.replace(' ', "")),
            offence::Where::Company => ad.company == o.words,
            offence::Where::Requirement => ad.requirements.contains(o.words) && ad.description.contains(o.words),
            offence::Where::Notes => ad.description.contains(o.words),
        };
        assert!(found, "{} {:?} {:#?}", o.rule, o.words, ad);
    }
    println!("{seen:?}");
    assert_eq!(seen.len(), 8, "every rule is broken somewhere: {seen:?}");
}

#[test]
fn every_portal_with_a_weight_lists_something_and_the_sum_is_the_scale() {
    let w = world(0.1, 0);
    let listed = |p: usize| w.by_portal[p].iter().filter(|i| w.posts[**i as usize].listed(0)).count();
    let all: usize = (0..w.portals.len()).map(listed).sum();
    assert!((0..w.portals.len()).all(|p| listed(p) > 0));
    println!("listed {all}");
    assert!((14_000..16_500).contains(&all), "{all}");
}

#[test]
fn a_local_board_lists_only_its_own_region() {
    let w = world(0.05, 2);
    for (i, p) in (0u32..).zip(&w.posts) {
        let name = &w.portals[usize::from(p.portal)].name;
        if let Some(code) = name.strip_prefix("local_") {
            assert_eq!(wording::ad(&w, i).region_code, code);
        }
    }
}

#[test]
fn a_republished_posting_names_the_one_it_came_from() {
    let w = world(0.05, 2);
    let mut named = 0;
    for (i, p) in (0u32..).zip(&w.posts).filter(|(_, p)| p.republished) {
        let ad = wording::ad(&w, i);
        let (id, id2) = wording::ids(&w, p.origin);
        assert_eq!(ad.origin_id, if id2.is_empty() { id } else { id2 });
        named += 1;
    }
    assert!(named > 100, "{named}");
}

#[test]
fn a_look_alike_shares_employer_and_trade_but_is_another_job() {
    let w = world(0.05, 0);
    let twins: Vec<&Vacancy> = w.vacancies.iter().filter(|v| v.variant != 0).collect();
    assert!(twins.len() > 200, "{}", twins.len());
    for v in twins {
        let other = &w.vacancies[v.text as usize];
        assert_eq!((v.firm, v.trade), (other.firm, other.trade));
        assert_ne!(v.first, other.first);
    }
}
