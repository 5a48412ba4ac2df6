//! `rules/snapshot/exports-of-different-times.md`

use serde::Deserialize;

use crate::finding::{Draft, Label, Place, Remedy, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, OptionsSpec, Verdict, rule};
use crate::snapshot::record::{ManifestRecord, Record};
use crate::snapshot::{ExportKind, Moment, spellings_of};

pub(super) const RULE: Declared = rule!(
    "snapshot",
    "exports-of-different-times",
    Check::Tenant(check),
    Some(OptionsSpec::of::<Options>(&["max-minutes"]))
);

/// Options of the rule.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    /// How many minutes may lie between the first and the last export.
    max_minutes: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_minutes: 60 }
    }
}

/// A minute in milliseconds.
const MINUTE: i64 = 60_000;

/// An export with its time, and where the manifest says so.
struct Timed<'a> {
    name: &'a str,
    moment: Moment,
    place: Place,
}

fn check(cx: &Cx) -> Verdict {
    let options: &Options = cx.options();
    let records = &cx.tenant.snapshot.records;
    let timed: Vec<Timed> = records
        .manifests
        .iter()
        .flat_map(|manifest| times(manifest, cx))
        .collect();
    let first = timed.iter().min_by_key(|one| (one.moment, one.name));
    let last = timed.iter().max_by_key(|one| (one.moment, one.name));
    let (Some(first), Some(last)) = (first, last) else {
        return Verdict::NotApplicable;
    };
    if timed.len() < 2 {
        return Verdict::NotApplicable;
    }
    let ms = last.moment.ms() - first.moment.ms();
    if ms <= i64::from(options.max_minutes) * MINUTE {
        return Verdict::Passed;
    }
    // A minute that has begun counts: more than the limit never reads as the limit.
    let minutes = (ms + MINUTE - 1) / MINUTE;
    Verdict::Found(Box::new(Draft {
        severity: Severity::Warning,
        subject: Subject::new(SubjectKind::Tenant, "tenant", "tenant"),
        discriminator: String::new(),
        message: format!(
            "`{}` was exported {} after `{}`: what changed between them looks like a fault",
            last.name,
            span_of(minutes),
            first.name
        ),
        primary: Label::new(
            last.place.clone(),
            format!("`{}` was exported last", last.name),
        ),
        related: vec![Label::new(
            first.place.clone(),
            format!("`{}` was exported first", first.name),
        )],
        remedy: Remedy {
            summary: "export everything again in one go".into(),
            commands: vec![
                "# run the script that exports all files, from its beginning".to_owned(),
            ],
        },
    }))
}

fn times<'a>(manifest: &'a ManifestRecord, cx: &'a Cx) -> Vec<Timed<'a>> {
    let texts = &cx.tenant.snapshot.texts;
    let exports = manifest.exports.value();
    exports
        .into_iter()
        .flatten()
        .enumerate()
        .filter_map(|(index, export)| {
            let place = Place {
                records: [manifest.origin().span].into(),
                field: spellings_of(ExportKind::Manifest, "Exports"),
                element: None,
            };
            Some(Timed {
                name: texts.symbol(export.kind),
                moment: export.exported_at?,
                place: place.element(index),
            })
        })
        .collect()
}

fn span_of(minutes: i64) -> String {
    if minutes < 120 {
        format!("{minutes} minutes")
    } else if minutes < 48 * 60 {
        format!("{} hours", minutes / 60)
    } else {
        format!("{} days", minutes / (24 * 60))
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{findings, verdicts, verdicts_with};

    fn manifest(one: &str, two: &str) -> String {
        format!(
            "{{\"tenantName\":\"Contoso\",\"exports\":[{{\"kind\":\"Get-CsOnlineUser\",\"exportedAt\":\"{one}\"}},{{\"kind\":\"Get-CsTenant\",\"exportedAt\":\"{two}\"}}]}}"
        )
    }

    #[test]
    fn an_hour_is_the_limit_unless_the_project_says_otherwise() {
        let rule = "SN002";
        let found = |text: &str| findings(rule, &[("manifest.json", text)]).len();
        assert_eq!(
            found(&manifest("2026-09-14T10:00:00Z", "2026-09-14T11:00:00Z")),
            0
        );
        assert_eq!(
            found(&manifest("2026-09-14T10:00:00Z", "2026-09-14T11:01:00Z")),
            1
        );
        let seconds = manifest("2026-09-14T10:00:00Z", "2026-09-14T11:00:59Z");
        let draft = findings(rule, &[("manifest.json", &seconds)]).remove(0);
        assert!(
            draft.message.contains("exported 61 minutes after"),
            "{}",
            draft.message
        );
        let late = manifest("2026-09-14T13:00:00Z", "2026-09-14T10:00:00Z");
        let draft = findings(rule, &[("manifest.json", &late)]).remove(0);
        assert!(
            draft
                .message
                .contains("exported 3 hours after `Get-CsTenant`")
        );
        let options = serde_json::json!({"max-minutes": 240});
        let verdicts = verdicts_with(rule, &options, &[("manifest.json", &late)]);
        assert!(matches!(verdicts[..], [crate::rules::Verdict::Passed]));
    }

    #[test]
    fn without_times_there_is_nothing_to_compare() {
        let one =
            "{\"tenantName\":\"Contoso\",\"exportedAt\":\"2026-09-14T10:00:00Z\",\"exports\":[]}";
        assert!(verdicts("SN002", &[("manifest.json", one)]).is_empty());
    }

    #[test]
    fn times_are_told_in_the_unit_that_people_use() {
        for (minutes, words) in [
            (119, "119 minutes"),
            (120, "2 hours"),
            (2_879, "47 hours"),
            (2_880, "2 days"),
        ] {
            assert_eq!(super::span_of(minutes), words);
        }
    }

    #[test]
    fn of_three_exports_the_first_and_the_last_are_compared() {
        let manifest = r#"{"tenantName":"Contoso","exports":[
            {"kind":"Get-CsOnlineUser","exportedAt":"2026-09-14T10:00:00Z"},
            {"kind":"Get-CsTenant","exportedAt":"2026-09-14T10:30:00Z"},
            {"kind":"Get-CsCallQueue","exportedAt":"2026-09-14T13:00:00Z"}]}"#;
        let drafts = findings("SN002", &[("manifest.json", manifest)]);
        assert_eq!(drafts.len(), 1);
        assert!(
            drafts[0].message.contains("3 hours after"),
            "{}",
            drafts[0].message
        );
    }
}
