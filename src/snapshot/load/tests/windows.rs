//! Reading in windows of any size gives what reading whole gives: the same report, byte for byte.

use crate::audit::audit;
use crate::config::{Overrides, Policy};
use crate::report::json;
use crate::rules;
use crate::snapshot::{Input, load_by};
use crate::source::Sources;
use crate::tenant::build;

type File = (String, Vec<u8>);

fn sample(name: &str) -> Vec<File> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("snapshots")
        .join(name);
    let mut files: Vec<File> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        // Plans lie beside the exports, in a folder.
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn report(files: &[File], window: Option<usize>) -> String {
    let inputs = files
        .iter()
        .map(|(name, bytes)| Input::Memory {
            shown: name.clone(),
            bytes: bytes.clone(),
        })
        .collect();
    let mut sources = Sources::default();
    let tenant = build(load_by(window, "test".to_owned(), 0, inputs, &mut sources));
    let policy = Policy::resolve(None, &Overrides::default(), rules::all()).unwrap();
    let report = audit(&[tenant], &[], sources, rules::all(), &policy, None);
    let mut out = Vec::new();
    json::write(&report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn assert_same(files: &[File], what: &str) {
    let whole = report(files, None);
    for window in [1, 97, 4096, 1 << 16] {
        let windowed = report(files, Some(window));
        if windowed != whole {
            let at = windowed
                .bytes()
                .zip(whole.bytes())
                .position(|(one, two)| one != two)
                .unwrap_or(0);
            let near = |text: &str| {
                let bytes = &text.as_bytes()[at.saturating_sub(200)..(at + 200).min(text.len())];
                String::from_utf8_lossy(bytes).into_owned()
            };
            panic!(
                "{what} by {window}:\n{}\nwhole:\n{}",
                near(&windowed),
                near(&whole)
            );
        }
    }
}

#[test]
fn the_samples_are_read_alike_in_any_windows() {
    for name in ["contoso", "fabrikam", "damaged"] {
        assert_same(&sample(name), name);
    }
}

#[test]
fn a_header_of_many_windows_is_a_header() {
    let columns: Vec<String> = (0..6_000).map(|n| format!("{n:0100}")).collect();
    let columns = columns.join(";");
    let row = format!("+12065550101;OperatorConnect{}\r\n", ";".repeat(6_000));
    let text = format!("TelephoneNumber;NumberType;{columns}\r\n{}", row.repeat(3));
    for bom in ["", "\u{FEFF}"] {
        let file = (
            "numbers.csv".to_owned(),
            format!("{bom}{text}").into_bytes(),
        );
        assert_same(&[file], "a long header");
    }
}

#[test]
fn other_shapes_are_read_alike_in_any_windows() {
    let users = sample("contoso")
        .into_iter()
        .find(|(name, _)| name == "Get-CsPhoneNumberAssignment.json")
        .unwrap()
        .1;
    let records: Vec<serde_json::Value> = serde_json::from_slice(&users).unwrap();
    let lines: Vec<String> = records.iter().map(ToString::to_string).collect();
    let list = lines.join(",");
    let nested: Vec<String> = lines
        .iter()
        .map(|line| {
            let inner = r#"{"ActivationState":"x","PortInOrderStatus":"y","Nested":1}"#;
            line.replace(
                "\"ReverseNumberLookup\":[]",
                &format!("\"Inner\":[{inner},{inner},{inner}]"),
            )
        })
        .collect();
    assert_ne!(nested, lines);
    let csv = "TelephoneNumber;NumberType;AssignmentStatus;TargetId;PartnerName\r\n\"+12065550101\";OperatorConnect;UserAssigned;00000000-0000-4000-8000-000000000001;\"Exämple; \"\"Telecom\"\"\r\nInc\"\r\n".to_owned()
        + &"+12065550102;DirectRouting;Unassigned;;\r\n".repeat(400);
    for (name, text) in [
        ("numbers.ndjson", lines.join("\n")),
        (
            "numbers.json",
            format!("{{\"value\":[{list}],\"Count\":{}}}", lines.len()),
        ),
        (
            "numbers.json",
            format!("{{\"@odata.nextLink\":\"x\",\"value\":[{list}]}}"),
        ),
        (
            "bundle.json",
            format!(
                "{{\"numbers\":[{list}],\"users\":[{{\"Identity\":\"x\",\"UserPrincipalName\":\"y\",\"LineUri\":null}}]}}"
            ),
        ),
        // Objects within records that begin as records do, with keys of their own.
        ("numbers.json", format!("[{}]", nested.join(","))),
        ("numbers.ndjson", nested.join("\n")),
        (
            "numbers.ndjson",
            format!(
                "{}\n{{\"value\":[{}]}}\n{}",
                nested.join("\n"),
                lines[0],
                lines[1]
            ),
        ),
        ("numbers.json", format!("[{list},")),
        (
            "numbers.ndjson",
            format!(
                "{}\n{{\"Identity\":\"x\",\"NumberPattern\":\"^1\"}}\n{}",
                lines.join("\n"),
                lines[0]
            ),
        ),
        (
            "numbers.ndjson",
            format!(
                "{}\n{{\"Code\":\"Forbidden\",\"Message\":\"x\"}}",
                lines.join("\n")
            ),
        ),
        (
            "numbers.json",
            format!("{{\"@microsoft.graph.tips\":\"x\",\"value\":[{list}]}}"),
        ),
        (
            "numbers.json",
            format!("[{list},{{\"TelephoneNumber\": oops}}]"),
        ),
        // The records of several cmdlets in one list.
        (
            "numbers.json",
            format!(
                "[{list},{{\"Identity\":\"x\",\"NumberPattern\":\"^1\"}},{}]",
                lines[0]
            ),
        ),
        // A page is an element of a list, or all there is has no list.
        (
            "numbers.json",
            format!(
                "[{},{{\"value\":[{}],\"Count\":1}},{list}]",
                lines[0], lines[1]
            ),
        ),
        (
            "numbers.json",
            format!(
                "[{list},{list},{{\"@odata.type\":\"x\",\"value\":{}}}]",
                lines[1]
            ),
        ),
        (
            "numbers.json",
            "{\"@odata.context\":\"x\",\"@odata.nextLink\":\"https://graph.example/next\"}"
                .to_owned(),
        ),
        // Bundles among documents begin in any way.
        (
            "numbers.ndjson",
            format!(
                "{}\n{{\"users\":null,\"Get-CsOnlineVoiceRoute\":{{\"value\":[{{\"Identity\":\"x\",\"NumberPattern\":\"^1\"}}],\"Count\":1}}}}\n",
                lines.join("\n")
            ),
        ),
        (
            "numbers.ndjson",
            format!(
                "{}\n{{\"By\":\"me\",\"users\":[],\"numbers\":[{}]}}\n{}",
                lines.join("\n"),
                lines[0],
                lines[1]
            ),
        ),
        ("numbers.csv", csv.clone()),
        ("numbers.csv", csv + "\"unclosed;x;y;z;w\r\n"),
    ] {
        for bytes in [
            text.clone().into_bytes(),
            [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat(),
            std::iter::once(0xFEFF)
                .chain(text.encode_utf16())
                .flat_map(u16::to_be_bytes)
                .collect(),
        ] {
            assert_same(&[(name.to_owned(), bytes)], name);
        }
    }
}
