//! The spellings of one property: across the dialects of a family, across module versions, in hand-kept files.
//!
//! Rules and indexes name a property once, by its canonical name; the exports spell it in up to four ways. Only
//! properties that mean the same and can be read the same way are listed. Left out on purpose, because the values
//! differ and the reader must decide: `InterpretedUserType` and Graph's `userType` against `AccountType`,
//! `OnPremLineUri` against `LineUri` (before module 3.0 it held Direct Routing numbers), `businessPhones`,
//! `IsOperatorConnect`, the composite `CityCode`. The `…PolicyTagID` of a site is a number that names no policy, and its
//! reader takes it for one that is not known: a site that has one has a policy.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::ExportKind;

/// Every spelling of the property in exports of that family, lower-cased, the canonical one first.
///
/// The order is the order of preference where one record holds several. One case needs the value: a user's
/// `Identity` is a GUID only since module 3.0, so a reader passes on to `ObjectId` where it is a distinguished name. A
/// property without other spellings yields itself. Letter case of `property` does not matter. Listed spellings are never
/// allocated; resolve once per export all the same, not once per record.
pub fn spellings(family: ExportKind, property: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let listed = listed(family, property);
    let own = listed.is_none().then(|| {
        if property.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(property.to_ascii_lowercase())
        } else {
            Cow::Borrowed(property)
        }
    });
    listed
        .unwrap_or_default()
        .split_ascii_whitespace()
        .map(Cow::Borrowed)
        .chain(own)
}

/// The line of the table whose first word is the property.
fn listed(family: ExportKind, property: &str) -> Option<&'static str> {
    let lines = LISTED.get(&family.family())?;
    if let Some(line) = lines.get(property) {
        return Some(line);
    }
    let has_upper = property.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = has_upper.then(|| property.to_ascii_lowercase());
    lines.get(lower?.as_str()).copied()
}

/// The lines by family and first word.
static LISTED: LazyLock<HashMap<ExportKind, Lines, FixedState>> = LazyLock::new(|| {
    let of_family = |lines: &&'static [&'static str]| -> Lines {
        let words = lines
            .iter()
            .map(|line| line.split(' ').next().unwrap_or_default());
        words.zip(lines.iter().copied()).collect()
    };
    let families = ALIASES.iter();
    families
        .map(|(family, lines)| (*family, of_family(lines)))
        .collect()
});

type Lines = HashMap<&'static str, &'static str, FixedState>;

/// Per family one line per property: the canonical spelling, then the others.
static ALIASES: &[(ExportKind, &[&str])] = &[
    (
        ExportKind::OnlineUser,
        &[
            "identity objectid id",
            "enterprisevoiceenabled isenterprisevoiceenabled",
            "assignedplan assignedplans",
            "provisionedplan provisionedplans",
            "softdeletiontimestamp deleteddatetime",
            "userdirsyncenabled dirsyncenabled onpremisessyncenabled",
            "lastsynctimestamp onpremiseslastsyncdatetime",
            "givenname firstname",
            "lastname surname",
            "alias mailnickname",
            "issipenabled enabled",
            "uservalidationerrors mcovalidationerrors",
            "country countryorregiondisplayname",
            "stateorprovince state",
            "street streetaddress",
            "company companyname",
            "title jobtitle",
            "whencreated createddatetime",
            "whenchanged modifieddatetime",
            "teamssurvivablebranchappliancepolicy teamsbranchsurvivabilitypolicy",
        ],
    ),
    (
        ExportKind::PhoneNumberAssignment,
        &[
            "assignedpstntargetid targetid assignmenttargetid",
            "pstnassignmentstatus assignmentstatus",
            "capability acquiredcapabilities capabilities",
            "city placename",
            "isosubdivision isosubdivisioncode",
            "locationupdatesupported supportedcustomeractions",
            "pstnpartnername partnername",
            "portinorderstatus portinstatus",
            "reversenumberlookup reversenumberlookupoptions",
        ],
    ),
    (
        ExportKind::LegacyTelephoneNumber,
        &[
            "telephonenumber id",
            "assignedpstntargetid userid",
            "locationid location",
            "numbersource sourcetype",
        ],
    ),
    (
        ExportKind::OnlineVoiceUser,
        &[
            "identity id",
            "displayname name",
            "lineuri number",
            "locationid location",
        ],
    ),
    (ExportKind::AutoAttendant, &["identity id", "id identity"]),
    (ExportKind::CallQueue, &["identity id", "id identity"]),
    (
        ExportKind::OnlineVoiceRoute,
        &["identity name", "name identity"],
    ),
    (
        ExportKind::TeamsTranslationRule,
        &["identity name", "name identity"],
    ),
    (
        ExportKind::OnlinePstnGateway,
        &[
            "identity fqdn",
            "fqdn identity",
            "sipsignalingport sipsignallingport",
        ],
    ),
    (
        ExportKind::TeamsSurvivableBranchAppliance,
        &["identity fqdn", "fqdn identity"],
    ),
    (
        // A site is called by its id, its policies by the name properties of today or by those of old; rules may
        // use either name.
        ExportKind::TenantNetworkSite,
        &[
            "networksiteid identity",
            "identity networksiteid",
            "locationpolicyid locationpolicy",
            "locationpolicy locationpolicyid",
            "emergencycallroutingpolicyname emergencycallroutingpolicy emergencycallroutingpolicytagid",
            "emergencycallroutingpolicy emergencycallroutingpolicyname emergencycallroutingpolicytagid",
            "emergencycallingpolicyname emergencycallingpolicy emergencycallingpolicytagid",
            "emergencycallingpolicy emergencycallingpolicyname emergencycallingpolicytagid",
            "networkroamingpolicyname networkroamingpolicy",
            "networkroamingpolicy networkroamingpolicyname",
        ],
    ),
    (
        ExportKind::TenantNetworkSubnet,
        &["subnetid identity", "identity subnetid"],
    ),
    (
        ExportKind::TenantNetworkRegion,
        &["networkregionid identity", "identity networkregionid"],
    ),
    (
        ExportKind::TenantTrustedIpAddress,
        &["ipaddress identity", "identity ipaddress"],
    ),
    (
        ExportKind::TeamsUnassignedNumberTreatment,
        &["treatmentid identity", "identity treatmentid"],
    ),
    (
        ExportKind::InboundBlockedNumberPattern,
        &["identity name", "name identity"],
    ),
    (
        ExportKind::InboundExemptNumberPattern,
        &["identity name", "name identity"],
    ),
    (ExportKind::OnlineTelephoneNumberOrder, &["orderid id"]),
    (
        ExportKind::OnlineDialInConferencingUser,
        &["identity objectid"],
    ),
    (
        ExportKind::Tenant,
        &[
            "tenantid id",
            "countrylettercode countryabbreviation",
            "countryabbreviation countrylettercode",
            "dirsyncenabled onpremisessyncenabled",
            "lastsynctimestamp onpremiseslastsyncdatetime",
            "assignedplan assignedplans",
            "provisionedplan provisionedplans",
            "stateorprovince state",
            "whencreated createddatetime",
        ],
    ),
    (
        ExportKind::GraphGroupMember,
        &["id memberid", "members memberids"],
    ),
    (
        ExportKind::Operators,
        &[
            "name friendlyname pstnpartnername partnername",
            "operatorid pstnpartnerid id",
            "consentedcountries countries",
            "services products",
            "datatransferaccepted datatransfernoticeaccepted",
            "contacts contactdetails contact",
            "phonenumber telephonenumber",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn all(family: ExportKind, property: &str) -> Vec<String> {
        spellings(family, property).map(Cow::into_owned).collect()
    }

    #[test]
    fn the_dialects_of_one_family_meet() {
        assert_eq!(
            all(ExportKind::PhoneNumberAssignment, "AssignedPstnTargetId"),
            ["assignedpstntargetid", "targetid", "assignmenttargetid"]
        );
        assert_eq!(
            all(ExportKind::OnlineUser, "Identity"),
            ["identity", "objectid", "id"]
        );
        assert_eq!(
            all(ExportKind::Operators, "operatorId"),
            ["operatorid", "pstnpartnerid", "id"]
        );
        assert_eq!(
            all(ExportKind::AutoAttendant, "Identity"),
            ["identity", "id"]
        );
        assert_eq!(
            all(ExportKind::GraphNumberAssignment, "Capability"),
            all(ExportKind::PhoneNumberAssignment, "Capability"),
            "a member of the family serves as well as the family"
        );
    }

    #[test]
    fn a_property_without_other_names_is_itself() {
        assert_eq!(
            all(ExportKind::CallQueue, "RoutingMethod"),
            ["routingmethod"]
        );
        assert_eq!(
            all(ExportKind::OnlineUser, "LineUri"),
            ["lineuri"],
            "never the on-premises number"
        );
        assert_eq!(all(ExportKind::OnlinePstnUsage, "Usage"), ["usage"]);
        assert_eq!(all(ExportKind::OnlineUser, ""), [""]);
    }

    #[test]
    fn listed_spellings_are_borrowed() {
        let mut found = spellings(ExportKind::OnlineUser, "SoftDeletionTimestamp");
        assert!(found.all(|spelling| matches!(spelling, Cow::Borrowed(_))));
    }

    #[test]
    fn the_table_is_lower_case_and_says_nothing_twice() {
        for (family, lines) in ALIASES {
            assert_eq!(*family, family.family(), "only families have lines");
            assert_eq!(
                ALIASES.iter().filter(|(other, _)| other == family).count(),
                1,
                "{family:?}"
            );
            for line in *lines {
                let words: Vec<&str> = line.split_ascii_whitespace().collect();
                assert_eq!(*line, line.to_ascii_lowercase());
                assert!(words.len() > 1, "{line}");
                for (at, word) in words.iter().enumerate() {
                    assert!(!words[..at].contains(word), "{line}");
                }
                let same = lines.iter().filter(|other| {
                    other.split_ascii_whitespace().next() == words.first().copied()
                });
                assert_eq!(same.count(), 1, "{line}");
            }
        }
    }
}
