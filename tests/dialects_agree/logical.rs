//! A sample tenant apart from how it is written: its exports, their records, and what stands around them.

use tenantlint::snapshot::{ExportKind, Input, load};
use tenantlint::source::{Encoding, Sources};

use super::json::Json;
use super::powershell::seven;
use crate::audits::{File, sample};

/// What stands around the records of a file.
#[derive(Clone, Debug)]
pub(super) enum Frame {
    /// Nothing: one object.
    One,
    /// An array.
    Array,
    /// A page of Graph: these members, then `value`.
    Page(Vec<(String, Json)>),
}

/// One export.
#[derive(Clone, Debug)]
pub(super) struct Export {
    /// The file's name without ending.
    pub(super) stem: String,
    /// What it is.
    pub(super) kind: ExportKind,
    pub(super) frame: Frame,
    pub(super) records: Vec<Json>,
}

impl Export {
    /// The document that the file holds.
    pub(super) fn document(&self) -> Json {
        match &self.frame {
            Frame::One if self.records.len() == 1 => self.records[0].clone(),
            Frame::Page(members) => {
                let mut members = members.clone();
                members.push(("value".to_owned(), Json::List(self.records.clone())));
                Json::Map(members)
            }
            _ => Json::List(self.records.clone()),
        }
    }

    /// Whether only what stands around the records tells whom they are about.
    pub(super) fn is_about_its_frame(&self) -> bool {
        let Frame::Page(members) = &self.frame else {
            return false;
        };
        let context = Json::Map(members.clone());
        let context = context.get("@odata.context").and_then(Json::scalar);
        context.is_some_and(|context| context.contains("users('"))
    }

    /// The name of its JSON file.
    pub(super) fn file(&self) -> String {
        format!("{}.json", self.stem)
    }

    /// The same export with each record changed.
    pub(super) fn each(&self, change: impl Fn(Json) -> Json) -> Self {
        Self {
            records: self.records.iter().cloned().map(change).collect(),
            ..self.clone()
        }
    }
}

/// All exports of a tenant.
#[derive(Clone, Debug)]
pub(super) struct Logical {
    pub(super) exports: Vec<Export>,
}

impl Logical {
    /// The sample tenant that breaks the rules.
    pub(super) fn contoso() -> Self {
        Self::of("contoso")
    }

    /// A sample tenant.
    pub(super) fn of(name: &str) -> Self {
        let exports = sample(name)
            .iter()
            .map(|(name, bytes)| {
                let text = Encoding::detect(bytes).decode(bytes.clone()).text;
                let (frame, records) = match Json::read(&text) {
                    Json::List(records) => (Frame::Array, records),
                    Json::Map(mut members) => {
                        match members.iter().position(|(key, _)| key == "value") {
                            Some(at) => {
                                let (_, records) = members.remove(at);
                                let Json::List(records) = records else {
                                    panic!("{name}: a page holds a list");
                                };
                                (Frame::Page(members), records)
                            }
                            None => (Frame::One, vec![Json::Map(members)]),
                        }
                    }
                    other => panic!("{name} holds {other:?}"),
                };
                let (stem, _) = name.rsplit_once('.').expect("a name has an ending");
                Export {
                    stem: stem.to_owned(),
                    kind: kind_of(name, bytes),
                    frame,
                    records,
                }
            })
            .collect();
        Self { exports }
    }

    /// Writes every export into one file of its own.
    pub(super) fn write(&self, file: impl Fn(&Export) -> File) -> Vec<File> {
        self.exports.iter().map(file).collect()
    }

    /// As PowerShell 7 writes it.
    pub(super) fn plain(&self) -> Vec<File> {
        self.write(|export| (export.file(), seven(&export.document()).into_bytes()))
    }

    /// The same tenant with every export changed.
    pub(super) fn each(&self, change: impl Fn(&Export) -> Export) -> Self {
        Self {
            exports: self.exports.iter().map(change).collect(),
        }
    }

    /// The same tenant with the exports of one kind changed.
    pub(super) fn with(&self, kind: ExportKind, change: impl Fn(&Export) -> Export) -> Self {
        self.each(|export| {
            if export.kind == kind {
                change(export)
            } else {
                export.clone()
            }
        })
    }

    /// The same tenant without the exports of a kind.
    pub(super) fn without(&self, kind: ExportKind) -> Self {
        let mut left = self.clone();
        left.exports.retain(|export| export.kind != kind);
        left
    }

    /// The same tenant, except that its manifest says nothing of single exports, as that of a hurried person.
    pub(super) fn without_inventory(&self) -> Self {
        self.with(ExportKind::Manifest, |export| {
            export.each(|mut manifest| {
                if let Json::Map(members) = &mut manifest {
                    members.retain(|(key, _)| key != "exports");
                }
                manifest
            })
        })
    }
}

fn kind_of(name: &str, bytes: &[u8]) -> ExportKind {
    let input = Input::Memory {
        shown: name.to_owned(),
        bytes: bytes.to_vec(),
    };
    let snapshot = load(String::new(), 0, vec![input], &mut Sources::default());
    snapshot.files[0]
        .kind
        .unwrap_or_else(|| panic!("{name} is of no known kind"))
}
