//! The usual way: a file read in windows, each cut and read while the next one arrives, and then forgotten.
//!
//! No more than a few windows are held at any time, however large the export is. Whatever does not fit ends this way with
//! [`Unusual`], and the file is read again, whole.

use std::collections::BTreeSet;
use std::ops::Range;

use super::file::{Loader, Reading};
use super::pages::{Link, PageEnd, count_of};
use super::turns::window_of;
use crate::snapshot::csv_pieces::{cut, placed};
use crate::snapshot::csv_table::csv_shape;
use crate::snapshot::records::{Cut, Records};
use crate::snapshot::run::{Between, Seam};
use crate::snapshot::split_json::{Raw, SAMPLE, sample_keys};
use crate::snapshot::stream_json::{Cutter, Unusual};
use crate::source::{Encoding, Source, SourceId, Span, StoredOffsets, TextStream};

/// A record may take several windows, up to this; a larger one is read the exact way.
const LARGEST: usize = 1024 * 1024 * 1024;

/// How much, about, is cut exactly to learn of which records a file is: the rest of it is guessed at.
const FIRST: usize = 256 * 1024;

/// Text that was read and not yet made records of.
pub(super) struct Unread {
    pub(super) text: String,
    /// Where it begins in the source.
    pub(super) stored: u64,
    /// Whether more follows it.
    pub(super) more: bool,
}

/// A window that was cut: its text, its records with their group and their stored bytes.
#[derive(Default)]
struct Window {
    text: String,
    records: Vec<(usize, Range<usize>, Span)>,
    /// Where the next window begins, in the text and in the file.
    consumed: usize,
    next: u64,
    page: PageEnd,
    last: bool,
}

impl Loader<'_> {
    /// Reads the file in windows.
    pub(super) fn stream(&mut self, window: usize) -> Result<Source, Unusual> {
        let mut text = TextStream::open(self.feed).map_err(|_| Unusual)?;
        self.encoding = text.encoding();
        let mut head = String::new();
        let more = text
            .fill(&mut head, window.min(FIRST))
            .map_err(|_| Unusual)?;
        let first = head.trim_start().as_bytes().first();
        match (first, self.extension().as_deref()) {
            (Some(b'[' | b'{'), _) => {
                let unread = Unread {
                    text: head,
                    stored: self.encoding.bom_len(),
                    more,
                };
                self.json_windows(&mut text, unread, window)?;
            }
            (None | Some(b'<'), _) => return Err(Unusual),
            (_, Some("csv" | "tsv")) => self.csv_windows(&mut text, head, more, window)?,
            _ => return Err(Unusual),
        }
        if text.is_damaged() {
            self.damaged();
        }
        text.finish(self.feed, self.snapshot).map_err(|_| Unusual)
    }

    fn json_windows(
        &mut self,
        text: &mut TextStream,
        mut unread: Unread,
        size: usize,
    ) -> Result<(), Unusual> {
        let size = window_of(self.feed.plain_len(), size);
        let mut cutter = Cutter::new();
        let mut groups: Vec<Reading> = Vec::new();
        let mut page = PageEnd::default();
        let mut seam: Option<(usize, Seam)> = None;
        // The buffer of the window before the last one, for the next one: fresh memory is not free.
        let mut spare = String::new();
        loop {
            if let Some((between, seam)) = list(&cutter, &groups, seam.as_ref()) {
                let name = name_of(&cutter, groups.len().saturating_sub(1), self.name());
                let user = self.user(cutter.context.as_deref(), &name);
                let reading = groups.last_mut().ok_or(Unusual)?;
                let group = (reading, user.as_deref());
                let (left, between) =
                    self.in_turns((text, unread), group, (between, seam), size)?;
                // What is behind the last record is cut exactly.
                cutter.resume(between);
                unread = left;
            }
            let (encoding, id) = (self.encoding, self.id);
            let window = cut_window(text, &mut cutter, unread, (id, encoding))?;
            page.next_link = page.next_link.or_else(|| window.page.next_link.clone());
            page.count = page.count.or(window.page.count);
            if window.last {
                self.read_window(&window, &cutter, &mut groups)?;
                break;
            }
            seam = learn_seam(&window).or(seam);
            let room = std::mem::take(&mut spare);
            let (read, next) = rayon::join(
                || self.read_window(&window, &cutter, &mut groups),
                || {
                    let left = window.text.get(window.consumed..).unwrap_or_default();
                    fill(text, (left, window.next), size, room)
                },
            );
            read?;
            unread = next?;
            spare = window.text;
        }
        self.close(groups, &cutter, page)
    }

    fn read_window(
        &mut self,
        window: &Window,
        cutter: &Cutter,
        groups: &mut Vec<Reading>,
    ) -> Result<(), Unusual> {
        let mut from = 0;
        while let Some((number, ..)) = window.records.get(from) {
            let number = *number;
            let many = window.records[from..]
                .iter()
                .take_while(|(group, ..)| *group == number)
                .count();
            let records: Vec<(Raw, Span)> = window.records[from..from + many]
                .iter()
                .map(|(_, range, span)| {
                    let text = window.text.get(range.clone()).unwrap_or_default();
                    let raw = Raw {
                        at: range.start,
                        text,
                    };
                    (raw, *span)
                })
                .collect();
            from += many;
            let name = name_of(cutter, number, self.name());
            let user = self.user(cutter.context.as_deref(), &name);
            if groups.len() == number {
                let keys = sample_keys(records.iter().take(SAMPLE).map(|(raw, _)| raw.text));
                let (first, span) = records[0];
                // What an unknown object is, the exact way tells.
                let begun = self.begin(&keys, &name, span, first.text).ok_or(Unusual)?;
                groups.push(begun.of_one_kind(&name));
            }
            let reading = groups.get_mut(number).ok_or(Unusual)?;
            self.read(reading, user.as_deref(), &Cut::Json(records));
            if Self::has_bad(reading) {
                return Err(Unusual);
            }
        }
        Ok(())
    }

    fn close(
        &mut self,
        groups: Vec<Reading>,
        cutter: &Cutter,
        mut page: PageEnd,
    ) -> Result<(), Unusual> {
        // What a list without records stands for, the exact way tells.
        if cutter.groups.len() > groups.len() {
            return Err(Unusual);
        }
        for reading in groups {
            self.end(reading);
        }
        if cutter.pages > 0 {
            page.context.clone_from(&cutter.context);
            page.records = self.loaded.parts.last().map_or(0, |part| part.records);
            self.page(None, page);
        }
        Ok(())
    }

    fn csv_windows(
        &mut self,
        text: &mut TextStream,
        mut window: String,
        mut more: bool,
        least: usize,
    ) -> Result<(), Unusual> {
        let (shape, mut from) = csv_shape(&window).ok_or(Unusual)?;
        // Of a header that fills all there is, more may follow.
        if more && from >= window.len() {
            return Err(Unusual);
        }
        let keys: BTreeSet<String> = shape.header.iter().cloned().collect();
        let mut reading: Option<Reading> = None;
        let mut base = self.encoding.bom_len();
        loop {
            let (mut pieces, mut end) = cut(&window, from, &shape).ok_or(Unusual)?;
            if !more {
                pieces.extend(window.get(end..).filter(|rest| !rest.is_empty()));
                end = window.len();
            }
            if end > from || !more {
                let mut offsets = StoredOffsets::behind(&window, self.encoding, base);
                let table = self.table(&shape, placed(pieces, from, &mut offsets));
                base = offsets.of(end);
                let reading = match &mut reading {
                    Some(reading) => reading,
                    none => {
                        let first = table.first_row().ok_or(Unusual)?;
                        let begun = self.begin(&keys, self.name(), first, "").ok_or(Unusual)?;
                        none.insert(begun)
                    }
                };
                let user = self.user(None, self.name());
                self.read(reading, user.as_deref(), &Cut::Csv(table));
                if Self::cut_off(reading).is_some() {
                    return Err(Unusual);
                }
                window.drain(..end);
                from = 0;
            }
            if !more {
                break;
            }
            let size = least.max(window.len() * 2);
            if size > LARGEST {
                return Err(Unusual);
            }
            more = text.fill(&mut window, size).map_err(|_| Unusual)?;
        }
        self.loaded.file.csv = Some(shape);
        self.end(reading.ok_or(Unusual)?);
        Ok(())
    }
}

/// What may come next, and what stands between records, where the cutter is within a list of which the kind is known.
fn list<'s>(
    cutter: &Cutter,
    groups: &[Reading],
    seam: Option<&'s (usize, Seam)>,
) -> Option<(Between, &'s Seam)> {
    let (group, seam) = seam?;
    let between = cutter.between()?;
    let reading = groups.last()?;
    let is_last = group + 1 == groups.len() && groups.len() == cutter.groups.len();
    (is_last && Records::have(reading.kind)).then_some((between, seam))
}

/// What stands between two records of the last group of a window.
fn learn_seam(window: &Window) -> Option<(usize, Seam)> {
    let [.., (one_group, one, _), (group, two, _)] = window.records.as_slice() else {
        return None;
    };
    (one_group == group).then_some(())?;
    Some((*group, Seam::learn(&window.text, one, two)?))
}

/// Text that is left over and where it begins in the source, and more behind it.
fn fill(
    text: &mut TextStream,
    (left, stored): (&str, u64),
    size: usize,
    room: String,
) -> Result<Unread, Unusual> {
    let size = size.max(left.len() * 2);
    let mut whole = room;
    whole.clear();
    whole.reserve(size);
    whole.push_str(left);
    let more = text.fill(&mut whole, size).map_err(|_| Unusual)?;
    Ok(Unread {
        text: whole,
        stored,
        more,
    })
}

/// Cuts a window; it grows until it holds a whole record, and enough of a new group to tell its kind.
fn cut_window(
    text: &mut TextStream,
    cutter: &mut Cutter,
    unread: Unread,
    (id, encoding): (SourceId, Encoding),
) -> Result<Window, Unusual> {
    let Unread {
        text: mut head,
        stored,
        mut more,
    } = unread;
    let before = cutter.clone();
    let cuts = loop {
        let cuts = cutter.cut(&head, !more)?;
        let newest = cutter.groups.len();
        let of_newest = cuts
            .records
            .iter()
            .filter(|(group, _)| group + 1 == newest)
            .count();
        let too_few = newest > before.groups.len() && cutter.open && of_newest < SAMPLE;
        if !more || (cuts.consumed > 0 && !too_few) {
            break cuts;
        }
        let size = head.len() * 2;
        if size > LARGEST {
            return Err(Unusual);
        }
        *cutter = before.clone();
        more = text.fill(&mut head, size).map_err(|_| Unusual)?;
    };
    let mut offsets = StoredOffsets::behind(&head, encoding, stored);
    let mut span = |range: &Range<usize>| {
        let start = offsets.of(range.start);
        let end = offsets.of(range.end);
        Span {
            source: id,
            start,
            len: u32::try_from(end - start).unwrap_or(u32::MAX),
        }
    };
    let records = cuts
        .records
        .into_iter()
        .map(|(group, range)| {
            let span = span(&range);
            (group, range, span)
        })
        .collect();
    let page = PageEnd {
        next_link: cuts.next_link.as_ref().map(|range| {
            let link = head.get(range.clone()).unwrap_or_default();
            Link::new(link, span(range))
        }),
        count: cuts.count.as_ref().and_then(|range| {
            let count = count_of(head.get(range.clone())?)?;
            Some((count, span(range)))
        }),
        ..PageEnd::default()
    };
    let next = offsets.of(cuts.consumed);
    Ok(Window {
        text: head,
        records,
        consumed: cuts.consumed,
        next,
        page,
        last: !more,
    })
}

fn name_of(cutter: &Cutter, group: usize, file: &str) -> String {
    match cutter.groups.get(group) {
        Some(name) if !name.is_empty() => name.clone(),
        _ => file.to_owned(),
    }
}
