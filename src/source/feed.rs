//! What is about to be read: a file, or a member of an archive, and how its bytes come out.
//!
//! Archives are never unpacked to disk, so the paths of their members cannot lead anywhere.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use super::budget::{Budget, Spent};
use super::discover::is_plan;
use super::stored::{Range, Stored};
use super::zstd::Frames;

/// How far a compressed export may expand before it counts as an attack: no text packs better than this.
const EXPANSION: u64 = 500;

/// How much may come out of one file whatever went in; the members of an archive share it.
const EXPANSION_FREE: u64 = 64 * 1024 * 1024;

/// One export file that is about to be read.
#[derive(Clone, Debug)]
pub struct Feed {
    /// How its path is shown; a member of an archive is `a.zip!/b.json`.
    pub path: String,
    way: Way,
    budget: Budget,
    spent: Spent,
}

/// How the bytes come out.
#[derive(Clone, Debug)]
enum Way {
    /// As they are stored.
    Plain(Stored),
    /// Through decoders, the outermost first.
    Packed {
        archive: Stored,
        at: u64,
        len: u64,
        codecs: Vec<Codec>,
        checksum: Option<u32>,
        /// How many bytes may come out.
        most: u64,
    },
    /// Not at all, for this reason.
    Broken(String),
    /// Not at all, and on purpose.
    LeftOut(String),
}

/// A compression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Codec {
    Deflate,
    Gzip,
    Zstd,
}

impl Feed {
    /// What a file on disk holds: itself, or the members of a zip archive in order of name.
    pub fn of_file(path: &Path, shown: &str) -> Vec<Self> {
        Self::of(Stored::on_disk(path), shown)
    }

    /// As [`Feed::of_file`], for bytes in memory: the examples of rule pages, and tests.
    pub fn of_bytes(bytes: &[u8], shown: &str) -> Vec<Self> {
        Self::of(Stored::Memory(Arc::from(bytes)), shown)
    }

    /// What is there and is not read, for this reason.
    pub fn of_left_out(shown: String, reason: String) -> Self {
        Self::new(shown, Way::LeftOut(reason))
    }

    /// Why it is not read, where that is on purpose.
    pub fn left_out(&self) -> Option<&str> {
        match &self.way {
            Way::LeftOut(reason) => Some(reason),
            _ => None,
        }
    }

    /// The same, whose bytes count for a budget.
    #[must_use]
    pub fn within(self, budget: &Budget) -> Self {
        Self {
            budget: budget.clone(),
            ..self
        }
    }

    /// How many bytes are stored that come out as they are; 0 where that is not known before they are read.
    pub fn plain_len(&self) -> u64 {
        match &self.way {
            Way::Plain(stored) => stored.len().unwrap_or(0),
            _ => 0,
        }
    }

    /// How many bytes are stored, packed or not; 0 where there are none to read.
    pub fn stored_len(&self) -> u64 {
        match &self.way {
            Way::Plain(stored) => stored.len().unwrap_or(0),
            Way::Packed { len, .. } => *len,
            Way::Broken(_) | Way::LeftOut(_) => 0,
        }
    }

    /// Whether its bytes come out of a compression or an archive.
    pub(super) fn is_packed(&self) -> bool {
        !matches!(self.way, Way::Plain(_))
    }

    fn new(path: String, way: Way) -> Self {
        Self {
            path,
            way,
            budget: Budget::default(),
            spent: Spent::default(),
        }
    }

    fn of(stored: Stored, shown: &str) -> Vec<Self> {
        if has_extension(shown, "zip") {
            return members(&stored, shown)
                .unwrap_or_else(|reason| vec![Self::new(shown.to_owned(), Way::Broken(reason))]);
        }
        let way = match codec_of(shown) {
            None => Way::Plain(stored),
            Some(codec) => match stored.len() {
                Err(error) => Way::Broken(error.to_string()),
                Ok(len) => Way::Packed {
                    archive: stored,
                    at: 0,
                    len,
                    codecs: vec![codec],
                    checksum: None,
                    most: EXPANSION_FREE.max(len.saturating_mul(EXPANSION)),
                },
            },
        };
        vec![Self::new(shown.to_owned(), way)]
    }

    /// Opens it from the front.
    pub(super) fn open(&self) -> io::Result<Opened> {
        match &self.way {
            Way::Plain(stored) => {
                let range = stored.range(0, u64::MAX)?;
                Ok(Opened {
                    stored: Some(stored.pinned_to(&range)),
                    watched: range.clone(),
                    read: range.into_reader(),
                    most: u64::MAX,
                    checksum: None,
                    budget: self.budget.clone(),
                    spent: self.spent.clone(),
                })
            }
            Way::Packed {
                archive,
                at,
                len,
                codecs,
                checksum,
                most,
            } => {
                let range = archive.range(*at, *len)?;
                let watched = range.clone();
                let mut read: Box<dyn Read + Send> = Box::new(range);
                for codec in codecs {
                    read = match codec {
                        Codec::Deflate => Box::new(flate2::read::DeflateDecoder::new(read)),
                        Codec::Gzip => Box::new(flate2::read::MultiGzDecoder::new(read)),
                        Codec::Zstd => Box::new(Frames::of(read)),
                    };
                }
                Ok(Opened {
                    read,
                    watched,
                    stored: None,
                    most: *most,
                    checksum: *checksum,
                    budget: self.budget.clone(),
                    spent: self.spent.clone(),
                })
            }
            Way::Broken(reason) | Way::LeftOut(reason) => Err(io::Error::other(reason.clone())),
        }
    }

    /// When the file that holds it was last written, in milliseconds since 1970, where the system tells.
    pub(super) fn modified(&self) -> Option<i64> {
        match &self.way {
            Way::Plain(stored)
            | Way::Packed {
                archive: stored, ..
            } => stored.modified(),
            Way::Broken(_) | Way::LeftOut(_) => None,
        }
    }
}

/// An opened [`Feed`].
pub(super) struct Opened {
    /// Its bytes, unpacked.
    pub(super) read: Box<dyn Read + Send>,
    /// Where they can be read again, if they are stored as they are.
    pub(super) stored: Option<Stored>,
    /// The stored bytes that they come from, which have to stay what they are.
    pub(super) watched: Range,
    /// How many there may be.
    pub(super) most: u64,
    /// What all bytes of the run count for.
    pub(super) budget: Budget,
    /// What was read of it so far, this time or before.
    pub(super) spent: Spent,
    /// The CRC-32 that they must have.
    pub(super) checksum: Option<u32>,
}

/// The members of a zip archive; hidden ones and the resource forks of macOS are left out.
fn members(archive: &Stored, shown: &str) -> Result<Vec<Feed>, String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("it is no zip archive: {error}");
    let len = archive.len().map_err(|error| error.to_string())?;
    let range = archive.range(0, len).map_err(|error| error.to_string())?;
    // The members are where its directory says, as long as the archive is the same.
    let archive = &archive.pinned_to(&range);
    let mut zip = zip::ZipArchive::new(range).map_err(|error| unreadable(&error))?;
    // Of two members of one name the directory tells the last alone: nothing would say that the other is missing.
    if zip.has_duplicate_names() {
        return Err(
            "two of its members have the same name, and only one of them could be read: unpack it, and give each a name of its own"
                .to_owned(),
        );
    }
    let mut feeds = Vec::new();
    let mut places = Vec::new();
    let free = EXPANSION_FREE / (zip.len() as u64).max(1);
    for index in 0..zip.len() {
        let member = zip
            .by_index_raw(index)
            .map_err(|error| unreadable(&error))?;
        // `Compress-Archive` of Windows PowerShell writes backslashes.
        let name = match member.name() {
            Ok(name) => name.replace('\\', "/"),
            Err(_) => String::from_utf8_lossy(member.name_raw()).replace('\\', "/"),
        };
        let hidden = name.split('/').any(|part| {
            (part.starts_with('.') && part != "." && part != "..") || part == "__MACOSX"
        });
        let leads_out = name.split('/').any(|part| part == "..");
        if member.is_dir() || name.ends_with('/') || hidden || is_plan(&name) {
            continue;
        }
        let way = if leads_out {
            Way::LeftOut("its name leads out of the archive, as that of no export does".to_owned())
        } else if member.encrypted() {
            Way::Broken("it is encrypted: unpack the archive".to_owned())
        } else if has_extension(&name, "zip") {
            Way::Broken("it is an archive inside an archive: unpack it".to_owned())
        } else {
            let outer = match member.compression() {
                zip::CompressionMethod::Stored => Ok(None),
                zip::CompressionMethod::Deflated => Ok(Some(Codec::Deflate)),
                other => Err(format!(
                    "it is compressed by `{other}`, which is not read: unpack the archive"
                )),
            };
            match (outer, member.data_start()) {
                (Err(reason), _) => Way::Broken(reason),
                (_, None) => Way::Broken("its place in the archive is not told".to_owned()),
                (Ok(outer), Some(at)) => {
                    let packed = member.compressed_size();
                    places.push((at, packed));
                    Way::Packed {
                        archive: archive.clone(),
                        at,
                        len: packed,
                        codecs: outer.into_iter().chain(codec_of(&name)).collect(),
                        // Of a compressed file inside, the checksum is that of the packed bytes.
                        checksum: codec_of(&name).is_none().then(|| member.crc32()),
                        most: free.max(packed.saturating_mul(EXPANSION)),
                    }
                }
            }
        };
        feeds.push(Feed::new(format!("{shown}!/{name}"), way));
    }
    // The same packed bytes under many names: no program writes that, and what comes out of it has no end.
    places.sort_unstable();
    let overlap = |pair: &[(u64, u64)]| pair[0].0.saturating_add(pair[0].1) > pair[1].0;
    if places.windows(2).any(overlap) {
        return Err("its members overlap: it is made to be harmful, and not read".to_owned());
    }
    feeds.sort_by(|one, two| one.path.cmp(&two.path));
    Ok(feeds)
}

fn codec_of(name: &str) -> Option<Codec> {
    if has_extension(name, "gz") {
        Some(Codec::Gzip)
    } else if has_extension(name, "zst") {
        Some(Codec::Zstd)
    } else {
        None
    }
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, end)| end.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::source::{Source, TextStream};

    const JSON: &[u8] = b"[{\"Identity\":\"x\"}]";

    fn archive(members: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in members {
            let options = SimpleFileOptions::default().compression_method(method);
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Path and text of each feed, or why it cannot be read.
    fn read(bytes: &[u8], shown: &str) -> Vec<(String, Result<String, String>)> {
        Feed::of_bytes(bytes, shown)
            .iter()
            .map(|feed| {
                let text = Source::read_whole(feed, 0)
                    .map(|(source, bytes)| {
                        // What is read again is what was read.
                        assert_eq!(source.read(0, bytes.len()).unwrap(), bytes);
                        String::from_utf8(bytes).unwrap()
                    })
                    .map_err(|error| error.to_string());
                (feed.path.clone(), text)
            })
            .collect()
    }

    #[test]
    fn members_of_an_archive_are_read_in_order_of_name() {
        for method in [
            zip::CompressionMethod::Stored,
            zip::CompressionMethod::Deflated,
        ] {
            let bytes = archive(
                &[
                    ("tenant\\users.json", JSON),
                    ("a.json", b"[]"),
                    ("folder/", b""),
                    (".hidden.json", b"[]"),
                    ("__MACOSX/a.json", b"[]"),
                    ("b.json.gz", &gzip(JSON)),
                    // Beside exports, a folder of plans has lists for them.
                    ("tenant/plans/bad/users.csv", b"Identity\n"),
                ],
                method,
            );
            let json = Ok(String::from_utf8(JSON.to_vec()).unwrap());
            assert_eq!(
                read(&bytes, "t.zip"),
                [
                    ("t.zip!/a.json".to_owned(), Ok("[]".to_owned())),
                    ("t.zip!/b.json.gz".to_owned(), json.clone()),
                    ("t.zip!/tenant/users.json".to_owned(), json),
                ]
            );
        }
    }

    #[test]
    fn an_archive_that_another_takes_the_place_of_is_not_read_by_the_old_directory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        let stored = zip::CompressionMethod::Stored;
        std::fs::write(&path, archive(&[("a.json", JSON)], stored)).unwrap();
        let feed = Feed::of_file(&path, "a.zip").remove(0);
        std::fs::write(&path, archive(&[("longer-than-that.json", JSON)], stored)).unwrap();
        let error = Source::read_whole(&feed, 0).unwrap_err().to_string();
        assert!(error.contains("bytes and has"), "{error}");
    }

    #[test]
    fn compressed_files_are_unpacked() {
        let json = Ok(String::from_utf8(JSON.to_vec()).unwrap());
        let zstd =
            ruzstd::encoding::compress_to_vec(JSON, ruzstd::encoding::CompressionLevel::Fastest);
        for (name, bytes) in [("a.json.gz", gzip(JSON)), ("a.json.ZST", zstd)] {
            assert_eq!(read(&bytes, name), [(name.to_owned(), json.clone())]);
        }
    }

    #[test]
    fn what_cannot_be_unpacked_is_said_and_not_guessed() {
        let said = |bytes: &[u8], name: &str| {
            let read = read(bytes, name);
            let reasons: Vec<String> = read
                .into_iter()
                .filter_map(|(_, text)| text.err())
                .collect();
            reasons.join("; ")
        };
        assert!(said(b"PK", "a.zip").contains("no zip archive"));
        assert!(!said(b"not gzip", "a.json.gz").is_empty());
        assert!(!said(b"", "a.json.zst").is_empty());
        let stored = zip::CompressionMethod::Stored;
        let inner = archive(&[("a.json", JSON)], stored);
        let nested = archive(&[("b.zip", &inner)], stored);
        assert!(said(&nested, "a.zip").contains("archive inside an archive"));
        let mut twice = archive(&[("a.json", JSON), ("b.json", JSON)], stored);
        for at in 0..twice.len() - 6 {
            if twice[at..].starts_with(b"b.json") {
                twice[at] = b'a';
            }
        }
        assert!(said(&twice, "a.zip").contains("the same name"));
        let mut damaged = archive(&[("a.json", JSON)], stored);
        let at = damaged
            .windows(JSON.len())
            .position(|part| part == JSON)
            .unwrap();
        damaged[at + 3] = b'X';
        assert!(said(&damaged, "a.zip").contains("checksum"));
        let cut = &gzip(&vec![b' '; 100_000])[..40];
        assert!(!said(cut, "a.json.gz").is_empty());
    }

    #[test]
    fn what_expands_without_end_is_not_read() {
        let bomb = gzip(&vec![b' '; 80 << 20]);
        let feed = &Feed::of_bytes(&bomb, "a.json.gz")[0];
        let mut stream = TextStream::open(feed).unwrap();
        let mut text = String::new();
        let error = loop {
            text.clear();
            match stream.fill(&mut text, 1 << 20) {
                Ok(true) => {}
                Ok(false) => panic!("all of it was read"),
                Err(error) => break format!("{error:?}"),
            }
        };
        assert!(error.contains("expands further"), "{error}");
    }
}
