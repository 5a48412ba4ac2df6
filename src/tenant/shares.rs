//! Whose the numbers of each country are, and which could be an operator's though the exports do not tell.
//!
//! All numbers are gone through once, for all operators: an operator has its own ones by place, and of the others only those
//! matter that could be of any operator, or of any that has no id.

use std::collections::BTreeMap;

use super::calling_codes::CallingCode;
use super::{Answer, Country, Number, Operator, Tenant};
use crate::snapshot::PhoneNumber;

/// Numbers of which the exports do not tell whose they are: whether there are any, and any that may be assigned.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Unclaimed {
    any: bool,
    assigned: bool,
}

/// The countries of all numbers; the calling codes of those without country.
#[derive(Default, Debug)]
pub(super) struct Areas {
    countries: BTreeMap<Country, usize>,
    placeless: BTreeMap<String, usize>,
    all: Vec<Area>,
    /// The area of each number.
    of_numbers: Vec<usize>,
}

#[derive(Default, Debug)]
struct Area {
    /// The calling codes of its numbers.
    codes: Vec<String>,
    count: usize,
    /// Numbers that could be of an operator without an id, and of one with an id.
    unclaimed: [usize; 2],
}

/// Whose numbers an area has, seen from one operator.
struct Shares {
    own: bool,
    others: bool,
    /// Numbers that may be its own or not.
    open: bool,
}

impl Area {
    fn shares(&self, own: usize, operator: &Operator) -> Shares {
        let open = self.unclaimed[kind_of(operator)];
        Shares {
            own: own > 0,
            others: self.count > own + open,
            open: open > 0,
        }
    }
}

impl Tenant {
    /// Whether a number that may be assigned could be the operator's, though the exports do not tell.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.
    pub fn may_have_more_numbers(&self, operator: &Operator) -> bool {
        self.unclaimed_by(operator).assigned
    }

    /// Whether any number, assigned or not, could be the operator's, though the exports do not tell.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.
    pub fn may_own_more(&self, operator: &Operator) -> bool {
        self.unclaimed_by(operator).any
    }

    /// The countries in which every number of the tenant, of whatever type, is the operator's; and why there may be more
    /// of them, where the exports do not tell.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.
    pub fn countries_alone(&self, operator: &Operator) -> (Vec<Country>, Option<&'static str>) {
        const WHERE: &str = "the country of a number is not known";
        let areas = self.index.memo.areas.get_or_init(|| self.all_areas());
        let mut own = vec![0; areas.all.len()];
        for number in &operator.numbers {
            if let Some(area) = areas.of_numbers.get(*number as usize) {
                own[*area] += 1;
            }
        }
        let shares = |area: usize| areas.all[area].shares(own[area], operator);
        let placeless: Vec<(&str, Shares)> = areas
            .placeless
            .iter()
            .map(|(code, area)| (code.as_str(), shares(*area)))
            .collect();
        let mut open = None;
        let mut alone = Vec::new();
        for (country, area) in &areas.countries {
            let Shares {
                others,
                open: is_open,
                ..
            } = shares(*area);
            let codes = &areas.all[*area].codes;
            // A number without country may be in any one that shares its calling code.
            let may_be_here = |(code, whose): &(&str, Shares)| {
                (whose.others || whose.open)
                    && (code.is_empty() || codes.iter().any(|own| own == code))
            };
            if others {
                continue;
            }
            if is_open {
                open = Some("the export does not tell whose some numbers are");
            } else if placeless.iter().any(may_be_here) {
                open = Some(WHERE);
            } else {
                alone.push(*country);
            }
        }
        if placeless.iter().any(|(_, whose)| whose.own || whose.open) {
            open = open.or(Some(WHERE));
        }
        (alone, open)
    }

    fn unclaimed_by(&self, operator: &Operator) -> Unclaimed {
        let unclaimed = &self.index.memo.unclaimed;
        unclaimed.get_or_init(|| self.all_unclaimed())[kind_of(operator)]
    }

    fn all_unclaimed(&self) -> [Unclaimed; 2] {
        let mut all = [Unclaimed::default(); 2];
        for number in &self.numbers {
            for (unclaimed, could_be) in all.iter_mut().zip(self.could_be_of(number)) {
                unclaimed.any |= could_be;
                unclaimed.assigned |= could_be && self.is_assigned(number) != Answer::No;
            }
        }
        all
    }

    /// Whether a number could be that of any operator without an id, and of any with an id.
    fn could_be_of(&self, number: &Number) -> [bool; 2] {
        let record = &number.record;
        // A number that an operator claims is no other one's.
        let is_unclaimed = number.listed_operator == Answer::Unknown
            && record.partner_name.get().is_none()
            && self.is_operator_connect(number) != Answer::No;
        // Ids tell only operators apart that have one.
        let ids = [&record.partner_id, &record.operator_id];
        let has_no_id = ids.iter().all(|id| self.shared_id(id).is_none());
        [is_unclaimed, is_unclaimed && has_no_id]
    }

    fn all_areas(&self) -> Areas {
        let mut areas = Areas::default();
        for number in &self.numbers {
            let code = code_of(number.key);
            let next = areas.all.len();
            let place = match self.country_of_number(number) {
                Some(country) => *areas.countries.entry(country).or_insert(next),
                None => *areas.placeless.entry(code.clone()).or_insert(next),
            };
            if place == next {
                areas.all.push(Area::default());
            }
            areas.of_numbers.push(place);
            let area = &mut areas.all[place];
            area.count += 1;
            for (count, could_be) in area.unclaimed.iter_mut().zip(self.could_be_of(number)) {
                *count += usize::from(could_be);
            }
            if !area.codes.contains(&code) {
                area.codes.push(code);
            }
        }
        areas
    }
}

/// Which of the two kinds an operator is of: those without an id, and those with one.
fn kind_of(operator: &Operator) -> usize {
    usize::from(operator.record.id.get().is_some())
}

/// The calling code of a number; blank where it has none.
fn code_of(number: PhoneNumber) -> String {
    let digits = number.digits();
    let code = CallingCode::of(&digits).and_then(|(_, national)| digits.strip_suffix(national));
    code.unwrap_or_default().to_owned()
}
