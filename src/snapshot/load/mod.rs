//! Loading one snapshot: its files in parallel, then what they say together about kinds, completeness and time.

mod completeness;
mod file;
mod notes;
mod pages;
mod stream;
mod tenants;
#[cfg(test)]
mod tests;
mod time;
mod turns;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rayon::prelude::*;

use super::records::Records;
use super::texts::TextsBuilder;
use super::{Export, ExportKind, Incomplete, Snapshot};
use crate::source::{Budget, Feed, SourceId, Sources};

use completeness::judge_completeness;
use file::{Loader, Part, have_twins};
use pages::Pages;
use tenants::judge_tenants;
use time::now;

/// One file to load; of an archive, all its members.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file on disk.
    File {
        /// Where it is.
        path: PathBuf,
        /// How its path is shown.
        shown: String,
    },
    /// An example or a test: a name and a text.
    Memory {
        /// How its path is shown.
        shown: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// Something that is there and not read, which the report has to say.
    LeftOut {
        /// How its path is shown.
        shown: String,
        /// Why it is not read.
        why: String,
    },
}

impl Input {
    fn feeds(self) -> Vec<Feed> {
        match self {
            Self::File { path, shown } => Feed::of_file(&path, &shown),
            Self::Memory { shown, bytes } => Feed::of_bytes(&bytes, &shown),
            Self::LeftOut { shown, why } => vec![Feed::of_left_out(shown, why)],
        }
    }
}

/// Bytes of text that are read and cut in one go.
const WINDOW: usize = 1024 * 1024;

/// A snapshot to load.
#[derive(Clone, Debug)]
pub struct Request {
    /// How its path is shown.
    pub path: String,
    /// Its number among those of the run.
    pub index: u32,
    /// Its files.
    pub inputs: Vec<Input>,
}

/// Loads snapshots side by side and adds their files to the sources, in order. Where these are more than their budget
/// allows, they are not read: whoever set the budget asks it.
pub fn load_all(requests: Vec<Request>, sources: &mut Sources) -> Vec<Snapshot> {
    let budget = sources.budget().clone();
    let asked: Vec<Asked> = requests
        .into_par_iter()
        .map(|request| Asked::of(request, &budget))
        .collect();
    // The number of a source does not depend on who is read first.
    let mut next = sources.next().0;
    let firsts: Vec<u32> = asked
        .iter()
        .map(|asked| {
            let first = next;
            next += asked.feeds.len() as u32;
            first
        })
        .collect();
    let loaded: Vec<(Snapshot, Sources)> = asked
        .into_par_iter()
        .zip(firsts)
        .map(|(asked, first)| asked.load(Some(WINDOW), Sources::behind(first, budget.clone())))
        .collect();
    let mut snapshots = Vec::with_capacity(loaded.len());
    for (snapshot, own) in loaded {
        sources.append(own);
        snapshots.push(snapshot);
    }
    snapshots
}

/// Loads one snapshot, as [`load_all`] does.
pub fn load(path: String, index: u32, inputs: Vec<Input>, sources: &mut Sources) -> Snapshot {
    load_by(Some(WINDOW), path, index, inputs, sources)
}

/// As [`load`], in windows of that size; without one, every file is read whole.
pub fn load_by(
    window: Option<usize>,
    path: String,
    index: u32,
    inputs: Vec<Input>,
    sources: &mut Sources,
) -> Snapshot {
    let request = Request {
        path,
        index,
        inputs,
    };
    let budget = sources.budget().clone();
    let own = Sources::behind(sources.next().0, budget.clone());
    let (snapshot, own) = Asked::of(request, &budget).load(window, own);
    sources.append(own);
    snapshot
}

/// A snapshot of which it is known what there is to read.
struct Asked {
    path: String,
    index: u32,
    feeds: Vec<Feed>,
}

impl Asked {
    fn of(request: Request, budget: &Budget) -> Self {
        let feeds = request.inputs.into_iter().flat_map(Input::feeds);
        let feeds: Vec<Feed> = feeds.map(|feed| feed.within(budget)).collect();
        // Nobody waits for gigabytes to be read to learn that they are too many.
        let stored = feeds.iter().map(Feed::plain_len);
        if stored.fold(0, u64::saturating_add) > budget.limit() {
            budget.exceed();
        }
        Self {
            path: request.path,
            index: request.index,
            feeds,
        }
    }

    /// Reads it; its files become the sources.
    fn load(self, window: Option<usize>, mut sources: Sources) -> (Snapshot, Sources) {
        let Self { path, index, feeds } = self;
        let texts = TextsBuilder::default();
        let first = sources.next().0;
        let twins = have_twins(&feeds);
        let mut opened: Vec<_> = feeds.iter().zip(twins).zip(first..).collect();
        // The largest first: nobody waits for the one that was begun last.
        opened.sort_by_cached_key(|((feed, _), _)| std::cmp::Reverse(feed.stored_len()));
        let mut opened: Vec<_> = opened
            .into_par_iter()
            .with_max_len(1)
            .map(|((feed, has_twin), id)| {
                let id = SourceId(id);
                let (source, file) = Loader::load(&texts, id, feed, (index, window), has_twin);
                (id, source, file)
            })
            .collect();
        opened.sort_unstable_by_key(|(id, ..)| *id);
        let mut modified = None;
        let mut loaded = Vec::with_capacity(opened.len());
        for (_, source, file) in opened {
            modified = modified.max(source.modified);
            sources.add(source);
            loaded.push(file);
        }

        let mut snapshot = Snapshot {
            path,
            index,
            exports: BTreeMap::new(),
            records: Records::default(),
            texts: TextsBuilder::default().finish(Vec::new()),
            files: Vec::new(),
            problems: Vec::new(),
            now: None,
            owner: None,
        };
        let mut arenas = Vec::new();
        let mut pages: BTreeMap<ExportKind, Pages> = BTreeMap::new();
        let mut files: BTreeMap<ExportKind, Vec<u64>> = BTreeMap::new();
        let mut owners = Vec::new();
        let mut lost = Vec::new();
        for file in loaded {
            owners.extend(file.tenants);
            lost.extend(file.lost);
            for mut part in file.parts {
                let ends = part.pages.drain(..).map(|page| (file.file.source, page));
                pages.entry(part.kind).or_default().extend(ends);
                files.entry(part.kind).or_default().push(part.records);
                note_export(&mut snapshot, file.file.source, part);
            }
            snapshot.records.append(file.records);
            snapshot.problems.extend(file.problems);
            snapshot.files.push(file.file);
            arenas.extend(file.arenas);
        }
        for (kind, why) in lost {
            if let Some(export) = snapshot.exports.get_mut(&kind) {
                export.incomplete = Some(Incomplete { proven: true, why });
            }
        }
        snapshot.texts = texts.finish(arenas);
        judge_tenants(&mut snapshot, &owners);
        judge_completeness(&mut snapshot, &pages, &files, &sources);
        snapshot.now = now(&mut snapshot, modified);
        (snapshot, sources)
    }
}

fn note_export(snapshot: &mut Snapshot, source: SourceId, part: Part) {
    let export = snapshot.exports.entry(part.kind).or_insert_with(|| Export {
        records: 0,
        properties: BTreeSet::new(),
        lost: BTreeMap::new(),
        readable: BTreeSet::new(),
        source,
        incomplete: None,
    });
    export.records += part.records;
    export.properties.extend(part.keys);
    export.lost.extend(part.lost);
    export.readable.extend(part.readable);
    if let Some(incomplete) = part.incomplete
        && !export.incomplete.as_ref().is_some_and(|known| known.proven)
    {
        export.incomplete = Some(incomplete);
    }
}
