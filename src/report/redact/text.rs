//! Texts that rules, the loader and the drift wrote: their own words stay, what they quote is hidden.
//!
//! Values stand between backticks, in commands between single quotes. There all is hidden that is not public. Outside
//! of them stands English, of which only names of the tenant and what has the shape of a value are hidden. Where a name
//! may hold a backtick nobody can tell what is quoted: all is hidden from the first backtick to the last.

use super::Redactor;
use super::public;

/// Bytes of a placeholder at most.
const MOST_PLACEHOLDER: usize = 64;

impl Redactor<'_> {
    /// A sentence or a command.
    pub(super) fn text(&self, text: &str) -> String {
        let mut new = String::with_capacity(text.len() + 16);
        let mut rest = text;
        let mut before = None;
        let mut prose = 0;
        // Once a quote is not closed no other is looked for: a name of quotes alone would take for ever.
        let mut is_open = false;
        let mut is_plain = false;
        while let Some(at) = rest[prose..].find(['`', '\'']).map(|at| prose + at) {
            before = rest[..at].chars().next_back().or(before);
            let quote = &rest[at..=at];
            let behind = &rest[at + 1..];
            if quote == "`" && !is_plain {
                if self.is_ambiguous(rest, at) {
                    self.prose(&rest[..at], &mut new);
                    rest = self.hide_quoted(behind, &mut new);
                    before = Some('`');
                    prose = 0;
                    continue;
                }
                is_plain = true;
            }
            // An apostrophe has a letter before it.
            let is_mark = quote == "'" && (is_open || before.is_some_and(char::is_alphanumeric));
            let end = if is_mark {
                None
            } else {
                closing(behind, quote)
            };
            let Some(end) = end else {
                is_open |= quote == "'" && !is_mark;
                prose = at + 1;
                continue;
            };
            self.prose(&rest[..at], &mut new);
            new.push_str(quote);
            if quote == "'" {
                // As PowerShell has it, a quote within is doubled.
                let value = behind[..end].replace("''", "'");
                new.push_str(&self.quoted(&value).replace('\'', "''"));
            } else {
                new.push_str(&self.quoted(&behind[..end]));
            }
            new.push_str(quote);
            rest = &behind[end + 1..];
            before = quote.chars().next();
            prose = 0;
        }
        self.prose(rest, &mut new);
        new
    }

    /// Whether a backtick of a text, the first of which is at a byte, may belong to a name rather than to the quotes.
    fn is_ambiguous(&self, text: &str, first: usize) -> bool {
        let mut count = 0;
        let mut last = None;
        for (at, _) in text[first..].match_indices('`') {
            let at = first + at;
            let outside = if count % 2 == 0 {
                text[..at].chars().next_back()
            } else {
                text[at + 1..].chars().next()
            };
            count += 1;
            // Nothing but English and signs stands next to quotes, and none of them is empty.
            let is_glued = outside.is_some_and(|one| one.is_alphanumeric() || one == '`');
            let is_empty = last.is_some_and(|last| last + 1 == at);
            if is_glued || is_empty || self.vocabulary.may_be_in_name(text, at) {
                return true;
            }
            let between = last.and_then(|last| text.get(last + 1..at));
            if count % 2 == 1 && between.is_some_and(has_stranger) {
                return true;
            }
            last = Some(at);
        }
        count % 2 == 1
    }

    /// Hides what follows a first backtick up to the last one, or all where it is the only one; what is behind.
    fn hide_quoted<'t>(&self, text: &'t str, new: &mut String) -> &'t str {
        let (hidden, rest) = match text.rfind('`') {
            Some(end) => (&text[..end], &text[end + 1..]),
            None => (text, ""),
        };
        new.push('`');
        new.push_str(&self.key.name(hidden));
        new.push('`');
        rest
    }

    /// What a text quotes, or a value that stands for itself in a report.
    pub(super) fn quoted(&self, value: &str) -> String {
        let bare = value.trim();
        if let Some(path) = self.path_with_place(bare) {
            return path;
        }
        if public::is_built_in(bare) || (public::is_known(bare) && !self.vocabulary.contains(bare))
        {
            return value.to_owned();
        }
        if let Some(new) = self.key.shaped(bare) {
            return new;
        }
        // A list of names cannot be told from one name with a backtick.
        if self.vocabulary.contains(bare) || bare.contains('`') {
            return self.key.name(bare);
        }
        self.parts(value)
    }

    /// A text of several values, or of none that is known: names of the tenant and shapes are found within, public
    /// words stay, and what lies between is hidden.
    fn parts(&self, text: &str) -> String {
        let mut new = String::with_capacity(text.len() + 16);
        // Where the run of words began that nobody knows: they are one name.
        let mut unknown: Option<usize> = None;
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let is_start = is_start(text, at);
            if is_start && let Some((length, name)) = self.name_at(rest) {
                self.close(text, &mut unknown, at, &mut new);
                new.push_str(&name);
                at += length;
                continue;
            }
            let Some(first) = rest.chars().next() else {
                break;
            };
            if let Some(length) = self.placeholder(rest) {
                self.close(text, &mut unknown, at, &mut new);
                new.push_str(&rest[..length]);
                at += length;
                continue;
            }
            // An emoji may be a name.
            let is_sign = |one: char| public::is_sign(one) || matches!(one, '…' | '’');
            if is_sign(first) {
                // Names hold blanks and hyphens; whatever else stands between them parts them.
                if unknown.is_none() || !joins(rest) {
                    self.close(text, &mut unknown, at, &mut new);
                    new.push(first);
                }
                at += first.len_utf8();
                continue;
            }
            let end = rest
                .find(|one: char| is_sign(one) && !matches!(one, '-' | '_'))
                .map_or(text.len(), |end| at + end);
            let word = &text[at..end];
            if public::is_known(word) || (public::is_digits(word) && word.len() < 3) {
                self.close(text, &mut unknown, at, &mut new);
                new.push_str(word);
            } else if unknown.is_none() {
                unknown = Some(at);
            }
            at = end;
        }
        self.close(text, &mut unknown, text.len(), &mut new);
        new
    }

    /// Hides a run of unknown words; blanks behind it stay.
    fn close(&self, text: &str, unknown: &mut Option<usize>, end: usize, new: &mut String) {
        let Some(start) = unknown.take() else {
            return;
        };
        let run = &text[start..end];
        let bare = run.trim_end_matches(|one: char| public::is_sign(one) || one == '…');
        if public::is_digits(bare) {
            new.push_str(&self.key.short_digits(bare));
        } else {
            new.push_str(&self.key.name(bare));
        }
        new.push_str(&run[bare.len()..]);
    }

    /// The length of a placeholder such as `<country code>`: the rules' own words between angles.
    fn placeholder(&self, text: &str) -> Option<usize> {
        let end = text
            .bytes()
            .take(MOST_PLACEHOLDER)
            .position(|one| one == b'>')?;
        let words = text.get(1..end).filter(|_| text.starts_with('<'))?;
        let are_own = is_own(words) && !self.vocabulary.contains(words);
        (are_own && !words.contains(|one: char| one.is_ascii_digit())).then_some(words.len() + 2)
    }

    /// A shape or a name of the tenant that begins here; its length and its pseudonym.
    fn name_at(&self, text: &str) -> Option<(usize, String)> {
        let shaped = self.key.at_start(text);
        let named = self.vocabulary.at_start(text);
        match (shaped, named) {
            (Some((end, _)), Some(named)) if named > end => {
                Some((named, self.key.name(&text[..named])))
            }
            (None, Some(named)) => Some((named, self.key.name(&text[..named]))),
            (shaped, _) => shaped,
        }
    }

    /// The words of the program, with shapes and names of the tenant hidden.
    fn prose(&self, text: &str, new: &mut String) {
        // A label may be nothing but a name, and that nothing but an emoji.
        let bare = text.trim();
        if !bare.contains(char::is_alphanumeric) && self.vocabulary.contains(bare) {
            new.push_str(&text.replace(bare, &self.key.name(bare)));
            return;
        }
        let mut shape = self.key.within(text);
        let mut at = 0;
        while at < text.len() {
            if shape.as_ref().is_some_and(|(range, _)| range.start < at) {
                let next = self.key.within(&text[at..]);
                shape = next.map(|(range, new)| (range.start + at..range.end + at, new));
            }
            if is_start(text, at)
                && let Some(length) = self.vocabulary.at_start(&text[at..])
                && !is_own(&text[at..at + length])
            {
                new.push_str(&self.key.name(&text[at..at + length]));
                at += length;
                continue;
            }
            if let Some((range, pseudonym)) = &shape
                && range.start == at
            {
                new.push_str(pseudonym);
                at = range.end;
                continue;
            }
            let Some(one) = text[at..].chars().next() else {
                break;
            };
            new.push(one);
            at += one.len_utf8();
        }
    }
}

/// Whether words between quotes seem to be none of the rules: a capital is rare there.
fn has_stranger(words: &str) -> bool {
    words
        .split(public::is_sign)
        .any(|word| !(is_own(word) || word.starts_with(|one: char| one.is_ascii_lowercase())))
}

/// Where the quoted part ends that follows an opening quote; `None` where it is not closed.
fn closing(text: &str, quote: &str) -> Option<usize> {
    if quote == "`" {
        return text.find('`');
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(end) = text[at..].find('\'').map(|end| at + end) {
        if bytes.get(end + 1) != Some(&b'\'') {
            return Some(end);
        }
        at = end + 2;
    }
    None
}

/// Whether words that are a name as well are more likely the rules' own.
fn is_own(words: &str) -> bool {
    words.split(public::is_sign).all(|word| {
        word.is_empty()
            || public::is_english(word)
            || public::is_known(word)
            || public::is_digits(word)
    })
}

/// Whether a word begins here.
fn is_start(text: &str, at: usize) -> bool {
    !text[..at]
        .chars()
        .next_back()
        .is_some_and(char::is_alphanumeric)
}

/// Whether what stands here holds two words of a name together: a blank, or a sign of a name, and then a word.
fn joins(rest: &str) -> bool {
    let mut signs = rest.chars();
    let sign = signs.next();
    let next = signs.next();
    matches!(sign, Some(' ' | '-' | '_' | '.' | '&' | '\'' | '’'))
        && next.is_some_and(char::is_alphanumeric)
}
