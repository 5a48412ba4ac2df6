//! What to type so that a number is taken off its holder, or taken off and assigned again.

use super::Cx;
use super::on_premises_line::cleared;
use crate::finding::powershell::quoted;
use crate::snapshot::{Field, documented};
use crate::tenant::{AccountKind, Answer, Number, User};

/// Takes a number off whoever holds it, by what a command knows its holder and it by. `None` where an export names nobody.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csphonenumberassignment>.
pub(super) fn take_off(number: &Number, cx: &Cx) -> Option<String> {
    let command = format!(
        "Remove-CsPhoneNumberAssignment {}",
        holder_and_number(number, cx)?
    );
    Some(with_type(&command, cx.tenant.number_type(number)))
}

/// Takes a number off its holder and assigns it to them again, where it was and as what it was; nothing where an export names
/// nobody.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/set-csphonenumberassignment>.
pub(super) fn assign_again(number: &Number, cx: &Cx) -> Vec<String> {
    let off = take_off(number, cx);
    off.into_iter().chain(give_back(number, cx)).collect()
}

/// Assigns a number again to whom it was assigned until it was taken off; nothing where an export names nobody.
pub(super) fn give_back(number: &Number, cx: &Cx) -> impl Iterator<Item = String> {
    let on = assign(number, cx);
    let free = on.as_ref().and_then(|_| unblock(number, cx));
    free.into_iter().chain(on)
}

/// Assigns a number to whom it is assigned, with its emergency location and its category: what takes it off loses them.
fn assign(number: &Number, cx: &Cx) -> Option<String> {
    let tenant = cx.tenant;
    let mut command = format!(
        "Set-CsPhoneNumberAssignment {}",
        holder_and_number(number, cx)?
    );
    if let Some(location) = tenant.shared_id(&number.record.location) {
        command.push_str(" -LocationId ");
        command.push_str(&quoted(&location.to_string()));
    }
    let category = number.record.category.get();
    let category = category.map(|category| tenant.snapshot.texts.symbol(category));
    if let Some(category) = category.filter(|one| !one.eq_ignore_ascii_case("Primary")) {
        command.push_str(" -AssignmentCategory ");
        command.push_str(&quoted(category));
    }
    Some(with_type(&command, tenant.number_type(number)))
}

/// Takes a number over that the on-premises directory manages: to take it off online is refused.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/set-csphonenumbertenantconfiguration>.
pub(super) fn take_over(number: &Number, cx: &Cx) -> impl Iterator<Item = String> {
    let allow = (cx.tenant.takes_over_numbers != Answer::Yes).then(|| {
        "Set-CsPhoneNumberTenantConfiguration -AllowOnPremToOnlineMigration $true".to_owned()
    });
    allow.into_iter().chain(assign(number, cx))
}

/// Takes all numbers off an account, which stands quoted here. Those that the on-premises directory manages are cleared there,
/// or taken over before where the account is not synchronized: to take them off online is refused.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csphonenumberassignment>.
pub(super) fn take_all_off(user: &User, id: &str, cx: &Cx) -> Vec<String> {
    let tenant = cx.tenant;
    let held = tenant.numbers_of_user(user);
    let (there, here): (Vec<&Number>, Vec<&Number>) = held
        .iter()
        .copied()
        .partition(|number| tenant.is_managed_on_premises(number) == Answer::Yes);
    let all_off = format!("Remove-CsPhoneNumberAssignment -Identity {id} -RemoveAll");
    if there.is_empty() {
        return vec![all_off];
    }
    if matches!(user.dir_synced, Field::Value(false) | Field::Null) {
        let taken_over = there.iter().flat_map(|number| take_over(number, cx));
        return taken_over.chain([all_off]).collect();
    }
    let is_resource_account = tenant.account_kind(user) == AccountKind::ResourceAccount;
    let off = here.iter().filter_map(|number| take_off(number, cx));
    off.chain(cleared(id, is_resource_account)).collect()
}

/// Ends the block that a number gets when it is taken off somebody; a comment where no export tells whether it gets one.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/set-csphonenumbertenantconfiguration>.
fn unblock(number: &Number, cx: &Cx) -> Option<String> {
    let command = format!(
        "Remove-CsPhoneNumberAssignmentBlock -TelephoneNumber {}",
        quoted(&number.key.to_string())
    );
    match blocks_freed_numbers(cx) {
        Answer::Yes => Some(command),
        Answer::No => None,
        Answer::Unknown => Some(format!(
            "# if the tenant blocks numbers that are taken off (Get-CsPhoneNumberTenantConfiguration): {command}"
        )),
    }
}

/// A command about an assignment with the type of the number. Where no export tells the type, or only in a word that is not
/// documented, a comment that leaves it to the reader: a wrong one is refused, or assigns the number as what it is not.
pub(super) fn with_type(command: &str, number_type: Option<&str>) -> String {
    match (number_type, type_in_commands(number_type)) {
        (_, Some(name)) => format!("{command} -PhoneNumberType {name}"),
        (Some(name), None) => format!(
            "# with the type of the number, if commands know {}: {command} -PhoneNumberType <type>",
            quoted(name)
        ),
        (None, None) => format!(
            "# with the type of the number, which no export tells: {command} -PhoneNumberType <type>"
        ),
    }
}

/// What commands call the type of a number, quoted; `None` where nobody can tell.
pub(super) fn type_in_commands(number_type: Option<&str>) -> Option<String> {
    let name = documented("NumberType", number_type?)?;
    // They know no type of their own for the numbers of Teams Phone Mobile.
    Some(quoted(if name == "OCMobile" {
        "OperatorConnect"
    } else {
        name
    }))
}

fn holder_and_number(number: &Number, cx: &Cx) -> Option<String> {
    Some(format!(
        "-Identity {} -PhoneNumber {}",
        quoted(&cx.tenant.holder_identity(number)?),
        quoted(&number.key.to_string()),
    ))
}

/// Whether the tenant blocks every number that is taken off somebody, for good or for some days.
fn blocks_freed_numbers(cx: &Cx) -> Answer {
    let Some(config) = cx.tenant.number_config.as_ref() else {
        return Answer::Unknown;
    };
    match (config.blocked_forever.get(), config.blocked_days.get()) {
        (Some(true), _) => Answer::Yes,
        (_, Some(days)) if days > 0 => Answer::Yes,
        (Some(false), _) if !config.blocked_days.is_absent() => Answer::No,
        _ => Answer::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::findings;

    const ID: &str = "00000000-0000-4000-8000-000000000001";
    const SITE: &str = "00000000-0000-4000-8000-0000000000aa";

    /// What NU002 types for a number that waits, in a tenant with this configuration.
    fn commands(number: &str, config: Option<&str>) -> Vec<String> {
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","ActivationState":"AssignmentFailed","AssignedPstnTargetId":"{ID}"{number}}}]"#
        );
        let config = config.map(|config| {
            let text = format!(r#"{{"Identity":"Global"{config}}}"#);
            ("Get-CsPhoneNumberTenantConfiguration.json", text)
        });
        let mut files = vec![("Get-CsPhoneNumberAssignment.json", numbers.as_str())];
        files.extend(config.iter().map(|(name, text)| (*name, text.as_str())));
        let found = findings("NU002", &files);
        let lines = found[0].remedy.commands.iter();
        lines
            .filter(|line| line.contains("-CsPhoneNumber"))
            .cloned()
            .collect()
    }

    #[test]
    fn a_number_that_the_tenant_blocks_is_unblocked_before_it_is_assigned_again() {
        let number = r#","NumberType":"CallingPlan""#;
        let unblock = "Remove-CsPhoneNumberAssignmentBlock -TelephoneNumber '+12065550101'";
        for config in [
            r#","AssignmentBlockedForever":true,"AssignmentBlockedDays":0"#,
            r#","AssignmentBlockedForever":false,"AssignmentBlockedDays":30"#,
        ] {
            let lines = commands(number, Some(config));
            assert_eq!(lines.len(), 3, "{lines:?}");
            assert!(lines[0].starts_with("Remove-CsPhoneNumberAssignment "));
            assert_eq!(lines[1], unblock);
            assert!(lines[2].starts_with("Set-CsPhoneNumberAssignment "));
        }
        for config in [
            None,
            Some(""),
            Some(r#","AssignmentBlockedForever":false"#),
            Some(r#","AssignmentBlockedDays":0"#),
        ] {
            let lines = commands(number, config);
            assert!(lines[1].starts_with("# if the tenant blocks"), "{lines:?}");
            assert!(lines[1].ends_with(unblock), "{lines:?}");
        }
        let free = r#","AssignmentBlockedForever":false,"AssignmentBlockedDays":0"#;
        assert_eq!(commands(number, Some(free)).len(), 2);
    }

    #[test]
    fn a_type_that_nobody_documented_is_left_to_the_reader() {
        let lines = commands(r#","NumberType":"SomethingNew""#, None);
        assert!(
            lines[0]
                .starts_with("# with the type of the number, if commands know 'SomethingNew': "),
            "{lines:?}"
        );
        assert!(lines.iter().all(|line| line.starts_with("# ")), "{lines:?}");
        let spelled = commands(r#","NumberType":"calling plan""#, None);
        assert!(
            spelled[0].ends_with("-PhoneNumberType 'CallingPlan'"),
            "{spelled:?}"
        );
    }

    #[test]
    fn what_is_lost_with_the_number_is_set_again() {
        let number = format!(
            r#","NumberType":"OCMobile","LocationId":"{SITE}","AssignmentCategory":"Private""#
        );
        let lines = commands(&number, None);
        assert_eq!(
            lines.last().map(String::as_str),
            Some(format!("Set-CsPhoneNumberAssignment -Identity '{ID}' -PhoneNumber '+12065550101' -LocationId '{SITE}' -AssignmentCategory 'Private' -PhoneNumberType 'OperatorConnect'").as_str())
        );
        let primary =
            r#","NumberType":"CallingPlan","LocationId":null,"AssignmentCategory":"Primary""#;
        let lines = commands(primary, None);
        assert_eq!(
            lines.last().map(String::as_str),
            Some(format!("Set-CsPhoneNumberAssignment -Identity '{ID}' -PhoneNumber '+12065550101' -PhoneNumberType 'CallingPlan'").as_str())
        );
    }
}
