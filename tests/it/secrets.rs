//! A secret is taken as it is written, from where it is said to be, or refused with the reason.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use proptest::{collection::vec, prelude::*};
use quiltt_session::{Lookalike, SecretEncoding, SecretError, SecretWarning, SessionId, SessionSigner, SigningSecret};

use crate::{
    forge::{self, DEMO, NOW, OTHER_SECRET, SECRET, at, hex},
    inner,
};

const ENCODINGS: [SecretEncoding; 4] =
    [SecretEncoding::Raw, SecretEncoding::Base64, SecretEncoding::Base64Url, SecretEncoding::Hex];

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

/// Whether the secret consists of these bytes: nothing shows them, but an independent MAC can tell.
fn consists_of(secret: &SigningSecret, bytes: &[u8]) -> bool {
    let id = SessionId::from_uuid(uuid::Uuid::nil());
    let session = SessionSigner::builder(secret).build().unwrap();
    let token = session.mint_at(forge::profile(), at(NOW), id).unwrap().into_token();
    let (input, _) = token.rsplit_once('.').unwrap();
    token == forge::signed(input, bytes)
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

#[test]
fn every_source_and_encoding_gives_the_same_secret() {
    let bytes = bytes(64);
    let secrets = [
        SigningSecret::from_bytes(&bytes),
        short(&bytes),
        read(SecretEncoding::Base64, STANDARD.encode(&bytes)),
        read(SecretEncoding::Base64, STANDARD_NO_PAD.encode(&bytes)),
        read(SecretEncoding::Base64Url, URL_SAFE.encode(&bytes)),
        read(SecretEncoding::Base64Url, URL_SAFE_NO_PAD.encode(&bytes)),
        read(SecretEncoding::Hex, hex(&bytes)),
        read(SecretEncoding::Hex, hex(&bytes).to_uppercase()),
        SigningSecret::options().from_bytes(&bytes),
        SigningSecret::options().encoding(SecretEncoding::Hex).from_bytes(hex(&bytes)),
        SigningSecret::from_file(file("raw", &bytes)),
        SigningSecret::options().encoding(SecretEncoding::Hex).from_file(file("hex", hex(&bytes))),
        SigningSecret::options().encoding(SecretEncoding::Base64).from_file(file("base64", STANDARD.encode(&bytes))),
        SigningSecret::options().encoding(SecretEncoding::Base64Url).from_file(file("url", URL_SAFE.encode(&bytes))),
    ];
    for (number, secret) in secrets.iter().enumerate() {
        assert!(consists_of(secret.as_ref().unwrap(), &bytes), "secret {number}");
    }
}

#[test]
fn no_encoding_is_guessed() {
    // Base64 of 64 bytes is 88 characters of text, which are a secret themselves.
    for text in [STANDARD.encode(bytes(64)), hex(&bytes(64)), URL_SAFE_NO_PAD.encode(bytes(64))] {
        assert!(consists_of(&SigningSecret::from_bytes(&text).unwrap(), text.as_bytes()));
    }
}

#[test]
fn what_is_not_in_the_named_encoding_is_refused() {
    let not = |encoding| SecretError::NotInEncoding { encoding };
    let (standard, url) = (STANDARD.encode(bytes(64)), URL_SAFE.encode(bytes(64)));
    for text in [
        url.clone(),
        format!("{}!{}", &standard[..40], &standard[40..]),
        format!("{standard}="),
        // Half of its padding.
        standard[..87].to_owned(),
        format!("{}A", &standard[..84]),
        // Bits that are not used and not zero.
        format!("{}B==", &standard[..85]),
        hex(&bytes(64)) + "-",
    ] {
        assert_eq!(error(read(SecretEncoding::Base64, &text)), not("base64"), "{text}");
    }
    for text in [standard.clone(), format!("{}B==", &url[..85]), format!("{}.{}", &url[..40], &url[40..])] {
        assert_eq!(error(read(SecretEncoding::Base64Url, &text)), not("base64url"), "{text}");
    }
    let digits = hex(&bytes(64));
    for text in [
        digits[1..].to_owned(),
        digits.replacen('f', "g", 1),
        format!("0x{digits}"),
        format!("{}!{}", &digits[..2], &digits[3..]),
        format!("{}+f{}", &digits[..2], &digits[4..]),
    ] {
        assert_eq!(error(read(SecretEncoding::Hex, &text)), not("hexadecimal digits"), "{text}");
    }
}

/// Whoever can sign with the empty key can sign: CVE-2026-44351, CVE-2026-45363, CVE-2025-65945, GHSA-gmvf-9v4p-v8jc.
#[test]
fn a_secret_has_at_least_64_bytes_or_32_where_that_is_asked_for() {
    for length in [0, 1, 8, 31, 32, 33, 63, 64, 65] {
        let secret = bytes(length);
        let too_short = |need: usize| SecretError::TooShort { have_bits: length * 8, need_bits: need * 8 };
        match SigningSecret::from_bytes(&secret) {
            Ok(secret) => assert!(length >= 64 && secret.warnings().is_empty()),
            Err(error) => assert!(length < 64 && error == too_short(64), "{length}: {error}"),
        }
        match short(&secret) {
            Ok(short) => {
                let expected = (length < 64).then_some(SecretWarning::Short { bits: length * 8 });
                assert!(length >= 32 && short.warnings() == expected.as_slice());
                assert!(consists_of(&short, &secret));
            }
            Err(error) => assert!(length < 32 && error == too_short(32), "{length}: {error}"),
        }
    }
}

#[test]
fn the_length_counts_after_decoding() {
    let too_short = SecretError::TooShort { have_bits: 504, need_bits: 512 };
    assert_eq!(error(read(SecretEncoding::Hex, hex(&bytes(63)))), too_short);
    assert_eq!(error(read(SecretEncoding::Base64, STANDARD.encode(bytes(63)))), too_short);
    assert_eq!(error(read(SecretEncoding::Base64Url, URL_SAFE.encode(bytes(63)))), too_short);
}

#[test]
fn a_secret_has_at_most_4096_bytes_as_written() {
    let too_long = SecretError::TooLong { max: 4096 };
    assert!(SigningSecret::from_bytes(bytes(4096)).is_ok());
    assert_eq!(error(SigningSecret::from_bytes(bytes(4097))), too_long);
    assert!(read(SecretEncoding::Hex, hex(&bytes(2048))).is_ok());
    assert_eq!(error(read(SecretEncoding::Hex, hex(&bytes(2049)))), too_long);
    assert!(SigningSecret::from_file(file("4096", bytes(4096))).is_ok());
    assert_eq!(error(SigningSecret::from_file(file("4097", bytes(4097)))), too_long);
}

#[test]
fn a_secret_of_equal_bytes_is_refused() {
    for byte in 0..=u8::MAX {
        for secret in [&[byte; 64][..], &[byte; 128]] {
            assert!(SigningSecret::from_bytes(secret).is_err(), "{byte}");
        }
        let secret = [byte; 64];
        assert_eq!(error(read(SecretEncoding::Hex, hex(&secret))), SecretError::AllOneByte);
        assert_eq!(error(read(SecretEncoding::Base64, STANDARD.encode(secret))), SecretError::AllOneByte);
    }
    assert_eq!(error(SigningSecret::from_bytes([0; 64])), SecretError::AllOneByte);
    assert_eq!(error(short([0xff; 32])), SecretError::AllOneByte);
    let mut almost = [0; 64];
    almost[63] = 1;
    assert!(matches!(SigningSecret::from_bytes(almost), Err(SecretError::LooksLike(_))));
}

/// HMAC pads a key with NULs up to its block of 128 bytes: with them or without, it signs the same.
#[test]
fn nul_bytes_at_the_end_make_no_secret_longer() {
    let padded = |text: &[u8], length: usize| [text, &vec![0; length - text.len()]].concat();
    let refused = |have: usize, need: usize| SecretError::NulPadded { have_bits: have * 8, need_bits: need * 8 };
    for length in [64, 65, 128] {
        let weak = padded(b"hunter2", length);
        assert_eq!(error(SigningSecret::from_bytes(&weak)), refused(7, 64), "{length}");
        assert_eq!(error(short(&weak)), refused(7, 32), "{length}");
        assert_eq!(error(read(SecretEncoding::Base64, STANDARD.encode(&weak))), refused(7, 64), "{length}");
    }
    assert_eq!(error(read(SecretEncoding::Hex, format!("01{}", "00".repeat(63)))), refused(1, 64));
    assert_eq!(
        error(SigningSecret::from_bytes(padded(b"hunter2", 64))).to_string(),
        "expected a secret of at least 512 bits, found 56 and NUL bytes behind them, which add nothing: \
         HMAC pads with NULs itself, so ask Quiltt for the whole secret"
    );
    // Up to three may be chance, and belong to the secret.
    for (have, length) in [(61, 64), (62, 64), (63, 64)] {
        assert_eq!(SigningSecret::from_bytes(padded(&bytes(have), length)).unwrap().bits(), 512, "{have}");
    }
    assert_eq!(error(SigningSecret::from_bytes(padded(&bytes(60), 64))), refused(60, 64));
    // What is long enough without them is taken, as long as it is without them.
    assert_eq!(SigningSecret::from_bytes(padded(&bytes(64), 128)).unwrap().bits(), 512);
    let short = short(padded(&bytes(32), 64)).unwrap();
    assert_eq!(short.warnings(), [SecretWarning::Short { bits: 256 }]);
    assert_eq!(error(SigningSecret::from_bytes(padded(&[b'a'; 64], 70))), SecretError::AllOneByte);
    // Beyond a block they are hashed with the rest.
    assert_eq!(SigningSecret::from_bytes(padded(&bytes(64), 129)).unwrap().bits(), 129 * 8);
}

const MESSAGE: &str =
    "message: white space, control characters or letters beyond ASCII are inside, as in no random text";

/// What is taken for a secret by mistake: the text, and what the error says of it.
#[test]
fn what_only_passes_for_a_secret_is_refused_with_a_reason_of_its_own() {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let around = |found: &str| {
        format!("expected a secret without invisible characters around it, found {found}: store it without")
    };
    let alike = |what: &str| format!("expected a signing secret, found what looks like a {what}");
    let as_utf16 = || alike("text in UTF-16: save it as UTF-8, without a byte order mark");
    let line = || alike("line NAME=value or NAME: value, or a header of HTTP: store the value alone");
    let json = || alike("JSON: store one secret in it alone");
    let placeholder = || alike("placeholder: put the secret from Quiltt in its place");
    let guessable = || {
        alike("guessable text, such as words, a mask or a run of keys: a secret has to be random, so ask Quiltt for it")
    };
    let reference = || alike("reference that nobody resolved: have the secret store put the secret in its place");
    let template = || alike("template that nobody filled or command that nobody ran: store what comes out of it");
    let joined = || alike("text with a line break inside: wrapped base64 or hex, whose lines `| tr -d '\\n'` joins");
    let wrapped = |width: usize| {
        let base64 = STANDARD.encode(bytes(64));
        [&base64[..width], &base64[width..]].join("\n")
    };
    let mut table: Vec<(Vec<u8>, String)> = vec![
        (
            DEMO.into(),
            "expected a secret of your own, found the published demo secret: everyone knows it, \
             so take SigningSecret::demo if you mean it"
                .into(),
        ),
        (utf16(SECRET, u16::to_le_bytes), as_utf16()),
        (utf16(SECRET, u16::to_be_bytes), as_utf16()),
        (utf16(&format!("\u{feff}{SECRET}\r\n"), u16::to_le_bytes), as_utf16()),
        (utf16(&format!("\u{feff}{SECRET}\u{2019}"), u16::to_be_bytes), as_utf16()),
        (format!("QUILTT_SIGNING_SECRET={SECRET}").into(), line()),
        (format!("QUILTT_SIGNING_SECRET={SECRET}\n").into(), line()),
        (format!("export QUILTT_SIGNING_SECRET=\"{SECRET}\"").into(), line()),
        (format!("apiKey=!{SECRET}").into(), line()),
        (format!("S3=\"{}\"", STANDARD.encode(bytes(64))).into(), line()),
        (format!("_x='{}'", hex(&bytes(64))).into(), line()),
        (format!(r#"{{"secret":"{SECRET}"}}"#).into(), json()),
        (format!("{{\n  \"data\": {{ \"secret\": \"{SECRET}\" }}\n}}\n").into(), json()),
        (
            format!("\"{SECRET}\"").into(),
            "expected a secret without quotes around it, found a pair: store it without them".into(),
        ),
        (b"<your signing secret>".into(), placeholder()),
        (format!("<{SECRET}>").into(), placeholder()),
        (b"<paste Quiltt\xe2\x80\x99s signing secret here, all of it, as it is\xe2\x80\xa6>".into(), placeholder()),
        (b"changeme".into(), placeholder()),
        (format!("ChangeMe-{SECRET}").into(), placeholder()),
        (format!("change_me{SECRET}").into(), placeholder()),
        ("password".repeat(8).into(), placeholder()),
        ("background".repeat(7).into(), guessable()),
        (["background".repeat(7), "back".into()].concat().into(), guessable()),
        (["background".repeat(7), "\0".repeat(58)].concat().into(), guessable()),
        ("pässwörd".repeat(8).into(), alike(MESSAGE)),
        (format!("{}abcd", "*".repeat(64)).into(), guessable()),
        ([0xfe, 0xdc, 0xba, 0x98].repeat(16), guessable()),
        ((0x80..0x8a).cycle().take(64).collect(), guessable()),
        ("0123456789abcdef".repeat(4).into(), guessable()),
        (b"1q2w3e4r5t6y7u8i9o0pa1s2d3f4g5h6j7k8l9z0x1c2v3b4n5m6q7w8e9r0t1y2".into(), guessable()),
        (b"seven-owls-carry-the-old-piano-down-to-the-river-before-midnight".into(), guessable()),
        (DEMO.replace("secret", "Secret").into(), guessable()),
        (wrapped(64).into(), joined()),
        (format!("{}\n", wrapped(64)).into(), joined()),
        (wrapped(64).replace('\n', "\r\n").into(), joined()),
        (wrapped(76).into(), joined()),
        (format!("{SECRET} {SECRET}").into(), alike(MESSAGE)),
        (format!("{SECRET}\u{200b}{SECRET}").into(), alike(MESSAGE)),
        (format!("{SECRET}\u{1b}[0m{SECRET}").into(), alike(MESSAGE)),
        (format!("op://{SECRET}/secret").into(), reference()),
        (format!("keyring:{SECRET}/of-the-back-end").into(), reference()),
        (format!("/run/secrets/{SECRET}").into(), alike("path: read the file that it names, with `from_file`")),
        (format!("${{{SECRET}}}").into(), template()),
        (b"$QUILTT_SIGNING_SECRET_OF_THE_BACK_END".into(), template()),
        (format!("ENC[{SECRET}]").into(), alike("ciphertext: decrypt it, and store what comes out")),
        (format!("name: {SECRET}").into(), line()),
        (format!("Bearer {SECRET}").into(), line()),
        (
            format!("{SECRET},{SECRET},{SECRET}").into(),
            alike("row of values, or one with a quote or comma at one side: store one secret alone"),
        ),
    ];
    for (character, name) in [
        ('\u{feff}', "a byte order mark (U+FEFF)"),
        ('\u{200b}', "a zero width space (U+200B)"),
        ('\u{200c}', "a zero width non-joiner (U+200C)"),
        ('\u{200d}', "a zero width joiner (U+200D)"),
        ('\u{2060}', "a word joiner (U+2060)"),
        ('\u{ad}', "a soft hyphen (U+00AD)"),
    ] {
        table.push((format!("{character}{SECRET}").into(), around(name)));
        table.push((format!("{SECRET}{character}").into(), around(name)));
    }
    for (text, reason) in table {
        let text_shown = String::from_utf8_lossy(&text).into_owned();
        assert_eq!(error(SigningSecret::from_bytes(text)).to_string(), reason, "{text_shown:?}");
    }
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
        // Words of two or three letters, as random text has them.
        "ab-Cd-ef-GH-i9-Kl-mN-op-Qr-St-uv-wX-yz-AB-cd-E7-gh-Ij-kL-mn-OP-qR".to_owned(),
    ] {
        assert!(SigningSecret::from_bytes(&text).is_ok(), "{text}");
    }
    // A word more than half of which is another.
    assert!(SigningSecret::from_bytes([&bytes(96)[..], &bytes(48)].concat()).is_ok());
    // A byte order mark of UTF-16 before bytes that are no text in it.
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
    assert!(consists_of(&SigningSecret::demo(), DEMO.as_bytes()));
}

#[test]
fn white_space_around_a_text_is_refused_never_trimmed() {
    let text = SECRET;
    for space in [" ", "\n", "\r\n", "\t", "\u{b}", "\u{a0}", "\u{2003}", "\u{2028}"] {
        for padded in [format!("{text}{space}"), format!("{space}{text}"), format!("{space}{text}{space}")] {
            for encoding in ENCODINGS {
                let secret = SigningSecret::options().encoding(encoding).from_bytes(&padded);
                assert_eq!(error(secret), SecretError::SurroundingWhiteSpace, "{padded:?} as {encoding:?}");
            }
        }
        let (start, end) = text.split_at(20);
        let inside = SigningSecret::from_bytes(format!("{start}{space}{end}"));
        assert!(matches!(inside, Err(SecretError::LooksLike(_))), "inside, it is another text");
    }
    assert!(SigningSecret::from_bytes([&bytes(64)[..], b"\n"].concat()).is_ok(), "bytes that are no text end anyhow");
}

#[test]
fn quotes_around_a_text_are_refused() {
    for (open, close) in [("\"", "\""), ("'", "'"), ("`", "`"), ("\u{201c}", "\u{201d}"), ("\u{2018}", "\u{2019}")] {
        let quoted = format!("{open}{}{close}", SECRET);
        for encoding in ENCODINGS {
            let secret = SigningSecret::options().encoding(encoding).from_bytes(&quoted);
            assert_eq!(error(secret), SecretError::SurroundingQuotes, "{quoted}");
        }
        for stray in [format!("{open}{SECRET}"), format!("{SECRET}{close}")] {
            assert!(matches!(SigningSecret::from_bytes(stray), Err(SecretError::LooksLike(_))), "one alone is no pair");
        }
    }
}

#[test]
fn text_that_is_another_kind_of_key_is_refused() {
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", STANDARD.encode(bytes(64)));
    let jwk = format!(r#"{{"kty":"oct","k":"{}"}}"#, URL_SAFE_NO_PAD.encode(bytes(64)));
    let jwt = forge::token(forge::HEADER, forge::PAYLOAD);
    for (text, kind) in [(pem, Lookalike::Key), (jwk, Lookalike::Key), (jwt, Lookalike::Jwt)] {
        for encoding in ENCODINGS {
            let secret = SigningSecret::options().encoding(encoding).from_bytes(&text);
            assert_eq!(error(secret), SecretError::LooksLike(kind));
        }
    }
    for text in [
        format!("{{{}", SECRET),
        format!("eyJ{}", SECRET),
        format!("eyJ.{}.a.b", SECRET),
        format!("-----{}", SECRET),
        format!("a.b.{}", SECRET),
    ] {
        assert!(SigningSecret::from_bytes(&text).is_ok(), "{text}");
    }
}

/// What is refused as it is, is refused in base64 or hexadecimal digits too: `echo placeholder | base64`.
#[test]
fn what_is_encoded_is_looked_at_as_well() {
    let phrase = "seven-owls-carry-the-old-piano-down-to-the-river-before-midnight";
    for text in [phrase, &"0123456789abcdef".repeat(4), &format!("op://{SECRET}")] {
        let expected = error(SigningSecret::from_bytes(text));
        assert!(matches!(expected, SecretError::LooksLike(_)));
        for (encoding, encoded) in
            [(SecretEncoding::Hex, hex(text.as_bytes())), (SecretEncoding::Base64, STANDARD.encode(text))]
        {
            assert_eq!(error(read(encoding, encoded)), expected);
        }
    }
    let newline = STANDARD.encode(format!("{SECRET}\n"));
    assert_eq!(error(read(SecretEncoding::Base64, newline)), SecretError::SurroundingWhiteSpace);
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

/// lighthouse#3132, frigate#16467: a newline behind the secret, and every token was refused.
#[test]
fn a_file_with_a_trailing_newline_is_refused_and_the_error_says_what_to_do() {
    let error = error(SigningSecret::from_file(file("newline", format!("{}\n", SECRET))));
    assert_eq!(error, SecretError::SurroundingWhiteSpace);
    assert_eq!(
        error.to_string(),
        "expected a secret without white space around it, found some: it is never trimmed, \
         so store it without (printf '%s' instead of echo, -NoNewline in PowerShell)"
    );
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

    for mode in [0o600, 0o400, 0o440, 0o640, 0o660, 0o604, 0o644, 0o664, 0o666, 0o444, 0o602, 0o620, 0o601] {
        let path = file(&format!("mode-{mode:o}"), bytes(32));
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let secret = SigningSecret::options().allow_short().from_file(&path).unwrap();
        let readable = (mode & 0o004 != 0).then_some(SecretWarning::WorldReadable { mode });
        let writable = (mode & 0o022 != 0).then_some(SecretWarning::Writable { mode });
        let short = [SecretWarning::Short { bits: 256 }];
        let expected: Vec<_> = short.into_iter().chain(readable).chain(writable).collect();
        assert_eq!(secret.warnings(), expected, "{mode:o}");
    }
    #[cfg(feature = "remote")]
    {
        let path = file("mode-of-an-api-secret", "an-api-secret");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
        let secret = quiltt_session::ApiSecret::from_file(&path).unwrap();
        assert_eq!(secret.warnings(), [SecretWarning::WorldReadable { mode: 0o604 }]);
    }
    let text = SecretWarning::WorldReadable { mode: 0o644 }.to_string();
    assert_eq!(text, "its file is readable by every user (mode 644): chmod it to 600 or 440");
    let text = SecretWarning::Writable { mode: 0o660 }.to_string();
    assert_eq!(text, "its file is writable by others than its owner (mode 660): chmod it to 600 or 440");
}

/// The variable that the child reads.
const VARIABLE: &str = "QUILTT_SESSION_TEST_SECRET";

/// What [`inner_read`] says in a process whose environment has this value.
fn read_in_a_child(value: Option<&OsStr>) -> String {
    let mut child = inner("secrets::inner_read");
    child.env_remove(VARIABLE).envs(value.map(|value| (VARIABLE, value)));
    let output = child.output().unwrap();
    assert!(output.status.success());
    assert!(output.stderr.is_empty(), "nothing is printed but by the test");
    let output = String::from_utf8(output.stdout).unwrap();
    output.lines().find_map(|line| line.strip_prefix("the child says: ")).expect(&output).to_owned()
}

#[test]
#[ignore = "runs in the child processes of the test below"]
fn inner_read() {
    match SigningSecret::from_env(VARIABLE) {
        Ok(secret) => println!("\nthe child says: {}", consists_of(&secret, SECRET.as_bytes())),
        Err(error) => println!("\nthe child says: {error}, {error:?}"),
    }
}

#[test]
fn an_environment_variable_is_read_or_refused_without_its_value() {
    assert_eq!(read_in_a_child(Some(OsStr::new(SECRET))), "true");
    let refused = |value: Option<&OsStr>, expected: SecretError| {
        assert_eq!(read_in_a_child(value), format!("{expected}, {expected:?}"));
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

proptest! {
    #[test]
    fn any_bytes_come_back_from_every_encoding(bytes in vec(any::<u8>(), 64..200)) {
        let secrets = [
            read(SecretEncoding::Base64, STANDARD.encode(&bytes)),
            read(SecretEncoding::Base64Url, URL_SAFE_NO_PAD.encode(&bytes)),
            read(SecretEncoding::Hex, hex(&bytes)),
        ];
        for secret in secrets {
            prop_assert!(consists_of(&secret.unwrap(), &bytes));
        }
    }
}
