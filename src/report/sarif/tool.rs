//! What a run says about the tool: its rules with their pages, and how the run went.
//!
//! A rule that could not be evaluated is a notification of the run, never a missing line: a reader that counts results
//! only must still be able to see that silence means nothing.

use std::collections::BTreeMap;

use super::level;
use super::model::{
    Configuration, ConfigurationOverride, Descriptor, DescriptorProperties, Help, Invocation,
    Message, Notification, NotificationDescriptor, NotificationProperties, Reference,
};
use super::region::Artifacts;
use super::text::{cut, message, plain};
use crate::finding::{Confidence, Severity};
use crate::report::human::words::counted;
use crate::report::{Coverage, Outcome, Report, ReportedProblem};
use crate::rules::Page;

/// GitHub shows no more of a description.
const DESCRIPTION: usize = 1024;

/// The rules of a report, and where each stands in the list.
pub(super) struct Rules<'a> {
    pub(super) descriptors: Vec<Descriptor<'a>>,
    index: BTreeMap<&'a str, usize>,
}

impl<'a> Rules<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        Self {
            descriptors: report
                .rules
                .iter()
                .map(|rule| descriptor(rule.page))
                .collect(),
            index: report
                .rules
                .iter()
                .enumerate()
                .map(|(index, rule)| (rule.page.code, index))
                .collect(),
        }
    }

    /// Index of the rule with that code.
    pub(super) fn index(&self, code: &str) -> Option<usize> {
        self.index.get(code).copied()
    }

    fn reference(&self, code: &'a str) -> Reference<'a> {
        Reference {
            id: code,
            index: self.index(code),
        }
    }
}

fn descriptor(page: &Page) -> Descriptor<'_> {
    let checks = cut(plain(&page.first_paragraph("What it checks")), DESCRIPTION);
    let sections = ["What it checks", "Why it matters", "Remedy"];
    let help: Vec<String> = sections
        .iter()
        .map(|title| format!("{title}\n\n{}", plain(page.section(title))))
        .collect();
    Descriptor {
        id: page.code,
        name: pascal_case(page.name),
        short_description: Message {
            text: page.title.into(),
        },
        full_description: Message {
            text: if checks.is_empty() {
                page.title.into()
            } else {
                checks.into()
            },
        },
        default_configuration: default_configuration(page),
        help_uri: page.references.first().copied(),
        help: Help {
            text: help.join("\n\n"),
            markdown: page.body.trim(),
        },
        properties: DescriptorProperties {
            category: page.category,
            confidence: page.confidence.name(),
            precision: page.confidence.name(),
            problem_severity: match strongest(page) {
                Severity::Info => "recommendation",
                severity => severity.name(),
            },
            tags: ["teams-phone", page.category],
        },
    }
}

/// The configuration without a project file: rules of low confidence belong to the `strict` profile.
fn default_configuration(page: &Page) -> Configuration {
    Configuration {
        enabled: page.confidence > Confidence::Low,
        level: level(strongest(page)),
    }
}

fn strongest(page: &Page) -> Severity {
    page.severity
        .iter()
        .copied()
        .max()
        .unwrap_or(Severity::Info)
}

fn pascal_case(name: &str) -> String {
    let mut pascal = String::with_capacity(name.len());
    for word in name.split('-') {
        let mut characters = word.chars();
        pascal.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        pascal.push_str(characters.as_str());
    }
    pascal
}

/// What a notification is about; the order is that of [`notifications`].
#[derive(Clone, Copy)]
enum Kind {
    NotEvaluated,
    Undecided,
    Problem,
    LeftOut,
    InDoubt,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::NotEvaluated,
        Self::Undecided,
        Self::Problem,
        Self::LeftOut,
        Self::InDoubt,
    ];

    fn id(self) -> &'static str {
        match self {
            Self::NotEvaluated => "rule-not-evaluated",
            Self::Undecided => "subjects-undecided",
            Self::InDoubt => "rule-in-doubt",
            Self::Problem => "input-problem",
            Self::LeftOut => "findings-left-out",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::NotEvaluated => "A rule could not run, so that its silence means nothing",
            Self::Undecided => "A rule met subjects whose data do not decide",
            Self::InDoubt => "A rule found something, and there may be more that it did not see",
            Self::Problem => "Something is wrong with the input itself",
            Self::LeftOut => "There are more findings than the service takes",
        }
    }

    /// What somebody who meets such a notification can do.
    fn help(self) -> &'static str {
        match self {
            Self::NotEvaluated | Self::InDoubt => {
                "Export what the message names, all of it, and check again"
            }
            Self::Undecided => {
                "Export the properties that the message names, or look at these subjects by hand"
            }
            Self::Problem => "Export the file again, as the message says",
            Self::LeftOut => "Read the JSON report, which has all findings",
        }
    }

    fn reference(self) -> Reference<'static> {
        Reference {
            id: self.id(),
            index: Some(self as usize),
        }
    }
}

/// The kinds of notifications that a run can have.
pub(super) fn notifications() -> [NotificationDescriptor; 5] {
    Kind::ALL.map(|kind| NotificationDescriptor {
        id: kind.id(),
        name: pascal_case(kind.id()),
        short_description: Message {
            text: kind.text().into(),
        },
        full_description: Message {
            text: kind.text().into(),
        },
        help: Message {
            text: kind.help().into(),
        },
    })
}

/// How the run over one snapshot went.
pub(super) fn invocation<'a>(
    report: &'a Report,
    rules: &Rules<'a>,
    artifacts: &'a Artifacts,
    snapshot: u32,
    left_out: u64,
) -> Invocation<'a> {
    let problems = || {
        report
            .problems
            .iter()
            .filter(move |problem| problem.snapshot == snapshot)
    };
    let coverage = || {
        report
            .coverage
            .iter()
            .filter(move |line| line.snapshot == snapshot)
    };
    let mut notifications: Vec<Notification<'a>> =
        coverage().filter_map(|line| gap(rules, line)).collect();
    notifications.extend(problems().map(|each| problem(artifacts, each)));
    notifications.extend((left_out > 0).then(|| {
        Notification {
            descriptor: Kind::LeftOut.reference(),
            associated_rule: None,
            level: "warning",
            message: Message {
                text: format!(
                    "{} left out here, the weakest; the JSON report has all of them",
                    counted(left_out, "finding is", "findings are")
                )
                .into(),
            },
            locations: Vec::new(),
            properties: None,
        }
    }));
    Invocation {
        execution_successful: problems().all(|problem| problem.severity < Severity::Error),
        rule_configuration_overrides: coverage()
            .filter_map(|line| switched(rules, line))
            .collect(),
        tool_execution_notifications: notifications,
    }
}

/// A rule that is on or off unlike its default.
fn switched<'a>(rules: &Rules<'a>, line: &Coverage) -> Option<ConfigurationOverride<'a>> {
    let descriptor = &rules.descriptors[rules.index(line.code)?];
    let enabled = line.outcome != Outcome::Off;
    (enabled != descriptor.default_configuration.enabled).then(|| ConfigurationOverride {
        configuration: Configuration {
            enabled,
            ..descriptor.default_configuration
        },
        descriptor: rules.reference(descriptor.id),
    })
}

/// What a rule did not see.
fn gap<'a>(rules: &Rules<'a>, line: &'a Coverage) -> Option<Notification<'a>> {
    let rule = format!("rule {} `{}`", line.code, line.rule);
    let (kind, level, mut text) = if line.outcome == Outcome::NotEvaluated {
        (
            Kind::NotEvaluated,
            "warning",
            format!("{rule} was not evaluated"),
        )
    } else if line.unknown > 0 {
        let (unknown, examined) = (line.unknown, line.examined);
        let text = format!("{rule} could not decide {unknown} of {examined} subjects");
        (Kind::Undecided, "note", text)
    } else if line.in_doubt {
        let text = format!("{rule} may not have seen all");
        (Kind::InDoubt, "note", text)
    } else {
        return None;
    };
    if let Some(why) = &line.why {
        text.push_str(": ");
        text.push_str(why);
    }
    Some(Notification {
        descriptor: kind.reference(),
        associated_rule: Some(rules.reference(line.code)),
        level,
        message: Message {
            text: message(&text).text.into_owned().into(),
        },
        locations: Vec::new(),
        properties: None,
    })
}

fn problem<'a>(artifacts: &'a Artifacts, problem: &'a ReportedProblem) -> Notification<'a> {
    Notification {
        descriptor: Kind::Problem.reference(),
        associated_rule: None,
        level: level(problem.severity),
        message: message(&problem.message),
        locations: problem
            .location
            .iter()
            .map(|location| artifacts.primary(location))
            .collect(),
        properties: Some(NotificationProperties {
            blinds: &problem.blinds,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_pascal_case() {
        assert_eq!(pascal_case("stale-pstn-usage"), "StalePstnUsage");
        assert_eq!(pascal_case("a--b-2c"), "AB2c");
    }

    #[test]
    fn kinds_stand_where_their_references_point() {
        for kind in Kind::ALL {
            let index = kind.reference().index.expect("an index");
            assert_eq!(notifications()[index].id, kind.id());
        }
    }
}
