//! `--dry-run`: what would be sent, and a command for curl that works.

use replicate_emulator::Emulator;

use crate::program::{creates, emulator_with_token};
use crate::session::assert_session;

#[tokio::test]
async fn dry_run_prints_the_body_and_creates_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r#"
        $ replicate run emulator/text "it's" --dry-run
        {
          "input": {
            "prompt": "it's"
          }
        }
        $ replicate run replicate/hello-world text=x --dry-run
        {
          "input": {
            "text": "x"
          },
          "version": "VERSION"
        }
        "#);
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn curl_command_creates_the_prediction_without_showing_the_token() {
    let emulator = emulator_with_token("r8_secret").await;
    assert_session!(emulator, @r#"
        $ printf abc > "small it's.txt"; head -c 400000 /dev/zero > large.bin
        $ curl() { command curl -fsS "$@"; }; export -f curl
        $ dry() { replicate run --dry-run=curl "$@" > script; grep -c r8_secret script; grep -om1 '.REPLICATE_API_TOKEN' script; }
        $ input() { bash script > created; replicate predictions list --limit 1 --jq '.[0].input'; }
        $ dry emulator/text "it's \$HOME \`ls\` \\ \"q\""; input
        0
        $REPLICATE_API_TOKEN
        {"prompt":"it's $HOME `ls` \\ \"q\""}
        $ dry replicate/hello-world text=x; input
        0
        $REPLICATE_API_TOKEN
        {"text":"x"}
        $ dry emulator/reverse "file=@small it's.txt"; input
        0
        $REPLICATE_API_TOKEN
        {"file":"data:text/plain;base64,YWJj"}
        $ dry emulator/reverse file=@large.bin; input
        0
        $REPLICATE_API_TOKEN
        {"file":"http://127.0.0.1:PORT/v1/files/ID"}
        $ replicate predictions list --jq length
        4
        "#);
}

#[tokio::test]
async fn duration_is_sent_as_the_servers_deadline() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r"
        $ replicate run emulator/fail --no-wait --cancel-after 1h30m --jq .status
        starting
        $ replicate run emulator/fail --no-wait --cancel-after 4s
        2> error: invalid value '4s' for '--cancel-after <TIME>': duration `4s` is too short: the API takes 5s or more
        2> hint: see --help
        exit 2
        ");
    let requests = emulator.requests();
    let create = requests.iter().find(|request| request.method == "POST");
    let create = create.expect("a create");
    assert_eq!(create.header("cancel-after"), Some("5400s"));
    assert_eq!(create.header("prefer"), None);
}
