//! Keeps what a run writes apart from what it reads, and each file that it writes from the others.
//!
//! A report takes the place of what was there: an export must not be that, nor another report of the same run. Pipes and
//! devices hold nothing that could be lost.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::Output;
use super::judging::shown;
use crate::report::for_terminal;
use crate::source::Found;

/// A file that a run names, and what it is to the run.
pub(super) type Named<'a> = (&'a Path, What);

/// What a file is to a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// An export, or an archive of exports.
    Export,
    /// The project file.
    ProjectFile,
    /// Known findings; a run may write what it has read.
    Baseline,
    /// The key of pseudonyms.
    Key,
    /// Planned changes.
    Plan,
    /// What the run found out.
    Report,
    /// What is to be typed.
    Script,
}

impl What {
    fn words(self) -> &'static str {
        match self {
            Self::Export => "an export",
            Self::ProjectFile => "the project file",
            Self::Baseline => "the baseline",
            Self::Key => "the key of the pseudonyms",
            Self::Plan => "a plan",
            Self::Report => "the report",
            Self::Script => "the script",
        }
    }
}

/// The files of the reports that are wanted.
pub(super) fn reports(output: &Output) -> impl Iterator<Item = Named<'_>> {
    let further = output.report.iter().map(|report| report.file.as_path());
    output
        .to_file()
        .into_iter()
        .chain(further)
        .map(|path| (path, What::Report))
}

/// What is read to make reports, beside the exports.
pub(super) fn read_with<'a>(
    output: &'a Output,
    project_file: Option<&'a Path>,
) -> impl Iterator<Item = Named<'a>> {
    let key = output.redact_key_file.as_deref();
    let key = key.map(|path| (path, What::Key));
    key.into_iter()
        .chain(project_file.map(|path| (path, What::ProjectFile)))
}

/// The files of some snapshots.
pub(super) fn exports(found: &[Found]) -> impl Iterator<Item = Named<'_>> {
    let files = found.iter().flat_map(|one| &one.files);
    files.map(|path| (path.as_path(), What::Export))
}

/// Refuses to write a file where another one is written, or where one lies that is read.
pub(super) fn keep_apart<'a>(
    written: impl Iterator<Item = Named<'a>>,
    read: impl Iterator<Item = Named<'a>>,
) -> Result<(), String> {
    let mut places: BTreeMap<PathBuf, Named> = BTreeMap::new();
    for (path, what) in written {
        let is_special = path.metadata().is_ok_and(|known| !known.is_file());
        let Some(place) = real(path).filter(|_| !is_special) else {
            continue;
        };
        if let Some((_, other)) = places.insert(place, (path, what)) {
            let file = shown(path);
            let file = for_terminal(&file);
            let both = match what {
                What::Report if what == other => "two reports".to_owned(),
                What::Script if what == other => "two scripts".to_owned(),
                _ => format!("{} and {}", other.words(), what.words()),
            };
            return Err(format!(
                "error: {both} are to be written into `{file}`: give each a file of its own"
            ));
        }
    }
    // What is not there yet is not read either.
    places.retain(|place, _| place.exists());
    if places.is_empty() {
        return Ok(());
    }
    for (path, what) in read {
        let place = path.canonicalize().ok();
        let Some((file, written)) = place.and_then(|place| places.get(&place)) else {
            continue;
        };
        if *written != what {
            let file = shown(file);
            let (file, read, written) = (for_terminal(&file), what.words(), written.words());
            return Err(format!(
                "error: `{file}` is {read} that this run reads: write {written} into another file"
            ));
        }
    }
    Ok(())
}

/// Where a file is, or would be, whatever links lead there.
pub(super) fn real(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let known = path.canonicalize().ok();
    known.or_else(|| Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?)))
}
