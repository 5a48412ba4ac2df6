//! Everything that goes wrong on the way out of a tenant, each done to the same tenant.

use std::collections::BTreeSet;

use tenantlint::rules::{self, Need, Page};
use tenantlint::snapshot::{ExportKind, spellings_of};

use super::bytes::gzipped;
use super::depth::{Cut, blanked, csv, cut};
use super::json::Json;
use super::logical::{Export, Frame, Logical};
use super::other_ways::{numbers, users};
use super::powershell::seven;
use crate::audits::File;

/// One damage: what is left, and what it touches.
pub(super) struct Damage {
    pub(super) name: String,
    pub(super) files: Vec<File>,
    touched: Vec<Touched>,
}

/// A kind of export, and the properties of it that suffered; `None` for all.
struct Touched {
    family: ExportKind,
    properties: Option<BTreeSet<String>>,
}

impl Damage {
    /// The same, when only these properties suffered.
    pub(super) fn only(mut self, properties: BTreeSet<String>) -> Self {
        self.touched[0].properties = Some(properties);
        self
    }

    /// Whether a rule's page names anything that suffered.
    pub(super) fn concerns(&self, page: &Page) -> bool {
        self.is_named_by(page.all_needs().chain(&page.refines))
    }

    /// Whether a rule's page names anything of it as a refinement, as one of several ways, or as half of what it sees.
    pub(super) fn is_refinement(&self, page: &Page) -> bool {
        let ways = page.any_of.iter().flatten();
        self.is_named_by(ways.chain(&page.refines).chain(&page.partial_without))
    }

    fn is_named_by<'p>(&self, mut needs: impl Iterator<Item = &'p Need>) -> bool {
        needs.any(|need| {
            self.touched.iter().any(|touched| {
                touched.family == need.export.family()
                    && touched.properties.as_ref().is_none_or(|lost| {
                        need.properties.iter().any(|property| {
                            spellings_of(need.export, property)
                                .iter()
                                .any(|name| lost.contains(name))
                        })
                    })
            })
        })
    }
}

/// All of them; `found` are the subjects of which something was found while nothing was damaged.
pub(super) fn damages(tenant: &Logical, found: &BTreeSet<String>) -> Vec<Damage> {
    let hurried = tenant.without_inventory();
    let mut all = cuts(&hurried);
    for export in &hurried.exports {
        if export.kind != ExportKind::Manifest {
            // Two lists of accounts would complete each other.
            let alone = match export.kind {
                ExportKind::OnlineUser => hurried.without(ExportKind::GraphUser),
                _ => hurried.clone(),
            };
            all.extend(of_one_export(&alone, export));
            all.extend(columns(&hurried, export));
        }
    }
    all.extend(counted(tenant));
    all.extend(numbers(&hurried, found));
    all.extend(users(&hurried.without(ExportKind::GraphUser)));
    all
}

fn everything(tenant: &Logical) -> Vec<Touched> {
    let whole = |export: &Export| Touched {
        family: export.kind.family(),
        properties: None,
    };
    tenant.exports.iter().map(whole).collect()
}

/// Too small a depth, and CSV, for all exports at once.
fn cuts(tenant: &Logical) -> Vec<Damage> {
    let mut all = Vec::new();
    let mut add = |name: String, files: Vec<File>| {
        all.push(Damage {
            name,
            files,
            touched: everything(tenant),
        });
    };
    let is_by_hand =
        |export: &Export| matches!(export.kind, ExportKind::Manifest | ExportKind::Operators);
    for depth in 1..=5 {
        for how in Cut::ALL {
            let files = tenant.write(|export| {
                let document = export.document();
                let document = if is_by_hand(export) {
                    document
                } else {
                    cut(document, depth, how)
                };
                (export.file(), seven(&document).into_bytes())
            });
            add(format!("depth {depth} {how:?}"), files);
        }
    }
    for how in Cut::ALL {
        let members = tenant
            .exports
            .iter()
            .map(|export| (export.stem.clone(), Json::List(export.records.clone())))
            .collect();
        let bundle = seven(&cut(Json::Map(members), 2, how));
        add(
            format!("a bundle at depth 2 {how:?}"),
            vec![("contoso.json".to_owned(), bundle.into_bytes())],
        );
    }
    let blanks = tenant.each(|export| {
        if is_by_hand(export) {
            export.clone()
        } else {
            export.each(blanked)
        }
    });
    add("blanked lists".to_owned(), blanks.plain());
    for (name, ascii) in [("Export-Csv", false), ("Export-Csv in ASCII", true)] {
        let files = tenant.write(|export| {
            if is_by_hand(export) {
                (export.file(), seven(&export.document()).into_bytes())
            } else {
                (
                    format!("{}.csv", export.stem),
                    csv(export, ascii).into_bytes(),
                )
            }
        });
        add(name.to_owned(), files);
    }
    all
}

/// What happens to one export while the others are whole.
fn of_one_export(tenant: &Logical, hit: &Export) -> Vec<Damage> {
    let instead = |name: &str, files: Vec<File>| {
        damage(
            tenant,
            format!("{name}: {}", hit.kind.name()),
            hit.kind,
            files,
        )
    };
    let text = |text: &str| vec![(hit.file(), text.as_bytes().to_vec())];
    let half = Export {
        records: hit.records[..hit.records.len() / 2].to_vec(),
        frame: Frame::Array,
        ..hit.clone()
    };
    let mut all = vec![
        instead("missing", Vec::new()),
        instead(
            "error of Graph",
            text(
                r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}"#,
            ),
        ),
        instead(
            "error of the module",
            text(r#"{"Code":"Forbidden","Message":"Access Denied.","Action":null}"#),
        ),
        instead(
            "sign-in page",
            text("<!DOCTYPE html><html><head><title>Sign in to your account</title></head></html>"),
        ),
        instead(
            "Export-Csv",
            vec![(format!("{}.csv", hit.stem), csv(hit, false).into_bytes())],
        ),
    ];
    let whole = seven(&hit.document()).into_bytes();
    for percent in [20, 60, 95] {
        let mut bytes = whole.clone();
        bytes.truncate(bytes.len() * percent / 100);
        all.push(instead(
            &format!("broken off at {percent} percent"),
            vec![(hit.file(), bytes)],
        ));
    }
    let mut packed = gzipped(vec![(hit.file(), whole.clone())]);
    let (_, bytes) = &mut packed[0];
    bytes.truncate(bytes.len() / 2);
    all.push(instead("broken gzip", packed));
    all.push(instead(
        "another export that disagrees",
        vec![
            (hit.file(), whole),
            (
                format!("{} (1).json", hit.stem),
                seven(&emptied(hit).document()).into_bytes(),
            ),
        ],
    ));
    if half.records.is_empty() {
        return all;
    }
    let page = Json::Map(vec![
        (
            "@odata.nextLink".to_owned(),
            Json::text("https://graph.microsoft.com/v1.0/x?$skiptoken=1"),
        ),
        ("value".to_owned(), Json::List(half.records.clone())),
    ]);
    all.push(instead("first page only", text(&seven(&page))));
    // Records that repeat stand for records of no interest.
    for cap in hit.kind.page_cap() {
        let cap = usize::try_from(*cap).expect("a cap is small");
        let records = half.records.iter().cycle().take(cap).cloned().collect();
        let full = Export {
            records,
            ..half.clone()
        };
        all.push(instead(
            &format!("the first {cap}"),
            text(&seven(&full.document())),
        ));
    }
    all
}

/// The same records with nothing but what identifies them.
fn emptied(export: &Export) -> Export {
    let keys: Vec<String> = export
        .kind
        .key_properties()
        .iter()
        .flat_map(|key| spellings_of(export.kind, key).to_vec())
        .collect();
    export.each(|record| match record {
        Json::Map(members) => Json::Map(
            members
                .into_iter()
                .map(|(key, value)| {
                    let kept = keys.contains(&key.to_lowercase());
                    (key, if kept { value } else { Json::Null })
                })
                .collect(),
        ),
        other => other,
    })
}

/// `Select-Object` without one of the properties that rules read.
fn columns(tenant: &Logical, hit: &Export) -> Vec<Damage> {
    let mut properties = BTreeSet::new();
    for rule in rules::all() {
        for need in rule.page.all_needs().chain(&rule.page.refines) {
            if need.export.family() == hit.kind.family() {
                properties.extend(need.properties.iter().copied());
            }
        }
    }
    let without = |property: &&str| {
        let spelled: BTreeSet<String> = spellings_of(hit.kind, property).iter().cloned().collect();
        let left = hit.each(|record| match record {
            Json::Map(members) => Json::Map(
                members
                    .into_iter()
                    .filter(|(key, _)| !spelled.contains(&key.to_lowercase()))
                    .collect(),
            ),
            other => other,
        });
        let file = (hit.file(), seven(&left.document()).into_bytes());
        let name = format!("without {property}: {}", hit.kind.name());
        damage(tenant, name, hit.kind, vec![file]).only(spelled)
    };
    properties.iter().map(without).collect()
}

/// Records are missing, and the manifest knows.
fn counted(tenant: &Logical) -> Vec<Damage> {
    let has_half = |export: &&Export| {
        export.records.len() > 1
            && !matches!(export.kind, ExportKind::Manifest | ExportKind::Operators)
    };
    let half = |export: &Export| {
        let left = Export {
            records: export.records[export.records.len() / 2..].to_vec(),
            ..export.clone()
        };
        let file = (export.file(), seven(&left.document()).into_bytes());
        let name = format!("fewer than the manifest counts: {}", export.kind.name());
        damage(tenant, name, export.kind, vec![file])
    };
    tenant.exports.iter().filter(has_half).map(half).collect()
}

/// The export of one kind.
pub(super) fn of_kind(tenant: &Logical, kind: ExportKind) -> &Export {
    tenant
        .exports
        .iter()
        .find(|export| export.kind == kind)
        .expect("the sample has every kind")
}

/// The tenant with these files in place of one export.
pub(super) fn damage(
    tenant: &Logical,
    name: String,
    hit: ExportKind,
    instead: Vec<File>,
) -> Damage {
    let mut files: Vec<File> = tenant
        .exports
        .iter()
        .filter(|export| export.kind != hit)
        .map(|export| (export.file(), seven(&export.document()).into_bytes()))
        .collect();
    files.extend(instead);
    Damage {
        name,
        files,
        touched: vec![Touched {
            family: hit.family(),
            properties: None,
        }],
    }
}
