//! Paths: folders are called after customers, and so are archives.

use super::Redactor;
use super::public;

impl Redactor<'_> {
    /// A path as shown: names of exports stay, and endings.
    pub(super) fn path(&self, path: &str) -> String {
        let parts = path.split('/').map(|part| self.path_part(part));
        parts.collect::<Vec<_>>().join("/")
    }

    /// A path of this run, alone or with line and column behind it.
    pub(super) fn path_with_place(&self, text: &str) -> Option<String> {
        let end = text.trim_end_matches(|one: char| one == ':' || one.is_ascii_digit());
        [text, end]
            .into_iter()
            .find(|path| self.paths.contains(*path))
            .map(|path| self.path(path) + &text[path.len()..])
    }

    fn path_part(&self, part: &str) -> String {
        // Members of an archive stand behind `!`.
        let (name, mark) = match part.strip_suffix('!') {
            Some(name) => (name, "!"),
            None => (part, ""),
        };
        let is_drive = name.len() == 2 && name.ends_with(':');
        if matches!(name, "" | "." | ".." | "?") || is_drive {
            return part.to_owned();
        }
        let mut stem = name;
        while let Some((before, ending)) = stem.rsplit_once('.')
            && public::is_file_ending(ending)
            && !before.is_empty()
        {
            stem = before;
        }
        let new = if self.vocabulary.contains(stem) {
            self.key.name(stem)
        } else {
            self.key.stem(stem)
        };
        format!("{new}{}{mark}", &name[stem.len()..])
    }
}
