//! Where the calls of an app go: what the types of targets mean, which auto attendants and call queues spell differently.

use super::Tenant;
use crate::snapshot::ObjectId;
use crate::snapshot::record::CallTarget;

/// What a target of an app is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Destination {
    /// An account of the directory, to whom calls go as to a person.
    Person(ObjectId),
    /// A resource account.
    Account(ObjectId),
    /// An auto attendant or a call queue, by its own id.
    App(ObjectId),
    /// A telephone number outside: the call leaves.
    OutsideNumber,
    /// Something with that id, of which the export does not tell what it is: without a type, or with a number for one.
    Untold(ObjectId),
    /// Voicemail, or nothing that has an id.
    Other,
}

impl Tenant {
    /// What a target of an app is, by its type: an id alone may be that of an account or of an app.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/new-csautoattendantcallableentity>,
    /// <https://learn.microsoft.com/powershell/module/microsoftteams/get-cscallqueue>.
    pub fn destination_of(&self, target: &CallTarget) -> Destination {
        let texts = &self.snapshot.texts;
        let name = target.target_type.map_or("", |name| texts.symbol(name));
        let is = |known: &str| is_spelled(name, known);
        // Auto attendants say `ExternalPstn` where call queues say `Phone`.
        if is("ExternalPstn") || is("Phone") {
            return Destination::OutsideNumber;
        }
        let Some(id) = ObjectId::parse(texts.symbol(target.id)) else {
            return Destination::Other;
        };
        if is("User") {
            Destination::Person(id)
        } else if is("ApplicationEndpoint") {
            Destination::Account(id)
        } else if is("ConfigurationEndpoint") {
            Destination::App(id)
        } else if VOICEMAIL.iter().any(|known| is(known)) {
            Destination::Other
        } else {
            // What the numbers of the types mean is not documented.
            Destination::Untold(id)
        }
    }
}

/// The types of targets that are mailboxes of groups and of people.
const VOICEMAIL: [&str; 3] = ["SharedVoicemail", "Mailbox", "Voicemail"];

/// Whether a text is a known name, in any case, with or without blanks.
fn is_spelled(text: &str, known: &str) -> bool {
    let bare = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    bare.map(|byte| byte.to_ascii_lowercase())
        .eq(known.bytes().map(|byte| byte.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::Destination;
    use crate::snapshot::ObjectId;
    use crate::tenant::testing::tenant;

    const ONE: &str = "00000000-0000-4000-8000-000000000001";

    fn destination(id: &str, target_type: &str) -> Destination {
        let queues = format!(
            r#"[{{"Identity":"00000000-0000-4000-8000-00000000000a","Name":"Sales","RoutingMethod":"Serial","TimeoutActionTarget":{{"Id":"{id}"{target_type}}}}}]"#
        );
        let tenant = tenant(&[("Get-CsCallQueue.json", &queues)]);
        let target = tenant.apps[0].timeout_target.get().expect("a target");
        tenant.destination_of(&target)
    }

    #[test]
    fn a_target_is_what_its_type_says_in_either_spelling() {
        let one = ObjectId::parse(ONE).expect("an id");
        for (id, name, expected) in [
            (ONE, "User", Destination::Person(one)),
            (ONE, "ApplicationEndPoint", Destination::Account(one)),
            (ONE, "ConfigurationEndpoint", Destination::App(one)),
            (ONE, "Configuration Endpoint", Destination::App(one)),
            (ONE, "SharedVoicemail", Destination::Other),
            (ONE, "Shared Voicemail", Destination::Other),
            (ONE, "Mailbox", Destination::Other),
            (ONE, "3", Destination::Untold(one)),
            (ONE, "Somewhere", Destination::Untold(one)),
            ("tel:+12065550102", "Phone", Destination::OutsideNumber),
            (
                "tel:+12065550102",
                "ExternalPstn",
                Destination::OutsideNumber,
            ),
            ("tel:+12065550102", "User", Destination::Other),
        ] {
            let found = destination(id, &format!(r#","Type":"{name}""#));
            assert_eq!(found, expected, "{name}");
        }
        assert_eq!(destination(ONE, ""), Destination::Untold(one));
        assert_eq!(destination(ONE, r#","Type":3"#), Destination::Untold(one));
        assert_eq!(destination("tel:+12065550102", ""), Destination::Other);
    }
}
