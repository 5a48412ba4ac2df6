//! From files to records: what a tenant export holds, each record typed, compact, and with the bytes it came from.
//!
//! This room knows how exports are spelled. What their records mean together, it does not know.

pub mod cell;
mod csv_pieces;
mod csv_table;
pub mod damage;
mod field;
mod foreign;
mod halves;
mod handle;
mod ids;
pub mod kind;
pub(crate) mod lax;
mod lists;
mod load;
mod locate;
pub mod object_id;
pub mod phone_number;
mod prefix;
pub mod record;
mod records;
mod rows;
mod run;
mod sections;
pub mod service_plans;
mod split_json;
mod stream_json;
mod texts;
mod walk;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::finding::Problem;
use crate::source::SourceId;

pub(crate) use cell::documented;
pub use cell::{AssignmentTarget, FeatureSet, Moment, PlanSet, PolicyName, SkuSet};
pub use csv_table::CsvShape;
pub(crate) use csv_table::{cell_range, csv_rows, csv_shape};
pub use field::Field;
pub use ids::SharedId;
pub use kind::ExportKind;
pub use lists::{List, Listed};
pub use load::{Input, Request, load, load_all, load_by};
pub use locate::{Trail, locate};
pub use object_id::ObjectId;
pub use phone_number::PhoneNumber;
pub use prefix::strip_prefix_ignore_case;
pub use records::Records;
pub use split_json::begins_like_bundle;
pub use texts::{FilledArena, Symbol, Text, Texts};
#[doc(hidden)]
pub use walk::disagreement;

/// A tenant export, read.
#[derive(Debug)]
pub struct Snapshot {
    /// What its path is called in reports.
    pub path: String,
    /// Index among the snapshots of a run.
    pub index: u32,
    /// What was exported, by kind.
    pub exports: BTreeMap<ExportKind, Export>,
    /// The records.
    pub records: Records,
    /// The texts of the records.
    pub texts: Texts,
    /// Its files, in order of path.
    pub files: Vec<File>,
    /// What is wrong with the input.
    pub problems: Vec<Problem>,
    /// The moment that stands for now, and where it comes from.
    pub now: Option<Now>,
    /// The tenant that most records name as theirs.
    pub owner: Option<ObjectId>,
}

/// One kind of export over all its files.
#[derive(Clone, Debug)]
pub struct Export {
    /// Records read.
    pub records: u64,
    /// Keys that occur in any record, ASCII lower-cased.
    pub properties: BTreeSet<String>,
    /// Properties of which values were lost to damage, and how; canonical names.
    pub lost: BTreeMap<&'static str, damage::Damage>,
    /// Properties of which some value could be read; canonical names.
    pub readable: BTreeSet<&'static str>,
    /// The first source that holds it.
    pub source: SourceId,
    /// Why records may be missing.
    pub incomplete: Option<Incomplete>,
}

/// Why an export may lack records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Incomplete {
    /// Proven by the export itself or the manifest, or only suspected from its size.
    pub proven: bool,
    /// The reason, naming the export, without full stop.
    pub why: String,
}

/// One file of a snapshot.
#[derive(Clone, Debug)]
pub struct File {
    /// The file.
    pub source: SourceId,
    /// What it holds; of a bundle, the first.
    pub kind: Option<ExportKind>,
    /// Records read from it.
    pub records: u64,
    /// How it is laid out, if it is CSV.
    pub csv: Option<CsvShape>,
}

/// The moment that rules take for now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Now {
    /// The moment.
    pub moment: Moment,
    /// Whether the manifest gives it; else it is the newest date found, or the files' own time.
    pub from_manifest: bool,
}

impl Export {
    fn lost_property(&self, property: &str) -> Option<damage::Damage> {
        let (name, damage) = self
            .lost
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(property))?;
        (!self.readable.contains(name)).then_some(*damage)
    }

    /// Whether the export answers for a property that it does not have: lists of live accounts alone need not say that
    /// nobody in them is deleted. Graph keeps the deleted elsewhere, and modules before 3.0, whose accounts have an
    /// `ObjectId`, did not list them.
    fn implies(&self, kind: ExportKind, property: &str) -> bool {
        property.eq_ignore_ascii_case("SoftDeletionTimestamp")
            && match kind {
                ExportKind::GraphUser | ExportKind::GraphUserConfiguration => true,
                ExportKind::OnlineUser => self.properties.contains("objectid"),
                _ => false,
            }
    }
}

impl Snapshot {
    /// Whether any export of that family was loaded. A list of deleted accounts is none of accounts: nothing can be
    /// concluded from who is not in it.
    pub fn has_export(&self, family: ExportKind) -> bool {
        self.family(family)
            .any(|(kind, _)| kind != ExportKind::DeletedUser || kind == family)
    }

    /// Whether the property is known: some record of the family has it under any of its spellings. An export
    /// without records has nothing that could lack it.
    pub fn has_property(&self, family: ExportKind, property: &str) -> bool {
        let spellings = spellings_of(family, property);
        let mut records = 0;
        // One list of accounts that tells who is deleted, says nothing of those that only another one has.
        let by_all = property.eq_ignore_ascii_case("SoftDeletionTimestamp");
        let (mut known, mut unknown) = (false, false);
        for (kind, export) in self.family(family) {
            records += export.records;
            let is_there = spellings
                .iter()
                .any(|name| export.properties.contains(name));
            if (is_there && export.lost_property(property).is_none())
                || export.implies(kind, property)
            {
                known = true;
            } else if export.records > 0 {
                unknown = true;
            }
        }
        if known {
            return !(by_all && unknown);
        }
        records == 0 && self.has_export(family)
    }

    /// How all values of a property were lost, where the export holds nothing else of it.
    pub fn lost_property(&self, family: ExportKind, property: &str) -> Option<damage::Damage> {
        self.family(family)
            .find_map(|(_, export)| export.lost_property(property))
    }

    /// Why records of that family may be missing; a proven reason before a suspected one.
    pub fn incomplete(&self, family: ExportKind) -> Option<&Incomplete> {
        self.family(family)
            .filter_map(|(_, export)| export.incomplete.as_ref())
            .max_by_key(|incomplete| incomplete.proven)
    }

    /// The kinds of all exports.
    pub fn kinds(&self) -> BTreeSet<ExportKind> {
        self.exports.keys().copied().collect()
    }

    /// The exports of a family; of a kind within one, that kind alone.
    pub fn family(&self, family: ExportKind) -> impl Iterator<Item = (ExportKind, &Export)> {
        let dialects = family.dialects().iter();
        dialects.filter_map(|kind| Some((*kind, self.exports.get(kind)?)))
    }
}

/// All spellings of a property of that family, ASCII lower-cased, the canonical one first.
pub fn spellings_of(family: ExportKind, property: &str) -> Arc<[String]> {
    thread_local! {
        // Asked for again and again, for a few hundred properties.
        static KNOWN: RefCell<Spellings> = RefCell::default();
    }
    let spelled = || {
        kind::spellings(family, property)
            .map(Cow::into_owned)
            .collect()
    };
    KNOWN.with_borrow_mut(|known| {
        if !known.contains_key(property) {
            known.insert(property.into(), Vec::new());
        }
        let Some(families) = known.get_mut(property) else {
            return spelled();
        };
        if let Some((_, spellings)) = families.iter().find(|(of, _)| *of == family) {
            return spellings.clone();
        }
        let spellings: Arc<[String]> = spelled();
        families.push((family, spellings.clone()));
        spellings
    })
}

/// Spellings of properties, by the property and the family.
type Spellings = HashMap<Box<str>, Vec<(ExportKind, Arc<[String]>)>, foldhash::fast::RandomState>;
