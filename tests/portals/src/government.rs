//! Wire formats of public institutions and local governments, and which portals speak them.

pub mod gateway;
pub mod region;

mod alio;
mod busan;
mod cleaneye;
mod datago;
mod envelope;
mod fact;
mod gyeonggi;
mod portals;
mod senuri;
mod seoul;
mod service;
mod work24;
mod work24_open;
mod write;

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
    ]
}

/// The portals of this half: 22 public ones, then 122 local ones.
pub fn portals() -> Vec<Portal> {
    portals::all()
}
