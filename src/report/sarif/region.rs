//! Places as SARIF wants them: paths as URIs, and regions with lines, columns and bytes.
//!
//! A path below the working directory becomes a reference relative to `SRCROOT`; an absolute one a `file` URI. A path
//! with `..` stays relative but names no base, because what it is relative to is not below one.

use std::borrow::Cow;
use std::fmt::Write;

use super::model::{ArtifactLocation, Message, PhysicalLocation, Place, Region};
use super::text::message;
use crate::finding::Location;
use crate::report::Report;
use crate::source::{Source, SourceId};

/// Name of the folder that relative URIs start from.
const ROOT: &str = "SRCROOT";

/// The sources as one run names them: made once, because every place of every finding names one.
pub(super) struct Artifacts(Vec<Entry>);

struct Entry {
    uri: String,
    below_root: bool,
    index: Option<usize>,
}

impl Artifacts {
    /// Numbers the sources of a snapshot in their order.
    pub(super) fn of(report: &Report, snapshot: u32) -> Self {
        let mut next = 0..;
        let entry = |(_, source): (SourceId, &Source)| {
            let (uri, below_root) = uri(&source.path);
            Entry {
                uri,
                below_root,
                index: (source.snapshot == snapshot).then(|| next.next()).flatten(),
            }
        };
        Self(report.sources.iter().map(entry).collect())
    }

    /// Location of a source as an artifact.
    pub(super) fn location(&self, source: SourceId) -> ArtifactLocation<'_> {
        let entry = &self.0[source.0 as usize];
        ArtifactLocation {
            uri: &entry.uri,
            uri_base_id: entry.below_root.then_some(ROOT),
            index: entry.index,
        }
    }

    /// A place whose label is said at the region.
    pub(super) fn primary<'a>(&'a self, location: &'a Location) -> Place<'a> {
        let region = Region {
            message: label(location),
            ..region(location)
        };
        self.place(location, region)
    }

    /// A place that a message links to; its label is said at the location.
    pub(super) fn related<'a>(&'a self, location: &'a Location, id: usize) -> Place<'a> {
        Place {
            id: Some(id),
            message: label(location),
            ..self.place(location, region(location))
        }
    }

    fn place<'a>(&'a self, location: &Location, region: Region<'a>) -> Place<'a> {
        Place {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: self.location(location.span.source),
                region,
            },
            logical_locations: None,
            message: None,
        }
    }
}

/// What a link to the place says: its label, else where it is.
pub(super) fn link_text<'a>(report: &Report, location: &'a Location) -> Cow<'a, str> {
    if location.label.is_empty() {
        format!("{}:{}", report.path_of(location), location.start.line).into()
    } else {
        Cow::Borrowed(&location.label)
    }
}

fn label(location: &Location) -> Option<Message<'_>> {
    (!location.label.is_empty()).then(|| message(&location.label))
}

fn region<'a>(location: &Location) -> Region<'a> {
    Region {
        start_line: location.start.line,
        start_column: location.start.column,
        end_line: location.end.line,
        end_column: location.end.column,
        byte_offset: location.span.start,
        byte_length: location.span.len,
        message: None,
    }
}

/// The URI of a path as shown, and whether it is relative to the root.
fn uri(path: &str) -> (String, bool) {
    // Windows spells long paths `\\?\C:\…` and `\\?\UNC\server\share\…`.
    if let Some(share) = path.strip_prefix("//?/UNC/") {
        return (format!("file://{}", encoded(share)), false);
    }
    let path = path.strip_prefix("//?/").unwrap_or(path);
    if let Some(share) = path.strip_prefix("//") {
        return (format!("file://{}", encoded(share)), false);
    }
    if let Some(absolute) = path.strip_prefix('/') {
        return (format!("file:///{}", encoded(absolute)), false);
    }
    if let [letter, b':', b'/', ..] = path.as_bytes()
        && letter.is_ascii_alphabetic()
    {
        let uri = format!("file:///{}:/{}", char::from(*letter), encoded(&path[3..]));
        return (uri, false);
    }
    (
        encoded(path),
        !path.split('/').any(|segment| segment == ".."),
    )
}

/// Percent-encodes a path; everything but unreserved characters and the `!` of archive members, so that no reader can
/// take a part of a name for syntax.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for segment in path
        .split('/')
        .filter(|segment| !segment.is_empty() && *segment != ".")
    {
        if !uri.is_empty() {
            uri.push('/');
        }
        for byte in segment.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'!' => {
                    uri.push(char::from(byte));
                }
                _ => {
                    let _ = write!(uri, "%{byte:02X}");
                }
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        for (path, expected, below_root) in [
            ("contoso/a.json", "contoso/a.json", true),
            (
                "./contoso//export (3).json",
                "contoso/export%20%283%29.json",
                true,
            ),
            ("a.zip!/b.json", "a.zip!/b.json", true),
            ("a:b/c?d#e%f.json", "a%3Ab/c%3Fd%23e%25f.json", true),
            ("é/\u{1b}\\\".json", "%C3%A9/%1B%5C%22.json", true),
            ("../other/a.json", "../other/a.json", false),
            ("..a/b..json", "..a/b..json", true),
            (
                "/srv/ex ports/a.json",
                "file:///srv/ex%20ports/a.json",
                false,
            ),
            ("C:/Exports/a.json", "file:///C:/Exports/a.json", false),
            ("//?/C:/Exports/a.json", "file:///C:/Exports/a.json", false),
            ("//server/share/a.json", "file://server/share/a.json", false),
            (
                "//?/UNC/server/share/a.json",
                "file://server/share/a.json",
                false,
            ),
        ] {
            assert_eq!(uri(path), (expected.to_owned(), below_root), "{path}");
        }
    }
}
