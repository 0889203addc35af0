//! Why a token is refused, for someone who has the help and nothing else.

use crate::{AT, DIGITS, ENVIRONMENT, PROFILE, quiltt_session, stdout, token, without_secret};

/// What standard error says of a run that refuses a token.
#[track_caller]
fn refusal(args: &[&str]) -> String {
    let assert = quiltt_session(args).assert().code(1).stdout("");
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

/// A token of another secret, or of the same one in another encoding.
fn token_of(secret: &str, encoding: &str) -> String {
    let args = ["mint", "--format", "token", "--profile", PROFILE, "--at", AT, "--secret-encoding", encoding];
    let output = without_secret(&args).env("QUILTT_SIGNING_SECRET", secret).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

#[test]
fn each_of_six_faults_is_told_in_its_own_words() {
    let secret = DIGITS;
    let bad_signature = |token: &str| {
        let mut command = without_secret(&["verify", "--at", AT, token]);
        let output = command.env("QUILTT_SIGNING_SECRET", secret).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    for (refusal, reason) in [
        (bad_signature(&token(&[])), "signed with another secret than the one in QUILTT_SIGNING_SECRET"),
        (bad_signature(&token_of(secret, "hex")), "it is good with --secret-encoding hex"),
        (refusal(&["verify", "--at", "1700086400", &token(&[])]), "one that expired at 2023-11-15T22:13:20Z"),
        (refusal(&["verify", "--at", "1699999700", &token(&[])]), "5 minutes ahead of 2023-11-14T22:08:20Z"),
        (
            refusal(&["verify", "--at", AT, "--environment", ENVIRONMENT, &token(&["--environment", "env_10"])]),
            "found env_10: check what --environment should be",
        ),
        (
            refusal(&["verify", "--at", AT, "--token-version", "6", &token(&["--token-version", "4"])]),
            "found 4: check what --token-version should be",
        ),
    ] {
        assert!(refusal.starts_with("error: token refused: ") && refusal.contains(reason), "{refusal}");
    }
}

#[test]
fn the_help_names_the_three_commands_in_the_order_of_the_search() {
    let help = stdout(&["--help"]);
    let (_, order) = help.split_once("Is a token refused? Look at it in this order:\n").unwrap();
    let names: Vec<_> = order.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    assert_eq!(names.iter().filter(|name| !name.is_empty()).collect::<Vec<_>>(), [&"inspect", &"verify", &"doctor"]);
}
