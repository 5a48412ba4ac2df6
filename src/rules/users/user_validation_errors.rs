//! `rules/users/user-validation-errors.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Severity};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::tenant::{Answer, User};

pub(super) const RULE: Declared = rule!("users", "user-validation-errors", Check::User(check));

/// How many characters of the service's own words are quoted.
const QUOTED: usize = 120;

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if tenant.is_deleted(user) {
        return Verdict::NotApplicable;
    }
    if user.enterprise_voice.get() != Some(true) {
        match tenant.has_line(user) {
            Answer::Yes => {}
            Answer::No => return Verdict::NotApplicable,
            Answer::Unknown => {
                return Verdict::Unknown("no export tells whether the account holds a number");
            }
        }
    }
    let texts = &tenant.snapshot.texts;
    if let Some(errors) = user.validation_errors.get() {
        let words: String = texts.symbol(errors.0).chars().take(QUOTED).collect();
        let label = Label::new(
            user.at("UserValidationErrors"),
            "in the words of the service",
        );
        let why = if words.is_empty() {
            "with an error that has no words".to_owned()
        } else {
            format!("`{words}`")
        };
        return found(draft(user, &why, label, cx));
    }
    let interpreted = tenant.interpreted_type(user);
    if interpreted.is_some_and(|told| told.is_in_trouble) {
        let kind = user.interpreted_type.get();
        let kind = kind.map_or("", |name| texts.symbol(name));
        let label = Label::new(user.at("InterpretedUserType"), "not provisioned");
        return found(draft(user, &format!("its type is `{kind}`"), label, cx));
    }
    if user.validation_errors.is_absent() && interpreted.is_none() {
        return Verdict::Unknown("the export does not tell whether the account is provisioned");
    }
    Verdict::Passed
}

fn draft(user: &User, why: &str, primary: Label, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    Draft::new(
        Severity::Warning,
        tenant.user_subject(user),
        format!("`{name}` is not fully provisioned: {why}"),
        primary,
    )
    .related(tenant.number_label(user, "this number may not work"))
    .remedy(
        "correct what the service complains of",
        [
            "# look at proxy addresses, the SIP address and the line URI that the message names".to_owned(),
            format!("Get-CsOnlineUser -Identity {} | Select-Object UserValidationErrors, InterpretedUserType", quoted(&tenant.user_identity(user))),
            "# it may pass by itself within a day of a change; as the last step, remove and assign the license again".to_owned(),
        ],
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn judge(properties: &str) -> Vec<Verdict> {
        let users = format!(
            r#"[{{"Identity":"{ID}","UserPrincipalName":"a@contoso.example","LineUri":"tel:+12065550101","SoftDeletionTimestamp":null{properties}}}]"#
        );
        verdicts("US010", &[("Get-CsOnlineUser.json", &users)])
    }

    #[test]
    fn the_words_of_the_service_are_quoted() {
        let told = judge(
            r#","UserValidationErrors":[{"ErrorCode":"X","ErrorDescription":"LineURI is not unique"}]"#,
        );
        let [Verdict::Found(draft)] = told.as_slice() else {
            panic!("{told:?}");
        };
        assert!(
            draft.message.ends_with("`LineURI is not unique`"),
            "{}",
            draft.message
        );
        let silent = judge(r#","UserValidationErrors":[{"ErrorDescription":""}]"#);
        let [Verdict::Found(draft)] = silent.as_slice() else {
            panic!("{silent:?}");
        };
        assert!(draft.message.ends_with("that has no words"));
        let kind =
            judge(r#","UserValidationErrors":[],"InterpretedUserType":"DirSyncSfBUserFailed""#);
        assert!(matches!(kind[..], [Verdict::Found(_)]));
    }

    #[test]
    fn none_is_a_pass_and_untold_is_open() {
        for none in ["[]", r#""{}""#] {
            let judged = judge(&format!(r#","UserValidationErrors":{none}"#));
            assert!(matches!(judged[..], [Verdict::Passed]), "{none}");
        }
        assert!(matches!(
            judge(r#","InterpretedUserType":"PureOnlineTeamsOnlyUser""#)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(judge("")[..], [Verdict::Unknown(_)]));
        let users = format!(
            r#"[{{"Identity":"{ID}","LineUri":null,"EnterpriseVoiceEnabled":false,"UserValidationErrors":["x"]}}]"#
        );
        assert!(verdicts("US010", &[("Get-CsOnlineUser.json", &users)]).is_empty());
    }
}
