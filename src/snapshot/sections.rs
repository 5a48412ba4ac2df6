//! Whether records that stand in one file are of one kind: lists and pages one after another, documents one after another,
//! and the records of one list may each be of an export of its own.
//!
//! The keys of all records together say what most exports are. They do not where a script appended one export to another, or
//! put the records of several cmdlets into one list: together they would pass for the one that has the most telling keys,
//! and the records of the other would say less than they did. Kinds of one family are dialects of one thing, and read alike:
//! they are told apart where whole lists or pages are without doubt of one of them, since one is believed before another.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

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
    let parts: Vec<(Option<Sort>, Section)> = sections
        .iter()
        .flat_map(|section| with_sorts(section, name))
        .collect();
    let mut before = parts.iter().find_map(|(sort, _)| *sort);
    let mut exports: Vec<(Option<Sort>, Vec<Section>)> = Vec::new();
    for (sort, section) in parts {
        before = sort.or(before);
        let of_sort = |(known, _): &&mut (Option<Sort>, _)| match (*known, before) {
            (Some(one), Some(other)) => one.fits(other),
            _ => true,
        };
        match exports.iter_mut().find(of_sort) {
            Some((known, sections)) => {
                *known = known.zip(before).map(|(one, other)| one.joined(other));
                sections.push(section);
            }
            None => exports.push((before, vec![section])),
        }
    }
    if exports.len() == 1 {
        return vec![Export::of(sections)];
    }
    let exports = exports.into_iter();
    exports.map(|(_, sections)| Export::of(sections)).collect()
}

/// What records are.
#[derive(Clone, Copy, Debug)]
struct Sort {
    family: ExportKind,
    /// The kind of the family, where the keys alone tell it of a whole list.
    kind: Option<ExportKind>,
}

impl Sort {
    /// Whether both may be of one export.
    fn fits(self, other: Self) -> bool {
        let same = self
            .kind
            .zip(other.kind)
            .is_none_or(|(one, other)| one == other);
        self.family == other.family && same
    }

    fn joined(self, other: Self) -> Self {
        Self {
            kind: self.kind.or(other.kind),
            ..self
        }
    }
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

/// The records of a section that follow each other and are of one family.
fn with_sorts<'t>(section: &Section<'t>, name: &str) -> Vec<(Option<Sort>, Section<'t>)> {
    let sample = || section.records.iter().take(SAMPLE);
    let mut parts: Vec<(Option<ExportKind>, Vec<Raw>)> = Vec::new();
    let all = kind_of(sample(), name);
    let mut last = Strangers::default();
    let mut of_last = all.map(ExportKind::family).filter(|_| !section.frame.apart);
    for record in &section.records {
        // What has keys that were met is of the family of one that was met: nearly all are of that of the last.
        let kind = match of_last {
            Some(kind) if !last.has(kind, name, record.text) => Some(kind),
            _ => {
                last = Strangers::default();
                kind_of(std::iter::once(record), name).map(ExportKind::family)
            }
        };
        of_last = kind.or(of_last);
        match parts.last_mut() {
            Some((of, records)) if *of == kind || kind.is_none() => records.push(*record),
            _ => parts.push((kind, vec![*record])),
        }
    }
    // A list or page of one family is one of its kinds.
    let whole = parts.len() == 1 && !section.frame.apart;
    let kind = all.filter(|kind| whole && kind_of(sample(), "") == Some(*kind));
    let parts = parts.into_iter().map(|(family, records)| {
        let sort = family.map(|family| Sort { family, kind });
        let frame = section.frame;
        (sort, Section { frame, records })
    });
    parts.collect()
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

/// Looks for records of another family among those of one kind.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    /// Keys of records that are of the kind, or of none, in the order in which some record had them.
    known: HashSet<String>,
    /// The same in alphabetical order: scripts that sort or hash put them into another order in each record.
    known_sorted: HashSet<String>,
    /// The keys of the last record, each behind the one before.
    keys: String,
    sorted: String,
    /// The keys by which the kind was found, in order: a record with all of them, and no other, is of that kind.
    sample: Arc<[String]>,
}

impl Strangers {
    /// Knows the keys by which the kind was found, in order and lower-cased.
    pub(super) fn of_sample(sample: Arc<[String]>) -> Self {
        Self {
            sample,
            ..Self::default()
        }
    }

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
        self.sort_keys();
        if self.known_sorted.contains(&self.sorted) {
            return false;
        }
        let raw = Raw {
            at: 0,
            text: record,
        };
        let is_stranger = !self.has_all_of_sample()
            && match kind_of(std::iter::once(&raw), name) {
                Some(other) => other.family() != kind.family(),
                None => may_be_bundle(&self.keys),
            };
        if is_stranger {
            return true;
        }
        if self.known.len() >= MOST {
            self.known.clear();
            self.known_sorted.clear();
        }
        self.known.insert(self.keys.clone());
        self.known_sorted.insert(self.sorted.clone());
        false
    }

    fn sort_keys(&mut self) {
        let mut keys: Vec<&str> = self.keys.split_terminator('\0').collect();
        keys.sort_unstable();
        self.sorted.clear();
        for key in keys {
            self.sorted.push_str(key);
            self.sorted.push('\0');
        }
    }

    fn has_all_of_sample(&self) -> bool {
        let mut found = vec![false; self.sample.len()];
        for key in self.keys.split_terminator('\0') {
            let key = key.trim().bytes().map(|byte| byte.to_ascii_lowercase());
            let place = self
                .sample
                .binary_search_by(|known| known.bytes().cmp(key.clone()));
            match place.ok().and_then(|place| found.get_mut(place)) {
                Some(found) => *found = true,
                None => return false,
            }
        }
        !found.is_empty() && found.into_iter().all(|found| found)
    }
}

/// Whether an object with these keys, that is no record, may be a bundle: whether it is one, its values tell.
fn may_be_bundle(keys: &str) -> bool {
    let mut names = keys.split_terminator('\0');
    names.any(|key| kind_from_file_name(key).is_some())
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
    fn what_has_the_keys_that_tell_a_kind_is_of_it_and_what_lacks_one_is_looked_at() {
        let sample = ["identity".to_owned(), "onlinepstnusages".to_owned()];
        let is_stranger = |record: &str| {
            let mut strangers = Strangers::of_sample(Arc::from(sample.clone()));
            strangers.has(ExportKind::OnlineVoiceRoutingPolicy, "a.json", record)
        };
        assert!(!is_stranger(r#"{"OnlinePstnUsages":[]," identity":"a"}"#));
        // By their names, exports: a bundle.
        assert!(is_stranger(r#"{"Users":[],"users":[]}"#));
        assert!(is_stranger(
            r#"{"Identity":"a","OnlinePstnUsages":[],"NumberPattern":"^1"}"#
        ));
        let by_sample = |keys: &str| {
            let keys = keys.to_owned();
            let strangers = Strangers::of_sample(Arc::from(sample.clone()));
            Strangers { keys, ..strangers }.has_all_of_sample()
        };
        assert!(by_sample("Identity\0OnlinePstnUsages\0Identity\0"));
        assert!(!by_sample("Identity\0Identity\0"));
        assert!(!by_sample("Identity\0OnlinePstnUsages\0Other\0"));
        assert!(!by_sample(""));
    }

    #[test]
    fn records_of_several_exports_in_one_list_are_told_apart() {
        let policy = r#"{"Identity":"Tag:FR","OnlinePstnUsages":["a"]}"#;
        let route = r#"{"Identity":"FR","NumberPattern":"^1","OnlinePstnUsages":["a"]}"#;
        let other = r#"{"Zebra":1}"#;
        for (text, counts) in [
            (format!("[{policy},{route},{route}]"), &[1, 2][..]),
            (format!("[{route},{policy},{route}]"), &[2, 1]),
            (format!("[{route},{other},{policy},{other}]"), &[2, 2]),
            (format!("{{\"value\":[{policy},{route}]}}"), &[1, 1]),
            (format!("[[{policy},{policy}],{route}]"), &[2, 1]),
            (format!("[{route},{other},{route}]"), &[3]),
        ] {
            assert_eq!(exports(&text), counts, "{text}");
        }
        // Far behind those that tell the kind of most.
        let many = vec![route; 200].join(",");
        assert_eq!(exports(&format!("[{many},{policy}]")), [200, 1]);
    }

    #[test]
    fn dialects_of_one_thing_are_told_apart_by_lists_and_not_by_records() {
        let cmdlet = r#"{"TelephoneNumber":"+1","PstnAssignmentStatus":"UserAssigned"}"#;
        let graph = r#"{"telephoneNumber":"+1","assignmentTargetId":null}"#;
        let doubtful = r#"{"telephoneNumber":"+1"}"#;
        assert_eq!(exports(&format!("[{cmdlet}]\n[{graph}]")), [1, 1]);
        assert_eq!(
            exports(&format!("[{graph}]\n[{cmdlet}]\n[{graph}]")),
            [2, 1]
        );
        assert_eq!(exports(&format!("[{graph}]\n[{doubtful}]")), [2]);
        assert_eq!(exports(&format!("{cmdlet}\n{graph}")), [2]);
        assert_eq!(exports(&format!("[{cmdlet},{graph}]")), [2]);
    }
}
