//! The chart: `docs/benchmarks.svg`.
//!
//! Written by hand: plotters, which is here for criterion, writes neither a title nor a description for those who hear
//! the chart, nor a style sheet for those who read in the dark.

use crate::{
    libraries::Row,
    text::{microseconds, ratio},
};

const MARGIN: f64 = 24.0;
/// The greatest average width of a label's character, in pixels, in the fonts of [`STYLE`], bold ones included.
const CHARACTER: f64 = 8.0;
const LABEL_GAP: f64 = 12.0;
const LONGEST_BAR: f64 = 400.0;
/// The room to the right of the longest bar, for the numbers.
const NUMBERS: f64 = 160.0;
const ROW_HEIGHT: f64 = 30.0;
const HEADING_HEIGHT: f64 = 56.0;
const FOOTER_HEIGHT: f64 = 52.0;

/// The panel behind everything is ours too, so that the text is legible on a page of either colour.
const STYLE: &str = "
    .panel { fill: #ffffff; stroke: #d1d9e0 }
    text { font: 14px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328 }
    .heading { font-size: 17px; font-weight: 600 }
    .ours, .ratio { font-weight: 600 }
    .muted { fill: #59636e }
    .small { font-size: 12px }
    .bar { fill: #afb8c1 }
    .bar.mine { fill: #0969da }
    .bar.other { fill-opacity: 0.45 }
    @media (prefers-color-scheme: dark) {
      .panel { fill: #0d1117; stroke: #3d444d }
      text { fill: #f0f6fc }
      .muted { fill: #9198a1 }
      .bar { fill: #59636e }
      .bar.mine { fill: #4493f8 }
    }
";

pub(crate) fn draw(setting: &str, minting: &[Row], verifying: &[Row]) -> String {
    // One bar for `mint_into` and one for batches; `mint` would be a third of almost the same length.
    let minting: Vec<&Row> = minting.iter().filter(|row| row.how != "`mint`").collect();
    let verifying: Vec<&Row> = verifying.iter().collect();
    let (mint_height, verify_height) = (panel_height(&minting), panel_height(&verifying));
    let height = mint_height + verify_height + FOOTER_HEIGHT;
    let longest_label = minting.iter().chain(&verifying).map(|row| label(row).chars().count()).fold(0, usize::max);
    let bars = MARGIN + CHARACTER * longest_label as f64 + LABEL_GAP;
    let width = bars + LONGEST_BAR + NUMBERS;
    let title = "Minting and verifying a Quiltt session, by library";
    let description = format!("Minting, {}. Verifying, {}.", in_words(&minting), in_words(&verifying));
    let mint = panel(0.0, bars, "Minting one session", "time relative to mint_into; less is better", &minting);
    let verify = panel(
        mint_height,
        bars,
        "Verifying one session",
        "time relative to quiltt-session; less is better",
        &verifying,
    );
    let footer = footer(height - FOOTER_HEIGHT, setting);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-labelledby=\"title description\">\n\
         <title id=\"title\">{title}</title>\n<desc id=\"description\">{}</desc>\n<style>{STYLE}</style>\n\
         <rect class=\"panel\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n{mint}{verify}{footer}</svg>\n",
        escape(&description),
        width - 1.0,
        height - 1.0
    )
}

fn panel_height(rows: &[&Row]) -> f64 {
    HEADING_HEIGHT + ROW_HEIGHT * rows.len() as f64
}

fn panel(top: f64, bars: f64, heading: &str, measure: &str, rows: &[&Row]) -> String {
    let longest = rows.iter().map(|row| row.nanoseconds).fold(0.0, f64::max);
    let baseline = top + 36.0;
    let mut svg = format!(
        "<text class=\"heading\" x=\"{MARGIN}\" y=\"{baseline}\">{heading}</text>\n\
         <text class=\"muted\" x=\"{bars}\" y=\"{baseline}\">{measure}</text>\n"
    );
    for (place, row) in rows.iter().enumerate() {
        let length = LONGEST_BAR * row.nanoseconds / longest;
        svg += &bar(top + HEADING_HEIGHT + ROW_HEIGHT * place as f64, bars, row, length);
    }
    svg
}

/// A library's name, its bar, and the numbers behind it.
fn bar(top: f64, bars: f64, row: &Row, length: f64) -> String {
    let (name_class, bar_class) = match row {
        row if row.is_ours() => (" class=\"ours\"", "bar mine"),
        row if row.is_another_token() => ("", "bar other"),
        _ => ("", "bar"),
    };
    let (baseline, name_end, numbers) = (top + 19.0, bars - LABEL_GAP, bars + length + 10.0);
    format!(
        "<text x=\"{name_end:.0}\" y=\"{baseline}\" text-anchor=\"end\"><tspan{name_class}>{}</tspan>\
         <tspan class=\"muted\" dx=\"6\">{}</tspan></text>\n\
         <rect class=\"{bar_class}\" x=\"{bars}\" y=\"{}\" width=\"{length:.1}\" height=\"20\" rx=\"3\"/>\n\
         <text x=\"{numbers:.1}\" y=\"{baseline}\"><tspan class=\"ratio\">{}×</tspan>\
         <tspan class=\"muted\" dx=\"8\">{}</tspan></text>\n",
        escape(&row.library),
        escape(&how(row)),
        top + 4.0,
        ratio(row.ratio),
        microseconds(row.nanoseconds)
    )
}

fn footer(top: f64, setting: &str) -> String {
    format!(
        "<text class=\"muted small\" x=\"{MARGIN}\" y=\"{}\">* another token: HS256, fewer claims. Our own token is 70 characters longer than the others: spaces.</text>\n\
         <text class=\"muted small\" x=\"{MARGIN}\" y=\"{}\">{}</text>\n",
        top + 20.0,
        top + 38.0,
        escape(setting)
    )
}

/// The function or back end, without Markdown.
fn how(row: &Row) -> String {
    let asterisk = if row.is_another_token() { " *" } else { "" };
    row.how.replace('`', "") + asterisk
}

fn label(row: &Row) -> String {
    format!("{} {}", row.library, how(row))
}

fn in_words(rows: &[&Row]) -> String {
    let words: Vec<String> =
        rows.iter().map(|row| format!("{} {}", label(row), microseconds(row.nanoseconds))).collect();
    words.join("; ")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
