//! Which project file is obeyed where the command line names none.
//!
//! A snapshot is made by others: whoever stands inside one must not be governed by what lies in it.

use std::path::{Path, PathBuf};

use super::judging::shown;
use crate::report::for_terminal;

/// Name of the project file.
const NAME: &str = "tenantlint.toml";

/// What was looked for from a folder upwards.
#[derive(PartialEq, Eq, Default, Debug)]
pub(super) struct Search {
    /// The file that is obeyed.
    pub(super) file: Option<PathBuf>,
    /// One that is nearer, and lies inside a snapshot.
    pub(super) passed_over: Option<PathBuf>,
}

impl Search {
    /// Looks in a folder and in those above it, and passes over what lies inside the snapshots at these paths.
    pub(super) fn from(here: &Path, snapshots: &[&Path]) -> Self {
        let inside: Vec<Inside> = snapshots
            .iter()
            .filter_map(|path| Inside::of(path))
            .collect();
        let mut search = Self::default();
        for folder in here.ancestors() {
            let file = folder.join(NAME);
            if !file.is_file() {
                continue;
            }
            let real = folder.canonicalize().ok();
            if real.is_some_and(|real| inside.iter().any(|one| one.holds(&real))) {
                search.passed_over.get_or_insert(file);
            } else {
                search.file = Some(file);
                break;
            }
        }
        search
    }

    /// That a file is not obeyed, and what to type where it should be.
    pub(super) fn warning(&self) -> Option<String> {
        let path = shown(self.passed_over.as_ref()?);
        let path = for_terminal(&path);
        Some(format!(
            "warning: `{path}` lies inside a snapshot that is read, so it is not obeyed\n  \
             help: name it if it is yours: `--config {path}`"
        ))
    }
}

/// Where a project file counts as part of a snapshot.
enum Inside {
    /// In this folder and all below it.
    Below(PathBuf),
    /// In this folder, where bare exports lie.
    Beside(PathBuf),
}

impl Inside {
    /// `None` for what has no folder of its own: an archive, or nothing that is there.
    fn of(snapshot: &Path) -> Option<Self> {
        let real = snapshot.canonicalize().ok()?;
        if real.is_dir() {
            return Some(Self::Below(real));
        }
        let extension = real.extension().unwrap_or_default();
        let is_archive = extension.eq_ignore_ascii_case("zip");
        let folder = real.parent().filter(|_| !is_archive)?;
        Some(Self::Beside(folder.to_owned()))
    }

    fn holds(&self, folder: &Path) -> bool {
        match self {
            Self::Below(root) => folder.starts_with(root),
            Self::Beside(own) => folder == own,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_inside_a_snapshot_is_passed_over_for_one_above_it() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        std::fs::create_dir_all(path("project/export/plans")).unwrap();
        for file in [
            "project/export/users.json",
            "project/export/all.zip",
            "project/export/tenantlint.toml",
            "project/tenantlint.toml",
        ] {
            std::fs::write(path(file), "").unwrap();
        }
        let search = |here: &str, snapshot: &str| {
            let found = Search::from(&path(here), &[&path(snapshot)]);
            let name = |file: Option<PathBuf>| {
                let below = file?.strip_prefix(place.path()).unwrap().to_owned();
                Some(shown(&below))
            };
            (name(found.file), name(found.passed_over))
        };
        let own = || Some("project/tenantlint.toml".to_owned());
        let strange = || Some("project/export/tenantlint.toml".to_owned());
        assert_eq!(search("project", "project/export"), (own(), None));
        for (here, snapshot) in [
            ("project/export", "project/export"),
            ("project/export/plans", "project/export"),
            ("project/export", "project/export/users.json"),
            ("project/export", "project/export/plans/.."),
        ] {
            let found = search(here, snapshot);
            assert_eq!(found, (own(), strange()), "{here} {snapshot}");
        }
        assert_eq!(
            search("project/export", "project/export/all.zip"),
            (strange(), None)
        );
        assert_eq!(search("project/export", "nowhere"), (strange(), None));
        let above = search("project/export", "project");
        assert_eq!(above, (None, strange()));
    }
}
