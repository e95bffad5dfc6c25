//! What a source inherits from its family, and `{param.<name>}` in both. Works on TOML values, before any meaning is given.

use super::error::{Wrong, nearest};

/// Most bytes of a manifest or family.
pub(crate) const MANIFEST_BYTES_MAX: usize = 256 * 1024;
/// Most tables inside tables.
const DEPTH_MAX: usize = 12;

/// The family's table under the source's: the source's own keys win, tables are merged key by key, lists are replaced.
pub(crate) fn merge(under: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => merge(below, above),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

/// Replaces `{param.<name>}` in every text, keys excepted.
///
/// # Errors
/// A name that `params` does not have.
pub(crate) fn substitute(table: &mut toml::Table) -> Result<(), Wrong> {
    let params: Vec<(String, String)> = match table.get("params") {
        Some(toml::Value::Table(params)) => params
            .iter()
            .map(|(name, value)| {
                let text = match value {
                    toml::Value::String(text) => text.clone(),
                    toml::Value::Integer(number) => number.to_string(),
                    toml::Value::Boolean(truth) => truth.to_string(),
                    _ => {
                        return Err(Wrong::new(
                            format!("params.{name}"),
                            "a parameter is a text or a whole number",
                            "write it as a text",
                        ));
                    }
                };
                Ok((name.clone(), text))
            })
            .collect::<Result<_, _>>()?,
        _ => Vec::new(),
    };
    for (key, value) in table.iter_mut().filter(|(key, _)| *key != "params") {
        replace_in(value, &params, 0).map_err(|w| w.within(key))?;
    }
    Ok(())
}

fn replace_in(value: &mut toml::Value, params: &[(String, String)], depth: usize) -> Result<(), Wrong> {
    if depth > DEPTH_MAX {
        return Err(Wrong::new("", format!("more than {DEPTH_MAX} tables inside each other"), "flatten them"));
    }
    match value {
        toml::Value::String(text) if text.contains("{param.") => {
            *text = replaced(text, params)?;
            Ok(())
        }
        toml::Value::Table(table) => {
            table.iter_mut().try_for_each(|(key, v)| replace_in(v, params, depth + 1).map_err(|w| w.within(key)))
        }
        toml::Value::Array(items) => items.iter_mut().try_for_each(|v| replace_in(v, params, depth + 1)),
        _ => Ok(()),
    }
}

fn replaced(text: &str, params: &[(String, String)]) -> Result<String, Wrong> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{param.") {
        out.push_str(&rest[..start]);
        let after = &rest[start + "{param.".len()..];
        let Some(end) = after.find('}') else {
            return Err(Wrong::new("", format!("`{{param.` without `}}` in `{text}`"), "close it"));
        };
        let name = &after[..end];
        let Some((_, value)) = params.iter().find(|(n, _)| n == name) else {
            let advice = nearest(name, params.iter().map(|(n, _)| n.as_str()));
            return Err(Wrong::new("", format!("`params` has no `{name}`"), advice));
        };
        out.push_str(value);
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}
