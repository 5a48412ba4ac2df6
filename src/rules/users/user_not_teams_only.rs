//! `rules/users/user-not-teams-only.md`

use crate::finding::powershell::quoted;
use crate::finding::{Draft, Label, Remedy, Severity, Subject, SubjectKind};
use crate::rules::upgrade_grant::teams_only;
use crate::rules::{Check, Cx, Declared, Verdict, rule};
use crate::snapshot::service_plans::PlanClass;
use crate::tenant::{AccountKind, Answer, Decided, Number, User};

pub(super) const RULE: Declared = rule!("users", "user-not-teams-only", Check::User(check));

fn check(user: &User, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    if user.id.value().is_none() {
        return Verdict::NotApplicable;
    }
    let kind = tenant.account_kind(user);
    if tenant.is_deleted(user) || !matches!(kind, AccountKind::User | AccountKind::Unknown) {
        return Verdict::NotApplicable;
    }
    let numbers = tenant.numbers_of_user(user);
    match calls(user, cx) {
        Answer::Yes => {}
        Answer::No => return Verdict::NotApplicable,
        Answer::Unknown if tenant.coexistence(user).teams_only == Answer::Yes => {
            return Verdict::NotApplicable;
        }
        Answer::Unknown => {
            return Verdict::Unknown(
                "no export tells whether the user holds a number or has Enterprise Voice",
            );
        }
    }
    if kind == AccountKind::Unknown {
        return Verdict::Unknown("the kind of the account is not known");
    }
    let coexistence = tenant.coexistence(user);
    match coexistence.teams_only {
        Answer::Yes => Verdict::Passed,
        Answer::Unknown if coexistence.decided == Decided::Nothing => {
            Verdict::Unknown("mode, upgrade policy and the `Global` upgrade policy leave it open")
        }
        Answer::Unknown => Verdict::Unknown("the coexistence mode is none that is documented"),
        Answer::No => Verdict::Found(Box::new(draft(user, &numbers, &coexistence.decided, cx))),
    }
}

/// Whether the user makes calls over the telephone network.
fn calls(user: &User, cx: &Cx) -> Answer {
    let line = cx.tenant.has_line(user);
    if line == Answer::Yes {
        return Answer::Yes;
    }
    let is_room = user
        .features
        .value()
        .is_some_and(|features| features.classes.contains(PlanClass::Room));
    match user.enterprise_voice.get() {
        Some(true) if !is_room => Answer::Yes,
        Some(_) => Answer::No,
        None if user.enterprise_voice.is_null() || (is_room && user.line_uri.is_null()) => {
            Answer::No
        }
        // A line URI that is blank leaves open whether Enterprise Voice is on.
        None => Answer::Unknown,
    }
}

fn draft(user: &User, numbers: &[&Number], decided: &Decided, cx: &Cx) -> Draft {
    let tenant = cx.tenant;
    let name = tenant.user_name(user);
    let on_operator_connect = numbers
        .iter()
        .find(|number| tenant.is_operator_connect(number) == Answer::Yes);
    // The service sets this policy on accounts of Operator Connect, but not at once: the inventory is believed first.
    let by_carrier_policy =
        !tenant.tells_holders() && user.carrier_emergency_policy.value().is_some();
    let severity = if on_operator_connect.is_some() || by_carrier_policy {
        Severity::Error
    } else {
        Severity::Warning
    };
    let number = on_operator_connect.or(numbers.first());
    let holds = match (number, on_operator_connect) {
        (Some(number), Some(_)) => format!("holds the Operator Connect number `{}`", number.key),
        (Some(number), None) => format!("holds the number `{}`", number.key),
        (None, _) => match user.line_uri.get() {
            Some(line_uri) => format!(
                "has the line URI `{}`{}",
                tenant.snapshot.texts.text(line_uri),
                if by_carrier_policy {
                    " on Operator Connect"
                } else {
                    ""
                }
            ),
            None if tenant.has_line(user) == Answer::No => {
                "is enabled for Enterprise Voice, still without a number,".to_owned()
            }
            None => "is enabled for Enterprise Voice".to_owned(),
        },
    };
    let (mode, primary) = match decided {
        Decided::Mode(mode) => (
            format!("is in mode `{mode}`"),
            Label::new(
                user.at("TeamsUpgradeEffectiveMode"),
                format!("coexistence mode `{mode}`, not `TeamsOnly`"),
            ),
        ),
        Decided::Policy(policy) => (
            format!("has the upgrade policy `{policy}`"),
            Label::new(
                user.at("TeamsUpgradePolicy"),
                format!("`{policy}` does not make the user Teams Only"),
            ),
        ),
        Decided::Global(mode, _) => (
            format!("inherits the mode `{mode}` of the whole organization"),
            Label::new(user.at("TeamsUpgradePolicy"), "no policy of the user's own"),
        ),
        Decided::Nothing => (String::new(), Label::new(user.at("UserPrincipalName"), "")),
    };
    let mut related = Vec::new();
    if let Decided::Global(mode, place) = decided {
        let text = format!("`{mode}` is everybody's mode without another policy");
        related.push(Label::new(place.clone(), text));
    }
    if let Some(number) = number {
        let text = if on_operator_connect.is_some() {
            "this Operator Connect number is theirs"
        } else {
            "this number is theirs"
        };
        related.push(Label::new(number.record.at("TelephoneNumber"), text));
    } else if user.line_uri.value().is_some() {
        related.push(Label::new(user.at("LineUri"), "their number"));
    } else {
        related.push(Label::new(
            user.at("EnterpriseVoiceEnabled"),
            "enabled for calls",
        ));
    }
    if by_carrier_policy {
        related.push(Label::new(
            user.at("TeamsCarrierEmergencyCallRoutingPolicy"),
            "the service sets this on Operator Connect only",
        ));
    }
    Draft {
        severity,
        subject: Subject::new(SubjectKind::User, id_of(user), &name),
        discriminator: String::new(),
        message: format!("`{name}` {holds} but {mode}, not Teams Only"),
        primary,
        related,
        remedy: remedy(user, decided, cx),
    }
}

fn remedy(user: &User, decided: &Decided, cx: &Cx) -> Remedy {
    let mut commands = Vec::new();
    if cx.tenant.is_hosted_elsewhere(user) {
        commands
            .push("# homed on-premises: first, in the Skype for Business Server shell".to_owned());
        commands.push(format!(
            "Move-CsUser -Identity {} -Target sipfed.online.lync.com",
            quoted(&cx.tenant.user_identity(user))
        ));
    }
    commands.extend(teams_only(user, cx));
    if matches!(decided, Decided::Global(..)) {
        commands.push(
            "# or, when everybody is ready, for the whole organization: Grant-CsTeamsUpgradePolicy -PolicyName UpgradeToTeams -Global"
                .to_owned(),
        );
    }
    Remedy {
        summary: "make the user Teams Only; it can take 24 hours to show".into(),
        commands,
    }
}

fn id_of(user: &User) -> String {
    user.id.get().map(|id| id.to_string()).unwrap_or_default()
}
