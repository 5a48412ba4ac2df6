//! Input that is too much, too deep, or larger than it looks.

use std::io::Write;
use std::path::Path;

use zip::write::SimpleFileOptions;

use super::{contoso, listed, refuses, run, text};
use crate::audits::{File, check};

/// The files in an archive.
pub(crate) fn zipped(files: &[File]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default();
        zip.start_file(name.as_str(), options).expect("a member");
        zip.write_all(bytes).expect("memory takes everything");
    }
    zip.finish().expect("an archive").into_inner()
}

/// Bytes of all files of a folder.
fn size(folder: &Path) -> u64 {
    let names = listed(folder).into_iter();
    names
        .map(|name| {
            std::fs::metadata(folder.join(name))
                .expect("it is there")
                .len()
        })
        .sum()
}

#[test]
fn more_than_may_be_read_is_refused_by_every_command() {
    let folder = contoso();
    std::fs::write(
        folder.path().join("plan.toml"),
        "[[step]]\nchange = \"wait-for-export\"\n",
    )
    .expect("written");
    let bytes = size(&folder.path().join("tenant"));
    let one_less = (bytes - 1).to_string();
    let enough = bytes.to_string();
    for arguments in [
        ["check", "tenant", "--format", "json"],
        ["plan", "tenant", "plan.toml", "--quiet"],
        ["script", "tenant", "--threads", "2"],
        ["check", "tenant", "--threads", "1"],
        ["check", "tenant", "--threads", "8"],
    ] {
        let at = |limit: &str| {
            let with = [&arguments[..], &["--max-input", limit]].concat();
            run(folder.path(), &with)
        };
        let refused = at(&one_less);
        refuses(&refused, "than the ");
        let said = text(&refused.stderr);
        assert!(
            said.contains(&format!("{one_less} bytes that `--max-input` allows")),
            "{said}"
        );
        assert!(said.contains("help: check fewer snapshots"), "{said}");
        assert_eq!(text(&refused.stdout), "");
        let read = at(&enough);
        assert_ne!(
            read.status.code(),
            Some(2),
            "{arguments:?}: {}",
            text(&read.stderr)
        );
    }
    // Both snapshots of a comparison count.
    let twice = (bytes * 2).to_string();
    let (less, cases) = (
        (bytes * 2 - 1).to_string(),
        [
            ["diff", "tenant", "tenant"],
            ["check", "tenant", "--previous=tenant"],
        ],
    );
    for arguments in cases {
        let with = [&arguments[..], &["--max-input", &less]].concat();
        refuses(&run(folder.path(), &with), "--max-input");
        let with = [&arguments[..], &["--max-input", &twice]].concat();
        assert_ne!(run(folder.path(), &with).status.code(), Some(2));
    }
    for wrong in ["0", "-1", "64 apples", ""] {
        let with = format!("--max-input={wrong}");
        refuses(
            &run(folder.path(), &["check", "tenant", &with]),
            "--max-input",
        );
    }
}

#[test]
fn a_short_file_that_is_read_in_two_ways_counts_once() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("tenant")).expect("made");
    std::fs::write(
        folder.path().join("tenant/Get-CsOnlineLisPort.json"),
        "[]\n",
    )
    .expect("written");
    let with = |most| run(folder.path(), &["check", "tenant", "--max-input", most]);
    refuses(&with("2"), "--max-input");
    assert_ne!(
        with("3").status.code(),
        Some(2),
        "{}",
        text(&with("3").stderr)
    );
}

#[test]
fn what_is_read_of_a_damaged_file_counts_at_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    let users = format!("[{}]", vec![r#"{"Identity":"a"}"#; 100_000].join(","));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(users.as_bytes()).expect("packed");
    let mut packed = packed.finish().expect("packed");
    // The length at the end is wrong, which shows when all of it was read.
    *packed.last_mut().expect("a trailer") ^= 1;
    for (tenant, name, bytes) in [
        ("one", "Get-CsOnlineUser.json.gz", packed.as_slice()),
        ("one", "operators.json", br#"[{"name":"Northwind"}]"#),
        ("two", "Get-CsOnlineUser.json", users.as_bytes()),
    ] {
        std::fs::create_dir_all(folder.path().join(tenant)).expect("made");
        std::fs::write(folder.path().join(tenant).join(name), bytes).expect("written");
    }
    for (limit, is_enough) in [(users.len() * 3 / 2, false), (users.len() * 5 / 2, true)] {
        for threads in ["1", "2", "8", "8", "8"] {
            let limit = limit.to_string();
            let arguments = [
                "check",
                "one",
                "two",
                "--max-input",
                &limit,
                "--threads",
                threads,
            ];
            let run = run(folder.path(), &arguments);
            let said = text(&run.stderr);
            assert_eq!(
                said.contains("`--max-input` allows"),
                !is_enough,
                "{threads}: {said}"
            );
        }
    }
}

#[test]
fn what_an_archive_unpacks_to_counts() {
    let folder = contoso();
    let bytes = size(&folder.path().join("tenant"));
    let packed = zipped(&crate::audits::sample("contoso"));
    assert!((packed.len() as u64) < bytes / 2);
    std::fs::write(folder.path().join("t.zip"), &packed).expect("written");
    let half = (bytes / 2).to_string();
    for threads in ["1", "8"] {
        let with = ["check", "t.zip", "--threads", threads, "--max-input"];
        refuses(
            &run(folder.path(), &[&with[..], &[&half]].concat()),
            "--max-input",
        );
        let enough = bytes.to_string();
        let read = run(folder.path(), &[&with[..], &[&enough]].concat());
        assert_eq!(read.status.code(), Some(1), "{}", text(&read.stderr));
    }
}

/// Files that have a size and no bytes, as file systems of Unix keep them.
#[cfg(unix)]
#[test]
fn there_is_a_limit_that_nobody_set() {
    let folder = contoso();
    let huge = folder.path().join("tenant/huge.json");
    let file = std::fs::File::create(&huge).expect("made");
    if file.set_len(65_000_000_000).is_err() {
        super::skipped("the file system has no sparse files");
        return;
    }
    refuses(
        &run(folder.path(), &["check", "tenant"]),
        "more to read than the 64GB that `--max-input` allows",
    );
    // Allowed, but of no shape that is read in pieces.
    file.set_len(9_000_000_000).expect("made");
    let read = run(folder.path(), &["check", "tenant", "--format", "concise"]);
    assert_eq!(read.status.code(), Some(1));
    let said = text(&read.stdout);
    assert!(said.contains("`tenant/huge.json` cannot be read: its shape is unusual, and a file of that shape may have 8000000000 bytes"), "{said}");
}

#[test]
fn members_of_an_archive_lead_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path().join("home");
    std::fs::create_dir(&home).expect("made");
    let (_, users) = crate::audits::sample("contoso").swap_remove(0);
    let names = [
        "../../up.json",
        "/tmp/tenantlint-absolute.json",
        "C:\\Windows\\x.json",
        "a/../../b.json",
        "./here.json",
        "\\\\server\\share\\y.json",
    ];
    let files: Vec<File> = names
        .iter()
        .map(|name| ((*name).to_owned(), users.clone()))
        .collect();
    std::fs::write(home.join("t.zip"), zipped(&files)).expect("written");
    let read = run(
        &home,
        &[
            "check",
            "t.zip",
            "--format",
            "json",
            "--output",
            "report.json",
        ],
    );
    assert!(
        matches!(read.status.code(), Some(0 | 1)),
        "{}",
        text(&read.stderr)
    );
    let report = std::fs::read_to_string(home.join("report.json")).expect("a report");
    // They are read where they are in the archive, and named as they are.
    for name in [
        "t.zip!//tmp/tenantlint-absolute.json",
        "t.zip!/C:/Windows/x.json",
        "t.zip!/./here.json",
    ] {
        assert!(report.contains(name), "{report}");
    }
    for name in ["../../up.json", "a/../../b.json"] {
        let told = format!("`t.zip!/{name}` is left out: its name leads out of the archive");
        assert!(report.contains(&told), "{report}");
    }
    assert_eq!(listed(&home), ["report.json", "t.zip"]);
    assert_eq!(listed(folder.path()), ["home"]);
    assert!(!Path::new("/tmp/tenantlint-absolute.json").exists());
}

/// An archive of two members that share their bytes.
fn overlapping() -> Vec<u8> {
    let name = |name: &str| (name.to_owned(), vec![b' '; 100_000]);
    let mut bytes = zipped(&[name("a.json"), name("b.json")]);
    // The second entry of the directory gets the place of the first: <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT> 4.3.12.
    let entries: Vec<usize> = (0..bytes.len() - 4)
        .filter(|at| bytes[*at..].starts_with(b"PK\x01\x02"))
        .collect();
    let [_, second] = entries[..] else {
        panic!("two entries");
    };
    bytes[second + 42..second + 46].fill(0);
    bytes
}

#[test]
fn archives_that_are_bombs_are_not_unpacked() {
    let whole = |report: &tenantlint::report::Report| -> String {
        let told = report
            .problems
            .iter()
            .map(|problem| problem.message.as_str());
        told.collect::<Vec<_>>().join("\n")
    };
    let told = whole(&check(&[("t.zip".to_owned(), overlapping())]));
    assert!(
        told.contains("`t.zip` cannot be read: its members overlap"),
        "{told}"
    );

    // Of many members each may expand a little, and all together no more than one.
    let blank = vec![b' '; 2_000_000];
    let many: Vec<File> = (0..64)
        .map(|number| (format!("{number}.json"), blank.clone()))
        .collect();
    let told = whole(&check(&[("t.zip".to_owned(), zipped(&many))]));
    assert_eq!(
        told.matches("expands further than any export does").count(),
        64,
        "{told}"
    );
    assert!(told.contains("`t.zip!/7.json` cannot be read: "), "{told}");

    let inner = zipped(&[("a.json".to_owned(), b"[]".to_vec())]);
    let told = whole(&check(&[(
        "t.zip".to_owned(),
        zipped(&[("b.zip".to_owned(), inner)]),
    )]));
    assert!(told.contains("archive inside an archive"), "{told}");
}

#[test]
fn nesting_of_any_depth_is_told_wherever_it_is_read() {
    let deep =
        |open: &str, close: &str| format!("{}{}", open.repeat(200_000), close.repeat(200_000));
    let folder = contoso();
    let here = folder.path();
    let write = |name: &str, text: String| std::fs::write(here.join(name), text).expect("written");
    write("list.toml", format!("select = {}\n", deep("[", "]")));
    write(
        "table.toml",
        format!(
            "severity = {}1{}\n",
            "{a=".repeat(200_000),
            "}".repeat(200_000)
        ),
    );
    write("dots.toml", format!("a{} = 1\n", ".a".repeat(200_000)));
    write(
        "plan.toml",
        format!("[[step]]\nchange = {}\n", deep("[", "]")),
    );
    write("known.json", deep("[", "]"));
    write(
        "findings.json",
        format!("{{\"findings\":{}", deep("{\"a\":[", "]}")),
    );
    for arguments in [
        ["check", "tenant", "--config", "list.toml"],
        ["check", "tenant", "--config", "table.toml"],
        ["check", "tenant", "--config", "dots.toml"],
        ["plan", "tenant", "plan.toml", "--quiet"],
        ["check", "tenant", "--baseline", "known.json"],
        ["check", "tenant", "--baseline", "findings.json"],
    ] {
        let read = run(here, &arguments);
        let said = format!("{}{}", text(&read.stdout), text(&read.stderr));
        assert_eq!(read.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains("error"), "{arguments:?}: {said}");
        assert!(said.len() < 5_000, "{arguments:?}: {} bytes", said.len());
    }
    for name in [
        "Get-CsOnlineUser.json",
        "operators.json",
        "manifest.json",
        "dns.json",
        "Get-CsAutoAttendant.json",
        "x.json",
    ] {
        for bytes in [
            deep("[", "]"),
            deep("{\"value\":[", "]}"),
            format!("[{{\"Identity\":{}}}]", deep("[", "]")),
            format!(
                "[{{\"Identity\":\"x\",\"Menu\":{}}}]",
                deep("{\"a\":", "}").replace("}}", "}")
            ),
        ] {
            let files = [(name.to_owned(), bytes.into_bytes())];
            assert!(!check(&files).problems.is_empty(), "{name}");
        }
    }
}

#[test]
fn patterns_that_never_end_do_not_stall() {
    // Each takes years in an engine that goes back, for a number that it does not match.
    let patterns = [
        r"^(\d+)+$x",
        r"^(\d|\d\d)+x$",
        r"^(?=(\d+)+x)\d+$",
        r"^(?:(?=(\d+)+x)\d)*$",
        r"^(\+?(\d+)*)*\1x$",
        r"(?<!(\d+)+x)\d+y",
        r"^((\d{1,1000}){1,1000}){1,1000}$",
        r"^(\d*)*(\d*)*(\d*)*(?!\d)\1z$",
        r"^(?=\d)(\d+)*\1x$",
    ];
    let many: Vec<String> = (0..300)
        .map(|number| format!("{}|{number}", patterns[number % patterns.len()]))
        .chain([
            format!("({}", "(a|".repeat(100_000)),
            "1".repeat(1_000_000),
            "(?=".repeat(50_000),
        ])
        .collect();
    let usages: Vec<String> = (0..many.len()).map(|number| format!("U{number}")).collect();
    let routes: Vec<serde_json::Value> = many
        .iter()
        .zip(&usages)
        .enumerate()
        .map(|(number, (pattern, usage))| {
            serde_json::json!({"Identity": format!("R{number}"), "Name": format!("R{number}"), "NumberPattern": pattern, "OnlinePstnUsages": [usage], "OnlinePstnGatewayList": ["sbc1.contoso.example"], "Priority": number})
        })
        .collect();
    let mut files = crate::audits::sample("contoso");
    for (name, bytes) in &mut files {
        let value = match name.as_str() {
            "Get-CsOnlineVoiceRoute.json" => serde_json::json!(routes),
            "Get-CsOnlinePstnUsage.json" => {
                serde_json::json!([{"Identity": "Global", "Usage": usages}])
            }
            "Get-CsOnlineVoiceRoutingPolicy.json" => {
                let text = String::from_utf8_lossy(bytes);
                let mut policies: serde_json::Value = serde_json::from_str(&text).expect("JSON");
                for policy in policies.as_array_mut().expect("policies") {
                    policy["OnlinePstnUsages"] = serde_json::json!(usages);
                }
                policies
            }
            _ => continue,
        };
        *bytes = value.to_string().into_bytes();
    }
    // That this ends is the test: a search that may go back without bound would not.
    let report = check(&files);
    assert!(!report.findings.is_empty());
}

/// Files of the large snapshot.
const FILES: usize = 3_000;

#[test]
fn thousands_of_files_are_one_snapshot() {
    let folder = tempfile::tempdir().expect("a folder");
    let tenant = folder.path().join("tenant");
    for number in 0..FILES {
        let below = tenant.join(format!("{}", number % 50));
        std::fs::create_dir_all(&below).expect("made");
        let id = format!("00000000-0000-4000-8000-{number:012}");
        let user = format!(
            "[{{\"Identity\":\"{id}\",\"AccountType\":\"User\",\"UserPrincipalName\":\"desk{number}@contoso.example\",\"LineUri\":null}}]"
        );
        std::fs::write(below.join(format!("users{number}.json")), user).expect("written");
    }
    let read = run(folder.path(), &["check", "tenant", "--format", "json"]);
    assert!(
        matches!(read.status.code(), Some(0 | 1)),
        "{}",
        text(&read.stderr)
    );
    let report: serde_json::Value = serde_json::from_slice(&read.stdout).expect("JSON");
    let sources = report["snapshots"][0]["sources"]
        .as_array()
        .expect("sources");
    assert_eq!(sources.len(), FILES);
    assert!(sources.iter().all(|source| source["records"] == 1));
}
