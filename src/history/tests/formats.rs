//! The four formats: approved on runs that have everything, valid under the schema, and deaf to hostile names.

use std::io;

use serde_json::{Value, json};

use super::{DAY, Day, day, place, recorded};
use crate::finding::Severity;
use crate::history::Standing::{Excepted, Open};
use crate::history::{
    FixTimes, Flapping, OpenFinding, Returned, SubjectLine, TenantHistory, csv, html, human, json,
};
use crate::report::Outcome;

fn text(
    write: fn(&[TenantHistory], &mut dyn io::Write) -> io::Result<()>,
    tenants: &[TenantHistory],
) -> String {
    let mut out = Vec::new();
    write(tenants, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Four runs in which something is new, fixed, back again, accepted, and not judged.
fn made() -> TenantHistory {
    let (_folder, path) = place();
    let x = ("a", "x", Open);
    let mut history = recorded(
        &path,
        &[
            day(20_000, &[x, ("a", "y", Open), ("b", "z", Open)]),
            day(20_007, &[("a", "y", Open)]),
            day(20_010, &[x, ("a", "y", Excepted), ("b", "w", Open)]),
            Day {
                at: 20_110,
                decided: vec!["a"],
                blind: vec![("b", Outcome::NotEvaluated, 0), ("c", Outcome::Off, 0)],
                found: vec![x],
                exports: vec![],
                lacks: vec![],
            },
        ],
    );
    "other".clone_into(&mut history.runs[2].rule_set);
    history
}

#[test]
fn the_text_for_people_is_approved() {
    insta::assert_snapshot!(text(human::write, &[made()]), @r"
    Contoso (tenant): 4 runs, exported 2024-10-04T00:00:00Z to 2025-01-22T00:00:00Z
      newest run: 1 error; 0 new, 1 fixed; 1 open before, and not judged now
      errors:     █▄█▄  3 to 1
      warnings:   ▁▁▁▁  0 to 0
      info:       ▁▁▁▁  0 to 0
      runs:
        exported              errors  warnings  info  new  fixed  evaluated  not evaluated
        2024-10-04T00:00:00Z       3         0     0    -      -          2              0
        2024-10-11T00:00:00Z       1         0     0    0      2          2              0
        2024-10-14T00:00:00Z       3         0     0    2      0          2              0  other rules
        2025-01-22T00:00:00Z       1         0     0    0      1          1              1  other rules
      open, the oldest first:
        days  since                 severity  rule  subject
         100  2024-10-14T00:00:00Z  error     a     X
      time to fix:
        rule       fixed  median days  longest
        all rules      3            7      110
        a              2           59      110
        b              1            7        7
      fixed and back again:
        times  rule  subjects
            1  a     X (1 time)
    ");
    assert_eq!(text(human::write, &[]), "no run is recorded yet\n");
}

#[test]
fn long_lists_are_cut_and_counted() {
    let mut history = made();
    let [one] = <[OpenFinding; 1]>::try_from(history.open.clone()).unwrap();
    history.open = vec![one; 1_200];
    history.runs = vec![history.runs[1].clone(); 90];
    history.time_to_fix.rules = vec![history.time_to_fix.rules[0].clone(); 11];
    history.flapping = vec![history.flapping[0].clone(); 9];
    history.flapping[0].findings = vec![history.flapping[0].findings[0].clone(); 25];
    let told = text(human::write, &[history.clone()]);
    for cut in [
        "    and 1,185 more (--format csv lists all)",
        "    and 80 earlier runs (--format json lists all)",
        "    and 3 more rules (--format json lists all)",
        "    and 1 more rule (--format json lists all)",
        "X (1 time), X (1 time), X (1 time), 22 more",
    ] {
        assert!(told.contains(cut), "{cut}\n{told}");
    }
    assert!(told.lines().count() < 60, "{told}");
    let bars = told.matches('█').count();
    assert_eq!(bars, 60, "the newest runs have a bar for errors");
    let page = text(html::write, &[history.clone()]);
    assert!(page.contains("And 200 more: `--format csv` lists all."));
    assert!(page.contains("X (1 time), 5 more"));
    assert_eq!(text(csv::write, &[history]).lines().count(), 1_201);
}

#[test]
fn the_table_is_approved() {
    let table = text(csv::write, &[made()]);
    let table = table.strip_prefix('\u{feff}').expect("Excel asks for it");
    insta::assert_snapshot!(table.replace("\r\n", "\n"), @"
    tenantId,tenantName,severity,rule,subjectKind,subject,subjectId,firstSeen,days,newestRun,fingerprint
    tenant,Contoso,error,a,user,X,x,2024-10-14T00:00:00Z,100,2025-01-22T00:00:00Z,982506e621f2eac87b1ab1f287c0e7b4
    ");
}

#[test]
fn the_document_is_valid_and_its_schema_strict() {
    let schema: Value = serde_json::from_str(json::SCHEMA).unwrap();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    for tenants in [vec![], vec![made(), evil()]] {
        let document: Value = serde_json::from_str(&text(json::write, &tenants)).unwrap();
        let errors: Vec<String> = schema
            .iter_errors(&document)
            .map(|one| one.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let document: Value = serde_json::from_str(&text(json::write, &[made()])).unwrap();
    // Each key of each object in turn: the schema must miss every one of them.
    let mut found = Vec::new();
    objects(&document, "", &mut found);
    assert!(found.len() > 80, "{}", found.len());
    for (at, key) in found {
        let mut without = document.clone();
        let object = without.pointer_mut(&at).and_then(Value::as_object_mut);
        object.unwrap().remove(&key);
        assert!(!schema.is_valid(&without), "{at} without {key}");
    }
    for pointer in [
        "/version",
        "/tenants/0/open/0/severity",
        "/tenants/0/open/0/fingerprint",
        "/tenants/0/open/0/days",
        "/tenants/0/flapping/0/returns",
    ] {
        let mut wrong = document.clone();
        *wrong.pointer_mut(pointer).unwrap() = json!("Dire");
        assert!(!schema.is_valid(&wrong), "{pointer}");
    }
}

fn objects(value: &Value, at: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                found.push((at.to_owned(), key.clone()));
                objects(inner, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(list) => {
            for (index, inner) in list.iter().enumerate() {
                objects(inner, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_part_of_the_page_shows_its_numbers() {
    let page = text(html::write, &[made()]);
    for part in [
        "<h1>History of Contoso</h1>",
        "<p class=\"verdict\">Open: 1 error; 0 new and 1 fixed since the run before; 1 open before, and not judged now.</p>",
        "<span class=\"count\">100</span> <span class=\"what\">days, the oldest open</span>",
        "<tr><th scope=\"row\">2024-10-11T00:00:00Z</th><td>1</td><td>0</td><td>0</td><td>0</td><td>2</td><td>2</td><td>0</td><td></td></tr>",
        "<td>2</td><td>0</td><td>2</td><td>0</td><td>another</td></tr>",
        "<tr><th scope=\"row\">a year or less</th><td>1</td><td>0</td><td>0</td></tr>",
        "<tr><td>100</td><td>2024-10-14T00:00:00Z</td><td class=\"severity-error\">error</td><td>a</td><th scope=\"row\">X</th></tr>",
        "<tr><th scope=\"row\">all rules</th><td>3</td><td>7</td><td>110</td></tr>",
        "<tr><th scope=\"row\">a</th><td>1</td><td>X (1 time)</td></tr>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(text(html::write, &[]).contains("No run is recorded yet."));
}

const EVIL: &str = "=cmd|</script><img src=x onerror=alert(1)>\u{1b}]0;x\u{7}\u{202e}\"\r\n'";

/// A tenant in which everything has a name that would do something.
fn evil() -> TenantHistory {
    let mut history = made();
    let subject = SubjectLine {
        kind: EVIL.to_owned(),
        id: EVIL.to_owned(),
        name: EVIL.to_owned(),
    };
    let times = FixTimes {
        count: 1,
        median_days: Some(1),
        longest_days: Some(1),
    };
    history.id = EVIL.to_owned();
    history.name = Some(EVIL.to_owned());
    history.open = vec![OpenFinding {
        rule: EVIL.to_owned(),
        severity: Severity::Error,
        subject: subject.clone(),
        fingerprint: "0".repeat(32),
        since: 20_000 * DAY,
        days: 3,
    }];
    history.time_to_fix.rules = vec![(EVIL.to_owned(), times)];
    history.flapping = vec![Flapping {
        rule: EVIL.to_owned(),
        returns: 1,
        findings: vec![Returned {
            subject,
            fingerprint: "0".repeat(32),
            returns: 1,
        }],
    }];
    history
}

#[test]
fn hostile_names_do_nothing_in_any_format() {
    let is_hostile = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    let tenants = [evil(), made()];
    let told = text(human::write, &tenants);
    assert!(
        told.contains("<img src=x") && !told.contains(is_hostile),
        "{told}"
    );
    let page = text(html::write, &tenants);
    let (markup, _) = page.split_once("<script>").unwrap();
    assert!(markup.contains("&#60;img src=x"), "{markup}");
    assert!(
        !page.contains("<img") && !markup.contains(is_hostile),
        "{markup}"
    );
    assert_eq!(
        page.matches("</script>").count(),
        2,
        "the library and what draws"
    );
    assert!(
        !page.contains("src=\"") && !page.contains("<link"),
        "nothing is loaded"
    );
    let table = text(csv::write, &tenants);
    let mut rows = ::csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    for row in rows.records() {
        for cell in &row.unwrap() {
            assert!(
                !cell.starts_with('=') && !cell.contains(is_hostile),
                "{cell}"
            );
        }
    }
    let document = text(json::write, &tenants);
    assert!(!document.contains('\u{1b}'));
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(
        document["tenants"][0]["name"], EVIL,
        "programs get it as it is"
    );
}
