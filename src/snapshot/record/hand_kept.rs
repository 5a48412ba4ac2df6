//! What no cmdlet exports and an administrator keeps by hand: the operators file and the manifest.

use super::record;
use crate::snapshot::cell::{Cell, Moment, Reading};
use crate::snapshot::lax::Lax;
use crate::snapshot::object_id::ObjectId;
use crate::snapshot::texts::{Symbol, Text, Texts};

record! {
    /// One operator of `operators.json` or `operators.csv`.
    OperatorRecord {
        /// Name as it appears in `PstnPartnerName`.
        name: Symbol = "Name",
        /// Id as it appears in `PstnPartnerId` or `OperatorId`.
        id: ObjectId = "OperatorId",
        /// Other names of the same operator.
        aliases: SplitList = "Aliases",
        /// `Active`, `Suspended` or `Removed`.
        status: Symbol = "Status",
        /// Countries that are enabled, ISO 3166-1 alpha-2.
        countries: SplitList = "ConsentedCountries",
        /// Countries that were enabled once.
        removed_countries: SplitList = "RemovedCountries",
        /// `Calling`, `Conferencing`, `TeamsPhoneMobile`.
        services: SplitList = "Services",
        /// Whether the data transfer notice was accepted.
        data_transfer: bool = "DataTransferAccepted",
        /// Contacts given to the operator.
        contacts: Contacts = "Contacts",
    }
}

record! {
    /// `manifest.json`: how and when the snapshot was made.
    ManifestRecord {
        /// Tenant id.
        tenant_id: ObjectId = "TenantId",
        /// Tenant name.
        tenant_name: Text = "TenantName",
        /// `Global`, `GCC`, `GCCHigh` or `DoD`.
        cloud: Symbol = "Cloud",
        /// When the export was made.
        exported_at: Moment = "ExportedAt",
        /// Version of the `MicrosoftTeams` module.
        module_version: Symbol = "ModuleVersion",
        /// The exports, one by one.
        exports: Box<[ManifestExport]> = "Exports",
    }
}

/// What an operator may be enabled for.
const SERVICES: [&str; 3] = ["Calling", "Conferencing", "TeamsPhoneMobile"];

/// A list whose elements may be joined in one text by commas, semicolons or bars.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SplitList(pub Box<[Symbol]>);

impl Cell for SplitList {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let mut symbols = Vec::new();
        for element in value.elements() {
            let text = element.scalar()?;
            for part in text.split([',', ';', '|']).map(str::trim) {
                // A blank joins codes of countries and services, but belongs to the name of an operator.
                let is_word = |word: &str| {
                    word.len() == 2 || SERVICES.iter().any(|one| one.eq_ignore_ascii_case(word))
                };
                let codes = part.split(' ').all(is_word);
                let pieces: Vec<&str> = if codes {
                    part.split(' ').collect()
                } else {
                    vec![part]
                };
                symbols.extend(
                    pieces
                        .into_iter()
                        .filter(|piece| !piece.is_empty())
                        .map(|piece| reading.arena.symbol(piece)),
                );
            }
        }
        Some(Self(symbols.into()))
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        self.0.show(texts, out)
    }
}

/// How many contacts an operator has; who they are is nobody's business here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Contacts(pub u32);

impl Cell for Contacts {
    fn read(value: &Lax, _: &mut Reading) -> Option<Self> {
        Some(Self(value.elements().len() as u32))
    }

    fn show(&self, _: &Texts, out: &mut Vec<String>) -> bool {
        out.push(self.0.to_string());
        true
    }
}

/// A count as PowerShell may write it: what `Measure-Object` adds up is no whole number to it.
fn count(value: &Lax) -> Option<u64> {
    match value {
        Lax::Int(count) => u64::try_from(*count).ok(),
        Lax::Text(text) => text.trim().parse().ok(),
        Lax::Float(count) => {
            let text = format!("{count:.0}");
            (count.fract() == 0.0).then(|| text.parse().ok()).flatten()
        }
        _ => None,
    }
}

/// One of the manifest's `exports`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ManifestExport {
    /// Name of the export.
    pub kind: Symbol,
    /// File that holds it.
    pub file: Option<Symbol>,
    /// When it was exported, if not with the rest.
    pub exported_at: Option<Moment>,
    /// How many records it should have.
    pub records: Option<u64>,
    /// Whether the exporter is sure that nothing is missing, or that something is.
    pub complete: Option<bool>,
    /// Whether one of these two is there and cannot be read.
    pub is_unclear: bool,
}

impl Cell for ManifestExport {
    const OBJECT: bool = true;

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let kind = value.member("kind").and_then(Lax::scalar)?;
        let told = |name: &str| value.member(name).filter(|value| !value.is_blank());
        let records = told("records").map(count);
        let complete = told("complete").map(|complete| match complete {
            Lax::Bool(complete) => Some(*complete),
            _ => None,
        });
        Some(Self {
            kind: reading.arena.symbol(&kind),
            file: value
                .member("file")
                .and_then(Lax::scalar)
                .map(|file| reading.arena.symbol(&file)),
            exported_at: value
                .member("exportedAt")
                .and_then(|moment| Moment::read(moment, reading)),
            is_unclear: records == Some(None) || complete == Some(None),
            records: records.flatten(),
            complete: complete.flatten(),
        })
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        out.push(texts.symbol(self.kind).to_owned());
        true
    }

    fn parts(&self, texts: &Texts, out: &mut Vec<String>) {
        out.extend(self.file.map(|file| texts.symbol(file).to_owned()));
    }
}
