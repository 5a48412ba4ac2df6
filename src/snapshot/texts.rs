//! Where the texts of records live: symbols for those that repeat, an arena for names.
//!
//! Records hold small handles only, so that a million users do not mean ten million allocations. Handles are made
//! while many threads read, in no particular order: they may be compared for equality and looked up, never sorted.

use std::sync::atomic::{AtomicU32, Ordering};

use lasso::{Key, Spur, ThreadedRodeo};

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
    symbols: ThreadedRodeo,
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
        self.symbols.try_resolve(&symbol.0).unwrap_or_default()
    }

    /// The symbol of a text, if any record used that text.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        self.symbols.get(text).map(Symbol)
    }

    /// An arena for texts that come after reading. One at a time: [`Texts::keep`] takes it before the next one begins.
    pub fn arena(&self) -> Arena<'_> {
        Arena {
            symbols: &self.symbols,
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
#[derive(Debug, Default)]
pub struct TextsBuilder {
    next: AtomicU32,
    symbols: ThreadedRodeo,
}

impl TextsBuilder {
    /// An arena for one worker.
    pub fn arena(&self) -> Arena<'_> {
        Arena {
            symbols: &self.symbols,
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
            symbols: self.symbols,
        }
    }
}

/// One worker's texts.
#[derive(Debug)]
pub struct Arena<'s> {
    symbols: &'s ThreadedRodeo,
    chunk: u32,
    text: String,
}

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
    pub fn symbol(&self, text: &str) -> Symbol {
        Symbol(self.symbols.try_get_or_intern(text).unwrap_or_else(|_| {
            // More than four billion distinct texts: none of them can matter.
            Spur::try_from_usize(0).expect("bug: zero is a key")
        }))
    }

    /// Hands the texts over.
    pub fn finish(self) -> FilledArena {
        FilledArena {
            chunk: self.chunk,
            text: self.text.into_boxed_str(),
        }
    }
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
