//! `rules/emergency-calling/notification-target-broken.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::EmergencyCallingPolicyRecord;
use crate::snapshot::{ExportKind, ObjectId, PhoneNumber};
use crate::tenant::{Answer, Merged, User};

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

const UNTOLD: &str = "the export does not tell who is told";

/// Who is told of emergency calls: by a policy itself, or by one of its extended notifications.
struct Told<'t> {
    /// Of an extended notification: where it stands in the list, and for which number.
    entry: Option<(usize, &'t str)>,
    /// Whether whoever is told is called into the conversation.
    conference: Answer,
    group: Option<&'t str>,
    number: Option<&'t str>,
}

/// What is wrong with a policy.
struct Notes<'t> {
    policy: &'t Merged<EmergencyCallingPolicyRecord>,
    name: &'t str,
    drafts: Vec<Draft>,
}

fn judge(policy: &Merged<EmergencyCallingPolicyRecord>, cx: &Cx) -> Verdict {
    let texts = &cx.tenant.snapshot.texts;
    let mut notes = Notes {
        policy,
        name: policy.name.get().map_or("", |name| texts.symbol(name.0)),
        drafts: Vec::new(),
    };
    let own = of_policy(&mut notes, cx);
    let extended = of_notifications(&mut notes, cx);
    match (notes.drafts.is_empty(), own.and(extended)) {
        (false, _) => Verdict::Several(notes.drafts),
        (true, Err(reason)) => Verdict::Unknown(reason),
        (true, Ok(())) => Verdict::Passed,
    }
}

/// Judges whom the policy itself tells: of calls to all numbers that have no extended notification.
fn of_policy(notes: &mut Notes, cx: &Cx) -> Result<(), &'static str> {
    let policy = notes.policy;
    let texts = &cx.tenant.snapshot.texts;
    let Some(mode) = policy.notification_mode.get() else {
        return if policy.notification_mode.is_null() {
            Ok(())
        } else {
            Err("the export does not tell the mode of notification")
        };
    };
    let (group, number) = (&policy.notification_group, &policy.notification_number);
    let told = Told {
        entry: None,
        conference: is_conference(texts.symbol(mode)),
        group: group.get().map(|group| texts.text(group)),
        number: number.get().map(|number| texts.text(number)),
    };
    let mut known = Ok(());
    if group.is_null() && number.is_null() {
        match cx.tenant.tells_somebody(policy) {
            Answer::No => notes.tells_nobody(&told),
            Answer::Unknown => known = Err(UNTOLD),
            // The numbers that matter may all have a notification of their own.
            Answer::Yes => {}
        }
    } else if group.is_null() {
        known = notes.needs_group(&told);
    }
    known = known.and(notes.targets(&told, cx));
    if group.is_absent() || (group.is_null() && number.is_absent()) {
        known = Err(UNTOLD);
    }
    known
}

/// Judges whom the extended notifications of a policy tell, each of calls to one number.
fn of_notifications(notes: &mut Notes, cx: &Cx) -> Result<(), &'static str> {
    let list = &notes.policy.extended_notifications;
    if list.is_absent() {
        return Err("the export does not tell who is told of calls to some numbers");
    }
    let texts = &cx.tenant.snapshot.texts;
    let mut known = Ok(());
    for (index, one) in list.value().into_iter().flatten().enumerate() {
        // Without a mode nobody is to be told.
        let Some(mode) = one.mode else { continue };
        let told = Told {
            entry: Some((index, texts.symbol(one.dial_string))),
            conference: is_conference(texts.symbol(mode)),
            group: one.group.map(|group| texts.text(group)),
            number: one.number.map(|number| texts.text(number)),
        };
        if told.group.is_none() && told.number.is_none() {
            notes.tells_nobody(&told);
        } else if told.group.is_none() {
            known = known.and(notes.needs_group(&told));
        }
        known = known.and(notes.targets(&told, cx));
    }
    known
}

/// Whether people are called into the conversation, by the name of a mode or the integer of the enumeration.
fn is_conference(mode: &str) -> Answer {
    match mode.trim().to_ascii_lowercase().as_str() {
        "notificationonly" | "0" => Answer::No,
        "conferencemuted" | "conferenceunmuted" | "1" | "2" => Answer::Yes,
        _ => Answer::Unknown,
    }
}

impl Notes<'_> {
    fn tells_nobody(&mut self, told: &Told) {
        let what = "wants to tell somebody of emergency calls, but names nobody";
        let (severity, property) = (Severity::Error, "NotificationMode");
        self.add(told, severity, "group", property, what, "told to nobody");
    }

    /// Notes that a group is missing where people are called into the conversation.
    fn needs_group(&mut self, told: &Told) -> Result<(), &'static str> {
        match told.conference {
            Answer::No => {}
            Answer::Yes => {
                let what = "calls people into the conversation, but names no group";
                let (severity, property) = (Severity::Error, "NotificationGroup");
                self.add(told, severity, "group", property, what, "no group");
            }
            Answer::Unknown => return Err("the mode of notification is none that is documented"),
        }
        Ok(())
    }

    /// Judges each group, account and number that is named.
    fn targets(&mut self, told: &Told, cx: &Cx) -> Result<(), &'static str> {
        let mut known = Ok(());
        let addresses = told.group.unwrap_or_default().split([';', ',']);
        let addresses: Vec<&str> = addresses
            .map(str::trim)
            .filter(|one| !one.is_empty())
            .collect();
        let (group, number) = ("NotificationGroup", "NotificationDialOutNumber");
        for one in &addresses {
            match broken(one, cx) {
                Ok(None) => {}
                Ok(Some(what)) => {
                    self.add(told, Severity::Error, one, group, &what, "cannot be told");
                }
                Err(reason) => known = Err(reason),
            }
        }
        let count = addresses.len();
        if count > ADDRESSES {
            let what = format!("names {count} addresses: more than {ADDRESSES} are not told");
            self.add(told, Severity::Warning, "count", group, &what, "too many");
        }
        if let Some(called) = told.number
            && (PhoneNumber::parse(called).is_none() || !called.trim().starts_with('+'))
        {
            let what = format!("calls `{called}`, which is no E.164 number");
            let label = "cannot be called";
            self.add(told, Severity::Error, "number", number, &what, label);
        }
        known
    }

    fn add(
        &mut self,
        told: &Told,
        severity: Severity,
        role: &str,
        property: &str,
        what: &str,
        label: &'static str,
    ) {
        let (policy, name) = (self.policy, self.name);
        let (who, role, place, command) = match told.entry {
            None => (
                format!("the emergency calling policy `{name}`"),
                role.to_owned(),
                policy.at(property),
                "# Set-CsTeamsEmergencyCallingPolicy -Identity <policy> -NotificationGroup <addresses> -NotificationDialOutNumber <number>".to_owned(),
            ),
            Some((index, dialled)) => (
                format!("the notification for `{dialled}` of the emergency calling policy `{name}`"),
                format!("{dialled} {role}"),
                policy.at("ExtendedNotifications").element(index),
                format!("# New-CsTeamsEmergencyCallingExtendedNotification -EmergencyDialString {} -NotificationGroup <addresses> -NotificationMode <mode>, then Set-CsTeamsEmergencyCallingPolicy -ExtendedNotifications", quoted(dialled)),
            ),
        };
        // A list may name somebody twice: that is one fault.
        if self.drafts.iter().any(|known| known.discriminator == role) {
            return;
        }
        self.drafts.push(
            Draft::new(
                severity,
                Subject::new(SubjectKind::EmergencyCallingPolicy, name, name),
                format!("{who} {what}"),
                Label::new(place, label),
            )
            .role(role)
            .remedy("name somebody who can be told", [command]),
        );
    }
}

/// Why a group or account cannot be told, if it cannot; addresses of others may be anybody's.
///
/// # Errors
/// Why nobody knows.
fn broken(target: &str, cx: &Cx) -> Result<Option<String>, &'static str> {
    let tenant = cx.tenant;
    let Some(id) = ObjectId::parse(target) else {
        let user = tenant.user_by_address(target);
        let user = user.filter(|user| is_sign_in_name(target, user, cx));
        return Ok(user.and_then(|user| gone(user, cx)));
    };
    if let Some(user) = tenant.user(id) {
        return Ok(gone(user, cx));
    }
    if let Some(members) = tenant.directory.members.get(&id).map(Vec::len) {
        return Ok((members > MEMBERS).then(|| {
            format!("tells the group `{id}` of {members} members: more than {MEMBERS} are not told")
        }));
    }
    if tenant.group(id).is_some() {
        return Ok(None);
    }
    let snapshot = &tenant.snapshot;
    let is_whole = |kind| snapshot.has_export(kind) && snapshot.incomplete(kind).is_none();
    // The id of an account looks like that of a group.
    if is_whole(ExportKind::GraphGroup) && is_whole(ExportKind::OnlineUser) {
        Ok(Some(format!(
            "tells the group `{id}`, which does not exist"
        )))
    } else {
        Err("the groups and the accounts are not all exported")
    }
}

fn is_sign_in_name(target: &str, user: &User, cx: &Cx) -> bool {
    let upn = user.upn.get().map(|upn| cx.tenant.snapshot.texts.text(upn));
    upn.is_some_and(|upn| upn.trim().eq_ignore_ascii_case(target))
}

/// Why nobody reads what an account is told, if that is so.
fn gone(user: &User, cx: &Cx) -> Option<String> {
    let tenant = cx.tenant;
    let why = if tenant.is_deleted(user) {
        "is deleted"
    } else if user.account_enabled.get() == Some(false) {
        "is disabled"
    } else {
        return None;
    };
    Some(format!(
        "tells `{}`, whose account {why}",
        tenant.user_name(user)
    ))
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
                ("Get-CsOnlineUser.json", "[]"),
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
                r#""NotificationMode":{mode},"NotificationGroup":{group},"NotificationDialOutNumber":{number},"ExtendedNotifications":[]"#
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
        said_without(&format!(r#"{properties},"ExtendedNotifications":[]"#), more)
    }

    /// As [`said`], of a policy that has only these properties.
    fn said_without(properties: &str, more: &[(&str, &str)]) -> Vec<String> {
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
        let other = format!(r#"{group},"ExtendedNotifications":[]}},{{"Identity":"Tag:Annex""#);
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
        let other =
            format!(r#"{half},"ExtendedNotifications":[]}},{{"Identity":"Tag:Annex",{nobody}"#);
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
        assert_eq!(said(&policy, &[]), ["unknown"], "no list of groups");
        let users = ("Get-CsOnlineUser.json", "[]");
        let groups = r#"[{"id":"00000000-0000-4000-8000-0000000000cc","displayName":"Other","mailEnabled":true}]"#;
        assert_eq!(said(&policy, &[("groups.json", groups), users]), [USER]);
        assert_eq!(
            said(&policy, &[("groups.json", groups)]),
            ["unknown"],
            "it may be an account"
        );
        let page = format!(
            r#"{{"@odata.nextLink":"https://graph.microsoft.com/v1.0/groups?$skiptoken=1","value":{groups}}}"#
        );
        assert_eq!(
            said(&policy, &[("groups.json", &page), users]),
            ["unknown"],
            "one page of several"
        );
    }

    #[test]
    fn the_sign_in_name_of_an_account_that_is_gone_is_an_address_of_nobody() {
        let policy = r#""NotificationMode":0,"NotificationGroup":"Desk@contoso.example;list@contoso.example""#;
        let account = |properties: &str| {
            let users = format!(
                r#"[{{"Identity":"00000000-0000-4000-8000-0000000000bb","UserPrincipalName":"desk@contoso.example","AccountType":"User",{properties}}}]"#
            );
            said(policy, &[("Get-CsOnlineUser.json", &users)])
        };
        let live = r#""AccountEnabled":true,"SoftDeletionTimestamp":null"#;
        let disabled = r#""AccountEnabled":false,"SoftDeletionTimestamp":null"#;
        let deleted = r#""AccountEnabled":true,"SoftDeletionTimestamp":"2026-09-01T00:00:00Z""#;
        assert_eq!(account(live), ["passed"]);
        assert_eq!(account(disabled), ["Desk@contoso.example"]);
        assert_eq!(account(deleted), ["Desk@contoso.example"]);
        // Somebody else has the name now.
        let again = format!(
            r#"{deleted}}},{{"Identity":"00000000-0000-4000-8000-0000000000cc","UserPrincipalName":"desk@contoso.example","AccountType":"User",{live}"#
        );
        assert_eq!(account(&again), ["passed"]);
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

    /// What is said of a policy with these notifications for single numbers, beside a mode and a group of its own.
    fn extended(own: &str, entries: &str) -> Vec<String> {
        said_without(
            &format!(
                r#"{own},"NotificationDialOutNumber":null,"ExtendedNotifications":[{entries}]"#
            ),
            &[],
        )
    }

    /// A notification for calls to 911.
    fn entry(mode: &str, group: &str, number: &str) -> String {
        format!(
            r#"{{"EmergencyDialString":"911","NotificationGroup":{group},"NotificationDialOutNumber":{number},"NotificationMode":{mode}}}"#
        )
    }

    const NOBODY: &str = r#""NotificationMode":0,"NotificationGroup":null"#;
    const OFF: &str = r#""NotificationMode":null,"NotificationGroup":null"#;
    const DESK: &str = "\"alert2@contoso.example\"";

    #[test]
    fn a_notification_for_some_number_tells_somebody_too() {
        let told = entry("\"ConferenceUnMuted\"", DESK, "null");
        assert_eq!(extended(NOBODY, &told), ["passed"]);
        assert_eq!(extended(NOBODY, ""), ["group"]);
        let nobody = format!(r#"{NOBODY},"NotificationDialOutNumber":null"#);
        assert_eq!(
            said_without(&nobody, &[]),
            ["unknown"],
            "notifications for numbers are not exported"
        );
    }

    #[test]
    fn a_notification_for_some_number_is_judged_as_the_policy_is() {
        let conference = "\"ConferenceUnMuted\"";
        for (number, roles) in [("null", "911 group"), ("\"+12065550101\"", "911 group")] {
            let broken = entry(conference, "null", number);
            assert_eq!(extended(OFF, &broken), [roles], "{number}");
        }
        let only = entry("\"NotificationOnly\"", "null", "\"+12065550101\"");
        assert_eq!(extended(OFF, &only), ["passed"]);
        let local = entry("\"NotificationOnly\"", DESK, "\"2065550101\"");
        assert_eq!(extended(OFF, &local), ["911 number"]);
        let off = entry("null", "null", "null");
        assert_eq!(extended(OFF, &off), ["passed"], "nobody is to be told");
        assert_eq!(
            said_without(&format!(r#"{OFF},"NotificationDialOutNumber":null"#), &[]),
            ["unknown"]
        );
    }

    #[test]
    fn a_mode_that_is_not_documented_may_need_a_group() {
        let mode = |group: &str| {
            let number = r#""NotificationDialOutNumber":"+12065550101""#;
            let mode = r#""NotificationMode":"SomethingNew""#;
            said(
                &format!(r#"{mode},{number},"NotificationGroup":{group}"#),
                &[],
            )
        };
        assert_eq!(mode("null"), ["unknown"]);
        assert_eq!(mode(DESK), ["passed"]);
    }

    #[test]
    fn who_is_named_twice_is_told_of_once() {
        let gone = "00000000-0000-4000-8000-0000000000ff";
        let twice = format!("\"{gone};{gone}\"");
        let group = format!(r#"[{{"id":"{GROUP}","displayName":"Desk","mailEnabled":true}}]"#);
        let policy = format!(r#""NotificationMode":0,"NotificationGroup":{twice}"#);
        let users = ("Get-CsOnlineUser.json", "[]");
        assert_eq!(said(&policy, &[("groups.json", &group), users]), [gone]);
    }
}
