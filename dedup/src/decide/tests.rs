//! Small worlds through the hub's loop.

use super::*;

fn profile(id: PostingId, source: u32, title: &str) -> Profile {
    let traits = crate::SourceTraits { number: source, name: format!("s{source}"), ..Default::default() };
    let posting = normalizer::Posting { title: title.to_owned(), ..Default::default() };
    Profile::of(id, &traits, &id.to_string(), &posting, &normalizer::Contact::default())
}

#[test]
fn a_first_posting_founds_a_vacancy_under_its_own_id() {
    let changed = [profile(7, 1, "용접원")];
    let out = resolve(&changed, &Neighbourhood::default(), &[], &Model::default());
    assert_eq!((out.assignments, out.new_vacancies), (vec![(7, 7)], vec![7]));
    let taken = Neighbourhood { taken: [7].into_iter().collect(), ..Default::default() };
    let out = resolve(&changed, &taken, &[], &Model::default());
    assert_eq!(out.new_vacancies.len(), 1);
    assert_ne!(out.new_vacancies[0], 7);
}
