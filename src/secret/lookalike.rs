//! What is taken for a secret by mistake: rules for kinds of text, as data.

use serde::de::IgnoredAny;
use zeroize::Zeroizing;

use super::{DEMO, without_nuls};
use crate::error::{Lookalike, SecretError};

/// Refuses files of other kinds and text that was meant to be something else. Bytes that are no text may well end with what
/// would be a line break in one.
pub(super) fn refuse(written: &[u8]) -> Result<(), SecretError> {
    if is_utf16(written) {
        return Err(SecretError::LooksLike(Lookalike::Utf16));
    }
    if let Some(&(what, _)) = FILES.iter().find(|(_, starts)| starts.split(' ').any(|start| begins(written, start))) {
        return Err(SecretError::LooksLike(what));
    }
    let Some(text) = text_of(without_nuls(written)) else { return Ok(()) };
    if text.as_bytes() == DEMO {
        return Ok(()); // which has an error of its own
    }
    // A file of another format usually ends with a line break, which is not its fault.
    let content = text.trim();
    let mark = MARKS.iter().find(|(_, marks)| marks.split(' ').any(|mark| is_like(content, mark))).map(|row| row.0);
    if let Some(what) = mark.or_else(|| SHAPES.iter().find(|(_, is_it)| is_it(content)).map(|row| row.0)) {
        refuse_part_of(content, what)?;
        return Err(SecretError::LooksLike(what));
    }
    refuse_wrapping(&text)?;
    if text.contains(|inside: char| !inside.is_ascii_graphic()) {
        return Err(SecretError::LooksLike(Lookalike::Message));
    }
    Ok(())
}

/// Refuses bytes that anyone can guess or look up, and bytes that stand for a refused text, in up to `most_layers` layers of
/// encoding. Returns how many layers stand around a text that is not refused.
pub(super) fn refuse_inside(bytes: &[u8], most_layers: usize) -> Result<usize, SecretError> {
    // HMAC does not see NULs at the end, so this does not either.
    refuse_guessable(without_nuls(bytes))?;
    let Some(fewer) = most_layers.checked_sub(1) else { return Ok(0) };
    let mut layers = 0;
    let digits = ALPHABETS.iter().filter_map(|&(bits, alphabet)| decoded(bytes, bits, alphabet));
    for inside in digits.chain(unescaped(bytes)) {
        let is_text = text_of(&inside).is_some();
        // White space is no part of the decoded text: the secret is the encoded one.
        let inside = if is_text { inside.trim_ascii() } else { &inside };
        if without_nuls(inside) == DEMO {
            return Err(SecretError::Demo);
        }
        refuse(inside)?;
        let further = refuse_inside(inside, fewer)?;
        layers = layers.max(if is_text { further.saturating_add(1) } else { 0 });
    }
    Ok(layers)
}

/// Refuses the longest part of a text of which a part is to be stored alone, if that part is no secret either.
fn refuse_part_of(text: &str, what: Lookalike) -> Result<(), SecretError> {
    if !matches!(what, Lookalike::Json | Lookalike::Line | Lookalike::Row | Lookalike::Wrapped) {
        return Ok(());
    }
    let parts = text.split(|it: char| it.is_whitespace() || "\"'`,;|{}[]=".contains(it));
    let longest = parts.rev().max_by_key(|part| part.len()).filter(|part| part.len() < text.len() && part.len() >= 32);
    longest.map_or(Ok(()), |part| refuse(part.as_bytes()).and(refuse_inside(part.as_bytes(), 1).map(|_| ())))
}

/// Refuses what somebody made up, or what a program put out instead of random bytes.
fn refuse_guessable(bytes: &[u8]) -> Result<(), SecretError> {
    if is_published(bytes) {
        return Err(SecretError::LooksLike(Lookalike::Published));
    }
    let is_of_words = || str::from_utf8(bytes).is_ok_and(|text| is_words(without_prefix(text)));
    if has_few_values(bytes) || is_periodic(bytes) || is_run(bytes) || has_letters_of_words(bytes) || is_of_words() {
        return Err(SecretError::LooksLike(Lookalike::Guessable));
    }
    Ok(())
}

/// Refuses white space, invisible characters or quotes around a secret.
pub(crate) fn refuse_wrapping(text: &str) -> Result<(), SecretError> {
    if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        return Err(SecretError::SurroundingWhiteSpace);
    }
    let is_around = |&&(character, _): &&(char, _)| text.starts_with(character) || text.ends_with(character);
    if let Some(&(_, found)) = INVISIBLE.iter().find(is_around) {
        return Err(SecretError::SurroundingInvisible { found });
    }
    let quotes = [('"', '"'), ('\'', '\''), ('`', '`'), ('\u{201c}', '\u{201d}'), ('\u{2018}', '\u{2019}')];
    if quotes.iter().any(|&(open, close)| text.len() > 1 && text.starts_with(open) && text.ends_with(close)) {
        return Err(SecretError::SurroundingQuotes);
    }
    Ok(())
}

/// What editors and web pages put around a text unseen.
const INVISIBLE: [(char, &str); 6] = [
    ('\u{feff}', "a byte order mark (U+FEFF)"),
    ('\u{200b}', "a zero width space (U+200B)"),
    ('\u{200c}', "a zero width non-joiner (U+200C)"),
    ('\u{200d}', "a zero width joiner (U+200D)"),
    ('\u{2060}', "a word joiner (U+2060)"),
    ('\u{ad}', "a soft hyphen (U+00AD)"),
];

/// Kinds of text, and how texts of the kind begin: patterns with spaces between. `…` stands for any text, `#` for any
/// character, `?` for a space, and any text may follow. The first that fits is the reason, so the narrower comes first. Text that
/// is random over letters, digits and some of `+/-_=.~`, with one more mark inside, is like none, so a short mark has to stand
/// with another.
#[rustfmt::skip]
const MARKS: [(Lookalike, &str); 14] = [
    (Lookalike::Key, "-----BEGIN ssh-rsa ssh-ed25519 ecdsa-sha2- age-secret-key- PuTTY- {…\"kty\""),
    (Lookalike::Jwt, "eyJhbGciOi eyJ0eXAiOi eyJraWQiOi eyJlbmMiOi eyJjdHkiOi eyJ4NXQiOi eyJqa3UiOi"),
    (Lookalike::MarkedBase64, "base64:"),
    (Lookalike::Credential, "github_pat_ glpat- hvs.CAES hvb.AAAA hvr.CAES ….atlasv1. pypi-AgE xapp-1- xoxe.xox v#.local. v#.public. \
        sk-ant- sk-proj- sk-or-v1- dop_v1_ dp.st. dp.pt. sntrys_ sntryu_ ATATT3xFf ops_eyJ FwoGZXIvYXdz IQoJb3JpZ2lu ya29.a0 \
        0.########-####-####-####-############. sv=…&sig= …&sig= …SharedAccessSignature= …SharedAccessKey= …AccountKey="),
    (Lookalike::Hash, "sha1: sha256: sha384: sha512: sha256- sha384- sha512- …@sha256: $argon2 $1$…$ $2#$…$ $5$…$ $6$…$ $7$…$ $y$…$ \
        $apr1$ $pbkdf2 $scrypt pbkdf2_ pbkdf2: scrypt: bcrypt$ bcrypt_sha256$ argon2$ {ssha {crypt} {bcrypt} {argon2} {pbkdf2 \
        …d41d8cd98f00b204 …da39a3ee5e6b4b0d …e3b0c44298fc1c14 …38b060a751ac9638 …cf83e1357eefb8bd …68b329da9893e340"),
    (Lookalike::Literal, "b'…' b\"…\" bytearray( bytes( …\\x…\\x…\\x …\\u00…\\u00 [B@ [C@ <Buffer <class <object"),
    (Lookalike::Ciphertext, "ENC[ ENC( {cipher} encrypted: $ANSIBLE_VAULT; vault:v#: age-encryption.org/ AgBy3i4OJSWK"),
    (Lookalike::Reference, "arn:…: vault: projects/…/secrets/ @Microsoft.KeyVault( {{resolve: op:// sm:// http:// https:// file:// \
        secret:// vault:// env:// s3:// ssm:// keyring:// doppler:// data:…,"),
    (Lookalike::Path, "/run/secrets/ /var/run/ /secrets/ /vault/ /home/ #:\\…\\ \\\\…\\"),
    (Lookalike::Template, "{{…}} <%…% {%…%} $env: process.env os.environ !secret !vault !ref !sub !env !var !include \
        !getatt !join !importvalue !!binary"),
    (Lookalike::Line, "Authorization:? Bearer? Basic?"),
    (Lookalike::File, "<!doctype <html <?xml <…</…>"),
    (Lookalike::Placeholder, "django-insecure- changeme change-me change_me placeholder replace- replace_ example- example_ your-secret your_secret"),
    (Lookalike::Guessable, "…quiltt-session-demo …-demo-secret--never …-use-in-production-0 Mozilla/"),
];

/// Credentials of Azure and SendGrid and keys of wallets: their marks are short, so the length has to be right as well.
#[rustfmt::skip]
const LENGTHS: [(usize, &str); 8] = [
    (40, "###7Q~"), (40, "###8Q~"), (69, "SG.######################."),
    (111, "xprv"), (111, "xpub"), (111, "yprv"), (111, "zprv"), (111, "tprv"),
];

type Shape = (Lookalike, fn(&str) -> bool);

/// Kinds of text that no mark shows, and the check that does.
#[rustfmt::skip]
const SHAPES: [Shape; 14] = [
    (Lookalike::Credential, |text| LENGTHS.iter().any(|&(length, form)| text.len() == length && is_like(text, form))),
    // Slack, where a number or two follow.
    (Lookalike::Credential, |text| text.starts_with("xox") && text.get(4..10).is_some_and(|id| id.bytes().all(|it| b"-0123456789".contains(&it)))),
    // A fingerprint: bytes in hexadecimal digits, with marks between.
    (Lookalike::Hash, |text| text.len() > 2 && text.split([':', '-']).all(|byte| byte.len() == 2 && u8::from_str_radix(byte, 16).is_ok())),
    (Lookalike::Wrapped, |text| text.lines().count() > 1 && text.lines().all(|line| is_of(line, "+/-_="))),
    (Lookalike::Json, is_json),
    // Sealed secrets, which are longer than any secret that is not: so short a mark is random text's as well.
    (Lookalike::Ciphertext, |text| text.len() >= 100 && (text.starts_with("AgA") || text.starts_with("AgB"))),
    (Lookalike::Reference, is_reference),
    (Lookalike::Path, |text| is_path(without_prefix(text))),
    (Lookalike::Template, is_in_marked_brackets),
    (Lookalike::Template, is_variable),
    (Lookalike::Line, |text| is_line(text, '=') || is_line(text, ':')),
    (Lookalike::Row, is_row),
    (Lookalike::Placeholder, is_in_brackets),
    (Lookalike::Placeholder, |text| speaking(without_prefix(text)) >= 8),
];

/// How files begin, in hexadecimal digits, `.` for any: DER and SSH keys, stores of keys; what KMS, Fernet, `openssl enc`, DPAPI
/// and git-crypt encrypt; gzip, zip, xz, zstd, bzip2, 7z, PDF, PNG, ELF, SQLite.
#[rustfmt::skip]
const FILES: [(Lookalike, &str); 3] = [
    (Lookalike::Key, "3082....3082 3082....0201 3082....30..0609 3081..0201 3081..3081 3081..3013 30..02010.04 30..02010.30 30..30..06072a86 30..300506032b \
        000000077373682d 0000000b7373682d 0000001365636473 6f70656e7373682d6b6579 feedfeed cececece"),
    (Lookalike::Ciphertext, "0102020078 0102030078 8000000000 53616c7465645f5 01000000d08c9ddf 00474954435259505400"),
    (Lookalike::File, "1f8b0800 1f8b0808 504b0304 fd377a585a 28b52ffd 425a6839314159 377abcaf271c 255044462d 89504e47 7f454c46 53514c697465"),
];

/// Hashes, 8 bytes each and sorted, of how published keys begin: `tests/vectors/published.py` makes the file.
const PUBLISHED: &[u8] = include_bytes!("published.bin");

/// Bits of a digit, and the digits, over again in their other case or form. Of base32, hexadecimal digits and base64.
#[rustfmt::skip]
const ALPHABETS: [(usize, &str); 3] = [
    (4, "0123456789abcdef0123456789ABCDEF"),
    (5, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcdefghijklmnopqrstuvwxyz234567"),
    (6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
];

/// Random text has no two of these, and none of eight letters or more.
const WORDS: &str = "secret signing quiltt token apikey api_key password passwd passphrase example placeholder replace \
    redacted masked hidden removed changeme change-me change_me default insert paste dashboard production environment \
    undefined unknown missing invalid please dummy_ dummy- sample private credential fixme todo_";

/// Which letter a sign stands for in words that are written with others.
const LEET: [(u8, u8); 8] =
    [(b'0', b'o'), (b'1', b'i'), (b'!', b'i'), (b'3', b'e'), (b'4', b'a'), (b'@', b'a'), (b'5', b's'), (b'7', b't')];

/// What lies side by side on a keyboard.
const NEIGHBOURS: &[u8] = b"01234567890 qwertyuiop asdfghjkl zxcvbnm qazwsxedcrfvtgbyhnujmikolp !@#$%^&*()";

/// The bytes as text, if they are that: UTF-8, or printable ASCII but for a quarter of them, or for less of fewer than 60 bytes,
/// which are printable by chance sooner.
fn text_of(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let others = bytes.iter().filter(|&byte| !matches!(byte, b' '..=b'~')).count();
    let is_utf8 = bytes.len() >= 32 && str::from_utf8(bytes).is_ok();
    if !is_utf8 && others > bytes.len().saturating_sub(20).saturating_mul(3) / 8 {
        return None;
    }
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().saturating_mul(3)));
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend((!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER));
    }
    Some(text)
}

/// What a text of such digits stands for. Of one that was cut, the bits of the last digit are left out.
fn decoded(text: &[u8], bits: usize, alphabet: &str) -> Option<Zeroizing<Vec<u8>>> {
    let text = text.strip_prefix(b"0x").unwrap_or(text).trim_ascii();
    let digits = text.get(..text.iter().rposition(|&byte| byte != b'=').map_or(0, |last| last.saturating_add(1)))?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len()));
    let (mut held, mut count) = (0_usize, 0_usize);
    for digit in digits {
        let value = alphabet.bytes().position(|it| it == *digit)?.checked_rem(1 << bits)?;
        held = (held << bits) | value;
        count = count.saturating_add(bits);
        if let Some(rest) = count.checked_sub(8) {
            count = rest;
            bytes.extend(u8::try_from(held >> rest & 0xff));
        }
    }
    Some(bytes)
}

pub(super) fn of_hex(digits: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let [(bits, alphabet), ..] = ALPHABETS;
    decoded(digits, bits, alphabet)
}

/// What a text stands for that has three or more `%XX`: random text has no three.
fn unescaped(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut parts = text.split(|&byte| byte == b'%');
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    bytes.extend_from_slice(parts.next()?);
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.extend_from_slice(&of_hex(digits)?);
        bytes.extend_from_slice(rest);
    }
    (bytes.len().saturating_add(6) <= text.len()).then_some(bytes)
}

/// Whether the bytes begin as these hexadecimal digits say.
fn begins(bytes: &[u8], start: &str) -> bool {
    let mut digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]).map(u32::from);
    start.chars().all(|mark| digits.next().is_some_and(|digit| mark == '.' || mark.to_digit(16) == Some(digit)))
}

/// FNV-1a, 64 bits, of the first 32 bytes: short, and nobody gains from another text with the same hash.
fn is_published(bytes: &[u8]) -> bool {
    let add = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = |start: &[u8]| start.iter().fold(0xcbf2_9ce4_8422_2325, add).to_be_bytes();
    bytes.get(..32).is_some_and(|start| PUBLISHED.as_chunks::<8>().0.binary_search(&hash(start)).is_ok())
}

/// The text without up to five short words with `_`, `-`, `.` or `:` behind each, if what follows is long and random.
fn without_prefix(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..5 {
        let Some((word, behind)) = rest.split_once(['_', '-', '.', ':']) else { break };
        if word.len() > 12 || !is_of(word, "") || behind.len() < 43 {
            break;
        }
        rest = behind;
    }
    if has_letters_of_words(rest.as_bytes()) { text } else { rest }
}

/// Whether half of the characters and eleven more are among the ten commonest letters of English: seven of ten are in words,
/// one of three in random text.
fn has_letters_of_words(text: &[u8]) -> bool {
    let common = text.iter().filter(|byte| b"etaoinshrl".contains(&byte.to_ascii_lowercase())).count();
    common >= (text.len() / 2).saturating_add(11)
}

fn is_like(text: &str, pattern: &str) -> bool {
    let mut rest = text.as_bytes();
    pattern.split('…').enumerate().all(|(number, part)| {
        let searched = if number == 0 { rest.get(..part.len()) } else { Some(rest) };
        let place = searched.and_then(|searched| place_of(part, searched));
        let behind = place.and_then(|place| rest.get(place.saturating_add(part.len())..));
        behind.inspect(|behind| rest = behind).is_some()
    })
}

/// Where the text has this part, in either case.
fn place_of(part: &str, text: &[u8]) -> Option<usize> {
    let is_sign = |(here, sign): (&u8, u8)| match sign {
        b'#' => true,
        b'?' => *here == b' ',
        _ => here.eq_ignore_ascii_case(&sign),
    };
    let is_here = |here: &[u8]| here.iter().zip(part.bytes()).all(is_sign);
    if part.is_empty() { Some(0) } else { text.windows(part.len()).position(is_here) }
}

/// Whether there is text, and none but letters, digits and these.
fn is_of(text: &str, others: &str) -> bool {
    !text.is_empty() && text.chars().all(|it| it.is_ascii_alphanumeric() || others.contains(it))
}

fn is_name(text: &str) -> bool {
    is_of(text, "_-.") && !text.starts_with(|first: char| first.is_ascii_digit())
}

/// Whether it is as words are written: in one case but for the first letter, or a number.
pub(super) fn is_word(text: &[u8]) -> bool {
    let is_all = |text: &[u8], is_it: fn(&u8) -> bool| text.iter().all(is_it);
    is_all(text.get(1..).unwrap_or(text), u8::is_ascii_lowercase)
        || is_all(text, u8::is_ascii_uppercase)
        || is_all(text, u8::is_ascii_digit)
}

/// Four words and more, which are neither shorter nor longer than words are. `inOneText` they begin with capitals.
fn is_words(text: &str) -> bool {
    let is_inside = |one: &u8, next: &u8| one.is_ascii_uppercase() || !next.is_ascii_uppercase();
    let parts = text.split(|it: char| !it.is_ascii_alphanumeric());
    let words: Vec<_> = parts.flat_map(|part| part.as_bytes().chunk_by(is_inside)).collect();
    let letters: usize = words.iter().map(|word| word.len()).sum();
    let usual = words.len().saturating_mul(3)..=words.len().saturating_mul(12);
    words.len() >= 4 && usual.contains(&letters) && words.into_iter().all(is_word)
}

/// How many letters the text has in words that speak of a secret, or of none.
fn speaking(text: &str) -> usize {
    let letter = |sign: u8| LEET.iter().find(|(from, _)| *from == sign).map_or(sign, |&(_, letter)| letter);
    let letters = Zeroizing::new(text.bytes().map(letter).collect::<Vec<_>>());
    WORDS.split(' ').filter(|word| place_of(word, &letters).is_some()).map(str::len).sum()
}

/// An object or array, whole or cut off behind what it starts like.
fn is_json(text: &str) -> bool {
    let is_cut = || is_like(text, "{\"…\":") || is_like(text, "[\"…\",");
    text.starts_with(['{', '[']) && (serde_json::from_str::<IgnoredAny>(text).is_ok() || is_cut())
}

/// A name and a value that is in quotes or set off by a space. Random text may well have a `=` or `:` behind some letters, so
/// else the name has to be that of a variable, or to speak of a secret.
fn is_line(text: &str, sign: char) -> bool {
    let Some((name, rest)) = text.trim_start_matches("export ").split_once(sign) else { return false };
    let (name, value) = (name.trim_end(), rest.trim_start());
    let is_quoted = value.len() > 1 && value.starts_with(['"', '\'']) && value.ends_with(['"', '\'']);
    let is_apart = value.len() < rest.len() && !value.contains(char::is_whitespace);
    let is_variable = || is_of(name, "_") && !name.contains(|it: char| it.is_ascii_lowercase()) && is_words(name);
    let speaks = || {
        let name = Zeroizing::new(name.to_ascii_lowercase());
        let words = "secret password passphrase apikey api_key signing_key secret_key jwt_key hmac_key";
        words.split(' ').any(|word| name.ends_with(word))
    };
    is_name(name) && !value.trim_matches('=').is_empty() && (is_quoted || is_apart || is_variable() || speaks())
}

/// `${NAME}` and its like, with any text behind; the name has three letters in a row.
fn is_in_marked_brackets(text: &str) -> bool {
    let has_word = |text: &str| text.as_bytes().windows(3).any(|three| three.iter().all(u8::is_ascii_alphabetic));
    ["${}", "$()", "$[]", "#{}", "%{}", "@{}", "%()", "<()"].iter().any(|brackets| {
        let (open, close) = brackets.split_at(2);
        let inside = text.strip_prefix(open).and_then(|rest| rest.split_once(close));
        inside.is_some_and(|(inside, _)| has_word(inside) && is_of(inside, " _-.,:;/?!=|&@#$*'\"[]("))
    })
}

/// `kind:place`, as tools write that know many kinds of places. One in 4 000 random texts in base64 begins with `//`.
fn is_reference(text: &str) -> bool {
    let is_url =
        |place: &str| place.starts_with("//") && (!is_of(place, "+/=") || has_letters_of_words(place.as_bytes()));
    let is_place = |place: &str| is_url(place) || is_path(place) || is_words(place) && !place.contains(' ');
    text.split_once(':').is_some_and(|(kind, place)| kind.len() < place.len() && is_name(kind) && is_place(place))
}

/// Base64 has no character of a path but `/`, base64url none but `-` and `_`.
fn is_path(text: &str) -> bool {
    let has_more = || text.contains(['_', '.', '-', '~', '\\']) || is_words(text);
    is_of(text, "/\\_.-~@:+=,#%$") && text.contains(['/', '\\']) && has_more()
}

/// Values with marks between, or with one at a side. A single mark may be one that a generator had to put into random text.
fn is_row(text: &str) -> bool {
    let signs = [',', ';', '|', '"', '\'', '`'];
    let is_marked = text.matches(signs).count() > 1 || text.starts_with(signs) || text.ends_with(signs);
    let mut values = text.split(signs).map(str::trim);
    is_marked && values.all(|it| it.is_empty() || is_of(it, "+/-_=.:")) && refuse_wrapping(text).is_ok()
}

/// `$NAME`, `%NAME%` or `@NAME@`. Random text may well begin with such a mark.
fn is_variable(text: &str) -> bool {
    let (marks, name) = (['$', '%', '@'], text.trim_matches(['$', '%', '@']));
    text.starts_with(marks) && is_name(name) && (text.ends_with(marks) || is_words(name))
}

/// Words in brackets. UUIDs may well stand in some.
fn is_in_brackets(text: &str) -> bool {
    let mut brackets = [('<', '>'), ('[', ']'), ('(', ')'), ('{', '}')].into_iter();
    let is_in = brackets.any(|(open, close)| text.starts_with(open) && text.ends_with(close));
    is_in && !text.contains("}{") && is_of(text, " _-.,:/'!?<>[](){}")
}

/// Random hexadecimal digits have nine values and more, but for one text of 64 in 10¹⁵.
fn has_few_values(bytes: &[u8]) -> bool {
    let values = (0..=u8::MAX).filter(|value| bytes.contains(value)).count();
    values <= (bytes.len() / 5).min(8)
}

/// Whether two thirds of the bytes come again behind as many others, which are at most half of all.
fn is_periodic(bytes: &[u8]) -> bool {
    (1..=bytes.len() / 2).any(|period| {
        let pairs = || bytes.iter().zip(bytes.iter().skip(period));
        pairs().filter(|(one, other)| one != other).nth(pairs().len() / 3).is_none()
    })
}

/// Whether three fifths of the pairs, next to each other or with one between, are neighbours: one in five is by chance.
fn is_run(bytes: &[u8]) -> bool {
    (1..=2).any(|distance| {
        let pairs = || bytes.iter().zip(bytes.iter().skip(distance));
        let near = pairs().filter(|(one, other)| are_neighbours(one.to_ascii_lowercase(), other.to_ascii_lowercase()));
        let near = near.count();
        near >= 24 && near.saturating_mul(5) >= pairs().len().saturating_mul(3)
    })
}

fn are_neighbours(one: u8, other: u8) -> bool {
    one.abs_diff(other) <= 1 || NEIGHBOURS.windows(2).any(|pair| pair == [one, other] || pair == [other, one])
}

/// Whether half of the pairs of bytes are ASCII in UTF-16, little or big endian. A byte order mark alone says less: one in
/// 32 768 random secrets begins with one.
fn is_utf16(written: &[u8]) -> bool {
    let (pairs, _) = written.as_chunks::<2>();
    let half_are = |is_ascii: fn(&[u8; 2]) -> bool| {
        let count = pairs.iter().filter(|pair| is_ascii(pair)).count();
        count > 0 && count >= pairs.len().div_ceil(2)
    };
    half_are(|&[low, high]| low != 0 && high == 0) || half_are(|&[high, low]| low != 0 && high == 0)
}
