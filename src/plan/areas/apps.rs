//! Auto attendants and call queues.
//!
//! Sources: <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csautoattendant>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/remove-cscallqueue>.

use super::routing::{first_of, none_of};
use crate::finding::powershell::quoted;
use crate::finding::{Place, Severity};
use crate::plan::act::{Act, Effect, Met, Need, Undo};
use crate::plan::state::{State, removed};
use crate::snapshot::{ExportKind, ObjectId};
use crate::tenant::AppKind;
use crate::tenant::edit::Object;

pub(in crate::plan) fn needs(act: &Act, state: &State) -> Vec<Need> {
    match act {
        Act::RemoveApp { app } => vec![
            app_is_there(*app, state),
            is_dissociated(*app, state),
            is_no_target(*app, state),
        ],
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn effect(act: &Act, _state: &State) -> Effect {
    match act {
        Act::RemoveApp { app } => Effect {
            edits: vec![removed(Object::App(*app))],
            ..Effect::default()
        },
        _ => Effect::default(),
    }
}

pub(in crate::plan) fn commands(act: &Act, state: &State) -> Vec<String> {
    match act {
        Act::RemoveApp { app } => {
            let id = quoted(&app.to_string());
            vec![match state.tenant.kind_of(*app) {
                Some(AppKind::AutoAttendant) => format!("Remove-CsAutoAttendant -Identity {id}"),
                Some(AppKind::CallQueue) => format!("Remove-CsCallQueue -Identity {id}"),
                None => format!(
                    "# no export tells what {id} is: Remove-CsAutoAttendant or Remove-CsCallQueue"
                ),
            }]
        }
        _ => Vec::new(),
    }
}

pub(in crate::plan) fn undo(act: &Act, state: &State) -> Undo {
    match act {
        Act::RemoveApp { app } => {
            let kind = state.tenant.kind_of(*app);
            let kind = kind.map_or("auto attendant or call queue", AppKind::words);
            Undo::Impossible(format!("a deleted {kind} does not come back"))
        }
        _ => Undo::Nothing,
    }
}

pub(in crate::plan) fn object(act: &Act, state: &State) -> String {
    match act {
        Act::RemoveApp { app } => state.tenant.app_name(*app),
        _ => String::new(),
    }
}

pub(in crate::plan) fn relies_on(act: &Act) -> Vec<Object> {
    match act {
        Act::RemoveApp { app } => vec![Object::App(*app)],
        _ => Vec::new(),
    }
}

fn app_is_there(app: ObjectId, state: &State) -> Need {
    let found = state.tenant.app(app).is_some();
    let attendants = state.is_there(found, ExportKind::AutoAttendant);
    let queues = state.is_there(found, ExportKind::CallQueue);
    Need::there(
        format!(
            "there is an auto attendant or call queue `{}`",
            state.tenant.app_name(app)
        ),
        // Unknown stands behind no: either export may lack it.
        attendants.max(queues),
    )
    .instead("neither Get-CsAutoAttendant nor Get-CsCallQueue lists it")
    .at(state.tenant.start_of(ExportKind::AutoAttendant))
}

/// The resource accounts of an app as the records say it now, and where the first one stands.
fn accounts_of(app: ObjectId, state: &State) -> (Vec<ObjectId>, Option<Place>) {
    let tenant = &state.tenant;
    let (mut accounts, mut place) = (Vec::new(), None);
    for association in &tenant.associations {
        if association.app.get() == Some(app) {
            place.get_or_insert_with(|| association.at("ConfigurationId"));
            accounts.extend(association.account.get());
        }
    }
    if let Some(record) = tenant.app(app) {
        let own = record.accounts.value().into_iter().flatten();
        for account in own {
            place.get_or_insert_with(|| record.at("ApplicationInstances"));
            accounts.push(*account);
        }
    }
    accounts.sort_unstable();
    accounts.dedup();
    (accounts, place)
}

fn is_dissociated(app: ObjectId, state: &State) -> Need {
    let tenant = &state.tenant;
    let (accounts, place) = accounts_of(app, state);
    let names: Vec<String> = accounts.iter().map(|id| state.account_name(*id)).collect();
    let is_untold = !tenant.knows_associations()
        || tenant
            .app(app)
            .is_some_and(|record| record.accounts.is_absent())
            && !state.is_whole(ExportKind::OnlineApplicationInstanceAssociation);
    Need::refused(
        format!(
            "no resource account is associated with `{}`",
            tenant.app_name(app)
        ),
        none_of(&names, is_untold),
    )
    .instead(match names.len() {
        0 => "no export tells its resource accounts".to_owned(),
        1 => format!("{} is", first_of(&names)),
        count => format!("{count} are: {}", first_of(&names)),
    })
    .at(place)
}

/// Exports that name apps, and the accounts of apps as targets.
pub(in crate::plan) const NAME_APPS: [ExportKind; 2] =
    [ExportKind::AutoAttendant, ExportKind::CallQueue];

/// That no other app sends calls to it, directly or by one of its resource accounts.
fn is_no_target(app: ObjectId, state: &State) -> Need {
    let tenant = &state.tenant;
    let (accounts, _) = accounts_of(app, state);
    let (mut callers, mut place) = (Vec::new(), None);
    for other in tenant.apps.iter().filter(|one| one.id.get() != Some(app)) {
        for (target, at) in tenant.targets_of(other) {
            let id = ObjectId::parse(tenant.snapshot.texts.symbol(target.id));
            if id.is_some_and(|id| id == app || accounts.contains(&id)) {
                place.get_or_insert(at);
                callers.extend(other.id.get().map(|id| tenant.app_name(id)));
                break;
            }
        }
    }
    let untold = state.untold_uses(&NAME_APPS);
    let met: Met = none_of(&callers, untold.is_some());
    Need::harm(
        Severity::Error,
        format!(
            "no other auto attendant or call queue sends calls to `{}`",
            tenant.app_name(app)
        ),
        met,
    )
    .instead(match callers.len() {
        0 => untold.unwrap_or_default(),
        1 => format!("{} does", first_of(&callers)),
        count => format!("{count} do: {}", first_of(&callers)),
    })
    .at(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::act::Weight;
    use crate::source::{SourceId, Span};
    use crate::tenant::testing::tenant;

    const ACCOUNT: &str = "00000000-0000-4000-8000-000000000001";
    const QUEUE: &str = "00000000-0000-4000-8000-00000000000a";
    const OTHER: &str = "00000000-0000-4000-8000-00000000000b";

    fn id(text: &str) -> ObjectId {
        ObjectId::parse(text).expect("an id")
    }

    /// Queue Sales with these accounts, and queue Rest that sends calls to this target.
    fn state(accounts: &str, target: &str) -> State {
        let queues = format!(
            r#"[{{"Identity":"{QUEUE}","Name":"Sales","RoutingMethod":"Serial","ApplicationInstances":{accounts},"OverflowActionTarget":null,"TimeoutActionTarget":{{"Id":"{QUEUE}","Type":"ConfigurationEndpoint"}}}},{{"Identity":"{OTHER}","Name":"Rest","RoutingMethod":"Serial","ApplicationInstances":[],"OverflowActionTarget":null,"TimeoutActionTarget":{target}}}]"#
        );
        State::new(tenant(&[
            ("Get-CsCallQueue.json", &queues),
            ("Get-CsAutoAttendant.json", "[]"),
            ("Get-CsOnlineApplicationInstanceAssociation.json", "[]"),
        ]))
    }

    fn unmet(act: &Act, state: &State) -> Vec<(Weight, Met, String)> {
        let needs = act.needs(state).into_iter();
        needs
            .filter(|need| need.met != Met::Yes)
            .map(|need| (need.weight, need.met, need.instead))
            .collect()
    }

    #[test]
    fn an_app_goes_when_it_has_no_account_and_no_caller() {
        let act = Act::RemoveApp { app: id(QUEUE) };
        let mut free = state("[]", "null");
        assert_eq!(unmet(&act, &free), [], "its own target is no other app");
        assert_eq!(
            act.commands(&free),
            [format!("Remove-CsCallQueue -Identity '{QUEUE}'")]
        );
        assert_eq!(act.object(&free), "Sales");
        assert!(matches!(act.undo(&free), Undo::Impossible(_)));
        let effect = act.effect(&free);
        let _ = free.apply(effect, Span::start_of(SourceId(0)));
        free.tenant.settle();
        assert!(free.tenant.app(id(QUEUE)).is_none());
        assert_eq!(unmet(&act, &free)[0].0, Weight::Missing);
    }

    #[test]
    fn accounts_and_callers_are_named() {
        let act = Act::RemoveApp { app: id(QUEUE) };
        let served = format!(r#"["{ACCOUNT}"]"#);
        let by_account = format!(r#"{{"Id":"{ACCOUNT}","Type":"ApplicationEndpoint"}}"#);
        assert_eq!(
            unmet(&act, &state(&served, &by_account)),
            [
                (Weight::Refused, Met::No, format!("`{ACCOUNT}` is")),
                (
                    Weight::Harm(Severity::Error),
                    Met::No,
                    "`Rest` does".to_owned()
                ),
            ]
        );
        let by_id = format!(r#"{{"Id":"{QUEUE}","Type":"ConfigurationEndpoint"}}"#);
        assert_eq!(unmet(&act, &state("[]", &by_id)).len(), 1);
    }

    #[test]
    fn what_is_not_exported_is_not_known() {
        let state = State::new(tenant(&[(
            "Get-CsCallQueue.json",
            &format!(r#"[{{"Identity":"{QUEUE}","Name":"Sales","RoutingMethod":"Serial"}}]"#),
        )]));
        let found = unmet(&Act::RemoveApp { app: id(QUEUE) }, &state);
        assert!(found.iter().all(|(_, met, _)| *met == Met::Unknown));
        assert_eq!(found.len(), 2);
        let whole = format!(
            r#"[{{"Identity":"{QUEUE}","Name":"Sales","RoutingMethod":"Serial","ApplicationInstances":[],"OverflowActionTarget":null,"TimeoutActionTarget":null}}]"#
        );
        let queues = State::new(tenant(&[
            ("Get-CsCallQueue.json", &whole),
            ("Get-CsOnlineApplicationInstanceAssociation.json", "[]"),
        ]));
        assert_eq!(
            unmet(&Act::RemoveApp { app: id(QUEUE) }, &queues),
            [(
                Weight::Harm(Severity::Error),
                Met::Unknown,
                "not all of Get-CsAutoAttendant is exported".to_owned()
            )]
        );
        let gone = unmet(&Act::RemoveApp { app: id(OTHER) }, &state);
        assert_eq!(gone[0].1, Met::Unknown, "attendants are not exported");
    }
}
