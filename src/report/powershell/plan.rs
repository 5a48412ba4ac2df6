//! A plan as a script, and what takes it back.

use std::collections::{BTreeMap, BTreeSet};

use super::{Block, Script};
use crate::finding::Severity;
use crate::report::{ActOutcome, PlanAct, PlanNeed, PlanStep, Report};

/// The plan of a report as a script: a block for each step, what it needs as comments before its commands. `None` where
/// the report is none of a plan.
pub fn script_of_plan(report: &Report) -> Option<Script> {
    let plan = report.plan.as_ref()?;
    let blocks = plan.steps.iter().map(|step| Block {
        title: title(step),
        place: place(report, step),
        comments: comments(step),
        commands: {
            let missing = step.missing.iter().map(|words| format!("# {words}"));
            let stopped = Stopped::of(step);
            let lines = step.acts.iter().flat_map(|act| commands(act, &stopped));
            match missing.chain(lines).collect::<Vec<String>>() {
                none if none.is_empty() => vec!["# nothing to do".to_owned()],
                lines => lines,
            }
        },
    });
    let blocks = blocks.collect();
    let mut notes = vec![format!("The plan: {}", plan.paths.join(", "))];
    let [_, unmet, unknown] = plan.needs();
    if unmet > 0 {
        notes.push(format!(
            "{unmet} of what the plan needs is not there: run `tenantlint plan` and mend the plan before you run this"
        ));
    }
    if unknown > 0 {
        notes.push(format!(
            "{unknown} of what the plan needs could not be looked up in the snapshot"
        ));
    }
    Some(Script {
        title: "Planned changes".to_owned(),
        notes,
        tenant_id: tenant_id(report),
        blocks,
        by_hand: Vec::new(),
    })
}

/// What takes the plan of a report back, the last step first. `None` where the report is none of a plan.
pub fn rollback_of_plan(report: &Report) -> Option<Script> {
    let plan = report.plan.as_ref()?;
    let mut ports = Ports::of(&plan.steps);
    let mut blocks = Vec::new();
    for step in plan.steps.iter().rev() {
        let commands = back(step, &mut ports);
        if !commands.is_empty() {
            blocks.push(Block {
                title: format!("Back from: {}", title(step)),
                place: place(report, step),
                comments: Vec::new(),
                commands,
            });
        }
    }
    Some(Script {
        title: "What takes the planned changes back".to_owned(),
        notes: vec![format!("The plan: {}", plan.paths.join(", "))],
        tenant_id: tenant_id(report),
        blocks,
        by_hand: Vec::new(),
    })
}

/// What takes a step back, its last act first.
fn back(step: &PlanStep, ports: &mut Ports) -> Vec<String> {
    let stopped = Stopped::of(step);
    let mut commands = Vec::new();
    for act in step.acts.iter().rev() {
        let why = stopped.why(act);
        if why.is_none() {
            commands.extend(ports.before(act));
        }
        // What else cannot be taken back stands where it would be taken back: what comes behind may need it.
        let lasting = lasting(act).filter(|_| act.change != PORT || why.is_some());
        let lines = lasting.into_iter().chain(act.undo.iter().cloned());
        commands.extend(lines.map(|line| match why {
            Some(_) => format!("# if you did it by hand: {}", line.trim_start_matches("# ")),
            None => line,
        }));
    }
    commands
}

/// The act after which a number is with another carrier.
const PORT: &str = "complete-port";

/// Ports that are still to be taken back, with what is said of each, the last one at the end.
struct Ports {
    chains: Chains,
    lines: BTreeMap<u32, Vec<String>>,
}

impl Ports {
    fn of(steps: &[PlanStep]) -> Self {
        let chains = Chains::of(steps.iter().flat_map(|step| &step.acts));
        let mut lines: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for step in steps {
            let stopped = Stopped::of(step);
            let ports = step.acts.iter().filter(|act| act.change == PORT);
            for act in ports.filter(|act| stopped.why(act).is_none()) {
                if let (Some(chain), Some(line)) = (chains.of_act(act), lasting(act)) {
                    lines.entry(chain).or_default().push(line);
                }
            }
        }
        Self { chains, lines }
    }

    /// What stands before an act is taken back: a number that was ported comes back while its holder has it, and with the
    /// licenses that it takes, before any of them goes.
    fn before(&mut self, act: &PlanAct) -> Vec<String> {
        let lines = self
            .chains
            .of_act(act)
            .and_then(|chain| self.lines.get_mut(&chain));
        let Some(lines) = lines else {
            return Vec::new();
        };
        if act.change == PORT {
            return lines.pop().into_iter().collect();
        }
        if act.takes && !act.undo.is_empty() {
            return std::mem::take(lines).into_iter().rev().collect();
        }
        Vec::new()
    }
}

/// That nothing takes an act back, if that is so.
fn lasting(act: &PlanAct) -> Option<String> {
    let why = act.irreversible.as_ref()?;
    Some(format!("# {}: {why}", called(act)))
}

/// The lines of an act. What the service refuses, or what lacks something, is not run: it is shown, with the reason. So is
/// what hangs together with it: half of it would leave somebody without number.
fn commands(act: &PlanAct, stopped: &Stopped) -> Vec<String> {
    let Some(why) = stopped.why(act) else {
        return act.commands.clone();
    };
    let lines = act
        .commands
        .iter()
        .map(|line| line.trim_start_matches("# "));
    lines.map(|line| format!("# {why}: {line}")).collect()
}

/// Why an act is not run, for itself, if it is not.
fn why_not(act: &PlanAct) -> Option<&'static str> {
    let is_bad = |need: &PlanNeed| need.met == "unmet" && need.severity == Severity::Error;
    match act.outcome {
        ActOutcome::Refused => Some("refused"),
        ActOutcome::NotReached => Some("not reached"),
        ActOutcome::Done if act.needs.iter().any(is_bad) => Some("lacks something"),
        ActOutcome::Done => None,
    }
}

/// What of a step is not run.
struct Stopped {
    chains: Chains,
    /// The chains with an act that is not run.
    stopped: BTreeSet<u32>,
}

impl Stopped {
    fn of(step: &PlanStep) -> Self {
        let chains = Chains::of(step.acts.iter());
        let acts = step.acts.iter().filter(|act| why_not(act).is_some());
        let stopped = acts.filter_map(|act| chains.of_act(act)).collect();
        Self { chains, stopped }
    }

    fn why(&self, act: &PlanAct) -> Option<&'static str> {
        why_not(act).or_else(|| {
            let chain = self.chains.of_act(act)?;
            self.stopped.contains(&chain).then_some("held back")
        })
    }
}

/// What acts tie together: an account and the numbers that it gives and takes, and who else does.
struct Chains {
    /// For each account and number but the first one of its chain: one before it.
    before: BTreeMap<u32, u32>,
}

impl Chains {
    fn of<'a>(acts: impl Iterator<Item = &'a PlanAct>) -> Self {
        let mut chains = Self {
            before: BTreeMap::new(),
        };
        for act in acts {
            if let [one, other] = act.about[..] {
                let (one, other) = (chains.first_of(one), chains.first_of(other));
                if one != other {
                    chains.before.insert(one.max(other), one.min(other));
                }
            }
        }
        chains
    }

    /// The chain of an act, by its first member; `None` for an act that is about neither.
    fn of_act(&self, act: &PlanAct) -> Option<u32> {
        Some(self.first_of(*act.about.first()?))
    }

    fn first_of(&self, mut member: u32) -> u32 {
        while let Some(before) = self.before.get(&member) {
            member = *before;
        }
        member
    }
}

fn tenant_id(report: &Report) -> Option<String> {
    report.snapshots.first()?.tenant_id.clone()
}

fn title(step: &PlanStep) -> String {
    match step.acts.as_slice() {
        [only] => called(only),
        _ => step.change.to_owned(),
    }
}

fn called(act: &PlanAct) -> String {
    format!("{} ({})", act.change, act.object)
}

fn place(report: &Report, step: &PlanStep) -> String {
    let location = &step.location;
    let (line, column) = (location.start.line, location.start.column);
    format!("{}:{line}:{column}", report.path_of(location))
}

/// What a step needs, each need once, and what it leaves behind.
fn comments(step: &PlanStep) -> Vec<String> {
    let mut comments: Vec<String> = Vec::new();
    for act in &step.acts {
        for need in &act.needs {
            let line = match need.met {
                "met" => format!("Before: {}", need.what),
                "unmet" => format!("NOT MET: {} - {}", need.what, need.instead),
                _ => format!("Not known: {} - {}", need.what, need.instead),
            };
            if !comments.contains(&line) {
                comments.push(line);
            }
        }
        comments.extend(act.remarks.iter().map(|remark| format!("Mind: {remark}")));
    }
    comments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::human::samples::{act, need, place, plan, report, source, step};

    /// An act about that account with one command, and one that takes it back.
    fn of(account: u32, change: &'static str) -> PlanAct {
        PlanAct {
            about: vec![account],
            needs: Vec::new(),
            commands: vec![format!("do {change} {account}")],
            undo: vec![format!("undo {change} {account}")],
            ..act(change, "a@contoso.example")
        }
    }

    /// What the script of steps runs and shows, and what takes them back.
    fn scripts(steps: Vec<Vec<PlanAct>>) -> [Vec<String>; 2] {
        let mut report = report();
        let file = source(&mut report, "plan.toml", b"[[step]]");
        let at = place(&report, file, 1, 1, "");
        let mut plan = plan(&at, "a@contoso.example");
        let steps = steps.into_iter().zip(1..);
        plan.steps = steps
            .map(|(acts, number)| step(number, &at, acts))
            .collect();
        report.plan = Some(plan);
        [script_of_plan(&report), rollback_of_plan(&report)].map(|script| {
            let blocks = script.expect("it is a plan").blocks.into_iter();
            blocks.flat_map(|block| block.commands).collect()
        })
    }

    /// The same of one step.
    fn both(acts: Vec<PlanAct>) -> [Vec<String>; 2] {
        scripts(vec![acts])
    }

    #[test]
    fn what_hangs_together_with_a_refused_act_is_not_run() {
        let mut refused = of(0, "assign-number");
        refused.outcome = ActOutcome::Refused;
        refused.undo.clear();
        let mut wait = of(0, "wait-for-export");
        wait.about.clear();
        wait.undo.clear();
        let acts = vec![
            of(0, "unassign-number"),
            of(1, "unassign-number"),
            wait,
            refused,
            of(1, "assign-number"),
        ];
        let [script, back] = both(acts);
        assert_eq!(
            script,
            [
                "# held back: do unassign-number 0",
                "do unassign-number 1",
                "do wait-for-export 0",
                "# refused: do assign-number 0",
                "do assign-number 1",
            ]
        );
        assert_eq!(
            back,
            [
                "undo assign-number 1",
                "undo unassign-number 1",
                "# if you did it by hand: undo unassign-number 0",
            ]
        );
    }

    #[test]
    fn nobody_is_deleted_whose_number_is_not_taken_off_for_the_harm_that_it_would_do() {
        let mut harmful = of(0, "unassign-number");
        let users = need("nobody calls with it", "unmet", "a policy does");
        harmful.needs.push(users);
        let [script, _] = both(vec![harmful, of(0, "delete-account")]);
        assert_eq!(
            script,
            [
                "# lacks something: do unassign-number 0",
                "# held back: do delete-account 0",
            ]
        );
    }

    #[test]
    fn who_gives_a_number_and_who_takes_it_hang_together() {
        let about = |account, number, change| PlanAct {
            about: vec![account, number],
            ..of(account, change)
        };
        let mut refused = about(1, 2, "assign-number");
        refused.outcome = ActOutcome::Refused;
        let acts = vec![
            about(0, 2, "unassign-number"),
            about(3, 4, "unassign-number"),
            refused,
        ];
        let [script, _] = both(acts);
        assert_eq!(
            script,
            [
                "# held back: do unassign-number 0",
                "do unassign-number 3",
                "# refused: do assign-number 1",
            ]
        );
    }

    /// A port of the number of that account.
    fn port(account: u32) -> PlanAct {
        PlanAct {
            undo: Vec::new(),
            irreversible: Some(format!("{account} comes back only with another port")),
            ..of(account, PORT)
        }
    }

    fn told(account: u32) -> String {
        format!("# complete-port (a@contoso.example): {account} comes back only with another port")
    }

    /// An act that gives something, which is taken away again.
    fn giving(account: u32, change: &'static str) -> PlanAct {
        PlanAct {
            takes: true,
            ..of(account, change)
        }
    }

    #[test]
    fn a_number_is_ported_back_before_its_license_goes() {
        let all = || {
            vec![
                port(0),
                port(1),
                giving(0, "change-license"),
                giving(1, "change-license"),
                giving(1, "assign-number"),
            ]
        };
        let expected = [
            told(1),
            "undo assign-number 1".to_owned(),
            "undo change-license 1".to_owned(),
            told(0),
            "undo change-license 0".to_owned(),
        ];
        assert_eq!(both(all())[1], expected);
        // It is the same whether the plan says it in one step or in several.
        let steps = all().into_iter().map(|act| vec![act]).collect();
        assert_eq!(scripts(steps)[1], expected);
    }

    #[test]
    fn a_license_that_a_port_back_takes_is_given_before() {
        let acts = vec![port(0), of(0, "change-license")];
        assert_eq!(both(acts)[1], ["undo change-license 0".to_owned(), told(0)]);
    }

    #[test]
    fn a_port_that_is_held_back_is_taken_back_by_hand() {
        let mut refused = giving(0, "assign-number");
        refused.outcome = ActOutcome::Refused;
        refused.undo.clear();
        let by_hand = told(0).replace("# ", "# if you did it by hand: ");
        assert_eq!(both(vec![port(0), refused])[1], [by_hand]);
    }

    #[test]
    fn what_else_does_not_come_back_stands_where_it_would() {
        let mut release = of(0, "release-direct-routing-numbers");
        release.undo.clear();
        release.irreversible = Some("it has to be uploaded again".to_owned());
        let acts = vec![of(0, "unassign-number"), release, of(0, "assign-number")];
        let [_, back] = both(acts);
        assert_eq!(
            back,
            [
                "undo assign-number 0",
                "# release-direct-routing-numbers (a@contoso.example): it has to be uploaded again",
                "undo unassign-number 0",
            ]
        );
    }
}
