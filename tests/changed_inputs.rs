//! A short run of the fuzz targets without the fuzzer: samples, and random changes of them, which are the same in every
//! run. Nothing is learned here from what an input reached; `fuzz/README.md` says how the fuzzer does that.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rayon::prelude::*;
use tenantlint::rules;

use crate::audits::sample;
use crate::held::TARGETS;
use crate::robustness::{Random, damage};

/// Changed inputs of each target, unless the environment asks for more: `TENANTLINT_CHANGES=2000 cargo test changed_inputs`.
const CHANGES: u64 = 120;

/// A tenant of contoso's size is judged for each: as many changes of other targets take the time of one.
const CHANGES_OF_ONE_PLAN: u64 = 12;

/// What a snapshot is read as: the letters of `held::files`.
const WAYS: &[u8] = b"junoblticdzgsmLBZGS";

/// The fenced blocks of a language in a section of a page, each behind its name.
fn blocks(page: &str, language: &str) -> Vec<(String, String)> {
    let fence = format!("```{language} ");
    let blocks = page.split(&fence).skip(1);
    let blocks = blocks.filter_map(|rest| rest.split_once("\n```")?.0.split_once('\n'));
    blocks
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect()
}

/// What the inputs of a target are made from.
fn samples(target: &str) -> Vec<Vec<u8>> {
    let of_pages = |take: &dyn Fn(&str) -> Option<String>| -> Vec<Vec<u8>> {
        let pages = rules::known().iter().map(|rule| rule.page.body);
        pages.filter_map(take).map(String::into_bytes).collect()
    };
    let hostile = || {
        let names = crate::hostile::names().into_iter();
        names.map(|name| name.text).filter(|name| name.len() < 1000)
    };
    match target {
        "snapshot" => {
            let mut samples = of_pages(&|page| {
                let files = blocks(page, "json").into_iter();
                let files: Vec<String> =
                    files.map(|(name, text)| format!("=== {name}\n{text}\n")).collect();
                (!files.is_empty()).then(|| format!("m{}", files.join("")))
            });
            samples.extend(sample("damaged").into_iter().map(|(_, bytes)| [b"j", &bytes[..]].concat()));
            samples
        }
        "config" => {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/all-info.toml");
            let mut samples = vec![std::fs::read(path).expect("it can be read")];
            samples.extend(of_pages(&|page| Some(page.split_once("```toml\n")?.1.split_once("```")?.0.to_owned())));
            samples
        }
        "records" => [
            "{\n  \"a\": 1,\n  \"b\": \"text\",\n  \"plans\": [\n    { \"n\": \"p\", \"s\": null }\n  ]\n}\n",
            "{\"a\":-0,\"b\":{\"Name\":\"x\"},\"name\":1.5e3,\"é\":[true,false]}",
            "{\"b\":\"a\\u0027b\\ud83d\\ude00\",\"plan\":\"\\n\",\"A\":[[[]]]}",
        ]
        .map(|record| format!("{record}{record} {record}").into_bytes())
        .to_vec(),
        "plan" => of_pages(&|page| {
            let plans = blocks(page, "toml").into_iter();
            plans.map(|(_, text)| format!("t{text}")).next()
        }),
        "numbers" => vec![
            b"tel:+14255550100;ext=100\n+1 (425) 555-0100 x100\n=\"+14255550100\"\n1.42556E+10\n+14255550100,ext=0".to_vec(),
            b"{2713551E-ED63-415D-9175-FC4FF825A0BE}\n2713551eed63415d9175fc4ff825a0be\n/Date(1700000000000+0100)/\n2026-02-28T23:59:60Z".to_vec(),
        ],
        "route_pattern" => [r"^\+?(1\d{10}|44\d+)$", r"^(?!1900)(\d{2,3})?0$", r"^\+(?<cc>[17])(?:\d{3}){2,3}(?#x)\k<cc>*$"]
            .map(|pattern| format!("{pattern}\n+14255550100\n911\n100").into_bytes())
            .to_vec(),
        _ => hostile()
            .zip(hostile().skip(7).step_by(3))
            .map(|(one, other)| format!("{one}\u{1e}{other}\u{1e}Tag:FR-Paris").into_bytes())
            .collect(),
    }
}

/// One input of a target: what it is follows from the seed alone.
fn changed(target: &str, samples: &[Vec<u8>], seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let mut input = samples[random.below(samples.len())].clone();
    for _ in 0..random.below(5) {
        damage(&mut input, &mut random);
    }
    if target == "snapshot" && random.below(2) == 0 && !input.is_empty() {
        input[0] = WAYS[random.below(WAYS.len())];
    }
    input
}

#[test]
fn samples_and_changes_of_them_hold() {
    let changes = std::env::var("TENANTLINT_CHANGES").ok();
    let changes: u64 = changes.map_or(CHANGES, |count| count.parse().expect("a number"));
    let mut broken = Vec::new();
    for (target, hold) in TARGETS {
        let samples = samples(target);
        assert!(samples.len() > 1, "{target} begins from something");
        let is_plan = target == "plan";
        let changes = changes / if is_plan { CHANGES_OF_ONE_PLAN } else { 1 };
        let breaks = |input: &[u8]| catch_unwind(AssertUnwindSafe(|| hold(input))).is_err();
        let inputs = (0..changes).into_par_iter();
        let inputs = inputs.map(|seed| changed(target, &samples, seed << 8 | samples.len() as u64));
        let found = inputs.filter(|input| breaks(input));
        broken.extend(
            found
                .map(|input| (target, String::from_utf8_lossy(&input).into_owned()))
                .collect::<Vec<_>>(),
        );
    }
    assert!(broken.is_empty(), "{broken:#?}");
}
