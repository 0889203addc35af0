//! The report turns criterion's figures into the page and the chart of docs/.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

const REPORT: &str = env!("CARGO_BIN_EXE_quiltt-session-report");

/// Runs it on the figures in `folder`, which is also where it writes.
fn report(folder: &Path) -> Output {
    let folders = [folder.join("mint"), folder.join("peers"), folder.to_owned()];
    Command::new(REPORT).args(folders).output().unwrap()
}

/// Figures as criterion leaves them, of its last run (`new`) or of one that was kept under its name.
fn write_run(bench: &Path, case: &str, run: &str, median: f64, tokens: u64) {
    let folder = bench.join(case).join(run);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("estimates.json"), format!(r#"{{"median":{{"point_estimate":{median}}}}}"#)).unwrap();
    fs::write(folder.join("benchmark.json"), format!(r#"{{"throughput":{{"Elements":{tokens}}}}}"#)).unwrap();
}

/// All cases that the report reads, as `figures.tsv` has them: the bench, the case, its median in nanoseconds, its tokens.
fn figures() -> TempDir {
    let folder = TempDir::new().unwrap();
    for line in include_str!("figures.tsv").lines() {
        let [bench, case, median, tokens] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        write_run(&folder.path().join(bench), case, "new", median.parse().unwrap(), tokens.parse().unwrap());
    }
    folder
}

#[test]
fn the_page_has_ratios_first_and_times_second() {
    let folder = figures();
    let output = report(folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = fs::read_to_string(folder.path().join("benchmarks.md")).unwrap();
    assert!(page.starts_with("<!-- Made by `cargo run --locked --manifest-path benches/report/Cargo.toml`"));
    for line in [
        "| quiltt-session, `mint_batch` of 1000 | **0.50** | 0.250 µs | 4.00 million |  |",
        "| quiltt-session, `mint_into` | **1.00** | 0.500 µs | 2.00 million |  |",
        "| quiltt-session, `verify` | **1.00** | 2.00 µs |  |",
        "| `mint/into` ÷ `peer/jsonwebtoken` | 0.25 |",
        "| `threads/2` ÷ `threads/1`, tokens a second | 1.92 |",
        "| `mint`, 16 by `claim` | 1.50 µs | 2.50 µs | 0.60 |",
        "| `mint`, 16 by `claims` | 1.25 µs | 2.50 µs | 0.50 |",
        "| `verify`, 4 by `custom_as` | 1.40 µs | 3.50 µs | 0.40 |",
        "| 16 | 0.515 µs | 5.32 µs |",
        "| 64 | 0.0250 µs | 0.515 µs | 0.049 |",
        "| `batch/n1000` ÷ `floor/sha512_lanes` | 2.50 |",
        "| SHA-512: two compressions | 350 ns | 70 % |",
        "| spelling ids, base64, padding, copying | 85.0 ns | 17 % |",
    ] {
        assert!(page.lines().any(|found| found == line), "{line}\n\n{page}");
    }
    let jsonwebtoken = page.lines().find(|line| line.starts_with("| jsonwebtoken 12.")).unwrap();
    assert!(jsonwebtoken.ends_with(", `rust_crypto` | **3.80** | 1.90 µs | 0.526 million |  |"), "{jsonwebtoken}");
}

#[test]
fn each_cryptography_that_was_measured_is_beside_the_peer_of_its_own_run() {
    let folder = figures();
    for (case, median, tokens) in [
        ("mint/into", 1200.0, 1),
        ("batch/n1000", 1_300_000.0, 1000),
        ("verify/session", 2800.0, 1),
        ("peer/jsonwebtoken", 2400.0, 1),
        ("verify/jsonwebtoken", 3500.0, 1),
    ] {
        write_run(&folder.path().join("mint"), case, "fips", median, tokens);
    }
    assert!(report(folder.path()).status.success());
    let page = fs::read_to_string(folder.path().join("benchmarks.md")).unwrap();
    let (_, table) =
        page.split_once("| feature | `mint/into` | `batch/n1000` | `verify/session` |\n|---|--:|--:|--:|\n").unwrap();
    assert_eq!(
        table,
        "| `rustcrypto`, the default | 0.500 µs (0.25) | 0.250 µs (0.12) | 2.00 µs (0.62) |\n\
         | `fips` | 1.20 µs (0.50) | 1.30 µs (0.54) | 2.80 µs (0.80) |\n"
    );
}

#[test]
fn the_chart_names_every_library_and_can_be_read_aloud() {
    let folder = figures();
    assert!(report(folder.path()).status.success());
    let chart = fs::read_to_string(folder.path().join("benchmarks.svg")).unwrap();
    let (title, description) = (between(&chart, "<title"), between(&chart, "<desc"));
    assert!(title.contains("Minting and verifying"));
    for library in [
        "quiltt-session",
        "jsonwebtoken 12.",
        "jsonwebtoken 11.",
        "jsonwebtoken 10.",
        "jwt-simple",
        "jwt-compact",
        "oxitoken",
        "livekit-api",
    ] {
        assert!(description.contains(library), "{description}");
    }
    assert_eq!(chart.matches("<rect class=\"bar").count(), 9 + 8);
    assert_eq!(chart.matches("width=\"400.0\"").count(), 2, "the longest bar of each half is as long as there is room");
    for tag in ["text", "tspan", "style", "svg"] {
        assert_eq!(chart.matches(&format!("<{tag}")).count(), chart.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}

fn between<'t>(text: &'t str, tag: &str) -> &'t str {
    text.split_once(tag).unwrap().1.split_once("</").unwrap().0
}

#[test]
fn without_figures_it_says_which_bench_to_run_and_writes_nothing() {
    for (missing, command) in [
        ("mint/threads/2", "`cargo bench --bench mint`"),
        ("peers/peers/oxitoken", "`cargo bench --manifest-path benches/peers/Cargo.toml`"),
    ] {
        let folder = figures();
        fs::remove_dir_all(folder.path().join(missing)).unwrap();
        let output = report(folder.path());
        assert_eq!(output.status.code(), Some(1));
        let (bench, case) = missing.split_once('/').unwrap();
        let expected = format!(
            "error: expected figures of {case} in {}, found none: run {command} first\n",
            folder.path().join(bench).display()
        );
        assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
        assert_eq!(output.stdout, b"");
        assert!(!folder.path().join("benchmarks.md").exists());
    }
}

/// The second and third cell of the row that begins with this one.
fn cells<'t>(table: &'t str, first: &str) -> (&'t str, &'t str) {
    let mut rows = table.lines().filter_map(|line| line.strip_prefix(&format!("| {first} | ")));
    let row = rows.next().unwrap_or_else(|| panic!("no row {first}"));
    let mut cells = row.split(" |").map(str::trim);
    (cells.next().unwrap(), cells.next().unwrap())
}

#[test]
fn what_other_documents_quote_is_what_the_page_says() {
    let read = |name: &str| fs::read_to_string(Path::new("../..").join(name)).unwrap();
    let (page, readme, performance) = (read("docs/benchmarks.md"), read("README.md"), read("docs/performance.md"));
    let ratio = |case| cells(&page, &format!("`{case}` ÷ `peer/jsonwebtoken`")).0;
    let quoted = format!(
        "`mint_into` takes {}, and a batch of 1000 takes {} with AVX-512 and {} with AVX2",
        ratio("mint/into"),
        ratio("batch/n1000"),
        ratio("batch/n1000_avx2")
    );
    assert!(readme.replace('\n', " ").contains(&quoted), "{quoted}");
    let nanoseconds: f64 = cells(&page, "all of it").0.strip_suffix(" ns").unwrap().parse().unwrap();
    let quoted = format!("At the {:.3} µs that `mint_into` took", nanoseconds / 1000.0);
    assert!(performance.contains(&quoted), "{quoted}");
}

#[test]
fn it_takes_three_folders_or_none() {
    let output = Command::new(REPORT).arg("mint").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let expected = "error: expected three folders (figures of mint, figures of peers, docs) or none\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
}
