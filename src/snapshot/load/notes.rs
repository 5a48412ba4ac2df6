//! What reading the records of a file said about them, as problems of the report.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{Loader, beginning_of, counted};
use crate::finding::{Place, Problem, Severity};
use crate::snapshot::damage::{Damage, Damages};
use crate::snapshot::kind::ExportKind;
use crate::snapshot::records::Notes;
use crate::snapshot::spellings_of;

impl Loader<'_> {
    /// Reports what the notes of one kind say; returns the keys that its records have.
    pub(super) fn report_notes(&mut self, kind: ExportKind, notes: Notes) -> BTreeSet<String> {
        self.report_unusable(kind, &notes);
        self.loaded.arenas.extend(notes.arenas);
        if let Some((span, reason)) = notes.bad.first() {
            let more = match notes.bad.len() as u64 - 1 {
                0 => String::new(),
                1 => "; so is 1 other record behind it".to_owned(),
                more => format!("; so are {more} other records behind it"),
            };
            let message = format!("a record of `{}` is lost: {reason}{more}", self.feed.path);
            self.problem(
                Severity::Error,
                message,
                Some(beginning_of(*span)),
                vec![kind.name()],
            );
        }
        let key = kind.key_property();
        let of_key = |property: &str| property.eq_ignore_ascii_case(key);
        let mut damages = notes.damages;
        // A number that a spreadsheet rounded is told as that; any other key that is no key, as a missing one.
        let rounded = damages
            .iter()
            .any(|(damage, property, _)| damage == Damage::ExcelNumber && of_key(property));
        if notes.without_key.is_some() {
            damages.forget(Damage::Unreadable, of_key);
        }
        if let Some((span, count)) = notes.without_key.filter(|_| !rounded) {
            let message = format!(
                "{} of `{}` {} no `{}` that can be read, and cannot be judged",
                counted(count, "record"),
                self.feed.path,
                if count == 1 { "has" } else { "have" },
                key
            );
            self.problem(
                Severity::Warning,
                message,
                Some(Place {
                    records: [span].into(),
                    field: spellings_of(kind.family(), key),
                    element: None,
                }),
                vec![kind.name()],
            );
        }
        self.report_damages(kind, &damages);
        notes.keys
    }

    /// Tells of error messages among the records, and of records that are of nobody.
    fn report_unusable(&mut self, kind: ExportKind, notes: &Notes) {
        let path = &self.feed.path;
        if let Some((span, said, count)) = &notes.errors {
            let message = format!(
                "`{path}` has {} among its records: {said}; repeat the export",
                counted(*count, "error message"),
            );
            let place = Some(beginning_of(*span));
            self.problem(Severity::Error, message, place, vec![kind.name()]);
        }
        if let Some((span, count)) = notes.without_user {
            let message = format!(
                "{} of `{}` {} no user, and cannot be judged: keep the `@odata.context` of the page, or put the user's id into the file's name",
                counted(count, "record"),
                self.feed.path,
                if count == 1 { "names" } else { "name" },
            );
            let place = Some(beginning_of(span));
            self.problem(Severity::Warning, message, place, vec![kind.name()]);
        }
    }

    /// Tells of records that a retired cmdlet gave: they are counted, and no rule reads them.
    pub(super) fn report_retired(&mut self, kind: ExportKind) {
        let now = match kind {
            ExportKind::LegacyTelephoneNumber | ExportKind::HybridTelephoneNumber => {
                ExportKind::PhoneNumberAssignment
            }
            ExportKind::OnlineVoiceUser => ExportKind::OnlineUser,
            _ => return,
        };
        let message = format!(
            "`{}` is an export of `{}`, which is retired and which no rule reads: export with `{}`",
            self.feed.path,
            kind.name(),
            now.name()
        );
        self.problem(Severity::Warning, message, None, vec![kind.name()]);
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
                        records: [first.first].into(),
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
                    objects: 0,
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
                            records: [seen.first].into(),
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
