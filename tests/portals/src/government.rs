//! Wire formats of public institutions and local governments, and which portals speak them.

pub mod gateway;
pub mod region;

mod agencies;
mod alio;
mod busan;
mod cleaneye;
mod culture;
mod datago;
mod egov_html;
mod envelope;
mod fact;
mod gojobs;
mod gyeonggi;
mod hubs;
mod kosmes;
mod pages;
mod portals;
mod provinces;
mod senuri;
mod seoul;
mod service;
mod work24;
mod work24_open;
mod write;

#[cfg(test)]
mod tests;

use crate::{Dialect, Portal};

use pages::WithPages;

/// The dialects of this half.
pub fn dialects() -> Vec<Box<dyn Dialect>> {
    vec![
        with_pages(work24::Work24::default()),
        with_pages(work24_open::Work24Open),
        with_pages(alio::Alio),
        with_pages(cleaneye::CleanEye),
        with_pages(senuri::Senuri),
        with_pages(seoul::Seoul),
        with_pages(gyeonggi::Gyeonggi),
        with_pages(busan::BUSAN),
        with_pages(datago::XML),
        with_pages(datago::JSON),
        with_pages(gojobs::GoJobs),
        with_pages(agencies::KEAD),
        with_pages(agencies::MMA),
        with_pages(agencies::CWMA),
        with_pages(agencies::MPVA),
        with_pages(agencies::NARS),
        with_pages(agencies::KTO),
        with_pages(agencies::SSIS),
        with_pages(agencies::WORLDJOB),
        with_pages(kosmes::Kosmes),
        with_pages(culture::Culture),
        with_pages(hubs::WBIZ),
        with_pages(hubs::RndJob),
        with_pages(hubs::IOneJob),
        with_pages(egov_html::EgovHtml),
        with_pages(provinces::GYEONGNAM),
        with_pages(provinces::JEONNAM),
        with_pages(provinces::PAGE_UNIT),
        with_pages(provinces::GANGWON),
        with_pages(provinces::JEJU),
        with_pages(provinces::YONGIN),
        with_pages(provinces::BORYEONG),
        with_pages(provinces::ODCLOUD),
    ]
}

fn with_pages<D: Dialect + 'static>(dialect: D) -> Box<dyn Dialect> {
    Box::new(WithPages(dialect))
}

/// The portals of this half: 22 public ones, then 122 local ones.
pub fn portals() -> Vec<Portal> {
    portals::all()
}
