//! `id`.

use crate::{ENVIRONMENT, PROFILE, PROFILE_UUID, malformed, refuses, stdout};

#[test]
fn each_kind_is_shown_in_both_forms_whichever_is_given() {
    for (kind, global, uuid) in [
        ("profile", PROFILE, PROFILE_UUID),
        ("environment", ENVIRONMENT, "06559c18-7e0d-4a45-b3a3-b0853af1d9fd"),
        ("api-key", "api_11gKT7OFCTrIx1YA3M0zfS5", "374a2938-8aed-42aa-970f-580faa85b089"),
        ("organization", "org_1WCfTognxqNqfz8qrH12uH", "11111111-1111-1111-1111-111111111111"),
    ] {
        let both = format!("{global}\t{uuid}\n");
        assert_eq!(stdout(&["id", global]), both);
        assert_eq!(stdout(&["id", global, "--kind", kind]), both);
        assert_eq!(stdout(&["id", uuid, "--kind", kind]), both);
        assert_eq!(stdout(&["id", &uuid.to_uppercase(), "--kind", kind]), both);
    }
}

#[test]
fn a_bare_uuid_is_a_profiles() {
    assert_eq!(stdout(&["id", PROFILE_UUID]), format!("{PROFILE}\t{PROFILE_UUID}\n"));
}

const KINDS: &str = "; the kinds are profile (p_1…), environment (env_1…), api-key (api_1…) and organization (org_1…)";

#[test]
fn what_is_no_id_is_malformed_and_says_where() {
    for (id, found) in [
        ("", "nothing at position 0"),
        ("conn_10", "another prefix at position 0"),
        ("p_100", "a leading zero at position 3"),
        ("p_17n42DGM5Tflk9n8mt7Fhc8", "a number above 128 bits at position 24"),
        ("52909e05", "no hyphenated UUID at position 8"),
    ] {
        let line = format!("error: expected a profile id (p_1… or a UUID), found {found}{KINDS}");
        refuses(&["id", id], 2, &line);
    }
}

#[test]
fn a_global_id_of_another_kind_than_asked_for_is_malformed() {
    let line =
        format!("error: expected an environment id (env_1… or a UUID), found another prefix at position 0{KINDS}");
    refuses(&["id", PROFILE, "--kind", "environment"], 2, &line);
    malformed(&["id", PROFILE, "--kind", "user"], "error: invalid value 'user' for '--kind <KIND>'");
}
