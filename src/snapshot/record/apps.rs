//! Resource accounts, and the auto attendants and call queues that they serve.

use super::record;
use crate::snapshot::cell::{Cell, Reading};
use crate::snapshot::damage::Damage;
use crate::snapshot::lax::Lax;
use crate::snapshot::object_id::ObjectId;
use crate::snapshot::texts::{Symbol, Text, Texts};

record! {
    /// A resource account: `Get-CsOnlineApplicationInstance`.
    ResourceAccountRecord {
        /// Entra object id.
        id: ObjectId = "ObjectId",
        /// User principal name.
        upn: Text = "UserPrincipalName",
        /// Display name.
        display_name: Text = "DisplayName",
        /// What it was made for: the id of auto attendants or of call queues.
        application: ObjectId = "ApplicationId",
        /// Its service number as spelled.
        number: Text = "PhoneNumber",
        /// Tenant id.
        tenant: ObjectId = "TenantId",
    }
}

record! {
    /// Which app a resource account serves: `Get-CsOnlineApplicationInstanceAssociation`.
    AssociationRecord {
        /// The resource account.
        account: ObjectId = "Id",
        /// The auto attendant or call queue.
        app: ObjectId = "ConfigurationId",
        /// `AutoAttendant` or `CallQueue`.
        app_type: Symbol = "ConfigurationType",
    }
}

record! {
    /// An auto attendant or a call queue; the kind of its export says which.
    AppRecord {
        /// Its id.
        id: ObjectId = "Identity",
        /// Its name.
        name: Text = "Name",
        /// The resource accounts that serve it.
        accounts: Box<[ObjectId]> = "ApplicationInstances",
        /// Of an auto attendant: who takes the calls of callers who ask for an operator.
        operator: CallTarget = "Operator",
        /// Of an auto attendant: what callers hear in business hours.
        default_flow: CallFlow = "DefaultCallFlow",
        /// Of an auto attendant: what they hear after hours and on holidays.
        flows: Box<[CallFlow]> = "CallFlows",
        /// Of an auto attendant: the resource account for callers who dial by name.
        dial_by_name: ObjectId = "DialByNameResourceId",
        /// Of a call queue: where calls go when it is full.
        overflow_target: CallTarget = "OverflowActionTarget",
        /// Of a call queue: where calls go that waited too long.
        timeout_target: CallTarget = "TimeoutActionTarget",
        /// Of a call queue: where calls go when no agent is there.
        no_agent_target: CallTarget = "NoAgentActionTarget",
        /// Of a call queue: the resource accounts whose numbers its agents may show.
        calling_ids: Box<[ObjectId]> = "OboResourceAccountIds",
        /// Of a call queue: whether callers may be called back instead of waiting.
        calls_back: bool = "IsCallbackEnabled",
    }
}

/// Where an app sends a call: `{Id, Type}`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CallTarget {
    /// An object id, or a telephone number.
    pub id: Symbol,
    /// `User`, `ApplicationEndpoint`, `ConfigurationEndpoint`, …; what it means, the tenant says.
    pub target_type: Option<Symbol>,
}

impl Cell for CallTarget {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let id = value.member("Id").and_then(Lax::scalar)?;
        let target_type = value.member("Type").and_then(Lax::scalar);
        Some(Self {
            id: reading.arena.symbol(&id),
            target_type: target_type.map(|name| reading.arena.symbol(&name)),
        })
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        out.push(texts.symbol(self.id).to_owned());
        true
    }
}

/// The call flow of an auto attendant, by the targets of its menu.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallFlow {
    /// Where the options of the menu lead, in order; an option without target has none here.
    pub targets: Box<[CallTarget]>,
}

impl Cell for CallFlow {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let menu = value.member("Menu").unwrap_or(&Lax::Null);
        let options = menu.member("MenuOptions").unwrap_or(&Lax::Null);
        // What too small a `-Depth` cut away may have led anywhere.
        if matches!(menu, Lax::Text(_)) || options.is_cut() || options.is_blanked() {
            reading.damaged(Damage::Cut, menu);
            return None;
        }
        let mut targets = Vec::new();
        for option in options.elements() {
            match option.member("CallTarget") {
                None => {}
                Some(target) if target.is_blank() => {}
                Some(target) if target.is_cut() => {
                    let Some(object) = target.recovered() else {
                        reading.damaged(Damage::Cut, target);
                        return None;
                    };
                    reading.damaged(Damage::Recovered, target);
                    targets.extend(CallTarget::read(&object, reading));
                }
                Some(target) => targets.extend(CallTarget::read(target, reading)),
            }
        }
        Some(Self {
            targets: targets.into(),
        })
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        self.targets.show(texts, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::field::Field;
    use crate::snapshot::texts::TextsBuilder;

    #[test]
    fn a_call_flow_is_known_only_with_its_whole_menu() {
        let builder = TextsBuilder::default();
        let mut reading = Reading::new(builder.arena(), false);
        let mut targets = |json: &str| {
            let value = serde_json::from_str(json).expect("JSON");
            let flow = CallFlow::field(&value, &mut reading);
            match flow {
                Field::Value(flow) => Some(flow.targets.len()),
                Field::Null => Some(0),
                Field::Absent => None,
            }
        };
        let option = r#"{"Action":"X","CallTarget":{"Id":"1","Type":"User"}}"#;
        let menu = |options: &str| format!(r#"{{"Id":"f","Menu":{{"MenuOptions":{options}}}}}"#);
        assert_eq!(targets(&menu(&format!("[{option},{option}]"))), Some(2));
        assert_eq!(targets(&menu(option)), Some(1), "one option unwrapped");
        assert_eq!(targets(&menu(r#"[{"CallTarget":null},{}]"#)), Some(0));
        assert_eq!(targets(r#"{"Id":"f","Menu":null}"#), Some(0));
        assert_eq!(targets("null"), Some(0));
        assert_eq!(targets(&menu("\"System.Object[]\"")), None);
        assert_eq!(
            targets(r#"{"Id":"f","Menu":"Microsoft.Teams.ConfigAPI.Menu"}"#),
            None
        );
        assert_eq!(
            targets(&menu(r#"[{"CallTarget":"@{Id=1; Type=User}"}]"#)),
            Some(1)
        );
        assert_eq!(targets(&menu(r#"["", " "]"#)), None);
        assert_eq!(targets("\"System.Object[]\""), None);
        assert_eq!(reading.damages.total(), 5);
    }
}
