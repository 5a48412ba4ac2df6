//! CSV exports: delimiter, header and rows, with the byte range of each row.

use std::ops::Range;

use super::strip_prefix_ignore_case;

/// How one CSV file is laid out; kept to find its cells again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CsvShape {
    /// The delimiter.
    pub delimiter: u8,
    /// Names of the columns, ASCII lower-cased.
    pub header: Vec<String>,
}

/// One row: its offset in the decoded text, its own text without line end, and its cells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct CsvRow<'t> {
    /// Offset in the decoded text.
    pub at: usize,
    /// The row without its line end.
    pub text: &'t str,
    /// The cells, unquoted.
    pub cells: Vec<String>,
}

/// Reads the header line of a text; `None` when it does not look like one.
pub(crate) fn csv_shape(text: &str) -> Option<(CsvShape, usize)> {
    let mut at = 0;
    let mut forced = None;
    loop {
        let line = line_at(text, at)?;
        if !is_preamble(line) {
            break;
        }
        forced = separator(line).or(forced);
        at += line.len();
        if at >= text.len() {
            return None;
        }
    }
    let delimiter = forced.or_else(|| {
        let line = line_at(text, at)?;
        [b',', b';', b'\t', b'|']
            .into_iter()
            .max_by_key(|delimiter| (outside_quotes(line, *delimiter), *delimiter == b','))
    })?;
    let mut reader = reader(&text[at..], delimiter);
    let mut record = csv::StringRecord::new();
    if !reader.read_record(&mut record).ok()? {
        return None;
    }
    let header: Vec<String> = record
        .iter()
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let named = header
        .iter()
        .all(|name| name.len() <= 100 && name.chars().all(|c| !c.is_control()));
    let words = header.iter().filter(|name| !name.is_empty()).count();
    (named && words > 0).then(|| {
        let behind = reader.position().byte() as usize;
        (CsvShape { delimiter, header }, at + behind)
    })
}

/// Whether a text has nothing but what may stand before a header: a table that lost its columns has more.
pub(super) fn is_preamble(text: &str) -> bool {
    let mut at = 0;
    while let Some(line) = line_at(text, at) {
        at += line.len();
        let bare = line.trim();
        if !bare.is_empty() && !bare.starts_with("#TYPE") && !names_separator(bare) {
            return false;
        }
    }
    true
}

/// The delimiter that a line of Excel names.
fn separator(line: &str) -> Option<u8> {
    let line = line.trim_start().trim_end_matches(['\r', '\n']);
    strip_prefix_ignore_case(line, "sep=")?.bytes().next()
}

fn names_separator(line: &str) -> bool {
    strip_prefix_ignore_case(line, "sep=").is_some()
}

/// Whether a row is what stands before the rows: where one table was appended to another, it stands among them as well.
fn is_head(row: &csv::StringRecord, shape: &CsvShape) -> bool {
    fn bare(cell: &str) -> &str {
        let cell = cell.trim_start_matches('\u{FEFF}').trim();
        cell.trim_matches('"').trim()
    }
    let first = row.get(0).unwrap_or_default();
    let first = first.trim_start_matches('\u{FEFF}');
    if first.starts_with("#TYPE ") || names_separator(first) {
        // Such a line has nothing else: where more stands behind it, it is somebody's name.
        return row.iter().skip(1).all(|cell| cell.trim().is_empty());
    }
    let header = shape.header.iter().map(String::as_str);
    row.len() == shape.header.len()
        && row
            .iter()
            .zip(header)
            .all(|(cell, name)| bare(cell).eq_ignore_ascii_case(name))
}

/// Reads the rows behind the header. A row that cannot be read ends the table: the reason comes last.
pub(crate) fn csv_rows<'t>(
    text: &'t str,
    from: usize,
    shape: &CsvShape,
) -> (Vec<CsvRow<'t>>, Option<(usize, String)>) {
    let mut table = CsvRows::behind(text, from, shape);
    let mut cells = csv::StringRecord::new();
    let mut rows = Vec::new();
    while let Some((at, text)) = table.next_row(&mut cells) {
        rows.push(CsvRow {
            at,
            text,
            cells: cells.iter().map(str::to_owned).collect(),
        });
    }
    let cut_off = table.cut_off.map(|(place, why)| (place.start, why));
    (rows, cut_off)
}

/// The rows of a table, one after the other.
pub(super) struct CsvRows<'t, 's> {
    shape: &'s CsvShape,
    body: &'t str,
    /// Where the body begins.
    from: usize,
    reader: csv::Reader<&'t [u8]>,
    /// Where and why the table breaks off: at one character.
    pub cut_off: Option<(Range<usize>, String)>,
}

impl<'t, 's> CsvRows<'t, 's> {
    /// Those behind that offset of a text.
    pub(super) fn behind(text: &'t str, from: usize, shape: &'s CsvShape) -> Self {
        let body = text.get(from..).unwrap_or_default();
        Self {
            shape,
            body,
            from,
            reader: reader(body, shape.delimiter),
            cut_off: None,
        }
    }

    /// Reads the next row: its cells, its offset in the text, and its own text without line end. `None` behind the last one.
    pub(super) fn next_row(&mut self, cells: &mut csv::StringRecord) -> Option<(usize, &'t str)> {
        if self.cut_off.is_some() {
            return None;
        }
        loop {
            match self.reader.read_record(cells) {
                Ok(false) => return None,
                Ok(true) => {
                    // Excel ends a table with rows of delimiters only: they hold nothing.
                    let is_blank = cells.iter().all(|cell| cell.trim().is_empty());
                    if is_blank || is_head(cells, self.shape) {
                        continue;
                    }
                    let start = cells
                        .position()
                        .map_or(0, |position| position.byte() as usize);
                    let behind = self.reader.position().byte() as usize;
                    let raw = self.body.get(start..behind.min(self.body.len()));
                    let row = raw.unwrap_or_default().trim_start_matches(['\r', '\n']);
                    let at = self.from + start + (raw.map_or(0, str::len) - row.len());
                    let row = row.trim_end_matches(['\r', '\n']);
                    // Only the end of the file ends such a row: it was cut off, or it swallowed the rows behind it.
                    if behind >= self.body.len() && ends_in_quotes(row, self.shape.delimiter) {
                        return self.end(at, "the file ends inside a quoted cell of this row");
                    }
                    return Some((at, row));
                }
                Err(error) => {
                    let at = error
                        .position()
                        .map_or(0, |position| position.byte() as usize);
                    let at = self.from + at.min(self.body.len());
                    return self.end(at, &error.to_string());
                }
            }
        }
    }

    /// Ends the table before its end.
    fn end<T>(&mut self, at: usize, why: &str) -> Option<T> {
        let character = self.body.get(at - self.from..)?.chars().next();
        let len = character.map_or(0, char::len_utf8);
        self.cut_off = Some((at..at + len, why.to_owned()));
        None
    }
}

/// The byte range of a cell within its row's text, quotes included.
pub(crate) fn cell_range(row: &[u8], shape: &CsvShape, column: usize) -> Option<Range<usize>> {
    let mut start = 0;
    let mut cell = 0;
    let mut quotes = Quotes::default();
    for (at, &byte) in row.iter().enumerate() {
        if quotes.ends_cell(byte, shape.delimiter) {
            if cell == column {
                return Some(start..at);
            }
            cell += 1;
            start = at + 1;
        }
    }
    (cell == column).then_some(start..row.len())
}

/// Whether the last cell of a row opens a quote that nothing closes.
fn ends_in_quotes(row: &str, delimiter: u8) -> bool {
    let mut quotes = Quotes::default();
    for byte in row.bytes() {
        quotes.ends_cell(byte, delimiter);
    }
    quotes == Quotes::Open
}

/// Follows the quotes of a row as the reader does: one opens only at the start of a cell, elsewhere it is a letter.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Quotes {
    #[default]
    Start,
    Plain,
    Open,
    Closed,
}

impl Quotes {
    /// Takes the next byte; whether it is a delimiter between two cells.
    fn ends_cell(&mut self, byte: u8, delimiter: u8) -> bool {
        let ends = byte == delimiter && *self != Self::Open;
        *self = match (*self, byte) {
            _ if ends => Self::Start,
            (Self::Open, b'"') => Self::Closed,
            (Self::Start | Self::Closed, b'"') | (Self::Open, _) => Self::Open,
            _ => Self::Plain,
        };
        ends
    }
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// The line at `at` with its end: as the reader of rows has it, a carriage return alone ends one too.
fn line_at(text: &str, at: usize) -> Option<&str> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    let end = match memchr::memchr2(b'\r', b'\n', rest.as_bytes()) {
        Some(end) if rest[end..].starts_with("\r\n") => end + 2,
        Some(end) => end + 1,
        None => rest.len(),
    };
    rest.get(..end)
}

fn outside_quotes(line: &str, delimiter: u8) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for byte in line.bytes() {
        if byte == b'"' {
            quoted = !quoted;
        }
        count += usize::from(byte == delimiter && !quoted);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> (CsvShape, Vec<Vec<String>>) {
        let (shape, from) = csv_shape(text).unwrap();
        let (rows, error) = csv_rows(text, from, &shape);
        assert_eq!(error, None);
        for row in &rows {
            assert_eq!(&text[row.at..row.at + row.text.len()], row.text);
        }
        (shape, rows.into_iter().map(|row| row.cells).collect())
    }

    #[test]
    fn delimiters_and_preambles() {
        for text in [
            "Name,Usage\r\na,\"b,c\"\r\n",
            "Name;Usage\na;\"b,c\"\n",
            "#TYPE Selected.X\r\n\"Name\",\"Usage\"\r\n\"a\",\"b,c\"\r\n,\r\n",
            "sep=;\r\nName;Usage\r\na;b,c\r\n;\r\n",
            "Name\tUsage\na\tb,c",
            "Name|Usage\na|b,c\n",
            "SEP=;\r\nName;Usage\r\na;b,c\r\n",
            "sep=\t\nName\tUsage\na\tb,c\n",
            // Old Macs end lines by a carriage return alone.
            "#TYPE Selected.X\r\"Name\",\"Usage\"\r\"a\",\"b,c\"\r",
            "sep=;\rName;Usage\ra;b,c",
            "Name;Usage\ra;b,c\r",
            // Two tables, one appended to the other.
            "Name;Usage\nNAME; Usage\na;b,c\n",
            "#TYPE X\r\n\"Name\";\"Usage\"\r\n#TYPE X\r\n\u{FEFF}\"Name\";\"Usage\"\r\nsep=;\r\na;b,c\r\n",
        ] {
            let (shape, rows) = table(text);
            assert_eq!(shape.header, ["name", "usage"], "{text}");
            assert_eq!(rows, [["a", "b,c"]], "{text}");
        }
    }

    #[test]
    fn a_cell_may_hold_line_breaks_and_quotes() {
        let (_, rows) = table("Name,Note\r\na,\"one\r\ntwo \"\"three\"\"\"\r\nb,\r\n");
        assert_eq!(rows[0][1], "one\r\ntwo \"three\"");
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn a_cell_range_includes_its_quotes() {
        let (shape, _) = csv_shape("a,b,c\n").unwrap();
        let row = "1,\"x, \"\"y\"\"\",3";
        assert_eq!(
            cell_range(row.as_bytes(), &shape, 1).map(|range| &row[range]),
            Some("\"x, \"\"y\"\"\"")
        );
        assert_eq!(
            cell_range(row.as_bytes(), &shape, 2).map(|range| &row[range]),
            Some("3")
        );
        assert_eq!(cell_range(row.as_bytes(), &shape, 3), None);
    }

    #[test]
    fn a_row_that_has_some_of_the_names_is_a_row() {
        let (_, rows) = table("Name,Usage\nName,x\nUsage,Name\n#TYPED,x\n#TYPE a,x\nsep=;,x\n");
        assert_eq!(rows.len(), 5);
    }

    #[test]
    fn an_empty_text_has_no_header() {
        assert_eq!(csv_shape(""), None);
        assert_eq!(csv_shape("#TYPE X\r\n"), None);
        assert!(is_preamble("#TYPE X\r\rSEP=;\n\n"));
        assert!(!is_preamble("#TYPE X\rName\r"));
    }

    #[test]
    fn the_delimiter_that_divides_most_is_the_one_and_a_comma_where_two_are_equal() {
        let delimiter = |text: &str| csv_shape(text).map(|(shape, _)| char::from(shape.delimiter));
        assert_eq!(delimiter("a,b;c\n"), Some(','));
        assert_eq!(delimiter("a;b;c,d\n"), Some(';'));
        assert_eq!(delimiter("a\tb\tc,d\n"), Some('\t'));
        assert_eq!(delimiter("\"a;b;c\",d\n"), Some(','));
        assert_eq!(delimiter("a,\"b;c;d\"\n"), Some(','));
        assert_eq!(delimiter("name\n"), Some(','));
    }

    #[test]
    fn what_is_too_long_or_unprintable_is_no_header() {
        assert!(csv_shape(&format!("{},b\n", "a".repeat(100))).is_some());
        assert!(csv_shape(&format!("{},b\n", "a".repeat(101))).is_none());
        assert!(csv_shape("a\u{1},b\n").is_none());
        assert!(csv_shape(",,\n").is_none());
        assert!(csv_shape(",b\n").is_some());
    }
}
