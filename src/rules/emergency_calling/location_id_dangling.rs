//! `rules/emergency-calling/location-id-dangling.md`

use crate::finding::{Draft, Label, Place, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::{ExportKind, ObjectId};
use crate::tenant::Number;

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "location-id-dangling",
    Check::Several(&[Check::Number(of_number), Check::Each(of_network)])
);

fn of_number(number: &Number, cx: &Cx) -> Verdict {
    let record = &number.record;
    let named_in = |property: &str| {
        let key = number.key.to_string();
        let words = format!("`{key}`");
        let subject = Subject::new(SubjectKind::Number, &key, &key);
        (words, subject, record.at(property))
    };
    if let Some(id) = cx.tenant.shared_id(&record.location) {
        judge(id, || named_in("LocationId"), cx)
    } else if let Some(id) = cx.tenant.shared_id(&record.civic_address) {
        civic(id, || named_in("CivicAddressId"), cx)
    } else if record.location.is_absent() {
        Verdict::Unknown("the export does not tell the location of a number")
    } else {
        Verdict::NotApplicable
    }
}

fn of_network(cx: &Cx) -> Verdicts {
    let tenant = cx.tenant;
    let mut verdicts = Verdicts::default();
    for element in &tenant.network.lis {
        let Some(id) = element.location.get() else {
            continue;
        };
        let named_by = || {
            let (name, words) = tenant.lis_name(element);
            let subject = Subject::new(SubjectKind::LisElement, &name, &name);
            (words, subject, element.at("LocationId"))
        };
        verdicts.push(judge(id, named_by, cx));
    }
    verdicts
}

/// Who names a location: in words, as a subject, and where.
type NamedBy = (String, Subject, Place);

fn judge(id: ObjectId, by: impl FnOnce() -> NamedBy, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    // A civic address stands for its default location.
    if tenant.location(id).is_some() || tenant.civic_address(id).is_some() {
        return Verdict::Passed;
    }
    dangling(id, by(), "emergency location")
}

fn civic(id: ObjectId, by: impl FnOnce() -> NamedBy, cx: &Cx) -> Verdict {
    let kind = ExportKind::OnlineLisCivicAddress;
    if cx.tenant.civic_address(id).is_some() {
        return Verdict::Passed;
    }
    if !cx.tenant.snapshot.has_export(kind) || cx.tenant.snapshot.incomplete(kind).is_some() {
        return Verdict::Unknown("the civic addresses are not all exported");
    }
    dangling(id, by(), "civic address")
}

fn dangling(id: ObjectId, (by, subject, place): NamedBy, what: &str) -> Verdict {
    found(
        Draft::new(
            Severity::Error,
            subject,
            format!("{by} names the {what} `{id}`, which does not exist"),
            Label::new(place, format!("no such {what}")),
        )
        .remedy(
            "name a location that exists",
            [
                "Get-CsOnlineLisLocation | Select-Object LocationId, Description, City".to_owned(),
                "# then set it: Set-CsPhoneNumberAssignment -LocationId, or Set-CsOnlineLisSubnet, …Switch, …Port, …WirelessAccessPoint -LocationId".to_owned(),
            ],
        ),
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::Verdict;
    use crate::rules::testing::verdicts;

    fn severity(verdicts: &[Verdict]) -> &'static str {
        match verdicts {
            [Verdict::Found(draft)] => draft.severity.name(),
            other => panic!("{other:?}"),
        }
    }

    const LOCATION: &str = "00000000-0000-4000-8000-00000000000a";

    fn judge(file: &str, record: &str) -> Vec<Verdict> {
        let locations = format!(
            r#"[{{"LocationId":"{LOCATION}","CivicAddressId":"00000000-0000-4000-8000-00000000000c","CountryOrRegion":"US"}}]"#
        );
        let text = format!("[{record}]");
        verdicts(
            "EM004",
            &[("Get-CsOnlineLisLocation.json", &locations), (file, &text)],
        )
    }

    const GONE: &str = "00000000-0000-4000-8000-0000000000ff";

    #[test]
    fn numbers_and_places_must_name_what_exists() {
        for (file, key) in [
            (
                "Get-CsPhoneNumberAssignment.json",
                r#""TelephoneNumber":"+12065550101","NumberType":"CallingPlan""#,
            ),
            (
                "Get-CsOnlineLisSubnet.json",
                r#""Subnet":"10.1.2.0","Description":"x""#,
            ),
            ("Get-CsOnlineLisSwitch.json", r#""ChassisID":"aa-bb""#),
            (
                "Get-CsOnlineLisPort.json",
                r#""ChassisID":"aa-bb","PortID":"7""#,
            ),
            (
                "Get-CsOnlineLisWirelessAccessPoint.json",
                r#""BSSID":"aa-bb-cc""#,
            ),
        ] {
            let with = |id: &str| judge(file, &format!(r#"{{{key},"LocationId":"{id}"}}"#));
            assert_eq!(severity(&with(GONE)), "error", "{file}");
            assert!(matches!(with(LOCATION)[..], [Verdict::Passed]), "{file}");
            assert!(
                with("00000000-0000-0000-0000-000000000000").is_empty(),
                "{file}"
            );
        }
    }

    #[test]
    fn civic_addresses_are_judged_where_they_are_exported() {
        let number = format!(
            r#"{{"TelephoneNumber":"+12065550101","NumberType":"CallingPlan","LocationId":null,"CivicAddressId":"{GONE}"}}"#
        );
        assert!(matches!(
            judge("Get-CsPhoneNumberAssignment.json", &number)[..],
            [Verdict::Unknown(_)]
        ));
    }
}
