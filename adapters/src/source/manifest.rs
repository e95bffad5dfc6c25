//! `source.toml` as written: one struct a table, unknown keys refused. Holds no meaning beyond the shape;
//! `source.rs` checks and compiles it. The JSON Schema in `docs/source.schema.json` is made from these structs.

use std::borrow::Cow;
use std::collections::BTreeMap;

use normalizer::RawField;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

/// A source of job postings, or of signals about workplaces and courses.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// `[a-z0-9_]+`, unique, equal to the folder's name.
    pub(crate) name: String,
    /// The name people know.
    pub(crate) title: String,
    /// Which kind of portal.
    pub(crate) class: Class,
    /// Who runs it.
    pub(crate) owner: String,
    /// Inherits `adapters/sources/families/<family>.toml`.
    pub(crate) family: Option<String>,
    /// What a row is.
    #[serde(default)]
    pub(crate) entity: Entity,
    /// Cron with seconds, in Asia/Seoul.
    pub(crate) schedule: String,
    /// Whether an agreement must be on file before it may be read.
    #[serde(default)]
    pub(crate) agreement: Agreement,
    /// How well the wire format is known.
    #[serde(default)]
    pub(crate) wire: Wire,
    /// What is guessed; required when `wire` is not `established`.
    pub(crate) guess: Option<String>,
    /// Free values for `{param.<name>}`.
    #[serde(default)]
    #[expect(dead_code, reason = "used up before the table becomes a manifest, kept for the schema")]
    pub(crate) params: BTreeMap<String, Scalar>,
    /// What absence from its lists means.
    #[serde(default)]
    pub(crate) absence: Absence,
    /// The provider's limits.
    #[serde(default)]
    pub(crate) pace: Pace,
    /// What is asked.
    pub(crate) requester: Requester,
    /// Where the key goes.
    pub(crate) authenticator: Option<Authenticator>,
    /// How bodies are read.
    pub(crate) decoder: Decoder,
    /// Where the rows are.
    #[serde(default)]
    pub(crate) record_selector: RecordSelector,
    /// How the list goes on.
    #[serde(default)]
    pub(crate) paginator: Paginator,
    /// The parts the list is read in.
    pub(crate) slices: Option<Slices>,
    /// What is asked in incremental runs.
    pub(crate) cursor: Option<Cursor>,
    /// Failures inside answers; first match wins.
    #[serde(default)]
    pub(crate) error_handler: Vec<ErrorHandler>,
    /// Raw fields and where they are in a row.
    #[schemars(schema_with = "fields_schema")]
    pub(crate) fields: BTreeMap<String, FieldSpec>,
    /// Per field, in order, after the path.
    #[serde(default)]
    #[schemars(schema_with = "transformations_schema")]
    pub(crate) transformations: BTreeMap<String, Vec<String>>,
    /// A page per row.
    pub(crate) detail: Option<Detail>,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $word:literal,)* } default $default:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// The word in manifests.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }

        impl Default for $name {
            fn default() -> Self { $name::$default }
        }
    };
}

words! {
    /// Which kind of portal a source is.
    Class {
        /// National institutions.
        Public "public",
        /// Local governments.
        Local "local",
        /// Companies.
        Private "private",
        /// Linked and national systems.
        Linked "linked",
    } default Public
}
words! {
    /// What a row of a source is.
    Entity {
        /// A job posting.
        Posting "posting",
        /// Evidence about a workplace, an employer or a course.
        Signal "signal",
    } default Posting
}
words! {
    /// Whether a source may be read without an agreement on file.
    Agreement {
        /// Refused without one.
        Required "required",
        /// Open licence.
        Open "open",
    } default Required
}
words! {
    /// How well a wire format is known.
    Wire {
        /// From an official field table or readers of live answers.
        Established "established",
        /// Known with gaps.
        Partial "partial",
        /// A guess.
        Guess "guess",
    } default Established
}
words! {
    /// What absence of a posting from a complete list means.
    Absence {
        /// Absent from several complete lists closes.
        Counts "counts",
        /// Absence is expiry, by the feed's contract.
        Closes "closes",
        /// Means nothing.
        Ignored "ignored",
    } default Counts
}
words! {
    /// The format of a body.
    Format {
        /// JSON.
        Json "json",
        /// JSON Lines.
        Jsonl "jsonl",
        /// XML.
        Xml "xml",
        /// HTML.
        Html "html",
        /// Comma-separated values.
        Csv "csv",
        /// RSS or Atom.
        Feed "feed",
        /// Sitemap or sitemap index.
        Sitemap "sitemap",
        /// schema.org JobPosting in a page.
        Jsonld "jsonld",
    } default Json
}
words! {
    /// How a list goes on.
    Paging {
        /// By page number.
        PageIncrement "page_increment",
        /// By the number of rows before.
        OffsetIncrement "offset_increment",
        /// By first and last row.
        RowRange "row_range",
        /// By a cursor in the answer.
        Cursor "cursor",
        /// By an address in the answer.
        NextLink "next_link",
        /// One page.
        None "none",
    } default None
}
words! {
    /// Known defects of a source's XML that are repaired.
    Repair {
        /// `&` that starts no entity.
        BareAmpersand "bare_ampersand",
        /// A second `<?xml …?>` inside.
        SecondDeclaration "second_declaration",
        /// Elements that are never closed, or closed twice.
        StrayElements "stray_elements",
        /// Bytes before the first `<`.
        LeadingJunk "leading_junk",
    } default BareAmpersand
}
words! {
    /// When a page ends its slice.
    Stop {
        /// A page with fewer rows than asked (unless a total says there are more).
        Short "short",
        /// Only a page without rows.
        Empty "empty",
        /// When the rows received reach the total.
        Total "total",
    } default Short
}
words! {
    /// How far a total is believed.
    TotalTrust {
        /// Reconciled in the certificate.
        Reconcile "reconcile",
        /// Known to be wrong.
        Ignore "ignore",
        /// Equal to the cap means "or more".
        Capped "capped",
    } default Reconcile
}
words! {
    /// How a list is cut into slices.
    Slicing {
        /// By given values.
        Values "values",
        /// By the codes of a table.
        Codes "codes",
        /// By days.
        DateWindow "date_window",
        /// By what the hub wants to know about.
        Lookup "lookup",
    } default Values
}
words! {
    /// What happens after an answer that an error handler recognises.
    Action {
        /// The key or permission is wrong: the run stops.
        Auth "auth",
        /// Wait until the quota resets.
        Quota "quota",
        /// Try again.
        Retry "retry",
        /// The request is wrong: the slice stops.
        Request "request",
        /// The posting is gone.
        Gone "gone",
        /// No rows, no failure.
        Empty "empty",
        /// A good answer.
        Ok "ok",
    } default Request
}
words! {
    /// How a field's text is written.
    Kind {
        /// As it is.
        Text "text",
        /// Seconds since 1970.
        Unix "unix",
        /// Milliseconds since 1970.
        UnixMs "unix_ms",
        /// An object with `time` in milliseconds.
        JavaDate "java_date",
        /// Markup, kept.
        Html "html",
    } default Text
}
words! {
    /// Where an authenticator puts the key.
    Place {
        /// In the query.
        Query "query",
        /// In a header.
        Header "header",
        /// Nowhere.
        None "none",
    } default None
}
words! {
    /// When detail pages are read.
    When {
        /// For new and changed rows.
        Changed "changed",
        /// Never.
        Never "never",
        /// In every run.
        Always "always",
    } default Changed
}

/// The provider's limits; an operator may only tighten them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// Requests a second, may be a fraction.
    pub per_second: Option<f64>,
    /// Requests a day.
    pub per_day: Option<u32>,
    /// Requests at the same time.
    pub concurrent: Option<u16>,
}

/// What is asked.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Requester {
    /// GET or POST.
    #[serde(default = "get")]
    pub(crate) method: crate::Method,
    /// Address; templates in path and query, not in the host.
    pub(crate) url: String,
    /// Query parameters; one whose value names something absent in this request is left out.
    #[serde(default)]
    pub(crate) query: BTreeMap<String, Scalar>,
    /// Headers.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Scalar>,
    /// Body of a POST.
    pub(crate) body: Option<String>,
    /// Further hosts it may be redirected to or linked from.
    #[serde(default)]
    pub(crate) hosts: Vec<String>,
}

fn get() -> crate::Method {
    crate::Method::Get
}

/// Where the key goes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Authenticator {
    /// Query, header or nowhere.
    #[serde(rename = "type")]
    pub(crate) place: Place,
    /// Parameter or header name.
    pub(crate) name: Option<String>,
    /// Name of the secret.
    pub(crate) secret: Option<String>,
    /// Before the secret, e.g. `Bearer `.
    #[serde(default)]
    pub(crate) prefix: String,
}

/// How bodies are read.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decoder {
    /// The format.
    pub(crate) format: Format,
    /// `auto` or an encoding label.
    pub(crate) charset: Option<String>,
    /// Known defects (xml, feed, sitemap).
    #[serde(default)]
    pub(crate) repair: Vec<Repair>,
    /// csv: one character.
    pub(crate) delimiter: Option<String>,
    /// csv: lines that begin with this character are no rows.
    pub(crate) comment: Option<String>,
    /// How many times text is entity-escaped beyond the format.
    #[serde(default)]
    pub(crate) entities: u8,
}

/// Where the rows are.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordSelector {
    /// JSONPath, element path or CSS.
    pub(crate) rows: Option<String>,
    /// Where the number of rows is.
    pub(crate) total: Option<String>,
    /// How far it is believed.
    #[serde(default)]
    pub(crate) total_trust: TotalTrust,
    /// Where the number of pages is.
    pub(crate) pages: Option<String>,
    /// Must exist in every good page.
    pub(crate) must: Option<String>,
    /// Rows with one of these values are not postings.
    #[serde(default)]
    pub(crate) skip: BTreeMap<String, OneOrMore>,
    /// Error codes that mean "no rows".
    #[serde(default)]
    pub(crate) empty: Vec<String>,
}

/// How the list goes on.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paginator {
    /// The way of paging.
    #[serde(rename = "type", default)]
    pub(crate) paging: Paging,
    /// Number of the first page, first row or first offset.
    pub(crate) first: Option<u64>,
    /// Rows asked for in a page.
    pub(crate) size: Option<u32>,
    /// Most pages of a slice.
    pub(crate) max: Option<u32>,
    /// Where the next cursor or address is.
    pub(crate) cursor: Option<String>,
    /// What ends a slice.
    #[serde(default)]
    pub(crate) stop: Stop,
}

/// The parts the list is read in.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slices {
    /// The way of slicing; absent when only a cap is given.
    #[serde(rename = "type")]
    pub(crate) slicing: Option<Slicing>,
    /// `{slice.<name>}` in templates.
    pub(crate) name: Option<String>,
    /// For `values`.
    #[serde(default)]
    pub(crate) values: Vec<Scalar>,
    /// For `codes`: a code table.
    pub(crate) codes: Option<String>,
    /// Most rows the source gives for one query.
    pub(crate) cap: Option<u64>,
    /// A capped slice is split by this.
    pub(crate) then: Option<Then>,
    /// For `date_window`.
    pub(crate) window: Option<Window>,
    /// For `lookup`: values a request.
    pub(crate) batch: Option<usize>,
    /// For `lookup`: between the values.
    pub(crate) join: Option<String>,
}

words! {
    /// How a capped slice is split.
    Then {
        /// By days.
        DateWindow "date_window",
    } default DateWindow
}

/// Days of a window.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Window {
    /// Days in one window.
    pub(crate) days: u16,
    /// Days back from today.
    pub(crate) back: u32,
    /// Days ahead of today.
    #[serde(default)]
    pub(crate) ahead: u32,
    /// What `{slice.from}` becomes, e.g. `{slice.from:%Y%m%d}`.
    pub(crate) from: Option<String>,
    /// What `{slice.to}` becomes.
    pub(crate) to: Option<String>,
}

/// What is asked in incremental runs.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cursor {
    /// Query parameters sent only then.
    #[serde(default)]
    pub(crate) query: BTreeMap<String, Scalar>,
    /// Every n-th run is a whole list.
    pub(crate) full_every: Option<u32>,
}

/// A failure inside an answer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorHandler {
    /// Where the code is.
    pub(crate) when: Option<String>,
    /// Code → action; `*` for any other.
    #[serde(default)]
    pub(crate) map: BTreeMap<String, Action>,
    /// Where the message is.
    pub(crate) message: Option<String>,
    /// The body contains this text.
    pub(crate) text: Option<String>,
    /// HTTP statuses.
    #[serde(default)]
    pub(crate) status: Vec<u16>,
    /// What happens.
    pub(crate) action: Option<Action>,
}

/// A page per row.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Detail {
    /// Address with `{row.<field>}`, or `{row.url}` alone.
    pub(crate) url: String,
    /// GET or POST.
    #[serde(default = "get")]
    pub(crate) method: crate::Method,
    /// Query parameters.
    #[serde(default)]
    pub(crate) query: BTreeMap<String, Scalar>,
    /// Headers.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Scalar>,
    /// Body of a POST.
    pub(crate) body: Option<String>,
    /// How it is read; default: as the list.
    pub(crate) decoder: Option<Decoder>,
    /// What holds the fields.
    pub(crate) root: Option<String>,
    /// When it is read.
    #[serde(default)]
    pub(crate) when: When,
    /// Budget of a run.
    pub(crate) per_run: Option<u32>,
    /// Must exist in every good page.
    pub(crate) must: Option<String>,
    /// Raw fields and where they are.
    #[schemars(schema_with = "fields_schema")]
    pub(crate) fields: BTreeMap<String, FieldSpec>,
    /// Per field; default: those of the list.
    #[serde(default)]
    #[schemars(schema_with = "transformations_schema")]
    pub(crate) transformations: BTreeMap<String, Vec<String>>,
    /// Any match means the posting is closed.
    #[serde(default)]
    pub(crate) closed: Vec<Closed>,
}

/// The source's way of saying that a posting is closed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Closed {
    /// The body contains this text.
    pub(crate) text: Option<String>,
    /// HTTP statuses.
    #[serde(default)]
    pub(crate) status: Vec<u16>,
    /// Where a value is …
    pub(crate) path: Option<String>,
    /// … that is one of these.
    #[serde(default)]
    pub(crate) values: Vec<String>,
}

/// Where a field is and how it is read.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldTable {
    /// Path in the row.
    pub(crate) path: Option<String>,
    /// Further paths, tried in order while nothing is found.
    #[serde(default)]
    pub(crate) or: Vec<String>,
    /// Several paths, joined.
    #[serde(default)]
    pub(crate) paths: Vec<String>,
    /// Several paths that together are an id.
    #[serde(default)]
    pub(crate) composite: Vec<String>,
    /// A stable hash of these paths.
    #[serde(default)]
    pub(crate) hash_of: Vec<String>,
    /// A constant.
    pub(crate) value: Option<Scalar>,
    /// Between several texts.
    pub(crate) join: Option<String>,
    /// When nothing was found.
    pub(crate) default: Option<Scalar>,
    /// Separates several codes in one text.
    pub(crate) split: Option<String>,
    /// A code table.
    pub(crate) codes: Option<String>,
    /// Texts replaced whole.
    #[serde(default)]
    pub(crate) map: BTreeMap<String, Scalar>,
    /// How the text is written.
    #[serde(default)]
    pub(crate) kind: Kind,
    /// Raw values that mean "nothing": the field is left out.
    #[serde(default)]
    pub(crate) never: Vec<Scalar>,
}

/// A path, or a table with one.
#[derive(Clone, Debug)]
pub(crate) struct FieldSpec(pub(crate) FieldTable);

impl<'de> Deserialize<'de> for FieldSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = FieldSpec;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a path or a table with `path`")
            }

            fn visit_str<E>(self, path: &str) -> Result<FieldSpec, E> {
                Ok(FieldSpec(FieldTable { path: Some(path.to_owned()), ..FieldTable::default() }))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<FieldSpec, A::Error> {
                FieldTable::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(FieldSpec)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for FieldSpec {
    fn schema_name() -> Cow<'static, str> {
        "Field".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<FieldTable>();
        json_schema!({ "anyOf": [{ "type": "string" }, table] })
    }
}

/// A text; numbers and truth values are taken as they are spelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scalar(pub(crate) String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Scalar;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text, a whole number or a truth value")
            }

            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar(text.to_owned()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }

            fn visit_bool<E>(self, truth: bool) -> Result<Scalar, E> {
                Ok(Scalar(truth.to_string()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for Scalar {
    fn schema_name() -> Cow<'static, str> {
        "Scalar".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer", "boolean"] })
    }
}

/// A text or a list of texts.
#[derive(Clone, Debug, Default)]
pub(crate) struct OneOrMore(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = OneOrMore;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<OneOrMore, E> {
                Ok(OneOrMore(vec![text.to_owned()]))
            }

            fn visit_bool<E>(self, truth: bool) -> Result<OneOrMore, E> {
                Ok(OneOrMore(vec![truth.to_string()]))
            }

            fn visit_i64<E>(self, number: i64) -> Result<OneOrMore, E> {
                Ok(OneOrMore(vec![number.to_string()]))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMore, A::Error> {
                let mut texts = Vec::new();
                while let Some(Scalar(text)) = seq.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrMore(texts))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for OneOrMore {
    fn schema_name() -> Cow<'static, str> {
        "OneOrMore".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": ["string", "integer", "boolean"] },
            { "type": "array", "items": { "type": ["string", "integer", "boolean"] } },
        ] })
    }
}

fn each_field(value: &Schema) -> Schema {
    let properties: serde_json::Map<String, serde_json::Value> = RawField::ALL
        .iter()
        .map(|field| {
            let mut one = value.clone();
            one.insert("description".to_owned(), field.about().into());
            (field.name().to_owned(), one.to_value())
        })
        .collect();
    json_schema!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn fields_schema(generator: &mut SchemaGenerator) -> Schema {
    let field = generator.subschema_for::<FieldSpec>();
    each_field(&field)
}

fn transformations_schema(_: &mut SchemaGenerator) -> Schema {
    each_field(&json_schema!({ "type": "array", "items": { "type": "string" } }))
}

/// The JSON Schema of `source.toml`, pretty-printed, for editors and `docs/source.schema.json`.
pub fn schema() -> String {
    let mut schema = schemars::schema_for!(Manifest);
    schema.insert("title".to_owned(), "source.toml".into());
    // a family gives what its sources leave out, down to single keys, so only the name and the title are always there
    if let Some(definitions) = schema.get_mut("$defs").and_then(|d| d.as_object_mut()) {
        for definition in definitions.values_mut().filter_map(|d| d.as_object_mut()) {
            definition.remove("required");
        }
    }
    schema.insert("required".to_owned(), serde_json::json!(["name", "title"]));
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
