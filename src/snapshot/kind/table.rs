//! The one table of everything that an export can be: its name, how to make it, and the keys that give it away.
//!
//! Rows stand in the order in which they are tried, and the first that matches wins: a kind whose keys are
//! contained in another's stands above it. [`ExportKind`] is generated from the rows, so a kind without a row
//! cannot exist. Key lists are texts of lower-cased words, because a table of this size must be readable.
//!
//! The table refuses to decide by values or by letter case: keys are all that it sees.

use std::collections::BTreeSet;

/// What a set of keys must be like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Condition {
    all: &'static str,
    any: &'static str,
    none: &'static str,
}

impl Condition {
    /// Adds: at least one of these keys.
    const fn any(self, any: &'static str) -> Self {
        Self { any, ..self }
    }

    /// Adds: none of these keys.
    const fn none(self, none: &'static str) -> Self {
        Self { none, ..self }
    }

    /// Whether the lower-cased `keys` meet the condition.
    pub(super) fn holds(&self, keys: &BTreeSet<String>) -> bool {
        let has = |key: &str| keys.contains(key);
        self.all.split_ascii_whitespace().all(has)
            && (self.any.is_empty() || self.any.split_ascii_whitespace().any(has))
            && !self.none.split_ascii_whitespace().any(has)
    }

    /// Every key that the condition mentions.
    #[cfg(test)]
    pub(super) fn words(&self) -> impl Iterator<Item = &'static str> {
        [self.all, self.any, self.none]
            .into_iter()
            .flat_map(str::split_ascii_whitespace)
    }
}

/// All of these keys.
const fn all(all: &'static str) -> Condition {
    Condition {
        all,
        any: "",
        none: "",
    }
}

/// At least one of these keys.
const fn any(any: &'static str) -> Condition {
    Condition {
        all: "",
        any,
        none: "",
    }
}

/// What is known of one kind.
pub(super) struct KindRow {
    pub(super) kind: ExportKind,
    pub(super) family: ExportKind,
    pub(super) name: &'static str,
    /// PowerShell that writes all records as JSON, as it stands, or into files of its own; blank where nothing does.
    pub(super) command: &'static str,
    /// What a reader has to know or to do, in prose; blank where the command is enough.
    pub(super) by_hand: &'static str,
    pub(super) keys: &'static [&'static str],
    pub(super) caps: &'static [u64],
    pub(super) hints: &'static [&'static str],
    /// Keys that another kind has as well: tried first, but only where the file name names this kind.
    pub(super) contested: &'static [Condition],
    /// The keys alone decide when one of these holds.
    pub(super) when: &'static [Condition],
    /// Too weak alone: tried last, and only where the file name names this kind.
    pub(super) named: &'static [Condition],
    /// The lower-cased properties, for the nearest kind of an unknown file.
    pub(super) properties: &'static str,
}

/// Writes the enum, the list of its values and their rows from one table.
macro_rules! kinds {
    ($(
        $kind:ident in $family:ident {
            name: $name:literal,
            $(command: $command:literal,)?
            $(by_hand: $by_hand:literal,)?
            keys: [$($key:literal),+],
            $(caps: [$($cap:literal),+],)?
            hints: [$($hint:literal),+],
            $(contested: [$($contested:expr),+ $(,)?],)?
            $(when: [$($when:expr),+ $(,)?],)?
            $(named: [$($named:expr),+ $(,)?],)?
            properties: $properties:literal,
        }
    )+) => {
        /// One kind of record in a snapshot, named after its cmdlet.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum ExportKind {
            $(
                #[doc = concat!("`", $name, "`.")]
                $kind,
            )+
        }

        impl ExportKind {
            /// Every kind, in the order in which they are tried.
            pub const ALL: &'static [ExportKind] = &[$(ExportKind::$kind),+];
        }

        /// The rows: that of a kind stands at the kind's own number.
        pub(super) static ROWS: &[KindRow] = &[$(KindRow {
            kind: ExportKind::$kind,
            family: ExportKind::$family,
            name: $name,
            command: concat!($($command)?),
            by_hand: concat!($($by_hand)?),
            keys: &[$($key),+],
            caps: &[$($($cap),+)?],
            hints: &[$($hint),+],
            contested: &[$($($contested),+)?],
            when: &[$($($when),+)?],
            named: &[$($($named),+)?],
            properties: $properties,
        }),+];
    };
}

kinds! {
    // Telephone numbers, in their five dialects.
    GraphNumberAssignment in PhoneNumberAssignment {
        name: "Graph numberAssignments",
        command: "& { $ErrorActionPreference = \"Stop\"; for ($skip = 0; $page = @((Invoke-MgGraphRequest -Uri ('v1.0/admin/teams/telephoneNumberManagement/numberAssignments?$top=1000&$skip=' + $skip) -OutputType PSObject).value | Where-Object { $_ }); $skip += $page.Count) { $page } } | ConvertTo-Json -Depth 20",
        keys: ["telephoneNumber"],
        caps: [500, 1000],
        hints: ["graph-numberassignments", "numberassignments", "graph-numbers"],
        contested: [all("telephonenumber").none("acquiredcapabilities partnername targetid acquisitiondate pstnassignmentstatus assignedpstntargetid pstnpartnerid pstnpartnername capability policytype o365region")],
        when: [all("telephonenumber").any("assignmenttargetid portinstatus reversenumberlookupoptions capabilities")],
        properties: "id telephonenumber operatorid numbertype activationstate capabilities locationid civicaddressid \
            networksiteid assignmenttargetid assignmentcategory portinstatus assignmentstatus isocountrycode city \
            numbersource supportedcustomeractions reversenumberlookupoptions",
    }
    AcquiredPhoneNumber in PhoneNumberAssignment {
        name: "Export-CsAcquiredPhoneNumber",
        by_hand: "Export-CsAcquiredPhoneNumber tells an order id: download the CSV that Get-CsExportAcquiredPhoneNumberStatus -OrderId <order id> links to",
        keys: ["TelephoneNumber"],
        caps: [999],
        hints: ["export-csacquiredphonenumber", "csacquiredphonenumber", "acquiredphonenumber", "acquired-numbers"],
        contested: [all("telephonenumber").none("assignmenttargetid portinstatus capabilities pstnassignmentstatus assignedpstntargetid pstnpartnerid pstnpartnername capability policytype o365region")],
        when: [all("telephonenumber").any("acquiredcapabilities assignmentstatus targetid partnername acquisitiondate placename isosubdivisioncode isoperatorconnect availablecapabilities")],
        properties: "telephonenumber operatorid numbertype locationid civicaddressid networksiteid \
            availablecapabilities acquiredcapabilities assignmentstatus placename activationstate partnername \
            isocountrycode portinorderstatus capabilityupdatesupported acquisitiondate targetid targettype \
            assignmentcategory callingprofileid isosubdivisioncode numbersource supportedcustomeractions \
            reversenumberlookup routingoptions blockid rangeid isoperatorconnect dsusupported \
            locationupdatesupported smscampaignbriefs resourceaccountsharedcallingpolicysupported",
    }
    ExportAcquiredPhoneNumberStatus in ExportAcquiredPhoneNumberStatus {
        name: "Get-CsExportAcquiredPhoneNumberStatus",
        by_hand: "this is how far an export is: download the CSV that Get-CsExportAcquiredPhoneNumberStatus -OrderId <order id> links to",
        keys: ["Id"],
        hints: ["get-csexportacquiredphonenumberstatus", "csexportacquiredphonenumberstatus"],
        when: [any("downloadlink downloadlinkexpiry")],
        properties: "id createdat status downloadlinkexpiry downloadlink",
    }
    OnlineTelephoneNumberOrder in OnlineTelephoneNumberOrder {
        name: "Get-CsOnlineTelephoneNumberOrder",
        by_hand: "for each order: Get-CsOnlineTelephoneNumberOrder -OrderId <order id> | ConvertTo-Json -Depth 20",
        keys: ["OrderId"],
        hints: ["get-csonlinetelephonenumberorder", "csonlinetelephonenumberorder", "telephone-number-order", "number-order"],
        when: [
            any("reservationexpirydate failedphonenumbers failurecount sendtoservicedesk"),
            all("orderid status"),
        ],
        properties: "orderid id name createdat createdby description numbertype searchtype areacode countrycode quantity \
            status errorcode inventorytype sendtoservicedesk reservationexpirydate failurecount failedphonenumbers",
    }
    PhoneNumberAssignment in PhoneNumberAssignment {
        name: "Get-CsPhoneNumberAssignment",
        command: "& { for ($skip = 0; $page = @(Get-CsPhoneNumberAssignment -Top 1000 -Skip $skip -ErrorAction Stop); $skip += $page.Count) { $page } } | ConvertTo-Json -Depth 20",
        keys: ["TelephoneNumber"],
        caps: [500, 1000],
        hints: ["get-csphonenumberassignment", "csphonenumberassignment", "phonenumberassignment", "phone-numbers", "tenant-numbers", "numbers"],
        when: [all("telephonenumber").any("pstnassignmentstatus assignedpstntargetid pstnpartnerid pstnpartnername activationstate numbertype capability isosubdivision assignmentblockedstate smsactivationstate numbersource assignmentcategory")],
        named: [all("telephonenumber").none("policytype o365region")],
        properties: "telephonenumber operatorid numbertype activationstate assignedpstntargetid assignmentcategory \
            capability city civicaddressid isocountrycode isosubdivision locationid locationupdatesupported networksiteid \
            numbersource portinorderstatus pstnassignmentstatus pstnpartnerid pstnpartnername reversenumberlookup tag \
            assignmentblockedstate assignmentblockeduntil smsactivationstate smsprofileid",
    }
    PhoneNumberPolicyAssignment in PhoneNumberPolicyAssignment {
        name: "Get-CsPhoneNumberPolicyAssignment",
        command: "Get-CsPhoneNumberPolicyAssignment | ConvertTo-Json -Depth 20",
        keys: ["TelephoneNumber", "PolicyType"],
        hints: ["get-csphonenumberpolicyassignment", "csphonenumberpolicyassignment", "phonenumberpolicyassignment", "number-policies"],
        when: [all("telephonenumber policytype")],
        properties: "telephonenumber policytype policyname authority assignmenttype reference",
    }
    HybridTelephoneNumber in LegacyTelephoneNumber {
        name: "Get-CsHybridTelephoneNumber",
        command: "& { for ($skip = 0; $page = @(Get-CsPhoneNumberAssignment -Top 1000 -Skip $skip -ErrorAction Stop); $skip += $page.Count) { $page } } | ConvertTo-Json -Depth 20",
        by_hand: "Get-CsHybridTelephoneNumber is retired: Get-CsPhoneNumberAssignment takes its place",
        keys: ["TelephoneNumber"],
        hints: ["get-cshybridtelephonenumber", "cshybridtelephonenumber", "hybridtelephonenumber"],
        when: [all("telephonenumber").any("o365region sourcetype")],
        properties: "id o365region sourcetype targettype telephonenumber userid",
    }
    LegacyTelephoneNumber in LegacyTelephoneNumber {
        name: "Get-CsOnlineTelephoneNumber",
        command: "& { for ($skip = 0; $page = @(Get-CsPhoneNumberAssignment -Top 1000 -Skip $skip -ErrorAction Stop); $skip += $page.Count) { $page } } | ConvertTo-Json -Depth 20",
        by_hand: "Get-CsOnlineTelephoneNumber is retired: Get-CsPhoneNumberAssignment takes its place",
        keys: ["Id"],
        caps: [500],
        hints: ["get-csonlinetelephonenumber", "csonlinetelephonenumber", "onlinetelephonenumber"],
        when: [all("id").any("inventorytype citycode o365region bridgenumber ismanagedbyservicedesk")],
        properties: "id activationstate bridgenumber callingprofile inventorytype citycode friendlyname location \
            o365region sourcetype targettype tenant tenantid userid ismanagedbyservicedesk portinorderstatus",
    }

    // People. The two exports per user come first: scripts add the user's own keys to them.
    UserCallingSettings in UserCallingSettings {
        name: "Get-CsUserCallingSettings",
        command: "Get-CsOnlineUser | ForEach-Object { Get-CsUserCallingSettings -Identity $_.UserPrincipalName } | ConvertTo-Json -Depth 20",
        keys: ["SipUri"],
        hints: ["get-csusercallingsettings", "csusercallingsettings", "user-calling-settings", "calling-settings"],
        when: [any("isforwardingenabled isunansweredenabled forwardingtargettype unansweredtargettype callgrouptargets")],
        properties: "sipuri isforwardingenabled forwardingtype forwardingtarget forwardingtargettype \
            isunansweredenabled unansweredtarget unansweredtargettype unanswereddelay delegates delegators \
            callgrouporder callgrouptargets groupmembershipdetails groupnotificationoverride",
    }
    OnlineDialInConferencingUser in OnlineDialInConferencingUser {
        name: "Get-CsOnlineDialInConferencingUser",
        command: "Get-CsOnlineDialInConferencingUser | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csonlinedialinconferencinguser", "csonlinedialinconferencinguser", "dialinconferencinguser", "conferencing-users", "conf-users"],
        when: [
            any("tollfreeservicenumber"),
            all("servicenumber").none("callingidsubstitute blockincomingpstncallerid enableuseroverride"),
        ],
        properties: "identity objectid userprincipalname displayname sipaddress servicenumber tollfreeservicenumber \
            bridgeid bridgename conferenceid leaderpin defaulttollnumber defaulttollfreenumber url tenantid",
    }
    GraphUserConfiguration in OnlineUser {
        name: "Graph userConfigurations",
        command: "& { $ErrorActionPreference = \"Stop\"; for ($uri = 'v1.0/admin/teams/userConfigurations'; $uri; $uri = $page.'@odata.nextLink') { $page = Invoke-MgGraphRequest -Uri $uri -OutputType PSObject; $page.value } } | ConvertTo-Json -Depth 20",
        keys: ["id"],
        hints: ["graph-userconfigurations", "userconfigurations"],
        when: [all("id userprincipalname").any("isenterprisevoiceenabled effectivepolicyassignments accounttype featuretypes telephonenumbers").none("identity")],
        properties: "id userprincipalname tenantid accounttype createddatetime modifieddatetime featuretypes \
            isenterprisevoiceenabled telephonenumbers effectivepolicyassignments",
    }
    OnlineUser in OnlineUser {
        name: "Get-CsOnlineUser",
        command: "Get-CsOnlineUser | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csonlineuser", "csonlineuser", "onlineuser", "tenant-users", "teams-users", "ra-users", "users"],
        when: [
            all("userprincipalname").any("interpretedusertype lineuri onpremlineuri enterprisevoiceenabled teamsupgradeeffectivemode teamsupgradepolicy registrarpool hostingprovider onlinevoiceroutingpolicy featuretypes accounttype telephonenumbers assignedplan tenantdialplan teamscallingpolicy teamsemergencycallingpolicy teamsemergencycallroutingpolicy teamssharedcallingroutingpolicy callinglineidentity onlinevoicemailpolicy uservalidationerrors softdeletiontimestamp issipenabled userdirsyncenabled effectivepolicyassignments"),
            all("sipaddress").any("interpretedusertype lineuri onpremlineuri enterprisevoiceenabled teamsupgradeeffectivemode registrarpool hostingprovider onlinevoiceroutingpolicy featuretypes"),
            // A tenant of the old modules has an Identity and a RegistrarPool too.
            all("identity").any("lineuri onpremlineuri enterprisevoiceenabled interpretedusertype registrarpool accounttype featuretypes teamsupgradeeffectivemode").none("verifieddomains sipdomain servicenumbercount syncinlyncadinfo"),
            all("objectid").any("lineuri onpremlineuri enterprisevoiceenabled interpretedusertype").none("verifieddomains sipdomain servicenumbercount syncinlyncadinfo"),
            all("identity userprincipalname").none("applicationid"),
        ],
        named: [any("userprincipalname sipaddress lineuri").none("id applicationid skuid")],
        properties: "identity userprincipalname alias displayname givenname lastname accountenabled accounttype \
            interpretedusertype lineuri onpremlineuri telephonenumbers enterprisevoiceenabled \
            onprementerprisevoiceenabled hostedvoicemail teamsupgradeeffectivemode teamsupgradepolicy \
            teamsupgradeoverridepolicy teamsupgradepolicyisreadonly teamsupgradenotificationsenabled \
            onlinevoiceroutingpolicy tenantdialplan teamscallingpolicy teamsemergencycallingpolicy \
            teamsemergencycallroutingpolicy teamssharedcallingroutingpolicy teamsvoiceapplicationspolicy \
            callinglineidentity onlinevoicemailpolicy onlineaudioconferencingroutingpolicy onlinedialoutpolicy \
            teamsipphonepolicy teamssurvivablebranchappliancepolicy applicationaccesspolicy \
            teamscarrieremergencycallroutingpolicy effectivepolicyassignments dialplan locationpolicy optionflags \
            assignedplan provisionedplan featuretypes usagelocation hostingprovider onpremhostingprovider \
            registrarpool sipaddress sipproxyaddress onpremsipaddress issipenabled onpremsipenabled proxyaddresses \
            shadowproxyaddresses userdirsyncenabled uservalidationerrors softdeletiontimestamp",
    }
    DeletedUser in OnlineUser {
        name: "Graph deletedItems",
        command: "& { $ErrorActionPreference = \"Stop\"; for ($uri = 'v1.0/directory/deletedItems/microsoft.graph.user?$select=id,userPrincipalName,displayName,deletedDateTime&$top=999'; $uri; $uri = $page.'@odata.nextLink') { $page = Invoke-MgGraphRequest -Uri $uri -OutputType PSObject; $page.value } } | ConvertTo-Json -Depth 20",
        keys: ["id"],
        caps: [100, 999],
        hints: ["graph-deleteditems", "deleteditems", "deleted-users", "get-mgdirectorydeleteduser", "get-mgdirectorydeleteditemasuser"],
        // Live users carry the key too when the SDK wrote them or `$select` asked for it, then with null in it.
        contested: [all("id").any("deleteddatetime userprincipalname").none("identity mailenabled grouptypes verifieddomains isenterprisevoiceenabled effectivepolicyassignments accounttype featuretypes")],
        when: [
            all("id deleteddatetime userprincipalname").none("additionalproperties accountenabled assignedlicenses assignedplans usertype usagelocation"),
            all("id deleteddatetime").none("userprincipalname mailenabled securityenabled grouptypes verifieddomains countrylettercode appid deviceid skupartnumber assignedlicenses"),
        ],
        named: [all("id").none("identity mailenabled securityenabled grouptypes verifieddomains countrylettercode appid deviceid skuid skupartnumber")],
        properties: "id deleteddatetime userprincipalname displayname mail givenname surname",
    }
    GraphUser in OnlineUser {
        name: "Graph users",
        command: "& { $ErrorActionPreference = \"Stop\"; for ($uri = 'v1.0/users?$select=id,userPrincipalName,displayName,accountEnabled,userType,usageLocation,assignedLicenses,assignedPlans,licenseAssignmentStates,onPremisesSyncEnabled&$top=999'; $uri; $uri = $page.'@odata.nextLink') { $page = Invoke-MgGraphRequest -Uri $uri -OutputType PSObject; $page.value } } | ConvertTo-Json -Depth 20",
        keys: ["id"],
        caps: [100, 999],
        hints: ["graph-users", "get-mguser", "mgusers"],
        when: [
            all("id userprincipalname"),
            all("id").any("assignedlicenses licenseassignmentstates").none("mailenabled securityenabled grouptypes verifieddomains"),
        ],
        properties: "id userprincipalname displayname givenname surname mail mobilephone officelocation jobtitle \
            businessphones preferredlanguage accountenabled assignedlicenses assignedplans usagelocation usertype \
            isresourceaccount onpremisessyncenabled licenseassignmentstates createddatetime",
    }
    OnlineVoiceUser in OnlineVoiceUser {
        name: "Get-CsOnlineVoiceUser",
        command: "Get-CsOnlineUser | ConvertTo-Json -Depth 20",
        by_hand: "Get-CsOnlineVoiceUser is retired: Get-CsOnlineUser takes its place",
        keys: ["Id"],
        hints: ["get-csonlinevoiceuser", "csonlinevoiceuser", "onlinevoiceuser"],
        when: [all("pstnconnectivity"), all("number enterprisevoiceenabled")],
        properties: "name id sipdomain datacenter tenantid pstnconnectivity usagelocation enterprisevoiceenabled number location",
    }

    // Voice applications.
    OnlineApplicationInstance in OnlineApplicationInstance {
        name: "Get-CsOnlineApplicationInstance",
        command: "Get-CsOnlineApplicationInstance | ConvertTo-Json -Depth 20",
        keys: ["ObjectId"],
        hints: ["get-csonlineapplicationinstance", "csonlineapplicationinstance", "applicationinstance", "resource-accounts"],
        when: [all("objectid applicationid"), all("objectid phonenumber").any("userprincipalname displayname"), all("userprincipalname applicationid")],
        named: [any("objectid userprincipalname").none("id configurationid lineuri")],
        properties: "objectid tenantid userprincipalname applicationid displayname phonenumber acsresourceid",
    }
    OnlineApplicationInstanceAssociation in OnlineApplicationInstanceAssociation {
        name: "Get-CsOnlineApplicationInstanceAssociation",
        command: "Get-CsOnlineApplicationInstance | ForEach-Object { Get-CsOnlineApplicationInstanceAssociation -Identity $_.ObjectId } | ConvertTo-Json -Depth 20",
        keys: ["Id"],
        hints: ["get-csonlineapplicationinstanceassociation", "csonlineapplicationinstanceassociation", "applicationinstanceassociation", "associations"],
        when: [all("configurationid configurationtype"), all("id configurationid")],
        properties: "id configurationtype configurationid callpriority",
    }
    AutoAttendant in AutoAttendant {
        name: "Get-CsAutoAttendant",
        command: "& { for ($skip = 0; $page = @(Get-CsAutoAttendant -First 100 -Skip $skip -ErrorAction Stop); $skip += $page.Count) { $page } } | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        caps: [100],
        hints: ["get-csautoattendant", "csautoattendant", "auto-attendant"],
        when: [
            any("defaultcallflow"),
            all("languageid").any("callhandlingassociations timezoneid voiceresponseenabled"),
            any("callhandlingassociations directorylookupscope mainlineattendantenabled"),
            all("identity name applicationinstances").none("routingmethod agentalerttime overflowthreshold overflowaction timeoutthreshold timeoutaction noagentaction agents users distributionlists allowoptout conferencemode presencebasedrouting oboresourceaccountids"),
            all("id name applicationinstances").none("routingmethod agentalerttime overflowthreshold overflowaction timeoutthreshold timeoutaction noagentaction agents users distributionlists allowoptout conferencemode presencebasedrouting oboresourceaccountids"),
        ],
        named: [all("name").any("identity id").none("routingmethod agentalerttime overflowthreshold")],
        properties: "identity name tenantid languageid voiceid timezoneid voiceresponseenabled defaultcallflow operator \
            callflows schedules callhandlingassociations directorylookupscope applicationinstances authorizedusers \
            hideauthorizedusers mainlineattendantenabled",
    }
    CallQueue in CallQueue {
        name: "Get-CsCallQueue",
        command: "& { for ($skip = 0; $page = @(Get-CsCallQueue -First 100 -Skip $skip -ErrorAction Stop); $skip += $page.Count) { $page } } | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        caps: [100],
        hints: ["get-cscallqueue", "cscallqueue", "call-queue"],
        contested: [all("name applicationinstances").none("defaultcallflow timezoneid callhandlingassociations voiceresponseenabled")],
        when: [any("routingmethod agentalerttime overflowthreshold overflowaction timeoutthreshold timeoutaction noagentaction distributionlists presencebasedrouting agentscapped oboresourceaccountids"), all("identity name agents")],
        named: [all("name").any("identity id").none("defaultcallflow timezoneid")],
        properties: "identity name tenantid languageid routingmethod users distributionlists agents \
            distributionlistslastexpanded agentsinsyncwithdistributionlists agentscapped allowoptout conferencemode \
            presencebasedrouting agentalerttime overflowthreshold overflowaction overflowactiontarget timeoutthreshold \
            timeoutaction timeoutactiontarget noagentaction noagentapplyto noagentactiontarget applicationinstances \
            oboresourceaccountids channelid authorizedusers hideauthorizedusers iscallbackenabled",
    }
    OnlineSchedule in OnlineSchedule {
        name: "Get-CsOnlineSchedule",
        command: "Get-CsOnlineSchedule | ConvertTo-Json -Depth 20",
        keys: ["Id"],
        hints: ["get-csonlineschedule", "csonlineschedule", "onlineschedule", "schedules"],
        when: [any("weeklyrecurrentschedule fixedschedule associatedconfigurationids")],
        named: [all("id name")],
        properties: "id name type weeklyrecurrentschedule fixedschedule associatedconfigurationids",
    }

    // Voice routing.
    OnlineVoiceRoute in OnlineVoiceRoute {
        name: "Get-CsOnlineVoiceRoute",
        command: "Get-CsOnlineVoiceRoute | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csonlinevoiceroute", "csonlinevoiceroute", "onlinevoiceroute", "voice-routes"],
        when: [any("numberpattern onlinepstngatewaylist bridgesourcephonenumber")],
        properties: "identity name numberpattern onlinepstnusages onlinepstngatewaylist priority bridgesourcephonenumber description",
    }
    OnlineVoiceRoutingPolicy in OnlineVoiceRoutingPolicy {
        name: "Get-CsOnlineVoiceRoutingPolicy",
        command: "Get-CsOnlineVoiceRoutingPolicy | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csonlinevoiceroutingpolicy", "csonlinevoiceroutingpolicy", "onlinevoiceroutingpolicy", "voice-routing-policy", "voice-routing-policies"],
        when: [all("onlinepstnusages")],
        properties: "identity onlinepstnusages description routetype",
    }
    OnlineAudioConferencingRoutingPolicy in OnlineAudioConferencingRoutingPolicy {
        name: "Get-CsOnlineAudioConferencingRoutingPolicy",
        command: "Get-CsOnlineAudioConferencingRoutingPolicy | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csonlineaudioconferencingroutingpolicy", "csonlineaudioconferencingroutingpolicy", "audioconferencingroutingpolicy", "conf-routing-policy", "conf-routing-policies"],
        contested: [all("onlinepstnusages").none("numberpattern onlinepstngatewaylist")],
        properties: "identity onlinepstnusages description",
    }
    OnlinePstnUsage in OnlinePstnUsage {
        name: "Get-CsOnlinePstnUsage",
        command: "Get-CsOnlinePstnUsage | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csonlinepstnusage", "csonlinepstnusage", "pstn-usage"],
        when: [all("usage")],
        properties: "identity usage",
    }
    OnlinePstnGateway in OnlinePstnGateway {
        name: "Get-CsOnlinePSTNGateway",
        command: "Get-CsOnlinePSTNGateway | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csonlinepstngateway", "csonlinepstngateway", "pstn-gateway", "gateways", "sbcs"],
        when: [
            any("sipsignalingport sipsignallingport"),
            all("fqdn").any("sendsipoptions mediabypass bypassmode maxconcurrentsessions failoverresponsecodes failovertimeseconds forwardpai forwardcallhistory gatewaysiteid"),
            all("identity").any("sendsipoptions failoverresponsecodes gatewaysitelbrenabled outboundpstnnumbertranslationrules inboundpstnnumbertranslationrules"),
        ],
        named: [all("fqdn")],
        properties: "identity fqdn sipsignalingport enabled sendsipoptions maxconcurrentsessions failovertimeseconds \
            failoverresponsecodes forwardcallhistory forwardpai mediabypass bypassmode proxysbc gatewaysiteid \
            gatewaysitelbrenabled gatewaylbrenableduseroverride pidflosupported mediarelayroutinglocationoverride \
            ipaddressversion description inboundteamsnumbertranslationrules inboundpstnnumbertranslationrules \
            outboundteamsnumbertranslationrules outboundpstnnumbertranslationrules codecpriority excludedcodecs",
    }
    TeamsSurvivableBranchAppliance in TeamsSurvivableBranchAppliance {
        name: "Get-CsTeamsSurvivableBranchAppliance",
        command: "Get-CsTeamsSurvivableBranchAppliance | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csteamssurvivablebranchappliance", "csteamssurvivablebranchappliance", "survivablebranchappliance", "sbas"],
        when: [all("fqdn site")],
        named: [all("fqdn")],
        properties: "identity fqdn site description",
    }
    TeamsTranslationRule in TeamsTranslationRule {
        name: "Get-CsTeamsTranslationRule",
        command: "Get-CsTeamsTranslationRule | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csteamstranslationrule", "csteamstranslationrule", "translation-rule"],
        when: [all("pattern translation")],
        properties: "identity name pattern translation description",
    }
    TenantDialPlan in TenantDialPlan {
        name: "Get-CsTenantDialPlan",
        command: "Get-CsTenantDialPlan | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-cstenantdialplan", "cstenantdialplan", "tenant-dial-plan", "dial-plan"],
        when: [any("normalizationrules externalaccessprefix optimizedevicedialing"), all("identity simplename")],
        properties: "identity simplename description externalaccessprefix optimizedevicedialing normalizationrules",
    }

    // Policies.
    TeamsEmergencyCallRoutingPolicy in TeamsEmergencyCallRoutingPolicy {
        name: "Get-CsTeamsEmergencyCallRoutingPolicy",
        command: "Get-CsTeamsEmergencyCallRoutingPolicy | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csteamsemergencycallroutingpolicy", "csteamsemergencycallroutingpolicy", "emergency-call-routing-policy", "emergency-routing-policy", "emergency-routing-policies"],
        when: [all("allowenhancedemergencyservices")],
        named: [all("emergencynumbers").none("resourceaccount")],
        properties: "identity emergencynumbers allowenhancedemergencyservices description",
    }
    TeamsEmergencyCallingPolicy in TeamsEmergencyCallingPolicy {
        name: "Get-CsTeamsEmergencyCallingPolicy",
        command: "Get-CsTeamsEmergencyCallingPolicy | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csteamsemergencycallingpolicy", "csteamsemergencycallingpolicy", "emergency-calling-policy", "emergency-calling-policies"],
        when: [any("notificationgroup extendednotifications externallocationlookupmode notificationdialoutnumber enhancedemergencyservicedisclaimer")],
        properties: "identity notificationgroup notificationdialoutnumber notificationmode externallocationlookupmode \
            enhancedemergencyservicedisclaimer extendednotifications description",
    }
    TeamsCarrierEmergencyCallRoutingPolicy in TeamsCarrierEmergencyCallRoutingPolicy {
        name: "Get-CsTeamsCarrierEmergencyCallRoutingPolicy",
        command: "Get-CsTeamsCarrierEmergencyCallRoutingPolicy | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csteamscarrieremergencycallroutingpolicy", "csteamscarrieremergencycallroutingpolicy", "carrieremergencycallroutingpolicy"],
        when: [all("identity locationpolicyid").none("networksiteid networkregionid enablelocationbasedrouting")],
        properties: "identity locationpolicyid description",
    }
    TeamsSharedCallingRoutingPolicy in TeamsSharedCallingRoutingPolicy {
        name: "Get-CsTeamsSharedCallingRoutingPolicy",
        command: "Get-CsTeamsSharedCallingRoutingPolicy | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csteamssharedcallingroutingpolicy", "csteamssharedcallingroutingpolicy", "shared-calling-routing-policy", "shared-calling-policy", "shared-calling-policies"],
        when: [all("resourceaccount emergencynumbers")],
        named: [any("resourceaccount emergencynumbers")],
        properties: "identity resourceaccount emergencynumbers description",
    }
    TeamsUpgradeConfiguration in TeamsUpgradeConfiguration {
        name: "Get-CsTeamsUpgradeConfiguration",
        command: "Get-CsTeamsUpgradeConfiguration | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csteamsupgradeconfiguration", "csteamsupgradeconfiguration", "upgrade-configuration"],
        when: [any("downloadteams sfbmeetingjoinux")],
        properties: "identity downloadteams sfbmeetingjoinux blocklegacyauthorization",
    }
    TeamsUpgradePolicy in TeamsUpgradePolicy {
        name: "Get-CsTeamsUpgradePolicy",
        command: "Get-CsTeamsUpgradePolicy | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csteamsupgradepolicy", "csteamsupgradepolicy", "upgrade-policy", "upgrade-policies"],
        when: [all("mode notifysfbusers")],
        named: [all("mode")],
        properties: "identity mode notifysfbusers action description",
    }
    TeamsCallingPolicy in TeamsCallingPolicy {
        name: "Get-CsTeamsCallingPolicy",
        command: "Get-CsTeamsCallingPolicy | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csteamscallingpolicy", "csteamscallingpolicy", "calling-policy", "calling-policies"],
        when: [any("allowprivatecalling allowvoicemail allowwebpstncalling preventtollbypass allowcallforwardingtophone allowcallforwardingtouser busyonbusyenabledtype allowcallgroups allowdelegation")],
        properties: "identity description allowprivatecalling allowwebpstncalling allowvoicemail allowcallgroups \
            allowdelegation allowcallforwardingtouser allowcallforwardingtophone preventtollbypass busyonbusyenabledtype",
    }
    TeamsVoiceApplicationsPolicy in TeamsVoiceApplicationsPolicy {
        name: "Get-CsTeamsVoiceApplicationsPolicy",
        command: "Get-CsTeamsVoiceApplicationsPolicy | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csteamsvoiceapplicationspolicy", "csteamsvoiceapplicationspolicy", "voice-applications-policy", "voice-app-policy", "voice-app-policies"],
        when: [any("allowautoattendantbusinesshoursgreetingchange allowautoattendantafterhoursgreetingchange allowautoattendantholidaygreetingchange allowautoattendantbusinesshourschange allowautoattendantholidayschange allowcallqueuewelcomegreetingchange allowcallqueuemusiconholdchange allowcallqueueoptoutchange allowcallqueueagentoptchange allowcallqueuemembershipchange allowcallqueueroutingmethodchange allowcallqueueoverflowroutingchange callqueueagentmonitormode")],
        properties: "identity allowautoattendantbusinesshoursgreetingchange allowautoattendantafterhoursgreetingchange \
            allowautoattendantholidaygreetingchange allowautoattendantbusinesshourschange allowautoattendantholidayschange \
            allowcallqueuewelcomegreetingchange allowcallqueuemusiconholdchange allowcallqueueoptoutchange \
            allowcallqueueagentoptchange allowcallqueuemembershipchange allowcallqueueroutingmethodchange \
            callqueueagentmonitormode allowcallqueueoverflowroutingchange callqueueagentmonitornotificationmode",
    }
    CallingLineIdentity in CallingLineIdentity {
        name: "Get-CsCallingLineIdentity",
        command: "Get-CsCallingLineIdentity | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-cscallinglineidentity", "cscallinglineidentity", "calling-line-identity", "calling-line-identities", "caller-id-policy", "caller-id-policies"],
        when: [any("callingidsubstitute blockincomingpstncallerid")],
        properties: "identity callingidsubstitute resourceaccount servicenumber companyname blockincomingpstncallerid \
            enableuseroverride description",
    }
    GroupPolicyAssignment in GroupPolicyAssignment {
        name: "Get-CsGroupPolicyAssignment",
        command: "Get-CsGroupPolicyAssignment | ConvertTo-Json -Depth 20",
        keys: ["GroupId", "PolicyType"],
        hints: ["get-csgrouppolicyassignment", "csgrouppolicyassignment", "grouppolicyassignment", "group-policies"],
        when: [all("groupid policytype")],
        properties: "groupid policytype policyname rank createdtime createdby",
    }
    UserPolicyAssignment in UserPolicyAssignment {
        name: "Get-CsUserPolicyAssignment",
        by_hand: "for one user: Get-CsUserPolicyAssignment -Identity <user> | ConvertTo-Json -Depth 20",
        keys: ["PolicyType"],
        hints: ["get-csuserpolicyassignment", "csuserpolicyassignment", "userpolicyassignment"],
        when: [all("policytype policysource")],
        properties: "policytype policyname policysource",
    }

    // Network and addresses.
    TenantNetworkSite in TenantNetworkSite {
        name: "Get-CsTenantNetworkSite",
        command: "Get-CsTenantNetworkSite | ConvertTo-Json -Depth 20",
        keys: ["NetworkSiteID"],
        hints: ["get-cstenantnetworksite", "cstenantnetworksite", "network-site"],
        when: [
            all("networkregionid").any("networksiteid enablelocationbasedrouting"),
            all("networksiteid").none("telephonenumber subnetid maskbits"),
            all("identity").any("emergencycallroutingpolicytagid emergencycallingpolicytagid emergencycallroutingpolicyname emergencycallingpolicyname enablelocationbasedrouting siteaddress"),
        ],
        properties: "identity networksiteid networkregionid description siteaddress locationpolicyid \
            enablelocationbasedrouting onlinevoiceroutingpolicytagid emergencycallroutingpolicytagid \
            emergencycallingpolicytagid networkroamingpolicytagid emergencycallroutingpolicyname \
            emergencycallingpolicyname networkroamingpolicyname phonenumbers",
    }
    TenantNetworkSubnet in TenantNetworkSubnet {
        name: "Get-CsTenantNetworkSubnet",
        command: "Get-CsTenantNetworkSubnet | ConvertTo-Json -Depth 20",
        keys: ["SubnetID"],
        hints: ["get-cstenantnetworksubnet", "cstenantnetworksubnet", "network-subnet"],
        when: [all("subnetid").any("maskbits networksiteid"), all("networksiteid maskbits")],
        properties: "identity subnetid maskbits networksiteid description",
    }
    TenantTrustedIpAddress in TenantTrustedIpAddress {
        name: "Get-CsTenantTrustedIPAddress",
        command: "Get-CsTenantTrustedIPAddress | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-cstenanttrustedipaddress", "cstenanttrustedipaddress", "get-cstenanttrustedipaddresses", "trusted-ip-addresses", "trusted-ip"],
        when: [all("ipaddress maskbits")],
        properties: "identity ipaddress maskbits description",
    }
    TenantNetworkRegion in TenantNetworkRegion {
        name: "Get-CsTenantNetworkRegion",
        command: "Get-CsTenantNetworkRegion | ConvertTo-Json -Depth 20",
        keys: ["NetworkRegionID"],
        hints: ["get-cstenantnetworkregion", "cstenantnetworkregion", "network-region"],
        when: [all("networkregionid")],
        properties: "identity networkregionid centralsite description",
    }
    OnlineLisPort in OnlineLisPort {
        name: "Get-CsOnlineLisPort",
        command: "Get-CsOnlineLisPort | ConvertTo-Json -Depth 20",
        keys: ["ChassisID", "PortID"],
        hints: ["get-csonlinelisport", "csonlinelisport", "lis-port"],
        when: [all("portid chassisid"), all("portid locationid")],
        properties: "portid chassisid locationid description",
    }
    OnlineLisSwitch in OnlineLisSwitch {
        name: "Get-CsOnlineLisSwitch",
        command: "Get-CsOnlineLisSwitch | ConvertTo-Json -Depth 20",
        keys: ["ChassisID"],
        hints: ["get-csonlinelisswitch", "csonlinelisswitch", "lis-switch", "lis-switches"],
        when: [all("chassisid")],
        properties: "chassisid locationid description",
    }
    OnlineLisWirelessAccessPoint in OnlineLisWirelessAccessPoint {
        name: "Get-CsOnlineLisWirelessAccessPoint",
        command: "Get-CsOnlineLisWirelessAccessPoint | ConvertTo-Json -Depth 20",
        keys: ["BSSID"],
        hints: ["get-csonlineliswirelessaccesspoint", "csonlineliswirelessaccesspoint", "lis-wireless-access-point", "lis-wap"],
        when: [all("bssid")],
        properties: "bssid locationid description",
    }
    OnlineLisSubnet in OnlineLisSubnet {
        name: "Get-CsOnlineLisSubnet",
        command: "Get-CsOnlineLisSubnet | ConvertTo-Json -Depth 20",
        keys: ["Subnet"],
        hints: ["get-csonlinelissubnet", "csonlinelissubnet", "lis-subnet"],
        when: [all("subnet").any("locationid description")],
        properties: "subnet locationid description",
    }
    OnlineLisLocation in OnlineLisLocation {
        name: "Get-CsOnlineLisLocation",
        command: "Get-CsOnlineLisLocation -PopulateNumberOfTelephoneNumbers -PopulateNumberOfVoiceUsers | ConvertTo-Json -Depth 20",
        keys: ["LocationId"],
        hints: ["get-csonlinelislocation", "csonlinelislocation", "lis-location", "locations"],
        when: [all("locationid civicaddressid").any("location isdefault elin city countryorregion streetname companyname validationstatus description").none("telephonenumber")],
        named: [all("locationid").none("telephonenumber")],
        properties: "locationid civicaddressid location description companyname companytaxid housenumber \
            housenumbersuffix predirectional streetname streetsuffix postdirectional city cityalias stateorprovince \
            postalcode countyordistrict countryorregion latitude longitude confidence elin isdefault partnerid tenantid \
            validationstatus numberofvoiceusers numberoftelephonenumbers",
    }
    OnlineLisCivicAddress in OnlineLisCivicAddress {
        name: "Get-CsOnlineLisCivicAddress",
        command: "Get-CsOnlineLisCivicAddress -PopulateNumberOfTelephoneNumbers -PopulateNumberOfVoiceUsers | ConvertTo-Json -Depth 20",
        keys: ["CivicAddressId"],
        hints: ["get-csonlineliscivicaddress", "get-csonlineliscivicaddresses", "csonlineliscivicaddress", "civic-address", "civic-addresses"],
        when: [all("civicaddressid").any("defaultlocationid validationstatus countryorregion city streetname companyname postalcode").none("locationid telephonenumber")],
        named: [all("civicaddressid").none("locationid telephonenumber")],
        properties: "civicaddressid defaultlocationid additionallocationinfo description companyname companytaxid \
            housenumber streetname streetsuffix city cityalias stateorprovince postalcode countyordistrict \
            countryorregion latitude longitude confidence elin partnerid tenantid validationstatus numberofvoiceusers \
            numberoftelephonenumbers",
    }

    // Numbers nobody has, numbers nobody may call from, numbers to call in.
    TeamsUnassignedNumberTreatment in TeamsUnassignedNumberTreatment {
        name: "Get-CsTeamsUnassignedNumberTreatment",
        command: "Get-CsTeamsUnassignedNumberTreatment | ConvertTo-Json -Depth 20",
        keys: ["TreatmentId"],
        hints: ["get-csteamsunassignednumbertreatment", "csteamsunassignednumbertreatment", "unassigned-number-treatment", "unassigned-treatments"],
        when: [any("treatmentid treatmentpriority")],
        properties: "identity treatmentid pattern targettype target treatmentpriority description",
    }
    TenantBlockedCallingNumbers in TenantBlockedCallingNumbers {
        name: "Get-CsTenantBlockedCallingNumbers",
        command: "Get-CsTenantBlockedCallingNumbers | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-cstenantblockedcallingnumbers", "cstenantblockedcallingnumbers", "blocked-calling-numbers", "tenant-blocking"],
        when: [any("inboundblockednumberpatterns inboundexemptnumberpatterns")],
        named: [all("enabled").none("pattern")],
        properties: "identity name enabled inboundblockednumberpatterns inboundexemptnumberpatterns",
    }
    InboundBlockedNumberPattern in InboundBlockedNumberPattern {
        name: "Get-CsInboundBlockedNumberPattern",
        command: "Get-CsInboundBlockedNumberPattern | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csinboundblockednumberpattern", "csinboundblockednumberpattern", "blocked-number-pattern", "blocked-patterns"],
        when: [all("pattern enabled resourceaccount")],
        named: [all("pattern").none("translation treatmentid")],
        properties: "identity name pattern enabled description resourceaccount",
    }
    InboundExemptNumberPattern in InboundExemptNumberPattern {
        name: "Get-CsInboundExemptNumberPattern",
        command: "Get-CsInboundExemptNumberPattern | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csinboundexemptnumberpattern", "csinboundexemptnumberpattern", "exempt-number-pattern", "exempt-patterns"],
        named: [all("pattern").none("translation treatmentid")],
        properties: "identity name pattern enabled description",
    }
    PhoneNumberTenantConfiguration in PhoneNumberTenantConfiguration {
        name: "Get-CsPhoneNumberTenantConfiguration",
        command: "Get-CsPhoneNumberTenantConfiguration | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csphonenumbertenantconfiguration", "csphonenumbertenantconfiguration", "phonenumbertenantconfiguration", "number-config"],
        when: [any("allowonpremtoonlinemigration assignmentblockedforever assignmentblockeddays")],
        properties: "identity allowonpremtoonlinemigration assignmentblockedforever assignmentblockeddays",
    }
    OnlineDialInConferencingBridge in OnlineDialInConferencingBridge {
        name: "Get-CsOnlineDialInConferencingBridge",
        command: "Get-CsOnlineDialInConferencingBridge | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-csonlinedialinconferencingbridge", "csonlinedialinconferencingbridge", "dialinconferencingbridge", "conferencing-bridges", "conf-bridges"],
        when: [any("defaultservicenumber servicenumbers")],
        properties: "identity name region defaultservicenumber servicenumbers isdefault isshared tenantid",
    }

    // Tenant and directory.
    Tenant in Tenant {
        name: "Get-CsTenant",
        command: "Get-CsTenant | ConvertTo-Json -Depth 20",
        keys: ["TenantId"],
        hints: ["get-cstenant", "cstenant", "tenant"],
        when: [
            all("tenantid").any("verifieddomains sipdomain servicenumbercount subscribernumbercount teamsupgradeoverridepolicy").none("userprincipalname"),
            all("tenantid").any("teamsupgradeeffectivemode countrylettercode countryabbreviation tnmaccountid syncinlyncadinfo").none("userprincipalname sipaddress locationid civicaddressid"),
        ],
        named: [all("tenantid displayname").none("userprincipalname")],
        properties: "tenantid displayname teamsupgradeeffectivemode teamsupgradeoverridepolicy teamsupgradepolicyisreadonly \
            teamsupgradenotificationsenabled sipdomain verifieddomains assignedplan provisionedplan countryabbreviation \
            countrylettercode serviceinstance servicenumbercount subscribernumbercount tnmaccountid dirsyncenabled \
            lastsynctimestamp serviceinfo syncinlyncadinfo companypartnership lastprovisiontimestamps lastpublishtimestamps",
    }
    GraphOrganization in Tenant {
        name: "Graph organization",
        command: "Invoke-MgGraphRequest -Uri 'v1.0/organization' -OutputType Json",
        keys: ["id"],
        hints: ["graph-organization", "organization", "get-mgorganization"],
        when: [all("id").any("verifieddomains countrylettercode tenanttype").none("userprincipalname tenantid")],
        properties: "id displayname countrylettercode verifieddomains assignedplans provisionedplans tenanttype \
            onpremisessyncenabled onpremiseslastsyncdatetime technicalnotificationmails preferredlanguage createddatetime",
    }
    TenantFederationConfiguration in TenantFederationConfiguration {
        name: "Get-CsTenantFederationConfiguration",
        command: "Get-CsTenantFederationConfiguration | ConvertTo-Json -Depth 20",
        keys: ["Identity"],
        hints: ["get-cstenantfederationconfiguration", "cstenantfederationconfiguration", "federation-configuration"],
        when: [any("sharedsipaddressspace allowfederatedusers")],
        properties: "identity alloweddomains blockeddomains allowfederatedusers allowpublicusers allowteamsconsumer \
            sharedsipaddressspace",
    }
    GraphSubscribedSku in GraphSubscribedSku {
        name: "Graph subscribedSkus",
        command: "Invoke-MgGraphRequest -Uri 'v1.0/subscribedSkus' -OutputType Json",
        keys: ["skuId"],
        hints: ["graph-subscribedskus", "subscribedsku", "get-mgsubscribedsku", "skus"],
        when: [all("skupartnumber").any("prepaidunits consumedunits"), all("skuid").any("prepaidunits consumedunits")],
        named: [any("skuid skupartnumber")],
        properties: "id skuid skupartnumber appliesto capabilitystatus consumedunits prepaidunits serviceplans \
            subscriptionids accountid accountname",
    }
    GraphLicenseDetail in GraphLicenseDetail {
        name: "Graph licenseDetails",
        command: "Get-CsOnlineUser | Where-Object { -not $_.SoftDeletionTimestamp } | ForEach-Object { Invoke-MgGraphRequest -Uri ('v1.0/users/' + $_.Identity + '/licenseDetails') -OutputFilePath ('licenseDetails-' + $_.Identity + '.json') }",
        keys: ["skuId"],
        hints: ["graph-licensedetails", "licensedetail", "get-mguserlicensedetail", "user-licenses", "user-licences"],
        when: [all("skupartnumber serviceplans"), all("skuid serviceplans")],
        named: [any("skuid skupartnumber").none("prepaidunits consumedunits")],
        properties: "id skuid skupartnumber serviceplans",
    }
    GraphDomain in GraphDomain {
        name: "Graph domains",
        command: "Invoke-MgGraphRequest -Uri 'v1.0/domains' -OutputType Json",
        keys: ["id"],
        hints: ["graph-domains", "get-mgdomain", "domains"],
        when: [all("id isverified")],
        named: [all("id").none("userprincipalname mailenabled telephonenumber")],
        properties: "id isverified isdefault isinitial isroot isadminmanaged authenticationtype supportedservices \
            availabilitystatus passwordvalidityperiodindays",
    }
    GraphGroupMember in GraphGroupMember {
        name: "Graph transitiveMembers",
        command: "& { $ErrorActionPreference = \"Stop\"; foreach ($group in (Get-CsGroupPolicyAssignment).GroupId | Select-Object -Unique) { for ($uri = 'v1.0/groups/' + $group + '/transitiveMembers?$select=id&$top=999'; $uri; $uri = $page.'@odata.nextLink') { $page = Invoke-MgGraphRequest -Uri $uri -OutputType PSObject; $page.value | Select-Object id, @{ Name = \"groupId\"; Expression = { $group } } } } } | ConvertTo-Json -Depth 20",
        by_hand: "the members of all groups that policies are assigned to; those of further groups are read as well, with the id of the group as groupId",
        keys: ["groupId", "id"],
        caps: [100, 999],
        hints: ["graph-transitivemembers", "transitivemembers", "group-members", "get-mggrouptransitivemember", "get-mggroupmember"],
        // Bare members look like the users and groups that they are.
        contested: [all("id").any("userprincipalname deleteddatetime assignedlicenses mailenabled securityenabled grouptypes deviceid appid").none("identity isenterprisevoiceenabled effectivepolicyassignments accounttype featuretypes verifieddomains")],
        when: [all("groupid").any("id members memberid memberids userprincipalname").none("policytype")],
        named: [all("id").none("identity policytype telephonenumber")],
        properties: "groupid id members memberid memberids userprincipalname displayname",
    }
    GraphGroup in GraphGroup {
        name: "Graph groups",
        command: "& { $ErrorActionPreference = \"Stop\"; for ($uri = 'v1.0/groups?$select=id,displayName,mail,mailEnabled,securityEnabled,groupTypes&$top=999'; $uri; $uri = $page.'@odata.nextLink') { $page = Invoke-MgGraphRequest -Uri $uri -OutputType PSObject; $page.value } } | ConvertTo-Json -Depth 20",
        keys: ["id"],
        caps: [100, 999],
        hints: ["graph-groups", "get-mggroup", "groups"],
        when: [all("id").any("mailenabled securityenabled grouptypes").none("userprincipalname")],
        named: [all("id displayname").none("userprincipalname")],
        properties: "id displayname description mail mailenabled mailnickname securityenabled grouptypes visibility \
            proxyaddresses createddatetime reneweddatetime membershiprule",
    }
    UnifiedGroup in UnifiedGroup {
        name: "Get-UnifiedGroup",
        command: "Get-UnifiedGroup -ResultSize Unlimited | ConvertTo-Json -Depth 20",
        keys: ["ExternalDirectoryObjectId"],
        hints: ["get-unifiedgroup", "unifiedgroup"],
        when: [any("requiresenderauthenticationenabled")],
        properties: "externaldirectoryobjectid identity displayname alias primarysmtpaddress emailaddresses \
            requiresenderauthenticationenabled accesstype",
    }

    // Hand-kept files.
    Operators in Operators {
        name: "operators",
        by_hand: "write operators.json by hand: what the Teams admin center shows under Voice > Operators",
        keys: ["name"],
        hints: ["operators"],
        when: [
            all("status consentedcountries").any("name operatorid friendlyname pstnpartnername partnername pstnpartnerid"),
            all("status countries").any("name operatorid friendlyname pstnpartnername partnername pstnpartnerid"),
            all("operatorid consentedcountries"),
        ],
        named: [any("name operatorid friendlyname pstnpartnername partnername pstnpartnerid").none("telephonenumber")],
        properties: "operatorid name aliases status statussince consentedcountries countries removedcountries services \
            products consentedon lastmodifiedon contacts datatransferaccepted datatransferacceptedon notes",
    }
    DnsFacts in DnsFacts {
        name: "dns",
        by_hand: "write dns.json by hand: per SIP domain the targets of _sipfederationtls._tcp and of lyncdiscover",
        keys: ["domain"],
        hints: ["dns-facts", "dns"],
        when: [all("domain").any("sipfederationtls lyncdiscover")],
        named: [all("domain")],
        properties: "domain sipfederationtls lyncdiscover",
    }
    Manifest in Manifest {
        name: "manifest",
        by_hand: "write manifest.json when exporting: time, module version and what each file holds",
        keys: ["tenantId"],
        hints: ["manifest"],
        when: [all("exports").any("exportedat moduleversion")],
        named: [any("exportedat exports moduleversion tenantid")],
        properties: "tenantid tenantname cloud exportedat moduleversion exports",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_the_table_are_lower_case_and_known_to_the_kind_or_to_another() {
        let known: BTreeSet<&str> = ROWS
            .iter()
            .flat_map(|row| row.properties.split_ascii_whitespace())
            .collect();
        for row in ROWS {
            let conditions = row.contested.iter().chain(row.when).chain(row.named);
            for word in conditions
                .flat_map(Condition::words)
                .chain(row.properties.split_ascii_whitespace())
            {
                assert_eq!(word, word.to_ascii_lowercase(), "{}", row.name);
            }
            let telling = row.contested.iter().chain(row.when).chain(row.named);
            for word in telling.flat_map(Condition::words) {
                assert!(
                    known.contains(word) || ELSEWHERE.contains(&word),
                    "{}: `{word}` is misspelled?",
                    row.name
                );
            }
        }
    }

    #[test]
    fn the_keys_of_a_record_are_among_its_properties() {
        for row in ROWS {
            for key in row.keys {
                let listed = row
                    .properties
                    .split_ascii_whitespace()
                    .any(|word| word.eq_ignore_ascii_case(key));
                assert!(listed, "{}: `{key}`", row.name);
            }
        }
    }

    #[test]
    fn commands_can_be_pasted_and_prose_is_apart() {
        for row in ROWS {
            assert!(
                !row.command.is_empty() || !row.by_hand.is_empty(),
                "{}: nothing says how to make it",
                row.name
            );
            // What is to be filled in, and what only a reader understands.
            for prose in [
                "<",
                "(next",
                " (100",
                "retired",
                ", one file",
                ", then ",
                "by hand",
            ] {
                assert!(
                    !row.command.contains(prose),
                    "{}: {}",
                    row.name,
                    row.command
                );
            }
            let brackets = |open: char, close: char| {
                row.command.matches(open).count() == row.command.matches(close).count()
            };
            assert!(
                brackets('{', '}') && brackets('(', ')'),
                "{}: {}",
                row.name,
                row.command
            );
            // One page is not all: every kind that comes in pages is fetched to its end.
            let in_pages = !row.caps.is_empty() || row.command.contains("$top");
            assert!(
                row.command.is_empty() || !in_pages || row.command.contains("for ($"),
                "{}: {}",
                row.name,
                row.command
            );
        }
    }

    #[test]
    fn no_row_lists_a_property_twice_and_every_row_can_match() {
        for row in ROWS {
            let unique: BTreeSet<&str> = row.properties.split_ascii_whitespace().collect();
            assert_eq!(
                unique.len(),
                row.properties.split_ascii_whitespace().count(),
                "{}",
                row.name
            );
            assert!(
                row.when.len() + row.contested.len() + row.named.len() > 0,
                "{}",
                row.name
            );
        }
    }

    /// Keys of older modules, of the SDK and of directory objects that no rule reads.
    const ELSEWHERE: &[&str] = &[
        "additionalproperties",
        "appid",
        "deviceid",
        "sipsignallingport",
    ];
}
