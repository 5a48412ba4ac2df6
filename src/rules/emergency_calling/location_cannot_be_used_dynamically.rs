//! `rules/emergency-calling/location-cannot-be-used-dynamically.md`

use std::collections::BTreeMap;

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::LisElementRecord;
use crate::snapshot::{Field, ObjectId, Symbol};
use crate::tenant::Merged;

pub(super) const RULE: Declared = rule!(
    "emergency-calling",
    "location-cannot-be-used-dynamically",
    Check::Each(check)
);

fn check(cx: &Cx) -> Verdicts {
    let mut used: BTreeMap<ObjectId, &Merged<LisElementRecord>> = BTreeMap::new();
    for element in &cx.tenant.network.lis {
        if let Some(id) = element.location.get() {
            used.entry(id).or_insert(element);
        }
    }
    used.into_iter()
        .map(|(id, element)| judge(id, element, cx))
        .collect()
}

fn judge(id: ObjectId, element: &Merged<LisElementRecord>, cx: &Cx) -> Verdict {
    let tenant = cx.tenant;
    // A location that does not exist is another rule's.
    let Some(location) = tenant.location(id) else {
        return Verdict::NotApplicable;
    };
    let mut states = vec![
        is_zero(location.latitude, cx),
        is_zero(location.longitude, cx),
    ];
    let address = location
        .civic_address
        .get()
        .and_then(|id| tenant.civic_address(id));
    if let Some(address) = address {
        // The address knows what the location may leave out.
        if states.iter().all(Option::is_none) || states.contains(&Some(true)) {
            states = vec![
                is_zero(address.latitude, cx),
                is_zero(address.longitude, cx),
            ];
        }
    }
    if states.contains(&None) {
        return Verdict::Unknown("the export does not tell the coordinates");
    }
    if states.contains(&Some(false)) {
        return Verdict::Passed;
    }
    let name = id.to_string();
    let (_, words) = tenant.lis_name(element);
    found(
        Draft::new(
            Severity::Warning,
            Subject::new(SubjectKind::EmergencyLocation, &name, &name),
            format!("{words} leads to the emergency location `{name}`, whose address has no coordinates"),
            Label::new(location.at("Latitude"), "nowhere on the map"),
        )
        .related([Label::new(element.at("LocationId"), "used here")])
        .remedy(
            "make the address again by map search",
            ["# Teams admin center > Locations > Emergency addresses > Add, by map search; then name the new location here".to_owned()],
        ),
    )
}

/// Whether a coordinate is blank or zero; `None` where it was not exported.
fn is_zero(field: Field<Symbol>, cx: &Cx) -> Option<bool> {
    match field {
        Field::Absent => None,
        Field::Null => Some(true),
        Field::Value(text) => {
            let text = cx.tenant.snapshot.texts.symbol(text).replace(',', ".");
            Some(
                text.trim()
                    .parse::<f64>()
                    .is_ok_and(|degrees| degrees == 0.0),
            )
        }
    }
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

    fn judge(coordinates: &str) -> Vec<Verdict> {
        let id = "00000000-0000-4000-8000-00000000000a";
        let locations = format!(
            r#"[{{"LocationId":"{id}","CivicAddressId":"{id}","CountryOrRegion":"US"{coordinates}}}]"#
        );
        let subnets = format!(r#"[{{"Subnet":"10.1.2.0","LocationId":"{id}"}}]"#);
        verdicts(
            "EM011",
            &[
                ("Get-CsOnlineLisLocation.json", &locations),
                ("Get-CsOnlineLisSubnet.json", &subnets),
            ],
        )
    }

    #[test]
    fn places_need_coordinates() {
        assert_eq!(
            severity(&judge(r#","Latitude":"0","Longitude":"0.0""#)),
            "warning"
        );
        assert_eq!(
            severity(&judge(r#","Latitude":null,"Longitude":"""#)),
            "warning"
        );
        assert!(matches!(
            judge(r#","Latitude":"47,61","Longitude":"-122.33""#)[..],
            [Verdict::Passed]
        ));
        assert!(matches!(judge("")[..], [Verdict::Unknown(_)]));
    }

    #[test]
    fn the_address_knows_what_the_location_leaves_out() {
        let id = "00000000-0000-4000-8000-00000000000a";
        let judge = |coordinates: &str| {
            let locations = format!(
                r#"[{{"LocationId":"{id}","CivicAddressId":"{id}","CountryOrRegion":"US"{coordinates}}}]"#
            );
            let addresses = format!(
                r#"[{{"CivicAddressId":"{id}","CountryOrRegion":"US","Latitude":"47.61","Longitude":"-122.33"}}]"#
            );
            let subnets = format!(r#"[{{"Subnet":"10.1.2.0","LocationId":"{id}"}}]"#);
            verdicts(
                "EM011",
                &[
                    ("Get-CsOnlineLisLocation.json", &locations),
                    ("Get-CsOnlineLisCivicAddress.json", &addresses),
                    ("Get-CsOnlineLisSubnet.json", &subnets),
                ],
            )
        };
        for coordinates in ["", r#","Latitude":"0","Longitude":"0""#] {
            let verdicts = judge(coordinates);
            assert!(matches!(verdicts[..], [Verdict::Passed]), "{coordinates}");
        }
    }
}
