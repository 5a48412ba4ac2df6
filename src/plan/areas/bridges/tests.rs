use super::*;
use crate::plan::act::Weight;
use crate::source::{SourceId, Span};
use crate::tenant::Holder;
use crate::tenant::testing::tenant;

const BRIDGE: &str = "00000000-0000-4000-8000-0000000000bb";
const NUMBERS: &str = r#"[
        {"TelephoneNumber":"+12065550101","NumberType":"CallingPlan","PstnPartnerName":"Microsoft","PstnAssignmentStatus":"ConferenceAssigned","AssignedPstnTargetId":"00000000-0000-4000-8000-0000000000bb","Capability":["ConferenceAssignment"]},
        {"TelephoneNumber":"+12065550102","NumberType":"CallingPlan","PstnPartnerName":"Microsoft","PstnAssignmentStatus":"Unassigned","AssignedPstnTargetId":null,"Capability":["ConferenceAssignment","VoiceApplicationAssignment"]},
        {"TelephoneNumber":"+12065550103","NumberType":"OperatorConnect","PstnPartnerName":"Telco A","PstnAssignmentStatus":"Unassigned","AssignedPstnTargetId":null,"Capability":["UserAssignment"]}]"#;

/// A bridge with a default number of its own and one of Microsoft's; an organizer invites with the default.
fn state() -> State {
    let bridges = format!(
        r#"[{{"Identity":"{BRIDGE}","Name":"Conference Bridge","DefaultServiceNumber":"12065550101","ServiceNumbers":[{{"Number":"12065550101","IsShared":false,"Type":"Toll"}},{{"Number":"12065550109","IsShared":true,"Type":"Toll"}}]}}]"#
    );
    State::new(tenant(&[
        ("Get-CsPhoneNumberAssignment.json", NUMBERS),
        ("Get-CsOnlineDialInConferencingBridge.json", &bridges),
        (
            "Get-CsOnlineDialInConferencingUser.json",
            r#"[{"Identity":"00000000-0000-4000-8000-000000000001","ServiceNumber":"12065550101","TollFreeServiceNumber":null,"BridgeName":"Conference Bridge"}]"#,
        ),
    ]))
}

fn act(add: &[&str], remove: &[&str], default: Option<&str>) -> Act {
    let number = |text: &&str| PhoneNumber::parse(text).expect("a number");
    Act::SetBridge {
        add: add.iter().map(number).collect(),
        remove: remove.iter().map(number).collect(),
        default: default.as_ref().map(number),
    }
}

fn unmet(act: &Act, state: &State) -> Vec<(Weight, String)> {
    let needs = act.needs(state).into_iter();
    needs
        .filter(|need| need.met != Met::Yes)
        .map(|need| (need.weight, format!("{}: {}", need.what, need.instead)))
        .collect()
}

#[test]
fn a_number_comes_becomes_the_default_and_goes_again() {
    let mut state = state();
    let new = "+12065550102";
    let come = act(&[new], &[], Some(new));
    assert_eq!(unmet(&come, &state), []);
    assert_eq!(
        come.commands(&state),
        [
            format!(
                "Register-CsOnlineDialInConferencingServiceNumber -Identity '{new}' -BridgeId '{BRIDGE}'"
            ),
            format!(
                "Set-CsOnlineDialInConferencingBridge -Identity '{BRIDGE}' -DefaultServiceNumber '{new}'"
            ),
        ]
    );
    assert_eq!(
        come.undo(&state),
        Undo::Commands(vec![
            format!(
                "Set-CsOnlineDialInConferencingBridge -Identity '{BRIDGE}' -DefaultServiceNumber '+12065550101'"
            ),
            format!(
                "Unregister-CsOnlineDialInConferencingServiceNumber -Identity '{new}' -BridgeId '{BRIDGE}'"
            ),
        ])
    );
    let effect = come.effect(&state);
    let _ = state.apply(effect, Span::start_of(SourceId(0)));
    state.tenant.settle();
    let number = PhoneNumber::parse(new).expect("a number");
    assert_eq!(state.tenant.on_bridge(number).0, Answer::Yes);
    let row = state.number(number).expect("the number");
    assert_eq!(row.holder, Holder::ConferenceBridge);
    let bridge = bridge(&state).expect("the bridge");
    assert_eq!(default_of(bridge, &state), Some(number));
    assert_eq!(bridge.numbers.value().map(|all| all.len()), Some(3));

    // What is the default no more can go, once nobody invites with it.
    let go = act(&[], &["+12065550101"], None);
    let [(Weight::Harm(Severity::Error), text)] = &unmet(&go, &state)[..] else {
        panic!("{:?}", unmet(&go, &state));
    };
    assert!(text.starts_with("nobody invites to meetings with `+12065550101`"));
    let effect = go.effect(&state);
    let _ = state.apply(effect, Span::start_of(SourceId(0)));
    state.tenant.settle();
    let gone = PhoneNumber::parse("+12065550101").expect("a number");
    assert_eq!(
        state.number(gone).expect("the number").holder,
        Holder::Nobody
    );
    assert_eq!(state.tenant.on_bridge(gone).0, Answer::No);
}

#[test]
fn what_the_service_refuses_is_told() {
    let state = state();
    let texts = |act: &Act| -> Vec<String> {
        let found = unmet(act, &state).into_iter();
        found.map(|(_, text)| text).collect()
    };
    assert_eq!(
        texts(&act(&["+12065550103"], &[], None)),
        ["`+12065550103` is a number for conferences: it is for `UserAssignment`"]
    );
    assert_eq!(
        texts(&act(&["+12065550101"], &[], None)),
        ["`+12065550101` is free: it is in use"]
    );
    assert_eq!(
        texts(&act(&[], &["+12065550101"], None))[0],
        "`+12065550101` is not the default number of the bridge: it is: set another one first"
    );
    assert_eq!(
        texts(&act(&[], &["+12065550109"], None)),
        [
            "`+12065550109` is a number of the tenant: it is Microsoft's own, shared with other tenants"
        ]
    );
    let default = texts(&act(&[], &[], Some("+12065550103")));
    assert_eq!(
        default.len(),
        2,
        "not on the bridge, and of an operator: {default:?}"
    );
    assert!(default[1].contains("no number of Operator Connect"));
    let free = texts(&act(&[], &[], Some("+18005550100")));
    assert!(
        free.iter().any(|text| text.ends_with("it is toll-free")),
        "{free:?}"
    );
    let gone = texts(&act(&["+12065550199"], &[], None));
    assert!(gone[0].starts_with("`+12065550199` is in the inventory"));
}

#[test]
fn without_a_bridge_nothing_is_changed() {
    let bare = State::new(tenant(&[(
        "Get-CsOnlineDialInConferencingBridge.json",
        "[]",
    )]));
    let act = act(&[], &["+12065550101"], None);
    assert_eq!(unmet(&act, &bare)[0].0, Weight::Missing);
    assert!(act.effect(&bare).edits.is_empty());
}

#[test]
fn which_number_is_the_default_one_may_not_be_told() {
    let of = |default: &str| {
        let bridges = format!(
            r#"[{{"Identity":"{BRIDGE}","Name":"Conference Bridge"{default},"ServiceNumbers":[{{"Number":"12065550101","IsShared":false,"Type":"Toll"}}]}}]"#
        );
        let state = State::new(tenant(&[
            ("Get-CsPhoneNumberAssignment.json", NUMBERS),
            ("Get-CsOnlineDialInConferencingBridge.json", &bridges),
            ("Get-CsOnlineDialInConferencingUser.json", "[]"),
        ]));
        let needs = act(&[], &["+12065550101"], None).needs(&state).into_iter();
        let mut needs = needs.filter(|need| need.what.contains("is not the default number"));
        needs.next().map(|need| need.met)
    };
    assert_eq!(of(""), Some(Met::Unknown));
    assert_eq!(of(r#","DefaultServiceNumber":null"#), Some(Met::Yes));
    assert_eq!(
        of(r#","DefaultServiceNumber":"12065550101""#),
        Some(Met::No)
    );
}
