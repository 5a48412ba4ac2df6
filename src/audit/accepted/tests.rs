//! That exceptions share findings as if each finding asked all of them, again and again.

use std::fmt::Write as _;

use super::*;
use crate::config::{Overrides, ProjectFile};
use crate::finding::SubjectKind;
use crate::rules;

/// What each exception has, found by asking all of them for every candidate whenever one of them is too broad.
fn naive(exceptions: &Exceptions, candidates: &[Candidate]) -> Shares {
    let all = &exceptions.policy.exceptions;
    let mut broad = BTreeMap::new();
    loop {
        let mut shares = Shares {
            hidden: vec![Vec::new(); all.len()],
            ..Shares::default()
        };
        for (at, candidate) in candidates.iter().enumerate() {
            let now = exceptions.now(candidate.snapshot);
            let about = all.iter().enumerate();
            let about = about.filter(|(_, one)| exceptions.is_about(one, candidate));
            let (over, live): (Vec<_>, Vec<_>) = about.partition(|(_, one)| one.is_over(now));
            let mut live = live.iter().filter(|(index, _)| !broad.contains_key(index));
            let hides = live.next();
            if let Some((index, _)) = hides {
                shares.hidden[*index].push(at);
            }
            for (index, _) in over {
                if hides.is_some() {
                    shares.replaced.insert(index);
                } else {
                    shares.over.entry(index).or_default().push(at);
                }
            }
        }
        let known = broad.len();
        for (index, one) in all.iter().enumerate() {
            if shares.hidden[index].len() as u64 > one.max_matches {
                broad.insert(index, std::mem::take(&mut shares.hidden[index]));
            }
        }
        if broad.len() == known {
            return Shares { broad, ..shares };
        }
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn pick<'t>(&mut self, among: &[&'t str]) -> &'t str {
        among[self.roll(among.len())]
    }
}

fn policy(config: &str) -> Policy {
    let file = ProjectFile::parse("tenantlint.toml", config).expect("TOML");
    Policy::resolve(Some(&file), &Overrides::default(), rules::all())
        .unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn exceptions(policy: &Policy) -> Exceptions<'_> {
    let of = |id: &str, now: &str| Of {
        id: None,
        name: Some(id.to_owned()),
        now: Moment::parse(now),
    };
    Exceptions {
        policy,
        file: SourceId(0),
        tenants: vec![
            of("Contoso", "2026-09-14T00:00:00Z"),
            of("Fabrikam", "2026-01-01T00:00:00Z"),
        ],
        by_target: ByTarget::new(&policy.exceptions),
    }
}

/// Names in several cases, one of them with letters that are ones of ASCII in another case.
const NAMES: [&str; 7] = [
    "ann",
    "Ann",
    "ANNE",
    "bob",
    "\u{212a}i\u{17f}s",
    "kiss",
    "zoë",
];

fn subjects(dice: &mut Dice, count: usize) -> Vec<Subject> {
    let kinds = [
        SubjectKind::User,
        SubjectKind::Number,
        SubjectKind::Operator,
    ];
    let mut subject = |_| {
        let (id, name) = (dice.pick(&NAMES), dice.pick(&NAMES));
        Subject::new(kinds[dice.roll(3)], id, name)
    };
    (0..count).map(&mut subject).collect()
}

fn candidates<'s>(dice: &mut Dice, subjects: &'s [Subject]) -> Vec<Candidate<'s>> {
    let candidate = |subject: &'s Subject| Candidate {
        code: ["OC001", "US001"][dice.roll(2)],
        subject,
        fingerprint: Fingerprint([dice.roll(4) as u8; 16]),
        snapshot: dice.roll(2) as u32,
    };
    subjects.iter().map(candidate).collect()
}

fn random_config(dice: &mut Dice) -> String {
    let mut config = String::new();
    for _ in 0..dice.roll(12) {
        let code = dice.pick(&["OC001", "US001"]);
        let name = dice.pick(&[
            "ann",
            "ANN",
            "an*",
            "*",
            "?nn",
            " bob ",
            "KISS",
            "Kiss",
            "\u{212a}iss",
            "ZOË",
            "nobody",
        ]);
        let target = match dice.roll(4) {
            0 => format!(
                "fingerprint = \"{}\"",
                Fingerprint([dice.roll(4) as u8; 16])
            ),
            1 => format!("user = \"{name}\""),
            2 => format!("operator = \"{name}\""),
            _ => format!("subject = \"{name}\""),
        };
        let more = dice.pick(&[
            "",
            "expires = 2026-03-01",
            "expires = 2025-03-01",
            "tenant = \"contoso\"",
            "tenant = \"f*\"",
        ]);
        let most = dice.roll(5) + 1;
        let _ = write!(
            config,
            "[[exceptions]]\nrule = \"{code}\"\nreason = \"x\"\n{target}\n{more}\nmax-matches = {most}\n"
        );
    }
    config
}

#[test]
fn findings_are_shared_as_if_each_asked_all_exceptions() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut seen = [0_usize; 4];
    for _ in 0..400 {
        let config = random_config(&mut dice);
        let policy = policy(&config);
        let exceptions = exceptions(&policy);
        let count = dice.roll(30);
        let subjects = subjects(&mut dice, count);
        let candidates = candidates(&mut dice, &subjects);
        let expected = naive(&exceptions, &candidates);
        let shares = exceptions.share(&candidates);
        assert_eq!(shares.hidden, expected.hidden, "{config}");
        assert_eq!(shares.broad, expected.broad, "{config}");
        assert_eq!(shares.over, expected.over, "{config}");
        assert_eq!(shares.replaced, expected.replaced, "{config}");
        let counts = [
            shares.hidden.iter().flatten().count(),
            shares.broad.len(),
            shares.over.len(),
            shares.replaced.len(),
        ];
        for (seen, count) in seen.iter_mut().zip(counts) {
            *seen += count;
        }
    }
    assert!(seen.iter().all(|count| *count > 100), "{seen:?}");
}

#[test]
fn hundreds_of_exceptions_that_are_too_broad_take_no_minutes() {
    const COUNT: usize = 500;
    let one =
        "[[exceptions]]\nrule = \"OC001\"\nreason = \"x\"\nsubject = \"ann\"\nmax-matches = 1\n";
    let policy = policy(&one.repeat(COUNT));
    let exceptions = exceptions(&policy);
    let subject = Subject::new(SubjectKind::User, "ann", "Ann");
    let candidates: Vec<Candidate> = (0..COUNT)
        .map(|_| Candidate {
            code: "OC001",
            subject: &subject,
            fingerprint: Fingerprint([0; 16]),
            snapshot: 0,
        })
        .collect();
    let shares = exceptions.share(&candidates);
    assert_eq!(shares.broad.len(), COUNT);
    assert!(shares.hidden.iter().all(Vec::is_empty));
    let all: Vec<usize> = (0..COUNT).collect();
    assert!(shares.broad.values().all(|broad| *broad == all));
}
