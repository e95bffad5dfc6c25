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

/// The dialects of this half.
pub fn dialects() -> Vec<Box<dyn Dialect>> {
    vec![
        Box::new(work24::Work24::default()),
        Box::new(work24_open::Work24Open),
        Box::new(alio::Alio),
        Box::new(cleaneye::CleanEye),
        Box::new(senuri::Senuri),
        Box::new(seoul::Seoul),
        Box::new(gyeonggi::Gyeonggi),
        Box::new(busan::BUSAN),
        Box::new(datago::XML),
        Box::new(datago::JSON),
        Box::new(gojobs::GoJobs),
        Box::new(agencies::KEAD),
        Box::new(agencies::MMA),
        Box::new(agencies::CWMA),
        Box::new(agencies::MPVA),
        Box::new(agencies::NARS),
        Box::new(agencies::KTO),
        Box::new(agencies::SSIS),
        Box::new(agencies::WORLDJOB),
        Box::new(kosmes::Kosmes),
        Box::new(culture::Culture),
        Box::new(hubs::WBIZ),
        Box::new(hubs::RndJob),
        Box::new(hubs::IOneJob),
        Box::new(egov_html::EgovHtml),
        Box::new(provinces::GYEONGNAM),
        Box::new(provinces::JEONNAM),
        Box::new(provinces::PAGE_UNIT),
        Box::new(provinces::GANGWON),
        Box::new(provinces::JEJU),
        Box::new(provinces::YONGIN),
        Box::new(provinces::BORYEONG),
        Box::new(provinces::ODCLOUD),
    ]
}

/// The portals of this half: 22 public ones, then 122 local ones.
pub fn portals() -> Vec<Portal> {
    portals::all()
}
