//! The lists of words that are nobody's secret. All are kept by hand: what is in none of them is hidden.

/// Names and values of Microsoft's product, which say nothing about a tenant; lower-cased.
pub(super) const BUILT_IN: &str = "
    global tag default none null true false yes no tenant host unknown unnamed set
    microsoft teams skype entra graph powershell azure active directory office
    users groups exports sfb pstn sip tls e164 mcopstn mcoev mcocap gov smb
    directrouting callingplan operatorconnect ocmobile
    unassigned userassigned conferenceassigned voiceapplicationassigned thirdpartyappassigned policyassigned
    primary private alternate online onpremises inprogress completed complete reserved expired released cancelled
    activated assignmentpending assignmentfailed updatepending updatefailed
    user resourceaccount guest sfbonpremuser ineligibleuser
    teamsonly islands sfbonly sfbwithteamscollab sfbwithteamscollabandmeetings upgradetoteams islandswithnotify
    sfbwithteamscollabwithnotify sfbwithteamscollabandmeetingswithnotify sfbonlywithnotify
    allowcalling disallowcalling allowcallingpreventtollbypass allowcallingpreventforwardingtophone
    userassignment voiceapplicationassignment conferenceassignment firstpartyappassignment thirdpartyappassignment
    onlinevoiceroutingpolicy tenantdialplan teamscallingpolicy teamsupgradepolicy teamsemergencycallroutingpolicy
    teamsemergencycallingpolicy teamssharedcallingroutingpolicy teamscarrieremergencycallroutingpolicy
    callinglineidentity teamsvoiceapplicationspolicy onlineaudioconferencingroutingpolicy teamsmeetingpolicy
    autoattendant callqueue applicationendpoint configurationendpoint externalpstn voicemail sharedvoicemail
    singletarget mydelegates group immediate simultaneous announcement
    alwaysenabled alwaysdisabled useroverride enabled disabled warning suspended deleted
    resource lineuri anonymous notblocked blockedforever blockeduntil skipinternalvoip
    validated notvalidated notificationonly conferencemuted conferenceunmuted
    active inactive removed failed pending error success outofstock countviolation mutuallyexclusiveviolation
    toll tollfree conferencing mobile calling direct subscriber service
    sipfed.online.lync.com webdir.online.lync.com sipdir.online.lync.com
    public admin graph.microsoft.com admin.teams.microsoft.com learn.microsoft.com
    fallback lookup inventory tenantlint
";

/// Words around values within backticks and quotes: of cmdlets, and what a subject is called by.
pub(super) const AROUND: &str = "
    of with and or to by in on at the a an is for from not
    subnet switch port access point site group member tenant account number numbers policy usage route gateway
    how are treated federation mask grace stopped in direct by through unnamed
    depth skip top first as-of
    identity policyname add remove get new grant update move sync start stop export import register unregister restore
    where select object like match eq foreach
";

/// Further values of the properties below, which may be names elsewhere; lower-cased.
pub(super) const VALUES: &str = "
    usersubscriber satelliteconnect teamsphonemobile callingplanuser byot open high queue attendant member company module
    conferencingsubscriber thirdparty phonesystem voiceapp audioconferencing teamsmobileexperience teamsroombasic
    teamsroompro teams_room_basic teams_room_pro mcomeetadd mcoprofessional mcofmc1 modeandnotifications
    transfercalltotarget transfercalltooperator disconnectcall disconnect disconnectwithbusy forward serial longestidle
    roundrobin automatic afterhours weeklyrecurrence fixed holiday proxyaddressnotunique teamsipphonepolicy
    tone0 tone1 tone2 tone3 tone4 tone5 tone6 tone7 tone8 tone9 tonestar tonepound
    pendingprovisioning pendinginput pendingactivation lockedout rejected processing submitted
    dirsyncenabledonlineactivedirectorydisabledusernotlicensedforservice dirsyncenabledonlineteamsonlyuser
    dirsyncenabledonlinesfbuser pureonlinesfbuser pureonlineapplicationinstance pureonlineteamsonlyuser pureonlineguest
    worldwide commercial gcc gcchigh dod
";

/// Properties whose values may be shown as long as they are words of the product, moments or countries; lower-cased.
pub(super) const PROPERTIES: &str = "
    numbertype pstnassignmentstatus assignmentcategory activationstate capability capabilitystatus provisioningstatus
    isocountrycode countryorregion countryabbreviation countrylettercode usagelocation consentedcountries countries
    teamsupgradeeffectivemode teamsupgradepolicyisreadonly mode interpretedusertype accounttype usertype hostingprovider
    skupartnumber serviceplanname appliesto featuretypes numbersource portinorderstatus assignmentblockedstate
    reversenumberlookup configurationtype targettype type policytype authority assignmenttype validationstatus status
    forwardingtype forwardingtargettype unansweredtargettype notificationmode externallocationlookupmode allowvoicemail
    callingidsubstitute errorcode error routetype routingmethod overflowaction timeoutaction noagentaction action
    dtmfresponse kind cloud services state
    whencreated whenchanged softdeletiontimestamp deleteddatetime createddatetime exportedat statussince consentedon
    lastmodifiedon datatransferacceptedon assignmentblockeduntil reservationexpirydate lastsynctimestamp
    assignedtimestamp expires emergencydialstring emergencydialmask
    authenticationtype isadminmanaged isverified
";

/// Properties whose values may be counts; lower-cased.
pub(super) const COUNTS: &str = "
    rank priority consumedunits prepaidunits enabled warning suspended maskbits records assignmentblockeddays failurecount
    sipsignalingport failovertimeseconds maxconcurrentsessions agentalerttime overflowthreshold timeoutthreshold
    numberoftelephonenumbers numberofvoiceusers
";

/// Further keys within records that are no property of a kind; lower-cased.
pub(super) const KEYS: &str = "
    name id authority telephonenumber assignmentcategory capability capabilitystatus assignedtimestamp serviceplanid
    serviceplanname skuid skupartnumber assignedbygroup disabledplans policytype policyassignment displayname assignmenttype
    policyid groupid menu menuoptions calltarget type value number isshared errordescription emergencydialstring
    emergencydialmask onlinepstnusage pattern translation kind file complete records exportedat email
    @odata.count @odata.nextlink @odata.context @odata.type count
    rule subject user operator reason owner max-matches fail-on profile select ignore severity exceptions rules
";

/// Cmdlets that remedies, messages and notes name and no rule page does. Any word could have their shape.
pub(super) const CMDLETS: &str = "
    Get-CsCallQueues Get-CsExportAcquiredPhoneNumberStatus Get-CsHybridTelephoneNumber
    Get-CsInboundExemptNumberPattern Get-CsOnlineSchedule Get-CsOnlineTelephoneNumber Get-CsOnlineUsers
    Get-CsOnlineVoiceUser Get-CsTeamsCarrierEmergencyCallRoutingPolicy Get-CsTeamsSurvivableBranchAppliance
    Get-CsTeamsTranslationRule Get-CsTeamsUpgradeConfiguration Get-CsTenantBlockedCallingNumbers
    Get-CsTenantNetworkRegion Get-CsUserPolicyAssignment Get-UnifiedGroup Grant-CsCallingLineIdentity
    Grant-CsOnlineAudioConferencingRoutingPolicy Grant-CsTeamsEmergencyCallingPolicy
    Grant-CsTeamsSharedCallingRoutingPolicy Grant-CsTeamsSurvivableBranchAppliancePolicy
    Grant-CsTeamsVoiceApplicationsPolicy Grant-CsTenantDialPlan Invoke-MgGraphRequest Invoke-MgLicenseUser
    New-CsGroupPolicyAssignment New-CsOnlineApplicationInstance
    New-CsOnlineDirectRoutingTelephoneNumberUploadOrder New-CsOnlineLisCivicAddress New-CsOnlineLisLocation
    New-CsTeamsEmergencyCallingExtendedNotification New-MgGroupMember
    Register-CsOnlineDialInConferencingServiceNumber Remove-CsAutoAttendant Remove-CsCallQueue
    Remove-CsOnlineLisLocation Remove-CsOnlineLisSubnet Remove-CsOnlinePSTNGateway Remove-CsOnlineVoiceRoute
    Remove-CsOnlineVoiceRoutingPolicy Remove-CsTenantNetworkSubnet Remove-CsTenantTrustedIPAddress
    Remove-CsUserCallingDelegate Remove-MgGroupMemberByRef Set-CsOnlineDialInConferencingUserDefaultNumber
    Set-CsPhoneNumberTag Set-CsTeamsEmergencyCallRoutingPolicy
";
