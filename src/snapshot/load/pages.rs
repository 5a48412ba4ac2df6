//! Whether all pages of a query are there: each chain of pages needs the one that links to none.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::snapshot::object_id::parse_guid;
use crate::source::{Source, SourceId, Sources, Span};

/// What a page says of the pages that follow it.
#[derive(Clone, Default)]
pub(super) struct PageEnd {
    /// The link to the next page.
    pub(super) next_link: Option<Link>,
    /// How many records all pages hold, and where that stands.
    pub(super) count: Option<(u64, Span)>,
    /// What the page says that it is: JSON, as it is written.
    pub(super) context: Option<String>,
    /// How many records it holds.
    pub(super) records: u64,
}

/// A link to a next page.
#[derive(Clone)]
pub(super) struct Link {
    /// What is asked for, without the place to go on from.
    path: String,
    /// Where it is.
    pub(super) span: Span,
}

impl Link {
    /// The link that a page has, as it is written there.
    pub(super) fn new(json: &str, span: Span) -> Self {
        let text = serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned());
        let path = text.split_once('?').map_or(text.as_str(), |(path, _)| path);
        let path = path.to_ascii_lowercase();
        Self { path, span }
    }
}

/// A count, which may stand in quotes.
pub(super) fn count_of(json: &str) -> Option<u64> {
    json.trim_matches('"').trim().parse().ok()
}

/// The pages of one kind, each with the source that it is in.
pub(super) type Pages = Vec<(SourceId, PageEnd)>;

/// A chain of pages whose last one is not there.
pub(super) struct Endless<'p> {
    /// A link that leads to no page.
    pub(super) link: &'p Link,
    /// A page that may be the last one, and may as well be that of another query.
    pub(super) perhaps: Option<SourceId>,
}

/// The first chain of pages that lacks its end. Pages are of one chain when they ask for the same; which page without a link
/// ends it, what the page says that it is tells, else the name of its file. A page ends one chain only.
pub(super) fn endless<'p>(pages: &'p Pages, sources: &Sources) -> Option<Endless<'p>> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut numbers: HashMap<(Option<&str>, &str), usize> = HashMap::new();
    let mut ends = Ends::default();
    for (source, page) in pages {
        let name = letters_of(sources.get(*source));
        let context = page.context.as_deref();
        let Some(link) = &page.next_link else {
            ends.add(*source, context, name);
            continue;
        };
        let number = *numbers.entry((context, &link.path)).or_insert_with(|| {
            chains.push(Chain {
                link,
                context,
                names: BTreeSet::new(),
            });
            chains.len() - 1
        });
        if let Some(chain) = chains.get_mut(number) {
            chain.names.insert(name);
        }
    }
    let open: Vec<&Chain> = chains.iter().filter(|chain| !ends.take(chain)).collect();
    let left = ends.left(|_| true);
    let left_unnamed = ends.left(|context| context.is_none());
    let endless = |chain: &&Chain<'p>| Endless {
        link: chain.link,
        perhaps: match chain.context {
            None => left,
            Some(context) => left_unnamed.or_else(|| ends.left_of(context)),
        },
    };
    let certain = open
        .iter()
        .map(endless)
        .find(|chain| chain.perhaps.is_none());
    certain.or_else(|| open.first().map(endless))
}

/// How many records pages count that are not there: the count, how many there are, and where the count is. Each query
/// counts its own.
pub(super) fn short(pages: &Pages, held: impl FnOnce() -> u64) -> Option<(u64, u64, Span)> {
    let mut counts: BTreeMap<Option<&str>, (u64, Span, u64)> = BTreeMap::new();
    for (_, page) in pages {
        if let Some((count, span)) = page.count {
            let known = counts
                .entry(page.context.as_deref())
                .or_insert((count, span, 0));
            if count > known.0 {
                (known.0, known.1) = (count, span);
            }
        }
    }
    if let [(should, span, _)] = counts.values().copied().collect::<Vec<_>>()[..] {
        let held = held();
        return (should > held).then_some((should, held, span));
    }
    for (_, page) in pages {
        if let Some(known) = counts.get_mut(&page.context.as_deref()) {
            known.2 += page.records;
        }
    }
    let mut counts = counts.into_values();
    let (should, span, held) = counts.find(|(should, _, held)| should > held)?;
    Some((should, held, span))
}

/// Pages that ask for the same, each with a link to the next.
struct Chain<'p> {
    link: &'p Link,
    context: Option<&'p str>,
    /// What the names of their files have in common with those of further pages.
    names: BTreeSet<String>,
}

/// Pages without a link.
#[derive(Default)]
struct Ends<'p> {
    sources: Vec<SourceId>,
    is_taken: Vec<bool>,
    by_context: HashMap<Option<&'p str>, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    by_both: HashMap<(String, Option<&'p str>), Vec<usize>>,
}

impl<'p> Ends<'p> {
    fn add(&mut self, source: SourceId, context: Option<&'p str>, name: String) {
        let number = self.sources.len();
        self.sources.push(source);
        self.is_taken.push(false);
        self.by_context.entry(context).or_default().push(number);
        self.by_name.entry(name.clone()).or_default().push(number);
        self.by_both
            .entry((name, context))
            .or_default()
            .push(number);
    }

    /// Takes the end of a chain, if there is one that is no other's.
    fn take(&mut self, chain: &Chain<'p>) -> bool {
        let is_taken = &mut self.is_taken;
        let mut one_of = |ends: Option<&mut Vec<usize>>| {
            let Some(ends) = ends else { return false };
            while let Some(end) = ends.pop() {
                if !std::mem::replace(&mut is_taken[end], true) {
                    return true;
                }
            }
            false
        };
        let Some(context) = chain.context else {
            let mut names = chain.names.iter();
            return names.any(|name| one_of(self.by_name.get_mut(name)));
        };
        let tells = tells_query(context, &chain.link.path);
        if tells && one_of(self.by_context.get_mut(&Some(context))) {
            return true;
        }
        chain.names.iter().any(|name| {
            let mut of = |context| one_of(self.by_both.get_mut(&(name.clone(), context)));
            of(Some(context)) || of(None)
        })
    }

    /// The first end that is left over, of those of some contexts.
    fn left(&self, is_wanted: impl Fn(Option<&str>) -> bool) -> Option<SourceId> {
        let ends = self.by_context.iter();
        let wanted = ends.filter(|(context, _)| is_wanted(**context));
        let left = wanted.flat_map(|(_, ends)| ends);
        self.first_of(left)
    }

    /// The first end that is left over and says that it is this.
    fn left_of(&self, context: &str) -> Option<SourceId> {
        self.first_of(self.by_context.get(&Some(context))?.iter())
    }

    fn first_of<'e>(&self, ends: impl Iterator<Item = &'e usize>) -> Option<SourceId> {
        let left = ends.filter(|end| !self.is_taken[**end]);
        left.min().map(|end| self.sources[*end])
    }
}

/// Whether what a page says that it is tells its query: members of groups all say that they are objects of the directory,
/// and only the link tells the group.
fn tells_query(context: &str, path: &str) -> bool {
    let context = context.to_ascii_lowercase();
    let mut parts = path.split('/');
    parts.all(|part| !(part.contains('@') || parse_guid(part).is_some()) || context.contains(part))
}

/// The letters of a file's name, lower-cased: files of one query differ in a number.
fn letters_of(source: &Source) -> String {
    let name = source.file_name().to_lowercase();
    name.chars().filter(|c| c.is_alphabetic()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_tells_the_query_unless_the_link_is_about_somebody_else() {
        let users = "\"https://graph.microsoft.com/v1.0/$metadata#users(id)\"";
        assert!(tells_query(users, "https://graph.microsoft.com/v1.0/users"));
        let members = "\"https://graph.microsoft.com/v1.0/$metadata#directoryObjects\"";
        let group = "v1.0/groups/2713551e-ed63-415d-9175-fc4ff825a0be/transitivemembers";
        assert!(!tells_query(members, group));
        let details = "\"$metadata#users('2713551E-ed63-415d-9175-fc4ff825a0be')/licenseDetails\"";
        assert!(tells_query(
            details,
            "v1.0/users/2713551e-ed63-415d-9175-fc4ff825a0be/licensedetails"
        ));
        assert!(!tells_query(
            users,
            "v1.0/users/a@contoso.example/licensedetails"
        ));
    }

    #[test]
    fn a_count_may_stand_in_quotes() {
        assert_eq!(count_of("25"), Some(25));
        assert_eq!(count_of("\"25\""), Some(25));
        assert_eq!(count_of("\"many\""), None);
        assert_eq!(count_of("-1"), None);
    }
}
