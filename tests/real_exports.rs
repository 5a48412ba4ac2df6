//! Exports that somebody really made, or that the vendor's documentation prints: each is named for what it is.

use tenantlint::report::Report;

use crate::audits::check;

fn report(file: &str) -> Report {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/real-exports")
        .join(file);
    check(&[(file.to_owned(), std::fs::read(path).expect("the fixture"))])
}

#[test]
fn each_real_export_is_named_for_what_it_is() {
    for (file, export, records) in [
        ("get-cstenant.ps51.json", "Get-CsTenant", 1),
        ("graph-licensedetails.docs.json", "Graph licenseDetails", 2),
        (
            "graph-numberassignments.docs.json",
            "Graph numberAssignments",
            2,
        ),
        ("graph-subscribedskus.docs.json", "Graph subscribedSkus", 2),
        (
            "graph-userconfigurations.docs.json",
            "Graph userConfigurations",
            1,
        ),
    ] {
        let report = report(file);
        let source = &report.snapshots[0].sources[0];
        assert_eq!(
            (source.export, source.records),
            (Some(export), records),
            "{file}"
        );
        assert!(
            !report.is_fully_covered(),
            "{file} alone cannot satisfy every rule"
        );
    }
}

#[test]
fn a_key_that_the_documentation_prints_twice_is_told_with_its_place() {
    let report = report("graph-numberassignments.docs.json");
    let problem = &report.problems[0];
    assert!(
        problem.message.contains("more than once"),
        "{}",
        problem.message
    );
    assert_eq!(
        problem.location.as_ref().map(|place| place.start.line),
        Some(29)
    );
}
