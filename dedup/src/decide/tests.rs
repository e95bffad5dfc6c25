//! Small worlds through the hub's loop: a store in memory that keeps the contract of `Neighbourhood`.

use std::collections::{BTreeMap, BTreeSet};

use normalizer::{CloseKind, Closing, Contact, EmploymentType, Organization, Origin, Place, Posting};
use proptest::prelude::*;

use super::*;
use crate::{SourceTraits, cluster_ruled};

/// What a test says of a posting; small domains, so that postings collide.
#[derive(Clone, Debug)]
struct Ad {
    source: u32,
    company: u8,
    title: u8,
    district: u8,
    text: u8,
    cut: bool,
    first: i32,
    days: i32,
    live: bool,
    names: Option<(u32, PostingId)>,
}

const TITLES: [&str; 5] =
    ["용접원 모집", "CO2 용접원", "지게차 운전원", "지게차 운전원 (야간)", "물류센터 포장 및 지게차"];

fn profile(id: PostingId, ad: &Ad) -> Profile {
    let number = |n: u8| char::from(b'a' + n);
    let line = |i: u8| format!("담당업무 {i}{} 자재 {}번 라인 투입과 점검\n", number(ad.text), u32::from(i) * 7 + 3);
    let lines = (0..if ad.cut { 6 } else { 12 }).map(|i| line(i + 20 * ad.text));
    let day = |n: i32| chrono::NaiveDate::from_num_days_from_ce_opt(739_000 + n);
    let posting = Posting {
        title: TITLES[usize::from(ad.title) % TITLES.len()].to_owned(),
        hiring_organization: Organization {
            name: format!("주식회사 다온정밀{}", number(ad.company)),
            ..Default::default()
        },
        job_location: vec![Place { code: Some(format!("1101{}", ad.district)), ..Default::default() }],
        employment_type: vec![EmploymentType::Permanent],
        description: Some(lines.collect()),
        date_posted: day(ad.first),
        closing: Closing { kind: Some(CloseKind::ByDate), valid_through: day(ad.first + ad.days) },
        origin: ad.names.map(|(source, id)| Origin {
            provider: Some(format!("s{source}")),
            id: Some(id.to_string()),
            url: None,
        }),
        ..Default::default()
    };
    let traits = SourceTraits { number: ad.source, name: format!("s{}", ad.source), ..Default::default() };
    let ended = (!ad.live).then(|| crate::day_number(day(ad.first + ad.days).unwrap()));
    Profile::of(id, &traits, &id.to_string(), &posting, &Contact::default()).with_life(None, ended)
}

#[derive(Default)]
struct Store {
    profiles: BTreeMap<PostingId, Profile>,
    relations: BTreeMap<(PostingId, PostingId), Relation>,
    vacancy_of: BTreeMap<PostingId, VacancyId>,
    founded: FxHashMap<VacancyId, i64>,
    gone: BTreeMap<VacancyId, VacancyId>,
    rulings: Vec<Ruling>,
    clock: i64,
}

impl Store {
    fn load(&self, near: &mut Neighbourhood, ids: &BTreeSet<PostingId>) {
        for id in ids {
            let Some(profile) = self.profiles.get(id) else { continue };
            if near.loaded.insert(*id) {
                near.profiles.push(profile.clone());
                let own = self.relations.values().filter(|r| r.a == *id || r.b == *id);
                near.relations.extend(own.cloned());
            }
        }
        near.relations.sort_by_key(|r| (r.a, r.b));
        near.relations.dedup_by_key(|r| (r.a, r.b));
        let vacancies: BTreeSet<VacancyId> =
            near.profiles.iter().filter_map(|p| self.vacancy_of.get(&p.id)).copied().collect();
        for (posting, vacancy) in &self.vacancy_of {
            if vacancies.contains(vacancy) {
                near.vacancy_of.insert(*posting, *vacancy);
                near.founded.insert(*vacancy, self.founded[vacancy]);
            }
        }
    }

    /// One step as the hub makes it. Gives the resolution.
    fn step(&mut self, changed: Vec<Profile>) -> Resolution {
        for profile in &changed {
            self.profiles.insert(profile.id, profile.clone());
        }
        let mut near = Neighbourhood::default();
        let mut wanted: BTreeSet<PostingId> = changed.iter().map(|p| p.id).collect();
        for one in &changed {
            let keys = one.keys();
            for other in self.profiles.values().filter(|o| o.id != one.id) {
                if other.keys().iter().any(|k| keys.contains(k)) {
                    near.shared_keys.push((one.id, other.id));
                    wanted.insert(other.id);
                }
            }
        }
        for ruling in &self.rulings {
            wanted.extend([ruling.a, ruling.b]);
        }
        self.load(&mut near, &wanted);
        let model = Model::default();
        loop {
            let missing = needs(&changed, &near, &self.rulings, &model);
            if missing.is_empty() {
                break;
            }
            self.load(&mut near, &missing.into_iter().collect());
        }
        let mut out = resolve(&changed, &near, &self.rulings, &model);
        for new in out.new_vacancies.clone() {
            if self.gone.contains_key(&new) || self.founded.contains_key(&new) {
                near.taken.extend(self.gone.keys().chain(self.founded.keys()));
                out = resolve(&changed, &near, &self.rulings, &model);
            }
        }
        self.keep(&out);
        out
    }

    fn keep(&mut self, out: &Resolution) {
        for pair in &out.relations_delete {
            assert!(self.relations.remove(pair).is_some(), "deletes what is not there: {pair:?}");
        }
        for relation in &out.relations_upsert {
            assert!(relation.a < relation.b);
            self.relations.insert((relation.a, relation.b), relation.clone());
        }
        for new in &out.new_vacancies {
            self.clock += 1;
            assert!(!self.gone.contains_key(new), "id reused");
            assert!(self.founded.insert(*new, self.clock).is_none(), "id reused");
        }
        for (posting, vacancy) in &out.assignments {
            assert_ne!(self.vacancy_of.insert(*posting, *vacancy), Some(*vacancy), "not a change");
        }
        for (old, survivor) in &out.merged {
            assert!(self.founded[survivor] <= self.founded[old], "the oldest survives");
            self.gone.insert(*old, *survivor);
        }
        let alive: BTreeSet<VacancyId> = self.vacancy_of.values().copied().collect();
        assert!(alive.iter().all(|v| !self.gone.contains_key(v)), "a posting points at a vacancy that is gone");
    }

    fn partition(&self) -> BTreeSet<Vec<PostingId>> {
        partition(self.vacancy_of.iter().map(|(p, v)| (*p, *v)))
    }

    fn scratch(&self) -> BTreeSet<Vec<PostingId>> {
        let all: Vec<Profile> = self.profiles.values().cloned().collect();
        partition(cluster_ruled(&all, &self.rulings, &Model::default(), 1).into_iter())
    }
}

fn partition(assigned: impl Iterator<Item = (PostingId, VacancyId)>) -> BTreeSet<Vec<PostingId>> {
    let mut groups: BTreeMap<VacancyId, Vec<PostingId>> = BTreeMap::new();
    for (posting, vacancy) in assigned {
        groups.entry(vacancy).or_default().push(posting);
    }
    groups
        .into_values()
        .map(|mut g| {
            g.sort_unstable();
            g
        })
        .collect()
}

fn ad() -> impl Strategy<Value = Ad> {
    let names = proptest::option::weighted(0.15, (1u32..4, 1i64..12));
    (1u32..4, 0u8..2, 0u8..5, 0u8..2, 0u8..2, any::<bool>(), 0i32..60, 5i32..40, any::<bool>(), names).prop_map(
        |(source, company, title, district, text, cut, first, days, live, names)| Ad {
            source,
            company,
            title,
            district,
            text,
            cut,
            first,
            days,
            live,
            names,
        },
    )
}

/// What happens to a store.
#[derive(Clone, Debug)]
enum Op {
    Put(Vec<(PostingId, Ad)>),
    Rule(PostingId, PostingId, bool),
    Withdraw(usize),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => proptest::collection::vec((1i64..14, ad()), 1..4).prop_map(Op::Put),
        1 => (1i64..14, 1i64..14, any::<bool>()).prop_map(|(a, b, same)| Op::Rule(a, b, same)),
        1 => (0usize..4).prop_map(Op::Withdraw),
    ]
}

impl Store {
    fn apply(&mut self, op: &Op) {
        match op {
            Op::Put(ads) => {
                // of two forms of one posting in a page the last counts
                let last: BTreeMap<PostingId, &Ad> = ads.iter().map(|(id, ad)| (*id, ad)).collect();
                self.step(last.into_iter().map(|(id, ad)| profile(id, ad)).collect());
            }
            Op::Rule(a, b, same) if a != b && self.profiles.contains_key(a) && self.profiles.contains_key(b) => {
                self.rulings.retain(|r| ordered(r.a, r.b) != ordered(*a, *b));
                self.rulings.push(Ruling { a: *a, b: *b, same: *same, kind: None });
                self.again(&[*a, *b]);
            }
            Op::Withdraw(at) if *at < self.rulings.len() => {
                let ruling = self.rulings.remove(*at);
                self.again(&[ruling.a, ruling.b]);
            }
            _ => {}
        }
    }

    fn again(&mut self, ids: &[PostingId]) {
        let changed = ids.iter().filter_map(|id| self.profiles.get(id).cloned()).collect();
        self.step(changed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn any_sequence_of_deltas_ends_where_a_run_from_scratch_does(ops in proptest::collection::vec(op(), 1..14)) {
        let mut store = Store::default();
        for op in &ops {
            store.apply(op);
            prop_assert_eq!(store.partition(), store.scratch(), "after {:?}", op);
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(
        ads in proptest::collection::vec(ad(), 2..10),
        order in proptest::collection::vec(any::<u32>(), 10),
    ) {
        let all: Vec<Profile> = ads.iter().enumerate().map(|(i, ad)| profile(i as i64 + 1, ad)).collect();
        let mut at_once = Store::default();
        let mut shuffled: Vec<usize> = (0..all.len()).collect();
        shuffled.sort_by_key(|i| order[*i]);
        let one = at_once.step(all.clone());
        let mut reversed = Store::default();
        let other = reversed.step(shuffled.iter().map(|i| all[*i].clone()).collect());
        prop_assert_eq!(one, other);
        let mut singly = Store::default();
        for i in shuffled {
            singly.step(vec![all[i].clone()]);
        }
        prop_assert_eq!(singly.partition(), at_once.partition());
        prop_assert_eq!(singly.relations, at_once.relations);
    }

    #[test]
    fn a_ruling_and_its_withdrawal_leave_no_trace(
        ads in proptest::collection::vec(ad(), 2..10), a in 1i64..10, b in 1i64..10, same in any::<bool>(),
    ) {
        let mut store = Store::default();
        store.step(ads.iter().enumerate().map(|(i, ad)| profile(i as i64 + 1, ad)).collect());
        let (before, relations) = (store.partition(), store.relations.clone());
        store.apply(&Op::Rule(a, b, same));
        if let Some(ruling) = store.rulings.first() {
            let together = store.vacancy_of[&ruling.a] == store.vacancy_of[&ruling.b];
            prop_assert_eq!(together, same, "a steward is obeyed");
        }
        store.apply(&Op::Withdraw(0));
        prop_assert_eq!(store.partition(), before);
        prop_assert_eq!(store.relations, relations);
    }

    #[test]
    fn seeing_the_same_postings_again_changes_nothing(ads in proptest::collection::vec(ad(), 1..10)) {
        let mut store = Store::default();
        let all: Vec<Profile> = ads.iter().enumerate().map(|(i, ad)| profile(i as i64 + 1, ad)).collect();
        store.step(all.clone());
        let out = store.step(all);
        prop_assert_eq!(Resolution { grey: Vec::new(), ..out }, Resolution::default());
    }
}

fn plain(source: u32, first: i32) -> Ad {
    Ad { source, company: 0, title: 0, district: 0, text: 0, cut: false, first, days: 20, live: true, names: None }
}

#[test]
fn a_first_posting_founds_a_vacancy_under_its_own_id() {
    let changed = [profile(7, &plain(1, 0))];
    let out = resolve(&changed, &Neighbourhood::default(), &[], &Model::default());
    assert_eq!((out.assignments, out.new_vacancies), (vec![(7, 7)], vec![7]));
    let taken = Neighbourhood { taken: [7].into_iter().collect(), ..Default::default() };
    let out = resolve(&changed, &taken, &[], &Model::default());
    assert_eq!(out.new_vacancies.len(), 1);
    assert_ne!(out.new_vacancies[0], 7);
}

#[test]
fn the_kinds_of_relation() {
    let base = plain(1, 0);
    let closed = Ad { live: false, ..base.clone() };
    let kind = |a: &Ad, b: &Ad| {
        relate(&profile(1, a), &profile(2, b), None, &Model::default()).map_or("none", |r| r.kind.name())
    };
    let table = [
        ("same words elsewhere", kind(&base, &Ad { source: 2, ..base.clone() }), "full"),
        ("cut text elsewhere", kind(&base, &Ad { source: 2, cut: true, title: 1, ..base.clone() }), "semantic"),
        ("repost", kind(&closed, &Ad { first: 25, cut: true, ..base.clone() }), "temporal"),
        ("word-for-word copy in one source", kind(&base, &base), "full"),
        ("two live in one source", kind(&base, &Ad { cut: true, ..base.clone() }), "distinct"),
        ("other job", kind(&base, &Ad { source: 2, title: 2, text: 1, ..base.clone() }), "none"),
    ];
    for (what, found, expected) in table {
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn on_a_merge_the_oldest_survives_and_on_a_split_the_larger_part_keeps_the_id() {
    let mut store = Store::default();
    store.step(vec![profile(5, &plain(1, 0))]);
    store.step(vec![profile(3, &Ad { district: 1, ..plain(2, 0) })]);
    assert_eq!(store.partition().len(), 2);
    store.apply(&Op::Rule(3, 5, true));
    assert_eq!(store.gone, BTreeMap::from([(3, 5)]));
    // a third posting joins the first, then the ruling falls
    store.step(vec![profile(9, &plain(3, 1))]);
    assert_eq!(store.vacancy_of[&9], 5);
    store.apply(&Op::Withdraw(0));
    assert_eq!((store.vacancy_of[&5], store.vacancy_of[&9]), (5, 5));
    assert!(![3, 5].contains(&store.vacancy_of[&3]), "an id that redirects is never given again");
}

#[test]
fn a_path_of_rulings_that_meets_its_contrary_is_asked_about() {
    let mut store = Store::default();
    let ads = [plain(1, 0), Ad { district: 1, ..plain(2, 0) }, Ad { title: 2, text: 1, ..plain(3, 0) }];
    store.step(ads.iter().enumerate().map(|(i, ad)| profile(i as i64 + 1, ad)).collect());
    store.apply(&Op::Rule(1, 3, false));
    store.apply(&Op::Rule(1, 2, true));
    store.rulings.push(Ruling { a: 2, b: 3, same: true, kind: None });
    let changed = vec![store.profiles[&2].clone(), store.profiles[&3].clone()];
    let out = store.step(changed);
    assert_eq!((out.grey[0].a, out.grey[0].b), (2, 3));
    assert_eq!(store.partition(), store.scratch());
}

#[test]
fn how_a_vacancy_came_about_is_told() {
    let ads = [plain(1, 0), plain(2, 1), Ad { cut: true, ..plain(1, 2) }, Ad { title: 2, text: 1, ..plain(3, 0) }];
    let all: Vec<Profile> = ads.iter().enumerate().map(|(i, ad)| profile(i as i64 + 1, ad)).collect();
    let rulings = [Ruling { a: 2, b: 4, same: true, kind: None }];
    let told = crate::how(&all, &rulings, &Model::default());
    assert_eq!(told.groups, [vec![1, 2, 4], vec![3]]);
    let joined: Vec<_> = told.joined.iter().map(|j| (j.left.as_slice(), j.right.as_slice(), j.ruled)).collect();
    assert_eq!(joined[0], ([2].as_slice(), [4].as_slice(), true));
    let refused: Vec<_> = told.refused.iter().map(|r| (r.left.len(), r.right.as_slice(), r.why)).collect();
    assert_eq!(refused, [(3, [3].as_slice(), crate::Refusal::Exclusive)]);
    assert_eq!(crate::how(&[], &[], &Model::default()), crate::How::default());
}

#[test]
fn a_component_over_the_limit_is_clustered_in_parts() {
    let copies = crate::cluster::COMPONENT_MAX as i64 + 50;
    let all: Vec<Profile> = (1..=copies).map(|id| profile(id, &plain(id as u32, 0))).collect();
    let groups = partition(crate::cluster_all(&all, &Model::default(), 2).into_iter());
    assert_eq!(groups.iter().map(Vec::len).sum::<usize>() as i64, copies, "none is lost");
    assert!(groups.len() <= 2, "copies stay together: {} groups", groups.len());
}

#[test]
fn a_profile_of_the_longest_text_stays_small() {
    let posting = Posting {
        title: "용접원 ".repeat(10_000),
        description: Some((0..50_000).map(|i| format!("{i}명 서울 강남구 역삼동 ")).collect()),
        ..Default::default()
    };
    let long = Profile::of(1, &SourceTraits::default(), "a", &posting, &Contact::default());
    assert!(long.to_bytes().len() <= crate::PROFILE_BYTES_MAX);
    assert_eq!(Profile::from_bytes(&vec![1; crate::PROFILE_BYTES_MAX + 1]), Err(crate::ProfileError::TooLong(4097)));
}
