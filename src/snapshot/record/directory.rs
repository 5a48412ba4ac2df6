//! What the directory and its name servers say around the accounts: domains, groups, federation.

use super::record;
use crate::snapshot::cell::Delegate;
use crate::snapshot::object_id::ObjectId;
use crate::snapshot::texts::{Symbol, Text};

record! {
    /// A domain of the tenant: Graph `domains`.
    DomainRecord {
        /// Its name.
        name: Symbol = "id",
        /// Whether the tenant has proven that it owns it.
        verified: bool = "isVerified",
    }
}

record! {
    /// What the name servers say of a SIP domain: the hand-kept `dns.json`.
    DnsRecord {
        /// The domain.
        domain: Symbol = "domain",
        /// Target of its `_sipfederationtls._tcp` record.
        sip_federation: Symbol = "sipfederationtls",
        /// Target of its `lyncdiscover` record.
        lync_discover: Symbol = "lyncdiscover",
    }
}

record! {
    /// `Get-CsTenantFederationConfiguration`.
    FederationRecord {
        /// Whether a Skype for Business Server shares the SIP addresses of the tenant.
        shared_address_space: bool = "SharedSipAddressSpace",
    }
}

record! {
    /// A group: Graph `groups`.
    GroupRecord {
        /// Entra object id.
        id: ObjectId = "id",
        /// Display name.
        name: Text = "DisplayName",
        /// Primary address.
        mail: Text = "mail",
    }
}

record! {
    /// One member of a group: Graph `transitiveMembers`.
    GroupMemberRecord {
        /// The group.
        group: ObjectId = "groupId",
        /// The member.
        member: ObjectId = "id",
        /// All members at once.
        members: Box<[ObjectId]> = "members",
    }
}

record! {
    /// Where a user's calls go: `Get-CsUserCallingSettings`.
    CallingSettingsRecord {
        /// SIP address of the user.
        sip_uri: Text = "SipUri",
        /// Whether calls are forwarded.
        forwarding: bool = "IsForwardingEnabled",
        /// `Immediate` or `Simultaneous`.
        forwarding_type: Symbol = "ForwardingType",
        /// SIP address or number that they are forwarded to.
        forwarding_target: Text = "ForwardingTarget",
        /// `Voicemail`, `SingleTarget`, `MyDelegates`, `Group`.
        forwarding_target_type: Symbol = "ForwardingTargetType",
        /// Whether calls that nobody takes go elsewhere.
        unanswered: bool = "IsUnansweredEnabled",
        /// SIP address or number that they go to.
        unanswered_target: Text = "UnansweredTarget",
        /// As of forwarding.
        unanswered_target_type: Symbol = "UnansweredTargetType",
        /// SIP addresses of the call group.
        call_group: Box<[Text]> = "CallGroupTargets",
        /// Who answers and calls in the name of the user.
        delegates: Box<[Delegate]> = "Delegates",
    }
}
