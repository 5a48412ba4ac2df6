//! `rules/snapshot/personal-data-in-snapshot.md`

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, ExportSubject, Verdict, rule};
use crate::snapshot::ExportKind;
use crate::tenant::User;

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
    let in_export = |user: &User| {
        let mut origins = user.origins();
        let record = origins.find(|origin| origin.kind == export.kind)?;
        let mut place = user.at(first);
        place.records = [record.span].into();
        Some(place)
    };
    let Some(place) = tenant.users.iter().find_map(in_export) else {
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
            Label::new(place, "such as here"),
        )
        .remedy(
            "export it again without the properties that no rule uses",
            commands(export.kind, &surplus),
        ),
    )
}

/// What exports the accounts without the surplus.
///
/// Graph is asked for what rules use. Of the cmdlet's records the surplus is taken away instead: which properties they have
/// depends on the version of the module, and `Select-Object` writes one that is not there as null, which means none.
fn commands(kind: ExportKind, surplus: &[&str]) -> Vec<String> {
    if kind != ExportKind::OnlineUser {
        return kind.steps();
    }
    vec![format!(
        "Get-CsOnlineUser | Select-Object -Property * -ExcludeProperty {} | ConvertTo-Json -Depth 20 > {}",
        surplus.join(", "),
        kind.usual_file()
    )]
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
        assert_eq!(
            draft.remedy.commands,
            [
                "Get-CsOnlineUser | Select-Object -Property * -ExcludeProperty MobilePhone, Street | ConvertTo-Json -Depth 20 > Get-CsOnlineUser.json"
            ]
        );
        assert!(matches!(judge("")[..], [Verdict::Passed]));
    }

    #[test]
    fn people_whom_two_exports_tell_of_are_looked_up_in_each() {
        let users = r#"[{"Identity":"00000000-0000-4000-8000-000000000001","UserPrincipalName":"a@contoso.example","LineUri":null}]"#;
        let graph = r#"[{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"a@contoso.example","jobTitle":"x","accountEnabled":true}]"#;
        let found = verdicts(
            "SN008",
            &[
                ("Get-CsOnlineUser.json", users),
                ("graph-users.json", graph),
            ],
        );
        let [Verdict::Passed, Verdict::Found(draft)] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert!(
            draft.message.starts_with("`Graph users`"),
            "{}",
            draft.message
        );
        assert_eq!(draft.primary.place.records.len(), 1);
    }

    #[test]
    fn an_export_of_graph_is_asked_for_less() {
        let users = r#"[{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"a@contoso.example","mail":"a@contoso.example","accountEnabled":true}]"#;
        let deleted = r#"[{"id":"00000000-0000-4000-8000-000000000001","userPrincipalName":"a@contoso.example","mail":"a@contoso.example","deletedDateTime":"2026-09-01T00:00:00Z"}]"#;
        for (file, text, path) in [
            ("graph-users.json", users, "'v1.0/users?$select="),
            (
                "graph-deleteditems.json",
                deleted,
                "'v1.0/directory/deletedItems/microsoft.graph.user?$select=",
            ),
        ] {
            let found = verdicts("SN008", &[(file, text)]);
            let [Verdict::Found(draft)] = found.as_slice() else {
                panic!("{found:?}");
            };
            let [command] = draft.remedy.commands.as_slice() else {
                panic!("{:?}", draft.remedy.commands);
            };
            assert!(command.contains(path), "{command}");
            assert!(command.ends_with(&format!(" > {file}")), "{command}");
            let asked = command.split_once("$select=").map_or("", |(_, rest)| rest);
            let asked = asked.split('&').next().unwrap_or_default();
            assert!(!asked.split(',').any(|name| name == "mail"), "{command}");
        }
    }
}
