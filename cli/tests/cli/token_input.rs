//! Where `inspect` and `verify` find their token, and what they say of one that is none.

use crate::{AT, quiltt_session, refuses, token};

#[test]
fn a_token_may_be_an_argument_or_standard_input_with_one_newline_of_either_kind() {
    let token = token(&[]);
    let expected = quiltt_session(&["verify", "--at", AT, &token]).output().unwrap().stdout;
    assert!(!expected.is_empty());
    for args in [&["verify", "--at", AT][..], &["verify", "--at", AT, "-"]] {
        for input in [token.clone(), format!("{token}\n"), format!("{token}\r\n")] {
            quiltt_session(args).write_stdin(input).assert().success().stdout(expected.clone()).stderr("");
        }
    }
    let inspect = quiltt_session(&["inspect"]).write_stdin(format!("{token}\n")).output().unwrap();
    assert_eq!(inspect.stdout, quiltt_session(&["inspect", &token]).output().unwrap().stdout);
}

#[test]
fn nothing_but_that_newline_is_stripped() {
    const LINE: &str = "error: token refused: expected canonical base64url without padding in the signature, \
                        found something else: remove the white space around it\n";
    let token = token(&[]);
    for behind in ["\n\n", "\r\n\n", "\r\n\r\n", "\n\r\n", "\r\r\n", "\r", "\n\r", " ", " \n", " \r\n"] {
        let input = format!("{token}{behind}");
        quiltt_session(&["verify", "--at", AT]).write_stdin(input).assert().code(1).stdout("").stderr(LINE);
    }
    // In an argument, not even one.
    for line_end in ["\n", "\r\n"] {
        quiltt_session(&["verify", "--at", AT, &(token.clone() + line_end)]).assert().code(1).stdout("").stderr(LINE);
    }
}

#[test]
fn the_usual_slips_are_recognised() {
    const COOKIE: &str = "give the value of the cookie: what stands behind = and before ;";
    const WHOLE_LINE: &str = "give what stands behind \"Authorization: Bearer \", not the whole line";
    const WHOLE: &str = "check that the whole token was copied";
    let in_the =
        |segment: &str| format!("expected canonical base64url without padding in the {segment}, found something else");
    let segments = |found: u8| format!("expected three segments with dots between, found {found}");
    let too_long = "expected a token of at most 8192 characters, found 8193".to_owned();
    let token = token(&[]);
    let wrapped = [&token[..76], "\n", &token[76..152], "\r\n ", &token[152..]].concat();
    for (text, error, advice) in [
        (String::new(), segments(1), "give a token as the argument or on standard input"),
        (format!("Bearer {token}"), in_the("header"), "leave \"Bearer \" out"),
        (format!("bearer {token}"), in_the("header"), "leave \"Bearer \" out"),
        (format!(" {token}"), in_the("header"), "remove the white space around it"),
        (format!("\"{token}\""), in_the("header"), "remove the quotes around it"),
        (
            format!("{{\"token\":\"{token}\"}}"),
            in_the("header"),
            "give the value of \"token\", not the whole session (jq -r .token)",
        ),
        (format!("Authorization: Bearer {token}"), in_the("header"), WHOLE_LINE),
        (format!("authorization: bearer {token}"), in_the("header"), WHOLE_LINE),
        (wrapped, in_the("payload"), "remove the line breaks and spaces inside it: it was wrapped"),
        (token.replace('.', "%2E"), segments(1), "decode it first: %2E stands for a dot in URLs"),
        (format!("session={token}"), in_the("header"), COOKIE),
        (format!("session={token}; Path=/; Secure"), in_the("header"), COOKIE),
        (
            format!("{token}=="),
            in_the("signature"),
            "remove the padding: no segment of a token ends with = (RFC 7515 §2)",
        ),
        (format!("\u{feff}{token}"), in_the("header"), "remove the byte order mark before it"),
        ("a.b".to_owned(), segments(2), WHOLE),
        ("AAAA..AAAA".to_owned(), "expected a payload, found an empty segment".to_owned(), WHOLE),
        ("A".repeat(8193), too_long, "give one token and nothing else"),
    ] {
        refuses(&["verify", &text], 1, &format!("error: token refused: {error}: {advice}"));
        quiltt_session(&["inspect", &text]).assert().code(1).stderr(format!("error: {error}: {advice}\n"));
    }
}

/// As Windows PowerShell's `>` writes it, and without the mark.
#[test]
fn utf_16_is_called_by_its_name() {
    let token = token(&[]);
    for text in [format!("\u{feff}{token}\r\n"), format!("{token}\r\n"), token.clone(), token.repeat(40)] {
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let wide: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
            quiltt_session(&["inspect"]).write_stdin(wide).assert().code(1).stdout("").stderr(
                "error: expected a token, found UTF-16, as PowerShell's > writes it: \
                 write the file with Set-Content -Encoding ascii, or use a pipe\n",
            );
        }
    }
}

#[test]
fn the_longest_token_is_still_read_and_what_is_longer_or_no_text_is_refused() {
    let input = |length| "A".repeat(length).into_bytes();
    let longest =
        "token refused: expected three segments with dots between, found 1: check that the whole token was copied";
    let more = "expected a token of at most 8192 characters, found more: give one token and nothing else";
    for (input, reason) in [
        (input(8192), longest),
        ([input(8192), b"\n".to_vec()].concat(), longest),
        ([input(8192), b"\r\n".to_vec()].concat(), longest),
        (input(8193), &format!("token refused: {}", more.replace("more", "8193"))),
        (input(1 << 20), more),
        (b"\xff\xfe".to_vec(), "expected a token, found bytes that are not text"),
    ] {
        let assert = quiltt_session(&["verify"]).write_stdin(input).assert().code(1).stdout("");
        assert.stderr(format!("error: {reason}\n"));
    }
}
