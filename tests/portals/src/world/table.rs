//! The fixed tables of the world: places, sectors and trades, read once from the text files beside this one.

use std::sync::LazyLock;

/// A province: first two digits of its codes, short and full name, share of the population in thousandths, phone code.
pub(crate) struct Province {
    pub(crate) code: &'static str,
    pub(crate) short: &'static str,
    pub(crate) full: &'static str,
    pub(crate) people: u32,
    pub(crate) dial: &'static str,
}

const fn province(
    code: &'static str,
    short: &'static str,
    full: &'static str,
    people: u32,
    dial: &'static str,
) -> Province {
    Province { code, short, full, people, dial }
}

pub(crate) static PROVINCES: [Province; 17] = [
    province("11", "서울", "서울특별시", 183, "02"),
    province("26", "부산", "부산광역시", 64, "051"),
    province("27", "대구", "대구광역시", 46, "053"),
    province("28", "인천", "인천광역시", 58, "032"),
    province("29", "광주", "광주광역시", 28, "062"),
    province("30", "대전", "대전광역시", 28, "042"),
    province("31", "울산", "울산광역시", 22, "052"),
    province("36", "세종", "세종특별자치시", 8, "044"),
    province("41", "경기", "경기도", 265, "031"),
    province("51", "강원", "강원특별자치도", 30, "033"),
    province("43", "충북", "충청북도", 31, "043"),
    province("44", "충남", "충청남도", 42, "041"),
    province("52", "전북", "전북특별자치도", 34, "063"),
    province("46", "전남", "전라남도", 35, "061"),
    province("47", "경북", "경상북도", 50, "054"),
    province("48", "경남", "경상남도", 63, "055"),
    province("50", "제주", "제주특별자치도", 13, "064"),
];

/// A city, county or district.
pub(crate) struct Place {
    pub(crate) code: &'static str,
    /// `서울 강남구`, `경기 수원시 영통구`.
    pub(crate) name: &'static str,
    /// Without the province: `강남구`; `세종시` for the province without districts.
    pub(crate) town: &'static str,
    pub(crate) province: usize,
    pub(crate) weight: f64,
}

/// What an employer of a sector is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Firm,
    Shop,
    Clinic,
    Public,
    Office,
    School,
    Agency,
}

pub(crate) struct Sector {
    pub(crate) key: &'static str,
    pub(crate) code: &'static str,
    pub(crate) industry: &'static str,
    pub(crate) weight: f64,
    pub(crate) endings: Vec<&'static str>,
    pub(crate) kind: Kind,
    pub(crate) trades: Vec<usize>,
}

/// An occupation and the words employers use for it.
pub(crate) struct Trade {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    /// H D M Y.
    pub(crate) period: char,
    /// Won; for H in thousandths of the minimum wage.
    pub(crate) low: i64,
    pub(crate) high: i64,
    pub(crate) part: bool,
    pub(crate) simple: bool,
    pub(crate) shifts: bool,
    pub(crate) titles: Vec<&'static str>,
    pub(crate) duties: Vec<&'static str>,
    pub(crate) wants: Vec<&'static str>,
    pub(crate) keywords: &'static str,
}

pub(crate) struct Tables {
    pub(crate) places: Vec<Place>,
    pub(crate) sectors: Vec<Sector>,
    pub(crate) trades: Vec<Trade>,
}

pub(crate) static TABLES: LazyLock<Tables> = LazyLock::new(read);

fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).map(|l| l.split('|').collect())
}

fn read() -> Tables {
    let places = read_places();
    let mut sectors: Vec<Sector> = rows(include_str!("sectors.txt"))
        .filter_map(|r| {
            let [key, code, industry, weight, endings, kind] = r[..] else { return None };
            let kind = match kind {
                "shop" => Kind::Shop,
                "clinic" => Kind::Clinic,
                "public" => Kind::Public,
                "office" => Kind::Office,
                "school" => Kind::School,
                "agency" => Kind::Agency,
                _ => Kind::Firm,
            };
            let weight = weight.parse().unwrap_or(1.0);
            Some(Sector {
                key,
                code,
                industry,
                weight,
                endings: endings.split(',').collect(),
                kind,
                trades: Vec::new(),
            })
        })
        .collect();
    let mut trades = Vec::new();
    for r in rows(include_str!("trades.txt")) {
        let [code, name, of, pay, flags, titles, duties, wants, keywords] = r[..] else { continue };
        for sector in sectors.iter_mut().filter(|s| of.split(',').any(|key| key == s.key)) {
            sector.trades.push(trades.len());
        }
        let mut pay = pay.split(' ');
        let period = pay.next().and_then(|p| p.chars().next()).unwrap_or('M');
        let unit = match period {
            'H' => 1,
            'D' => 1_000,
            _ => 10_000,
        };
        let mut won = || pay.next().and_then(|p| p.parse::<i64>().ok()).unwrap_or_default() * unit;
        let (low, high) = (won(), won());
        let list = |s: &'static str| s.split(';').collect::<Vec<_>>();
        let has = |flag: char| flags.contains(flag);
        trades.push(Trade {
            code,
            name,
            period,
            low,
            high,
            part: has('P'),
            simple: has('S'),
            shifts: has('N'),
            titles: list(titles),
            duties: list(duties),
            wants: list(wants),
            keywords,
        });
    }
    Tables { places, sectors, trades }
}

fn read_places() -> Vec<Place> {
    let mut places: Vec<Place> = rows(include_str!("places.txt"))
        .filter_map(|r| {
            let [code, name] = r[..] else { return None };
            let province = PROVINCES.iter().position(|p| p.code == &code[..2])?;
            let town = name.split_once(' ').map_or("세종시", |(_, town)| town);
            // Counties hold a quarter of the people of a city or district; enough for plausible shares.
            let weight = if town.ends_with('군') { 0.25 } else { 1.0 };
            Some(Place { code, name, town, province, weight })
        })
        .collect();
    let mut sums = [0.0; PROVINCES.len()];
    for p in &places {
        sums[p.province] += p.weight;
    }
    for p in &mut places {
        p.weight *= f64::from(PROVINCES[p.province].people) / sums[p.province];
    }
    places
}

/// Indexes of the places that a portal's region code covers: a province (`41000`), a city with its districts (`41110`), a district.
pub(crate) fn places_in(region: &str) -> Vec<usize> {
    let places = &TABLES.places;
    if let Some(exact) = places.iter().position(|p| p.code == region) {
        return vec![exact];
    }
    // 29 and 46 became one province, 12, in July 2026; the old codes are still what portals write.
    let prefixes: Vec<&str> = match region {
        "12" | "12000" => vec!["29", "46"],
        r if r.len() >= 5 && r.ends_with("000") => vec![r.get(..2).unwrap_or(r)],
        r if r.len() == 5 && r.ends_with('0') => vec![r.get(..4).unwrap_or(r)],
        r => vec![r],
    };
    let covered = places.iter().enumerate().filter(|(_, p)| prefixes.iter().any(|x| p.code.starts_with(x)));
    covered.map(|(i, _)| i).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_read_whole() {
        let t = &*TABLES;
        assert_eq!((t.places.len(), PROVINCES.iter().map(|p| p.people).sum::<u32>()), (252, 1000));
        assert!(t.trades.len() > 90, "{}", t.trades.len());
        for s in &t.sectors {
            assert!(!s.trades.is_empty(), "{} has no trade", s.key);
        }
        for t in &t.trades {
            assert!(t.low > 0 && t.low <= t.high && t.duties.len() >= 4 && t.wants.len() >= 3, "{}", t.name);
        }
    }

    #[test]
    fn region_codes_cover_their_places() {
        let count = |r: &str| places_in(r).len();
        let counts = [
            count("41110"),
            count("11200"),
            count("36000"),
            count("11000"),
            count("43740"),
            count("99999"),
            count("가나다라마"),
        ];
        assert_eq!(counts, [4, 1, 1, 25, 1, 0, 0]);
        assert_eq!(count("12000"), count("29000") + count("46000"));
    }
}
