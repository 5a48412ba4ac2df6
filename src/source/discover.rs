//! Which files make up the snapshots that a command line names.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Encoding, Feed};

/// How many folders deep a snapshot is searched: deeper lies no export.
const DEPTH: usize = 32;

/// The folder of a snapshot in which planned changes are kept beside the exports: they are no exports.
const PLANS: &str = "plans";

/// How much of a bare file tells whether it is a bundle, in bytes: a note of its script may stand first.
const HEAD: u64 = 64 * 1024;

/// One snapshot as found on disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The folder, archive or bundle, or the first of the bare files.
    pub path: PathBuf,
    /// Its files, sorted, hidden ones left out.
    pub files: Vec<PathBuf>,
    /// What is in it and is not read, sorted.
    pub left_out: Vec<LeftOut>,
    /// Why it is no snapshot that can be read, where it is none; then it has no files.
    pub fault: Option<String>,
}

/// Something in a folder that may hold exports and is not read.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LeftOut {
    /// Where it is.
    pub path: PathBuf,
    /// Why it is not read.
    pub why: String,
}

impl Found {
    /// A snapshot that begins at a path.
    fn at(path: &Path, files: Vec<PathBuf>) -> Self {
        Self {
            path: path.to_owned(),
            files,
            left_out: Vec::new(),
            fault: None,
        }
    }

    /// A path that is no snapshot.
    fn no_snapshot(path: &Path, error: &DiscoverError) -> Self {
        Self {
            fault: Some(error.to_string()),
            ..Self::at(path, Vec::new())
        }
    }
}

/// Why a path of the command line is no snapshot.
#[derive(Debug, thiserror::Error)]
enum DiscoverError {
    /// Nothing is there, or it may not be read.
    #[error("cannot read `{}`: {reason}", path.display())]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A pipe or a device: exports are read more than once.
    #[error("`{}` is neither a file nor a folder: write what it holds into a file", path.display())]
    Special {
        /// The path as given.
        path: PathBuf,
    },
}

/// Each folder, zip archive or bundle is one snapshot; bare files on one command line form one snapshot together.
/// `is_bundle` says of the first bytes of a bare file whether it holds a whole tenant. A path that does not exist, or a
/// folder that cannot be listed, is a snapshot with a fault: the others can be checked all the same.
pub fn discover(paths: &[PathBuf], is_bundle: impl Fn(&str) -> bool) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut bare: Option<(usize, Found)> = None;
    for path in paths {
        match (snapshot_at(path, &is_bundle), &mut bare) {
            (Ok(Some(one)), _) => found.push(one),
            (Ok(None), Some((_, bare))) => bare.files.push(path.clone()),
            (Ok(None), None) => {
                bare = Some((found.len(), Found::at(path, vec![path.clone()])));
            }
            (Err(error), _) => found.push(Found::no_snapshot(path, &error)),
        }
    }
    if let Some((place, mut bare)) = bare {
        bare.files.sort();
        bare.files.dedup();
        found.insert(place, bare);
    }
    found
}

/// The snapshot that a path is by itself; `None` for a bare file.
fn snapshot_at(
    path: &Path,
    is_bundle: &impl Fn(&str) -> bool,
) -> Result<Option<Found>, DiscoverError> {
    let kind = std::fs::metadata(path).map_err(|reason| unreadable(path, reason))?;
    if kind.is_dir() {
        let mut one = Found::at(path, Vec::new());
        list(path, DEPTH, &mut one)?;
        one.files.sort();
        one.left_out.sort();
        return Ok(Some(one));
    }
    if !kind.is_file() {
        let path = path.to_owned();
        return Err(DiscoverError::Special { path });
    }
    let is_alone = is_alone(path, is_bundle).map_err(|reason| unreadable(path, reason))?;
    Ok(is_alone.then(|| Found::at(path, vec![path.to_owned()])))
}

/// Whether a bare file is a snapshot by itself.
fn is_alone(path: &Path, is_bundle: &impl Fn(&str) -> bool) -> std::io::Result<bool> {
    let extension = path.extension().unwrap_or_default();
    if extension.eq_ignore_ascii_case("zip") {
        return Ok(true);
    }
    let Some(feed) = Feed::of_file(path, &path.to_string_lossy()).pop() else {
        return Ok(false);
    };
    let mut head = Vec::new();
    let unpacked = feed.open().and_then(|opened| {
        let mut first = opened.read.take(HEAD);
        first.read_to_end(&mut head)
    });
    // What is damaged says so when all of it is read.
    if feed.is_packed() {
        unpacked.ok();
    } else {
        unpacked?;
    }
    let encoding = Encoding::of_head(&head);
    let bom = encoding.bom_len() as usize;
    Ok(is_bundle(&encoding.decode_part(&head[bom..])))
}

fn list(folder: &Path, depth: usize, found: &mut Found) -> Result<(), DiscoverError> {
    let entries = std::fs::read_dir(folder).map_err(|reason| unreadable(folder, reason))?;
    for entry in entries {
        let entry = entry.map_err(|reason| unreadable(folder, reason))?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        let kind = entry
            .file_type()
            .map_err(|reason| unreadable(&path, reason))?;
        // A linked file is an export like any other.
        let target = if kind.is_symlink() {
            std::fs::metadata(&path).map(|target| target.file_type())
        } else {
            Ok(kind)
        };
        let why = match target {
            Ok(target) if target.is_file() => {
                found.files.push(path);
                continue;
            }
            Ok(target) if !target.is_dir() => "it is neither a file nor a folder".to_owned(),
            Ok(_) if kind.is_symlink() => {
                "it is a link to a folder, which could lead back here or out of the snapshot: check that folder itself"
                    .to_owned()
            }
            Ok(_) if depth == 0 => format!("it is more than {DEPTH} folders deep"),
            Ok(_) => {
                let first = found.files.len();
                list(&path, depth - 1, found)?;
                if entry.file_name() == PLANS {
                    let exports = found.files.split_off(first).into_iter();
                    found.files.extend(exports.filter(|file| !is_of_plans(file)));
                }
                continue;
            }
            // A link that leads nowhere, or in a circle: who reads the file says so.
            Err(_) => {
                found.files.push(path);
                continue;
            }
        };
        found.left_out.push(LeftOut { path, why });
    }
    Ok(())
}

/// Whether a member of an archive lies in a folder of plans and is no export.
pub(super) fn is_plan(member: &str) -> bool {
    let mut folders = member.split('/').rev().skip(1);
    folders.any(|folder| folder == PLANS) && is_of_plans(Path::new(member))
}

/// Whether a file in a folder of plans is one, or tells about them: no export is written in these formats, but for CSV,
/// which a folder of plans has for bulk lists.
fn is_of_plans(file: &Path) -> bool {
    let ending = file.extension().unwrap_or_default();
    ["toml", "csv", "tsv", "md", "ps1"]
        .iter()
        .any(|plan| ending.eq_ignore_ascii_case(plan))
}

fn unreadable(path: &Path, reason: std::io::Error) -> DiscoverError {
    DiscoverError::Unreadable {
        path: path.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_snapshots_and_bare_files_form_one() {
        let folder = tempfile::tempdir().unwrap();
        let tenant = folder.path().join("tenant");
        std::fs::create_dir_all(tenant.join("more")).unwrap();
        for name in ["b.json", "a.json", ".hidden.json", "more/c.json"] {
            std::fs::write(tenant.join(name), "[]").unwrap();
        }
        let (x, y) = (folder.path().join("x.json"), folder.path().join("y.json"));
        std::fs::write(&x, "[]").unwrap();
        std::fs::write(&y, "[]").unwrap();

        let found = discover(&[y.clone(), tenant.clone(), x.clone()], |_| false);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].files, [x, y]);
        assert_eq!(
            found[1].files,
            [
                tenant.join("a.json"),
                tenant.join("b.json"),
                tenant.join("more/c.json")
            ]
        );
    }

    #[test]
    fn plans_beside_exports_are_no_exports() {
        let folder = tempfile::tempdir().unwrap();
        let plans = folder.path().join("plans").join("good");
        std::fs::create_dir_all(&plans).unwrap();
        for name in ["a.toml", "b.CSV", "c.json"] {
            std::fs::write(plans.join(name), "[]").unwrap();
        }
        std::fs::write(folder.path().join("numbers.csv"), "").unwrap();
        let found = discover(&[folder.path().to_owned()], |_| false);
        assert_eq!(
            found[0].files,
            [folder.path().join("numbers.csv"), plans.join("c.json")]
        );
    }

    #[test]
    fn archives_and_bundles_are_snapshots_by_themselves() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let (zip, bundle, bare) = (path("t.ZIP"), path("bundle.json"), path("users.json"));
        std::fs::write(&zip, "PK").unwrap();
        std::fs::write(&bundle, "\u{FEFF}{\"users\":").unwrap();
        std::fs::write(&bare, "[]").unwrap();
        let paths = [bundle.clone(), bare.clone(), zip.clone()];
        let found = discover(&paths, |head| head.starts_with("{\"users"));
        let files: Vec<_> = found.into_iter().map(|found| found.files).collect();
        assert_eq!(files, [vec![bundle], vec![bare], vec![zip]]);
    }

    #[test]
    fn a_packed_bundle_is_a_snapshot_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let (bundle, bare, broken) = (path("b.json.gz"), path("u.json.gz"), path("x.json.gz"));
        let gzip = |text: &str| {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut gzip, text.as_bytes()).unwrap();
            gzip.finish().unwrap()
        };
        std::fs::write(&bundle, gzip("{\"users\":")).unwrap();
        std::fs::write(&bare, gzip("[]")).unwrap();
        std::fs::write(&broken, "no gzip").unwrap();
        let paths = [bundle.clone(), bare.clone(), broken.clone()];
        let found = discover(&paths, |head| head.starts_with("{\"users"));
        let files: Vec<_> = found.into_iter().map(|found| found.files).collect();
        assert_eq!(files, [vec![bundle], vec![bare, broken]]);
    }

    #[test]
    fn a_missing_path_is_named_and_leaves_the_others_be() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.json");
        std::fs::write(&file, "[]").unwrap();
        let missing = PathBuf::from("no/such/tenant");
        let paths = [missing.clone(), file.clone(), folder.path().to_owned()];
        let found = discover(&paths, |_| false);
        let paths: Vec<_> = found.iter().map(|one| one.path.clone()).collect();
        assert_eq!(paths, [missing, file.clone(), folder.path().to_owned()]);
        let fault = found[0].fault.as_deref().unwrap();
        assert!(fault.contains("`no/such/tenant`"), "{fault}");
        assert!(found[0].files.is_empty());
        assert_eq!(found[1].files, [file]);
        assert_eq!((&found[1].fault, &found[2].fault), (&None, &None));
    }
}
