//! `mint --profiles-from`.

use std::fs;

use assert_cmd::assert::Assert;
use quiltt_session::{SessionVerifier, SigningSecret};
use serde_json::Value;

use crate::{AT, PROFILE, SECRET, claims, malformed, printed, quiltt_session, refuses, said};

const OTHER: &str = "p_111sXqFUjvlL5jQZ8gsf9KI";
const LIST: [&str; 3] = [PROFILE, OTHER, "018ef74e-5aa1-7684-86ca-d2c0a4447bb5"];
const IDS: [&str; 3] = [PROFILE, OTHER, "p_12wKKn68cfbRE8EQYDzryn"];

fn mint(list: impl Into<Vec<u8>>, args: &[&str]) -> Assert {
    let mut command = quiltt_session(&["mint", "--profiles-from", "-"]);
    command.args(args).write_stdin(list).assert()
}

/// The users of the sessions that a run printed.
fn user_ids(assert: &Assert) -> Vec<String> {
    let user_id = |line| serde_json::from_str::<Value>(line).unwrap()["userId"].as_str().unwrap().to_owned();
    printed(assert).lines().map(user_id).collect()
}

#[test]
fn one_session_a_line_comes_out_in_the_order_of_the_list() {
    for list in [LIST.join("\n"), LIST.join("\n") + "\n", LIST.join("\r\n") + "\r\n"] {
        let assert = mint(list, &[]).success().stderr("");
        assert_eq!(user_ids(&assert), IDS);
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, LIST.join("\n")).unwrap();
    let mut command = quiltt_session(&["mint", "--profiles-from"]);
    assert_eq!(user_ids(&command.arg(file.path()).assert().success().stderr("")), IDS);
}

#[test]
fn formats_and_claims_apply_to_every_session() {
    let assert = mint(LIST.join("\n"), &["--format", "token", "--at", AT, "--ttl", "1h", "--claim", "plan=1"]);
    let tokens = printed(&assert.success());
    assert_eq!(tokens.lines().count(), 3);
    for (token, id) in tokens.lines().zip(IDS) {
        let claims = claims(token);
        assert_eq!(
            [&claims["sub"], &claims["iat"], &claims["exp"], &claims["plan"]],
            [&Value::from(id), &Value::from(1_700_000_000), &Value::from(1_700_003_600), &Value::from(1),]
        );
    }
}

#[test]
fn a_long_list_keeps_its_order_and_every_session_has_an_id_of_its_own() {
    let list: Vec<String> = (0..2000_u32).map(|number| format!("00000000-0000-0000-0000-{number:012x}")).collect();
    let assert = mint(list.join("\n"), &["--format", "token"]).success().stderr("");
    let verifier = SessionVerifier::builder(SigningSecret::from_bytes(SECRET).unwrap()).build().unwrap();
    let stdout = printed(&assert);
    let sessions: Vec<_> = stdout.lines().map(|token| verifier.verify(token).unwrap()).collect();
    assert_eq!(sessions.iter().map(|session| session.user_id().uuid().to_string()).collect::<Vec<_>>(), list);
    let ids = std::collections::HashSet::<_>::from_iter(sessions.iter().map(|session| session.id()));
    assert_eq!(ids.len(), list.len());
}

const BAD_LIST: &[u8] = b"p_10\n\nconn_10\n p_10\n\xff\np_11\n";
const COMPLAINTS: &str = "\
line 2: expected a profile id (p_1… or a UUID), found nothing at position 0
line 3: expected a profile id (p_1… or a UUID), found another prefix at position 0
line 4: expected a profile id (p_1… or a UUID), found another prefix at position 0
line 5: expected a profile id, found bytes that are not text
";

#[test]
fn bad_lines_are_reported_and_nothing_is_written_unless_they_may_be_left_out() {
    let advice = "mend them, or leave them out with --skip-invalid";
    let error = format!("{COMPLAINTS}error: 4 of 6 lines are bad, so nothing was written: {advice}\n");
    mint(BAD_LIST, &[]).code(1).stdout("").stderr(error);
    let assert = mint(BAD_LIST, &["--skip-invalid"]).success();
    let assert = assert.stderr(format!("{COMPLAINTS}warning: left out 4 of 6 lines\n"));
    assert_eq!(user_ids(&assert), ["p_10", "p_11"]);
}

#[test]
fn a_list_of_nothing_but_bad_lines_is_not_reported_without_end() {
    let assert = mint("x\n".repeat(1000), &[]).code(1).stdout("");
    let stderr = said(&assert);
    assert_eq!(stderr.lines().count(), 22);
    assert_eq!(stderr.lines().nth(20), Some("and so on"));
}

#[test]
fn an_empty_list_gives_no_session_and_says_so() {
    for list in ["", "\n", "\r\n\n", "\u{feff}", "\u{feff}\n"] {
        let line = "warning: the list of profiles is empty, so nothing is minted\n";
        mint(list, &[]).success().stdout("").stderr(line);
    }
}

#[test]
fn a_byte_order_mark_and_blank_lines_at_the_end_are_fine() {
    for list in [format!("\u{feff}{}", LIST.join("\r\n")), LIST.join("\n") + "\n\n", LIST.join("\r\n") + "\r\n\r\n\n"] {
        let assert = mint(list, &[]).success().stderr("");
        assert_eq!(user_ids(&assert), IDS);
    }
    let line = "line 2: expected a profile id (p_1… or a UUID), found another prefix at position 0\n";
    let assert = mint("\u{feff}p_10\n\u{feff}p_10\n", &["--skip-invalid"]).success();
    assert.stderr(format!("{line}warning: left out 1 of 2 lines\n"));
}

/// As Windows PowerShell's `>` writes it, and without the mark.
#[test]
fn a_list_in_utf_16_is_called_by_its_name() {
    for list in [format!("\u{feff}{}\r\n", LIST.join("\r\n")), LIST.join("\n"), "\u{feff}id,name\r\n".to_owned()] {
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let wide: Vec<u8> = list.encode_utf16().flat_map(bytes).collect();
            for args in [&["--skip-invalid"][..], &["--column", "id"]] {
                mint(wide.clone(), args).code(1).stdout("").stderr(
                    "error: cannot read the profiles: expected one id a line, found UTF-16, as PowerShell's > writes it: \
                     write the file with Set-Content -Encoding ascii, or use a pipe; check --profiles-from\n",
                );
            }
        }
    }
}

#[test]
fn a_line_of_more_than_64_bytes_is_bad_and_the_next_one_is_read() {
    const LINE: &str = "line 2: expected a profile id, found more than 64 bytes\n";
    for length in [65, 66, 67, 68, 69, 70, 1000, 1 << 20] {
        let assert = mint(format!("p_10\n{}\r\np_11\n", "x".repeat(length)), &["--skip-invalid"]).success();
        let assert = assert.stderr(format!("{LINE}warning: left out 1 of 3 lines\n"));
        assert_eq!(user_ids(&assert), ["p_10", "p_11"], "{length}");
    }
    let assert = mint("x".repeat(64), &["--skip-invalid"]).success();
    assert.stderr(
        "line 1: expected a profile id (p_1… or a UUID), found no hyphenated UUID at position 0\n\
         warning: left out 1 of 1 lines\n\
         warning: the list of profiles is empty, so nothing is minted\n",
    );
}

#[cfg(unix)]
#[test]
fn a_line_without_end_is_a_failed_run() {
    let line = "error: cannot read the profiles: a line has no end; check --profiles-from";
    for args in [&["--skip-invalid"][..], &["--skip-invalid", "--column", "id"]] {
        refuses(&[&["mint", "--profiles-from", "/dev/zero"], args].concat(), 1, line);
    }
}

#[test]
fn a_list_that_cannot_be_read_is_a_failed_run() {
    let error = fs::File::open("no-such-file").unwrap_err();
    let line = format!("error: cannot read the profiles: {error}; check --profiles-from");
    refuses(&["mint", "--profiles-from", "no-such-file"], 1, &line);
}

#[test]
fn what_makes_sense_for_one_session_only_is_malformed() {
    malformed(
        &["mint", "--profiles-from", "-", "--profile", PROFILE],
        "error: the argument '--profiles-from <FILE|->' cannot be used with '--profile <ID>'",
    );
    malformed(
        &["mint", "--profiles-from", "-", "--session-id", "4551ca49-c002-4d9b-92ec-465018e28fdc"],
        "error: the argument '--profiles-from <FILE|->' cannot be used with '--session-id <UUID>'",
    );
    malformed(&["mint", "--skip-invalid"], "error: the following required arguments were not provided:");
}

/// As a spreadsheet or `COPY … TO … WITH CSV HEADER` writes it.
#[test]
fn a_column_of_a_csv_file_is_taken_by_its_name() {
    let csv = format!(
        "\u{feff}name,\"user id\",note\r\n\"Ada, Countess\",{PROFILE},{}\r\nB,\"{OTHER}\",\r\n",
        "x".repeat(500)
    );
    let assert = mint(csv.clone(), &["--column", "user id"]).success().stderr("");
    assert_eq!(user_ids(&assert), IDS[..2]);
    for without in [&*csv, "id,id\np_10,p_11\n", ""] {
        mint(without, &["--column", "id"]).code(1).stdout("").stderr(
            "error: cannot read the profiles: expected a first line that names the column \"id\" once, between commas, \
             found none that does; check --profiles-from\n",
        );
    }
    mint("id,a\nconn_10,1\n1\n", &["--column", "a"]).code(1).stdout("");
    malformed(&["mint", "--column", "id"], "error: the following required arguments were not provided:");
}

/// A user's free text, as an export quotes it.
#[test]
fn what_a_user_writes_into_another_column_is_never_a_row() {
    for text in
        [format!("\n{OTHER},"), format!("\r\n{OTHER},x\r\n"), format!("\"\n{OTHER},\""), format!("\"\"\n{OTHER},")]
    {
        for ending in ["\n", "\r\n"] {
            let quoted = text.replace('"', "\"\"");
            let csv = format!("id,note{ending}{PROFILE},\"{quoted}\"{ending}p_10,{ending}conn_10,\"\"{ending}");
            let assert = mint(csv, &["--column", "id", "--skip-invalid"]).success();
            assert_eq!(user_ids(&assert), [PROFILE, "p_10"], "{text:?}");
            let line = 4 + text.matches('\n').count();
            let reason = "expected a profile id (p_1… or a UUID), found another prefix at position 0";
            assert.stderr(format!("line {line}: {reason}\nwarning: left out 1 of 3 lines\n"));
        }
    }
}

#[test]
fn a_csv_file_that_breaks_its_own_rules_is_refused_whole() {
    for (csv, line, found) in [
        ("id,n\np_10,\"\np_11,x\n", 2, "a quote that is never closed"),
        ("id,n\np_10,x\np_10,\"a\"\"\np_11,\"\"", 3, "a quote that is never closed"),
        // MySQL's way of writing a quote.
        ("id,n\np_10,\"a\\\"b\"\n", 2, "text behind a closing quote"),
        ("id,n\np_10,\"\\\"\np_11,\\\"\"\n", 3, "a quote in the midst of a field"),
        ("id,n\np_10, \"a\"\n", 2, "a quote in the midst of a field"),
        ("id\rp_10\r", 1, "a carriage return without a line feed"),
        ("id,a\rb\np_10,x\n", 1, "a carriage return without a line feed"),
        ("id,n\np_10,x\rp_11,y\n", 2, "a carriage return without a line feed"),
        ("id\np_10\r", 2, "a carriage return without a line feed"),
    ] {
        let assert = mint(csv, &["--column", "id", "--skip-invalid"]).code(1).stdout("");
        assert.stderr(format!(
            "error: cannot read the profiles: line {line}: expected CSV as in RFC 4180, found {found}; \
             check --profiles-from\n"
        ));
    }
}

#[test]
fn a_blank_line_among_the_rows_is_bad_and_at_the_end_it_is_fine() {
    for ending in ["\n", "\r\n"] {
        let csv = ["id", "p_10", "", "", "\"p_11\"", "", ""].join(ending);
        let assert = mint(csv, &["--column", "id", "--skip-invalid"]).success();
        assert_eq!(user_ids(&assert), ["p_10", "p_11"]);
        let reason = "expected a profile id (p_1… or a UUID), found nothing at position 0";
        assert.stderr(format!("line 3: {reason}\nline 4: {reason}\nwarning: left out 2 of 4 lines\n"));
    }
}

#[test]
fn a_csv_file_without_a_column_is_told_of_it() {
    let assert = mint(format!("id,name\n{PROFILE},Ada\n"), &[]).code(1).stdout("");
    let stderr = said(&assert);
    let advice = "error: 2 of 2 lines are bad, so nothing was written: \
                  give one id a line, or name the column of the CSV file with --column\n";
    assert!(stderr.ends_with(advice), "{stderr}");
}
