//! Whose numbers they are: the operator of a number, and an operator country by country.

use super::{Answer, Country, Number, Operator, Tenant};
use crate::snapshot::Field;
use crate::snapshot::record::SplitList;

/// What the operators file says of a country.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CountryState {
    /// It is enabled.
    Enabled,
    /// It was enabled once.
    Removed,
    /// It is not mentioned.
    NotListed,
    /// The file does not tell.
    Unknown,
}

impl Tenant {
    /// The operator of the operators file that claims a number; the first one where several do.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.
    pub fn operator_of(&self, number: &Number) -> Option<&Operator> {
        if self.is_settled() {
            return self.operators.get(number.operator? as usize);
        }
        let index = self
            .numbers
            .binary_search_by_key(&number.key, |one| one.key)
            .ok()?;
        self.operators
            .iter()
            .find(|operator| operator.numbers.binary_search(&(index as u32)).is_ok())
    }

    /// What the operators file says of a country of an operator.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.
    pub fn country_state(&self, operator: &Operator, country: Country) -> CountryState {
        let record = &operator.record;
        match (
            self.lists(&record.countries, country),
            self.lists(&record.removed_countries, country),
        ) {
            (Answer::Yes, _) => CountryState::Enabled,
            (_, Answer::Yes) => CountryState::Removed,
            (Answer::No, _) => CountryState::NotListed,
            (Answer::Unknown, _) => CountryState::Unknown,
        }
    }

    /// Whether a country may be among those that were removed for an operator, though the file does not spell it as a code.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.
    pub fn may_be_removed(&self, operator: &Operator, country: Country) -> bool {
        let removed = &operator.record.removed_countries;
        removed.value().is_some() && self.lists(removed, country) == Answer::Unknown
    }

    /// The countries that are enabled for an operator, in the order of the file; `None` where one of them is no code.
    ///
    /// Source: <https://learn.microsoft.com/microsoftteams/operator-connect-configure>.
    pub fn countries_of(&self, operator: &Operator) -> Option<Vec<Country>> {
        match &operator.record.countries {
            Field::Value(list) => list
                .0
                .iter()
                .map(|code| Country::parse(self.snapshot.texts.symbol(*code)))
                .collect(),
            Field::Null => Some(Vec::new()),
            Field::Absent => None,
        }
    }

    fn lists(&self, field: &Field<SplitList>, country: Country) -> Answer {
        match field {
            Field::Absent => Answer::Unknown,
            Field::Null => Answer::No,
            Field::Value(list) => {
                let mut answer = Answer::No;
                for code in &list.0 {
                    match Country::parse(self.snapshot.texts.symbol(*code)) {
                        Some(listed) if listed == country => return Answer::Yes,
                        Some(_) => {}
                        None => answer = Answer::Unknown,
                    }
                }
                answer
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::testing::tenant;

    #[test]
    fn countries_are_enabled_removed_or_unknown() {
        let state = |properties: &str, country: &str| {
            let operators = format!(r#"[{{"name":"Telco A","status":"Active"{properties}}}]"#);
            let tenant = tenant(&[("operators.json", &operators)]);
            tenant.country_state(
                &tenant.operators[0],
                Country::parse(country).expect("a country"),
            )
        };
        let lists = r#","countries":["US","de"],"removedCountries":"CA""#;
        assert_eq!(state(lists, "DE"), CountryState::Enabled);
        assert_eq!(state(lists, "CA"), CountryState::Removed);
        assert_eq!(state(lists, "FR"), CountryState::NotListed);
        assert_eq!(state("", "FR"), CountryState::Unknown);
        assert_eq!(
            state(r#","countries":["Germany"]"#, "DE"),
            CountryState::Unknown
        );
        assert_eq!(state(r#","countries":[]"#, "DE"), CountryState::NotListed);
    }

    #[test]
    fn only_what_is_no_code_may_be_any_country_that_was_removed() {
        let may_be = |properties: &str| {
            let operators = format!(r#"[{{"name":"Telco A","status":"Active"{properties}}}]"#);
            let tenant = tenant(&[("operators.json", &operators)]);
            let country = Country::parse("CA").expect("a country");
            tenant.may_be_removed(&tenant.operators[0], country)
        };
        assert!(may_be(r#","removedCountries":["Canada"]"#));
        for told in [
            r#","removedCountries":["Canada","CA"]"#,
            r#","removedCountries":["DE"]"#,
            r#","removedCountries":[]"#,
            r#","removedCountries":null"#,
            "",
        ] {
            assert!(!may_be(told), "{told}");
        }
    }

    #[test]
    fn a_number_has_the_operator_that_it_names() {
        let numbers = r#"[{"TelephoneNumber":"+12065550101","NumberType":"OperatorConnect","PstnPartnerName":"Telco A"},
            {"TelephoneNumber":"+12065550102","NumberType":"OperatorConnect","PstnPartnerName":"Telco B"}]"#;
        let tenant = tenant(&[
            (
                "operators.json",
                r#"[{"name":"Telco A","status":"Active","countries":["US"]}]"#,
            ),
            ("Get-CsPhoneNumberAssignment.json", numbers),
        ]);
        let names: Vec<Option<&str>> = tenant
            .numbers
            .iter()
            .map(|number| tenant.operator_of(number).map(|one| one.identity.as_str()))
            .collect();
        assert_eq!(names, [Some("telco a"), None]);
    }
}
