//! `rules/emergency-calling/notification-target-broken.md`

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::EmergencyCallingPolicyRecord;
use crate::snapshot::{ExportKind, ObjectId, PhoneNumber};
use crate::tenant::Merged;

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "notification-target-broken",
    Check::Each(check)
);

/// The most addresses that a policy may name, and the most people behind one.
///
/// Source: <https://learn.microsoft.com/microsoftteams/manage-emergency-calling-policies>.
const ADDRESSES: usize = 10;
const MEMBERS: usize = 50;

fn check(cx: &Cx) -> Verdicts {
    cx.tenant
        .emergency_calling_policies
        .iter()
        .map(|policy| judge(policy, cx))
        .collect()
}

fn judge(policy: &Merged<EmergencyCallingPolicyRecord>, cx: &Cx) -> Verdict {
    let texts = &cx.tenant.snapshot.texts;
    let name = policy.name.get().map_or("", |name| texts.symbol(name.0));
    let mode = match policy
        .notification_mode
        .get()
        .map(|mode| texts.symbol(mode).to_ascii_lowercase())
    {
        None if policy.notification_mode.is_null() => return Verdict::Passed,
        None => return Verdict::Unknown("the export does not tell the mode of notification"),
        Some(mode) => mode,
    };
    let conference = mode.starts_with("conference") || mode == "1" || mode == "2";
    let group = policy
        .notification_group
        .get()
        .map(|group| texts.text(group));
    let number = policy
        .notification_number
        .get()
        .map(|number| texts.text(number));
    let mut drafts = Vec::new();
    let mut note = |severity, role: &str, property: &str, what: String, label: &'static str| {
        drafts.push(
            Draft::new(
                severity,
                Subject::new(SubjectKind::EmergencyCallingPolicy, name, name),
                format!("the emergency calling policy `{name}` {what}"),
                Label::new(policy.at(property), label),
            )
            .role(role)
            .remedy(
                "name somebody who can be told",
                ["# Set-CsTeamsEmergencyCallingPolicy -Identity <policy> -NotificationGroup <addresses> -NotificationDialOutNumber <number>".to_owned()],
            ),
        );
    };
    if group.is_none() && policy.notification_group.is_null() {
        if number.is_none() && policy.notification_number.is_null() {
            note(
                Severity::Error,
                "group",
                "NotificationMode",
                "wants to tell somebody of emergency calls, but names nobody".to_owned(),
                "told to nobody",
            );
        } else if conference {
            note(
                Severity::Error,
                "group",
                "NotificationGroup",
                "calls people into the conversation, but names no group".to_owned(),
                "blank",
            );
        }
    }
    for one in group
        .unwrap_or_default()
        .split([';', ','])
        .map(str::trim)
        .filter(|one| !one.is_empty())
    {
        if let Some(what) = broken(one, cx) {
            note(
                Severity::Error,
                one,
                "NotificationGroup",
                what,
                "cannot be told",
            );
        }
    }
    let count = group
        .unwrap_or_default()
        .split([';', ','])
        .filter(|one| !one.trim().is_empty())
        .count();
    if count > ADDRESSES {
        note(
            Severity::Warning,
            "count",
            "NotificationGroup",
            format!("names {count} addresses: more than {ADDRESSES} are not told"),
            "too many",
        );
    }
    if let Some(number) = number
        && (PhoneNumber::parse(number).is_none() || !number.trim().starts_with('+'))
    {
        note(
            Severity::Error,
            "number",
            "NotificationDialOutNumber",
            format!("calls `{number}`, which is no E.164 number"),
            "cannot be called",
        );
    }
    if !drafts.is_empty() {
        Verdict::Several(drafts)
    } else if policy.notification_group.is_absent()
        || (group.is_none() && policy.notification_number.is_absent())
    {
        Verdict::Unknown("the export does not tell who is told")
    } else {
        Verdict::Passed
    }
}

/// Why a group or account cannot be told; addresses of others may be anybody's.
fn broken(target: &str, cx: &Cx) -> Option<String> {
    let tenant = cx.tenant;
    let id = ObjectId::parse(target)?;
    if let Some(user) = tenant.user(id) {
        let disabled = user.account_enabled.get() == Some(false) || tenant.is_deleted(user);
        return disabled.then(|| {
            format!(
                "tells `{}`, whose account is disabled",
                tenant.user_name(user)
            )
        });
    }
    if let Some(members) = tenant.directory.members.get(&id).map(Vec::len)
        && members > MEMBERS
    {
        return Some(format!(
            "tells the group `{id}` of {members} members: more than {MEMBERS} are not told"
        ));
    }
    let kind = ExportKind::GraphGroup;
    let listed = tenant.snapshot.has_export(kind) && tenant.snapshot.incomplete(kind).is_none();
    (listed && tenant.group(id).is_none())
        .then(|| format!("tells the group `{id}`, which does not exist"))
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const GROUP: &str = "00000000-0000-4000-8000-0000000000aa";

    fn judge(properties: &str, groups: &str) -> Vec<(&'static str, String)> {
        let policies = format!(r#"[{{"Identity":"Tag:Desk",{properties}}}]"#);
        let verdicts = verdicts(
            "EM016",
            &[
                ("Get-CsTeamsEmergencyCallingPolicy.json", &policies),
                ("groups.json", groups),
            ],
        );
        match verdicts.into_iter().next() {
            Some(Verdict::Several(drafts)) => drafts
                .into_iter()
                .map(|draft| (draft.severity.name(), draft.discriminator))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn with(mode: &str, group: &str, number: &str) -> Vec<(&'static str, String)> {
        let groups = format!(r#"[{{"id":"{GROUP}","displayName":"Desk","mailEnabled":true}}]"#);
        judge(
            &format!(
                r#""NotificationMode":{mode},"NotificationGroup":{group},"NotificationDialOutNumber":{number}"#
            ),
            &groups,
        )
    }

    #[test]
    fn whoever_is_to_be_told_must_exist() {
        let group = format!("\"{GROUP}\"");
        assert!(with("\"NotificationOnly\"", &group, "null").is_empty());
        assert!(with("null", "null", "null").is_empty());
        assert_eq!(with("\"NotificationOnly\"", "null", "null")[0].1, "group");
        assert_eq!(
            with("\"ConferenceMuted\"", "null", "\"+12065550101\"")[0].1,
            "group"
        );
        let gone = "\"00000000-0000-4000-8000-0000000000ff\"";
        assert_eq!(with("\"NotificationOnly\"", gone, "null")[0].0, "error");
        assert_eq!(
            with("\"ConferenceUnMuted\"", &group, "\"2065550101\"")[0].1,
            "number"
        );
        let many: Vec<String> = (0..11)
            .map(|index| format!("a{index}@contoso.example"))
            .collect();
        assert_eq!(
            with(
                "\"NotificationOnly\"",
                &format!("\"{}\"", many.join(";")),
                "null"
            ),
            [("warning", "count".to_owned())]
        );
    }

    /// What is said of one policy: the roles of what is wrong, or the verdict.
    fn said(properties: &str, more: &[(&str, &str)]) -> Vec<String> {
        let policies = format!(r#"[{{"Identity":"Tag:Desk",{properties}}}]"#);
        let mut files = vec![("Get-CsTeamsEmergencyCallingPolicy.json", policies.as_str())];
        files.extend(more);
        match verdicts("EM016", &files).remove(0) {
            Verdict::Several(drafts) => drafts
                .into_iter()
                .map(|draft| draft.discriminator)
                .collect(),
            Verdict::Passed => vec!["passed".to_owned()],
            Verdict::Unknown(_) => vec!["unknown".to_owned()],
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_not_told_is_unknown_and_no_mode_tells_nobody() {
        let nobody = r#""NotificationGroup":null,"NotificationDialOutNumber":null"#;
        assert_eq!(
            said(&format!(r#"{nobody},"NotificationMode":null"#), &[]),
            ["passed"]
        );
        let group = r#""NotificationMode":0,"NotificationGroup":"desk@contoso.example""#;
        assert_eq!(said(group, &[]), ["passed"]);
        // What only another record of the export has.
        let other = format!(r#"{group}}},{{"Identity":"Tag:Annex""#);
        assert_eq!(
            said(&format!(r"{other},{nobody}"), &[]),
            ["unknown"],
            "no mode"
        );
        assert_eq!(
            said(&format!(r#"{other},"NotificationMode":0"#), &[]),
            ["unknown"],
            "no target"
        );
        // A number that was not exported may be there, and a group that was not may be anything.
        let half = r#""NotificationMode":0,"NotificationGroup":null"#;
        assert_eq!(said(half, &[]), ["unknown"]);
        let half = r#""NotificationMode":0,"NotificationDialOutNumber":"+12065550101""#;
        let other = format!(r#"{half}}},{{"Identity":"Tag:Annex",{nobody}"#);
        assert_eq!(said(&other, &[]), ["unknown"]);
    }

    #[test]
    fn conferences_need_a_group_in_either_spelling_of_the_mode() {
        let only = |mode: &str| {
            let number = r#""NotificationGroup":null,"NotificationDialOutNumber":"+12065550101""#;
            said(&format!(r#"{number},"NotificationMode":{mode}"#), &[])
        };
        for mode in ["1", "2", "\"ConferenceMuted\"", "\"conferenceUnmuted\""] {
            assert_eq!(only(mode), ["group"], "{mode}");
        }
        for mode in ["0", "\"NotificationOnly\""] {
            assert_eq!(only(mode), ["passed"], "{mode}");
        }
    }

    #[test]
    fn ten_addresses_and_fifty_members_are_told() {
        let addresses = |count: usize| {
            let list: Vec<String> = (0..count)
                .map(|at| format!("a{at}@contoso.example"))
                .collect();
            let list = list.join(";");
            said(
                &format!(r#""NotificationMode":0,"NotificationGroup":"{list}""#),
                &[],
            )
        };
        assert_eq!(addresses(10), ["passed"]);
        assert_eq!(addresses(11), ["count"]);
        let members = |count: usize| {
            let list: Vec<String> = (0..count)
                .map(|at| {
                    format!(r#"{{"groupId":"{GROUP}","id":"00000000-0000-4000-8000-{at:012}"}}"#)
                })
                .collect();
            let list = format!("[{}]", list.join(","));
            let policy = format!(r#""NotificationMode":0,"NotificationGroup":"{GROUP}""#);
            said(&policy, &[("transitiveMembers.json", &list)])
        };
        assert_eq!(members(50), ["passed"]);
        assert_eq!(members(51), [GROUP]);
    }

    #[test]
    fn numbers_need_their_plus() {
        let number = |number: &str| {
            let group = r#""NotificationMode":0,"NotificationGroup":"desk@contoso.example""#;
            said(
                &format!(r#"{group},"NotificationDialOutNumber":"{number}""#),
                &[],
            )
        };
        assert_eq!(number("+12065550101"), ["passed"]);
        assert_eq!(number("12065550101"), ["number"]);
        assert_eq!(number("+x"), ["number"]);
    }

    #[test]
    fn accounts_must_be_enabled_and_groups_exist_where_all_are_listed() {
        const USER: &str = "00000000-0000-4000-8000-0000000000bb";
        let policy = format!(r#""NotificationMode":0,"NotificationGroup":"{USER}""#);
        let account = |properties: &str| {
            let users = format!(
                r#"[{{"Identity":"{USER}","UserPrincipalName":"a@contoso.example","AccountType":"User",{properties}}}]"#
            );
            said(&policy, &[("Get-CsOnlineUser.json", &users)])
        };
        assert_eq!(
            account(r#""AccountEnabled":true,"SoftDeletionTimestamp":null"#),
            ["passed"]
        );
        assert_eq!(
            account(r#""AccountEnabled":false,"SoftDeletionTimestamp":null"#),
            [USER]
        );
        let deleted = r#""AccountEnabled":true,"SoftDeletionTimestamp":"2026-09-01T00:00:00Z""#;
        assert_eq!(account(deleted), [USER]);
        assert_eq!(said(&policy, &[]), ["passed"], "no list of groups");
        let groups = r#"[{"id":"00000000-0000-4000-8000-0000000000cc","displayName":"Other","mailEnabled":true}]"#;
        assert_eq!(said(&policy, &[("groups.json", groups)]), [USER]);
        let page = format!(
            r#"{{"@odata.nextLink":"https://graph.microsoft.com/v1.0/groups?$skiptoken=1","value":{groups}}}"#
        );
        assert_eq!(
            said(&policy, &[("groups.json", &page)]),
            ["passed"],
            "one page of several"
        );
    }

    #[test]
    fn a_group_that_was_not_exported_may_be_there() {
        // What only another record of the export has.
        let other = r#""NotificationMode":0,"NotificationGroup":"desk@contoso.example"},{"Identity":"Tag:Annex","NotificationMode":0"#;
        let policy = |group: &str| {
            let number = r#""NotificationDialOutNumber":null"#;
            said(&format!("{other},{number}{group}"), &[])
        };
        assert_eq!(policy(r#","NotificationGroup":null"#), ["group"]);
        assert_ne!(policy(""), ["group"]);
    }
}
