//! What rules over numbered accounts ask first: is it one, and is it anybody's business here?

use super::{Cx, Verdict};
use crate::tenant::{Answer, Number, User};

/// Whether an account is that of a live person or room that holds a number.
///
/// # Errors
/// The verdict of a rule that has nothing to judge then.
pub(super) fn person(user: &User, cx: &Cx) -> Result<(), Verdict> {
    let is_person = cx.tenant.is_live_person(user);
    if is_person == Answer::No {
        return Err(Verdict::NotApplicable);
    }
    account(user, cx)?;
    if is_person == Answer::Unknown {
        return Err(Verdict::Unknown("the kind of the account is not known"));
    }
    Ok(())
}

/// Whether an account of whatever kind is live and holds a number.
///
/// # Errors
/// The verdict of a rule that has nothing to judge then.
pub(super) fn account(user: &User, cx: &Cx) -> Result<(), Verdict> {
    if cx.tenant.is_deleted(user) {
        return Err(Verdict::NotApplicable);
    }
    match cx.tenant.has_line(user) {
        Answer::Yes => Ok(()),
        Answer::No => Err(Verdict::NotApplicable),
        Answer::Unknown => Err(Verdict::Unknown(
            "no export tells whether the account holds a number",
        )),
    }
}

/// The number of a Calling Plan among those that somebody holds, one that is surely Microsoft's before others.
///
/// # Errors
/// The verdict of a rule that has nothing to judge then.
pub(super) fn calling_plan_number<'t>(held: &[&'t Number], cx: &Cx) -> Result<&'t Number, Verdict> {
    let tenant = cx.tenant;
    let (mut plan, mut is_untold) = (None, false);
    for number in held {
        let operator = tenant.is_operator_connect(number);
        if operator == Answer::Yes {
            continue;
        }
        match tenant.known_type(number) {
            Some("CallingPlan") if operator == Answer::No => return Ok(number),
            Some("CallingPlan") => {
                plan.get_or_insert(*number);
            }
            Some(_) => {}
            None => is_untold |= !number.record.number_type.is_null(),
        }
    }
    plan.ok_or(if is_untold {
        Verdict::Unknown("the type of a number is not known")
    } else {
        Verdict::NotApplicable
    })
}

/// The verdict of a rule over calling settings, for an account of which none were found.
pub(super) fn without_settings(user: &User, cx: &Cx) -> Verdict {
    if cx.tenant.may_have_calling_settings(user) {
        Verdict::Unknown(
            "the export does not tell under which address the account has its settings",
        )
    } else if user.upn.is_absent() && user.sip_address.is_absent() {
        Verdict::Unknown("the export does not tell the name of the account")
    } else {
        Verdict::NotApplicable
    }
}

/// The verdict of a rule that found something.
pub(super) fn found(draft: crate::finding::Draft) -> Verdict {
    Verdict::Found(Box::new(draft))
}
