//! The local governments.

use super::Entry;

/// Provinces and metropolitan cities, then municipalities by family.
pub(super) const LOCAL: &[Entry] = &[
    Entry {
        name: "seoul",
        title: "서울 일자리포털",
        class: "local",
        dialect: "seoul",
        regions: &["11000"],
        weight: 3.0,
        params: &[("service", "GetJobInfo"), ("id", "H954202505090864")],
    },
    Entry {
        name: "gyeonggi",
        title: "경기도 잡아바",
        class: "local",
        dialect: "gyeonggi",
        regions: &["41000"],
        weight: 3.0,
        params: &[("service", "GGJOBABARECRUSTM")],
    },
    Entry {
        name: "busan",
        title: "부산광역시 채용정보",
        class: "local",
        dialect: "busan",
        regions: &["26000"],
        weight: 0.8,
        params: &[],
    },
];
