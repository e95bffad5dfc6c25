//! HR-XML 3 position openings as the EURES exports write them: a namespace prefix generated for every element. PORTALS §24.
//! Params: `path` (of the list), `size` (openings a page). Readers must match by namespace, never by prefix.

use std::fmt::Write as _;

use super::write;
use crate::{Ad, Dialect, Reply, Request, View};

/// See the module.
pub(super) struct HrXml;

impl Dialect for HrXml {
    fn name(&self) -> &'static str {
        "hr_xml"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path == write::param(view, "path", "/hrxml/positions") {
            return list(view, request);
        }
        write::person_page(request.path.strip_prefix("/job/").and_then(|id| (view.by_id)(id)))
    }
}

/// Numbers the prefixes of one document: `wstxns1`, `wstxns2` …
struct Prefixes(usize);

impl Prefixes {
    /// An element of the OAGIS namespace under a prefix nobody else has.
    fn oagis(&mut self, out: &mut String, name: &str, text: &str) {
        self.0 += 1;
        let n = self.0;
        let _ = write!(out, "<wstxns{n}:{name} xmlns:wstxns{n}=\"http://www.openapplications.org/oagis/9\">");
        write::xml(out, text);
        let _ = write!(out, "</wstxns{n}:{name}>");
    }
}

fn list(view: &View<'_>, request: &Request) -> Reply {
    let most = write::param_number(view, "size", 100).max(1);
    let size = request.number("size").unwrap_or(most).clamp(1, most);
    let page = request.number("page").unwrap_or(1).max(1);
    let rows = write::page(view.ads, (page - 1).saturating_mul(size), size);
    let mut out = String::with_capacity(256 + rows.len() * 2600);
    let _ = write!(
        out,
        "<?xml version='1.0' encoding='UTF-8'?>\n<PositionOpenings xmlns=\"http://www.hr-xml.org/3\" total=\"{}\">\n",
        write::total(view, view.ads.len())
    );
    let mut prefixes = Prefixes(0);
    for ad in rows {
        opening(&mut out, view, ad, &mut prefixes);
    }
    out.push_str("</PositionOpenings>\n");
    Reply::ok("application/xml", out)
}

fn opening(out: &mut String, view: &View<'_>, ad: &Ad, prefixes: &mut Prefixes) {
    out.push_str("<PositionOpening validFrom=\"");
    write::day(out, ad.posted.date(), "-");
    let id = write::name(view, "DocumentID", "ReferenceID");
    let _ = write!(out, "\" majorVersionID=\"3\" minorVersionID=\"2\"><{id} schemeID=\"KR-001\" schemeAgencyName=\"");
    write::xml(out, &view.portal.title);
    out.push_str("\">");
    write::xml(out, &ad.id);
    let status = if ad.closed { "Closed" } else { "Active" };
    let _ = write!(
        out,
        "</{id}><PositionOpeningStatusCode name=\"{status}\">{status}</PositionOpeningStatusCode><PositionProfile languageCode=\"ko\"><PostingInstruction><ApplicationMethod>"
    );
    write::cdata(out, "Instructions", &format!("{}/job/{}", write::links(view), ad.id));
    out.push_str("</ApplicationMethod></PostingInstruction>");
    write::element(out, "PositionTitle", &ad.title);
    out.push_str("<PositionLocation><Address>");
    prefixes.oagis(out, "AddressLine", &ad.address);
    prefixes.oagis(out, "CityName", &ad.region);
    out.push_str(
        "<CountryCode>KR</CountryCode></Address></PositionLocation><PositionOrganization><OrganizationIdentifiers>",
    );
    write::element(out, "OrganizationName", &ad.company);
    write::element(out, "OrganizationLegalID", &ad.business_number);
    out.push_str("</OrganizationIdentifiers>");
    write::element(out, "IndustryCode", &ad.industry_code);
    let _ = write!(
        out,
        "</PositionOrganization><PositionOpenQuantity>{}</PositionOpenQuantity><JobCategoryCode listName=\"KECO\">",
        ad.headcount
    );
    write::xml(out, &ad.occupation_code);
    out.push_str("</JobCategoryCode><PositionOfferingTypeCode>");
    write::xml(out, &ad.employment_words);
    out.push_str("</PositionOfferingTypeCode>");
    remuneration(out, ad);
    out.push_str("<PositionFormattedDescription>");
    let mut html = String::with_capacity(ad.description.len() + 16);
    write::html_lines(&mut html, &ad.description);
    write::cdata(out, "Content", &html);
    out.push_str("</PositionFormattedDescription><PositionPeriod><StartDate><DateText>");
    let _ = write!(out, "{}", ad.posted.format("%d.%m.%Y"));
    out.push_str("</DateText></StartDate></PositionPeriod>");
    if let Some(day) = ad.closes {
        write::element(out, "ApplicationCloseDate", &write::day_text(day, "-"));
    }
    out.push_str("</PositionProfile></PositionOpening>\n");
}

fn remuneration(out: &mut String, ad: &Ad) {
    let interval = match ad.pay_period {
        'Y' => "Yearly",
        'M' => "Monthly",
        'W' => "Weekly",
        'D' => "Daily",
        'H' => "Hourly",
        _ => return,
    };
    let _ = write!(
        out,
        "<OfferedRemunerationPackage><RemunerationRange><RemunerationRangeMinimumAmount currencyID=\"KRW\">{}</RemunerationRangeMinimumAmount><RemunerationRangeMaximumAmount currencyID=\"KRW\">{}</RemunerationRangeMaximumAmount><RemunerationIntervalCode>{interval}</RemunerationIntervalCode></RemunerationRange></OfferedRemunerationPackage>",
        ad.pay_min,
        ad.pay_max.max(ad.pay_min)
    );
}
