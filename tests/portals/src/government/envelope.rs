//! The envelopes that several data.go.kr services share. Each writes a whole page around its rows.

use std::fmt::Write;

use super::service::Listing;
use super::write::xml_element;

/// `response/header/resultCode`, `response/body/items/item`, `totalCount`; no rows = `<items/>`.
pub(super) fn xml(listing: &Listing<'_, '_>, out: &mut String) {
    xml_with(listing, out, "item", "NORMAL SERVICE.");
}

/// The same with another row element and message.
pub(super) fn xml_with(listing: &Listing<'_, '_>, out: &mut String, element: &str, message: &str) {
    out.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><response><header><resultCode>00</resultCode>",
    );
    xml_element(out, "resultMsg", message);
    out.push_str("</header><body>");
    if listing.count() == 0 {
        out.push_str("<items/>");
    } else {
        out.push_str("<items>");
        listing.xml_rows(out, element);
        out.push_str("</items>");
    }
    xml_counts(listing, out);
    out.push_str("</body></response>");
}

/// `numOfRows`, `pageNo`, `totalCount`.
pub(super) fn xml_counts(listing: &Listing<'_, '_>, out: &mut String) {
    xml_element(out, "numOfRows", &listing.size.to_string());
    xml_element(out, "pageNo", &listing.page.to_string());
    xml_element(out, "totalCount", &listing.total.to_string());
}

/// `{"response":{"header":…,"body":{"items":{"item":[…]},…}}}`; one row is an object, none is `"items":""`.
pub(super) fn json(listing: &Listing<'_, '_>, out: &mut String) {
    out.push_str(
        "{\"response\":{\"header\":{\"resultCode\":\"00\",\"resultMsg\":\"NORMAL SERVICE.\"},\"body\":{\"items\":",
    );
    match listing.count() {
        0 => out.push_str("\"\""),
        1 => {
            out.push_str("{\"item\":");
            listing.json_rows(out);
            out.push('}');
        }
        _ => {
            out.push_str("{\"item\":[");
            listing.json_rows(out);
            out.push_str("]}");
        }
    }
    // Numbers into a String cannot fail.
    let _ = write!(
        out,
        ",\"numOfRows\":{},\"pageNo\":{},\"totalCount\":{}}}}}}}",
        listing.size, listing.page, listing.total
    );
}
