//! Makes a harder set out of a set of the open shape, and larger ones: near-identical sibling vacancies of one employer,
//! boilerplate, typos, rewritten titles, missing fields, cut and missing texts. Nothing in it is random beyond a hash of the
//! record's number, so the same set comes out every time.
//! `harder <records.jsonl[.gz]> <truth.csv> <folder to write> [--strength 0.5] [--copies 1]`; with `--strength 0` it only
//! copies, each copy with employers, numbers, phones and places of its own.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};

use chrono::Days;
use dedup::records::Record;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

type Error = Box<dyn std::error::Error>;

/// Share of vacancies that get a sibling: the same employer and text, another job.
const SIBLINGS: f64 = 0.18;
/// Lines of an employer's own template, put before and after its texts.
const TEMPLATE: [&str; 14] = [
    "우리 회사는 고객과 함께 성장하는 기업으로 임직원의 행복을 가장 중요하게 생각합니다.",
    "서로를 존중하는 수평적인 조직 문화를 지향하며 자율과 책임을 바탕으로 일합니다.",
    "제출하신 서류는 채용 절차의 공정화에 관한 법률에 따라 반환을 청구하실 수 있습니다.",
    "허위 사실이 발견될 경우 채용이 취소될 수 있습니다.",
    "국가유공자 및 장애인은 관련 법령에 따라 우대합니다.",
    "전형 일정은 회사 사정에 따라 변경될 수 있으며 개별 통보합니다.",
    "연차, 경조 휴가, 명절 선물, 생일 축하금, 건강검진을 제공합니다.",
    "업무에 필요한 최신 장비와 교육비를 지원합니다.",
    "수습 기간 3개월 동안 급여의 100%를 지급합니다.",
    "지원서에는 희망 연봉과 출근 가능일을 적어 주시기 바랍니다.",
    "채용 관련 문의는 인사팀으로 연락하여 주시기 바랍니다.",
    "면접 대상자에게만 개별 연락드리며 합격자 발표는 홈페이지에 게시합니다.",
    "우리는 업계를 선도하는 기술력과 안정적인 재무 구조를 갖추고 있습니다.",
    "사내 동호회와 멘토링 제도를 통해 빠른 적응을 돕습니다.",
];
const NOTES: [&str; 10] = ["주말", "평일", "야간", "오전", "오후", "1공장", "2공장", "본점", "신입", "보조"];
const TITLE_FRONT: [&str; 8] =
    ["[급구] ", "★", "[초보환영] ", "◆◆ ", "[기숙사제공] ", "(즉시출근) ", "[우대] ", "성실한 "];
const TITLE_END: [&str; 8] =
    [" 모집합니다", " 채용", " 구인", " (초보가능)", " 직원 모집", " 채용 공고", " 사원", " 모십니다"];

/// A source of choices that depends on what it is asked for alone.
struct Chance(u64);

impl Chance {
    fn of(what: &str, number: i64) -> Chance {
        Chance(xxh3_64_with_seed(what.as_bytes(), number.cast_unsigned()))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn hits(&mut self, share: f64) -> bool {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64 <= share && share > 0.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

struct Asked {
    records: String,
    truth: String,
    out: String,
    strength: f64,
    copies: i64,
}

fn main() -> Result<(), Error> {
    let asked = asked()?;
    let mut text = String::new();
    let file = std::fs::File::open(&asked.records)?;
    if asked.records.ends_with(".gz") {
        flate2::read::GzDecoder::new(file).read_to_string(&mut text)?;
    } else {
        BufReader::new(file).read_to_string(&mut text)?;
    }
    let mut vacancy_of: FxHashMap<i64, (i64, String)> = FxHashMap::default();
    for line in BufReader::new(std::fs::File::open(&asked.truth)?).lines().skip(1) {
        let line = line?;
        let mut cells = line.split(',');
        let (Some(id), Some(vacancy)) = (cells.next(), cells.next()) else { continue };
        vacancy_of.insert(id.parse()?, (vacancy.parse()?, cells.next().unwrap_or("first").to_owned()));
    }
    let mut vacancies: BTreeMap<i64, Vec<Record>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let record = Record::read(line)?;
        let Some((vacancy, _)) = vacancy_of.get(&record.rec_id) else { continue };
        vacancies.entry(*vacancy).or_default().push(record);
    }
    drop(text);
    std::fs::create_dir_all(&asked.out)?;
    let mut records = BufWriter::new(std::fs::File::create(format!("{}/records.jsonl", asked.out))?);
    let mut truth = BufWriter::new(std::fs::File::create(format!("{}/truth.csv", asked.out))?);
    writeln!(truth, "rec_id,vacancy_id,kind")?;
    // ids and vacancies of each copy, and of siblings in it, lie in ranges of their own
    let step = 1 + vacancies.values().flatten().map(|r| r.rec_id).chain(vacancies.keys().copied()).max().unwrap_or(0);
    for copy in 0..asked.copies {
        for (vacancy, members) in &vacancies {
            let of_copy: Vec<Record> = members.iter().map(|r| copied(r, copy)).collect();
            let with_sibling = Chance::of("sibling", vacancy + copy * step).hits(SIBLINGS * asked.strength);
            for sibling in 0..=i64::from(with_sibling) {
                let base = (2 * copy + sibling) * step;
                let facts = (sibling == 1).then(|| Facts::of(&of_copy, vacancy + base));
                for record in &of_copy {
                    let (_, kind) = &vacancy_of[&record.rec_id];
                    let mut made = record.clone();
                    made.rec_id += base;
                    if let Some(facts) = &facts {
                        facts.apply(&mut made);
                    }
                    damage(&mut made, asked.strength);
                    serde_json::to_writer(&mut records, &made)?;
                    records.write_all(b"\n")?;
                    writeln!(truth, "{},{},{kind}", made.rec_id, vacancy + base)?;
                }
            }
        }
    }
    records.flush()?;
    truth.flush()?;
    Ok(())
}

fn asked() -> Result<Asked, Error> {
    let usage = "harder <records.jsonl[.gz]> <truth.csv> <folder to write> [--strength 0.5] [--copies 1]";
    let mut args = std::env::args().skip(1);
    let mut next = || args.next().ok_or(usage);
    let mut asked = Asked { records: next()?, truth: next()?, out: next()?, strength: 0.5, copies: 1 };
    while let Ok(flag) = next() {
        let value = next()?;
        match flag.as_str() {
            "--strength" => asked.strength = value.parse()?,
            "--copies" => asked.copies = value.parse()?,
            _ => return Err(usage.into()),
        }
    }
    Ok(asked)
}

/// Another employer in another place with the same wording: nothing of a copy belongs to the original. Names, numbers,
/// phones, days and the origin ids move; sources and texts stay.
fn copied(record: &Record, copy: i64) -> Record {
    let mut out = record.clone();
    if copy == 0 {
        return out;
    }
    let name = |text: &str| -> String { text.chars().map(|c| other_syllable(c, copy)).collect() };
    let bare: String = record
        .company
        .replace("주식회사", "")
        .replace("유한회사", "")
        .replace("(주)", "")
        .replace("（주）", "")
        .replace(['㈜'], "")
        .trim()
        .to_owned();
    let first = bare.split_whitespace().next().unwrap_or(&bare).to_owned();
    let renamed = name(&first);
    if first.chars().count() >= 2 {
        out.company = record.company.replace(&first, &renamed);
        out.title = record.title.replace(&first, &renamed);
        out.description = record.description.replace(&first, &renamed);
    }
    if let Ok(number) = record.biz_no.parse::<u64>() {
        out.biz_no = format!("{:010}", (number + copy.cast_unsigned() * 7_919_317) % 10_000_000_000);
    }
    let moved = |id: &str| format!("{id}{copy:02}");
    out.origin_id = moved(&record.origin_id);
    out.url = record.url.replace(&record.origin_id, &out.origin_id);
    if let Some((source, id)) = record.cross_ref.split_once(':') {
        out.cross_ref = format!("{source}:{}", moved(id));
    }
    out.description = elsewhere(&renumbered_phones(&out.description, copy), copy);
    if let (5, Ok(code)) = (record.region_code.len(), record.region_code.parse::<u32>()) {
        let (province, district) = (code / 1000, code % 1000);
        let district = if district == 0 { 0 } else { 1 + (district + copy as u32 * 131) % 999 };
        out.region_code = format!("{:05}", province * 1000 + district);
    }
    let shift = Days::new(copy.unsigned_abs() % 7);
    for day in [&mut out.posted, &mut out.deadline, &mut out.closed] {
        *day = day.and_then(|d| d.checked_add_days(shift));
    }
    out
}

/// Another syllable for each copy; what is no Hangul stays.
fn other_syllable(c: char, copy: i64) -> char {
    if !('가'..='힣').contains(&c) {
        return c;
    }
    char::from_u32(0xac00 + (c as u32 - 0xac00 + copy as u32 * 28 * 7) % 11_172).unwrap_or(c)
}

/// The text with its workplace's districts and neighbourhoods renamed.
fn elsewhere(text: &str, copy: i64) -> String {
    let Some((before, rest)) = text.split_once("근무지") else { return text.to_owned() };
    let end = rest.find(['\n', '<']).unwrap_or(rest.len());
    let (line, after) = rest.split_at(end);
    let place = |word: &str| {
        let is_place = word.chars().count() <= 5 && word.ends_with(['시', '군', '구', '동', '읍', '면']);
        if !is_place || word.ends_with("광역시") || word.ends_with("특별시") {
            return word.to_owned();
        }
        let last = word.chars().count() - 1;
        word.chars().enumerate().map(|(at, c)| if at < last { other_syllable(c, copy) } else { c }).collect()
    };
    let line: Vec<String> = line.split(' ').map(place).collect();
    format!("{before}근무지{}{after}", line.join(" "))
}

/// Phones of a copy: the last four digits move.
fn renumbered_phones(text: &str, copy: i64) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, part) in text.split('-').enumerate() {
        if at > 0 {
            out.push('-');
        }
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        match part[..digits].parse::<i64>() {
            Ok(n) if digits == 4 && at > 1 => {
                out.push_str(&format!("{:04}{}", (n + copy * 37) % 10_000, &part[digits..]));
            }
            _ => out.push_str(part),
        }
    }
    out
}

/// What a sibling vacancy says otherwise; the same for all of its postings.
struct Facts {
    changes: Vec<(String, String)>,
    note: Option<(String, String)>,
    headcount: bool,
    pay: bool,
    origin: String,
}

impl Facts {
    fn of(members: &[Record], seed: i64) -> Facts {
        let mut chance = Chance::of("facts", seed);
        let mut facts = Facts {
            changes: Vec::new(),
            note: None,
            headcount: false,
            pay: false,
            origin: format!("s{}", seed.rem_euclid(97)),
        };
        let whole: String = members.iter().map(|r| r.description.as_str()).collect::<Vec<_>>().join("\n");
        let first = chance.below(4);
        let second = (first + 1 + chance.below(3)) % 4;
        for kind in [first, second] {
            match kind {
                0 => {
                    let title = &members[0].title;
                    let old = title.rsplit_once('(').map(|(_, note)| note.trim_end_matches(')').to_owned());
                    let old = old.filter(|note| !note.is_empty() && note.chars().count() < 8).unwrap_or_default();
                    let new = NOTES.iter().cycle().skip(chance.below(NOTES.len())).find(|n| **n != old);
                    facts.note = new.map(|new| (old, (*new).to_owned()));
                }
                1 => {
                    let hood = word_after(&whole, "근무지", |w| w.ends_with(['동', '읍', '면']));
                    let new = chance.one(&["신촌동", "중앙동", "역전동", "남문동", "송정동"]);
                    if let Some(hood) = hood.filter(|h| h != new) {
                        facts.changes.push((hood, new.to_owned()));
                    }
                }
                2 => {
                    let hours = word_after(&whole, "근무시간", |w| w.len() >= 6);
                    let new = chance.one(&["13:00~22:00", "22:00~07:00", "06:00~15:00", "2교대"]);
                    if let Some(hours) = hours.filter(|h| h != new) {
                        facts.changes.push((hours, new.to_owned()));
                    }
                }
                _ => (facts.headcount, facts.pay) = (true, chance.hits(0.5)),
            }
        }
        facts
    }

    fn apply(&self, record: &mut Record) {
        let old_id = record.origin_id.clone();
        record.origin_id.push_str(&self.origin);
        record.url = record.url.replace(&old_id, &record.origin_id);
        if !record.cross_ref.is_empty() {
            record.cross_ref.push_str(&self.origin);
        }
        for (old, new) in &self.changes {
            record.description = record.description.replace(old.as_str(), new);
        }
        if let Some((old, new)) = &self.note {
            if old.is_empty() {
                record.title = format!("{} ({new})", record.title);
            } else {
                record.title = record.title.replace(old.as_str(), new);
                record.description = record.description.replace(old.as_str(), new);
            }
        }
        if self.headcount {
            let other = |n: u32| n + 2;
            for n in (1..20u32).rev() {
                let (from, to) = (format!("모집인원 {n}명"), format!("모집인원 {}명", other(n)));
                record.description = record.description.replace(&from, &to);
            }
            record.headcount = record.headcount.map(other);
        }
        if self.pay {
            for amount in [&mut record.salary_min, &mut record.salary_max] {
                *amount = amount.map(|a| a + a / 8);
            }
        }
    }
}

/// The first fitting word on a line after a label.
fn word_after(text: &str, label: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
    let line = text.split(['\n', '<']).find(|line| line.contains(label))?;
    let rest = line.split_once(label)?.1;
    rest.split_whitespace().map(|w| w.trim_matches(|c: char| c == ':' || c == ',')).find(|w| fits(w)).map(str::to_owned)
}

/// Noise that is each posting's own.
fn damage(record: &mut Record, strength: f64) {
    if strength <= 0.0 {
        return;
    }
    let mut chance = Chance::of("damage", record.rec_id);
    let s = |share: f64| (share * strength).min(0.95);
    let company = record.company.clone();
    if chance.hits(s(0.6)) {
        record.biz_no.clear();
    }
    if chance.hits(s(0.5)) {
        record.cross_ref.clear();
    }
    if chance.hits(s(0.3)) {
        (record.salary_type, record.salary_min, record.salary_max) = ("N".to_owned(), None, None);
    }
    if chance.hits(s(0.12)) {
        record.region_code.clear();
    } else if chance.hits(s(0.15)) && record.region_code.len() == 5 {
        record.region_code.replace_range(2.., "000");
    }
    if chance.hits(s(0.35)) {
        record.occupation.clear();
    }
    if chance.hits(s(0.25)) {
        record.deadline = None;
    }
    if chance.hits(s(0.35)) {
        record.headcount = None;
    }
    if chance.hits(s(0.06)) {
        record.company = typo(&record.company, &mut chance);
    }
    record.title = title(&record.title, &mut chance, strength);
    record.description = description(&record.description, &company, &mut chance, strength);
}

fn title(text: &str, chance: &mut Chance, strength: f64) -> String {
    let s = |share: f64| (share * strength).min(0.95);
    let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    if words.len() > 1 && chance.hits(s(0.12)) {
        let at = chance.below(words.len() - 1);
        words.swap(at, at + 1);
    }
    if words.len() > 2 && chance.hits(s(0.08)) {
        words.remove(chance.below(words.len()));
    }
    let mut out = if chance.hits(s(0.1)) { words.concat() } else { words.join(" ") };
    if chance.hits(s(0.15)) {
        out = format!("{}{out}", chance.one(&TITLE_FRONT));
    }
    if chance.hits(s(0.15)) {
        out.push_str(chance.one(&TITLE_END));
    }
    if chance.hits(s(0.1)) {
        out = typo(&out, chance);
    }
    out
}

fn description(text: &str, company: &str, chance: &mut Chance, strength: f64) -> String {
    let s = |share: f64| (share * strength).min(0.95);
    if chance.hits(s(0.1)) {
        return String::new();
    }
    let mut own = Chance::of(&company.chars().filter(|c| c.is_alphanumeric()).take(12).collect::<String>(), 7);
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    if own.hits(s(0.5)) {
        let template: Vec<String> = (0..3 + own.below(5)).map(|_| own.one(&TEMPLATE).to_owned()).collect();
        if own.hits(0.5) {
            lines.extend(template);
        } else {
            lines.splice(0..0, template);
        }
    }
    if chance.hits(s(0.25)) {
        let keep = 2 + chance.below(lines.len().max(3) / 2 + 1);
        lines.truncate(keep);
        lines.push("...".to_owned());
    }
    if chance.hits(s(0.3)) {
        lines.retain(|line| !line.contains("문의"));
    }
    let out = lines.join("\n");
    let typos = if chance.hits(s(0.25)) { out.chars().count() / 90 } else { 0 };
    (0..typos).fold(out, |text, _| typo(&text, chance))
}

/// One slip of the keyboard: a syllable lost, doubled, swapped with the next, or another vowel.
fn typo(text: &str, chance: &mut Chance) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    if chars.len() < 3 {
        return text.to_owned();
    }
    let at = chance.below(chars.len() - 1);
    match chance.below(4) {
        0 => {
            chars.remove(at);
        }
        1 => chars.insert(at, chars[at]),
        2 => chars.swap(at, at + 1),
        _ if ('가'..='힣').contains(&chars[at]) => {
            let code = chars[at] as u32 - 0xac00;
            let (first, vowel, last) = (code / 588, code % 588 / 28, code % 28);
            let vowel = (vowel + 1 + chance.below(3) as u32) % 21;
            chars[at] = char::from_u32(0xac00 + first * 588 + vowel * 28 + last).unwrap_or(chars[at]);
        }
        _ => {}
    }
    chars.into_iter().collect()
}
