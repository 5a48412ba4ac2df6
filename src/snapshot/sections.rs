//! Whether records that stand in one file are of one kind: lists and pages one after another, or documents one after
//! another, may each be an export of its own.
//!
//! The keys of all records together say what most exports are. They do not where a script appended one export to another:
//! together they would pass for the one that has the most telling keys, and the records of the other would say less than
//! they did. Kinds of one family are never told apart: these are dialects of one thing, and read alike.

use std::collections::HashSet;
use std::ops::ControlFlow;

use super::kind::{Classified, ExportKind, classify, kind_from_file_name};
use super::split_json::{Raw, SAMPLE, Section, sample_keys};
use super::walk::for_each_member;

/// How many lists of keys are remembered.
const MOST: usize = 4096;

/// Sections of one kind.
#[derive(Debug)]
pub(super) struct Export<'t> {
    /// The records, those of one context together; none is empty.
    pub sections: Vec<Section<'t>>,
    /// The pages that they came in, and how many records of each.
    pub pages: Vec<(usize, u64)>,
}

/// The sections by their kinds, in the order in which the first of each comes. What has no kind of its own belongs to what
/// stands before it.
pub(super) fn by_kind<'t>(sections: Vec<Section<'t>>, name: &str) -> Vec<Export<'t>> {
    let records = sections.iter().flat_map(|section| &section.records);
    let all = kind_of(records.take(SAMPLE), name).map(ExportKind::family);
    let is_alone = |section: &Section| !section.frame.apart || section.records.len() == 1;
    let parts: Vec<(Option<ExportKind>, Section)> = match &sections[..] {
        [only] if is_alone(only) => Vec::new(),
        _ => sections
            .iter()
            .flat_map(|section| with_kinds(section, name))
            .collect(),
    };
    let mut kinds = parts.iter().filter_map(|(kind, _)| *kind);
    if kinds.all(|kind| Some(kind) == all) {
        return vec![Export::of(sections)];
    }
    let mut before = parts.iter().find_map(|(kind, _)| *kind);
    let mut exports: Vec<(Option<ExportKind>, Vec<Section>)> = Vec::new();
    for (kind, section) in parts {
        before = kind.or(before);
        match exports.iter_mut().find(|(kind, _)| *kind == before) {
            Some((_, sections)) => sections.push(section),
            None => exports.push((before, vec![section])),
        }
    }
    let exports = exports.into_iter();
    exports.map(|(_, sections)| Export::of(sections)).collect()
}

impl<'t> Export<'t> {
    fn of(sections: Vec<Section<'t>>) -> Self {
        let pages = sections.iter().filter_map(|section| {
            let count = section.records.len() as u64;
            section.frame.page.map(|page| (page, count))
        });
        let pages = pages.collect();
        let mut joined: Vec<Section> = Vec::new();
        for mut section in sections {
            match joined.last_mut() {
                Some(last) if last.frame.context == section.frame.context => {
                    last.records.append(&mut section.records);
                }
                _ => joined.push(section),
            }
        }
        Self {
            sections: joined,
            pages,
        }
    }
}

/// A section with the family of its records; of documents, those that follow each other and are of one.
fn with_kinds<'t>(section: &Section<'t>, name: &str) -> Vec<(Option<ExportKind>, Section<'t>)> {
    let part = |records: Vec<Raw<'t>>| Section {
        frame: section.frame,
        records,
    };
    if !section.frame.apart {
        let kind = kind_of(section.records.iter().take(SAMPLE), name);
        return vec![(kind.map(ExportKind::family), part(section.records.clone()))];
    }
    let mut parts: Vec<(Option<ExportKind>, Section)> = Vec::new();
    let mut last = Strangers::default();
    for record in &section.records {
        // What has keys that were met is of the family of one that was met: nearly all are of that of the last.
        let same = parts.last().and_then(|(kind, _)| *kind);
        let kind = match same {
            Some(kind) if !last.has(kind, name, record.text) => Some(kind),
            _ => {
                last = Strangers::default();
                kind_of(std::iter::once(record), name).map(ExportKind::family)
            }
        };
        match parts.last_mut() {
            Some((of, section)) if *of == kind || kind.is_none() => section.records.push(*record),
            _ => parts.push((kind, part(vec![*record]))),
        }
    }
    parts
}

/// What the keys of these records say that they are; nothing, where they have none.
fn kind_of<'r, 't: 'r>(
    records: impl Iterator<Item = &'r Raw<'t>>,
    name: &str,
) -> Option<ExportKind> {
    let keys = sample_keys(records.map(|raw| raw.text));
    match classify(&keys, name) {
        Classified::Kind(kind) if !keys.is_empty() => Some(kind),
        _ => None,
    }
}

/// Looks for records of another family among documents of one kind.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    /// Keys of records that are of the kind, or of none.
    known: HashSet<String>,
    /// The keys of the last record, each behind the one before.
    keys: String,
}

impl Strangers {
    /// Whether a record is of another family than that kind, or may be a bundle: by its keys, which are few lists in one
    /// export.
    pub(super) fn has(&mut self, kind: ExportKind, name: &str, record: &str) -> bool {
        self.keys.clear();
        for_each_member(record, |key, _| {
            self.keys.push_str(&key);
            self.keys.push('\0');
            ControlFlow::Continue(())
        });
        if self.known.contains(&self.keys) {
            return false;
        }
        let raw = Raw {
            at: 0,
            text: record,
        };
        let other = kind_of(std::iter::once(&raw), name);
        if other.is_some_and(|other| other.family() != kind.family())
            || may_be_bundle(&self.keys, other)
        {
            return true;
        }
        if self.known.len() >= MOST {
            self.known.clear();
        }
        self.known.insert(self.keys.clone());
        false
    }
}

/// Whether an object with these keys may be a bundle: some of them name exports. Whether it is one, its values tell.
fn may_be_bundle(keys: &str, kind: Option<ExportKind>) -> bool {
    let names = keys.split_terminator('\0');
    let named = names.filter(|key| kind_from_file_name(key).is_some());
    named.count() > usize::from(kind.is_some())
}

#[cfg(test)]
mod tests {
    use super::super::split_json::split_json;
    use super::*;

    /// How many records each export of a text has.
    fn exports(text: &str) -> Vec<usize> {
        let mut split = split_json(text);
        let sections = split.groups.remove(0).sections;
        let exports = by_kind(sections, "voice.json");
        let count = |export: &Export| {
            let sections = export.sections.iter();
            sections.map(|section| section.records.len()).sum()
        };
        exports.iter().map(count).collect()
    }

    #[test]
    fn exports_that_follow_each_other_are_told_apart() {
        let policy = r#"{"Identity":"Tag:FR","OnlinePstnUsages":["a"]}"#;
        let route = r#"{"Identity":"FR","NumberPattern":"^1","OnlinePstnUsages":["a"]}"#;
        for (text, counts) in [
            (format!("[{policy}]\n[{route},{route}]"), &[1, 2][..]),
            (format!("[{route},{route}]\n[{policy}]"), &[2, 1]),
            (format!("[[{policy}],[{route}],[{policy}]]"), &[2, 1]),
            (format!("{policy}\n{route}\n{policy}"), &[2, 1]),
            (format!("{route}\n{policy}\n{route}"), &[2, 1]),
            (format!("[[{route}],[{route}]]"), &[2]),
            (format!("{route}\n{route}"), &[2]),
            // What has no kind of its own goes with what stands before it, or behind where nothing does.
            (format!("[{policy}]\n[{{\"Zebra\":1}}]\n[{route}]"), &[2, 1]),
            (format!("{{\"Zebra\":1}}\n{policy}\n{route}"), &[2, 1]),
            (format!("[{policy}]\n[{{}}]"), &[2]),
        ] {
            assert_eq!(exports(&text), counts, "{text}");
        }
    }

    #[test]
    fn what_may_be_a_bundle_is_a_stranger() {
        let is_stranger = |record: &str| {
            Strangers::default().has(ExportKind::OnlineVoiceRoute, "voice.json", record)
        };
        assert!(!is_stranger(r#"{"Identity":"a","NumberPattern":"^1"}"#));
        assert!(!is_stranger(r#"{"Identity":"a"}"#));
        assert!(is_stranger(r#"{"Get-CsCallQueue":null}"#));
        assert!(is_stranger(
            r#"{"By":"me","Get-CsCallQueue":[],"users":[]}"#
        ));
        // A property may be called as an export is.
        assert!(!is_stranger(
            r#"{"Identity":"a","NumberPattern":"^1","Users":[]}"#
        ));
    }

    #[test]
    fn dialects_of_one_thing_stay_together() {
        let cmdlet = r#"{"TelephoneNumber":"+1","PstnAssignmentStatus":"UserAssigned"}"#;
        let graph = r#"{"telephoneNumber":"+1","assignmentTargetId":null}"#;
        assert_eq!(exports(&format!("[{cmdlet}]\n[{graph}]")), [2]);
        assert_eq!(exports(&format!("{cmdlet}\n{graph}")), [2]);
    }
}
