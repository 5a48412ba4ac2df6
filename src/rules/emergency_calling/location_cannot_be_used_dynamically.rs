//! `rules/emergency-calling/location-cannot-be-used-dynamically.md`

use std::collections::BTreeMap;

use crate::finding::{Draft, Label, Severity, Subject, SubjectKind};
use crate::rules::numbered::found;
use crate::rules::{Check, Cx, Declared, Verdict, Verdicts, rule};
use crate::snapshot::record::LisElementRecord;
use crate::snapshot::{Field, ObjectId, Symbol};
use crate::tenant::{Answer, Merged};

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
    let address = location
        .civic_address
        .get()
        .and_then(|id| tenant.civic_address(id));
    let on_map = match (
        is_on_map(location.latitude, location.longitude, cx),
        address,
    ) {
        (Answer::Yes, _) => Answer::Yes,
        // The address knows what the location may leave out.
        (_, Some(address)) => is_on_map(address.latitude, address.longitude, cx),
        (own, None) => own,
    };
    match on_map {
        Answer::Yes => return Verdict::Passed,
        Answer::Unknown => return Verdict::Unknown("the export does not tell the coordinates"),
        Answer::No => {}
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

/// Whether two coordinates are a place on the map: with one of them blank they are none, and both are zero where nobody set
/// them, while one alone is zero on the equator and in Greenwich.
fn is_on_map(latitude: Field<Symbol>, longitude: Field<Symbol>, cx: &Cx) -> Answer {
    let fields = [latitude, longitude];
    if fields.iter().any(Field::is_null) {
        return Answer::No;
    }
    let degrees = |field: Field<Symbol>, most: f64| {
        let text = cx.tenant.snapshot.texts.symbol(field.get()?);
        let degrees = text.trim().replace(',', ".").parse::<f64>().ok()?;
        // What is beyond the poles, or more than half around, was mangled on its way.
        (-most..=most).contains(&degrees).then_some(degrees)
    };
    match [degrees(latitude, 90.0), degrees(longitude, 180.0)] {
        [Some(latitude), Some(longitude)] => (latitude != 0.0 || longitude != 0.0).into(),
        _ => Answer::Unknown,
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
    fn half_a_place_is_none_and_what_is_no_number_is_not_known() {
        for coordinates in [
            r#","Latitude":null,"Longitude":"8.5""#,
            r#","Latitude":"47.4","Longitude":"""#,
            r#","Latitude":"0","Longitude":null"#,
        ] {
            assert_eq!(severity(&judge(coordinates)), "warning", "{coordinates}");
        }
        for coordinates in [
            r#","Latitude":"n/a","Longitude":"n/a""#,
            r#","Latitude":"0","Longitude":"east""#,
            r#","Latitude":1234567.5,"Longitude":"8.5""#,
            r#","Latitude":"47.4","Longitude":"-180.1""#,
            r#","Latitude":"NaN","Longitude":"inf""#,
        ] {
            let open = judge(coordinates);
            assert!(matches!(open[..], [Verdict::Unknown(_)]), "{coordinates}");
        }
        let edge = judge(r#","Latitude":"-90","Longitude":"180.0""#);
        assert!(matches!(edge[..], [Verdict::Passed]), "{edge:?}");
        // Greenwich lies on the prime meridian.
        let greenwich = judge(r#","Latitude":"51.48","Longitude":"0""#);
        assert!(matches!(greenwich[..], [Verdict::Passed]), "{greenwich:?}");
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
