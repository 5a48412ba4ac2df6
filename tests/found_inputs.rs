//! What the fuzzer found once: every input in `tests/fixtures/found/<target>` holds to what its target asks for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::held::TARGETS;

#[test]
fn every_input_that_was_found_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/found");
    let mut broken = Vec::new();
    let mut seen = 0;
    for target in std::fs::read_dir(folder).expect("it can be listed") {
        let target = target.expect("it can be listed").path();
        let name = target.file_name().expect("a name").to_string_lossy();
        let known = TARGETS.iter().find(|(known, _)| *known == name);
        let (_, hold) = known.unwrap_or_else(|| panic!("there is no target `{name}`"));
        for input in std::fs::read_dir(&target).expect("it can be listed") {
            let input = input.expect("it can be listed").path();
            let bytes = std::fs::read(&input).expect("it can be read");
            seen += 1;
            // One input that breaks hides no other.
            if catch_unwind(AssertUnwindSafe(|| hold(&bytes))).is_err() {
                broken.push(input);
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(seen > 0, "nothing was found");
}

#[test]
fn every_target_is_one_of_the_fuzzer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    let mut there: Vec<String> = std::fs::read_dir(folder)
        .expect("it can be listed")
        .map(|entry| entry.expect("it can be listed").path())
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    there.sort();
    let mut known = TARGETS.map(|(name, _)| name);
    known.sort_unstable();
    assert_eq!(there, known);
}
