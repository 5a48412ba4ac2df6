//! The records of each kind: owned, compact, and each with the span that it was read from.
//!
//! A record type lists its properties once; reading, the look-up of spellings and the need for a property all follow
//! from that list. What records of different exports mean together is the tenant's business.

mod apps;
mod compared;
mod conferencing;
mod directory;
mod hand_kept;
mod licenses;
mod locations;
mod network;
mod numbers;
mod policies;
mod routing;
mod users;

use super::cell::Reading;
use super::field::Field;
use super::kind::ExportKind;
use super::lax::Lax;
use super::texts::Texts;
use crate::source::Span;

pub use apps::{AppRecord, AssociationRecord, CallFlow, CallTarget, ResourceAccountRecord};
pub use compared::{Difference, fold as folded};
pub use conferencing::{BridgeNumber, ConferencingBridgeRecord, ConferencingUserRecord};
pub use directory::{
    CallingSettingsRecord, DnsRecord, DomainRecord, FederationRecord, GroupMemberRecord,
    GroupRecord,
};
pub use hand_kept::{Contacts, ManifestExport, ManifestRecord, OperatorRecord, SplitList};
pub use licenses::{LicenseDetailsRecord, PrepaidUnits, SkuRecord};
pub use locations::{CivicAddressRecord, LocationRecord};
pub use network::{LisElementRecord, NetworkSiteRecord, NetworkSubnetRecord, TrustedIpRecord};
pub use numbers::{NumberConfigRecord, NumberOrderRecord, NumberPolicyRecord, NumberRecord};
pub use policies::{
    BlockedPatternRecord, CallingLineIdentityRecord, CallingPolicyRecord, DialPlanRecord,
    EmergencyCallRoutingPolicyRecord, EmergencyCallingPolicyRecord, EmergencyNumber,
    ExtendedNotification, GroupPolicyRecord, NamedPolicyRecord, NormalizationRule,
    SharedCallingPolicyRecord, UnassignedNumberRecord, UpgradePolicyRecord,
};
pub use routing::{GatewayRecord, PstnUsageRecord, VoiceRouteRecord, VoiceRoutingPolicyRecord};
pub use users::{CategorizedNumber, EffectivePolicy, LicenseState, TenantRecord, UserRecord};

/// Where a record came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The kind of export.
    pub kind: ExportKind,
    /// The record's bytes.
    pub span: Span,
}

/// What other records of the same object brought into a record.
#[derive(Clone, Debug)]
pub struct Others {
    /// A bit for each slot whose values contradicted each other within one kind of export.
    pub conflicted: u64,
    /// Where they are, most trusted first.
    pub origins: Box<[Origin]>,
}

/// A type of record.
pub trait Record: Clone + Send + Sync + 'static {
    /// Canonical names of the properties that are read, in the order of their slots.
    const PROPERTIES: &'static [&'static str];

    /// Which of these slots hold service plans.
    const PLANS: &'static [bool];

    /// Makes the record from the values in its slots, and from earlier records what is as it is there.
    fn read(origin: Origin, row: &mut Row, reading: &mut Reading, earlier: &Earlier<Self>) -> Self;

    /// Where the record came from.
    fn origin(&self) -> Origin;

    /// Other records of the same object, where there are some.
    fn others(&self) -> Option<&Others>;

    /// As [`Record::others`], to tell of them. Nearly every object has one record: more than one costs an allocation.
    fn others_mut(&mut self) -> &mut Option<Box<Others>>;

    /// Whether the field of that slot was read: present, not blank, and of its type.
    fn has_value(&self, slot: usize) -> bool;

    /// Fills what is unknown from another record of the same object. `conflicted` has a bit for each slot whose
    /// values contradicted each other within one kind: such a field stays unknown, whatever follows.
    fn merge(
        &mut self,
        other: &Self,
        texts: &Texts,
        conflicted: &mut u64,
        found: &mut Vec<Conflict>,
    );

    /// What the record of the same object in another, later snapshot says differently.
    fn differences(&self, texts: &Texts, new: &Self, new_texts: &Texts) -> Vec<Difference>;

    /// Changes one property as if the export had said so. `false` when records of this type have no such property.
    fn set(&mut self, property: &str, value: &Lax, reading: &mut Reading) -> bool;

    /// Whether anything is known of a property: a value, or that it has none.
    fn tells(&self, property: &str) -> bool;

    /// What one property says, of a list an element each; `None` when it is unknown or has no words.
    fn words(&self, property: &str, texts: &Texts) -> Option<Vec<String>>;

    /// Each property that has a value, with what it says.
    fn each_value(&self, texts: &Texts, visit: &mut dyn FnMut(&'static str, Vec<String>));

    /// Each property that has a value, with the texts of the tenant that it is made of.
    fn each_part(&self, texts: &Texts, visit: &mut dyn FnMut(&'static str, Vec<String>));
}

/// Two records of one object that say different things.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Conflict {
    /// Canonical name of the property.
    pub property: &'static str,
    /// Whether both records are of one kind, so that neither can be believed.
    pub within_kind: bool,
}

/// The values of one record, one slot for each property that its type reads.
#[derive(Debug, Default)]
pub struct Row<'a> {
    slots: Vec<Option<(u8, Lax<'a>)>>,
    /// Slots that got two values under one spelling that say different things.
    repeated: Vec<usize>,
    /// Slots, a bit each, whose values were left out: they are written as those of an earlier record are.
    left_out: u64,
    /// Slots whose values may be left out when they are written as those of the twin.
    may_leave_out: u64,
    /// Slots whose values are written as those of the twin, and are here.
    as_twin: u64,
    /// Whether a slot whose value was left out got another one.
    is_confused: bool,
}

/// The records of one batch that were made before.
#[derive(Debug)]
pub struct Earlier<'e, R> {
    /// Some that stand before all others, of another batch.
    pub kept: &'e [R],
    /// All of the batch.
    pub records: &'e [R],
    /// For each slot one whose value is written as that of the twin; for others any number.
    pub as_twin: &'e [u32],
}

impl<'e, R> Earlier<'e, R> {
    /// No records.
    pub const NONE: Self = Self {
        kept: &[],
        records: &[],
        as_twin: &[],
    };

    /// The record whose value in a slot is written as that of the twin.
    pub fn of_slot(&self, slot: usize) -> Option<&'e R> {
        let place = *self.as_twin.get(slot)? as usize;
        match place.checked_sub(self.kept.len()) {
            Some(place) => self.records.get(place),
            None => self.kept.get(place),
        }
    }
}

impl<'a> Row<'a> {
    /// An empty row with that many slots.
    pub fn new(slots: usize) -> Self {
        Self {
            slots: (0..slots).map(|_| None).collect(),
            ..Self::default()
        }
    }

    /// Whether a slot has no value yet.
    pub fn is_empty(&self, slot: usize) -> bool {
        matches!(self.slots.get(slot), Some(None))
    }

    /// Puts a value into a slot. Of two values for one slot the one that is not blank stays, then the one that is no
    /// distinguished name, then the one whose spelling is more canonical (a lower rank), then the first.
    #[inline]
    pub fn put(&mut self, slot: usize, rank: u8, value: Lax<'a>) {
        match self.slots.get_mut(slot) {
            Some(place @ None) => *place = Some((rank, value)),
            Some(Some(_)) => self.put_again(slot, rank, value),
            None => {}
        }
        self.is_confused |= self.left_out & bit_of(slot) != 0;
    }

    /// Says that the value of a slot is written as that of the twin. `true` where it need not be read: the slot stays
    /// empty then.
    pub fn leave_out(&mut self, slot: usize) -> bool {
        let bit = bit_of(slot);
        let can = self.may_leave_out & bit != 0;
        if can {
            self.is_confused |= !self.is_empty(slot) || self.left_out & bit != 0;
            self.left_out |= bit;
        } else {
            self.as_twin |= bit;
        }
        can
    }

    /// Whether all that was put into the slots can be told apart: what was left out cannot be compared with anything.
    pub fn is_clear(&self) -> bool {
        !self.is_confused
    }

    /// Whether the value of a slot was left out.
    pub fn is_left_out(&self, slot: usize) -> bool {
        self.left_out & bit_of(slot) != 0
    }

    /// From now on the values of these slots may be left out.
    pub fn may_leave_out(&mut self, slots: u64) {
        self.may_leave_out |= slots;
    }

    /// Slots whose values may be left out, a bit each.
    pub fn left_out_later(&self) -> u64 {
        self.may_leave_out
    }

    /// There is another twin.
    pub fn forget_twin(&mut self) {
        self.may_leave_out = 0;
    }

    /// Slots whose values are written as those of the twin, a bit each.
    pub fn as_twin(&self) -> u64 {
        self.as_twin
    }

    #[cold]
    fn put_again(&mut self, slot: usize, rank: u8, value: Lax<'a>) {
        self.as_twin &= !bit_of(slot);
        let Some(place) = self.slots.get_mut(slot) else {
            return;
        };
        let better = match place {
            None => true,
            Some((known, old)) if *known == rank && !old.is_blank() && !value.is_blank() => {
                if *old != value {
                    self.repeated.push(slot);
                }
                false
            }
            Some((known, old)) => preference(rank, &value) < preference(*known, old),
        };
        if better {
            *place = Some((rank, value));
        }
    }

    /// Empties all slots, for the next record.
    pub fn clear(&mut self) {
        self.slots.fill_with(|| None);
        self.next_record();
    }

    /// Begins the next record, after all values of the last one were taken.
    pub fn next_record(&mut self) {
        self.repeated.clear();
        (self.left_out, self.as_twin, self.is_confused) = (0, 0, false);
    }

    /// Slots that got two values under one spelling that say different things.
    pub fn repeated(&self) -> &[usize] {
        &self.repeated
    }

    /// Forgets blank values: for exports that write null for what they were not asked for.
    pub fn forget_blanks(&mut self) {
        for slot in &mut self.slots {
            if matches!(slot, Some((_, value)) if value.is_blank()) {
                *slot = None;
            }
        }
    }

    /// Takes the value out of a slot.
    pub fn take(&mut self, slot: usize) -> Option<Lax<'a>> {
        self.slots.get_mut(slot)?.take().map(|(_, value)| value)
    }
}

/// What decides between two values of one slot: the lesser one stays.
fn preference(rank: u8, value: &Lax) -> (bool, bool, u8) {
    (value.is_blank(), value.is_distinguished_name(), rank)
}

/// The bit of a slot; there are fewer than 64.
pub(super) fn bit_of(slot: usize) -> u64 {
    1_u64.checked_shl(slot as u32).unwrap_or(0)
}

/// Declares a record type: its fields, each with its type and the canonical name of its property.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[$field_meta:meta])* $field:ident : $type:ty = $property:literal ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name {
            // Not an `Origin`: the kind takes one byte among others here.
            span: $crate::source::Span,
            kind: $crate::snapshot::ExportKind,
            others: Option<Box<$crate::snapshot::record::Others>>,
            $( $(#[$field_meta])* pub $field: $crate::snapshot::field::Field<$type>, )*
        }

        impl $crate::snapshot::record::Record for $name {
            const PROPERTIES: &'static [&'static str] = &[$($property),*];

            const PLANS: &'static [bool] = &[$(<$type as $crate::snapshot::cell::Cell>::PLANS),*];

            fn read(
                origin: $crate::snapshot::record::Origin,
                row: &mut $crate::snapshot::record::Row,
                reading: &mut $crate::snapshot::cell::Reading,
                earlier: &$crate::snapshot::record::Earlier<Self>,
            ) -> Self {
                let mut slots = 0..;
                $(
                    let $field = $crate::snapshot::record::cell::<$type, Self>(
                        row, &mut slots, reading, $property, (earlier, |other| other.$field.clone()),
                    );
                )*
                let $crate::snapshot::record::Origin { kind, span } = origin;
                Self { span, kind, others: None, $($field),* }
            }

            fn origin(&self) -> $crate::snapshot::record::Origin {
                $crate::snapshot::record::Origin { kind: self.kind, span: self.span }
            }

            fn others(&self) -> Option<&$crate::snapshot::record::Others> {
                self.others.as_deref()
            }

            fn others_mut(&mut self) -> &mut Option<Box<$crate::snapshot::record::Others>> {
                &mut self.others
            }

            fn has_value(&self, slot: usize) -> bool {
                let mut wanted = slot;
                $(
                    if wanted == 0 {
                        return self.$field.value().is_some();
                    }
                    wanted -= 1;
                )*
                let _ = wanted;
                false
            }

            fn merge(
                &mut self,
                other: &Self,
                texts: &$crate::snapshot::Texts,
                conflicted: &mut u64,
                found: &mut Vec<$crate::snapshot::record::Conflict>,
            ) {
                let within_kind = self.kind == other.kind;
                let mut bit = 1_u64;
                $(
                    if let Some(property) = $crate::snapshot::record::merge_field(
                        &mut self.$field, &other.$field, $property, bit, within_kind, texts, conflicted,
                    ) {
                        found.push($crate::snapshot::record::Conflict { property, within_kind });
                    }
                    bit <<= 1;
                )*
                let _ = bit;
            }

            fn differences(
                &self,
                texts: &$crate::snapshot::Texts,
                new: &Self,
                new_texts: &$crate::snapshot::Texts,
            ) -> Vec<$crate::snapshot::record::Difference> {
                let within_kind = self.kind == new.kind;
                let mut found = Vec::new();
                $(
                    found.extend($crate::snapshot::record::compared::compare(
                        $property, (&self.$field, texts), (&new.$field, new_texts), within_kind,
                    ));
                )*
                found
            }

            fn set(
                &mut self,
                property: &str,
                value: &$crate::snapshot::lax::Lax,
                reading: &mut $crate::snapshot::cell::Reading,
            ) -> bool {
                $(
                    if property == $property {
                        reading.begin_property($property);
                        self.$field = $crate::snapshot::cell::Cell::field(value, reading);
                        return true;
                    }
                )*
                false
            }

            fn tells(&self, property: &str) -> bool {
                $(
                    if property == $property {
                        return !self.$field.is_absent();
                    }
                )*
                false
            }

            fn words(&self, property: &str, texts: &$crate::snapshot::Texts) -> Option<Vec<String>> {
                $(
                    if property == $property {
                        return (!self.$field.is_absent())
                            .then(|| $crate::snapshot::record::compared::shown(&self.$field, texts))
                            .flatten();
                    }
                )*
                None
            }

            fn each_value(
                &self,
                texts: &$crate::snapshot::Texts,
                visit: &mut dyn FnMut(&'static str, Vec<String>),
            ) {
                $(
                    if let Some(words) = $crate::snapshot::record::compared::shown(&self.$field, texts)
                        && !words.is_empty()
                    {
                        visit($property, words);
                    }
                )*
            }

            fn each_part(
                &self,
                texts: &$crate::snapshot::Texts,
                visit: &mut dyn FnMut(&'static str, Vec<String>),
            ) {
                $(
                    if let Some(value) = self.$field.value() {
                        let mut parts = Vec::new();
                        $crate::snapshot::cell::Cell::parts(value, texts, &mut parts);
                        visit($property, parts);
                    }
                )*
            }
        }
    };
}
pub(crate) use record;

/// Merges one field; the property's name comes back when the two contradict each other.
fn merge_field<T: super::cell::Cell>(
    field: &mut Field<T>,
    other: &Field<T>,
    property: &'static str,
    bit: u64,
    within_kind: bool,
    texts: &Texts,
    conflicted: &mut u64,
) -> Option<&'static str> {
    if *conflicted & bit != 0 {
        return None;
    }
    let differ = match (&*field, other) {
        (Field::Absent, _) => {
            field.clone_from(other);
            false
        }
        (_, Field::Absent) | (Field::Null, Field::Null) => false,
        (Field::Value(one), Field::Value(two)) => {
            !one.same(two, texts) && (within_kind || T::ALIKE_ACROSS_KINDS)
        }
        // One kind may leave empty what another fills.
        _ => within_kind,
    };
    if differ && within_kind {
        *field = Field::Absent;
        *conflicted |= bit;
    }
    differ.then_some(property)
}

/// Reads the next slot of a row.
fn cell<T: super::cell::Cell, R>(
    row: &mut Row,
    slots: &mut std::ops::RangeFrom<u32>,
    reading: &mut Reading,
    property: &'static str,
    (earlier, copy): (&Earlier<R>, impl Fn(&R) -> Field<T>),
) -> Field<T> {
    let Some(slot) = slots.next() else {
        return Field::Absent;
    };
    let Some(value) = row.take(slot as usize) else {
        let is_left_out = row.is_left_out(slot as usize);
        let same = earlier.of_slot(slot as usize).filter(|_| is_left_out);
        return same.map_or(Field::Absent, copy);
    };
    reading.begin_property(property);
    let field = T::field(&value, reading);
    if field.value().is_some() {
        reading.readable |= 1 << slot;
    }
    field
}

#[cfg(test)]
mod tests {
    use super::{NumberRecord, Row, UserRecord};
    use crate::snapshot::lax::Lax;

    /// What stays of values that are put into one slot under spellings of these ranks, and whether they contradict.
    fn kept(values: &[(u8, &'static str)]) -> (Lax<'static>, bool) {
        let mut row = Row::new(1);
        for (rank, json) in values {
            row.put(0, *rank, serde_json::from_str(json).expect("JSON"));
        }
        let repeated = row.repeated() == [0];
        (row.take(0).expect("a value"), repeated)
    }

    fn text(text: &'static str, repeated: bool) -> (Lax<'static>, bool) {
        (Lax::Text(text.into()), repeated)
    }

    #[test]
    fn of_two_spellings_the_canonical_one_wins_and_no_blank_hides_a_value() {
        let (canonical, other) = ((0, r#""canonical""#), (1, r#""other""#));
        for values in [[canonical, other], [other, canonical]] {
            assert_eq!(kept(&values), text("canonical", false));
        }
        for blank in ["null", r#""""#, "{}"] {
            for (first, second) in [(0, 1), (1, 0), (1, 1)] {
                assert_eq!(
                    kept(&[(first, blank), (second, r#""told""#)]),
                    text("told", false),
                    "{blank} {first} {second}"
                );
                assert_eq!(
                    kept(&[(first, r#""told""#), (second, blank)]),
                    text("told", false),
                    "{blank} {first} {second}"
                );
            }
        }
        let blanks = [(1, "null"), (1, r#""""#)];
        assert_eq!(kept(&blanks), (Lax::Null, false), "the first of equals");
        let blanks = [(1, "null"), (0, r#""""#)];
        assert_eq!(kept(&blanks), text("", false));
    }

    #[test]
    fn an_id_is_preferred_to_the_distinguished_name_of_an_old_module() {
        let (name, id) = (r#""CN=Megan Bowen,OU=x,DC=y""#, r#""2713551e""#);
        for values in [[(0, name), (1, id)], [(1, id), (0, name)]] {
            assert_eq!(kept(&values), text("2713551e", false));
        }
        let alone = text("CN=Megan Bowen,OU=x,DC=y", false);
        assert_eq!(kept(&[(0, name), (1, "null")]), alone);
        assert_eq!(kept(&[(1, "null"), (0, name)]), alone);
    }

    #[test]
    fn one_spelling_twice_keeps_the_first_value_and_tells_where_they_differ() {
        let twice = |one, two| kept(&[(1, one), (1, two)]);
        assert_eq!(twice(r#""a""#, r#""a""#), text("a", false));
        assert_eq!(twice(r#""a""#, r#""b""#), text("a", true));
        let mut row = Row::new(1);
        row.put(0, 0, Lax::Int(1));
        row.put(0, 0, Lax::Int(2));
        row.put(1, 0, Lax::Int(3));
        assert_eq!(row.repeated(), [0], "there is no second slot");
        row.next_record();
        assert_eq!(row.repeated(), [0_usize; 0]);
    }

    /// A million users and as many numbers take a gigabyte as soon as these grow to a thousand bytes together.
    #[test]
    fn records_of_which_there_are_many_are_small() {
        assert_eq!(size_of::<UserRecord>(), 264);
        assert_eq!(size_of::<NumberRecord>(), 144);
    }
}
