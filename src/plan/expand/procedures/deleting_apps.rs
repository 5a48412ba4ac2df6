//! What goes for good: resource accounts, and the apps that they serve.
//!
//! Sources: <https://learn.microsoft.com/microsoftteams/manage-resource-accounts>,
//! <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csautoattendant>.

use super::holdings::unassign;
use super::needs::{apps_keep_an_account, is_resource_account};
use super::resource_accounts::serves_app;
use super::sequence::Sequence;
use crate::finding::Severity;
use crate::plan::act::{Act, Met, Need};
use crate::plan::areas::accounts::nothing_names;
use crate::plan::areas::apps::NAME_APPS;
use crate::plan::expand::Planned;
use crate::plan::expand::operands::Operands;
use crate::plan::state::State;
use crate::snapshot::ObjectId;
use crate::tenant::Way;

/// Numbers come off and are seen to be free before anything else, or they stay pending with an account that is gone.
pub(super) fn accounts(step: &mut Operands) -> Vec<Planned> {
    let accounts = step.accounts("accounts");
    let (state, gate) = (step.state, &step.step.change_bytes);
    let mut sequence = Sequence::default();
    for (account, bytes) in &accounts {
        for number in state.numbers_of(*account) {
            sequence.act(unassign(*account, Some(number)), bytes);
        }
    }
    sequence.gate(gate);
    let leaving: Vec<ObjectId> = accounts.iter().map(|(account, _)| *account).collect();
    for (account, bytes) in &accounts {
        if serves_app(*account, state) {
            let needs = apps_keep_an_account(*account, &leaving, state);
            sequence.with_needs(Act::Dissociate { account: *account }, bytes, needs);
        }
    }
    for (account, bytes) in &accounts {
        let mut needs = vec![is_resource_account(*account, state)];
        // The act asks it again, and nothing is told twice.
        needs.extend(nothing_names(*account, state));
        sequence.with_needs(Act::Delete { account: *account }, bytes, needs);
    }
    sequence.done()
}

/// Accounts come off the app before it goes; they themselves stay.
pub(super) fn app(step: &mut Operands) -> Option<Vec<Planned>> {
    let (app, bytes) = step.app("app")?;
    let state = step.state;
    let mut sequence = Sequence::default();
    for account in state.tenant.accounts_of(app) {
        sequence.act(Act::Dissociate { account: *account }, &bytes);
    }
    let needs = nothing_leads_to(app, state);
    sequence.with_needs(Act::RemoveApp { app }, &bytes, needs);
    Some(sequence.done())
}

/// That no other app sends calls to an app: by its own id, or by an account that serves it until now.
fn nothing_leads_to(app: ObjectId, state: &State) -> Vec<Need> {
    let tenant = &state.tenant;
    let called = tenant.app(app);
    let called = called.map_or_else(|| format!("`{app}`"), |app| tenant.app_words(app));
    let what = format!("no other app leads to {called}");
    let leads = tenant.leads_to(app).into_iter();
    let mut others = leads.filter(|lead| lead.from != app).peekable();
    if others.peek().is_none() {
        let untold = state.untold_uses(&NAME_APPS);
        return vec![Need::harmless(Severity::Error, what, untold)];
    }
    let needs = others.map(|lead| {
        let from = tenant.app(lead.from);
        let from = from.map_or_else(|| "an app".to_owned(), |app| tenant.app_words(app));
        let how = match lead.way {
            Way::Account => "by an account of it",
            Way::Configuration | Way::Wrong => "directly",
        };
        Need::harm(Severity::Error, what.as_str(), Met::No)
            .instead(format!("{from} does, {how}"))
            .at(lead.place.clone())
    });
    needs.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::expand::procedures::testing::{contoso, id, open, unmet, with};

    #[test]
    fn what_other_apps_lead_to_stays() {
        let file = "Get-CsCallQueue.json";
        let account = json!({"TimeoutActionTarget": {"Id": id(11), "Type": "ApplicationEndpoint"}});
        let files = with(contoso(), file, "Sales", &account);
        let step = "change = \"delete-app\"\napp = \"Main\"";
        assert_eq!(
            unmet(&files, step),
            [
                "no other app leads to auto attendant `Main`: call queue `Sales` does, by an account of it"
            ]
        );
        let delete = "change = \"delete-resource-account\"\naccounts = [\"main@contoso.example\"]";
        let told = unmet(&files, delete);
        assert_eq!(
            told[1..],
            [
                "nothing names `main@contoso.example` any more: call queue `Sales` does: point it elsewhere first",
                "nothing names `main@contoso.example` any more: shared calling policy `SC` does: point it elsewhere first",
            ]
        );
        let app = json!({"TimeoutActionTarget": {"Id": id(21), "Type": "ConfigurationEndpoint"}});
        let files = with(contoso(), file, "Sales", &app);
        assert_eq!(
            unmet(&files, step),
            ["no other app leads to auto attendant `Main`: call queue `Sales` does, directly"]
        );
        // A queue that calls itself is nobody else's.
        let itself =
            json!({"TimeoutActionTarget": {"Id": id(22), "Type": "ConfigurationEndpoint"}});
        let files = with(contoso(), file, "Sales", &itself);
        assert_eq!(
            unmet(&files, "change = \"delete-app\"\napp = \"Sales\""),
            [""; 0]
        );
    }

    #[test]
    fn what_may_lead_to_an_app_or_an_account_is_not_known_without_its_exports() {
        let app = "change = \"delete-app\"\napp = \"Sales\"";
        assert_eq!(open(&contoso(), app), [""; 0]);
        let mut files = contoso();
        files.retain(|(name, _)| *name != "Get-CsAutoAttendant.json");
        assert_eq!(
            open(&files, app),
            [
                "no other app leads to call queue `Sales`: not all of Get-CsAutoAttendant is exported"
            ]
        );
        let account = "change = \"delete-resource-account\"\naccounts = [\"old@contoso.example\"]";
        assert_eq!(
            open(&files, account),
            [
                "nothing names `old@contoso.example` any more: not all of Get-CsAutoAttendant, Get-CsTeamsUnassignedNumberTreatment, Get-CsCallingLineIdentity is exported"
            ]
        );
    }

    #[test]
    fn people_are_not_deleted_as_accounts() {
        let step = "change = \"delete-resource-account\"\naccounts = [\"dan@contoso.example\"]";
        assert_eq!(
            unmet(&contoso(), step),
            ["`dan@contoso.example` is a resource account: it is the account of a person"]
        );
    }

    #[test]
    fn an_app_keeps_none_of_the_accounts_that_go_together() {
        let two = json!({"ApplicationInstances": [id(12), id(13)]});
        let files = with(contoso(), "Get-CsCallQueue.json", "Sales", &two);
        let step = "change = \"delete-resource-account\"\naccounts = [\"sales@contoso.example\"";
        assert_eq!(unmet(&files, &format!("{step}]")), [""; 0]);
        let both = format!("{step}, \"old@contoso.example\"]");
        assert_eq!(unmet(&files, &both).len(), 2, "told of each account");
    }
}
