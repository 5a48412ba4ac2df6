//! Apps that lead to each other in a circle, told once for all: what holds of one of them holds of all.
//!
//! Whoever asks what leads to an app, by whatever ways, goes through the circles in order and passes on what it found: to
//! follow the ways up from each app anew takes the square of a long chain, and the cube of a large circle.

use super::{Ids, Lead, Tenant};
use crate::snapshot::ObjectId;

/// Apps of which each leads to all others, by whatever ways: a single app where no ways come back to it. What leads to an
/// account leads to all apps of it: the account stands between, and is a circle without apps where nothing comes back to it.
#[derive(Clone, Default, Debug)]
pub struct AppCircle {
    /// In order of id.
    pub apps: Vec<ObjectId>,
    /// The other circles that lead here directly, by their places in [`AppCircles::all`]; one may be named again.
    pub above: Vec<usize>,
}

/// The circles of all apps.
#[derive(Debug)]
pub struct AppCircles {
    /// Each after all circles that lead to it.
    pub all: Vec<AppCircle>,
    by_app: Ids<usize>,
}

impl AppCircles {
    /// The place of the circle of an app in [`Self::all`].
    pub fn of(&self, app: ObjectId) -> Option<usize> {
        self.by_app.get(&app).copied()
    }
}

impl Tenant {
    /// The circles in which apps lead to each other.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/plan-auto-attendant-call-queue>.
    pub fn app_circles(&self) -> &AppCircles {
        let circles = &self.index.memo.app_circles;
        circles.get_or_init(|| self.all_app_circles())
    }

    fn all_app_circles(&self) -> AppCircles {
        let apps: Vec<ObjectId> = self.apps.iter().filter_map(|app| app.id.get()).collect();
        let places: Ids<usize> = apps.iter().copied().zip(0..).collect();
        let leads = self.leads();
        let from = |leads: &[Lead]| -> Vec<usize> {
            let from = leads.iter().map(|lead| &lead.from);
            from.filter_map(|from| places.get(from).copied()).collect()
        };
        let mut above: Vec<Vec<usize>> = apps.iter().map(|app| from(leads.to_app(*app))).collect();
        // Apps may share an account: to draw a way from each that leads there to each of these takes the square of them.
        let mut accounts: Ids<usize> = Ids::default();
        for (app, place) in apps.iter().zip(0..) {
            for account in self.accounts_of(*app) {
                let next = above.len();
                let leads = leads.to_account(*account);
                if let Some(first) = accounts.get(account) {
                    above[place].push(*first);
                } else if !leads.is_empty() {
                    accounts.insert(*account, next);
                    above.push(from(leads));
                    above[place].push(next);
                }
            }
        }
        let (circle_of, count) = circles(&above);
        let mut all = vec![AppCircle::default(); count];
        for (above, circle) in above.iter().zip(&circle_of) {
            let others = above.iter().map(|from| circle_of[*from]);
            all[*circle].above.extend(others.filter(|of| of != circle));
        }
        for (app, circle) in apps.iter().zip(&circle_of) {
            all[*circle].apps.push(*app);
        }
        for circle in &mut all {
            circle.apps.sort_unstable();
        }
        let by_app = apps.into_iter().zip(circle_of).collect();
        AppCircles { all, by_app }
    }
}

/// What has no circle yet.
const NONE: usize = usize::MAX;

/// The circle of each of these, and how many circles there are, by the places of those that lead to each: Tarjan's strongly
/// connected components, on a path of its own, because a chain of calls may be longer than the stack is deep. A circle comes
/// after all that lead to it.
fn circles(above: &[Vec<usize>]) -> (Vec<usize>, usize) {
    let mut circle_of = vec![NONE; above.len()];
    let mut count = 0;
    // As the how-many-th each was met, from 1, and the first one met that it comes back to.
    let mut met = vec![0; above.len()];
    let mut back = vec![0; above.len()];
    let mut last = 0;
    // What was met and has no circle yet.
    let mut open: Vec<usize> = Vec::new();
    for start in 0..above.len() {
        let mut path: Vec<(usize, usize)> = Vec::new();
        let mut next = (met[start] == 0).then_some(start);
        loop {
            if let Some(at) = next.take() {
                last += 1;
                met[at] = last;
                back[at] = last;
                open.push(at);
                path.push((at, 0));
            }
            let Some((at, way)) = path.last_mut() else {
                break;
            };
            let at = *at;
            if let Some(to) = above[at].get(*way).copied() {
                *way += 1;
                if met[to] == 0 {
                    next = Some(to);
                } else if circle_of[to] == NONE {
                    back[at] = back[at].min(met[to]);
                }
                continue;
            }
            path.pop();
            if let Some((before, _)) = path.last() {
                back[*before] = back[*before].min(back[at]);
            }
            if back[at] == met[at] {
                while let Some(member) = open.pop() {
                    circle_of[member] = count;
                    if member == at {
                        break;
                    }
                }
                count += 1;
            }
        }
    }
    (circle_of, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that leads to one, itself included, by going up from it.
    fn tree_of(at: usize, above: &[Vec<usize>]) -> Vec<bool> {
        let mut tree = vec![false; above.len()];
        let mut open = vec![at];
        while let Some(next) = open.pop() {
            if !std::mem::replace(&mut tree[next], true) {
                open.extend(&above[next]);
            }
        }
        tree
    }

    #[test]
    fn those_in_one_circle_lead_to_each_other_and_come_after_what_leads_to_them() {
        let mut state = 1_u32;
        let mut draw = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize % below
        };
        for _ in 0..300 {
            let size = 1 + draw(9);
            let above: Vec<Vec<usize>> = (0..size)
                .map(|_| (0..draw(4)).map(|_| draw(size)).collect())
                .collect();
            let (circle_of, count) = circles(&above);
            let trees: Vec<Vec<bool>> = (0..size).map(|at| tree_of(at, &above)).collect();
            for one in 0..size {
                assert!(circle_of[one] < count, "{above:?}");
                for two in 0..size {
                    let together = trees[one][two] && trees[two][one];
                    assert_eq!(circle_of[one] == circle_of[two], together, "{above:?}");
                    if trees[one][two] {
                        assert!(circle_of[two] <= circle_of[one], "{above:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_chain_may_be_long() {
        let above: Vec<Vec<usize>> = (0..50_000).map(|at| vec![(at + 1) % 50_000]).collect();
        assert_eq!(circles(&above).1, 1);
        let above: Vec<Vec<usize>> = (0..50_000_usize)
            .map(|at| at.checked_sub(1).into_iter().collect())
            .collect();
        assert_eq!(circles(&above).1, 50_000);
    }
}
