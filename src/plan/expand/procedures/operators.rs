//! Operators: enable, change countries, suspend, remove.
//!
//! Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.

use crate::finding::{Place, Severity};
use crate::plan::act::{Act, Met, Need, Weight};
use crate::plan::areas::operator_numbers::{carries_nothing, has_no_numbers};
use crate::plan::areas::orders::{self, operator_name};
use crate::plan::expand::Planned;
use crate::plan::expand::operands::Operands;
use crate::plan::expand::primitives::identity;
use crate::plan::state::State;
use crate::snapshot::record::Record;
use crate::snapshot::{ExportKind, spellings_of};
use crate::tenant::OperatorStatus;

/// Clouds without Operator Connect, as manifests spell them, without blanks and hyphens.
///
/// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-plan>.
const CLOUDS: [&str; 3] = ["gcchigh", "gcch", "dod"];

/// Countries, the notice and the operator itself in one go, as the page of the admin center does it.
pub(super) fn enable(step: &mut Operands) -> Option<Vec<Planned>> {
    let (name, bytes) = step.text("operator")?;
    let add_countries = step.countries("countries");
    let accepted = step.step.flag("data-transfer-accepted");
    let operator = identity(step, &name);
    let needs = vec![
        has_operator_connect(step.state),
        is_not_enabled(&operator, &name, step.state),
        Need::refused(
            format!("`{name}` gets a country"),
            !add_countries.is_empty(),
        )
        .instead("the step names none that there is"),
        Need::refused(
            format!("the data transfer notice of `{name}` is accepted"),
            accepted == Some(true),
        )
        .instead("the step does not accept it"),
    ];
    let act = Act::SetOperator {
        operator,
        name,
        status: Some("Active"),
        add_countries,
        remove_countries: Vec::new(),
        data_transfer: accepted,
    };
    Some(vec![Planned { act, bytes, needs }])
}

/// Adds and removes countries at once; a country goes when none of its numbers is left.
pub(super) fn edit_countries(step: &mut Operands) -> Option<Vec<Planned>> {
    let (operator, bytes) = step.operator("operator")?;
    let name = operator_name(&operator, step.state);
    let (add_countries, remove_countries) = (step.countries("add"), step.countries("remove"));
    let mut needs = Vec::new();
    if !add_countries.is_empty() {
        needs.extend(notice(&operator, &name, step.state));
    }
    if !remove_countries.is_empty() {
        let weight = Weight::Harm(Severity::Error);
        needs.extend(has_no_numbers(
            &operator,
            &remove_countries,
            weight,
            step.state,
        ));
    }
    let act = Act::SetOperator {
        operator,
        name,
        status: None,
        add_countries,
        remove_countries,
        data_transfer: None,
    };
    Some(vec![Planned { act, bytes, needs }])
}

/// What becomes of the calls of a suspended operator is not documented, so that its numbers are counted and no more.
pub(super) fn suspend(step: &mut Operands) -> Option<Vec<Planned>> {
    let (operator, bytes) = step.operator("operator")?;
    let name = operator_name(&operator, step.state);
    let needs = vec![carries_nothing(&operator, step.state)];
    let act = Act::SetOperator {
        operator,
        name,
        status: Some("Suspended"),
        add_countries: Vec::new(),
        remove_countries: Vec::new(),
        data_transfer: None,
    };
    Some(vec![Planned { act, bytes, needs }])
}

/// The removal alone: what has to be freed before, other steps free.
pub(super) fn remove(step: &mut Operands) -> Option<Vec<Planned>> {
    let (operator, bytes) = step.operator("operator")?;
    let name = operator_name(&operator, step.state);
    let is_partial = step.step.field("countries").is_some();
    let remove_countries = step.countries("countries");
    // Without the countries that are asked for, the whole operator would go.
    if is_partial && remove_countries.is_empty() {
        return None;
    }
    let needs = has_no_numbers(
        &operator,
        &remove_countries,
        Weight::Harm(Severity::Error),
        step.state,
    );
    let act = Act::SetOperator {
        operator,
        name,
        status: (!is_partial).then_some("Removed"),
        add_countries: Vec::new(),
        remove_countries,
        data_transfer: None,
    };
    Some(vec![Planned { act, bytes, needs }])
}

fn has_operator_connect(state: &State) -> Need {
    let manifest = state.tenant.snapshot.records.manifests.first();
    let cloud = manifest.and_then(|one| one.cloud.get());
    let told = state.symbol(cloud);
    let bare = told.to_ascii_lowercase().replace([' ', '-', '_'], "");
    let met = match cloud {
        None => Met::Unknown,
        Some(_) => (!CLOUDS.contains(&bare.as_str())).into(),
    };
    let place = manifest.filter(|_| cloud.is_some()).map(|one| Place {
        records: [one.origin().span].into(),
        field: spellings_of(ExportKind::Manifest, "Cloud"),
        element: None,
    });
    Need::refused("the cloud of the tenant has Operator Connect", met)
        .instead(if cloud.is_some() {
            format!("it is `{told}`")
        } else {
            "the manifest does not tell the cloud".to_owned()
        })
        .at(place)
}

fn is_not_enabled(operator: &str, name: &str, state: &State) -> Need {
    let tenant = &state.tenant;
    let what = format!("`{name}` is not enabled yet");
    let Some(listed) = orders::operator(operator, state) else {
        let met = Met::unless(state.is_there(false, ExportKind::Operators));
        return Need::refused(what, met).instead("there is no whole operators file that tells");
    };
    let met = match tenant.status_of(listed) {
        Some(OperatorStatus::Active) => Met::No,
        Some(OperatorStatus::Suspended | OperatorStatus::Removed) => Met::Yes,
        Some(OperatorStatus::Other) | None => Met::Unknown,
    };
    Need::refused(what, met)
        .instead(if met == Met::No {
            "it is: `edit-operator-countries` changes its countries"
        } else {
            "the operators file does not tell"
        })
        .at(listed.record.at("Status"))
}

fn notice(operator: &str, name: &str, state: &State) -> Option<Need> {
    let record = &orders::operator(operator, state)?.record;
    let accepted = record.data_transfer.get();
    Some(
        Need::refused(
            format!("the data transfer notice of `{name}` is accepted"),
            accepted.map_or(Met::Unknown, Met::from),
        )
        .instead(match accepted {
            Some(_) => "it is not",
            None => "the operators file does not tell",
        })
        .at(record.at("DataTransferAccepted")),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::areas::operator_numbers::NAMED;
    use crate::plan::expand::procedures::testing::{contoso, expanded, number, open, unmet, with};

    #[test]
    fn an_operator_is_enabled_once_with_its_notice_in_a_cloud_that_has_it() {
        let step = |operator: &str, accepted: bool| {
            format!(
                "change = \"enable-operator\"\noperator = \"{operator}\"\ncountries = [\"US\"]\ndata-transfer-accepted = {accepted}"
            )
        };
        let mut files = contoso();
        files.retain(|(name, _)| *name != "manifest.json");
        assert_eq!(
            open(&files, &step("Telco B", true)),
            ["the cloud of the tenant has Operator Connect: the manifest does not tell the cloud"]
        );
        let mut without = files.clone();
        without.retain(|(name, _)| *name != "operators.json");
        assert_eq!(
            open(&without, &step("Telco B", true))[1..],
            ["`Telco B` is not enabled yet: there is no whole operators file that tells"]
        );
        files.push((
            "manifest.json",
            json!({"exportedAt": "2026-09-14T00:00:00Z", "cloud": "GCC High", "exports": []}),
        ));
        assert_eq!(
            unmet(&files, &step("telco a", false)),
            [
                "the cloud of the tenant has Operator Connect: it is `GCC High`",
                "`telco a` is not enabled yet: it is: `edit-operator-countries` changes its countries",
                "the data transfer notice of `telco a` is accepted: the step does not accept it",
            ]
        );
        let suspended = with(
            files,
            "operators.json",
            "Telco A",
            &json!({"status": "Suspended"}),
        );
        assert_eq!(unmet(&suspended, &step("Telco A", true)).len(), 1);
    }

    #[test]
    fn an_operator_goes_when_none_of_its_numbers_is_left() {
        let whole = "change = \"remove-operator\"\noperator = \"Telco A\"";
        let assigned = [
            "is assigned: `+12065550105` is assigned to `eve@contoso.example`",
            "is assigned: `+12065550111` is assigned to `ra11@contoso.example`",
        ];
        let left = "is left in the inventory: `+12065550120` is not released yet";
        let expect = |within: &str| {
            let all = assigned.into_iter().chain([left]);
            all.map(|one| format!("no number of `Telco A`{within} {one}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(unmet(&contoso(), whole), expect(""));
        let countries = format!("{whole}\ncountries = [\"US\", \"CA\"]");
        assert_eq!(unmet(&contoso(), &countries), expect(" in US, CA"));
        let edit =
            "change = \"edit-operator-countries\"\noperator = \"Telco A\"\nremove = [\"US\"]";
        assert_eq!(unmet(&contoso(), edit), expect(" in US"));
        assert_eq!(
            unmet(&contoso(), &format!("{whole}\ncountries = [\"CA\"]")),
            [""; 0]
        );
        let (_, expansion) = expanded(&contoso(), &format!("{whole}\ncountries = [\"Canada\"]"));
        assert!(expansion.acts.is_empty(), "all of it would go");
        assert_eq!(expansion.missing.len(), 1);
    }

    #[test]
    fn numbers_on_bridges_and_in_policies_are_assigned_too() {
        let mut files = contoso();
        files.retain(|(name, _)| *name != "Get-CsPhoneNumberAssignment.json");
        let policy = json!({"AssignedPstnTargetId": "TeamsSharedCallingRoutingPolicy|Tag:SC", "PstnAssignmentStatus": "PolicyAssigned"});
        let bridge =
            json!({"AssignedPstnTargetId": id(77), "PstnAssignmentStatus": "ConferenceAssigned"});
        let unplaced = json!({"IsoCountryCode": null});
        files.push((
            "Get-CsPhoneNumberAssignment.json",
            json!([
                number("+12065550105", "OperatorConnect", None, &policy),
                number("+12065550106", "OperatorConnect", None, &bridge),
                number("+12065550107", "OperatorConnect", Some(5), &unplaced),
            ]),
        ));
        let step = "change = \"remove-operator\"\noperator = \"Telco A\"\ncountries = [\"US\"]";
        let what = "no number of `Telco A` in US is assigned";
        assert_eq!(
            unmet(&files, step),
            [
                format!("{what}: `+12065550105` is an emergency callback number of Shared Calling"),
                format!("{what}: `+12065550106` is on a conference bridge"),
            ]
        );
        // Where the country of a number is not told, it may be that one.
        let step = step.replace("US", "CA");
        assert_eq!(open(&files, &step).len(), 2);
    }

    #[test]
    fn not_all_of_many_numbers_are_named() {
        let mut files = contoso();
        files.retain(|(name, _)| *name != "Get-CsPhoneNumberAssignment.json");
        let many = (0..NAMED + 3).map(|last| {
            let digits = format!("+1206555{:04}", 2000 + last);
            number(&digits, "OperatorConnect", Some(5), &json!({}))
        });
        let many: Vec<_> = many.collect();
        files.push(("Get-CsPhoneNumberAssignment.json", json!(many)));
        let unmet = unmet(
            &files,
            "change = \"remove-operator\"\noperator = \"Telco A\"",
        );
        assert_eq!(unmet.len(), NAMED + 1);
        assert_eq!(
            unmet[NAMED],
            "no number of `Telco A` is assigned: 3 more numbers are assigned"
        );
    }

    #[test]
    fn a_country_needs_the_notice() {
        let step = "change = \"edit-operator-countries\"\noperator = \"Telco A\"\nadd = [\"CA\"]";
        let files = with(
            contoso(),
            "operators.json",
            "Telco A",
            &json!({"dataTransferAccepted": false}),
        );
        assert_eq!(
            unmet(&files, step),
            ["the data transfer notice of `Telco A` is accepted: it is not"]
        );
        let files = with(
            contoso(),
            "operators.json",
            "Telco A",
            &json!({"dataTransferAccepted": null}),
        );
        assert_eq!(open(&files, step).len(), 1);
    }

    fn id(last: u32) -> String {
        crate::plan::expand::procedures::testing::id(last)
    }
}
