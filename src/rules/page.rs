//! A rule page: front matter and fixed sections, read from the Markdown file that users read too.
//!
//! The page is the one place where a rule's code, title, grades and needs are written; the code reads them from here.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Confidence, Severity};
use crate::snapshot::ExportKind;

/// The sections of a page, in their order; `Options` may be absent.
pub const SECTIONS: [&str; 7] = [
    "What it checks",
    "Why it matters",
    "Violation",
    "Clean",
    "Remedy",
    "Options",
    "Limits",
];

/// What stands behind the front matter.
const CLOSE: &[u8] = b"\n---\n";

/// What stands before the heading of a section.
const HEADING: &[u8] = b"\n## ";

const KEYS: [&str; 12] = [
    "code",
    "title",
    "severity",
    "confidence",
    "needs",
    "any-of",
    "refines",
    "partial-without",
    "concludes-from-absence",
    "since",
    "references",
    "status",
];

/// A rule's page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// File name without `.md`: the rule's id.
    pub name: &'static str,
    /// Folder below `rules/`.
    pub category: &'static str,
    /// Short form, such as `OC001`.
    pub code: &'static str,
    /// One line without full stop.
    pub title: &'static str,
    /// Grades that the rule can give, strongest first.
    pub severity: Vec<Severity>,
    /// How surely the data decide.
    pub confidence: Confidence,
    /// Exports and properties without which the rule cannot run: all of them.
    pub needs: Vec<Need>,
    /// Of each list, one alternative must be there.
    pub any_of: Vec<Vec<Need>>,
    /// Exports and properties that sharpen severity or message.
    pub refines: Vec<Need>,
    /// Exports and properties without which part of what the rule looks at stays hidden: it runs, but finding nothing
    /// is no pass.
    pub partial_without: Vec<Need>,
    /// Exports from whose silence the rule concludes.
    pub concludes_from_absence: Vec<ExportKind>,
    /// Version that brought the rule.
    pub since: &'static str,
    /// Addresses of the vendor's pages.
    pub references: Vec<&'static str>,
    /// `stable`, `preview` or `retired`.
    pub status: &'static str,
    /// Everything behind the front matter.
    pub body: &'static str,
}

/// An export, and the properties of it that a rule reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Need {
    /// Family of the export.
    pub export: ExportKind,
    /// Canonical property names.
    pub properties: Vec<&'static str>,
}

/// A fenced example of a page: one export file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Example {
    /// File name from the fence.
    pub file: &'static str,
    /// Content of the file.
    pub text: &'static str,
}

impl Page {
    /// Reads a page, its sections included.
    ///
    /// # Errors
    /// A sentence that says which key or section is wrong.
    pub fn parse(
        category: &'static str,
        name: &'static str,
        text: &'static str,
    ) -> Result<Self, String> {
        let page = Self::read(category, name, text)?;
        page.sections().map(|_| page)
    }

    /// Reads the front matter of a page, which is all that most runs want of it: all pages are half a million bytes. The
    /// sections are looked for when they are asked for.
    ///
    /// # Errors
    /// A sentence that says which key is wrong.
    pub fn read(
        category: &'static str,
        name: &'static str,
        text: &'static str,
    ) -> Result<Self, String> {
        let rest = text
            .strip_prefix("---\n")
            .ok_or("the page does not begin with `---`")?;
        let close = memchr::memmem::find(rest.as_bytes(), CLOSE);
        let (front, body) = close
            .and_then(|at| Some((rest.get(..at)?, rest.get(at + CLOSE.len()..)?)))
            .ok_or("the front matter is not closed with `---`")?;
        let mut values: Vec<(&str, &'static str)> = Vec::with_capacity(KEYS.len());
        for line in front.split('\n') {
            let (key, value) = line
                .split_once(':')
                .and_then(|(key, value)| Some((key, value.strip_prefix(' ')?)))
                .ok_or_else(|| format!("`{line}` is not `key: value`"))?;
            if !KEYS.contains(&key) {
                return Err(format!("unknown key `{key}`"));
            }
            if values.iter().any(|(known, _)| *known == key) {
                return Err(format!("key `{key}` occurs twice"));
            }
            values.push((key, value));
        }
        let bare = |key: &str| -> Result<&'static str, String> {
            values
                .iter()
                .find(|(known, _)| *known == key)
                .map(|(_, value)| *value)
                .ok_or_else(|| format!("key `{key}` is missing"))
        };
        let severity = json::<Vec<&str>>("severity", bare("severity")?)?
            .iter()
            .map(|name| {
                Severity::from_name(name).ok_or_else(|| format!("unknown severity `{name}`"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        if severity.is_empty() || !severity.is_sorted_by(|one, two| one > two) {
            return Err("severity must list its grades strongest first".into());
        }
        let confidence = bare("confidence")?;
        Ok(Self {
            name,
            category,
            code: bare("code")?,
            title: bare("title")?,
            severity,
            confidence: Confidence::from_name(confidence)
                .ok_or_else(|| format!("unknown confidence `{confidence}`"))?,
            needs: needs(json("needs", bare("needs")?)?)?,
            any_of: json::<Vec<Vec<Exports>>>("any-of", bare("any-of")?)?
                .into_iter()
                .map(|list| {
                    let alternatives: Result<Vec<Vec<Need>>, String> =
                        list.into_iter().map(needs).collect();
                    Ok(alternatives?.into_iter().flatten().collect())
                })
                .collect::<Result<_, String>>()?,
            refines: needs(json("refines", bare("refines")?)?)?,
            // Most rules have no such half.
            partial_without: match bare("partial-without") {
                Ok(value) => needs(json("partial-without", value)?)?,
                Err(_) => Vec::new(),
            },
            concludes_from_absence: json::<Vec<&str>>(
                "concludes-from-absence",
                bare("concludes-from-absence")?,
            )?
            .iter()
            .map(|name| export(name))
            .collect::<Result<_, _>>()?,
            since: bare("since")?,
            references: json("references", bare("references")?)?,
            status: bare("status")?,
            body,
        })
    }

    /// The text of a section, without its heading.
    pub fn section(&self, title: &str) -> &'static str {
        let sections = self.sections().unwrap_or_default().into_iter();
        let mut of_title = sections.filter(|(heading, _)| *heading == title);
        of_title.next().map_or("", |(_, text)| text)
    }

    /// The sections: heading and text.
    ///
    /// # Errors
    /// A sentence that says which section is wrong.
    pub fn sections(&self) -> Result<Vec<(&'static str, &'static str)>, String> {
        let mut found: Vec<(&'static str, &'static str)> = Vec::new();
        let begins = memchr::memmem::find_iter(self.body.as_bytes(), HEADING);
        let begins: Vec<usize> = begins.map(|at| at + HEADING.len()).collect();
        for (number, begin) in begins.iter().enumerate() {
            let next = begins.get(number + 1);
            let end = next.map_or(self.body.len(), |next| next - HEADING.len());
            let part = self.body.get(*begin..end).unwrap_or_default();
            let (heading, text) = part.split_once('\n').unwrap_or((part, ""));
            found.push((heading.trim(), text));
        }
        let mut expected = SECTIONS.iter();
        for (heading, _) in &found {
            if !expected.any(|title| title == heading) {
                return Err(format!("section `{heading}` is unknown or out of order"));
            }
        }
        for title in SECTIONS {
            if title != "Options" && !found.iter().any(|(heading, _)| *heading == title) {
                return Err(format!("section `{title}` is missing"));
            }
        }
        Ok(found)
    }

    /// The first sentence of a section, for formats that have room for one line.
    pub fn first_paragraph(&self, title: &str) -> String {
        let text = self.section(title).trim();
        let paragraph = text.split("\n\n").next().unwrap_or_default();
        paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The export files of a section's fenced blocks.
    pub fn examples(&self, title: &str) -> Vec<Example> {
        let mut examples = Vec::new();
        let mut rest = self.section(title);
        while let Some((_, fenced)) = rest.split_once("```") {
            let Some((info, body)) = fenced.split_once('\n') else {
                break;
            };
            let Some((text, behind)) = body.split_once("```") else {
                break;
            };
            if let Some((_, file)) = info.split_once(' ') {
                examples.push(Example { file, text });
            }
            rest = behind;
        }
        examples
    }

    /// Every need of the page that must or may be met, refining ones left out.
    pub fn all_needs(&self) -> impl Iterator<Item = &Need> {
        let necessary = self.needs.iter().chain(self.any_of.iter().flatten());
        necessary.chain(&self.partial_without)
    }

    /// An export that the rule reads and that was there before and is not now; another dialect of it will do.
    pub fn loses(
        &self,
        before: &BTreeSet<ExportKind>,
        now: &BTreeSet<ExportKind>,
    ) -> Option<ExportKind> {
        let needs = self.all_needs().chain(&self.refines);
        let families: BTreeSet<ExportKind> = needs.map(|need| need.export.family()).collect();
        families
            .into_iter()
            .find_map(|family| family.lost(before, now))
    }
}

fn json<T>(key: &str, text: &'static str) -> Result<T, String>
where
    T: serde::Deserialize<'static> + Default,
{
    // So are most of them.
    if matches!(text, "[]" | "{}") {
        return Ok(T::default());
    }
    serde_json::from_str(text).map_err(|error| format!("`{key}` is not the JSON expected: {error}"))
}

/// Properties by export.
type Exports = BTreeMap<&'static str, Vec<&'static str>>;

fn export(name: &str) -> Result<ExportKind, String> {
    ExportKind::from_name(name).ok_or_else(|| format!("unknown export `{name}`"))
}

fn needs(map: Exports) -> Result<Vec<Need>, String> {
    map.into_iter()
        .map(|(name, properties)| {
            Ok(Need {
                export: export(name)?,
                properties,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Page;
    use crate::rules::known;

    const PAGE: &str = "---\ncode: XX001\ntitle: t\nseverity: [\"error\"]\nconfidence: high\nneeds: {}\nany-of: []\n\
        refines: {}\nconcludes-from-absence: []\nsince: 0.1.0\nreferences: []\nstatus: stable\n---\n\n";

    #[test]
    fn every_page_has_its_sections_in_order() {
        for rule in known() {
            let sections = rule.page.sections();
            assert!(sections.is_ok(), "{}: {sections:?}", rule.page.name);
        }
    }

    #[test]
    fn a_page_is_read_without_its_sections_and_parsed_with_them() {
        let text = |sections: &str| -> &'static str { format!("{PAGE}{sections}").leak() };
        let error = |sections: &str| {
            assert!(Page::read("users", "x", text(sections)).is_ok());
            Page::parse("users", "x", text(sections)).unwrap_err()
        };
        assert_eq!(
            error("## Limits\n\nx\n\n## Clean\n"),
            "section `Clean` is unknown or out of order"
        );
        assert_eq!(
            error("## What it checks\n\nx\n"),
            "section `Why it matters` is missing"
        );
        let page = Page::read("users", "x", text("## What it checks\n\nx\n")).unwrap();
        // Of a page that is not as it must be, nothing is told.
        assert_eq!(page.section("What it checks"), "");
    }
}
