//! Env files, shells and tools hand a secret on, and may change its text on the way: the signs of that in the text.

/// Returns notes on the secret's text: characters at risk, and traces of a change.
pub(super) fn notes(text: &str) -> Vec<String> {
    let at_risk: Vec<_> = RISKS.iter().filter(|risk| (risk.is_in)(text)).collect();
    let named: Vec<_> = at_risk.iter().map(|risk| format!("{} ({})", risk.name, risk.changed)).collect();
    let risk = (!named.is_empty()).then(|| {
        format!(
            "it has {}: so many of {CARRIERS} env files, shells, libraries and tools change that where it stands without \
             quotes, and say nothing (docs/carriers.md); hand it over as a file, and expect the fingerprint",
            named.join(", ")
        )
    });
    let traces = TRACES.iter().filter(|trace| (trace.is_in)(text)).map(|trace| format!("it {}", trace.note));
    risk.into_iter().chain(traces).collect()
}

/// A kind of text that carriers change.
struct Risk {
    name: &'static str,
    /// The number of carriers that change such a text, written without quotes, and say nothing.
    changed: u32,
    is_in: fn(&str) -> bool,
}

/// How many carriers of docs/carriers.md take a secret without quotes.
const CARRIERS: u32 = 124;

const RISKS: [Risk; 8] = [
    Risk {
        name: "a `$` before a letter",
        changed: 23,
        is_in: |text| text.split('$').skip(1).any(|rest| rest.starts_with(|next: char| next.is_ascii_alphabetic())),
    },
    Risk { name: "a `$$`", changed: 29, is_in: |text| text.contains("$$") },
    Risk { name: "a `#`", changed: 22, is_in: |text| text.contains('#') },
    Risk { name: "a `#` behind a blank", changed: 54, is_in: |text| text.contains(" #") },
    Risk {
        name: "a `\\` before a letter",
        changed: 32,
        is_in: |text| text.split('\\').skip(1).any(|rest| rest.starts_with(|next: char| next.is_ascii_alphabetic())),
    },
    Risk { name: "a `\\` at its end", changed: 27, is_in: |text| text.ends_with('\\') },
    Risk { name: "digits alone", changed: 6, is_in: |text| text.bytes().all(|byte| byte.is_ascii_digit()) },
    Risk {
        name: "digits and one `e` alone, a number to YAML",
        changed: 9,
        is_in: |text| text.matches('e').count() == 1 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'e'),
    },
];

/// A sign that a text lost or gained something on its way.
struct Trace {
    note: &'static str,
    is_in: fn(&str) -> bool,
}

/// None is seen in a random secret of the usual alphabets and lengths.
const TRACES: [Trace; 9] = [
    Trace {
        note: "ends with `=`, and its length is no multiple of four: base64 that may have lost a `=`, or more",
        is_in: |text| {
            text.ends_with('=') && !text.len().is_multiple_of(4) && text.trim_end_matches('=').bytes().all(is_base64)
        },
    },
    Trace {
        note: "has the `=` of base64's end in its middle: it may be two values, one behind the other",
        is_in: |text| {
            let is_value = |part: &str| part.len() >= VALUE && part.bytes().all(is_base64);
            text.split_once('=').is_some_and(|(first, rest)| is_value(first) && is_value(rest.trim_matches('=')))
        },
    },
    Trace {
        note: "is an odd number of hexadecimal digits: it may have lost one",
        is_in: |text| is_hex(text) && !text.len().is_multiple_of(2),
    },
    Trace {
        note: "begins with `:hex:`, as `keyctl print` shows a secret in hexadecimal digits: `keyctl pipe` has it as it is",
        is_in: |text| text.strip_prefix(":hex:").is_some_and(is_hex),
    },
    Trace {
        note: "begins with `0x`, as a number does: the digits behind that may be the secret, with --secret-encoding hex",
        is_in: |text| text.strip_prefix("0x").is_some_and(is_hex),
    },
    Trace {
        note: "has `%2B` or its like, and is otherwise as in a URL: percent-encoding that nobody decoded",
        is_in: |text| {
            let is_plain =
                |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte));
            let is_encoded =
                |part: &str| part.split_at_checked(2).is_some_and(|(code, rest)| is_hex(code) && is_plain(rest));
            text.split_once('%').is_some_and(|(first, rest)| is_plain(first) && rest.split('%').all(is_encoded))
        },
    },
    Trace {
        note: "has `&amp;`, `&#43;` or their like, and no quote or angle bracket: an escape of HTML that nobody undid",
        is_in: |text| {
            let is_escape = |part: &str| ESCAPES.iter().any(|escape| part.starts_with(escape));
            !text.contains(['<', '>', '"', '\''])
                && text.split_once('&').is_some_and(|(_, rest)| rest.split('&').all(is_escape))
        },
    },
    Trace {
        note: "is as long as a full buffer: its end may be lost",
        is_in: |text| matches!(text.len(), 995..=999 | 1023 | 4095),
    },
    Trace {
        note: r"has a `\` before each `$`: an escape of a shell that nobody undid",
        is_in: |text| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte);
            text.contains(r"\$") && text.replace(r"\$", "").bytes().all(is_plain)
        },
    },
];

/// A secret in base64 has more characters: those of 30 bytes.
const VALUE: usize = 40;

const ESCAPES: [&str; 12] =
    ["amp;", "lt;", "gt;", "quot;", "apos;", "#34;", "#38;", "#39;", "#43;", "#x27;", "#x2F;", "#x3D;"];

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE64: &str = "h7Qx+Lr2/Wc9vKbS5eGpJ8aFi6oQkX1yDz+MwC3rVtHnBgUsEjAlIfOPTK0ZdR7uKx2WcN9vLbS5e/pJ8aFi6w";
    const HEX: &str = "7b1e94c05da2f8368e4f019ac7d35b62e80d7f41b396ca250f6ed8137c9452ab";

    fn traces(text: &str) -> Vec<&'static str> {
        TRACES.iter().filter(|trace| (trace.is_in)(text)).map(|trace| trace.note).collect()
    }

    #[test]
    fn what_a_carrier_left_of_a_secret_gets_the_note_that_names_it() {
        for (text, beginning) in [
            (format!("{BASE64}="), "ends with `=`"),
            (format!("{}=", &BASE64[1..]), "ends with `=`"),
            (format!("{BASE64}=={BASE64}=="), "has the `=`"),
            (format!("{HEX}{}", &HEX[1..]), "is an odd"),
            (format!(":hex:{HEX}"), "begins with `:hex:`"),
            (format!("0x{HEX}"), "begins with `0x`"),
            (BASE64.replace('+', "%2B").replace('/', "%2f"), "has `%2B`"),
            (BASE64.replace('+', "&#43;"), "has `&amp;`"),
            (BASE64.replace('+', "&amp;"), "has `&amp;`"),
            (BASE64.replace('+', "\\$"), "has a `\\`"),
            ("aB3-x".repeat(199), "is as long as"),
            (HEX.repeat(16)[1..].to_owned() + "z", "is as long as"),
        ] {
            let text = if text.len() == 1024 { text[1..].to_owned() } else { text };
            let found = traces(&text);
            assert!(matches!(found[..], [note] if note.starts_with(beginning)), "{text}: {found:?}");
        }
        for whole in [BASE64, HEX, &format!("{BASE64}=="), &BASE64.replace('+', "$"), &BASE64.replace('+', "%")] {
            assert_eq!(traces(whole), [""; 0], "{whole}");
        }
    }

    /// Text of these characters, from a generator that repeats itself in each run (xorshift64).
    fn random_of(alphabet: &[u8], length: usize, state: &mut u64) -> String {
        let next = |_| {
            *state ^= *state << 13;
            *state ^= *state >> 7;
            *state ^= *state << 17;
            char::from(alphabet[usize::try_from(*state >> 33).unwrap() % alphabet.len()])
        };
        (0..length).map(next).collect()
    }

    fn find_no_trace_in(count: usize) {
        let alphanumerics: Vec<u8> = (b'0'..=b'9').chain(b'A'..=b'Z').chain(b'a'..=b'z').collect();
        let with = |others: &str| [&alphanumerics, others.as_bytes()].concat();
        let kinds: [(Vec<u8>, usize, &str); 16] = [
            (b"0123456789abcdef".into(), 64, ""),
            (b"0123456789ABCDEF".into(), 64, ""),
            (b"0123456789abcdef".into(), 128, ""),
            (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".into(), 64, ""),
            (with("+/"), 64, ""),
            (with("+/"), 86, "=="),
            (with("+/"), 63, "="),
            (with("-_"), 86, ""),
            (with("-_"), 86, "=="),
            (with(""), 64, ""),
            (with("="), 64, ""),
            (with("-_=+"), 64, ""),
            (with("-_.="), 64, ""),
            (with("-_.~"), 64, ""),
            (with("+/="), 64, ""),
            ((b'!'..=b'~').collect(), 64, ""),
        ];
        let mut state = 0x9e37_79b9_7f4a_7c15;
        for (alphabet, length, end) in kinds {
            for _ in 0..count {
                let secret = random_of(&alphabet, length, &mut state) + end;
                assert_eq!(traces(&secret), [""; 0], "{secret}");
            }
        }
    }

    #[test]
    fn no_random_secret_of_a_usual_alphabet_looks_as_if_it_came_through_a_carrier() {
        find_no_trace_in(2_000);
    }

    #[test]
    #[ignore = "takes a minute"]
    fn nor_do_two_hundred_thousand_of_each() {
        find_no_trace_in(200_000);
    }

    /// What the page calls them.
    const ROWS: [&str; RISKS.len()] =
        ["`$wq-`", "`$$`", "`#`", "` #`", r"`\n`", r"`…\`", "64 decimal digits", "hexadecimal digits, one letter, `e`"];

    #[test]
    fn the_counts_are_those_of_the_page() {
        let page = include_str!("../../docs/carriers.md");
        assert!(page.contains(&format!("| bare, of {CARRIERS} |")));
        for (risk, name) in RISKS.iter().zip(ROWS) {
            let row = format!("| {name} | {} ", risk.changed);
            assert!(page.lines().any(|line| line.starts_with(&row)), "{row}");
        }
    }
}
