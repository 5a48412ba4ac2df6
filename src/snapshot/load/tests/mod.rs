//! Tests of loading, theme by theme: what files say in, what a snapshot says out.
//!
//! All of them go through `load`, so that they hold whatever loading is made of.

mod csv;
mod damage;
mod kinds;
mod licenses;
mod places;
mod readers;
mod states;
mod told;
mod windows;

use super::{Input, load};
use crate::finding::{Place, Severity};
use crate::snapshot::{ExportKind, Snapshot, Trail, locate, spellings_of};
use crate::source::{LineIndex, Lines, Sources, Span};

const ID: &str = "2713551e-ed63-415d-9175-fc4ff825a0be";

/// A loaded snapshot with its sources.
struct Loaded {
    snapshot: Snapshot,
    sources: Sources,
}

/// Loads files: each a name and its bytes.
fn loaded(files: &[(&str, &[u8])]) -> Loaded {
    let inputs = files
        .iter()
        .map(|(name, bytes)| Input::Memory {
            shown: (*name).to_owned(),
            bytes: bytes.to_vec(),
        })
        .collect();
    let mut sources = Sources::default();
    let snapshot = load("test".to_owned(), 0, inputs, &mut sources);
    Loaded { snapshot, sources }
}

/// Loads one file.
fn one(name: &str, text: &str) -> Loaded {
    loaded(&[(name, text.as_bytes())])
}

/// Where something is: line, column, byte offset, and the text there.
type Spot = (u64, u64, u64, String);

impl Loaded {
    fn spot(&self, span: Span) -> Spot {
        let source = self.sources.get(span.source);
        let start = LineIndex::build(source)
            .and_then(|lines| lines.position(span.start))
            .unwrap();
        let text = source.read_text(span).unwrap();
        (start.line, start.column, span.start, text)
    }

    /// Where a field of a record is.
    fn field(&self, record: Span, kind: ExportKind, property: &str, element: Option<u32>) -> Spot {
        let place = Place {
            records: [record].into(),
            field: spellings_of(kind.family(), property),
            element,
        };
        self.place(&place)
    }

    fn place(&self, place: &Place) -> Spot {
        let csv = |id| {
            let file = self.snapshot.files.iter().find(|file| file.source == id);
            file.and_then(|file| file.csv.as_ref())
        };
        let lines = Lines::of(&self.sources);
        let found = locate(&lines, csv, place, &mut Trail::default());
        self.spot(found.unwrap().0)
    }

    /// The only problem: its severity, its message, and where it is.
    fn problem(&self) -> (Severity, &str, Spot) {
        let [problem] = self.snapshot.problems.as_slice() else {
            panic!("not one problem: {:#?}", self.snapshot.problems);
        };
        let place = problem.place.as_ref().unwrap();
        (problem.severity, &problem.message, self.place(place))
    }

    fn messages(&self) -> Vec<&str> {
        let problems = self.snapshot.problems.iter();
        problems.map(|problem| problem.message.as_str()).collect()
    }

    fn kinds(&self) -> Vec<&'static str> {
        let exports = self.snapshot.exports.keys();
        exports.map(|kind| kind.name()).collect()
    }

    fn records(&self, kind: ExportKind) -> u64 {
        self.snapshot.exports[&kind].records
    }

    /// Whether records of a kind are missing, and whether that is proven.
    fn proven(&self, kind: ExportKind) -> Option<bool> {
        let incomplete = self.snapshot.exports[&kind].incomplete.as_ref();
        incomplete.map(|incomplete| incomplete.proven)
    }

    fn no_problems(&self) -> &Self {
        assert!(self.snapshot.problems.is_empty(), "{:#?}", self.messages());
        self
    }
}

/// UTF-16, little-endian, with byte order mark.
fn utf16(text: &str) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xFE];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}
