//! What each dialect costs: the same tenant in every style, checked by the release binary, in turn.
//!
//! `cargo bench --bench dialects` prints a Markdown table. Time is the median of several runs; memory is the largest
//! resident set, as GNU time tells it, and left out where that is not installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

#[path = "../tests/dialects/json.rs"]
mod json;
#[path = "../examples/generate/template.rs"]
mod template;
#[path = "../examples/generate/tenant.rs"]
mod tenant;

use tenant::{Encoding, Plan, Style};

/// Users and as many numbers: about 200 MB in PowerShell 7's style.
const USERS: u64 = 35_000;
const RUNS: usize = 7;

/// How a dialect is made from the generated files.
#[derive(Clone, Copy)]
enum Packing {
    Plain,
    Zip,
    Gzip,
}

const DIALECTS: [(&str, Style, Encoding, Packing); 7] = [
    ("PowerShell 7", Style::Ps7, Encoding::Utf8, Packing::Plain),
    (
        "`-Compress`",
        Style::Compress,
        Encoding::Utf8,
        Packing::Plain,
    ),
    ("NDJSON", Style::Ndjson, Encoding::Utf8, Packing::Plain),
    (
        "Windows PowerShell 5.1, UTF-8",
        Style::Ps51,
        Encoding::Utf8,
        Packing::Plain,
    ),
    (
        "Windows PowerShell 5.1, UTF-16",
        Style::Ps51,
        Encoding::Utf16,
        Packing::Plain,
    ),
    (
        "PowerShell 7 in a zip archive",
        Style::Ps7,
        Encoding::Utf8,
        Packing::Zip,
    ),
    (
        "PowerShell 7, gzip",
        Style::Ps7,
        Encoding::Utf8,
        Packing::Gzip,
    ),
];

struct Measured {
    bytes: u64,
    seconds: Vec<f64>,
    kilobytes: Option<u64>,
}

fn main() {
    let binary = Path::new(env!("CARGO_BIN_EXE_tenantlint"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dialects");
    // What an earlier run left would be read as well.
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the folder of an earlier run");
    }
    let mut measured: Vec<Measured> = Vec::new();
    let mut paths: Vec<PathBuf> = Vec::new();
    for (number, (_, style, encoding, packing)) in DIALECTS.into_iter().enumerate() {
        let path = folder.join(number.to_string());
        let plan = Plan {
            users: USERS,
            numbers: USERS,
            style,
            encoding,
            seed: 1,
        };
        tenant::write(&plan, &path).expect("the tenant is written");
        let bytes = size(&path);
        paths.push(pack(path, packing));
        measured.push(Measured {
            bytes,
            seconds: Vec::new(),
            kilobytes: None,
        });
    }
    // In turn, so that a noisy moment hits all of them alike.
    for _ in 0..RUNS {
        for (path, one) in paths.iter().zip(&mut measured) {
            let begin = Instant::now();
            let status = Command::new(binary)
                .args(["check", "--format", "json"])
                .arg(path)
                .stdout(Stdio::null())
                .status()
                .expect("the binary runs");
            assert_eq!(status.code(), Some(1), "the faults are found");
            one.seconds.push(begin.elapsed().as_secs_f64());
        }
    }
    for (path, one) in paths.iter().zip(&mut measured) {
        one.kilobytes = memory(binary, path);
    }
    print(&mut measured);
}

fn size(folder: &Path) -> u64 {
    std::fs::read_dir(folder)
        .expect("the folder is there")
        .filter_map(|entry| entry.ok()?.metadata().ok())
        .map(|metadata| metadata.len())
        .sum()
}

fn pack(folder: PathBuf, packing: Packing) -> PathBuf {
    let files = || {
        let entries = std::fs::read_dir(&folder).expect("the folder is there");
        entries.map(|entry| entry.expect("it can be listed").path())
    };
    match packing {
        Packing::Plain => folder,
        Packing::Zip => {
            let path = folder.with_extension("zip");
            let file = std::fs::File::create(&path).expect("the archive");
            let mut zip = zip::ZipWriter::new(file);
            for file in files() {
                let name = file
                    .file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned();
                let options = zip::write::SimpleFileOptions::default();
                zip.start_file(name, options).expect("a member");
                let mut file = std::fs::File::open(file).expect("the file");
                std::io::copy(&mut file, &mut zip).expect("it is packed");
            }
            zip.finish().expect("the archive");
            path
        }
        Packing::Gzip => {
            for file in files() {
                let mut name = file.clone().into_os_string();
                name.push(".gz");
                let out = std::fs::File::create(name).expect("the packed file");
                let mut gzip = flate2::write::GzEncoder::new(out, flate2::Compression::default());
                let mut plain = std::fs::File::open(&file).expect("the file");
                std::io::copy(&mut plain, &mut gzip).expect("it is packed");
                gzip.finish().expect("the packed file");
                std::fs::remove_file(file).expect("the plain file");
            }
            folder
        }
    }
}

/// The largest resident set in kilobytes.
fn memory(binary: &Path, path: &Path) -> Option<u64> {
    let run = Command::new("/usr/bin/time")
        .args(["-f", "%M"])
        .arg(binary)
        .args(["check", "--format", "json"])
        .arg(path)
        .stdout(Stdio::null())
        .output()
        .ok()?;
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    told.lines().last()?.trim().parse().ok()
}

fn print(measured: &mut [Measured]) {
    let mut lines = vec![
        "| Dialect | MB | Seconds | Spread | Seconds per GB | Ratio | Memory | Share |".to_owned(),
        "|---|---|---|---|---|---|---|---|".to_owned(),
    ];
    let mut first = None;
    for ((name, ..), one) in DIALECTS.iter().zip(measured) {
        one.seconds.sort_by(f64::total_cmp);
        let median = one.seconds[RUNS / 2];
        let spread = one.seconds[RUNS - 1] - one.seconds[0];
        let megabytes = f64::from(u32::try_from(one.bytes / 1000).unwrap_or(u32::MAX)) / 1e3;
        let per_gigabyte = median / megabytes * 1e3;
        let ratio = per_gigabyte / *first.get_or_insert(per_gigabyte);
        let (memory, share) = match one.kilobytes {
            Some(kilobytes) => (
                format!("{} MB", kilobytes / 1000),
                format!("{} %", kilobytes * 1024 * 100 / one.bytes),
            ),
            None => ("-".to_owned(), "-".to_owned()),
        };
        lines.push(format!(
            "| {name} | {megabytes:.0} | {median:.2} | {spread:.2} | {per_gigabyte:.2} | {ratio:.2} | {memory} | {share} |"
        ));
    }
    #[expect(clippy::print_stdout, reason = "the table is the result")]
    {
        println!("{}", lines.join("\n"));
    }
}
