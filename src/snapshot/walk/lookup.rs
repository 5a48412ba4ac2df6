//! Looking for one field in record after record.
//!
//! What a report points at is looked for where it was in the record before: all that both have in common is passed in one
//! comparison, and texts that differ are passed over, since whatever they say, the field is not in them.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use super::members::{each_member, first_member, members_from, members_of, next_member};
use super::scan::{self, DEEPEST, plain_key};
use super::twin::common;
use crate::snapshot::lax::{is_distinguished_name, trimmed};

/// A larger record is not kept for others to be compared with.
const LARGEST: usize = 64 * 1024;

/// How many members of the record before may be missing in a row.
const AHEAD: usize = 8;

/// How many more strange records than familiar ones may come before comparing them is given up.
const PATIENCE: u32 = 8;

/// Where a field is in an object, and a record in which it was found.
#[derive(Debug)]
pub(in crate::snapshot) struct Lookup {
    /// Spellings of the field, lower-cased, canonical first.
    spellings: Arc<[String]>,
    /// The record that others are compared with.
    bytes: Vec<u8>,
    /// Its members, up to the last one that was looked at.
    members: Vec<Member>,
    /// The texts within their values, without quotes.
    texts: Vec<Range<usize>>,
    /// How many more records were strange, having little in common with the one kept, than were familiar.
    strangers: u32,
}

#[derive(Debug)]
struct Member {
    key: Range<usize>,
    value: Range<usize>,
    /// Which spelling of the field it is.
    rank: Option<usize>,
}

/// How far a record was compared.
struct Passed {
    /// Behind the last member that both have, in this record.
    at: usize,
    /// The same in the record that is kept.
    base: usize,
    /// The member that follows.
    place: usize,
    /// The first of the texts that do not end before.
    text: usize,
}

impl Passed {
    /// The brace that begins an object.
    const BRACE: Self = Self {
        at: 1,
        base: 1,
        place: 0,
        text: 0,
    };
}

/// The best value that was met.
#[derive(Default)]
struct Best(Option<((bool, bool, usize), Range<usize>)>);

impl Lookup {
    /// Nothing was looked at yet. The spellings are in lower case, the canonical one first.
    pub(in crate::snapshot) fn of(spellings: Arc<[String]>) -> Self {
        Self {
            spellings,
            bytes: Vec::new(),
            members: Vec::new(),
            texts: Vec::new(),
            strangers: 0,
        }
    }

    /// Whether it is the field that it looks for.
    pub(in crate::snapshot) fn is_for(&self, spellings: &Arc<[String]>) -> bool {
        // Each thread may have a list of its own.
        Arc::ptr_eq(&self.spellings, spellings) || self.spellings == *spellings
    }

    /// Where the value of the field is in an object: as when reading, of the spelling that is not blank, then of one that
    /// is no distinguished name, then of the most canonical one, then of the first.
    pub(in crate::snapshot) fn find(&mut self, object: &[u8]) -> Option<Range<usize>> {
        let mut unexpected = 0;
        if !self.members.is_empty() && self.strangers < PATIENCE {
            let found = self.compared(object, &mut unexpected);
            let is_stranger = unexpected > self.members.len() / 2 + 1;
            if is_stranger {
                // It is kept instead: it may have members behind the field that the other was not asked for.
                self.strangers += 1;
            } else {
                self.strangers = self.strangers.saturating_sub(1);
                if let Some(best) = found {
                    return best.value();
                }
            }
        }
        if let Some(best) = self.walked(object) {
            return best.value();
        }
        self.exact(std::str::from_utf8(object).ok()?)
    }

    /// What [`Lookup::find`] answers, told by `serde_json` alone.
    pub(super) fn exact(&self, object: &str) -> Option<Range<usize>> {
        let mut best = Best::default();
        for (key, value) in members_of(object)? {
            let value = value.get();
            let start = value.as_ptr() as usize - object.as_ptr() as usize;
            let value = start..start + value.len();
            let rank = self.rank(key.as_bytes());
            if best.meet(object.as_bytes(), rank, value).is_break() {
                break;
            }
        }
        best.value()
    }

    /// Looks at each member, and notes them to compare others with. `None` where `serde_json` must look.
    fn walked(&mut self, object: &[u8]) -> Option<Best> {
        let mut best = Best::default();
        let mut members = std::mem::take(&mut self.members);
        members.clear();
        let is_kept = self.strangers < PATIENCE;
        let mut behind = 0;
        let walked = each_member(object, |key, value| {
            let rank = self.rank(&object[key.clone()]);
            let flow = best.meet(object, rank, value.clone());
            behind = value.end;
            if is_kept && value.end < LARGEST {
                members.push(Member { key, value, rank });
            }
            flow
        });
        // A record begins with its brace. The byte behind the last value is kept too: a number goes on where it is a digit.
        let kept = object.get(..=behind).filter(|kept| kept.len() <= LARGEST);
        if let (Some(()), Some(kept @ [b'{', ..])) = (walked, kept) {
            self.bytes.clear();
            self.bytes.extend_from_slice(kept);
            self.members = members;
            self.texts.clear();
            for member in &self.members {
                add_texts(kept, &member.value, &mut self.texts);
            }
        }
        walked.map(|()| best)
    }

    /// Looks only at members that are not as they were in the record that is kept, and at those that may be the field.
    /// `None` where all must be looked at.
    fn compared(&self, object: &[u8], unexpected: &mut usize) -> Option<Best> {
        if object.first() != Some(&b'{') {
            return None;
        }
        let mut best = Best::default();
        let mut passed = Passed::BRACE;
        loop {
            if self.pass(object, &mut passed, &mut best)?.is_break() {
                return Some(best);
            }
            let next = if passed.at == 1 {
                first_member(object)?
            } else {
                next_member(object, passed.at)?
            };
            let ControlFlow::Continue(next) = next else {
                return Some(best);
            };
            if passed.place == self.members.len() {
                members_from(object, next, |key, value| {
                    *unexpected += 1;
                    best.meet(object, self.rank(&object[key]), value)
                })?;
                return Some(best);
            }
            let (key, value) = plain_key(object, next)?;
            let value = value..scan::value(object, value, DEEPEST)?;
            passed.at = value.end;
            let key = object.get(key)?;
            let ahead = self.members.get(passed.place..)?.iter().take(AHEAD);
            let known = ahead
                .enumerate()
                .find(|(_, member)| self.bytes.get(member.key.clone()) == Some(key));
            let rank = if let Some((ahead, member)) = known {
                passed.place += ahead + 1;
                passed.base = member.value.end;
                member.rank
            } else {
                *unexpected += 1;
                self.rank(key)
            };
            if best.meet(object, rank, value).is_break() {
                return Some(best);
            }
        }
    }

    /// Passes the members that are as they were but for the texts in them, and breaks where the field is found.
    fn pass(&self, object: &[u8], passed: &mut Passed, best: &mut Best) -> Option<ControlFlow<()>> {
        let (mut at, mut base) = (passed.at, passed.base);
        // Where the value of the member begins that does not end before the next difference.
        let mut begun = None;
        loop {
            let same = common(object.get(at..)?, self.bytes.get(base..)?);
            let differs = base + same;
            while let Some(member) = self.members.get(passed.place) {
                if begun.is_none() && member.value.start <= differs {
                    begun = Some(at + (member.value.start - base));
                }
                // The byte behind it is the same too, so that a number ends there.
                let Some(start) = begun.filter(|_| member.value.end < differs) else {
                    break;
                };
                let value = start..at + (member.value.end - base);
                (passed.at, passed.base) = (value.end, member.value.end);
                passed.place += 1;
                begun = None;
                if best.meet(object, member.rank, value).is_break() {
                    return Some(ControlFlow::Break(()));
                }
            }
            let behind = self.texts.get(passed.text..)?.iter();
            passed.text += behind.take_while(|text| text.end < differs).count();
            let text = self.texts.get(passed.text);
            // Keys are none of them: where one differs, another member stands here.
            let Some(text) = text.filter(|text| text.start <= differs) else {
                return Some(ControlFlow::Continue(()));
            };
            at = scan::text(object, at + text.start.checked_sub(base)?)? + 1;
            base = text.end + 1;
        }
    }

    /// Which spelling of the field a key is.
    fn rank(&self, key: &[u8]) -> Option<usize> {
        let key = trimmed(std::str::from_utf8(key).ok()?);
        self.spellings
            .iter()
            .position(|name| key.eq_ignore_ascii_case(name))
    }
}

impl Best {
    /// Takes the value of a member if it is better, and breaks where none that follows can be; `rank` is `None` for those of
    /// other fields.
    fn meet(&mut self, object: &[u8], rank: Option<usize>, value: Range<usize>) -> ControlFlow<()> {
        let Some(rank) = rank else {
            return ControlFlow::Continue(());
        };
        let written = object.get(value.clone()).unwrap_or_default();
        let is_blank = matches!(written, b"null" | b"\"\"" | b"{}");
        let text = written.strip_prefix(b"\"");
        let order = (is_blank, text.is_some_and(is_distinguished_name), rank);
        if self.0.as_ref().is_none_or(|(other, _)| order < *other) {
            self.0 = Some((order, value));
        }
        if order == (false, false, 0) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn value(self) -> Option<Range<usize>> {
        self.0.map(|(_, value)| value)
    }
}

/// Notes the texts within a value.
fn add_texts(record: &[u8], value: &Range<usize>, texts: &mut Vec<Range<usize>>) {
    let mut at = value.start;
    while let Some(quote) = memchr::memchr(b'"', record.get(at..value.end).unwrap_or_default()) {
        let start = at + quote + 1;
        let Some(end) = scan::text(record, start) else {
            return;
        };
        texts.push(start..end);
        at = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::each_list_of_contoso;
    use super::*;

    fn spellings(names: &[&str]) -> Arc<[String]> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// What is found in each of some objects, one after the other, and in each of them alone.
    fn found<'o>(names: &[&str], objects: &[&'o str]) -> Vec<Option<&'o str>> {
        let mut lookup = Lookup::of(spellings(names));
        let together: Vec<_> = objects
            .iter()
            .map(|object| lookup.find(object.as_bytes()).map(|range| &object[range]))
            .collect();
        for (object, found) in objects.iter().zip(&together) {
            let mut alone = Lookup::of(spellings(names));
            let alone = alone.find(object.as_bytes()).map(|range| &object[range]);
            assert_eq!(*found, alone, "{object}");
        }
        together
    }

    #[test]
    fn a_field_is_found_beside_whatever_another_record_says() {
        let some = Some;
        assert_eq!(
            found(
                &["u", "v"],
                &[
                    r#"{"a":1,"b":"x","u":"1","z":0}"#,
                    r#"{"a":1,"b":"x","u":"1","z":0}"#,
                    r#"{"a":12,"b":"y","u":"2"}"#,
                    r#"{"a":1,"b":"x","u":null,"z":0}"#,
                    r#"{"a":1,"b":"x","u":null,"v":"3"}"#,
                    r#"{"a":1,"v":"4","b":"x","u":""}"#,
                    r#"{"v":"5","a":1,"b":"x"}"#,
                    r#"{"b":"x","u":"6"}"#,
                    r#"{"n":0,"a":1,"b":"x","U":"7"}"#,
                    r#"{"a":1,"b":"x","\u0075":"8","z":0}"#,
                    r#"{"a":1,"b":"x","z":0}"#,
                    r#"{"a":1}"#,
                    "{}",
                    "{ }",
                    "[]",
                    r#"{"a":1,"b":{"u":9},"u":"10"}"#,
                    r#"{"u":"11","u":"12"}"#,
                    r#"{"u":null,"u":"13"}"#,
                ]
            ),
            [
                some("\"1\""),
                some("\"1\""),
                some("\"2\""),
                some("null"),
                some("\"3\""),
                some("\"4\""),
                some("\"5\""),
                some("\"6\""),
                some("\"7\""),
                some("\"8\""),
                None,
                None,
                None,
                None,
                None,
                some("\"10\""),
                some("\"11\""),
                some("\"13\""),
            ]
        );
    }

    #[test]
    fn an_id_is_found_behind_the_distinguished_name_of_an_old_module() {
        let some = Some;
        assert_eq!(
            found(
                &["identity", "objectid"],
                &[
                    r#"{"Identity":"CN=A,OU=x","b":"x","ObjectId":"1"}"#,
                    r#"{"Identity":"CN=B,OU=x","b":"x","ObjectId":"2"}"#,
                    r#"{"Identity":"CN=B,OU=x","b":"x","ObjectId":null}"#,
                    r#"{"Identity":"3","b":"x","ObjectId":"4"}"#,
                    r#"{"ObjectId":"5","Identity":"cn=C,OU=x"}"#,
                    r#"{"Identity":"CN=D,OU=x"}"#,
                    r#"{"Identity":"CN","ObjectId":"6"}"#,
                ]
            ),
            [
                some("\"1\""),
                some("\"2\""),
                some("\"CN=B,OU=x\""),
                some("\"3\""),
                some("\"5\""),
                some("\"CN=D,OU=x\""),
                some("\"CN\""),
            ]
        );
    }

    #[test]
    fn a_field_is_found_behind_lists_whatever_their_texts_say() {
        let lists = [
            r#"[{"x":"1","y":"q"},{"x":"2"}]"#,
            r#"[{"x":"11","y":""},{"x":"\\"}]"#,
            r#"[{"x":"","y":"\"u\":0,"},{"x":"}]"}]"#,
            r#"[{"x":"1","y":"q"},{"x":"2"}]"#,
            r#"[{"x":null,"y":"q"},{"x":"2"}]"#,
            r#"[{"x":"1","w":"q"},{"x":"2"}]"#,
            r#"[{"x":"1","y":"q"},{"x":"2"},{"x":"3"}]"#,
            r#"[{"x":"1"}]"#,
            r#"["1"]"#,
            "[]",
            "\"\"",
            "\"[\"",
            "0",
        ];
        let records = lists.map(|list| format!(r#"{{"a":"{}","b":{list},"u":0}}"#, list.len()));
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        let mut twice = records.clone();
        twice.extend(records.iter().rev());
        assert!(
            found(&["u"], &twice)
                .iter()
                .all(|found| *found == Some("0"))
        );
        let found = found(&["b"], &twice);
        let expected: Vec<_> = lists
            .iter()
            .chain(lists.iter().rev())
            .copied()
            .map(Some)
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn texts_that_differ_are_passed_and_other_values_are_not() {
        let mut lookup = Lookup::of(spellings(&["u"]));
        let passed = |lookup: &Lookup, record: &str| {
            let mut passed = Passed::BRACE;
            let flow = lookup.pass(record.as_bytes(), &mut passed, &mut Best::default());
            flow.map(|flow| (flow.is_break(), passed.place))
        };
        lookup.find(br#"{"a":"1","b":[{"x":"2","y":3}],"u":4}"#);
        for (record, expected) in [
            (r#"{"a":"1","b":[{"x":"2","y":3}],"u":5}"#, Some((false, 2))),
            (r#"{"a":"","b":[{"x":"\"","y":3}],"u":4}"#, Some((true, 3))),
            (
                r#"{"a":"1","b":[{"x":"22","y":33}],"u":4}"#,
                Some((false, 1)),
            ),
            (
                r#"{"a":"1","b":[{"x":null,"y":3}],"u":4}"#,
                Some((false, 1)),
            ),
            (r#"{"a":"1","c":[{"x":"2","y":3}],"u":4}"#, Some((false, 1))),
            (r#"{"a":"\x","b":[{"x":"2","y":3}],"u":4}"#, None),
            (r#"{"a":"1"#, None),
        ] {
            assert_eq!(passed(&lookup, record), expected, "{record}");
        }
    }

    #[test]
    fn a_number_that_goes_on_is_another() {
        assert_eq!(
            found(
                &["u"],
                &[r#"{"a":1,"u":1}"#, r#"{"a":12,"u":1}"#, r#"{"a":1,"u":12}"#]
            ),
            [Some("1"), Some("1"), Some("12")]
        );
    }

    #[test]
    fn records_that_are_alike_are_compared_and_strangers_are_given_up() {
        let alike = r#"{"a":"1","b":"2","c":"3","d":"4","u":"5"}"#;
        let mut lookup = Lookup::of(spellings(&["u"]));
        for _ in 0..20 {
            assert!(lookup.find(alike.as_bytes()).is_some());
            assert_eq!((lookup.members.len(), lookup.strangers), (5, 0));
        }
        for number in 0..20 {
            let strange = format!(
                r#"{{"p{number}":1,"q{number}":1,"r{number}":1,"s{number}":1,"t{number}":1,"v{number}":1,"u":2}}"#
            );
            assert!(lookup.find(strange.as_bytes()).is_some());
        }
        assert_eq!(lookup.strangers, PATIENCE);
    }

    #[test]
    fn a_field_that_is_now_filled_and_now_blank_makes_no_strangers() {
        let rest: Vec<String> = (0..30)
            .map(|number| format!(r#","k{number}":null"#))
            .collect();
        let rest = rest.concat();
        let mut lookup = Lookup::of(spellings(&["u"]));
        for number in 0..20 {
            let value = ["5", "null"][number % 2];
            let record = format!(r#"{{"a":1,"u":{value}{rest}}}"#);
            let found = lookup.find(record.as_bytes()).unwrap();
            assert_eq!(&record[found], value);
        }
        assert!(lookup.strangers <= 1 && lookup.members.len() == 32);
    }

    #[test]
    fn of_a_large_record_nothing_is_kept() {
        let many = "\"\":0,".repeat(LARGEST);
        let mut lookup = Lookup::of(spellings(&["u"]));
        assert!(
            lookup
                .find(format!("{{{many}\"u\":1}}").as_bytes())
                .is_some()
        );
        assert!(lookup.members.is_empty() && lookup.bytes.is_empty());
        assert!(lookup.find(br#"{"u":1}"#).is_some());
        assert_eq!(lookup.members.len(), 1);
    }

    #[test]
    fn every_field_of_every_record_is_found_as_serde_json_finds_it() {
        let mut looked = 0;
        each_list_of_contoso(|list| {
            let objects = list.iter().filter_map(|one| members_of(one.get()));
            let mut keys: Vec<String> = objects
                .flatten()
                .map(|(key, _)| key.trim().to_ascii_lowercase())
                .collect();
            keys.sort();
            keys.dedup();
            for pair in keys.windows(2) {
                let names: Vec<&str> = pair.iter().map(String::as_str).collect();
                let mut lookup = Lookup::of(spellings(&names));
                for record in list {
                    let text = record.get();
                    let found = lookup.find(text.as_bytes());
                    assert_eq!(found, lookup.exact(text), "{names:?} {text}");
                    looked += 1;
                }
            }
        });
        assert!(looked > 5_000, "{looked}");
    }
}
