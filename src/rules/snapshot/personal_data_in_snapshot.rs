//! `rules/snapshot/personal-data-in-snapshot.md`

use std::collections::BTreeSet;

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, ExportSubject, Verdict, rule};
use crate::snapshot::ExportKind;
use crate::snapshot::record::Record;

pub(super) const RULE: Declared = rule!(
    "snapshot",
    "personal-data-in-snapshot",
    Check::Export(check)
);

/// Properties that say more of a person than any rule asks: as keys are compared, and as they are written.
const PERSONAL: [(&str, &str); 14] = [
    ("mail", "Mail"),
    ("mobilephone", "MobilePhone"),
    ("businessphones", "BusinessPhones"),
    ("phone", "Phone"),
    ("homephone", "HomePhone"),
    ("otherphone", "OtherPhone"),
    ("street", "Street"),
    ("streetaddress", "StreetAddress"),
    ("postalcode", "PostalCode"),
    ("proxyaddresses", "ProxyAddresses"),
    ("shadowproxyaddresses", "ShadowProxyAddresses"),
    ("jobtitle", "JobTitle"),
    ("title", "Title"),
    ("officelocation", "OfficeLocation"),
];

fn check(export: &ExportSubject, cx: &Cx) -> Verdict {
    if export.kind.family() != ExportKind::OnlineUser {
        return Verdict::NotApplicable;
    }
    let tenant = cx.tenant;
    let Some(exported) = tenant.snapshot.exports.get(&export.kind) else {
        return Verdict::NotApplicable;
    };
    let surplus: Vec<&str> = PERSONAL
        .iter()
        .filter(|(lower, _)| exported.properties.contains(*lower))
        .map(|(_, name)| *name)
        .collect();
    let Some(first) = surplus.first() else {
        return Verdict::Passed;
    };
    let Some(user) = tenant
        .users
        .iter()
        .find(|user| user.origin().kind == export.kind)
    else {
        return Verdict::Unknown("no record of the export could be read");
    };
    let name = export.kind.name();
    let names: Vec<String> = surplus.iter().map(|name| format!("`{name}`")).collect();
    found(
        Draft::new(
            Severity::Info,
            Subject::new(SubjectKind::Export, name, name),
            format!(
                "`{name}` holds personal data that no rule uses: {}",
                names.join(", ")
            ),
            Label::new(user.at(first), "such as here"),
        )
        .remedy(
            "export the properties that rules use, and no others",
            [format!(
                "Get-CsOnlineUser | Select-Object {} | ConvertTo-Json -Depth 20",
                used().join(", ")
            )],
        ),
    )
}

/// The properties of accounts that pages name, in order.
fn used() -> Vec<String> {
    let names: BTreeSet<String> = crate::rules::all()
        .iter()
        .filter(|rule| rule.page.code != "SN008")
        .flat_map(|rule| rule.page.all_needs().chain(&rule.page.refines))
        .filter(|need| need.export == ExportKind::OnlineUser)
        .flat_map(|need| need.properties.iter().cloned())
        .collect();
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_nobody_asks_for_is_told() {
        let judge = |properties: &str| {
            let users = format!(
                r#"[{{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a@contoso.example","LineUri":null{properties}}}]"#
            );
            verdicts("SN008", &[("Get-CsOnlineUser.json", &users)])
        };
        let found = judge(r#","Street":"1 Main St","MobilePhone":"x""#);
        assert_eq!(severity(&found), "info");
        let [Verdict::Found(draft)] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert!(
            draft.message.ends_with("`MobilePhone`, `Street`"),
            "{}",
            draft.message
        );
        assert!(draft.remedy.commands[0].contains("Select-Object AccountEnabled, AccountType"));
        assert!(!draft.remedy.commands[0].contains("Street"));
        assert!(matches!(judge("")[..], [Verdict::Passed]));
    }
}
