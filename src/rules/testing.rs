//! Running one rule on the text of a few exports, for unit tests.

use super::{Check, Cx, ExportSubject, Said, Verdict, find};
use crate::finding::Draft;
use crate::tenant::Tenant;
use crate::tenant::testing::tenant;

/// The verdicts of a rule over all its subjects, subjects that it does not speak of left out.
pub(crate) fn verdicts(rule: &str, files: &[(&str, &str)]) -> Vec<Verdict> {
    verdicts_with(rule, &serde_json::json!({}), files)
}

/// As [`verdicts`], with options.
pub(crate) fn verdicts_with(
    rule: &str,
    options: &serde_json::Value,
    files: &[(&str, &str)],
) -> Vec<Verdict> {
    run(rule, options, files, None)
}

/// As [`verdicts`], with the same tenant at an earlier time.
pub(crate) fn verdicts_after(
    rule: &str,
    previous: &[(&str, &str)],
    files: &[(&str, &str)],
) -> Vec<Verdict> {
    let previous = tenant(previous);
    run(rule, &serde_json::json!({}), files, Some(&previous))
}

fn run(
    rule: &str,
    options: &serde_json::Value,
    files: &[(&str, &str)],
    previous: Option<&Tenant>,
) -> Vec<Verdict> {
    let rule = find(rule).expect("the rule exists");
    let tenant = tenant(files);
    let options = rule
        .options
        .map(|spec| (spec.parse)(options.clone()).expect("the options are right"));
    let cx = Cx::new(&tenant, options.as_ref()).with(previous, None);
    let judge = |check| -> Vec<Verdict> {
        match check {
            Check::Tenant(check) => vec![check(&cx)],
            Check::Each(check) => check(&cx)
                .into_iter()
                .flat_map(|told| match told {
                    Said::Passed(count) => (0..count).map(|_| Verdict::Passed).collect(),
                    Said::Other(verdict) => vec![verdict],
                })
                .collect(),
            Check::User(check) => tenant.users.iter().map(|one| check(one, &cx)).collect(),
            Check::Number(check) => tenant.numbers.iter().map(|one| check(one, &cx)).collect(),
            Check::ResourceAccount(check) => tenant
                .resource_accounts
                .iter()
                .map(|one| check(one, &cx))
                .collect(),
            Check::Operator(check) => tenant.operators.iter().map(|one| check(one, &cx)).collect(),
            Check::Export(check) => tenant
                .snapshot
                .exports
                .keys()
                .map(|kind| check(&ExportSubject { kind: *kind }, &cx))
                .collect(),
            Check::Plan | Check::Several(_) => panic!("{} is judged elsewhere", rule.page.code),
        }
    };
    rule.checks()
        .flat_map(judge)
        .filter(|verdict| !matches!(verdict, Verdict::NotApplicable))
        .collect()
}

/// As many queues without resource accounts, of which each leads to another one.
pub(crate) fn queues_in_a_row(count: usize, next: impl Fn(usize) -> usize) -> String {
    let queue = |at: usize| {
        format!(
            r#"{{"Identity":"{}","Name":"{at}","RoutingMethod":"Serial","ApplicationInstances":[],"OverflowActionTarget":{{"Id":"{}","Type":"ConfigurationEndpoint"}},"TimeoutActionTarget":null}}"#,
            id_of_queue(at),
            id_of_queue(next(at))
        )
    };
    let queues: Vec<String> = (0..count).map(queue).collect();
    format!("[{}]", queues.join(","))
}

/// The id of one of them.
pub(crate) fn id_of_queue(at: usize) -> String {
    format!("00000000-0000-4000-8001-{at:012}")
}

/// The findings among the verdicts of a rule.
pub(crate) fn findings(rule: &str, files: &[(&str, &str)]) -> Vec<Draft> {
    verdicts(rule, files)
        .into_iter()
        .flat_map(|verdict| match verdict {
            Verdict::Found(draft) => vec![*draft],
            Verdict::Several(drafts) => drafts,
            _ => Vec::new(),
        })
        .collect()
}
