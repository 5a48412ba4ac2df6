//! From text to bytes: encodings, gzip, zip.

use std::io::Write;

use crate::audits::File;

/// How a text is stored.
#[derive(Clone, Copy, Debug)]
pub(super) enum Code {
    Utf8Bom,
    Utf16Le,
    Utf16Be,
    Utf16LeBare,
    Utf16BeBare,
}

impl Code {
    pub(super) const ALL: [Self; 5] = [
        Self::Utf8Bom,
        Self::Utf16Le,
        Self::Utf16Be,
        Self::Utf16LeBare,
        Self::Utf16BeBare,
    ];

    pub(super) fn encode(self, text: &str) -> Vec<u8> {
        let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        match self {
            Self::Utf8Bom => format!("\u{feff}{text}").into_bytes(),
            Self::Utf16Le => little(&format!("\u{feff}{text}")),
            Self::Utf16Be => big(&format!("\u{feff}{text}")),
            Self::Utf16LeBare => little(text),
            Self::Utf16BeBare => big(text),
        }
    }
}

/// Each file in gzip.
pub(super) fn gzipped(files: Vec<File>) -> Vec<File> {
    files
        .into_iter()
        .map(|(name, bytes)| {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            out.write_all(&bytes).expect("memory takes everything");
            let packed = out.finish().expect("memory takes everything");
            (format!("{name}.gz"), packed)
        })
        .collect()
}

/// Each file in zstd.
pub(super) fn zstd(files: Vec<File>) -> Vec<File> {
    files
        .into_iter()
        .map(|(name, bytes)| {
            let level = ruzstd::encoding::CompressionLevel::Fastest;
            let packed = ruzstd::encoding::compress_to_vec(bytes.as_slice(), level);
            (format!("{name}.zst"), packed)
        })
        .collect()
}

/// All files in one zip archive, every other one a few folders deep.
pub(super) fn zipped(files: Vec<File>) -> Vec<File> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    for (at, (name, bytes)) in files.into_iter().enumerate() {
        let path = match at % 2 {
            0 => name,
            _ => format!("exports/2026-09 {at}/{name}"),
        };
        archive.start_file(path, options).expect("memory");
        archive.write_all(&bytes).expect("memory");
    }
    let bytes = archive.finish().expect("memory").into_inner();
    vec![("contoso.zip".to_owned(), bytes)]
}
