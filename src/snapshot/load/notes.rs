//! What reading the records of a file said about them, as problems of the report.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{Loader, counted, first_byte};
use crate::finding::{Place, Problem, Severity};
use crate::snapshot::damage::{Damage, Damages};
use crate::snapshot::kind::ExportKind;
use crate::snapshot::records::Notes;
use crate::snapshot::spellings_of;

impl Loader<'_> {
    /// Reports what the notes of one kind say; returns the keys that its records have.
    pub(super) fn report_notes(&mut self, kind: ExportKind, notes: Notes) -> BTreeSet<String> {
        self.loaded.arenas.extend(notes.arenas);
        for (span, reason) in notes.bad {
            let message = format!("a record of `{}` cannot be read: {reason}", self.feed.path);
            self.problem(
                Severity::Error,
                message,
                Some(Place::whole(first_byte(span))),
                vec![kind.name()],
            );
        }
        if let Some((span, count)) = notes.without_key {
            let message = format!(
                "{} of `{}` {} no `{}` and cannot be judged",
                counted(count, "record"),
                self.feed.path,
                if count == 1 { "has" } else { "have" },
                kind.key_property()
            );
            self.problem(
                Severity::Warning,
                message,
                Some(Place::whole(first_byte(span))),
                vec![kind.name()],
            );
        }
        self.report_damages(kind, &notes.damages);
        notes.keys
    }

    /// One problem for each damage of the file, at the first value that has it.
    fn report_damages(&mut self, kind: ExportKind, damages: &Damages) {
        let path = &self.feed.path;
        let mut problems = Vec::new();
        let mut tell = |these: &[Damage],
                        severity: Severity,
                        rule: Option<&'static str>,
                        text: &dyn Fn(&str) -> String| {
            let hits: Vec<_> = damages
                .iter()
                .filter(|(damage, ..)| these.contains(damage))
                .collect();
            let Some((_, property, first)) = hits
                .iter()
                .min_by_key(|(_, _, seen)| (seen.first.start, seen.first.len))
            else {
                return;
            };
            let mut parts: BTreeMap<&'static str, u64> = BTreeMap::new();
            for (_, property, seen) in &hits {
                *parts.entry(property).or_default() += seen.count;
            }
            let listed: Vec<String> = parts
                .iter()
                .map(|(property, count)| format!("{count} of `{property}`"))
                .collect();
            let sample = if first.sample.is_empty() {
                String::new()
            } else {
                format!(", the first `{}`", first.sample)
            };
            let lost: Vec<&'static str> = hits
                .iter()
                .filter(|(damage, ..)| damage.loses() || *damage == Damage::UnknownValue)
                .map(|(_, property, _)| *property)
                .collect();
            problems.push(Problem {
                rule,
                properties: Some(lost),
                ..Problem::new(
                    severity,
                    text(&format!("{}{sample}", listed.join(", "))),
                    Place {
                        records: vec![first.first],
                        field: spellings_of(kind.family(), property),
                        element: None,
                    },
                    vec![kind.name()],
                )
            });
        };
        let has_lost = damages
            .iter()
            .any(|(damage, ..)| matches!(damage, Damage::Cut | Damage::Blanked));
        let depth = if has_lost {
            Severity::Error
        } else {
            Severity::Info
        };
        let again = if self.loaded.file.csv.is_some() {
            "CSV cannot hold lists and objects: export as JSON with `-Depth 20`"
        } else {
            "export again with `-Depth 20`"
        };
        tell(
            &[Damage::Cut, Damage::Blanked, Damage::Recovered],
            depth,
            Some("SN005"),
            &|what| {
                if has_lost {
                    format!(
                        "`{path}` lost what its values held and kept their names only: {what}; {again}"
                    )
                } else {
                    format!(
                        "`{path}` has objects written as text, which could be read back: {what}; {again}"
                    )
                }
            },
        );
        tell(&[Damage::ExcelNumber], Severity::Error, None, &|what| {
            format!(
                "`{path}` has numbers that a spreadsheet rounded: {what}; they cannot be repaired, so export again and do not save it from a spreadsheet"
            )
        });
        tell(&[Damage::AsciiLoss], Severity::Info, None, &|what| {
            format!(
                "`{path}` has `?` in place of letters: {what}; export again with `-Encoding UTF8`"
            )
        });
        tell(&[Damage::RepeatedKey], Severity::Warning, None, &|what| {
            format!(
                "`{path}` has records with one key twice and two values: {what}; the first was taken"
            )
        });
        tell(&[Damage::Unreadable], Severity::Warning, None, &|what| {
            format!("`{path}` has values that cannot be read and count as unknown: {what}")
        });
        for (damage, property, seen) in damages.iter() {
            if damage == Damage::UnknownValue {
                problems.push(Problem {
                    rule: Some("SN003"),
                    discriminator: property.to_owned(),
                    properties: Some(vec![property]),
                    ..Problem::new(
                        Severity::Info,
                        format!(
                            "`{path}` has {} of `{property}` that {} not documented, the first `{}`: rules take {} for unknown",
                            counted(seen.count, "value"),
                            if seen.count == 1 { "is" } else { "are" },
                            seen.sample,
                            if seen.count == 1 { "it" } else { "them" },
                        ),
                        Place {
                            records: vec![seen.first],
                            field: spellings_of(kind.family(), property),
                            element: None,
                        },
                        vec![kind.name()],
                    )
                });
            }
        }
        self.loaded.problems.append(&mut problems);
    }
}
