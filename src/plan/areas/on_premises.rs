//! The on-premises directory: line URIs that are cleared on the server, numbers that may be taken over online.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>,
//! <https://learn.microsoft.com/skypeforbusiness/hybrid/decommission-manage-attributes>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/set-csphonenumbertenantconfiguration>.

use serde_json::Value;

use super::numbers::{is_alive, without_number};
use crate::finding::powershell::quoted;
use crate::plan::act::{Act, Effect, Met, Need, Pending, Undo};
use crate::plan::state::{State, removed, set};
use crate::snapshot::{ExportKind, Field, ObjectId, PhoneNumber};
use crate::tenant::edit::{Object, What};

/// The synchronization takes its time, and only a new export tells that it came.
const SYNCHRONIZES: u64 = super::orders::UNTIL_SEEN;

pub(in crate::plan) fn needs(act: &Act, state: &State) -> Vec<Need> {
    match act {
        Act::ClearOnPremises { account } => needs_of_clear(*account, state),
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn effect(act: &Act, state: &State) -> Effect {
    match act {
        Act::ClearOnPremises { account } => clear(*account, state),
        Act::SetMigration { enabled } => {
            let mut effect = Effect {
                edits: vec![set(
                    Object::NumberSettings,
                    "AllowOnPremToOnlineMigration",
                    *enabled,
                )],
                ..Effect::default()
            };
            if state.tenant.number_config.is_none() {
                effect.remarks.push(format!(
                    "{} is not exported, so that no rule sees it",
                    ExportKind::PhoneNumberTenantConfiguration.name()
                ));
            }
            effect
        }
        _ => Effect::default(),
    }
}

pub(in crate::plan) fn commands(act: &Act, state: &State) -> Vec<String> {
    match act {
        Act::ClearOnPremises { account } => typed(*account, "$null", state),
        Act::SetMigration { enabled } => vec![format!(
            "Set-CsPhoneNumberTenantConfiguration -AllowOnPremToOnlineMigration ${enabled}"
        )],
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn undo(act: &Act, state: &State) -> Undo {
    match act {
        Act::ClearOnPremises { account } => match line_of(*account, state) {
            Some(line) => Undo::Commands(typed(*account, &quoted(line), state)),
            None => Undo::Nothing,
        },
        Act::SetMigration { enabled } => {
            let before = state.tenant.number_config.as_ref().map(|one| one.migration);
            let before = match before {
                Some(Field::Value(before)) => before,
                // Blank is what it is without being set.
                Some(Field::Null) => false,
                Some(Field::Absent) | None => {
                    return Undo::Impossible(
                        "the export does not tell what it was before".to_owned(),
                    );
                }
            };
            if before == *enabled {
                return Undo::Nothing;
            }
            Undo::Commands(commands(&Act::SetMigration { enabled: before }, state))
        }
        _ => Undo::Nothing,
    }
}

pub(in crate::plan) fn object(act: &Act, state: &State) -> String {
    match act {
        Act::ClearOnPremises { account } => state.account_name(*account),
        Act::SetMigration { .. } => "numbers of the on-premises directory".to_owned(),
        _ => String::new(),
    }
}

pub(in crate::plan) fn relies_on(act: &Act) -> Vec<Object> {
    match act {
        Act::ClearOnPremises { account } => vec![Object::User(*account)],
        Act::SetMigration { .. } => vec![Object::NumberSettings],
        _ => Vec::new(),
    }
}

fn needs_of_clear(account: ObjectId, state: &State) -> Vec<Need> {
    let name = state.account_name(account);
    let Some(user) = state.user(account) else {
        return vec![
            Need::there(
                format!("`{name}` is in the directory"),
                state.is_there(false, ExportKind::OnlineUser),
            )
            .instead("Get-CsOnlineUser does not list it"),
        ];
    };
    let (met, instead) = match user.on_prem_line_uri {
        Field::Value(_) => (Met::Yes, ""),
        Field::Null => (Met::No, "nothing to clear"),
        Field::Absent => (Met::Unknown, "the export does not tell"),
    };
    let mut needs = Vec::from_iter(is_alive(account, state));
    needs.push(
        Need::refused(
            format!("`{name}` has a line URI in the on-premises directory"),
            met,
        )
        .instead(instead)
        .at(user.at("OnPremLineUri")),
    );
    if let Field::Value(synced) = user.dir_synced {
        needs.push(
            Need::refused(
                format!("`{name}` comes from the on-premises directory"),
                synced,
            )
            .instead("it is an account of the cloud alone")
            .at(user.at("UserDirSyncEnabled")),
        );
    }
    needs
}

fn line_of(account: ObjectId, state: &State) -> Option<&str> {
    let line = state.user(account)?.on_prem_line_uri.get()?;
    Some(state.tenant.snapshot.texts.text(line))
}

fn clear(account: ObjectId, state: &State) -> Effect {
    let user = Object::User(account);
    let mut effect = Effect {
        edits: vec![set(user.clone(), "OnPremLineUri", Value::Null)],
        ..Effect::default()
    };
    let number = line_of(account, state).and_then(PhoneNumber::parse);
    let row = number.and_then(|number| state.number(number));
    let is_online = row.is_some_and(|row| {
        let source = state.symbol(row.record.source.get());
        source.eq_ignore_ascii_case("Online")
    });
    // A number that was assigned online stays, whatever the server says.
    let shows_it = state.line(account).is_none() || state.line(account) == number;
    if shows_it && !is_online {
        effect.edits.push(set(user.clone(), "LineUri", Value::Null));
        if state.is_resource_account(account) {
            effect.edits.push(set(
                Object::ResourceAccount(account),
                "PhoneNumber",
                Value::Null,
            ));
        }
    }
    if let Some(row) = row
        && state
            .symbol(row.record.source.get())
            .eq_ignore_ascii_case("OnPremises")
    {
        effect
            .edits
            .extend(without_number(account, row.key, false, state));
        effect.edits.push(removed(Object::Number(row.key)));
    }
    // Until it is through, the number is in the inventory as well.
    let gone = effect.edits.iter().find(|edit| edit.what == What::Removed);
    let objects: Vec<Object> = std::iter::once(user)
        .chain(gone.map(|edit| edit.object.clone()))
        .collect();
    let what = format!(
        "the synchronization of the line URI of `{}`",
        state.account_name(account)
    );
    effect
        .pending
        .extend(objects.into_iter().map(|object| Pending {
            object,
            hours: SYNCHRONIZES,
            what: what.clone(),
        }));
    effect
}

/// What is typed on the server, which is no command of Teams PowerShell.
fn typed(account: ObjectId, line: &str, state: &State) -> Vec<String> {
    let name = state.account_argument(account);
    let cmdlet = if state.is_resource_account(account) {
        "Set-CsHybridApplicationEndpoint"
    } else {
        "Set-CsUser"
    };
    vec![
        "# in the Skype for Business Server shell, then synchronize the directory:".to_owned(),
        format!("# {cmdlet} -Identity {name} -LineURI {line}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceId, Span};
    use crate::tenant::Answer;
    use crate::tenant::testing::tenant;

    const ONE: &str = "00000000-0000-4000-8000-000000000001";

    fn id() -> ObjectId {
        ObjectId::parse(ONE).expect("an id")
    }

    /// An account with these properties, and its number with this source.
    fn state(properties: &str, source: &str) -> State {
        let users = format!(
            r#"[{{"Identity":"{ONE}","UserPrincipalName":"o'hara@contoso.example","EnterpriseVoiceEnabled":true,"LineUri":"tel:+12065550101"{properties}}}]"#
        );
        let numbers = format!(
            r#"[{{"TelephoneNumber":"+12065550101","NumberType":"DirectRouting","AssignedPstnTargetId":"{ONE}","NumberSource":"{source}"}}]"#
        );
        State::new(tenant(&[
            ("Get-CsOnlineUser.json", &users),
            ("Get-CsPhoneNumberAssignment.json", &numbers),
            (
                "Get-CsPhoneNumberTenantConfiguration.json",
                r#"[{"Identity":"Global","AllowOnPremToOnlineMigration":false,"AssignmentBlockedDays":0}]"#,
            ),
        ]))
    }

    fn done(act: &Act, state: &mut State) {
        let effect = act.effect(state);
        let _ = state.apply(effect, Span::start_of(SourceId(0)));
        state.tenant.settle();
    }

    fn met(act: &Act, state: &State) -> Vec<(Met, String)> {
        let needs = act.needs(state).into_iter();
        needs.map(|need| (need.met, need.instead)).collect()
    }

    const ON_SERVER: &str = r#","OnPremLineUri":"tel:+12065550101","UserDirSyncEnabled":true"#;

    #[test]
    fn a_line_of_the_server_goes_with_its_number_when_it_is_synchronized() {
        let mut state = state(ON_SERVER, "OnPremises");
        let act = Act::ClearOnPremises { account: id() };
        assert!(met(&act, &state).iter().all(|(met, _)| *met == Met::Yes));
        assert_eq!(
            act.commands(&state)[1],
            "# Set-CsUser -Identity 'o''hara@contoso.example' -LineURI $null"
        );
        let Undo::Commands(undo) = act.undo(&state) else {
            panic!("it can be typed again");
        };
        assert!(undo[1].ends_with("-LineURI 'tel:+12065550101'"));
        done(&act, &mut state);
        let user = state.user(id()).expect("the account");
        assert!(user.line_uri.is_null() && user.on_prem_line_uri.is_null());
        assert_eq!(user.enterprise_voice, Field::Value(true));
        assert!(state.tenant.numbers.is_empty());
        assert_eq!(state.line(id()), None);
        let pending = state.pending(&Object::User(id())).expect("a wait");
        assert_eq!(pending.hours, SYNCHRONIZES);
        assert_eq!(
            met(&act, &state)[0],
            (Met::No, "nothing to clear".to_owned())
        );
    }

    #[test]
    fn a_number_that_was_assigned_online_stays() {
        let mut state = state(ON_SERVER, "Online");
        done(&Act::ClearOnPremises { account: id() }, &mut state);
        assert_eq!(state.tenant.numbers.len(), 1);
        let user = state.user(id()).expect("the account");
        assert!(user.on_prem_line_uri.is_null());
        assert!(state.line(id()).is_some());
    }

    #[test]
    fn what_the_cloud_alone_holds_is_not_cleared_on_a_server() {
        let act = Act::ClearOnPremises { account: id() };
        let cloud = r#","OnPremLineUri":null,"UserDirSyncEnabled":false"#;
        let found = met(&act, &state(cloud, "Online"));
        assert_eq!(found[0].0, Met::No);
        assert_eq!(found[1].0, Met::No);
        assert_eq!(met(&act, &state("", "Online"))[0].0, Met::Unknown);
        let other = Act::ClearOnPremises {
            account: ObjectId::from_bits(7),
        };
        assert_eq!(met(&other, &state("", "Online"))[0].0, Met::No);
    }

    #[test]
    fn numbers_may_be_taken_over_once_the_tenant_says_so() {
        let mut state = state(ON_SERVER, "OnPremises");
        let act = Act::SetMigration { enabled: true };
        assert_eq!(state.tenant.takes_over_numbers, Answer::No);
        assert_eq!(
            act.undo(&state),
            Undo::Commands(vec![
                "Set-CsPhoneNumberTenantConfiguration -AllowOnPremToOnlineMigration $false"
                    .to_owned()
            ])
        );
        done(&act, &mut state);
        assert_eq!(state.tenant.takes_over_numbers, Answer::Yes);
        assert_eq!(act.undo(&state), Undo::Nothing);
        let mut bare = State::new(tenant(&[]));
        assert_eq!(act.effect(&bare).remarks.len(), 1);
        assert!(matches!(act.undo(&bare), Undo::Impossible(_)));
        assert_eq!(bare.takes_over_numbers(), Answer::Unknown);
        done(&act, &mut bare);
        assert_eq!(bare.takes_over_numbers(), Answer::Yes, "the plan said so");
    }
}
