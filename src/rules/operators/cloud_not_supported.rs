//! `rules/operators/cloud-not-supported.md`

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::record::Record;
use crate::tenant::Answer;

pub(super) const RULE: Declared = rule!("operators", "cloud-not-supported", Check::Tenant(check));

/// Clouds without Operator Connect, as manifests spell them, without blanks and hyphens.
///
/// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-plan>.
const CLOUDS: [&str; 3] = ["gcchigh", "gcch", "dod"];

fn check(cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    let manifest = tenant.snapshot.records.manifests.first();
    let Some((manifest, cloud)) = manifest.and_then(|one| Some((one, one.cloud.get()?))) else {
        return Verdict::Unknown("the manifest does not tell the cloud");
    };
    let cloud = tenant.snapshot.texts.symbol(cloud);
    let bare = cloud.to_ascii_lowercase().replace([' ', '-', '_'], "");
    if !CLOUDS.contains(&bare.as_str()) {
        return Verdict::Passed;
    }
    let mut of_operators = tenant
        .numbers
        .iter()
        .filter(|number| tenant.is_operator_connect(number) == Answer::Yes);
    let Some(first) = of_operators.next() else {
        return Verdict::Passed;
    };
    let more = of_operators.count();
    let what = if more == 0 {
        format!("`{}` is", first.key)
    } else {
        format!("`{}` and {more} more numbers are", first.key)
    };
    let place = crate::finding::Place {
        records: [manifest.origin().span].into(),
        field: crate::snapshot::spellings_of(crate::snapshot::ExportKind::Manifest, "Cloud"),
        element: None,
    };
    let draft = Draft::new(
        Severity::Info,
        Subject::new(SubjectKind::Tenant, "tenant", "tenant"),
        format!("the tenant is in the cloud `{cloud}`, which has no Operator Connect, but {what} of that type"),
        Label::new(place, "no Operator Connect here"),
    )
    .related([Label::new(first.record.at("NumberType"), "Operator Connect all the same")])
    .remedy(
        "check the cloud in the manifest, or use Direct Routing",
        ["# if the manifest is right, the numbers come from another tenant or from a test".to_owned()],
    );
    found(draft)
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
