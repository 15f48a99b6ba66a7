//! `replicate auth`, and where a command's token comes from.

use crate::program::emulator_with_token;
use crate::session::assert_session;

#[tokio::test]
async fn login_stores_a_token_for_its_owner_and_its_url_only() {
    let emulator = emulator_with_token("r8_right").await;
    assert_session!(emulator, @r#"
        $ unset REPLICATE_API_TOKEN; export XDG_CONFIG_HOME=$PWD
        $ replicate account --quiet
        2> error: no API token is set; set REPLICATE_API_TOKEN, or pass a token; get one at https://replicate.com/account/api-tokens (GET http://127.0.0.1:PORT/v1/account)
        2> hint: log in: replicate auth login
        exit 4
        $ echo r8_right | replicate auth login --token-stdin
        2> logged in to http://127.0.0.1:PORT/v1 as local; the token is in ~/replicate/credentials.json
        $ stat -c %a replicate replicate/credentials.json
        700
        600
        $ replicate account --jq .username
        local
        $ replicate auth status
        {"base_url":"http://127.0.0.1:PORT/v1","username":"local","source":"~/replicate/credentials.json (profile default)","profile":"default","other_profiles":[]}
        $ replicate account --base-url http://127.0.0.1:9
        2> error: no API token is set; set REPLICATE_API_TOKEN, or pass a token; get one at https://replicate.com/account/api-tokens (GET http://127.0.0.1:9/v1/account)
        2> hint: log in: replicate auth login
        exit 4
        $ REPLICATE_API_TOKEN=r8_right replicate auth login --token-stdin --quiet <<< r8_right
        $ REPLICATE_API_TOKEN=r8_right replicate auth logout
        2> removed the token for http://127.0.0.1:PORT/v1 (profile default)
        2> note: REPLICATE_API_TOKEN is still set
        $ replicate auth login --token-stdin --quiet <<< r8_right
        $ replicate auth logout
        2> removed the token for http://127.0.0.1:PORT/v1 (profile default)
        $ grep -c r8_right replicate/credentials.json
        0
        exit 1
        $ replicate auth logout
        2> error: no token is stored for http://127.0.0.1:PORT/v1 (profile default)
        exit 5
        $ replicate auth status
        2> error: not logged in to http://127.0.0.1:PORT/v1
        2> hint: log in: replicate auth login; or set REPLICATE_API_TOKEN
        exit 4
        "#);
}

#[tokio::test]
async fn rejected_or_malformed_token_is_not_stored_nor_shown() {
    let emulator = emulator_with_token("r8_right").await;
    assert_session!(emulator, @r#"
        $ unset REPLICATE_API_TOKEN; export XDG_CONFIG_HOME=$PWD
        $ login() { echo $1 | replicate auth login --with-token; }
        $ login r8_wrong
        2> error: 401 Unauthorized: This call needs an API token, sent as `Authorization: Bearer TOKEN`; the token is missing or not accepted; check the token and its permissions: https://replicate.com/account/api-tokens (GET http://127.0.0.1:PORT/v1/account)
        exit 4
        $ login '"r8_right"'
        2> error: invalid API token: it has a quote mark around it; pass the token alone, without quotes or anything around it
        exit 2
        $ login REPLICATE_API_TOKEN=r8_right
        2> error: invalid API token: it begins with the name of the variable; pass the token alone, without quotes or anything around it
        exit 2
        $ login 'Bearer r8_right'
        2> error: invalid API token: it begins with the name of the scheme; pass the token alone, without quotes or anything around it
        exit 2
        $ login ''
        2> error: the API token is empty; get one at https://replicate.com/account/api-tokens
        exit 2
        $ replicate auth login
        2> error: standard input is not a terminal
        2> hint: pass the token with --token-stdin
        exit 2
        $ ls
        $ REPLICATE_API_TOKEN=\'r8_abc\' replicate account
        2> error: REPLICATE_API_TOKEN: invalid API token: it has a quote mark around it; pass the token alone, without quotes or anything around it
        exit 2
        $ REPLICATE_API_TOKEN=REPLICATE_API_TOKEN=r8_abc replicate account
        2> error: REPLICATE_API_TOKEN: invalid API token: it begins with the name of the variable; pass the token alone, without quotes or anything around it
        exit 2
        "#);
}

#[tokio::test]
async fn profiles_hold_tokens_of_several_accounts() {
    let emulator = emulator_with_token("r8_work").await;
    // Without the profile there is none; with it, it is used instead of the environment's.
    assert_session!(emulator, @r"
        $ unset REPLICATE_API_TOKEN; export XDG_CONFIG_HOME=$PWD
        $ echo r8_work | replicate auth login --token-stdin --profile work
        2> logged in to http://127.0.0.1:PORT/v1 as local; the token is in ~/replicate/credentials.json
        $ replicate account
        2> error: no API token is set; set REPLICATE_API_TOKEN, or pass a token; get one at https://replicate.com/account/api-tokens (GET http://127.0.0.1:PORT/v1/account)
        2> hint: log in: replicate auth login
        exit 4
        $ REPLICATE_API_TOKEN=r8_environment replicate account --profile work --jq .username
        local
        $ replicate account --profile none
        2> error: no token is stored for profile `none` at http://127.0.0.1:PORT/v1
        2> hint: store one: replicate auth login --profile none
        exit 4
        ");
}

#[tokio::test]
async fn invalid_file_of_tokens_is_an_error_that_shows_no_token() {
    assert_session!(alone, @r#"
        $ mkdir replicate; export XDG_CONFIG_HOME=$PWD
        $ echo '{"hosts": {"https://api.replicate.com/v1": {"default": {"token": r8_secret}}}}' > replicate/credentials.json
        $ replicate account
        2> error: invalid JSON in `~/replicate/credentials.json` at line 1, column 66
        2> hint: remove the file, and log in again: replicate auth login
        exit 4
        "#);
}
