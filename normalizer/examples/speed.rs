//! Postings per CPU-second for reading and for reading with vetting, on made-up postings with descriptions of 1 KB.
//! Bounded: `cargo run --release -p normalizer --example speed [postings]` (default 60,000).

use std::hint::black_box;
use std::time::Instant;

use normalizer::{Context, RawField, RawPosting, normalize, vet};

/// Distinct postings that are gone through again and again.
const DISTINCT: usize = 512;
/// Bytes of a description.
const DESCRIPTION_BYTES: usize = 1024;

#[expect(clippy::print_stdout, reason = "an example reports on standard output")]
fn main() {
    let rounds: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(60_000).min(5_000_000);
    let rows: Vec<RawPosting> = (0..DISTINCT).map(row).collect();
    let Ok(day) = "2026-11-24".parse() else { return };
    let context = Context { source: "speed", fetched_on: day };
    // the tables are built once, outside the measure
    black_box(vet(&normalize(&rows[0], &context), day));
    let (mut findings, mut held) = (0usize, 0usize);
    let read = cpu_seconds(|| {
        for n in 0..rounds {
            findings += black_box(normalize(&rows[n % DISTINCT], &context)).findings.len();
        }
    });
    let both = cpu_seconds(|| {
        for n in 0..rounds {
            held += usize::from(!black_box(vet(&normalize(&rows[n % DISTINCT], &context), day)).is_empty());
        }
    });
    let rate = |seconds: f64| rounds as f64 / seconds.max(1e-9);
    println!("{rounds} postings, descriptions of {DESCRIPTION_BYTES} bytes");
    println!(
        "normalize       {:>9.0} postings per CPU-second ({:.2} µs each, {findings} findings)",
        rate(read),
        read * 1e6 / rounds as f64
    );
    println!(
        "normalize + vet {:>9.0} postings per CPU-second ({:.2} µs each, {held} with a finding)",
        rate(both),
        both * 1e6 / rounds as f64
    );
}

/// CPU time of the thread where the system tells it, else time on the wall.
fn cpu_seconds(work: impl FnOnce()) -> f64 {
    let cpu = || -> Option<f64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split(' ').next()?.parse::<f64>().ok().map(|nanos| nanos / 1e9)
    };
    let (wall, before) = (Instant::now(), cpu());
    work();
    match (before, cpu()) {
        (Some(before), Some(after)) if after > before => after - before,
        _ => wall.elapsed().as_secs_f64(),
    }
}

fn row(n: usize) -> RawPosting {
    let titles = [
        "백엔드 개발자 (Java) 신입/경력 채용",
        "[급구] 홀서빙 직원 모집",
        "요양보호사 3명 모집",
        "물류센터 지게차 운전원 모집",
        "경리 사원 채용 (~12/31)",
        "생산직 사원 모집합니다",
    ];
    let regions = [
        "서울 강남구",
        "경기 성남시 분당구",
        "부산 해운대구",
        "충남 천안시 서북구",
        "전남 여수시",
        "인천 서구 청라동",
        "대전 > 유성구",
    ];
    let pays = [
        "연봉 3,000 만원 ~ 4,800 만원",
        "시급 10,500원",
        "월급 250만원 이상",
        "회사 내규에 따름 (면접 후 결정)",
        "3,000~4,000만원",
        "230만원 이상(월)",
    ];
    let closings = ["채용시까지  26-12-17", "~ 12/08(화)", "2026-12-31", "상시채용", "D-19", "20261220"];
    let careers = ["경력무관", "신입·경력1년↑", "경력 3~10년", "신입"];
    let schools = ["학력무관", "고졸↑", "대졸(2~3년) ~ 대졸(4년)", "초대졸↑"];
    let words = [
        "주요 업무는 고객 응대와 매장 관리, 재고 정리입니다.",
        "자격 요건: 성실하고 책임감 있는 분을 모십니다.",
        "근무 시간은 09:00~18:00, 주 5일 근무이며 휴게 시간은 1시간입니다.",
        "복리 후생으로 4대 보험, 퇴직금, 연차, 경조사 지원, 식대 제공.",
        "우대 사항 - 관련 자격증 소지자, 인근 거주자, 장기 근무 가능자",
        "전형 절차: 서류 전형 > 1차 면접 > 최종 합격",
        "제출 서류: 이력서, 자기소개서 (자유 양식)",
        "We use Rust, PostgreSQL and Kubernetes in production.",
        "문의 사항은 채용 담당자에게 연락 주시기 바랍니다.",
    ];
    let mut description = String::new();
    let mut at = n;
    while description.len() < DESCRIPTION_BYTES {
        description.push_str(words[at % words.len()]);
        description.push('\n');
        at += 1 + n % 3;
    }
    if n.is_multiple_of(4) {
        description.push_str(&format!("연락처 010-{:04}-{:04}", n % 10_000, n * 7 % 10_000));
    }
    let mut end = DESCRIPTION_BYTES.min(description.len());
    while !description.is_char_boundary(end) {
        end -= 1;
    }
    description.truncate(end);
    let mut raw = RawPosting::at(n as u32);
    raw.set(RawField::ExternalId, format!("K{n:014}"));
    raw.set(RawField::Title, titles[n % titles.len()]);
    raw.set(RawField::Company, format!("(주)한빛{}전자 강남점", n % 97));
    raw.set(RawField::BusinessNumber, "124-81-00998");
    raw.set(RawField::Region, regions[n % regions.len()]);
    raw.set(RawField::Address, "서울특별시 강남구 테헤란로 123, 4층 (역삼동)");
    raw.set(RawField::Pay, pays[n % pays.len()]);
    raw.set(RawField::EmploymentType, "정규직·계약직");
    raw.set(RawField::Career, careers[n % careers.len()]);
    raw.set(RawField::Education, schools[n % schools.len()]);
    raw.set(RawField::Headcount, "2명");
    raw.set(RawField::OccupationCode, "133200");
    raw.set(RawField::WorkHours, "주 40시간");
    raw.set(RawField::WorkDays, "주5일근무");
    raw.set(RawField::ValidThrough, closings[n % closings.len()]);
    raw.set(RawField::DatePosted, "26-11-01");
    raw.set(RawField::Url, format!("https://www.example.co.kr/job/view?rec_idx={n}&utm_source=feed&searchType=search"));
    raw.set(RawField::OriginProvider, "CJK");
    raw.set(RawField::OriginId, format!("{n}"));
    raw.set(RawField::Description, description);
    raw
}

#[cfg(test)]
mod tests {
    use super::*;
    use normalizer::Verdict;

    #[test]
    fn every_posting_of_the_measure_is_read_and_published() {
        let day = "2026-11-24".parse().unwrap();
        let context = Context { source: "speed", fetched_on: day };
        for n in 0..DISTINCT {
            let got = normalize(&row(n), &context);
            let posting = &got.posting;
            assert!(
                posting.base_salary.is_some()
                    && posting.closing.kind.is_some()
                    && posting.experience.is_some()
                    && !posting.job_location.is_empty(),
                "{posting:?}"
            );
            assert_eq!(
                got.contact.phones.is_empty(),
                !posting.description.as_deref().unwrap_or("").contains("[연락처]")
            );
            assert_eq!(
                Verdict::of(&got.findings).max(Verdict::of(&vet(&got, day))),
                Verdict::Publish,
                "{:?}",
                got.findings
            );
        }
    }
}
