//! Texts, lines and paths, each by itself.

use super::source::{Dialect, begins_within};
use super::*;

fn with<T>(names: &[&str], ask: impl FnOnce(&Redactor) -> T) -> T {
    let mut vocabulary = Vocabulary::default();
    for name in names {
        vocabulary.add(name);
    }
    let key = Key::new(b"0123456789abcdef").expect("it is long enough");
    let paths = ["exports/contoso", "exports/contoso/Get-CsOnlineUser.json"];
    ask(&Redactor {
        key: &key,
        vocabulary: &vocabulary,
        paths: paths.map(str::to_owned).into(),
    })
}

/// The text with every pseudonym of a name replaced by `~`, and those of digits by one.
fn blank(text: &str) -> String {
    let names = regex::Regex::new("name-[0-9a-f]{12}").expect("a pattern");
    let numbers = regex::Regex::new(r"\+[0-9]{7,}").expect("a pattern");
    let text = names.replace_all(text, "~");
    let text = numbers.replace_all(&text, "+9");
    let digits = regex::Regex::new("(112;|\"PostalCode\": )[0-9]+").expect("a pattern");
    digits.replace_all(&text, "${1}0").into_owned()
}

#[test]
fn what_is_quoted_is_hidden_and_the_words_of_rules_stay() {
    let names = [
        "Lobby",
        "Lobby Berlin",
        "O`Hara's desk",
        "Test",
        "Emergency",
        "Paris",
    ];
    with(&names, |redactor| {
        for (text, expected) in [
            (
                "call queue `Lobby` has no resource account",
                "call queue `~` has no resource account",
            ),
            (
                "`Lobby Berlin`: `LineUri` of `Get-CsOnlineUser` is `+12065550101`",
                "`~`: `LineUri` of `Get-CsOnlineUser` is `+9`",
            ),
            (
                "`marie@contoso.example` is in mode `Islands`",
                "`~@~.example` is in mode `Islands`",
            ),
            ("desk `O`Hara's desk` rings", "desk `~` rings"),
            (
                "nobody's test number, and an emergency call",
                "nobody's test number, and an emergency call",
            ),
            ("the `Test` policy", "the `~` policy"),
            ("only 'Lobby' can: +442079460352", "only '~' can: +9"),
            (
                "`operatorconnect, FR, paris, user`: of 16 numbers",
                "`operatorconnect, FR, ~, user`: of 16 numbers",
            ),
            (
                "`<SKU id>` and `+<country code>`",
                "`<SKU id>` and `+<country code>`",
            ),
            ("export with `-Depth 20`", "export with `-Depth 20`"),
            ("`Never Seen, Before`", "`~, ~`"),
            (
                "Set-X -Identity 'O''Hara' -PolicyName $null",
                "Set-X -Identity '~' -PolicyName $null",
            ),
            (
                "`EmergencyNumbers` gained `911 (usage Paris, mask 112;4711)`",
                "`EmergencyNumbers` gained `911 (usage ~, mask 112;0)`",
            ),
            ("see lobby berlin there", "see ~ there"),
            (
                "`exports/contoso/Get-CsOnlineUser.json:12:7` says so",
                "`exports/~/Get-CsOnlineUser.json:12:7` says so",
            ),
        ] {
            let new = blank(&redactor.text(text));
            assert_eq!(new, expected, "{text}");
        }
    });
}

#[test]
fn a_name_has_one_pseudonym_in_texts_values_and_commands() {
    with(&["O'Hara Lobby"], |redactor| {
        let name = redactor.value("o'hara lobby", None);
        assert!(name.starts_with("name-"), "{name}");
        assert_eq!(redactor.text("`O'Hara Lobby`"), format!("`{name}`"));
        assert_eq!(
            redactor.text("-Identity 'O''Hara Lobby'"),
            format!("-Identity '{name}'")
        );
        assert_eq!(redactor.text("O'Hara Lobby"), name);
        let line = redactor.line(
            r#"  "DisplayName": "O\u0027Hara Lobby","#,
            Dialect::Json,
            false,
        );
        assert_eq!(line.text, format!(r#"  "DisplayName": "{name}","#));
    });
}

#[test]
fn lines_show_keys_signs_and_public_values_only() {
    with(&[], |redactor| {
        let line = |text: &str, dialect| blank(&redactor.line(text, dialect, false).text);
        for (text, expected) in [
            (
                r#"  "LineUri": "tel:+12065550101", "AccountEnabled": true,"#,
                r#"  "LineUri": "tel:+9", "AccountEnabled": true,"#,
            ),
            (
                r#"{"Secret Key": {"UsageLocation": "FR", "City": "Paris"}}"#,
                r#"{"~": {"UsageLocation": "FR", "City": "~"}}"#,
            ),
            (
                r#"  "NumberType": "OperatorConnect", "Rank": 12345, "PostalCode": 98052"#,
                r#"  "NumberType": "OperatorConnect", "Rank": 12345, "PostalCode": 0"#,
            ),
            (r#""a \" b", "Marie\\", "c""#, r#""~", "~", "~""#),
            (r#""cut off"#, r#""…"#),
            (
                r#"  "FeatureTypes": ["Teams", "Marie"]"#,
                r#"  "FeatureTypes": ["Teams", "~"]"#,
            ),
        ] {
            let new = line(text, Dialect::Json);
            assert_eq!(new, expected, "{text}");
        }
        assert_eq!(
            line(
                "Marie Curie;marie@contoso.example;True;\"x \"\"y\"\"; z\";2026-09-14T05:30:00Z",
                Dialect::Table
            ),
            "~;~@~.example;True;\"~\";2026-09-14T05:30:00Z"
        );
        assert_eq!(
            line("subject = \"Lobby\" # of Marie", Dialect::Toml),
            "subject = \"~\" # ~"
        );
        assert_eq!(line("rule = \"OC001\"", Dialect::Toml), "rule = \"OC001\"");
        assert_ne!(
            line("subject = \"OC001\"", Dialect::Toml),
            "subject = \"OC001\""
        );
        assert_eq!(
            line("expires = 2027-03-31", Dialect::Toml),
            "expires = 2027-03-31"
        );
        assert_eq!(
            line("allowed-policies = ['PBX'] # 'it", Dialect::Toml),
            "~ = ['~'] # '…"
        );
    });
}

#[test]
fn a_part_of_a_line_begins_where_its_first_key_says() {
    for (part, within) in [
        (r#"bby","LineUri":"#, true),
        (r#","LineUri":"#, false),
        (r#"say \"hi\"","LineUri":"#, true),
        ("nothing", false),
    ] {
        assert_eq!(begins_within(part, Dialect::Json), within, "{part}");
    }
    with(&[], |redactor| {
        let part = redactor.line(r#"bby","LineUri":null"#, Dialect::Json, true);
        assert_eq!(part.text, r#"…","LineUri":null"#);
    });
}

#[test]
fn places_move_with_what_was_replaced() {
    with(&[], |redactor| {
        let text = r#"{"a":"Zoë Ünal","Identity":"x","LineUri":null}"#;
        let line = redactor.line(text, Dialect::Json, false);
        let chars: Vec<char> = line.text.chars().collect();
        let old: Vec<char> = text.chars().collect();
        for word in ["\"Identity\"", "\"LineUri\"", "null"] {
            let at = |text: &[char]| {
                let word: Vec<char> = word.chars().collect();
                text.windows(word.len())
                    .position(|part| part == word)
                    .expect("it is there")
            };
            let start = at(&old);
            assert_eq!(line.start(start), at(&chars), "{word}");
            assert_eq!(line.end(start + word.len()), at(&chars) + word.len());
            assert_eq!(
                line.byte(&line.text, line.start(start)),
                line.text.find(word).expect("it is there")
            );
        }
        // The value and its quotes, and the middle of it.
        let (start, end) = (line.start(5), line.end(15));
        let value: String = chars[start..end].iter().collect();
        assert_eq!(blank(&value), "\"~\"");
        assert_eq!(chars[line.start(8)], 'n');
        assert_eq!(chars[line.end(8)], '"');
    });
}

#[test]
fn paths_keep_endings_and_names_of_exports() {
    with(&[], |redactor| {
        for (path, expected) in [
            ("snapshots/contoso", "~/~"),
            (
                "../contoso.zip!/Get-CsOnlineUser.json.gz",
                "../~.zip!/Get-CsOnlineUser.json.gz",
            ),
            ("C:/Users/marie/users (3).json", "C:/~/~/~.json"),
            ("/srv/tenantlint.toml", "/~/tenantlint.toml"),
            (".", "."),
        ] {
            assert_eq!(
                blank(&redactor.path(path)).replace("/Users/", "/~/"),
                expected,
                "{path}"
            );
        }
    });
}

#[test]
fn names_of_nothing_but_signs_come_to_an_end() {
    with(&["a"], |redactor| {
        for sign in [
            "'", "`", "<", "tel:", "a.", "@", "1 ", "+", "\\", "\"", "é ", "::",
        ] {
            let name = sign.repeat(200_000 / sign.len());
            let text = redactor.text(&format!("`{name}` is {name}"));
            assert!(!text.is_empty());
            for dialect in [Dialect::Json, Dialect::Table, Dialect::Toml] {
                redactor.line(
                    &name,
                    dialect,
                    begins_within(&name[..name.floor_char_boundary(4096)], dialect),
                );
            }
        }
    });
}

#[test]
fn a_value_is_shown_because_it_is_known_and_not_because_it_is_a_plain_word() {
    with(&[], |redactor| {
        for (property, value) in [
            ("StateOrProvince", "Bavaria"),
            ("State", "Bavaria"),
            ("UsageLocation", "Kanariland"),
            ("NumberType", "Zetavox"),
            ("PstnAssignmentStatus", "Marie"),
            ("Error", "Marie has left"),
            ("Status", "Marie"),
        ] {
            let new = redactor.value(value, Some(property));
            assert!(new.starts_with("name-"), "{property}: {value} is {new}");
        }
    });
    let mut vocabulary = Vocabulary::default();
    vocabulary.add_value("NumberType", "Zetavox");
    vocabulary.add_value("NumberType", "UserSubscriber");
    assert!(vocabulary.contains("Zetavox") && !vocabulary.contains("UserSubscriber"));
}

#[test]
fn where_quotes_are_ambiguous_all_between_them_is_hidden() {
    let mut long = vec!["word"; 30].join(" ");
    long.push_str("` Marlowe");
    let many = format!("{}Marlowe", "x ` ".repeat(20));
    let names = ["Saint ` Marlowe ` on Sea", &long, &many];
    with(&names, |redactor| {
        for (text, expected) in [
            // A name of the tenant within a composite subject.
            (
                "`OperatorConnect, GB, Saint ` Marlowe ` on Sea, User`: of 16 numbers".to_owned(),
                "`~`: of 16 numbers",
            ),
            // What no export tells: a sample of something damaged, a key, a target of an exception.
            ("`a`Marlowe`b` is no number".to_owned(), "`~` is no number"),
            (
                "`a` Marlowe `b` is no number".to_owned(),
                "`~` is no number",
            ),
            ("`a` Marlowe` is no number".to_owned(), "`~` is no number"),
            ("`Mar`lowe` rings".to_owned(), "`~` rings"),
            ("it is ``` Marlowe` there".to_owned(), "it is `~` there"),
            ("it is `Marlowe, who".to_owned(), "it is `~`"),
            (format!("`{long}`, `x` is"), "`~` is"),
            (format!("`GB, {many}` is"), "`~` is"),
            ("Set-X 'Mar`lowe' -Y 'x'".to_owned(), "Set-X '~' -Y '~'"),
        ] {
            let new = blank(&redactor.text(&text));
            assert!(new == expected, "{text} is {new}");
            assert!(!new.contains("Marlowe"), "{text} is {new}");
        }
        // What is not ambiguous is read as ever.
        assert_eq!(
            blank(&redactor.text("`Lobby` has `LineUri` of `Desk`")),
            "`~` has `LineUri` of `~`"
        );
    });
}

#[test]
fn a_name_of_the_tenant_is_hidden_in_a_path_whatever_it_is() {
    with(&["Get-CsOnlineUser"], |redactor| {
        assert_eq!(blank(&redactor.path("x/Get-CsOnlineUser.json")), "~/~.json");
    });
}

#[test]
fn a_name_in_the_shape_of_a_cmdlet_is_a_name() {
    with(&[], |redactor| {
        for name in [
            "Get-CsCallQueueZetavox.json",
            "Get-CsCallQueueZetavox",
            "Paris-CsMueller",
        ] {
            let text = redactor.text(&format!("`{name}` is there"));
            assert!(text.starts_with("`name-"), "{text}");
            let path = redactor.path(name);
            assert!(path.starts_with("name-"), "{path}");
        }
    });
}

#[test]
fn where_something_is_tells_no_degree() {
    let other = |text: &str| Key::new(text.as_bytes()).expect("it is long enough");
    for value in [
        "47.60621",
        "-122.33517",
        "+47.60621/-122.33517",
        "47.60621 -122.33517",
    ] {
        let starts: BTreeSet<String> = (0..20)
            .map(|number| {
                let key = other(&format!("a key of the tests {number}"));
                let new = key.shaped(value).expect("it has a shape");
                let is_digit = |one: char| one.is_ascii_digit();
                assert_eq!(new.replace(is_digit, "0"), value.replace(is_digit, "0"));
                new[..3].to_owned()
            })
            .collect();
        assert!(starts.len() > 3, "{value}: {starts:?}");
    }
}

#[test]
fn a_number_in_the_spelling_of_a_country_keeps_nothing() {
    for (value, kept) in [
        ("+49 30 23125200", true),
        ("493023125200", true),
        ("030 23125200", false),
        ("(425) 555-0100", false),
        ("4930231", false),
    ] {
        let starts: BTreeSet<String> = (0..20)
            .map(|number| {
                let key = Key::new(format!("a key of the tests {number}").as_bytes());
                let new = key.expect("it is long enough").shaped(value);
                let new = new.expect("it has a shape");
                new.chars().filter(char::is_ascii_digit).take(2).collect()
            })
            .collect();
        assert_eq!(starts.len() == 1, kept, "{value}: {starts:?}");
    }
}

#[test]
fn a_name_of_nothing_but_emoji_is_a_name() {
    with(&["☎☎"], |redactor| {
        assert_eq!(blank(&redactor.text("`☎☎` rings")), "`~` rings");
        assert_eq!(blank(&redactor.text("`☎☎ 😀, -` rings")), "`~ ~, -` rings");
        assert_eq!(blank(&redactor.text("☎☎")), "~");
        assert_eq!(blank(&redactor.value("😀", None)), "~");
        assert!(!redactor.vocabulary.contains("") && !redactor.vocabulary.contains("-"));
    });
}

#[test]
fn nothing_hides_behind_a_date() {
    with(&[], |redactor| {
        for value in ["2026-09-14 +491511234567", "2026-09-14T491511234567"] {
            let new = redactor.value(value, Some("WhenCreated"));
            assert!(!new.contains("1511234567"), "{new}");
            let new = redactor.text(&format!("`{value}`"));
            assert!(!new.contains("1511234567"), "{new}");
        }
    });
}

#[test]
fn towns_in_the_pages_of_rules_are_no_words_of_theirs() {
    with(&["London", "Bristol", "Jersey"], |redactor| {
        for name in ["London", "Bristol", "Jersey"] {
            let new = redactor.text(&format!("the site {name} is there"));
            assert_eq!(blank(&new), "the site ~ is there");
        }
    });
}
