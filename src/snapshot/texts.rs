//! Where the texts of records live: symbols for those that repeat, an arena for names.
//!
//! Records hold small handles only, so that a million users do not mean ten million allocations. Handles are made
//! while many threads read, in no particular order: they may be compared for equality and looked up, never sorted.

use std::sync::atomic::{AtomicUsize, Ordering};

use foldhash::fast::RandomState;
use lasso::{Key, RodeoReader, Spur, ThreadedRodeo};

use super::field::Field;
use super::handle::Handle;
use super::ids::{self, KnownIds, SharedId};
use super::lists::{List, Listed, Lists};
use super::object_id::ObjectId;

/// Symbols while they are collected.
type Collecting = ThreadedRodeo<Spur, RandomState>;

/// A text that repeats: a policy name, a mode, a domain.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Symbol(Handle);

/// A text that hardly repeats: a user principal name, a display name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Text {
    chunk: Handle,
    /// Where in its chunk the text begins, its length before it.
    start: u32,
}

/// All texts of a snapshot, after reading.
#[derive(Debug)]
pub struct Texts {
    chunks: Vec<Chunk>,
    /// Those of the records: looked up a hundred times for each subject, and nothing is added any more.
    symbols: RodeoReader<Spur, RandomState>,
    /// Those that came after reading; their keys go on where those of the records end.
    later: Collecting,
    ids: KnownIds,
}

impl Texts {
    /// The text behind a handle of this snapshot.
    pub fn text(&self, text: Text) -> &str {
        let chunk = self.chunks.get(text.chunk.number());
        chunk
            .and_then(|chunk| with_length(&chunk.text, text.start as usize))
            .unwrap_or_default()
    }

    /// The object id that a field names, if it names one.
    pub fn id(&self, field: &Field<SharedId>) -> Option<ObjectId> {
        self.ids.get(field.get()?)
    }

    /// The handle of an object id, if any record names it.
    pub fn find_id(&self, id: ObjectId) -> Option<SharedId> {
        self.ids.find(id)
    }

    /// The elements of a list of this snapshot.
    pub fn list<T: Listed>(&self, list: List<T>) -> &[T] {
        let chunk = self.chunks.get(list.chunk.number());
        let lists = chunk.and_then(|chunk| chunk.lists.as_deref());
        lists.map_or(&[], |lists| lists.get(list))
    }

    /// The elements of a list, none where nothing is known of it.
    pub fn listed<T: Listed>(&self, field: &Field<List<T>>) -> &[T] {
        field.get().map_or(&[], |list| self.list(list))
    }

    /// The text behind a symbol of this snapshot.
    pub fn symbol(&self, symbol: Symbol) -> &str {
        let key = symbol.0.number();
        match Spur::try_from_usize(key).and_then(|key| self.symbols.try_resolve(&key)) {
            Some(text) => text,
            None => self.later_symbol(key).unwrap_or_default(),
        }
    }

    #[cold]
    fn later_symbol(&self, key: usize) -> Option<&str> {
        let key = key.checked_sub(self.symbols.len())?;
        self.later.try_resolve(&Spur::try_from_usize(key)?)
    }

    /// The symbol of a text, if any record used that text.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        let known = self.symbols.get(text).map(Spur::into_usize);
        let key = match known {
            Some(key) => key,
            None => behind(&self.symbols, self.later.get(text)?),
        };
        Handle::new(key).map(Symbol)
    }

    /// An arena for texts that come after reading. One at a time: [`Texts::keep`] takes it before the next one begins.
    pub fn arena(&self) -> Arena<'_> {
        Arena {
            symbols: Symbols::Later(self),
            remembered: Remembered::default(),
            chunk: self.chunks.len(),
            text: String::new(),
            lists: Lists::default(),
        }
    }

    /// Keeps the texts of an arena that [`Texts::arena`] gave.
    pub fn keep(&mut self, arena: FilledArena) {
        let is_empty = arena.kept.text.is_empty() && arena.kept.lists.is_none();
        if arena.chunk == self.chunks.len() && !is_empty {
            self.chunks.push(arena.kept);
        }
    }
}

/// Texts while they are collected; shared by all reading threads.
#[derive(Debug)]
pub struct TextsBuilder {
    next: AtomicUsize,
    symbols: Collecting,
    ids: ids::Collecting,
}

impl Default for TextsBuilder {
    fn default() -> Self {
        let symbols = Collecting::with_hasher(RandomState::default());
        // The first symbol stands for what could not become one.
        symbols.get_or_intern_static("");
        Self {
            next: AtomicUsize::new(0),
            symbols,
            ids: ids::Collecting::default(),
        }
    }
}

impl TextsBuilder {
    /// An arena for one worker.
    pub fn arena(&self) -> Arena<'_> {
        self.arena_with(Remembered::default())
    }

    /// An arena for one worker, who remembers what its last one met. Both must be of this collection.
    pub fn arena_with(&self, mut remembered: Remembered) -> Arena<'_> {
        Arena {
            symbols: Symbols::Collected(self),
            chunk: self.next.fetch_add(1, Ordering::Relaxed),
            text: std::mem::take(&mut remembered.text),
            lists: std::mem::take(&mut remembered.lists),
            remembered,
        }
    }

    /// Closes the collection over the arenas that workers gave back.
    pub fn finish(self, arenas: Vec<FilledArena>) -> Texts {
        let mut chunks = Vec::new();
        chunks.resize_with(self.next.load(Ordering::Relaxed), Chunk::default);
        for arena in arenas {
            chunks[arena.chunk] = arena.kept;
        }
        Texts {
            chunks,
            symbols: self.symbols.into_reader(),
            later: Collecting::with_hasher(RandomState::default()),
            ids: KnownIds::of(self.ids),
        }
    }
}

/// The key of a symbol that came after reading.
fn behind(known: &RodeoReader<Spur, RandomState>, later: Spur) -> usize {
    known.len() + later.into_usize()
}

/// How many bits of a length one byte tells; the next one says whether more bytes follow. So they are ASCII, and a chunk
/// stays a text.
const LENGTH_BITS: u32 = 6;

/// Puts the length of a text before it.
fn put_length(chunk: &mut String, mut len: usize) {
    const MORE: usize = 1 << LENGTH_BITS;
    while len >= MORE {
        chunk.push(((len % MORE) | MORE) as u8 as char);
        len >>= LENGTH_BITS;
    }
    chunk.push(len as u8 as char);
}

/// The text at an offset of a chunk, behind its length.
fn with_length(chunk: &str, start: usize) -> Option<&str> {
    const MORE: u8 = 1 << LENGTH_BITS;
    let mut len = 0;
    let mut bytes = chunk.as_bytes().get(start..)?.iter().zip(0_u32..);
    loop {
        let (byte, place) = bytes.next()?;
        len |= usize::from(byte % MORE) << (place * LENGTH_BITS);
        if byte & MORE == 0 {
            let text = start + 1 + place as usize;
            return chunk.get(text..text + len);
        }
    }
}

/// One worker's texts.
#[derive(Debug)]
pub struct Arena<'s> {
    symbols: Symbols<'s>,
    remembered: Remembered,
    chunk: usize,
    text: String,
    lists: Lists,
}

/// Where what repeats is collected.
#[derive(Clone, Copy, Debug)]
enum Symbols<'s> {
    /// While records are read.
    Collected(&'s TextsBuilder),
    /// After that: beside those of the records, to which none can be added.
    Later(&'s Texts),
}

/// What an arena met last: most symbols of an export are a dozen words, most ids those of a dozen partners and places,
/// and these need no look at what other threads collect.
#[derive(Default, Debug)]
pub struct Remembered {
    symbols: Vec<Option<(Box<str>, Symbol)>>,
    ids: Vec<Option<(ObjectId, SharedId)>>,
    /// Instances of policies that Microsoft provides, by the property that names them.
    built_in: Vec<(&'static str, Symbol)>,
    /// Empty: room that the next arena fills again.
    text: String,
    /// As `text`.
    lists: Lists,
}

/// A text of which nothing was kept.
const NO_TEXT: Text = Text {
    chunk: Handle::LAST,
    start: u32::MAX,
};

/// How many texts an arena remembers; a power of two.
const REMEMBERED: usize = 128;

/// The most room for texts that an arena leaves to the next one, in bytes: giant names are not kept twice.
const MOST_ROOM: usize = 1 << 20;

/// Longer texts are not remembered.
const LONGEST: usize = 64;

impl Arena<'_> {
    /// Keeps a text that hardly repeats.
    pub fn keep(&mut self, text: &str) -> Text {
        // Offsets are 32 bits: what does not fit (4 GiB of names in one batch) is lost, never wrapped.
        let (Some(chunk), Ok(start)) = (Handle::new(self.chunk), u32::try_from(self.text.len()))
        else {
            return NO_TEXT;
        };
        put_length(&mut self.text, text.len());
        self.text.push_str(text);
        Text { chunk, start }
    }

    /// A text that this arena keeps.
    pub fn kept(&self, text: Text) -> Option<&str> {
        let is_own = Handle::new(self.chunk) == Some(text.chunk);
        is_own.then(|| with_length(&self.text, text.start as usize))?
    }

    /// Keeps a list.
    pub fn list<T: Listed>(&mut self, list: impl IntoIterator<Item = T> + AsRef<[T]>) -> List<T> {
        if list.as_ref().is_empty() {
            return List::EMPTY;
        }
        let kept = Handle::new(self.chunk).and_then(|chunk| self.lists.keep(chunk, list));
        // Four billion elements in one batch: as with texts.
        kept.unwrap_or(List::EMPTY)
    }

    /// The symbol of a text that repeats.
    pub fn symbol(&mut self, text: &str) -> Symbol {
        if text.len() > LONGEST {
            return self.intern(text);
        }
        if self.remembered.symbols.is_empty() {
            self.remembered.symbols.resize(REMEMBERED, None);
        }
        let place = place_of(text);
        if let Some(Some((known, symbol))) = self.remembered.symbols.get(place)
            && **known == *text
        {
            return *symbol;
        }
        let symbol = self.intern(text);
        if let Some(last) = self.remembered.symbols.get_mut(place) {
            *last = Some((text.into(), symbol));
        }
        symbol
    }

    /// Whether it was not noted yet that Microsoft provides the instance that a property names; it is then.
    pub fn is_new_built_in(&mut self, property: &'static str, name: Symbol) -> bool {
        let known = &mut self.remembered.built_in;
        let is_new = !known.contains(&(property, name));
        if is_new {
            known.push((property, name));
        }
        is_new
    }

    /// The handle of an id that many records name; `None` where a billion others were met.
    pub fn share(&mut self, id: ObjectId) -> Option<SharedId> {
        if self.remembered.ids.is_empty() {
            self.remembered.ids.resize(REMEMBERED, None);
        }
        let place = id.bits() as usize % REMEMBERED;
        if let Some(Some((known, shared))) = self.remembered.ids.get(place)
            && *known == id
        {
            return Some(*shared);
        }
        let shared = match self.symbols {
            Symbols::Collected(texts) => ids::share(&texts.ids, id),
            Symbols::Later(texts) => texts.ids.share(id),
        };
        if let (Some(last), Some(shared)) = (self.remembered.ids.get_mut(place), shared) {
            *last = Some((id, shared));
        }
        shared
    }

    fn intern(&self, text: &str) -> Symbol {
        let key = match self.symbols {
            Symbols::Collected(texts) => {
                let key = texts.symbols.try_get_or_intern(text);
                key.map(Spur::into_usize).ok()
            }
            Symbols::Later(texts) => {
                let known = texts.symbols.get(text).map(Spur::into_usize);
                known.or_else(|| {
                    let key = texts.later.try_get_or_intern(text);
                    key.map(|later| behind(&texts.symbols, later)).ok()
                })
            }
        };
        // A billion distinct texts are more than any machine remembers.
        Symbol(key.and_then(Handle::new).unwrap_or(Handle::ZERO))
    }

    /// Hands the texts over.
    pub fn finish(self) -> FilledArena {
        self.finish_and_remember().0
    }

    /// As [`Arena::finish`], with what the next one may remember.
    pub fn finish_and_remember(mut self) -> (FilledArena, Remembered) {
        // Room for what is kept is made once, as large as it must be, and room to collect it grows once for a file.
        let text = if self.text.len() > MOST_ROOM {
            self.text.into_boxed_str()
        } else {
            let kept = self.text.as_str().into();
            self.text.clear();
            self.remembered.text = self.text;
            kept
        };
        let filled = FilledArena {
            chunk: self.chunk,
            kept: Chunk {
                text,
                lists: (!self.lists.is_empty()).then(|| Box::new(self.lists.take())),
            },
        };
        self.remembered.lists = self.lists;
        (filled, self.remembered)
    }
}

/// Where an arena remembers a text: told by its length and by both its ends.
fn place_of(text: &str) -> usize {
    let bytes = text.as_bytes();
    let first = bytes
        .first_chunk::<4>()
        .map_or(0, |four| u32::from_le_bytes(*four));
    let last = bytes
        .last_chunk::<4>()
        .map_or(0, |four| u32::from_le_bytes(*four));
    let mixed = (u64::from(first) << 32 | u64::from(last)).wrapping_add(bytes.len() as u64);
    (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 57) as usize % REMEMBERED
}

/// The texts of a worker that is done.
#[derive(Debug)]
pub struct FilledArena {
    chunk: usize,
    kept: Chunk,
}

/// What an arena kept.
#[derive(Default, Debug)]
struct Chunk {
    text: Box<str>,
    lists: Option<Box<Lists>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::cell::AssignedSku;
    use crate::snapshot::service_plans::PlanClasses;

    #[test]
    fn texts_of_any_length_stand_behind_one_another() {
        let builder = TextsBuilder::default();
        let mut arena = builder.arena();
        let all: Vec<String> = [0, 1, 63, 64, 65, 4_095, 4_096, 4_097, 300_000]
            .into_iter()
            .map(|length| "é".repeat(length / 2) + &"x".repeat(length % 2))
            .collect();
        let kept: Vec<Text> = all.iter().map(|text| arena.keep(text)).collect();
        let arena = arena.finish();
        let texts = builder.finish(vec![arena]);
        for (text, kept) in all.iter().zip(kept) {
            assert!(texts.text(kept) == text, "{}", text.len());
        }
        assert_eq!(texts.text(NO_TEXT), "");
    }

    #[test]
    fn lists_and_ids_are_shared_where_they_say_the_same() {
        let id = |bits| ObjectId::from_bits(bits);
        let sku = |bits| AssignedSku {
            id: id(bits),
            off: PlanClasses::EMPTY,
        };
        let builder = TextsBuilder::default();
        let (mut one, mut two) = (builder.arena(), builder.arena());
        let first = one.list(vec![sku(1), sku(2)]);
        assert_eq!(one.list(vec![sku(1), sku(2)]), first);
        let second = one.list(vec![sku(2)]);
        let third = one.list(vec![sku(3)]);
        let other = two.list(vec![sku(1), sku(2)]);
        let none: List<AssignedSku> = two.list(Vec::new());
        let (shared, again) = (one.share(id(7)), two.share(id(7)));
        assert_eq!(shared, again);
        assert_ne!(shared, one.share(id(7 + REMEMBERED as u128)));
        let arenas = vec![one.finish(), two.finish()];
        let mut texts = builder.finish(arenas);
        assert_eq!(texts.list(first), [sku(1), sku(2)]);
        assert_eq!(texts.list(second), [sku(2)]);
        assert_eq!(texts.list(third), [sku(3)]);
        assert_eq!(texts.list(other), [sku(1), sku(2)]);
        assert_eq!(texts.list(none), []);
        let field = |shared: Option<SharedId>| shared.map_or(Field::Absent, Field::Value);
        assert_eq!(texts.id(&field(shared)), Some(id(7)));
        assert_eq!(texts.find_id(id(7)), shared);
        assert_eq!(texts.find_id(id(9)), None);
        assert_eq!(texts.id(&Field::Null), None);

        let mut later = texts.arena();
        let (new, known, list) = (
            later.share(id(9)),
            later.share(id(7)),
            later.list(vec![sku(4)]),
        );
        let filled = later.finish();
        texts.keep(filled);
        assert_eq!(known, shared);
        assert_eq!(texts.id(&field(new)), Some(id(9)));
        assert_eq!(texts.find_id(id(9)), new);
        assert_eq!(texts.list(list), [sku(4)]);
    }

    #[test]
    fn handles_find_their_text_again() {
        let builder = TextsBuilder::default();
        let mut one = builder.arena();
        let mut two = builder.arena();
        let (a, b) = (one.keep("Zoë"), two.keep("Ana"));
        let c = one.keep("Bo");
        let (islands, again) = (one.symbol("Islands"), two.symbol("Islands"));
        let arenas = vec![two.finish(), one.finish()];
        let texts = builder.finish(arenas);
        assert_eq!(
            (texts.text(a), texts.text(b), texts.text(c)),
            ("Zoë", "Ana", "Bo")
        );
        assert_eq!(islands, again);
        assert_eq!(texts.symbol(islands), "Islands");
        assert_eq!(texts.find("Islands"), Some(islands));
        assert_eq!(texts.find("TeamsOnly"), None);

        let mut texts = texts;
        for name in ["Cy", "", "Di"] {
            let mut later = texts.arena();
            let (text, only) = (later.keep(name), later.symbol("TeamsOnly"));
            let filled = later.finish();
            texts.keep(filled);
            assert_eq!((texts.text(text), texts.symbol(only)), (name, "TeamsOnly"));
        }
        assert_eq!(texts.text(a), "Zoë");
    }
}
