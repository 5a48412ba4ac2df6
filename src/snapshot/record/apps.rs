//! Resource accounts, and the auto attendants and call queues that they serve.

use super::record;
use crate::snapshot::cell::{Cell, Reading, TenantMark};
use crate::snapshot::damage::Damage;
use crate::snapshot::field::Field;
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
        /// Whose it is.
        tenant: TenantMark = "TenantId",
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
    const OBJECT: bool = true;

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
    const OBJECT: bool = true;

    fn known(value: &Lax, reading: &mut Reading) -> Field<Self> {
        // A text names the flow at most: of its menu nothing is left, whatever stands in its place.
        if matches!(value, Lax::Text(_)) {
            reading.damaged(Damage::Cut, value);
            return Field::Absent;
        }
        let noted = reading.damages.total();
        let flow = Self::read(value, reading);
        if flow.is_none() && reading.damages.total() == noted {
            let damage = if value.is_cut() {
                Damage::Cut
            } else {
                Damage::Unreadable
            };
            reading.damaged(damage, value);
        }
        flow.map_or(Field::Absent, Field::Value)
    }

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        if !matches!(value, Lax::Map(_)) {
            return None;
        }
        let menu = value.member("Menu").unwrap_or(&Lax::Null);
        let options = menu.member("MenuOptions").unwrap_or(&Lax::Null);
        // What too small a `-Depth` cut away may have led anywhere.
        let mut all = options.elements().iter().chain([menu]);
        if options.is_blanked() || all.any(|value| matches!(value, Lax::Text(_))) {
            reading.damaged(Damage::Cut, menu);
            return None;
        }
        let mut targets = Vec::new();
        for option in options.elements() {
            targets.extend(target_of(option, reading)?);
        }
        Some(Self {
            targets: targets.into(),
        })
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        self.targets.show(texts, out)
    }
}

/// Where an option of a menu leads, inner `None` where it leads nowhere; `None` where that is lost.
#[expect(
    clippy::option_option,
    reason = "outer: whether it is known; inner: whether there is one"
)]
fn target_of(option: &Lax, reading: &mut Reading) -> Option<Option<CallTarget>> {
    let Some(target) = option.member("CallTarget") else {
        return Some(None);
    };
    let action = option.member("Action").and_then(Lax::scalar);
    let transfers =
        action.is_some_and(|action| action.eq_ignore_ascii_case("TransferCallToTarget"));
    match target {
        // An object of which no text is left.
        Lax::Text(_) if target.is_blank() && transfers => {
            reading.damaged(Damage::Cut, target);
            None
        }
        _ if target.is_blank() => Some(None),
        Lax::Map(members) if members.iter().all(|(_, value)| value.is_blank()) => Some(None),
        Lax::Text(_) => {
            let object = target.recovered();
            let found = object.and_then(|object| CallTarget::read(&object, reading));
            let damage = if found.is_some() {
                Damage::Recovered
            } else {
                Damage::Cut
            };
            reading.damaged(damage, target);
            found.map(Some)
        }
        _ => CallTarget::read(target, reading).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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

    #[test]
    fn a_menu_that_became_a_text_is_lost_and_no_empty_menu() {
        let builder = TextsBuilder::default();
        let mut reading = Reading::new(builder.arena(), false);
        let mut targets = |json: &str| {
            let noted = reading.damages.total();
            let value = serde_json::from_str(json).expect("JSON");
            let flow = CallFlow::field(&value, &mut reading);
            assert_eq!(reading.damages.total(), noted + 1, "{json}");
            flow.value().map(|flow| flow.targets.len())
        };
        let menu = |options: &str| format!(r#"{{"Id":"f","Menu":{{"MenuOptions":{options}}}}}"#);
        let leads = |target: &str| {
            menu(&format!(
                r#"[{{"Action":"TransferCallToTarget","CallTarget":{target}}}]"#
            ))
        };
        assert_eq!(
            targets(&leads(r#""Id=1;Type=ApplicationEndpoint""#)),
            Some(1)
        );
        for lost in [
            leads(r#""""#),
            leads(r#""Microsoft.Rtc.Management.Hosted.CallableEntity""#),
            leads(r#""1""#),
            leads(r#"{"Type":"User"}"#),
            menu(r#"["Action=TransferCallToTarget;DtmfResponse=Tone1;CallTarget=x"]"#),
            menu(r#"["@{Action=TransferCallToTarget; CallTarget=}"]"#),
            menu(r#"["",{"Action":"DisconnectCall"}]"#),
            menu(r#""Action=DisconnectCall;CallTarget=""#),
            menu(r#"" ""#),
            r#""Id=f;Name=x""#.to_owned(),
            r#""@{Id=f; Name=x; Greetings=System.Object[]; Menu=}""#.to_owned(),
        ] {
            assert_eq!(targets(&lost), None, "{lost}");
        }
    }

    #[test]
    fn a_target_that_became_a_text_is_read_back() {
        let builder = TextsBuilder::default();
        let mut reading = Reading::new(builder.arena(), false);
        let mut is_read = |json: &str| {
            let value = serde_json::from_str(json).expect("JSON");
            CallTarget::field(&value, &mut reading).value().is_some()
        };
        assert!(is_read(
            r#""Id=00000000-0000-4000-8000-000000000005;Type=User""#
        ));
        assert!(is_read(
            r#""@{Id=00000000-0000-4000-8000-000000000005; Type=User}""#
        ));
        assert!(!is_read(
            r#""Microsoft.Rtc.Management.Hosted.CallableEntity""#
        ));
        assert!(!is_read(r#""00000000-0000-4000-8000-000000000005""#));
    }
}
