//! Telephone numbers: whose they are, and whose network they belong to.

use smallvec::SmallVec;

use super::by_hash::ByHash;
use super::{Answer, Merged, Tenant, User};
use crate::finding::Place;
use crate::snapshot::record::{CategorizedNumber, NumberRecord};
use crate::snapshot::{
    AssignmentTarget, ExportKind, Field, List, ObjectId, PhoneNumber, Text, documented,
};

/// The partner id that stands for Microsoft.
///
/// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
const MICROSOFT: ObjectId = ObjectId::from_bits(0x7fc2_f2eb_89aa_41d7_93de_73d0_15d2_2ff0);

/// What modules call the capability of mobile numbers.
const MOBILE: [&str; 2] = ["TeamsPhoneMobile", "OCMobile"];

/// What names of capabilities end with.
const ASSIGNMENT: &str = "Assignment";

/// A telephone number of the inventory.
#[derive(Clone, Debug)]
pub struct Number {
    /// Its digits and extension.
    pub key: PhoneNumber,
    /// What the inventory says.
    pub record: Merged<NumberRecord>,
    /// Who holds it.
    pub holder: Holder,
    /// Whether an operator of the operators file claims it.
    pub listed_operator: Answer,
    /// The first operator that does: an index into [`Tenant::operators`], right while nothing is edited.
    pub(super) operator: Option<u32>,
}

/// Who holds a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holder {
    /// Nobody.
    Nobody,
    /// An account: an index into [`Tenant::users`].
    User(u32),
    /// A resource account: an index into [`Tenant::resource_accounts`].
    ResourceAccount(u32),
    /// A conference bridge.
    ConferenceBridge,
    /// A shared calling policy, as emergency callback number.
    SharedCallingPolicy,
    /// An object that no export lists.
    Unlisted(ObjectId),
    /// The export does not tell.
    Unknown,
}

/// The numbers that an account holds: hardly ever more than one.
pub type Held<'t> = SmallVec<[&'t Number; 2]>;

/// Which numbers an object holds.
#[derive(Debug, Default)]
pub(super) struct NumberIndex {
    /// The numbers of all objects, but for the one number of an account that is told below.
    by_holder: ByHash,
    /// What each account holds, by its place in the list of accounts; empty where numbers were edited since.
    of_users: Vec<OfUser>,
    /// Whether it is not told of some number who holds it.
    pub(super) untold: bool,
}

/// The numbers of one account: each rule asks for them, and nearly always there is one.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) enum OfUser {
    #[default]
    None,
    /// Its place in the list of numbers.
    One(u32),
    /// Or nobody knows: they must be looked for.
    Several,
}

impl OfUser {
    /// What it is with one more number.
    pub(super) fn and(self, place: u32) -> Self {
        match self {
            Self::None => Self::One(place),
            Self::One(_) | Self::Several => Self::Several,
        }
    }
}

impl NumberIndex {
    /// Indexes the numbers of a tenant by their holders, which they tell already.
    pub(super) fn of(numbers: &[Number], tenant: &Tenant) -> Self {
        let user_of = |number: &Number| match number.holder {
            Holder::User(user) => Some(user as usize),
            Holder::ResourceAccount(account) => {
                let account = tenant.resource_accounts.get(account as usize);
                Some(account?.user? as usize)
            }
            _ => None,
        };
        let mut of_users = vec![OfUser::None; tenant.users.len()];
        let mut untold = false;
        // Nearly all numbers are the one of an account: these need no look-up.
        let mut others: Vec<u32> = Vec::new();
        for (number, place) in numbers.iter().zip(0..) {
            untold |= number.holder == Holder::Unknown;
            match user_of(number).and_then(|user| of_users.get_mut(user)) {
                Some(held) => {
                    if let OfUser::One(first) = *held {
                        others.push(first);
                    }
                    *held = held.and(place);
                    if *held == OfUser::Several {
                        others.push(place);
                    }
                }
                None => others.push(place),
            }
        }
        let mut by_holder = ByHash::default();
        for place in others {
            let target = numbers.get(place as usize).map(|one| one.record.target);
            if let Some(Field::Value(AssignmentTarget::Object(id))) = target {
                by_holder.insert(id, place);
            }
        }
        Self {
            by_holder,
            of_users,
            untold,
        }
    }

    /// All numbers by their holders, those of accounts too, to be changed. Where the index is made anew for that, the number
    /// that is changing is left out: its record may name its holder to come already.
    pub(super) fn loosened(&mut self, numbers: &[Number], changing: usize) -> &mut ByHash {
        if !self.of_users.is_empty() {
            self.of_users.clear();
            self.by_holder = ByHash::with_capacity(numbers.len());
            for (place, number) in numbers.iter().enumerate() {
                if let Field::Value(AssignmentTarget::Object(id)) = number.record.target
                    && place != changing
                {
                    self.by_holder.insert(id, place as u32);
                }
            }
        }
        &mut self.by_holder
    }
}

/// Who holds a number, by its record.
pub(super) fn holder_of(number: &Number, tenant: &Tenant) -> Holder {
    let is_on_bridge = || tenant.has_status(number, "ConferenceAssigned");
    match number.record.target {
        Field::Null | Field::Value(AssignmentTarget::Other(_)) if is_on_bridge() => {
            Holder::ConferenceBridge
        }
        Field::Null => Holder::Nobody,
        Field::Absent | Field::Value(AssignmentTarget::Other(_)) => Holder::Unknown,
        Field::Value(AssignmentTarget::SharedCallingPolicy(_)) => Holder::SharedCallingPolicy,
        Field::Value(AssignmentTarget::Object(id)) => {
            if let Some(account) = tenant.index.resource_accounts.get(&id) {
                Holder::ResourceAccount(*account)
            } else if let Some(user) = tenant.place_of_user(id) {
                Holder::User(user)
            } else if is_on_bridge() {
                Holder::ConferenceBridge
            } else {
                Holder::Unlisted(id)
            }
        }
    }
}

impl Tenant {
    /// The number of the inventory with these digits and this extension.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn number(&self, key: PhoneNumber) -> Option<&Number> {
        self.numbers.get(self.place_of(key)?)
    }

    /// The first number of the inventory with the digits of one that has an extension, where that is another one.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn same_digits_as(&self, number: &Number) -> Option<&Number> {
        // Few numbers have extensions: for all others nothing is looked for.
        if !number.key.has_extension() {
            return None;
        }
        // A number stands before its extensions.
        let base = number.key.base();
        if let Some(plain) = self.number(base) {
            return Some(plain);
        }
        let ordered = self.numbers.len() - self.ordered_behind();
        let ordered = self.numbers.get(..ordered)?;
        let start = ordered.partition_point(|one| one.key < base);
        let alike = ordered.iter().enumerate().skip(start);
        let first = alike
            .take_while(|(_, one)| one.key.base() == base)
            .find(|(index, _)| !self.index.loose.is_removed(*index));
        first
            .map(|(_, one)| one)
            .filter(|one| one.key != number.key)
    }

    /// The numbers that the inventory lists, without those that edits took out of it.
    pub(super) fn listed_numbers(&self) -> impl Iterator<Item = &Number> {
        let loose = &self.index.loose;
        self.numbers
            .iter()
            .enumerate()
            .filter(|(index, _)| !loose.is_removed(*index))
            .map(|(_, number)| number)
    }

    /// The numbers that the inventory assigns to an object, in order.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn numbers_held_by(&self, holder: ObjectId) -> Held<'_> {
        let mut held = Held::new();
        // One by one: to collect them costs several times as much as the one number that there is.
        for number in self.targeted_at(holder) {
            held.push(number);
        }
        if held.len() > 1 {
            held.sort_unstable_by_key(|number| number.key);
        }
        held
    }

    /// The numbers that the inventory assigns to an account, in order; none where its object id is not told.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn numbers_of_user(&self, user: &User) -> Held<'_> {
        match self.of_user(user) {
            OfUser::None => Held::new(),
            OfUser::One(place) => self.numbers.get(place as usize).into_iter().collect(),
            OfUser::Several => {
                let held = user.id.get().map(|id| self.numbers_held_by(id));
                held.unwrap_or_default()
            }
        }
    }

    /// What the inventory assigns to an account.
    pub(super) fn of_user(&self, user: &User) -> OfUser {
        let place = self.users.element_offset(user);
        let known = place.and_then(|place| self.index.numbers.of_users.get(place));
        known.copied().unwrap_or(OfUser::Several)
    }

    fn targeted_at(&self, holder: ObjectId) -> impl Iterator<Item = &Number> {
        let target = Field::Value(AssignmentTarget::Object(holder));
        let index = &self.index.numbers;
        let user = self.place_of_user(holder);
        let only = match user.and_then(|user| index.of_users.get(user as usize)) {
            Some(OfUser::One(place)) => Some(*place),
            _ => None,
        };
        let candidates = only.into_iter().chain(index.by_holder.candidates(holder));
        candidates
            .filter_map(|index| self.numbers.get(index as usize))
            .filter(move |number| number.record.target == target)
    }

    /// Whether an account holds a number, by the inventory, its line URI, or the primary one of its numbers.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn has_line(&self, user: &User) -> Answer {
        // The account's own word first: who holds what must be looked for far away.
        let holds = || match self.of_user(user) {
            OfUser::None => false,
            OfUser::One(_) => true,
            OfUser::Several => {
                let id = user.id.get();
                id.is_some_and(|id| self.targeted_at(id).next().is_some())
            }
        };
        if user.line_uri.value().is_some() || holds() {
            return Answer::Yes;
        }
        let listed = user.telephone_numbers.get();
        let listed = listed.map(|list| self.primary(list));
        if user.line_uri.is_null() {
            Answer::No
        } else if matches!(listed, Some(Some(_))) {
            Answer::Yes
        } else if user.telephone_numbers.is_null()
            || matches!(listed, Some(None))
            || self.tells_holders()
        {
            Answer::No
        } else {
            Answer::Unknown
        }
    }

    /// The number of an account and where it stands: the inventory's first, else its line URI, else the primary
    /// one of its numbers.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn line_of(&self, user: &User) -> Option<(String, Place)> {
        if let Some(number) = self.numbers_of_user(user).first() {
            return Some((number.key.to_string(), number.record.at("TelephoneNumber")));
        }
        let (text, property) = match user.line_uri {
            Field::Value(text) => (text, "LineUri"),
            Field::Null => return None,
            Field::Absent => (
                self.primary(user.telephone_numbers.get()?)?,
                "TelephoneNumbers",
            ),
        };
        let text = self.snapshot.texts.text(text);
        let shown = PhoneNumber::parse(text).map_or_else(|| text.to_owned(), |key| key.to_string());
        Some((shown, user.at(property)))
    }

    /// Of the numbers of an account, the primary one: private and alternate ones are others.
    fn primary(&self, numbers: List<CategorizedNumber>) -> Option<Text> {
        let is_primary = |number: &&CategorizedNumber| {
            number.category.is_none_or(|category| {
                self.snapshot
                    .texts
                    .symbol(category)
                    .eq_ignore_ascii_case("Primary")
            })
        };
        let mut numbers = self.snapshot.texts.list(numbers).iter();
        numbers.find(is_primary).map(|number| number.number)
    }

    /// Whether an account may hold more numbers than is told: of some number the holder was lost.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn may_hold_more(&self) -> bool {
        self.index.numbers.untold
    }

    /// Whether the inventory names the holders of numbers.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn tells_holders(&self) -> bool {
        let tells = || {
            let inventory = ExportKind::PhoneNumberAssignment;
            self.snapshot
                .has_property(inventory, "AssignedPstnTargetId")
        };
        *self.index.memo.tells_holders.get_or_init(tells)
    }

    /// Whether a number belongs to Operator Connect.
    ///
    /// Yes when its type says so or a partner other than Microsoft is named; no for Direct Routing, and for Calling
    /// Plan numbers whose partner is Microsoft; else the export does not decide (Graph names no partner).
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.
    pub fn is_operator_connect(&self, number: &Number) -> Answer {
        let partner = self.partner_is_microsoft(number);
        match (self.known_type(number), partner) {
            (Some("OperatorConnect"), _) | (_, Some(false)) => Answer::Yes,
            (Some("DirectRouting"), _) | (Some("CallingPlan"), Some(true)) => Answer::No,
            _ => Answer::Unknown,
        }
    }

    /// Whether a number is one of Teams Phone Mobile: a type or a capability of its own in older modules, a capability of
    /// another name in newer ones.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-mobile-configure>.
    pub fn is_mobile(&self, number: &Number) -> Answer {
        let texts = &self.snapshot.texts;
        if self.known_type(number) == Some("OCMobile") {
            return Answer::Yes;
        }
        let is_mobile = |name: &str| MOBILE.iter().any(|one| one.eq_ignore_ascii_case(name));
        match number.record.capabilities {
            Field::Value(list) => {
                let mut names = texts.list(list).iter();
                names.any(|name| is_mobile(texts.symbol(*name))).into()
            }
            Field::Null => Answer::No,
            Field::Absent if self.is_operator_connect(number) == Answer::No => Answer::No,
            Field::Absent => Answer::Unknown,
        }
    }

    /// Whether an export tells the class of a number (`Subscriber`, `Service`) in place of its capabilities, as the bulk list
    /// does: what it can be assigned to is not known then.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/export-csacquiredphonenumber>.
    pub fn tells_class_only(&self, number: &Number) -> bool {
        let texts = &self.snapshot.texts;
        let names = texts.listed(&number.record.capabilities);
        let is_capability = |name: &str| {
            let end = name.len().checked_sub(ASSIGNMENT.len());
            let end = end.and_then(|start| name.get(start..));
            end.is_some_and(|end| end.eq_ignore_ascii_case(ASSIGNMENT))
        };
        !names.is_empty()
            && !names.iter().any(|one| is_capability(texts.symbol(*one)))
            && self.is_mobile(number) != Answer::Yes
    }

    /// Whether a number's partner is Microsoft; `None` when no partner is named.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn partner_is_microsoft(&self, number: &Number) -> Option<bool> {
        let record = &number.record;
        if let Some(id) = record.partner_id.get() {
            let find = || self.snapshot.texts.find_id(MICROSOFT);
            return Some(*self.index.memo.microsoft.get_or_init(find) == Some(id));
        }
        let name = self.snapshot.texts.symbol(record.partner_name.get()?);
        Some(name.trim().eq_ignore_ascii_case("Microsoft"))
    }

    /// Whether a number is in use: a status other than `Unassigned`, or somebody who holds it.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn is_assigned(&self, number: &Number) -> Answer {
        let record = &number.record;
        if record.target.value().is_some() {
            return Answer::Yes;
        }
        match record.status.get() {
            Some(status) => {
                let status = self.snapshot.texts.symbol(status);
                (!status.eq_ignore_ascii_case("Unassigned")).into()
            }
            None if record.target.is_null() => Answer::No,
            None => Answer::Unknown,
        }
    }

    /// How an administrator calls the holder of a number. `None` for bridges, policies and nobody.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csphonenumberassignment>.
    pub fn holder_name(&self, number: &Number) -> Option<String> {
        match number.holder {
            Holder::User(index) => Some(self.user_name(self.users.get(index as usize)?)),
            Holder::ResourceAccount(index) => {
                let account = self.resource_accounts.get(index as usize)?;
                Some(self.resource_account_name(account))
            }
            Holder::Unlisted(id) => Some(id.to_string()),
            Holder::ConferenceBridge
            | Holder::SharedCallingPolicy
            | Holder::Nobody
            | Holder::Unknown => None,
        }
    }

    /// What a command knows the holder of a number by, as [`Tenant::user_identity`]; a deleted account by its object id, as
    /// its sign-in name may be that of a live one by now. `None` for bridges, policies and nobody.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/remove-csphonenumberassignment>.
    pub fn holder_identity(&self, number: &Number) -> Option<String> {
        let holder = self.account_of_holder(number);
        if let Some(user) = holder.filter(|user| self.is_deleted(user))
            && let Some(id) = user.id.get()
        {
            return Some(id.to_string());
        }
        match number.holder {
            Holder::User(index) => Some(self.user_identity(self.users.get(index as usize)?)),
            Holder::ResourceAccount(index) => {
                let account = self.resource_accounts.get(index as usize)?;
                Some(self.resource_account_identity(account))
            }
            _ => self.holder_name(number),
        }
    }

    /// Whether the account that holds a number is a deleted one: a rule of its own says what to do about it.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineuser>.
    pub fn is_held_by_deleted(&self, number: &Number) -> bool {
        let holder = self.account_of_holder(number);
        holder.is_some_and(|user| self.is_deleted(user))
    }

    /// Whether a number's assignment status is the one of that name.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn has_status(&self, number: &Number, name: &str) -> bool {
        number.record.status.get().is_some_and(|status| {
            self.snapshot
                .texts
                .symbol(status)
                .eq_ignore_ascii_case(name)
        })
    }

    /// Whether the on-premises directory manages a number, so that it can be changed there alone.
    ///
    /// Source: `Get-CsPhoneNumberAssignment`, property `NumberSource`
    /// (<https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>).
    pub fn is_managed_on_premises(&self, number: &Number) -> Answer {
        if number.record.source.is_null() {
            return Answer::No;
        }
        let source = self.known_source(number);
        source.map_or(Answer::Unknown, |name| (name == "OnPremises").into())
    }

    /// Where a number is managed, by its documented name. `None` where no export tells it, or in a word that nobody documented.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn known_source(&self, number: &Number) -> Option<&'static str> {
        let told = self.snapshot.texts.symbol(number.record.source.get()?);
        documented("NumberSource", told)
    }

    /// The documented assignment status of a number. `None` where no export tells it, or in a word that nobody documented.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn known_status(&self, number: &Number) -> Option<&'static str> {
        let told = self.snapshot.texts.symbol(number.record.status.get()?);
        documented("PstnAssignmentStatus", told)
    }

    /// The documented type that a number is of. `None` where no export tells it, or in a word that nobody documented: that may
    /// mean anything.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn known_type(&self, number: &Number) -> Option<&'static str> {
        let told = number.record.number_type.get()?;
        let read = || documented("NumberType", self.snapshot.texts.symbol(told));
        self.index.memo.number_types.of(told, read)
    }

    /// Whether a number is of Direct Routing, where calls go over the organization's own session border controllers.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn is_direct_routing(&self, number: &Number) -> Answer {
        let number_type = self.known_type(number);
        number_type.map_or(Answer::Unknown, |name| (name == "DirectRouting").into())
    }

    /// What PowerShell calls the type of a number, for commands.
    ///
    /// Source: <https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment>.
    pub fn number_type(&self, number: &Number) -> Option<&str> {
        number
            .record
            .number_type
            .get()
            .map(|number_type| self.snapshot.texts.symbol(number_type))
    }
}
