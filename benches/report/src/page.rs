//! The page: `docs/benchmarks.md`.

use std::error::Error;

use crate::{
    figures::Figures,
    libraries::Row,
    text::{digits, microseconds, millions_a_second, ratio},
};

type Text = Result<String, Box<dyn Error>>;

/// Fills `page.txt`: two tables and three words by their names, and each figure by its case.
pub(crate) fn write(setting: &str, minting: &[Row], verifying: &[Row], mint: &Figures) -> Text {
    let page = include_str!("page.txt")
        .replace("{setting}", setting)
        .replace("{date}", &mint.date("mint/into")?.to_string())
        .replace("{minting}", &minting_table(minting))
        .replace("{verifying}", &verifying_table(verifying));
    // A run with another crypto provider is there if somebody made one.
    let is_measured =
        |line: &&str| line.split(['{', ' ', '}']).find(|word| word.contains('@')).is_none_or(|case| mint.has(case));
    page.lines().filter(is_measured).map(|line| filled(line, mint)).collect()
}

/// The line with a figure in the place of each pair of braces, and its line break.
fn filled(line: &str, mint: &Figures) -> Text {
    let mut pieces = line.split('{');
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (figure, rest) = piece.split_once('}').ok_or_else(|| format!("expected a figure in braces in {line}"))?;
        filled += &written(figure, mint)?;
        filled += rest;
    }
    Ok(filled + "\n")
}

/// `time CASE`: of a session. `ratio CASE CASE`: of the first time to the second. `part CASE …`: a part of `mint/into`, the first
/// time without the others, and its share.
fn written(figure: &str, mint: &Figures) -> Text {
    match figure.split(' ').collect::<Vec<_>>()[..] {
        ["time", case] => Ok(microseconds(mint.time(case)?)),
        ["ratio", part, whole] => Ok(ratio(mint.time(part)? / mint.time(whole)?)),
        ["part", case, ref others @ ..] => {
            let mut time = mint.time(case)?;
            for other in others {
                time -= mint.time(other)?;
            }
            Ok(format!("{} ns | {:.0} %", digits(time), 100.0 * time / mint.time("mint/into")?))
        }
        _ => Err(format!("expected `time`, `ratio` or `part` in page.txt, found {figure}").into()),
    }
}

fn minting_table(rows: &[Row]) -> String {
    let mut table = "| | ÷ `mint_into` | a session | a second, on one core | |\n|---|--:|--:|--:|---|\n".to_owned();
    for row in rows {
        let (time, rate) = (microseconds(row.nanoseconds), millions_a_second(row.nanoseconds));
        table += &format!("| {} | **{}** | {time} | {rate} | {} |\n", name(row), ratio(row.ratio), row.note);
    }
    table
}

fn verifying_table(rows: &[Row]) -> String {
    let mut table = "| | ÷ ours | a session | does not check |\n|---|--:|--:|---|\n".to_owned();
    for row in rows {
        let time = microseconds(row.nanoseconds);
        table += &format!("| {} | **{}** | {time} | {} |\n", name(row), ratio(row.ratio), row.note);
    }
    table
}

fn name(row: &Row) -> String {
    format!("{}, {}", row.library, row.how)
}
