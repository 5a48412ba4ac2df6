//! What the directory and its name servers say around the accounts.

use std::collections::BTreeMap;

use super::merged::{Merged, merge};
use super::named::Named;
use super::{Tenant, User};
use crate::finding::Problem;
use crate::snapshot::record::{
    CallingSettingsRecord, DnsRecord, DomainRecord, FederationRecord, GroupRecord,
};
use crate::snapshot::{ObjectId, Records, Symbol, Text, Texts, strip_prefix_ignore_case};

/// Domains, groups, federation, and where users send their calls.
#[derive(Debug)]
pub struct Directory {
    /// Domains of the tenant, by name.
    pub domains: Named<DomainRecord>,
    /// What the name servers say, by domain.
    pub dns: Named<DnsRecord>,
    /// How the tenant federates.
    pub federation: Option<Merged<FederationRecord>>,
    /// Groups, in order of object id.
    pub groups: Vec<Merged<GroupRecord>>,
    /// Members of groups, in order.
    pub members: BTreeMap<ObjectId, Vec<ObjectId>>,
    /// Where the calls of users go, by SIP address without `sip:`.
    pub calling_settings: Named<CallingSettingsRecord>,
    /// Accounts by user principal name, made when the first one is looked for.
    names: std::sync::OnceLock<BTreeMap<String, u32>>,
}

impl Directory {
    /// Accounts came, went or got another name.
    pub(super) fn forget_names(&mut self) {
        self.names = std::sync::OnceLock::new();
    }

    pub(super) fn build(records: &mut Records, texts: &Texts, problems: &mut Vec<Problem>) -> Self {
        let symbol = |symbol: Option<Symbol>| symbol.map(|one| texts.symbol(one).trim().to_owned());
        let mut members: BTreeMap<ObjectId, Vec<ObjectId>> = BTreeMap::new();
        for record in std::mem::take(&mut records.group_members) {
            if let Some(group) = record.group.get() {
                let own = members.entry(group).or_default();
                own.extend(record.member.get());
                own.extend(record.members.value().into_iter().flatten());
            }
        }
        for own in members.values_mut() {
            own.sort_unstable();
            own.dedup();
        }
        Self {
            domains: Named::build(
                std::mem::take(&mut records.domains),
                |domain| symbol(domain.name.get()),
                texts,
                problems,
            ),
            dns: Named::build(
                std::mem::take(&mut records.dns),
                |facts| symbol(facts.domain.get()),
                texts,
                problems,
            ),
            federation: merge(
                std::mem::take(&mut records.federation),
                |_| Some(()),
                texts,
                problems,
            )
            .into_iter()
            .next(),
            groups: merge(
                std::mem::take(&mut records.groups),
                |group| group.id.get(),
                texts,
                problems,
            ),
            members,
            names: std::sync::OnceLock::new(),
            calling_settings: Named::build(
                std::mem::take(&mut records.calling_settings),
                |settings| Some(sip_address(texts.text(settings.sip_uri.get()?))),
                texts,
                problems,
            ),
        }
    }
}

/// Whether the target of a DNS record is Microsoft's own service, in any cloud.
pub fn leads_to_microsoft(target: &str) -> bool {
    let lower = target.trim_end_matches('.').to_ascii_lowercase();
    [
        ".lync.com",
        ".skype.com",
        ".skypeforbusiness.us",
        ".microsoft.com",
    ]
    .iter()
    .any(|suffix| lower.ends_with(suffix))
}

impl Tenant {
    /// The group with that object id.
    ///
    /// Source: <https://learn.microsoft.com/graph/api/group-list>.
    pub fn group(&self, id: ObjectId) -> Option<&Merged<GroupRecord>> {
        let groups = &self.directory.groups;
        let index = groups.binary_search_by_key(&Some(id), |group| group.id.get());
        groups.get(index.ok()?)
    }

    /// Where the calls of an account go; `None` when that was not exported.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csusercallingsettings>.
    pub fn calling_settings(&self, user: &User) -> Option<&Merged<CallingSettingsRecord>> {
        let name = self.snapshot.texts.text(user.upn.get()?);
        // Names are found without case.
        self.directory.calling_settings.find(without_sip(name))
    }

    /// The account with that user principal name, or with that SIP address where the two are alike.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn user_by_name(&self, name: &str) -> Option<&User> {
        let names = self.directory.names.get_or_init(|| {
            let by_name = |(index, user): (usize, &User)| {
                let upn = self.snapshot.texts.text(user.upn.get()?);
                Some((sip_address(upn), index as u32))
            };
            self.users.iter().enumerate().filter_map(by_name).collect()
        });
        self.users.get(*names.get(&sip_address(name))? as usize)
    }

    /// Whether every domain that the DNS facts name leads to Microsoft; `None` where they do not tell.
    ///
    /// Source: <https://learn.microsoft.com/skypeforbusiness/hybrid/decommission-manage-attributes>.
    pub fn is_out_of_servers(&self) -> Option<bool> {
        let mut any = false;
        for facts in self.directory.dns.iter() {
            any = true;
            for field in [facts.sip_federation, facts.lync_discover] {
                match field {
                    crate::snapshot::Field::Absent => return None,
                    crate::snapshot::Field::Null => {}
                    crate::snapshot::Field::Value(target) => {
                        if !leads_to_microsoft(self.snapshot.texts.symbol(target)) {
                            return Some(false);
                        }
                    }
                }
            }
        }
        any.then_some(true)
    }

    /// The domain of a user principal name.
    ///
    /// Source: <https://learn.microsoft.com/graph/api/resources/user>.
    pub fn domain_of(&self, upn: Text) -> Option<&str> {
        let (_, domain) = self.snapshot.texts.text(upn).rsplit_once('@')?;
        Some(domain)
    }
}

/// A SIP address without its scheme, as it is compared.
fn sip_address(text: &str) -> String {
    without_sip(text).to_lowercase()
}

/// An address without blanks around it and `sip:` before it.
pub fn without_sip(address: &str) -> &str {
    let address = address.trim();
    strip_prefix_ignore_case(address, "sip:").unwrap_or(address)
}
