//! In node, which stands for workers and browsers. Skipped, aloud, where node or the target is missing.
#![cfg(not(target_family = "wasm"))]

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";

/// Each promise is a line of JavaScript that throws if the library breaks the promise. The secret is made up.
const PRELUDE: &str = r#"
    const assert = require("node:assert");
    const edge = require("./quiltt_session_edge.js");
    const secret = "hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlIfOPTK", profile = "p_12VnSaRRxyP12Sl9rLZg8n1";
    const at = (now) => edge.session_at(secret, profile, now, "4551ca49-c002-4d9b-92ec-465018e28fdc");
    const claims = (token) => JSON.parse(atob(token.split(".")[1]));
"#;

#[test]
fn without_the_feature_there_is_no_clock_which_is_an_error_and_a_given_time_will_do() {
    run(
        &[],
        r#"
        const error = "expected a system clock, found a platform without one: " +
            "give the time, or turn on the feature wasm_js on a JavaScript host";
        for (const act of [() => edge.now(), () => edge.session(secret, profile)])
            assert.throws(act, (thrown) => thrown === error);
        assert.strictEqual(claims(at(1700000000)).exp, 1700086400);
        assert.strictEqual(at(1700000000), at(1700000000));
        assert.strictEqual(edge.frozen_tokens(), 48);
        "#,
    );
}

#[test]
fn with_the_feature_clock_and_randomness_are_the_hosts() {
    run(
        &["--features", "wasm_js"],
        r#"
        const ids = new Set();
        for (let count = 0; count < 1000; count++) {
            const now = Math.floor(Date.now() / 1000), { iat, jti } = claims(edge.session(secret, profile));
            assert(iat >= now && iat <= now + 1);
            ids.add(jti);
        }
        assert.strictEqual(ids.size, 1000);
        // A host's clock can say anything; in the global scope of a Worker, a clock says 0.
        const scope = "in a Worker, mint inside a request";
        for (const [time, reason] of [[0, scope], [1577836800000, scope], [-1, "earlier"], [NaN, "system clock"],
                                      [Infinity, "later"], [253402300800000, "later"]]) {
            Date.now = () => time;
            for (const act of [() => edge.now(), () => edge.session(secret, profile)])
                assert.throws(act, (thrown) => thrown.includes(reason), `${time}`);
        }
        assert.strictEqual(claims(at(0)).iat, 0);
        Date.now = () => 253402300799999;
        assert.strictEqual(edge.now(), 253402300799);
        // Nor is there randomness, once the ids that were drawn before are used up.
        Date.now = () => 1796083200000;
        globalThis.crypto.getRandomValues = () => { throw new Error("Disallowed operation called within global scope"); };
        const mintAll = () => { for (let count = 0; count < 65; count++) edge.session(secret, profile); };
        assert.throws(mintAll, (thrown) => thrown.includes(scope));
        "#,
    );
}

fn run(features: &[&str], promises: &str) {
    if let Some(missing) = missing() {
        eprintln!("SKIPPED: {missing} is missing, so nothing was tried at the edge");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    generate(features, folder.path());
    let node =
        Command::new("node").current_dir(&folder).args(["-e", &(PRELUDE.to_owned() + promises)]).output().unwrap();
    assert!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
}

fn missing() -> Option<&'static str> {
    let runs = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let libraries = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output().unwrap();
    let libraries = PathBuf::from(String::from_utf8(libraries.stdout).unwrap().trim());
    if !runs(Command::new("node").arg("--version")) {
        Some("node")
    } else if !libraries.is_dir() {
        Some("the target wasm32-unknown-unknown (rustup target add)")
    } else {
        None
    }
}

/// Writes the library as WebAssembly, and its JavaScript loader, into `folder`. One build at a time: all share a target folder.
fn generate(features: &[&str], folder: &Path) {
    static TURN: Mutex<()> = Mutex::new(());

    let _turn = TURN.lock().unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--lib", "--locked", "--target", TARGET, "--target-dir"]);
    assert!(cargo.arg(target).args(features).status().unwrap().success());
    let built = target.join(TARGET).join("debug/quiltt_session_edge.wasm");
    Bindgen::new().input_path(built).nodejs(true).unwrap().generate(folder).unwrap();
}
