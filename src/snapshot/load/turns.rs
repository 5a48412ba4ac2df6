//! Reading a long list of records: workers take turns at the file.
//!
//! Whose turn it is reads the next window, up to where the last record in it is guessed to end ([`Seam`]), and hands the
//! file on. While it makes records of its window, which is still at hand, another one reads the next. What they make is put
//! together in the order of the file. A guess was right if the window before was read to its end; where one was wrong, or
//! the list ends, all that was read behind that place is text again.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::file::{Loader, Reading, put_together};
use super::stream::Unread;
use crate::snapshot::records::{Notes, Records};
use crate::snapshot::rows;
use crate::snapshot::run::{Between, Reached, Run, Seam};
use crate::snapshot::stream_json::Unusual;
use crate::source::{Encoding, StoredOffsets, TextStream};

/// How many bytes of text a window of a file has: no more than `most`, and few enough for each worker to have some.
pub(super) fn window_of(len: u64, most: usize) -> usize {
    let windows = rayon::current_num_threads().min(MOST) * AT_LEAST;
    let size = usize::try_from(len).map_or(most, |len| len / windows);
    size.clamp(SMALLEST.min(most), most)
}

/// How many windows there are for each worker, so that none waits long for the others in the end.
const AT_LEAST: usize = 4;

/// Bytes of text that are worth a turn.
const SMALLEST: usize = 128 * 1024;

/// No more workers than this take turns: reading the file, which one does at a time, takes a third of all.
const MOST: usize = 4;

impl Loader<'_> {
    /// Reads windows of so many bytes of text until the list ends, or something is not as guessed. What is left, and what may
    /// stand at its beginning.
    pub(super) fn in_turns(
        &mut self,
        (text, unread): (&mut TextStream, Unread),
        (reading, user): (&mut Reading, Option<&str>),
        (between, seam): (Between, &Seam),
        size: usize,
    ) -> Result<(Unread, Between), Unusual> {
        let export = rows::Export {
            kind: reading.kind,
            user,
            name: reading.name.as_deref(),
            texts: self.texts,
        };
        let (source, encoding) = (self.id, self.encoding);
        let workers = &reading.workers;
        let windows = self.feed.plain_len() / size as u64 + 1;
        let file = Mutex::new(File {
            text,
            unread: Some(unread),
            windows: 0,
            is_over: false,
        });
        let given = Mutex::new(Given {
            records: &mut self.loaded.records,
            notes: &mut reading.notes,
            between,
            next: 0,
            waiting: BTreeMap::new(),
            stopped: None,
            is_unusual: false,
            spare: Vec::new(),
        });
        let many = rayon::current_num_threads().min(MOST);
        let many = many.min(usize::try_from(windows).unwrap_or(MOST));
        let work = |_| {
            let mut room = String::new();
            loop {
                let taken = lock(&file).take(seam, encoding, size, room);
                let Some((number, text, stored)) = taken else {
                    break;
                };
                let run = Run {
                    text: &text,
                    stored,
                    between: if number == 0 {
                        between
                    } else {
                        between.behind_record()
                    },
                    source,
                    encoding,
                };
                let read = Records::read_run(export, workers, &run);
                let Some(spare) = lock(&given).add(number, Window { text, stored, read }) else {
                    lock(&file).is_over = true;
                    break;
                };
                room = spare;
            }
        };
        (0..many).into_par_iter().with_max_len(1).for_each(work);
        let file = file.into_inner().unwrap_or_else(PoisonError::into_inner);
        let given = given.into_inner().unwrap_or_else(PoisonError::into_inner);
        if given.is_unusual {
            return Err(Unusual);
        }
        let between = given.between;
        let behind = file.unread.ok_or(Unusual)?;
        let Some((stopped, reached)) = given.stopped else {
            return Ok((behind, between));
        };
        if !given.waiting.is_empty() {
            // Keys of what is no record must not count as properties, and texts of what was read in vain are gone.
            workers.forget();
        }
        let mut offsets = StoredOffsets::behind(&stopped.text, encoding, stopped.stored);
        let stored = offsets.of(reached);
        let mut text = stopped.text.get(reached..).unwrap_or_default().to_owned();
        let waiting = given.waiting.values().map(|window| window.text.as_str());
        text.extend(waiting.chain([behind.text.as_str()]));
        let unread = Unread {
            text,
            stored,
            more: behind.more,
        };
        Ok((unread, between))
    }
}

/// What there is to read.
struct File<'f> {
    text: &'f mut TextStream,
    /// What was read and is in no window; `None` where it cannot be read.
    unread: Option<Unread>,
    /// How many windows were taken.
    windows: usize,
    /// Whether no more are to be taken.
    is_over: bool,
}

impl File<'_> {
    /// Reads the next window: its number, its text, and where it begins in the source.
    fn take(
        &mut self,
        seam: &Seam,
        encoding: Encoding,
        size: usize,
        room: String,
    ) -> Option<(usize, String, u64)> {
        if self.is_over {
            return None;
        }
        let Unread {
            text,
            stored,
            mut more,
        } = self.unread.take()?;
        let is_window = text.len() >= size;
        let end = is_window.then(|| seam.last(&text)).flatten();
        let (mut window, mut left, end) = if end.is_some() {
            // It was read before the turns began.
            (text, room, end)
        } else {
            let mut window = room;
            window.clear();
            // A record may be longer than a window.
            let size = size.max(text.len() * 2);
            window.reserve(size);
            window.push_str(&text);
            more = more && self.text.fill(&mut window, size).ok()?;
            let end = seam.last(&window);
            (window, text, end)
        };
        let Some(end) = end else {
            self.is_over = true;
            self.unread = Some(Unread {
                text: window,
                stored,
                more,
            });
            return None;
        };
        left.clear();
        left.push_str(window.get(end..)?);
        self.unread = Some(Unread {
            text: left,
            stored: StoredOffsets::behind(&window, encoding, stored).of(end),
            more,
        });
        window.truncate(end);
        self.windows += 1;
        Some((self.windows - 1, window, stored))
    }
}

/// A window that was read.
struct Window {
    text: String,
    stored: u64,
    read: Option<((Records, Notes), Reached)>,
}

/// What windows gave.
struct Given<'r> {
    records: &'r mut Records,
    notes: &'r mut Option<Notes>,
    /// What may stand behind the last record that was put to the others.
    between: Between,
    /// The number of the window that comes next.
    next: usize,
    /// Windows behind it.
    waiting: BTreeMap<usize, Window>,
    /// A window that was not read to its end, and how far it was.
    stopped: Option<(Window, usize)>,
    /// Whether there was something that only the exact way can tell of.
    is_unusual: bool,
    /// Room for windows to come.
    spare: Vec<String>,
}

impl Given<'_> {
    /// Adds what a window gave. Room for another one, or `None` where there shall be none.
    fn add(&mut self, number: usize, window: Window) -> Option<String> {
        self.waiting.insert(number, window);
        while self.stopped.is_none()
            && !self.is_unusual
            && let Some(mut window) = self.waiting.remove(&self.next)
        {
            let Some((read, reached)) = window.read.take() else {
                self.is_unusual = true;
                break;
            };
            put_together(read, self.records, self.notes);
            let notes = self.notes.as_ref();
            self.is_unusual = notes.is_some_and(|notes| !notes.bad.is_empty());
            self.between = reached.between;
            self.next += 1;
            if reached.at == window.text.len() {
                self.spare.push(window.text);
            } else {
                self.stopped = Some((window, reached.at));
            }
        }
        let goes_on = self.stopped.is_none() && !self.is_unusual;
        goes_on.then(|| self.spare.pop().unwrap_or_default())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_has_its_share_of_the_file_and_is_worth_a_turn() {
        let most = 8 * SMALLEST;
        let workers = rayon::current_num_threads().min(MOST);
        let len = |window: usize| (window * workers * AT_LEAST) as u64;
        assert_eq!(window_of(len(2 * SMALLEST), most), 2 * SMALLEST);
        assert_eq!(window_of(len(SMALLEST) / 2, most), SMALLEST);
        assert_eq!(window_of(u64::MAX, most), most);
        // Whoever asks for smaller ones gets these.
        assert_eq!(window_of(len(SMALLEST), 31), 31);
    }
}
