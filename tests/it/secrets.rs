//! A secret is taken as written, from the source that is named, or refused with the reason.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use proptest::{prelude::*, sample::select};
use quiltt_session::{SecretEncoding, SecretError, SigningSecret};

use crate::{
    forge::{self, DEMO, OTHER_SECRET, SECRET, hex, signs_as},
    inner, secret_check,
};

pub(crate) fn read(encoding: SecretEncoding, text: impl AsRef<[u8]>) -> Result<SigningSecret, SecretError> {
    SigningSecret::options().encoding(encoding).from_bytes(text)
}

pub(crate) fn short(bytes: impl AsRef<[u8]>) -> Result<SigningSecret, SecretError> {
    SigningSecret::options().allow_short().from_bytes(bytes)
}

/// Bytes that are no text, and whose base64 has all that sets its two alphabets apart.
fn bytes(length: usize) -> Vec<u8> {
    let start = [0xfb, 0xef, 0xff, 0x00, 0x3e];
    start.into_iter().chain(forge::noise()).take(length).collect()
}

fn error(secret: Result<SigningSecret, SecretError>) -> SecretError {
    secret.unwrap_err()
}

/// A file of this test's own.
fn file(name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    // In a program for Windows that was built elsewhere, the folder has no drive.
    let folder = std::path::absolute(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = folder.join(format!("secrets-{}-{name}", std::process::id()));
    fs::write(&path, content).unwrap();
    path
}

/// A text at the edge of a rule, and the encoding that is named: bytes of a length that a rule is about, alike or with NULs at the
/// end, in some encoding, with one character changed. Now and then another encoding is named, since none is guessed.
fn written() -> impl Strategy<Value = (SecretEncoding, Vec<u8>)> {
    let length = select(vec![0, 1, 31, 31, 32, 33, 60, 61, 63, 63, 64, 64, 65, 65, 128, 129, 2049, 3072, 4096, 4097]);
    let nuls = select(vec![0, 0, 0, 3, 4, 5, 32, 63]);
    let content = (length, nuls, prop::bool::weighted(0.1)).prop_map(|(length, nuls, are_alike)| {
        let mut bytes = if are_alike { vec![0x5a; length] } else { bytes(length) };
        bytes[length.saturating_sub(nuls)..].fill(0);
        bytes
    });
    let change = prop_oneof![3 => Just(None), 1 => (0..200_usize, any::<char>()).prop_map(Some), 2 => (0..4_usize, select(
        "AB=!-_+/.gG\0".chars().collect::<Vec<_>>(),
    )).prop_map(Some)];
    (content, 0..7, select(SecretEncoding::ALL.to_vec()), prop::bool::weighted(0.9), change).prop_map(
        |(bytes, form, encoding, is_right, change)| {
            let (of_form, mut written) = match form {
                0 => (SecretEncoding::Raw, bytes),
                1 => (SecretEncoding::Hex, hex(&bytes).into()),
                2 => (SecretEncoding::Hex, hex(&bytes).to_uppercase().into()),
                3 => (SecretEncoding::Base64, STANDARD.encode(bytes).into()),
                4 => (SecretEncoding::Base64, STANDARD_NO_PAD.encode(bytes).into()),
                5 => (SecretEncoding::Base64Url, URL_SAFE.encode(bytes).into()),
                _ => (SecretEncoding::Base64Url, URL_SAFE_NO_PAD.encode(bytes).into()),
            };
            if let Some((place, character)) = change.filter(|(place, _)| *place < written.len()) {
                let place = written.len() - 1 - place;
                written.splice(place..=place, character.to_string().into_bytes());
            }
            (if is_right { of_form } else { encoding }, written)
        },
    )
}

proptest! {
    /// Whoever can sign with the empty key can sign: CVE-2026-44351, CVE-2026-45363, CVE-2025-65945, GHSA-gmvf-9v4p-v8jc. And HMAC
    /// pads a key with NULs up to its block of 128 bytes: with them or without, it signs the same.
    #[test]
    fn a_secret_is_taken_exactly_by_the_rules_and_signs_as_its_bytes((encoding, written) in written()) {
        secret_check::check(&written, encoding, 64);
        secret_check::check(&written, encoding, 32);
    }
}

#[test]
fn a_file_gives_the_bytes_that_it_has_or_stands_for() {
    let bytes = bytes(64);
    assert!(signs_as(&SigningSecret::from_file(file("raw", &bytes)).unwrap(), &bytes));
    let hexadecimal = SigningSecret::options().encoding(SecretEncoding::Hex);
    assert!(signs_as(&hexadecimal.from_file(file("hex", hex(&bytes))).unwrap(), &bytes));
}

#[test]
fn a_secret_of_equal_bytes_is_refused_whichever_byte() {
    for byte in 0..=u8::MAX {
        assert_eq!(error(read(SecretEncoding::Hex, hex(&[byte; 64]))), SecretError::AllOneByte);
    }
    let almost = [&[0; 63][..], &[1]].concat();
    assert!(matches!(SigningSecret::from_bytes(almost), Err(SecretError::LooksLike(_))));
}

#[test]
fn what_is_like_a_mistake_but_none_is_taken() {
    for text in [
        // Base64 ends with `=`, a name is no more than a name, and a value has the characters of an encoded one.
        STANDARD.encode(bytes(64)),
        STANDARD.encode(bytes(65)),
        format!("1x={SECRET}"),
        format!("={SECRET}"),
        format!("x=!{SECRET}"),
        format!("S3={SECRET}"),
        format!("<{SECRET}"),
        format!("secret{SECRET}"),
        format!("/{SECRET}/{OTHER_SECRET}"),
        format!("${SECRET}"),
        format!("${SECRET}!"),
        format!("{SECRET},{SECRET}"),
        format!("{{{SECRET}"),
        format!("eyJ{SECRET}"),
        format!("eyJ.{SECRET}.a.b"),
        format!("-----{SECRET}"),
        format!("a.b.{SECRET}"),
        // Words of two or three letters, as random text has them.
        "ab-Cd-ef-GH-i9-Kl-mN-op-Qr-St-uv-wX-yz-AB-cd-E7-gh-Ij-kL-mn-OP-qR".to_owned(),
    ] {
        assert!(SigningSecret::from_bytes(&text).is_ok(), "{text}");
    }
    // A word more than half of which is another.
    assert!(SigningSecret::from_bytes([&bytes(96)[..], &bytes(48)].concat()).is_ok());
    // A byte order mark of UTF-16 before bytes that are no text in UTF-16.
    assert!(SigningSecret::from_bytes([&[0xff, 0xfe][..], &bytes(64)].concat()).is_ok());
}

#[test]
fn the_demo_secret_is_refused_in_every_spelling_and_only_its_own_constructor_gives_it() {
    for refused in [
        SigningSecret::from_bytes(DEMO),
        SigningSecret::from_bytes(format!("{DEMO}\0")),
        SigningSecret::from_bytes(format!("{DEMO}\0\0\0\0\0")),
        short(DEMO),
        read(SecretEncoding::Hex, hex(DEMO.as_bytes())),
        read(SecretEncoding::Base64, STANDARD.encode(DEMO)),
        read(SecretEncoding::Base64Url, URL_SAFE_NO_PAD.encode(DEMO)),
        SigningSecret::from_file(file("demo", DEMO)),
    ] {
        assert_eq!(error(refused), SecretError::Demo);
    }
    assert!(signs_as(&SigningSecret::demo(), DEMO.as_bytes()));
}

#[test]
fn what_stands_around_a_text_is_refused_never_trimmed() {
    let refuse = |open: &str, close: &str, reason: &str| {
        for encoding in SecretEncoding::ALL {
            let text = format!("{open}{SECRET}{close}");
            assert_eq!(error(read(encoding, &text)).to_string(), reason, "{text:?} as {encoding:?}");
        }
    };
    for space in [" ", "\n", "\r\n", "\t", "\u{b}", "\u{a0}", "\u{2003}", "\u{2028}"] {
        for (open, close) in [(space, ""), ("", space), (space, space)] {
            refuse(open, close, &SecretError::SurroundingWhiteSpace.to_string());
        }
        let (start, end) = SECRET.split_at(20);
        let inside = SigningSecret::from_bytes(format!("{start}{space}{end}"));
        assert!(matches!(inside, Err(SecretError::LooksLike(_))), "inside, it is another text");
    }
    for (character, name) in [
        ("\u{feff}", "a byte order mark (U+FEFF)"),
        ("\u{200b}", "a zero width space (U+200B)"),
        ("\u{200c}", "a zero width non-joiner (U+200C)"),
        ("\u{200d}", "a zero width joiner (U+200D)"),
        ("\u{2060}", "a word joiner (U+2060)"),
        ("\u{ad}", "a soft hyphen (U+00AD)"),
    ] {
        for (open, close) in [(character, ""), ("", character)] {
            let reason = "expected a secret without invisible characters around it, found NAME: store it without";
            refuse(open, close, &reason.replace("NAME", name));
        }
    }
    for (open, close) in [("\"", "\""), ("'", "'"), ("`", "`"), ("\u{201c}", "\u{201d}"), ("\u{2018}", "\u{2019}")] {
        refuse(open, close, &SecretError::SurroundingQuotes.to_string());
        for stray in [format!("{open}{SECRET}"), format!("{SECRET}{close}")] {
            assert!(matches!(SigningSecret::from_bytes(stray), Err(SecretError::LooksLike(_))), "one alone is no pair");
        }
    }
    assert!(SigningSecret::from_bytes([&bytes(64)[..], b"\n"].concat()).is_ok(), "bytes that are no text end anyhow");
    let below_base64 = read(SecretEncoding::Base64, STANDARD.encode(format!("{SECRET}\n")));
    assert_eq!(error(below_base64), SecretError::SurroundingWhiteSpace);
}

#[test]
#[cfg(unix)]
fn a_file_that_is_missing_a_directory_empty_or_endless_is_refused() {
    use std::io::ErrorKind;

    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let missing = directory.join("no such file");
    let below_a_file = file("no-directory", bytes(64)).join("secret");
    for (path, kind) in [
        (&*missing, ErrorKind::NotFound),
        (directory, ErrorKind::IsADirectory),
        (&below_a_file, ErrorKind::NotADirectory),
    ] {
        let path_text = path.to_str().unwrap().to_owned();
        assert_eq!(error(SigningSecret::from_file(path)), SecretError::File { path: path_text, kind });
    }
    for path in [file("empty", ""), "/dev/null".into()] {
        let path_text = path.to_str().unwrap().to_owned();
        assert_eq!(error(SigningSecret::from_file(path)), SecretError::FileEmpty { path: path_text });
    }
    for endless in ["/dev/zero", "/dev/urandom"] {
        assert_eq!(error(SigningSecret::from_file(endless)), SecretError::TooLong { max: 4096 }, "{endless}");
    }
}

#[test]
fn the_error_of_a_file_names_it_unless_the_name_may_be_a_secret() {
    let at = |parts: &[&str]| std::env::temp_dir().join(parts.iter().collect::<PathBuf>());
    let hidden = |length: usize| format!("(not shown: {length} bytes that look like no name)");
    for (path, shown) in [
        (at(&["no", "such", "file"]), at(&["no", "such", "file"])),
        ("no such\nfile".into(), "no such\nfile".into()),
        ("../secrets/Quiltt-2026_11.v2.txt".into(), "../secrets/Quiltt-2026_11.v2.txt".into()),
        (SECRET.into(), hidden(64).into()),
        (STANDARD.encode(bytes(64)).into(), hidden(88).into()),
        (at(&["no", SECRET, "x"]), at(&[&hidden(69)])),
        (SECRET[..40].into(), hidden(40).into()),
        ("../sk_live_12aB34cD".into(), format!("../{}", hidden(16)).into()),
    ] {
        let kind = fs::File::open(&path).unwrap_err().kind();
        let text = format!("cannot read the secret file {shown:?}: {kind}");
        assert_eq!(error(SigningSecret::from_file(path)).to_string(), text);
    }
    let empty = file("empty-named", "");
    let text = format!("expected a secret in the file {empty:?}, found it empty");
    assert_eq!(error(SigningSecret::from_file(empty)).to_string(), text);
}

#[test]
#[cfg(feature = "remote")]
fn the_reader_of_api_secrets_names_the_file_too() {
    use quiltt_session::ApiSecret;

    let empty = file("empty-api", "");
    for (path, text) in [
        (Path::new("no-such-file"), r#"cannot read the secret file "no-such-file": entity not found"#.to_owned()),
        (&empty, format!("expected a secret in the file {empty:?}, found it empty")),
    ] {
        assert_eq!(ApiSecret::from_file(path).unwrap_err().to_string(), text);
    }
}

#[test]
#[cfg(unix)]
fn a_file_that_every_user_can_read_or_others_can_write_gives_a_warning_and_no_other_does() {
    use std::os::unix::fs::PermissionsExt;

    use quiltt_session::SecretWarning;

    for mode in [0o600, 0o400, 0o440, 0o640, 0o660, 0o604, 0o644, 0o664, 0o666, 0o444, 0o602, 0o620, 0o601] {
        let path = file(&format!("mode-{mode:o}"), bytes(32));
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let secret = SigningSecret::options().allow_short().from_file(&path).unwrap();
        let is_open = mode & 0o004 != 0 || mode & 0o022 != 0;
        let open = is_open.then_some(SecretWarning::OpenToOthers { mode });
        let expected: Vec<_> = [SecretWarning::Short { bits: 256 }].into_iter().chain(open).collect();
        assert_eq!(secret.warnings(), expected, "{mode:o}");
    }
    #[cfg(feature = "remote")]
    {
        let path = file("mode-of-an-api-secret", "an-api-secret");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
        let secret = quiltt_session::ApiSecret::from_file(&path).unwrap();
        assert_eq!(secret.warnings(), [SecretWarning::OpenToOthers { mode: 0o604 }]);
    }
    let text = SecretWarning::OpenToOthers { mode: 0o060 }.to_string();
    assert_eq!(text, "its file is open to others than its owner (mode 060): chmod it to 600 or 440");
}

/// The variable that the child reads.
const VARIABLE: &str = "QUILTT_SESSION_TEST_SECRET";

/// The line that [`inner_read`] prints in a process whose variable has this value, with an expected fingerprint beside it.
pub(crate) fn read_in_a_child(value: Option<&OsStr>, fingerprint: Option<&str>) -> String {
    let mut child = inner("secrets::inner_read");
    child.env_remove(VARIABLE).envs(value.map(|value| (VARIABLE, value)));
    let output = child.envs(fingerprint.map(|text| (format!("{VARIABLE}_FINGERPRINT"), text))).output().unwrap();
    assert!(output.status.success());
    assert!(output.stderr.is_empty(), "nothing is printed but by the test");
    let output = String::from_utf8(output.stdout).unwrap();
    output.lines().find_map(|line| line.strip_prefix("the child says: ")).expect(&output).to_owned()
}

#[test]
#[ignore = "runs in the child processes of other tests"]
fn inner_read() {
    match SigningSecret::from_env(VARIABLE) {
        Ok(secret) => println!("\nthe child says: {}", signs_as(&secret, SECRET.as_bytes())),
        Err(error) => println!("\nthe child says: {error}, {error:?}"),
    }
}

#[test]
fn an_environment_variable_is_read_or_refused_without_its_value() {
    assert_eq!(read_in_a_child(Some(OsStr::new(SECRET)), None), "true");
    let refused = |value: Option<&OsStr>, expected: SecretError| {
        assert_eq!(read_in_a_child(value, None), format!("{expected}, {expected:?}"));
    };
    let name = || VARIABLE.to_owned();
    refused(None, SecretError::EnvironmentUnset { name: name() });
    refused(Some(OsStr::new("")), SecretError::EnvironmentEmpty { name: name() });
    refused(Some(OsStr::new("hunter2")), SecretError::TooShort { have_bits: 56, need_bits: 512 });
    refused(Some(OsStr::new(&format!("{}\n", SECRET))), SecretError::SurroundingWhiteSpace);
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;

        let not_unicode = [SECRET.as_bytes(), b"\xff"].concat();
        refused(Some(OsStr::from_bytes(&not_unicode)), SecretError::EnvironmentNotUnicode { name: name() });
    }
}
