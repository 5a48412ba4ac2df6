//! Tenants that nobody has: pieces of the samples with columns dropped, values emptied or swapped, files doubled.
//!
//! Whatever comes out, no rule may panic, no fingerprint may stand for two findings, and no order may matter.

use rayon::prelude::*;
use tenantlint::snapshot::ExportKind;

use super::json::Json;
use super::logical::{Export, Logical};
use super::shuffles::{SplitMix, shuffled};
use super::verdicts::{Check, Verdict};

/// How many, unless `TENANTLINT_TENANTS` says another number: `.ci/run` takes ten thousand.
const TENANTS: u64 = 500;

/// What must be the same in any order: findings with their severity, and what each rule says of its coverage.
type Outcome = (Vec<(Verdict, &'static str)>, Vec<String>);

fn outcome(check: Check) -> Outcome {
    let findings = check.findings.into_iter();
    let coverage = check.coverage.into_values();
    (
        findings
            .map(|(verdict, said)| (verdict, said.severity))
            .collect(),
        coverage
            .map(|mut line| {
                // It names the first of several broken files, which is another one in another order.
                line.why = line.why.map(|_| "a reason".to_owned());
                format!("{line:?}")
            })
            .collect(),
    )
}

/// A tenant that only the seed decides.
fn random_tenant(samples: &[Logical], seed: u64) -> Logical {
    let random = &mut SplitMix(seed);
    let sample = &samples[random.below(samples.len())];
    // Most tenants have most exports; some are a ruin.
    let harm = [1, 4, 12][random.below(3)];
    let share = [8, 20, 50][random.below(3)];
    let mut exports = Vec::new();
    for export in &sample.exports {
        if random.percent(3 * harm) {
            continue;
        }
        let export = piece(export, share, harm, random);
        if random.percent(harm) {
            exports.push(Export {
                stem: format!("{} (1)", export.stem),
                ..piece(&export, 90, harm, random)
            });
        }
        if random.percent(2 * harm) {
            exports.push(Export {
                stem: format!("{} (2)", export.stem),
                ..export.clone()
            });
        }
        exports.push(export);
    }
    Logical { exports }
}

/// Some of the records, without some of the columns, with some of the values gone or those of another record.
fn piece(export: &Export, share: usize, harm: usize, random: &mut SplitMix) -> Export {
    let is_short = export.records.len() < 12;
    let kept: Vec<&Json> = export
        .records
        .iter()
        .filter(|_| random.percent(if is_short { 90 } else { share }))
        .collect();
    let columns: Vec<String> = kept
        .iter()
        .flat_map(|record| record.members())
        .map(|(key, _)| key.clone())
        .collect();
    let dropped: Vec<String> = columns
        .into_iter()
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .filter(|_| random.percent(harm))
        .collect();
    let records = kept
        .iter()
        .map(|record| {
            let members = record.members().iter();
            let members = members.filter(|(key, _)| !dropped.contains(key));
            let members = members.map(|(key, value)| {
                let value = match random.below(400) {
                    hit if hit < harm => Json::Null,
                    hit if hit < 2 * harm => Json::text(" "),
                    hit if hit < 3 * harm => kept[random.below(kept.len())]
                        .get(key)
                        .cloned()
                        .unwrap_or(Json::Null),
                    hit if hit == 3 * harm => Json::text("Microsoft.Teams.Models.Thing[]"),
                    hit if hit == 3 * harm + 1 => Json::Map(Vec::new()),
                    hit if hit == 3 * harm + 2 => Json::List(vec![value.clone()]),
                    _ => value.clone(),
                };
                (key.clone(), value)
            });
            Json::Map(members.collect())
        })
        .collect();
    Export {
        records,
        ..export.clone()
    }
}

#[test]
fn no_random_tenant_panics_repeats_a_fingerprint_or_depends_on_order() {
    let samples = [Logical::of("contoso"), Logical::of("fabrikam")];
    // The manifest counts records, which would prove every loss.
    let samples: Vec<Logical> = samples
        .iter()
        .map(|sample| sample.without(ExportKind::Manifest))
        .collect();
    let tenants = std::env::var("TENANTLINT_TENANTS").ok();
    let tenants = tenants.map_or(TENANTS, |text| text.parse().expect("a number of tenants"));
    let wrong: Vec<String> = (0..tenants)
        .into_par_iter()
        .filter_map(|seed| {
            let tenant = random_tenant(&samples, seed);
            if tenant.exports.is_empty() {
                return None;
            }
            // Reading a check asserts that no two findings share a fingerprint.
            let one = outcome(Check::of(&shuffled(&tenant, 2 * seed)));
            let two = outcome(Check::of(&shuffled(&tenant, 2 * seed + 1)));
            if one == two {
                return None;
            }
            let findings = one.0.iter().find(|finding| !two.0.contains(finding));
            let findings = findings.or_else(|| two.0.iter().find(|other| !one.0.contains(other)));
            let lines = one.1.iter().zip(&two.1).find(|(one, two)| one != two);
            Some(format!("seed {seed}: {findings:?} {lines:?}"))
        })
        .collect();
    let shown = &wrong[..wrong.len().min(10)];
    assert!(
        wrong.is_empty(),
        "{} of {tenants}:\n{}",
        wrong.len(),
        shown.join("\n")
    );
}
