//! From a spelled value to a typed, compact one: every spelling of one thing ends as the same thing.

use std::collections::BTreeMap;

mod address;
mod known;
mod moment;
mod plans;
mod policy;
mod presence;
#[cfg(test)]
mod tests;

use smallvec::SmallVec;

use crate::snapshot::damage::{Damage, Damages};
use crate::snapshot::field::Field;
use crate::snapshot::ids::SharedId;
use crate::snapshot::lax::Lax;
use crate::snapshot::lists::{List, Listed};
use crate::snapshot::object_id::{ObjectId, parse_guid};
use crate::snapshot::prefix::strip_prefix_ignore_case;
use crate::snapshot::texts::{Arena, Symbol, Text, Texts};
use crate::source::{SourceId, Span};

pub use address::{Delegate, SipAddress};
pub(crate) use known::documented;
use known::{known_values, word_of};
pub use moment::{Dated, Moment};
pub use plans::{AssignedSku, FeatureSet, PLAN_KEYS, PlanMembers, PlanSet, SkuSet, disabled_plans};
pub use policy::{PolicyName, without_tag};
pub use presence::{Joined, Presence};

/// What a worker carries from record to record.
#[derive(Debug)]
pub struct Reading<'s> {
    /// Where texts go.
    pub arena: Arena<'s>,
    /// What was damaged.
    pub damages: Damages,
    /// Slots of which at least one value could be read, a bit each.
    pub readable: u64,
    /// Whether the values are cells of a CSV file: lists are joined, letters may be lost.
    pub csv: bool,
    /// Tenant ids that records name: how often, and the first record.
    pub tenants: BTreeMap<ObjectId, (u64, Span)>,
    /// The property that is being read.
    property: &'static str,
    /// The record that is being read.
    record: Span,
    /// The user principal name of that record.
    upn: Option<Text>,
}

impl<'s> Reading<'s> {
    /// Begins.
    pub fn new(arena: Arena<'s>, csv: bool) -> Self {
        Self {
            arena,
            damages: Damages::default(),
            readable: 0,
            csv,
            tenants: BTreeMap::new(),
            property: "",
            record: Span::start_of(SourceId(0)),
            upn: None,
        }
    }

    /// The next values are those of this record.
    pub fn begin_record(&mut self, record: Span) {
        self.record = record;
        self.upn = None;
    }

    /// The next value is that of this property.
    pub fn begin_property(&mut self, property: &'static str) {
        self.property = property;
    }

    /// Notes that the record names this tenant.
    fn of_tenant(&mut self, id: ObjectId) {
        self.tenants.entry(id).or_insert((0, self.record)).0 += 1;
    }

    /// Notes that the value was damaged.
    pub fn damaged(&mut self, damage: Damage, value: &Lax) {
        let text = match value {
            Lax::List(elements) => elements.first().and_then(Lax::scalar),
            other => other.scalar(),
        };
        let text = text.unwrap_or_default();
        self.damages.note(damage, self.property, self.record, &text);
    }

    /// Whether letters of a name were lost on the way into a CSV file: a `?` beside a letter of an ASCII text.
    fn lost_letters(&self, text: &str) -> bool {
        self.csv
            && text.contains('?')
            && text.is_ascii()
            && text.as_bytes().windows(2).any(
                |pair| matches!(pair, [b'?', other] | [other, b'?'] if other.is_ascii_alphabetic()),
            )
    }
}

/// A type that a property can have.
pub trait Cell: Sized + Clone + PartialEq {
    /// Whether exports of different kinds can be expected to spell this alike.
    const ALIKE_ACROSS_KINDS: bool = true;

    /// Whether a value of this type is an object, so that a text in its place is what an object was made into.
    const OBJECT: bool = false;

    /// Whether a value of this type is a list, whose elements may be damaged one by one.
    const LIST: bool = false;

    /// Whether a value of this type is a list of service plans, which may come added up.
    const PLANS: bool = false;

    /// Reads a value that is neither blank nor cut; `None` when it is not of this type.
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self>;

    /// Reads any value. A value of another type is unknown, never a guess.
    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        if value.is_blank() {
            return Field::Null;
        }
        Self::known(value, reading)
    }

    /// As [`Cell::field`], for a list of objects: of one that lost them only blanks are left.
    fn list(value: &Lax, reading: &mut Reading) -> Field<Self> {
        if value.is_blanked() {
            reading.damaged(Damage::Blanked, value);
            return Field::Absent;
        }
        if value.is_blank() {
            return Field::Null;
        }
        Self::known(value, reading)
    }

    /// Reads a value that is not blank, and notes what is wrong with it.
    fn known(value: &Lax, reading: &mut Reading) -> Field<Self> {
        let noted = reading.damages.total();
        let is_list = Self::LIST && matches!(value, Lax::List(_));
        let is_cut = value.is_cut() && !is_list;
        let found = if is_cut || (Self::OBJECT && matches!(value, Lax::Text(_))) {
            match value.recovered() {
                Some(object) => {
                    reading.damaged(Damage::Recovered, value);
                    // An object within the object is lost all the same.
                    Self::read(&object, reading)
                }
                None if is_cut => {
                    reading.damaged(Damage::Cut, value);
                    None
                }
                None => Self::read(value, reading),
            }
        } else {
            Self::read(value, reading)
        };
        if found.is_none() && reading.damages.total() == noted {
            reading.damaged(Damage::Unreadable, value);
        }
        found.map_or(Field::Absent, Field::Value)
    }

    /// Whether two values mean the same.
    fn same(&self, other: &Self, _texts: &Texts) -> bool {
        self == other
    }

    /// What the value says, in words that people read; of a list, an element each. `false` where less is kept than
    /// could be compared with another snapshot's value.
    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool;

    /// The texts of the tenant that the value is made of, each by itself, without the words that [`Cell::show`] puts
    /// around them.
    fn parts(&self, texts: &Texts, out: &mut Vec<String>) {
        self.show(texts, out);
    }
}

impl Cell for Text {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let text = value.scalar()?;
        if is_rounded_number(&text) {
            reading.damaged(Damage::ExcelNumber, value);
            return None;
        }
        if reading.lost_letters(&text) {
            reading.damaged(Damage::AsciiLoss, value);
        }
        let kept = reading.arena.keep(&text);
        if reading.property == address::UPN {
            reading.upn = Some(kept);
        }
        Some(kept)
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        out.push(texts.text(*self).to_owned());
        true
    }

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        // Names differ by case, numbers by what stands around their digits.
        fn bare(text: &str) -> &str {
            let text = text.trim();
            let number = strip_prefix_ignore_case(text, "tel:").unwrap_or(text);
            number.trim_start_matches('+')
        }
        bare(texts.text(*self)).eq_ignore_ascii_case(bare(texts.text(*other)))
    }
}

/// Properties that hold a regular expression, which is no name.
const PATTERNS: [&str; 1] = ["NumberPattern"];

impl Cell for Symbol {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        // Question marks mean something in a pattern, and so do blanks around it.
        if PATTERNS.contains(&reading.property) {
            return Some(reading.arena.symbol(&value.untrimmed()?));
        }
        let text = value.scalar()?;
        // A name that lost letters cannot be compared with any other.
        if reading.lost_letters(&text) {
            reading.damaged(Damage::AsciiLoss, value);
            return None;
        }
        let Some(known) = known_values(reading.property) else {
            return Some(reading.arena.symbol(&text));
        };
        let word = word_of(&text, known);
        if word.is_none() {
            reading.damaged(Damage::UnknownValue, value);
        }
        // Whoever asks for a word compares without case, but knows of no blanks.
        let word = word.filter(|word| word.len() != text.len());
        Some(reading.arena.symbol(word.unwrap_or(&text)))
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        out.push(texts.symbol(*self).to_owned());
        true
    }

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        texts
            .symbol(*self)
            .eq_ignore_ascii_case(texts.symbol(*other))
    }
}

/// The property that says whether an administrator may change the emergency location of a number. Graph and the bulk CSV
/// list instead what administrators may do with it.
const LOCATION_UPDATE: &str = "LocationUpdateSupported";

impl Cell for bool {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let of_actions = || {
            let lists = reading.property == LOCATION_UPDATE;
            lists.then(|| lists_location_update(value)).flatten()
        };
        truth(value).or_else(of_actions)
    }

    fn show(&self, _: &Texts, out: &mut Vec<String>) -> bool {
        out.push(self.to_string());
        true
    }
}

/// Whether the change of the location is among `supportedCustomerActions`, a list or the text of one; `None` for what is no such
/// list.
///
/// Source: <https://learn.microsoft.com/graph/api/resources/teamsadministration-numberassignment>.
fn lists_location_update(value: &Lax) -> Option<bool> {
    let mut found = false;
    let mut known = matches!(value, Lax::List(_));
    for element in value.elements() {
        let text = element.scalar()?;
        let is_between = |c: char| !c.is_ascii_alphanumeric();
        for word in text.split(is_between) {
            let is_update = word.eq_ignore_ascii_case("locationUpdate");
            found |= is_update;
            known |= is_update || word.eq_ignore_ascii_case("release");
        }
    }
    known.then_some(found)
}

/// Whether a value means yes or no, as JSON spells it or as a text.
fn truth(value: &Lax) -> Option<bool> {
    match value {
        Lax::Bool(flag) => Some(*flag),
        Lax::Int(0) => Some(false),
        Lax::Int(1) => Some(true),
        Lax::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "vrai" | "wahr" | "verdadero" | "vero" | "waar" | "yes" | "1" => Some(true),
            "false" | "faux" | "falsch" | "falso" | "onwaar" | "no" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

impl Cell for i64 {
    fn read(value: &Lax, _: &mut Reading) -> Option<Self> {
        match value {
            Lax::Int(number) => Some(*number),
            Lax::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn show(&self, _: &Texts, out: &mut Vec<String>) -> bool {
        out.push(self.to_string());
        true
    }
}

/// The property that names the tenant of a record.
pub const TENANT_ID: &str = "TenantId";

/// A tenant id that is compared with the others and not kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TenantMark;

impl Cell for TenantMark {
    const ALIKE_ACROSS_KINDS: bool = false;

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        ObjectId::read(value, reading).map(|_| Self)
    }

    fn show(&self, _: &Texts, _: &mut Vec<String>) -> bool {
        false
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        match ObjectId::field(value, reading) {
            Field::Value(_) => Field::Value(Self),
            Field::Null => Field::Null,
            Field::Absent => Field::Absent,
        }
    }
}

impl Cell for ObjectId {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let text = value.scalar()?;
        let id = parse_guid(&text)
            .or_else(|| guid_of_distinguished_name(&text))
            .map(ObjectId::from_bits)?;
        Some(noted(id, reading))
    }

    fn show(&self, _: &Texts, out: &mut Vec<String>) -> bool {
        out.push(self.to_string());
        true
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        // Nothing that is an id is blank, or what is left of an object.
        if let Lax::Text(text) = value
            && let Some(bits) = parse_guid(text)
        {
            return Field::Value(noted(ObjectId::from_bits(bits), reading));
        }
        match value.scalar() {
            // The zero GUID is how several cmdlets spell none.
            Some(text) if is_zero_guid(&text) => Field::Null,
            _ if value.is_blank() => Field::Null,
            _ => Self::known(value, reading),
        }
    }
}

impl Cell for SharedId {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let id = ObjectId::read(value, reading)?;
        reading.arena.share(id)
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        let id = texts.id(&Field::Value(*self));
        out.extend(id.map(|id| id.to_string()));
        true
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        match ObjectId::field(value, reading) {
            Field::Value(id) => reading.arena.share(id).map_or(Field::Absent, Field::Value),
            Field::Null => Field::Null,
            Field::Absent => Field::Absent,
        }
    }
}

/// Notes an id that tells which tenant a record is of.
fn noted(id: ObjectId, reading: &mut Reading) -> ObjectId {
    if reading.property == TENANT_ID {
        reading.of_tenant(id);
    }
    id
}

fn is_zero_guid(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'0' | b'-' | b'{' | b'}'))
        && text.contains('0')
}

/// Before module 3.0 an identity is `CN=<guid>,OU=…,DC=…`.
fn guid_of_distinguished_name(text: &str) -> Option<u128> {
    let (name, _) = strip_prefix_ignore_case(text, "cn=")?.split_once(',')?;
    parse_guid(name)
}

/// A spreadsheet writes long numbers as `1.42556E+10`: the digits behind are gone.
fn is_rounded_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_exponent = |at: usize| at > 0 && matches!(bytes[at - 1], b'E' | b'e');
    if !memchr::memchr_iter(b'+', bytes).any(is_exponent) {
        return false;
    }
    let Some((digits, exponent)) = text.split_once("E+").or_else(|| text.split_once("e+")) else {
        return false;
    };
    let digits = digits.trim_start_matches(['+', '\'', '=', '"']);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
        && exponent.trim_end_matches('"').parse::<u8>().is_ok()
}

/// A list; nothing in its place is an empty list.
impl<T: Cell> Cell for Box<[T]> {
    const ALIKE_ACROSS_KINDS: bool = false;
    const LIST: bool = true;

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        are_same(self, other, texts)
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        self.iter().all(|element| element.show(texts, out))
    }

    fn parts(&self, texts: &Texts, out: &mut Vec<String>) {
        for element in self {
            element.parts(texts, out);
        }
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        Self::list(value, reading)
    }

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        elements_of::<T, Vec<T>>(value, reading).map(Vec::into_boxed_slice)
    }
}

/// A list that many records have, or say alike; nothing in its place is an empty list.
impl<T: Cell + Listed> Cell for List<T> {
    const ALIKE_ACROSS_KINDS: bool = false;
    const LIST: bool = true;

    fn same(&self, other: &Self, texts: &Texts) -> bool {
        are_same(texts.list(*self), texts.list(*other), texts)
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        let mut elements = texts.list(*self).iter();
        elements.all(|element| element.show(texts, out))
    }

    fn parts(&self, texts: &Texts, out: &mut Vec<String>) {
        for element in texts.list(*self) {
            element.parts(texts, out);
        }
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        Self::list(value, reading)
    }

    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let elements: SmallVec<[T; 4]> = elements_of(value, reading)?;
        Some(reading.arena.list(elements))
    }
}

fn are_same<T: Cell>(one: &[T], other: &[T], texts: &Texts) -> bool {
    let mut pairs = one.iter().zip(other);
    one.len() == other.len() && pairs.all(|(one, other)| one.same(other, texts))
}

fn elements_of<T: Cell, L: FromIterator<T>>(value: &Lax, reading: &mut Reading) -> Option<L> {
    if let Lax::Text(text) = value
        && !T::OBJECT
    {
        if let Some(pieces) = pieces_of(text, reading) {
            return elements_of(&Lax::List(pieces), reading);
        }
        if MAY_BE_JOINED.contains(&reading.property) && text.trim().contains(divides_lists) {
            reading.damaged(Damage::Cut, value);
            return None;
        }
    }
    // An element that is no T would make the list say less than it did: then all of it is unknown.
    value
        .elements()
        .iter()
        .filter(|element| !element.is_blank())
        .map(|element| match T::field(element, reading) {
            Field::Value(value) => Some(value),
            _ => None,
        })
        .collect()
}

/// Whether a character may divide the elements of a list that was made into one text: too small a `-Depth` takes a blank,
/// scripts take any of these.
fn divides_lists(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | '|')
}

/// Lists whose elements never hold what divides them, so that a text with it is a joined list: ids, words, domain names,
/// numbers.
const WITHOUT_DIVIDERS: [&str; 7] = [
    "ApplicationInstances",
    "Capability",
    "EmergencyNumbers",
    "FeatureTypes",
    "members",
    "OboResourceAccountIds",
    "OnlinePstnGatewayList",
];

/// Lists whose elements may hold blanks and commas. One text with any of them can be one element or two, and nobody can
/// tell; in a CSV a comma divides.
const MAY_BE_JOINED: [&str; 2] = ["OnlinePstnUsages", "Usage"];

/// The elements of a list that was joined into one text; `None` when it holds one element.
fn pieces_of<'t>(text: &'t str, reading: &Reading) -> Option<Vec<Lax<'t>>> {
    let text = text.trim();
    if reading.csv
        && text.starts_with('[')
        && let Ok(Lax::List(elements)) = serde_json::from_str(text)
    {
        return Some(elements);
    }
    let all = WITHOUT_DIVIDERS.contains(&reading.property);
    let divides =
        |c: char| divides_lists(c) && (all || (reading.csv && matches!(c, ',' | ';' | '|')));
    let (mut pieces, mut start) = (Vec::new(), 0);
    for (at, divider) in text.match_indices(divides) {
        let behind = at + divider.len();
        // `+12065550101;ext=4711` is one number.
        if strip_prefix_ignore_case(&text[behind..], "ext=").is_none() {
            pieces.push(&text[start..at]);
            start = behind;
        }
    }
    (start > 0).then(|| {
        pieces.push(&text[start..]);
        let pieces = pieces.into_iter().map(str::trim);
        pieces
            .filter(|piece| !piece.is_empty())
            .map(|piece| Lax::Text(piece.into()))
            .collect()
    })
}

/// Who a number is assigned to, as the inventory says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AssignmentTarget {
    /// A user, resource account or conference bridge.
    Object(ObjectId),
    /// An emergency callback number of a shared calling policy: `TeamsSharedCallingRoutingPolicy|Tag:SC1`.
    SharedCallingPolicy(PolicyName),
    /// Anything else, as spelled.
    Other(Symbol),
}

impl Cell for AssignmentTarget {
    fn read(value: &Lax, reading: &mut Reading) -> Option<Self> {
        let text = value.scalar()?;
        if let Some(id) = parse_guid(&text) {
            return Some(Self::Object(ObjectId::from_bits(id)));
        }
        if let Some((kind, name)) = text.split_once('|')
            && kind
                .trim()
                .eq_ignore_ascii_case("TeamsSharedCallingRoutingPolicy")
        {
            return Some(Self::SharedCallingPolicy(PolicyName(
                reading.arena.symbol(without_tag(name)),
            )));
        }
        Some(Self::Other(reading.arena.symbol(&text)))
    }

    fn show(&self, texts: &Texts, out: &mut Vec<String>) -> bool {
        out.push(match self {
            Self::Object(id) => id.to_string(),
            Self::SharedCallingPolicy(name) => texts.symbol(name.0).to_owned(),
            Self::Other(text) => texts.symbol(*text).to_owned(),
        });
        true
    }

    fn field(value: &Lax, reading: &mut Reading) -> Field<Self> {
        match value.scalar() {
            Some(text) if is_zero_guid(&text) => Field::Null,
            _ if value.is_blank() => Field::Null,
            _ => Self::known(value, reading),
        }
    }
}
