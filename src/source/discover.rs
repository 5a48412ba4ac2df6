//! Which files make up the snapshots that a command line names.

use std::path::{Path, PathBuf};

/// How many folders deep a snapshot is searched: deeper means a loop of links, not an export.
const DEPTH: usize = 32;

/// One snapshot as found on disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The folder, or the first of the bare files.
    pub path: PathBuf,
    /// Its files, sorted, hidden ones left out.
    pub files: Vec<PathBuf>,
}

/// A path of the command line that is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// Nothing is there, or it may not be read.
    #[error("cannot read `{}`: {reason}", path.display())]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
}

/// Each folder is one snapshot; bare files on one command line form one snapshot together.
///
/// # Errors
/// When a path does not exist or a folder cannot be listed.
pub fn discover(paths: &[PathBuf]) -> Result<Vec<Found>, DiscoverError> {
    let mut found: Vec<Found> = Vec::new();
    let mut bare: Option<usize> = None;
    for path in paths {
        let kind = std::fs::metadata(path).map_err(|reason| unreadable(path, reason))?;
        if kind.is_dir() {
            let mut files = Vec::new();
            list(path, DEPTH, &mut files)?;
            files.sort();
            found.push(Found {
                path: path.clone(),
                files,
            });
        } else if let Some(index) = bare {
            found[index].files.push(path.clone());
        } else {
            bare = Some(found.len());
            found.push(Found {
                path: path.clone(),
                files: vec![path.clone()],
            });
        }
    }
    if let Some(index) = bare {
        found[index].files.sort();
        found[index].files.dedup();
    }
    Ok(found)
}

fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), DiscoverError> {
    let entries = std::fs::read_dir(folder).map_err(|reason| unreadable(folder, reason))?;
    for entry in entries {
        let entry = entry.map_err(|reason| unreadable(folder, reason))?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        // A linked file is an export like any other; a linked folder could lead back here.
        let kind = entry
            .file_type()
            .map_err(|reason| unreadable(&path, reason))?;
        if kind.is_dir() {
            if depth > 0 {
                list(&path, depth - 1, files)?;
            }
        } else if kind.is_file() || path.is_file() {
            files.push(path);
        }
    }
    Ok(())
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

        let found = discover(&[y.clone(), tenant.clone(), x.clone()]).unwrap();
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
    fn a_missing_path_is_named() {
        let error = discover(&[PathBuf::from("no/such/tenant")]).unwrap_err();
        assert!(error.to_string().contains("no/such/tenant"), "{error}");
    }
}
