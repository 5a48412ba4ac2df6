//! What the directory and its name servers say around the accounts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use rayon::prelude::*;

use super::ahead::{AHEAD, MANY};
use super::by_hash::ByHash;
use super::merged::{Merged, merge};
use super::named::{Named, with_lowercase};
use super::{IdSet, Tenant, User};
use crate::finding::Problem;
use crate::snapshot::cell::without_tag;
use crate::snapshot::record::{
    CallingSettingsRecord, DnsRecord, DomainRecord, FederationRecord, GroupRecord,
};
use crate::snapshot::{
    ExportKind, ObjectId, Records, Symbol, Text, Texts, strip_prefix_ignore_case,
};

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
    /// Accounts by address, made when the first one is looked for.
    addresses: OnceLock<Addresses>,
}

/// Whom calls to an address reach.
#[derive(Debug, Default)]
struct Addresses {
    /// Accounts by SIP address and by user principal name.
    accounts: ByHash,
    /// Whether some of them have one address, so that only one of them is found by it, or one of an odd spelling, which
    /// settings may be found by that spell it otherwise.
    unclear: bool,
    /// Domains of the tenant.
    domains: BTreeSet<String>,
    /// Whether there is an account of which the SIP address is not told.
    untold: bool,
}

/// A name that an account has, as it is looked for.
struct HashedName {
    name: Text,
    /// Where the account is in the list of accounts.
    place: u32,
    /// Of the address without its scheme, in lower case.
    hash: u32,
    is_odd: bool,
}

/// Whether an account is there, has the address for calls, and comes before others.
type Claim = (bool, bool, std::cmp::Reverse<u32>);

/// Who has an address.
#[derive(Clone, Copy, Debug)]
pub enum Addressee<'t> {
    /// This account.
    Account(&'t User),
    /// No account, although the address is in a domain of the tenant.
    Nobody,
    /// Somebody of another organization.
    Elsewhere,
    /// The exports do not tell.
    Unknown,
}

impl Directory {
    /// Accounts came, went or got another name.
    pub(super) fn forget_addresses(&mut self) {
        self.addresses = OnceLock::new();
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
            addresses: OnceLock::new(),
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

    /// Where the calls of an account go, by its SIP address, or by its user principal name where that address is not told;
    /// `None` when it was not exported.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csusercallingsettings>.
    pub fn calling_settings(&self, user: &User) -> Option<&Merged<CallingSettingsRecord>> {
        let owners = self
            .index
            .memo
            .settings_owners
            .get_or_init(|| self.settings_owners());
        if let (Some(owners), Some(id)) = (owners, user.id.get())
            && !owners.contains(&id)
        {
            return None;
        }
        let sip = user.sip_address.get().map(|sip| sip.0);
        let name = self.snapshot.texts.text(sip.or(user.upn.get())?);
        // Names are found without case.
        self.directory.calling_settings.find(without_sip(name))
    }

    /// The accounts that may have calling settings, so that the names of all others need not be fetched; `None` where that
    /// is not worth it, or addresses do not tell.
    pub(super) fn settings_owners(&self) -> Option<IdSet> {
        let settings = &self.directory.calling_settings;
        if settings.iter().len() > self.users.len() / FEW || self.addresses().unclear {
            return None;
        }
        let mut owners = IdSet::default();
        for address in settings.iter().filter_map(|one| one.sip_uri.get()) {
            let address = without_sip(self.snapshot.texts.text(address));
            if is_odd(address) {
                return None;
            }
            with_lowercase(address, |folded| {
                let places = self.addresses().accounts.candidates(folded);
                let users = places.filter_map(|place| self.users.get(place as usize));
                owners.extend(users.filter_map(|user| user.id.get()));
            });
        }
        Some(owners)
    }

    /// Whether calling settings that were not found for an account may be its own all the same: its SIP address is not
    /// told, and there are settings of an address that no account has.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csusercallingsettings>.
    pub fn may_have_calling_settings(&self, user: &User) -> bool {
        let unowned = || {
            let texts = &self.snapshot.texts;
            self.directory.calling_settings.iter().any(|settings| {
                let address = settings.sip_uri.get().map(|address| texts.text(address));
                address.is_some_and(|address| self.user_by_address(address).is_none())
            })
        };
        user.sip_address.is_absent() && *self.index.memo.unowned_settings.get_or_init(unowned)
    }

    /// The account with that SIP address, else with that user principal name.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn user_by_address(&self, address: &str) -> Option<&User> {
        self.users.get(self.place_by_address(address)? as usize)
    }

    /// Where in [`Tenant::users`] the account with that address is.
    pub(super) fn place_by_address(&self, address: &str) -> Option<u32> {
        with_lowercase(without_sip(address), |folded| {
            let mut places = self.addresses().accounts.candidates(folded);
            places.find(|place| self.claim(*place, address).is_some())
        })
    }

    /// How good a claim an account has to an address; the better one is greater.
    fn claim(&self, place: u32, address: &str) -> Option<Claim> {
        let user = self.users.get(place as usize)?;
        let is_same = |text: Text| is_same_address(self.snapshot.texts.text(text), address);
        let by_sip = user.sip_address.get().is_some_and(|sip| is_same(sip.0));
        if !by_sip && !user.upn.get().is_some_and(is_same) {
            return None;
        }
        // Calls are sent to SIP addresses, so that no name hides one, and to those who are still there.
        let is_live = !self.is_deleted(user);
        Some((is_live, by_sip, std::cmp::Reverse(place)))
    }

    /// Who has a SIP address.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn addressee(&self, address: &str) -> Addressee<'_> {
        if let Some(user) = self.user_by_address(address) {
            return Addressee::Account(user);
        }
        let addresses = self.addresses();
        match sip_address(address).rsplit_once('@') {
            None => Addressee::Unknown,
            Some((_, domain)) if !addresses.domains.contains(domain) => Addressee::Elsewhere,
            Some(_) if addresses.untold => Addressee::Unknown,
            Some(_) => Addressee::Nobody,
        }
    }

    /// Indexes the accounts by their addresses where rules will look for some: those that are asked first would let all others
    /// wait for it.
    pub(super) fn prepare_addresses(&self) {
        if self.directory.calling_settings.iter().len() == 0 {
            return;
        }
        // Names lie anywhere in memory, and are folded: all threads do that, and one puts together what they found.
        let blocks = self.users.par_chunks(MANY).enumerate();
        let names: Vec<Vec<HashedName>> = blocks
            .map(|(block, users)| self.hashed_names(users, block * MANY))
            .collect();
        let addresses = self.addresses_of(names.into_iter().flatten());
        self.directory.addresses.get_or_init(|| addresses);
    }

    fn addresses(&self) -> &Addresses {
        // By one thread: one that helped others meanwhile could come to ask for what it is about to find.
        self.directory.addresses.get_or_init(|| {
            let blocks = self.users.chunks(MANY).enumerate();
            let names = blocks.flat_map(|(block, users)| self.hashed_names(users, block * MANY));
            self.addresses_of(names)
        })
    }

    fn addresses_of(&self, names: impl Iterator<Item = HashedName>) -> Addresses {
        let kind = ExportKind::OnlineUser;
        let is_untold = |user: &User| !self.is_deleted(user) && user.sip_address.is_absent();
        let mut unclear = false;
        let mut accounts = ByHash::with_capacity(self.users.len());
        for one in names {
            unclear |= self.note_address(&one, &mut accounts);
        }
        Addresses {
            accounts,
            unclear,
            domains: self.own_domains(),
            untold: self.snapshot.incomplete(kind).is_some()
                || self.users.iter().any(is_untold)
                || self.resource_accounts.iter().any(|one| one.user.is_none()),
        }
    }

    /// The names of accounts that stand in their list from a place on.
    fn hashed_names(&self, users: &[User], first: usize) -> Vec<HashedName> {
        let texts = &self.snapshot.texts;
        let mut names = Vec::with_capacity(users.len());
        let mut places = first as u32..;
        for few in users.chunks(AHEAD) {
            self.look_ahead_of_texts(few, |user| user.upn.get());
            for (user, place) in few.iter().zip(&mut places) {
                let upn = user.upn.get();
                // Most accounts have one name for both.
                let sip = user.sip_address.get().map(|sip| sip.0);
                for name in upn.into_iter().chain(sip.filter(|sip| upn != Some(*sip))) {
                    let bare = without_sip(texts.text(name));
                    names.push(HashedName {
                        name,
                        place,
                        hash: with_lowercase(bare, |folded| ByHash::hash(folded)),
                        is_odd: is_odd(bare),
                    });
                }
            }
        }
        names
    }

    /// Notes that an account has an address, unless another one has a better claim to it: whoever shares an address with
    /// thousands must not be looked for among them. Whether it is unclear whose the address is, is the answer.
    fn note_address(&self, one: &HashedName, accounts: &mut ByHash) -> bool {
        let HashedName {
            name,
            place,
            hash,
            is_odd,
        } = *one;
        let rival = {
            let address = || self.snapshot.texts.text(name);
            let mut rivals = accounts.candidates_hashed(hash);
            rivals.find_map(|rival| {
                let claim = self.claim(rival, address())?;
                let is_better = self.claim(place, address()) > Some(claim);
                Some((rival, is_better))
            })
        };
        match rival {
            Some((_, false)) => {}
            Some((rival, true)) => {
                accounts.remove_hashed(hash, rival);
                accounts.insert_hashed(hash, place);
            }
            None => accounts.insert_hashed(hash, place),
        }
        is_odd || rival.is_some_and(|(rival, _)| rival != place)
    }

    /// The domains that the tenant says are its own, and those in which its users have calling settings.
    fn own_domains(&self) -> BTreeSet<String> {
        let texts = &self.snapshot.texts;
        let mut domains = BTreeSet::new();
        for domain in self.directory.domains.iter() {
            let name = domain.name.get().map(|name| texts.symbol(name));
            domains.extend(name.map(|name| name.trim().to_lowercase()));
        }
        for settings in self.directory.calling_settings.iter() {
            let domain = settings.sip_uri.get().and_then(|uri| self.domain_of(uri));
            if let Some(domain) = domain.map(str::to_lowercase)
                && !domains.contains(&domain)
            {
                domains.insert(domain);
            }
        }
        domains
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

/// Where settings are fewer than one of so many accounts, it is known at once of the others that they have none.
const FEW: usize = 16;

/// Whether names are compared without something that an address has, which is bare of its scheme already: blanks, or the
/// `Tag:` of policies.
fn is_odd(address: &str) -> bool {
    without_tag(address).len() != address.len()
}

/// A SIP address without its scheme, as it is compared.
pub(super) fn sip_address(text: &str) -> String {
    without_sip(text).to_lowercase()
}

/// Whether two addresses are one.
fn is_same_address(one: &str, other: &str) -> bool {
    let (one, other) = (without_sip(one), without_sip(other));
    one.eq_ignore_ascii_case(other)
        || (!(one.is_ascii() && other.is_ascii()) && one.to_lowercase() == other.to_lowercase())
}

/// An address without blanks around it and `sip:` before it.
pub fn without_sip(address: &str) -> &str {
    let address = address.trim();
    strip_prefix_ignore_case(address, "sip:").unwrap_or(address)
}
