//! Lines as other programs write them, on Windows too.

/// Returns the line without the LF or CRLF at its end.
pub(crate) fn without_ending(line: &[u8]) -> &[u8] {
    let Some(line) = line.strip_suffix(b"\n") else { return line };
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Whether the bytes begin with UTF-16's byte order mark, or are ASCII characters of two bytes each.
pub(crate) fn is_utf16(bytes: &[u8]) -> bool {
    let is_wide = |first: usize| bytes.iter().skip(first).step_by(2).all(|byte| *byte == 0);
    matches!(bytes, [0xff, 0xfe, _, ..] | [0xfe, 0xff, _, ..]) || bytes.len() > 3 && is_wide(0) != is_wide(1)
}

/// Names the encoding of such bytes, and the way out.
pub(crate) const UTF_16: &str =
    "UTF-16, as PowerShell's > writes it: write the file with Set-Content -Encoding ascii, or use a pipe";
