//! Where the texts of records live: symbols for those that repeat, an arena for names.
//!
//! Records hold small handles only, so that a million users do not mean ten million allocations. Handles are made
//! while many threads read, in no particular order: they may be compared for equality and looked up, never sorted.

use std::sync::atomic::{AtomicU32, Ordering};

use foldhash::fast::RandomState;
use lasso::{Key, RodeoReader, Spur, ThreadedRodeo};

/// Symbols while they are collected.
type Collecting = ThreadedRodeo<Spur, RandomState>;

/// A text that repeats: a policy name, a mode, a domain.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Symbol(Spur);

/// A text that hardly repeats: a user principal name, a display name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Text {
    chunk: u32,
    start: u32,
    len: u32,
}

/// All texts of a snapshot, after reading.
#[derive(Debug)]
pub struct Texts {
    chunks: Vec<Box<str>>,
    /// Those of the records: looked up a hundred times for each subject, and nothing is added any more.
    symbols: RodeoReader<Spur, RandomState>,
    /// Those that came after reading; their keys go on where those of the records end.
    later: Collecting,
}

impl Texts {
    /// The text behind a handle of this snapshot.
    pub fn text(&self, text: Text) -> &str {
        let start = text.start as usize;
        self.chunks
            .get(text.chunk as usize)
            .and_then(|chunk| chunk.get(start..start + text.len as usize))
            .unwrap_or_default()
    }

    /// The text behind a symbol of this snapshot.
    pub fn symbol(&self, symbol: Symbol) -> &str {
        match self.symbols.try_resolve(&symbol.0) {
            Some(text) => text,
            None => self.later_symbol(symbol).unwrap_or_default(),
        }
    }

    #[cold]
    fn later_symbol(&self, symbol: Symbol) -> Option<&str> {
        let key = symbol.0.into_usize().checked_sub(self.symbols.len())?;
        self.later.try_resolve(&Spur::try_from_usize(key)?)
    }

    /// The symbol of a text, if any record used that text.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        let known = self.symbols.get(text);
        known
            .or_else(|| behind(&self.symbols, self.later.get(text)?))
            .map(Symbol)
    }

    /// An arena for texts that come after reading. One at a time: [`Texts::keep`] takes it before the next one begins.
    pub fn arena(&self) -> Arena<'_> {
        Arena {
            known: Some(&self.symbols),
            symbols: &self.later,
            last: Vec::new(),
            chunk: u32::try_from(self.chunks.len()).unwrap_or(u32::MAX),
            text: String::new(),
        }
    }

    /// Keeps the texts of an arena that [`Texts::arena`] gave.
    pub fn keep(&mut self, arena: FilledArena) {
        if arena.chunk as usize == self.chunks.len() && !arena.text.is_empty() {
            self.chunks.push(arena.text);
        }
    }
}

/// Texts while they are collected; shared by all reading threads.
#[derive(Debug)]
pub struct TextsBuilder {
    next: AtomicU32,
    symbols: Collecting,
}

impl Default for TextsBuilder {
    fn default() -> Self {
        Self {
            next: AtomicU32::new(0),
            symbols: Collecting::with_hasher(RandomState::default()),
        }
    }
}

impl TextsBuilder {
    /// An arena for one worker.
    pub fn arena(&self) -> Arena<'_> {
        Arena {
            known: None,
            symbols: &self.symbols,
            last: Vec::new(),
            chunk: self.next.fetch_add(1, Ordering::Relaxed),
            text: String::new(),
        }
    }

    /// Closes the collection over the arenas that workers gave back.
    pub fn finish(self, arenas: Vec<FilledArena>) -> Texts {
        let mut chunks = vec![Box::default(); self.next.load(Ordering::Relaxed) as usize];
        for arena in arenas {
            chunks[arena.chunk as usize] = arena.text;
        }
        Texts {
            chunks,
            symbols: self.symbols.into_reader(),
            later: Collecting::with_hasher(RandomState::default()),
        }
    }
}

/// The key of a symbol that came after reading.
fn behind(known: &RodeoReader<Spur, RandomState>, later: Spur) -> Option<Spur> {
    Spur::try_from_usize(known.len() + later.into_usize())
}

/// One worker's texts.
#[derive(Debug)]
pub struct Arena<'s> {
    /// Those that came before, where no more can be added to them.
    known: Option<&'s RodeoReader<Spur, RandomState>>,
    symbols: &'s Collecting,
    /// The texts that were met last: most symbols of an export are a dozen words, and these need no look at what other
    /// threads collect.
    last: Vec<Option<(Box<str>, Symbol)>>,
    chunk: u32,
    text: String,
}

/// How many texts an arena remembers; a power of two.
const REMEMBERED: usize = 128;

/// Longer texts are not remembered.
const LONGEST: usize = 64;

impl Arena<'_> {
    /// Keeps a text that hardly repeats.
    pub fn keep(&mut self, text: &str) -> Text {
        // Offsets are 32 bits: what does not fit (4 GiB of names in one batch) is cut, never wrapped.
        let start = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let fits = text.len() <= (u32::MAX - start) as usize;
        let kept = if fits { text } else { "" };
        self.text.push_str(kept);
        Text {
            chunk: self.chunk,
            start,
            len: kept.len() as u32,
        }
    }

    /// The symbol of a text that repeats.
    pub fn symbol(&mut self, text: &str) -> Symbol {
        if text.len() > LONGEST {
            return self.intern(text);
        }
        if self.last.is_empty() {
            self.last.resize(REMEMBERED, None);
        }
        let place = place_of(text);
        if let Some(Some((known, symbol))) = self.last.get(place)
            && **known == *text
        {
            return *symbol;
        }
        let symbol = self.intern(text);
        if let Some(last) = self.last.get_mut(place) {
            *last = Some((text.into(), symbol));
        }
        symbol
    }

    fn intern(&self, text: &str) -> Symbol {
        let found = match self.known {
            Some(known) => known.get(text).or_else(|| {
                let later = self.symbols.try_get_or_intern(text).ok()?;
                behind(known, later)
            }),
            None => self.symbols.try_get_or_intern(text).ok(),
        };
        // More than four billion distinct texts: none of them can matter.
        Symbol(found.unwrap_or_default())
    }

    /// Hands the texts over.
    pub fn finish(self) -> FilledArena {
        FilledArena {
            chunk: self.chunk,
            text: self.text.into_boxed_str(),
        }
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
    chunk: u32,
    text: Box<str>,
}

#[cfg(test)]
mod tests {
    use super::*;

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
