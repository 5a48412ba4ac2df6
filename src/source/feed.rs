//! What is about to be read: a file, or a member of an archive, and how its bytes come out.
//!
//! Archives are never unpacked to disk, so the paths of their members cannot lead anywhere.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use super::stored::Stored;

/// One export file that is about to be read.
#[derive(Clone, Debug)]
pub struct Feed {
    /// How its path is shown; a member of an archive is `a.zip!/b.json`.
    pub path: String,
    way: Way,
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
    },
    /// Not at all, for this reason.
    Broken(String),
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
        Self::of(Stored::File(Arc::from(path)), shown)
    }

    /// As [`Feed::of_file`], for bytes in memory: the examples of rule pages, and tests.
    pub fn of_bytes(bytes: &[u8], shown: &str) -> Vec<Self> {
        Self::of(Stored::Memory(Arc::from(bytes)), shown)
    }

    fn of(stored: Stored, shown: &str) -> Vec<Self> {
        if has_extension(shown, "zip") {
            return members(&stored, shown).unwrap_or_else(|reason| {
                vec![Self {
                    path: shown.to_owned(),
                    way: Way::Broken(reason),
                }]
            });
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
                },
            },
        };
        vec![Self {
            path: shown.to_owned(),
            way,
        }]
    }

    /// Opens it from the front.
    pub(super) fn open(&self) -> io::Result<Opened> {
        match &self.way {
            Way::Plain(stored) => Ok(Opened {
                read: Box::new(stored.range(0, u64::MAX)?),
                stored: Some(stored.clone()),
                packed_len: 0,
                checksum: None,
            }),
            Way::Packed {
                archive,
                at,
                len,
                codecs,
                checksum,
            } => {
                let mut read: Box<dyn Read + Send> = Box::new(archive.range(*at, *len)?);
                for codec in codecs {
                    read = match codec {
                        Codec::Deflate => Box::new(flate2::read::DeflateDecoder::new(read)),
                        Codec::Gzip => Box::new(flate2::read::MultiGzDecoder::new(read)),
                        Codec::Zstd => Box::new(
                            ruzstd::decoding::StreamingDecoder::new(read)
                                .map_err(io::Error::other)?,
                        ),
                    };
                }
                Ok(Opened {
                    read,
                    stored: None,
                    packed_len: *len,
                    checksum: *checksum,
                })
            }
            Way::Broken(reason) => Err(io::Error::other(reason.clone())),
        }
    }

    /// When the file that holds it was last written, in milliseconds since 1970, where the system tells.
    pub(super) fn modified(&self) -> Option<i64> {
        match &self.way {
            Way::Plain(stored)
            | Way::Packed {
                archive: stored, ..
            } => stored.modified(),
            Way::Broken(_) => None,
        }
    }
}

/// An opened [`Feed`].
pub(super) struct Opened {
    /// Its bytes, unpacked.
    pub(super) read: Box<dyn Read + Send>,
    /// Where they can be read again, if they are stored as they are.
    pub(super) stored: Option<Stored>,
    /// How many packed bytes they come from.
    pub(super) packed_len: u64,
    /// The CRC-32 that they must have.
    pub(super) checksum: Option<u32>,
}

/// The members of a zip archive; hidden ones and the resource forks of macOS are left out.
fn members(archive: &Stored, shown: &str) -> Result<Vec<Feed>, String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("it is no zip archive: {error}");
    let len = archive.len().map_err(|error| error.to_string())?;
    let range = archive.range(0, len).map_err(|error| error.to_string())?;
    let mut zip = zip::ZipArchive::new(range).map_err(|error| unreadable(&error))?;
    let mut feeds = Vec::new();
    for index in 0..zip.len() {
        let member = zip
            .by_index_raw(index)
            .map_err(|error| unreadable(&error))?;
        // `Compress-Archive` of Windows PowerShell writes backslashes.
        let name = match member.name() {
            Ok(name) => name.replace('\\', "/"),
            Err(_) => String::from_utf8_lossy(member.name_raw()).replace('\\', "/"),
        };
        let hidden = name
            .split('/')
            .any(|part| part.starts_with('.') || part == "__MACOSX");
        if member.is_dir() || name.ends_with('/') || hidden {
            continue;
        }
        let way = if member.encrypted() {
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
                (Ok(outer), Some(at)) => Way::Packed {
                    archive: archive.clone(),
                    at,
                    len: member.compressed_size(),
                    codecs: outer.into_iter().chain(codec_of(&name)).collect(),
                    // Of a compressed file inside, the checksum is that of the packed bytes.
                    checksum: codec_of(&name).is_none().then(|| member.crc32()),
                },
            }
        };
        feeds.push(Feed {
            path: format!("{shown}!/{name}"),
            way,
        });
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
