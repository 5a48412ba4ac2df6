//! From the bytes of the fuzzer to the files of a snapshot.
//!
//! The first byte says how the rest is to be taken. A letter of the table below names a file or a packing, so that an
//! input can be read and written by hand; any other byte stands for one of them too.

use std::io::Write;

/// A file of a snapshot: its name and its bytes.
pub type File = (String, Vec<u8>);

/// How the bytes behind the first one are taken.
#[derive(Clone, Copy)]
enum Way {
    /// As one file of that name.
    As(&'static str),
    /// As several files: a line `=== name` begins each.
    Several,
    /// As text that is stored in UTF-16, the lower byte first and marked, or the higher one first and not marked.
    Utf16 { little: bool },
    /// As several files that are packed into an archive, deflated or as they are.
    Zipped(zip::CompressionMethod),
    /// As a file that is packed with gzip.
    Gzipped,
    /// As a file that is packed with zstd.
    Zstd,
}

const WAYS: [(u8, Way); 18] = [
    (b'j', Way::As("x.json")),
    (b'u', Way::As("Get-CsOnlineUser.json")),
    (b'n', Way::As("Get-CsPhoneNumberAssignment.json")),
    (b'o', Way::As("operators.json")),
    (b'b', Way::As("bundle.json")),
    (b'l', Way::As("x.ndjson")),
    (b't', Way::As("x.txt")),
    (b'c', Way::As("Get-CsOnlineUser.csv")),
    (b'd', Way::As("x.csv")),
    (b'z', Way::As("x.zip")),
    (b'g', Way::As("x.json.gz")),
    (b's', Way::As("x.json.zst")),
    (b'm', Way::Several),
    (b'L', Way::Utf16 { little: true }),
    (b'B', Way::Utf16 { little: false }),
    (b'Z', Way::Zipped(zip::CompressionMethod::Deflated)),
    (b'G', Way::Gzipped),
    (b'S', Way::Zstd),
];

/// The files that the bytes stand for.
pub fn files(data: &[u8]) -> Vec<File> {
    let Some((first, rest)) = data.split_first() else {
        return Vec::new();
    };
    let known = WAYS.iter().find(|(letter, _)| letter == first);
    let (_, way) = known.unwrap_or(&WAYS[usize::from(*first) % WAYS.len()]);
    let one = |name: &str, bytes: Vec<u8>| vec![(name.to_owned(), bytes)];
    match way {
        Way::As(name) => one(name, rest.to_vec()),
        Way::Several => several(rest),
        Way::Utf16 { little } => one("x.json", utf16(&String::from_utf8_lossy(rest), *little)),
        Way::Zipped(method) => one("x.zip", zipped(&several(rest), *method)),
        Way::Gzipped => {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(rest).expect("memory takes everything");
            one(
                "x.json.gz",
                packed.finish().expect("memory takes everything"),
            )
        }
        Way::Zstd => {
            let level = ruzstd::encoding::CompressionLevel::Fastest;
            one("x.json.zst", ruzstd::encoding::compress_to_vec(rest, level))
        }
    }
}

/// Apart at lines `=== name`; what stands before the first of them is a file as well.
fn several(bytes: &[u8]) -> Vec<File> {
    const MOST: usize = 24;
    let mut files: Vec<File> = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if let Some(name) = line.strip_prefix(b"=== ")
            && files.len() < MOST
        {
            let name = String::from_utf8_lossy(name).trim_end().to_owned();
            files.push((name, Vec::new()));
        } else {
            if files.is_empty() {
                files.push(("first.json".to_owned(), Vec::new()));
            }
            if let Some((_, file)) = files.last_mut() {
                file.extend_from_slice(line);
            }
        }
    }
    files
}

fn utf16(text: &str, little: bool) -> Vec<u8> {
    let units = text.encode_utf16();
    if little {
        let units = units.flat_map(u16::to_le_bytes);
        [0xFF, 0xFE].into_iter().chain(units).collect()
    } else {
        units.flat_map(u16::to_be_bytes).collect()
    }
}

fn zipped(files: &[File], method: zip::CompressionMethod) -> Vec<u8> {
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        // Two members of one name are refused by the writer.
        if archive.start_file(name.as_str(), options).is_ok() {
            archive.write_all(bytes).expect("memory takes everything");
        }
    }
    let archive = archive.finish().expect("memory takes everything");
    archive.into_inner()
}
