//! `rules/operators/cloud-not-supported.md`

use crate::finding::{Draft, Label, Place, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::record::{ManifestRecord, Record};
use crate::snapshot::{ExportKind, spellings_of};
use crate::tenant::{Answer, Number};

pub(super) const RULE: Declared = rule!("operators", "cloud-not-supported", Check::Tenant(check));

/// Clouds without Operator Connect, as manifests spell them, without blanks and hyphens.
///
/// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-plan>.
const WITHOUT: [&str; 3] = ["gcchigh", "gcch", "dod"];

/// Clouds with Operator Connect. Any other text may be the name of any cloud.
///
/// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-plan>.
const WITH: [&str; 3] = ["global", "commercial", "gcc"];

fn check(cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let manifest = tenant.snapshot.records.manifests.first();
    let Some((manifest, cloud)) = manifest.and_then(|one| Some((one, one.cloud.get()?))) else {
        return Verdict::Unknown("the manifest does not tell the cloud");
    };
    let cloud = tenant.snapshot.texts.symbol(cloud);
    let bare = cloud.to_ascii_lowercase().replace([' ', '-', '_'], "");
    if WITH.contains(&bare.as_str()) {
        return Verdict::Passed;
    }
    let (mut own, mut may_be_own) = (Vec::new(), false);
    for number in &tenant.numbers {
        match tenant.is_operator_connect(number) {
            Answer::Yes => own.push(number),
            Answer::No => {}
            Answer::Unknown => may_be_own = true,
        }
    }
    match own.split_first() {
        None if may_be_own => {
            Verdict::Unknown("the export does not tell whether a number is Operator Connect")
        }
        None => Verdict::Passed,
        Some(_) if !WITHOUT.contains(&bare.as_str()) => {
            Verdict::Unknown("the cloud of the manifest is not Global, GCC, GCCHigh or DoD")
        }
        Some((first, others)) => found(draft(cloud, manifest, first, others.len())),
    }
}

fn draft(cloud: &str, manifest: &ManifestRecord, first: &Number, more: usize) -> Draft {
    let what = if more == 0 {
        format!("`{}` is", first.key)
    } else {
        format!("`{}` and {more} more numbers are", first.key)
    };
    let place = Place {
        records: [manifest.origin().span].into(),
        field: spellings_of(ExportKind::Manifest, "Cloud"),
        element: None,
    };
    Draft::new(
        Severity::Info,
        Subject::new(SubjectKind::Tenant, "tenant", "tenant"),
        format!("the tenant is in the cloud `{cloud}`, which has no Operator Connect, but {what} of that type"),
        Label::new(place, "no Operator Connect here"),
    )
    .related([Label::new(first.record.at("NumberType"), "Operator Connect all the same")])
    .remedy(
        "check the cloud in the manifest, or use Direct Routing",
        ["# if the manifest is right, the numbers come from another tenant or from a test".to_owned()],
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn judge(cloud: &str, number_type: &str) -> Vec<Verdict> {
        let manifest = format!(r#"{{"exportedAt":"2026-09-14T00:00:00Z","exports":[]{cloud}}}"#);
        let numbers =
            format!(r#"[{{"TelephoneNumber":"+12065550101","NumberType":"{number_type}"}}]"#);
        verdicts(
            "OP009",
            &[
                ("manifest.json", &manifest),
                ("Get-CsPhoneNumberAssignment.json", &numbers),
            ],
        )
    }

    #[test]
    fn only_the_clouds_without_it_are_found() {
        for cloud in ["GCCHigh", "GCC High", "DoD", "gcch"] {
            let cloud = format!(r#","cloud":"{cloud}""#);
            assert!(
                matches!(judge(&cloud, "OperatorConnect")[..], [Verdict::Found(_)]),
                "{cloud}"
            );
            assert!(
                matches!(judge(&cloud, "DirectRouting")[..], [Verdict::Passed]),
                "{cloud}"
            );
        }
        for cloud in ["Global", "GCC"] {
            let cloud = format!(r#","cloud":"{cloud}""#);
            assert!(
                matches!(judge(&cloud, "OperatorConnect")[..], [Verdict::Passed]),
                "{cloud}"
            );
        }
        // What no manifest is said to hold is no cloud with Operator Connect.
        for cloud in ["TeamsGCCH", "TeamsDOD", "USGov", "USGovDoD"] {
            let cloud = format!(r#","cloud":"{cloud}""#);
            assert!(
                matches!(judge(&cloud, "OperatorConnect")[..], [Verdict::Unknown(_)]),
                "{cloud}"
            );
            assert!(
                matches!(judge(&cloud, "DirectRouting")[..], [Verdict::Passed]),
                "{cloud}"
            );
        }
        // A number on Calling Plan that names no partner may be an operator's.
        assert!(matches!(
            judge(r#","cloud":"DoD""#, "CallingPlan")[..],
            [Verdict::Unknown(_)]
        ));
        assert!(matches!(
            judge("", "OperatorConnect")[..],
            [Verdict::Unknown(_)]
        ));
    }

    #[test]
    fn further_numbers_are_counted() {
        let message = |numbers: &str| {
            let verdicts = verdicts(
                "OP009",
                &[
                    (
                        "manifest.json",
                        r#"{"exportedAt":"2026-09-14T00:00:00Z","exports":[],"cloud":"DoD"}"#,
                    ),
                    ("Get-CsPhoneNumberAssignment.json", numbers),
                ],
            );
            match verdicts.into_iter().next() {
                Some(Verdict::Found(draft)) => draft.message,
                other => panic!("{other:?}"),
            }
        };
        let one = r#"{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect"}"#;
        let two = r#"{"TelephoneNumber":"+12065550102","NumberType":"OperatorConnect"}"#;
        assert!(message(&format!("[{one}]")).contains("but `+12065550101` is of that type"));
        let three = r#"{"TelephoneNumber":"+12065550103","NumberType":"OperatorConnect"}"#;
        let all = message(&format!("[{one},{two},{three}]"));
        assert!(
            all.contains("but `+12065550101` and 2 more numbers are of that type"),
            "{all}"
        );
    }
}
