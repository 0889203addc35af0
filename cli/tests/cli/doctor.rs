//! `doctor`.

use std::path::Path;

use assert_cmd::assert::Assert;
use quiltt_session::{SessionSigner, SigningSecret, UntrustedToken};

use crate::{
    DIGITS, ENVIRONMENT, PROFILE, PROFILE_UUID, SECRET, printed, quiltt_session, refuses, secret::secret_file, stdout,
    with_secret, without_secret,
};

#[rustfmt::skip]
const ALL_IDS: [&str; 9] = [
    "--offline", "--profile", PROFILE, "--api-key", "api_11gKT7OFCTrIx1YA3M0zfS5", "--organization", "org_10",
    "--environment", ENVIRONMENT,
];

fn doctor_with(secret: &str, args: &[&str]) -> Assert {
    with_secret(secret, &[&["doctor"], args].concat()).assert()
}

/// The section with this title, without its times, which differ from run to run.
fn section<'r>(report: &'r str, title: &str) -> Vec<&'r str> {
    report.lines().skip_while(|line| *line != title).skip(1).take_while(|line| !line.is_empty()).collect()
}

#[test]
fn with_secret_and_ids_everything_passes() {
    let report = stdout(&[&["doctor", "--backdate", "10m"], &ALL_IDS[..]].concat());
    assert_eq!(
        section(&report, "signing secret"),
        [
            "  pass  512 bits, read as raw from QUILTT_SIGNING_SECRET",
            "  pass  fingerprint d744162d11a99ea4, which all hosts of this secret show; \
             to take no other: QUILTT_SIGNING_SECRET_FINGERPRINT=d744162d11a99ea4",
        ]
    );
    let clock = section(&report, "clock");
    assert!(clock[0].starts_with("  note  2") && clock[0].contains(", not checked here; compare: curl"), "{clock:?}");
    assert_eq!(
        section(&report, "ids"),
        [
            &*format!("  pass  profile       {PROFILE}   {PROFILE_UUID}"),
            "  pass  api-key       api_11gKT7OFCTrIx1YA3M0zfS5  374a2938-8aed-42aa-970f-580faa85b089",
            "  pass  organization  org_10                      00000000-0000-0000-0000-000000000000",
            &*format!("  pass  environment   {ENVIRONMENT}  06559c18-7e0d-4a45-b3a3-b0853af1d9fd"),
        ]
    );
    let token = section(&report, "token");
    assert!(token[0].starts_with("  pass  minted and verified; valid until 2"), "{token:?}");
    let signer = SessionSigner::builder(SigningSecret::demo()).build().unwrap();
    assert!(token[0].ends_with(&format!("; cryptography: {}", signer.crypto())), "{token:?}");
    assert_eq!(token.len(), 8);
    assert!(token.iter().all(|line| line.starts_with("  pass  ")), "{token:?}");
    assert_eq!(section(&report, "if Quiltt answers 401, check in this order").len(), 6);
}

#[test]
fn the_comparison_shows_what_is_signed_and_how_it_reads_but_no_token() {
    let report = stdout(&[&["doctor", "--claim", "plan=\"gold\""], &ALL_IDS[..]].concat());
    let comparison = section(&report, "compare with what Quiltt told you").join("\n");
    for part in [
        "  header {\"alg\":\"HS512\"}\n",
        "  payload as signed {(",
        " spaces)\"iss\":\"auth.quiltt.io\",",
        "  claims as they read {\n",
        "\"ver\": 6",
        "\"oid\": \"org_10\"",
        "\"plan\": \"gold\"",
        "Ask it for: ",
    ] {
        assert!(comparison.contains(part), "{part} is not in {comparison}");
    }
    assert!(!report.contains("eyJ"));
}

/// The payload that `doctor` shows, without its times and session id, which differ from run to run.
fn payload(args: &[&str]) -> String {
    let report = stdout(&[&["doctor", "--offline", "--profile", PROFILE], args].concat());
    let line = report.lines().find_map(|line| line.strip_prefix("  payload as signed ")).unwrap();
    let is_varying = |member: &&str| ["nbf", "iat", "exp", "jti"].iter().any(|name| member.contains(name));
    line.split(',').filter(|member| !is_varying(member)).collect::<Vec<_>>().join(",")
}

#[test]
fn the_payload_is_shown_byte_for_byte_with_its_white_space_in_words() {
    let issuer = "\"iss\":\"auth.quiltt.io\",\"aud\":\"api.quiltt.io\"";
    let own = [r#"a={"b": [1,    2]}"#, "c=[\n\t3\r]"];
    let shown = r#""a":{"b": [1,(4 spaces)2]},"c":[(newline)(tab)3(carriage return)]"#;
    let claims = ["--payload", "as-issued", "--claim", own[0], "--claim", own[1]];
    // Here, the first member is one of the times.
    assert_eq!(payload(&claims), format!("{issuer},\"ver\":6,\"sub\":\"{PROFILE}\",{shown}}}"));
    let aligned = crate::token(&[]);
    let aligned = UntrustedToken::parse(&aligned).unwrap();
    let count = aligned.untrusted_payload_json().iter().filter(|&&byte| byte == b' ').count();
    assert_eq!(payload(&[]), format!("{{({count} spaces){issuer},\"ver\":6,\"sub\":\"{PROFILE}\"}}"));
}

#[cfg(not(feature = "remote"))]
#[test]
fn an_api_secret_that_this_build_has_no_use_for_is_told_so() {
    let run = |args: &[&str]| {
        let mut command = quiltt_session(&[&["doctor"], args].concat());
        let assert = command.env("QUILTT_API_SECRET", "canary").assert().success().stderr("");
        printed(&assert)
    };
    assert_eq!(
        section(&run(&[]), "what Quiltt says"),
        ["  note  QUILTT_API_SECRET is set; install with --features remote to ask Quiltt"]
    );
    assert!(!run(&["--offline"]).contains("what Quiltt says"));
    assert!(!stdout(&["doctor"]).contains("what Quiltt says"));
}

#[cfg(not(feature = "remote"))]
#[test]
fn another_address_than_quiltts_needs_a_build_that_can_ask() {
    let report = printed(&quiltt_session(&["doctor", "--auth-url", "http://127.0.0.1:1"]).assert().code(1));
    assert_eq!(
        section(&report, "what Quiltt says"),
        ["  FAIL  --auth-url is given; install with --features remote to ask Quiltt"]
    );
}

#[test]
fn ids_that_are_not_given_are_noted_where_the_version_has_them() {
    let count = |report: &str| section(report, "ids").iter().filter(|line| line.starts_with("  note  ")).count();
    assert_eq!(count(&stdout(&["doctor"])), 3);
    assert_eq!(count(&stdout(&["doctor", "--token-version", "2"])), 1);
    assert!(
        stdout(&["doctor"])
            .contains("  note  environment   not given; Quiltt's own tokens name theirs: see --environment\n")
    );
}

#[test]
fn a_secret_that_looks_encoded_is_noted() {
    let marked = |mark: &str| format!("{mark}{}", &DIGITS[2..]);
    let also = |encoding: &str, bits: usize| {
        let advice = format!("ask Quiltt, and try --secret-encoding {encoding}");
        vec![format!("  note  it also reads as {encoding}, of {bits} bits: {advice}")]
    };
    let first_line = "  note  it may be the first line of more, cut at a line break after 64 characters: wrapped base64, \
                      whose lines `| tr -d '\\n'` joins";
    for (secret, encoding, notes) in [
        (DIGITS, "raw", also("hex", 512)),
        // Decoded, it would be too short.
        (&DIGITS[..64], "raw", vec![]),
        (DIGITS, "base64", also("hex", 512)),
        (DIGITS, "hex", vec![]),
        (&marked("+/"), "raw", also("base64", 768)),
        (&marked("+/"), "base64", vec![]),
        (&marked("!?"), "raw", vec![]),
        (&marked("+/")[..64], "raw", vec![first_line.to_owned()]),
    ] {
        let report = printed(&doctor_with(secret, &["--secret-encoding", encoding]).success().stderr(""));
        let lines = section(&report, "signing secret").into_iter();
        assert_eq!(lines.filter(|line| line.starts_with("  note")).collect::<Vec<_>>(), notes, "{secret}");
    }
}

#[test]
fn a_bad_secret_fails_but_the_other_checks_still_run() {
    let assert = doctor_with("hunter2", &[]).code(1);
    let assert = assert.stderr("error: 1 check failed: mend what is marked FAIL, then run this again\n");
    let report = printed(&assert);
    let [failure] = &section(&report, "signing secret")[..] else { panic!("{report}") };
    assert!(failure.starts_with("  FAIL  signing secret in QUILTT_SIGNING_SECRET: expected a secret of"), "{report}");
    assert!(section(&report, "clock")[0].starts_with("  note  "));
    assert_eq!(section(&report, "ids").len(), 4);
    assert!(section(&report, "token").is_empty());
    assert_eq!(section(&report, "if Quiltt answers 401, check in this order").len(), 6);
}

#[test]
fn the_other_secrets_of_a_rotation_are_checked_and_have_fingerprints_too() {
    let (_other, other) = secret_file(DIGITS.as_bytes());
    let (_bad, bad) = secret_file(b"hunter2");
    let doctor = |path: &Path| quiltt_session(&["doctor", "--offline", "--also-secret-file"]).arg(path).assert();
    let report = printed(&doctor(&other).success());
    let line = format!("  pass  also 1024 bits, fingerprint 3f0740204a89e158, from {}", other.display());
    assert_eq!(section(&report, "signing secret").last(), Some(&&*line));
    let report = printed(&doctor(&bad).code(1));
    assert!(section(&report, "signing secret").last().unwrap().starts_with("  FAIL  signing secret in "), "{report}");
}

#[test]
fn warnings_are_notes_of_the_report() {
    let report = printed(&doctor_with(&DIGITS[..48], &["--allow-short-secret"]).success().stderr(""));
    assert_eq!(section(&report, "signing secret")[2], "  note  it has 384 bits, fewer than the 512 of RFC 7518 §3.2");
}

#[test]
fn the_report_names_the_file_of_the_secret() {
    let (_folder, path) = secret_file(SECRET.as_bytes());
    let report = printed(&without_secret(&["doctor", "--secret-file"]).arg(&path).assert().success().stderr(""));
    let line = format!("  pass  512 bits, read as raw from {}", path.display());
    assert_eq!(section(&report, "signing secret")[0], line);
}

#[test]
fn settings_that_no_signer_takes_are_malformed() {
    quiltt_session(&["doctor", "--ttl", "25d"]).assert().code(2);
    without_secret(&["doctor"]).assert().code(2).stdout("");
}

#[test]
fn the_settings_of_mint_are_those_of_doctor() {
    stdout(&["doctor", "--issuer", "example.com", "--audience", "me", "--ttl", "1h", "--token-version", "4"]);
    refuses(
        &["doctor", "--api-key", "key"],
        2,
        "error: invalid value 'key' for '--api-key <ID>': expected an API key id (api_1… or a UUID), \
         found no hyphenated UUID at position 0\n\nFor more information, try '--help'.",
    );
}
