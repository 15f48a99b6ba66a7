//! `replicate auth`, and where a command's token comes from.

use std::path::Path;

use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};

use tempfile::TempDir;

use crate::program::{Program, ProgramOutput, command_line, replicate};

/// The program with a configuration directory, and no token in the environment.
fn with_config<const N: usize>(arguments: [&str; N], config: &Path, url: &str) -> Program {
    replicate(arguments)
        .env("XDG_CONFIG_HOME", config.to_str().expect("a path"))
        .env("REPLICATE_BASE_URL", url)
}

async fn configured(emulator: &Emulator, config: &TempDir, line: &str) -> ProgramOutput {
    let program = command_line(line).env("REPLICATE_BASE_URL", emulator.url());
    let config = config.path().to_str().expect("a path");
    program.env("XDG_CONFIG_HOME", config).run().await
}

#[tokio::test]
async fn login_stores_a_token_that_only_its_owner_can_read() {
    let emulator = Emulator::builder()
        .token("r8_right")
        .start()
        .await
        .expect("an emulator");
    let config = tempfile::tempdir().expect("a directory");
    let none = configured(&emulator, &config, "account").await;
    none.exits(4);
    let login = with_config(
        ["auth", "login", "--token-stdin"],
        config.path(),
        emulator.url(),
    )
    .stdin("r8_right\n")
    .run()
    .await;
    login.exits_with(0, "");
    login.says("logged in to http://127.0.0.1:");
    assert!(!login.stderr.contains("r8_right"), "{}", login.stderr);
    let file = config.path().join("replicate").join("credentials.json");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| {
            std::fs::metadata(path)
                .expect("a file")
                .permissions()
                .mode()
                & 0o777
        };
        assert_eq!(mode(&file), 0o600);
        assert_eq!(mode(file.parent().expect("a directory")), 0o700);
    }
    let account = configured(&emulator, &config, "account").await;
    account.exits(0);
    let status = configured(&emulator, &config, "auth status").await;
    let status = status.json();
    assert_eq!(status["username"], account.json()["username"]);
    assert_eq!(status["profile"], "default");
    assert!(!status.to_string().contains("r8_right"));
    let logout = configured(&emulator, &config, "auth logout").await;
    logout.exits(0);
    assert!(
        !std::fs::read_to_string(&file)
            .expect("a file")
            .contains("r8_right")
    );
    let again = configured(&emulator, &config, "auth logout").await;
    again.exits(5);
    let status = configured(&emulator, &config, "auth status").await;
    status.exits(4);
    status.says("replicate auth login");
}

#[tokio::test]
async fn rejected_or_malformed_token_is_not_stored_nor_shown() {
    let emulator = Emulator::builder()
        .token("r8_right")
        .start()
        .await
        .expect("an emulator");
    let config = tempfile::tempdir().expect("a directory");
    for (token, code, why) in [
        ("r8_wrong", 4, "401"),
        ("\"r8_right\"", 2, "quote"),
        ("REPLICATE_API_TOKEN=r8_right", 2, "name of the variable"),
        ("Bearer r8_right", 2, "name of the scheme"),
        ("", 2, "empty"),
    ] {
        let login = with_config(
            ["auth", "login", "--with-token"],
            config.path(),
            emulator.url(),
        );
        let login = login.stdin(token).run().await;
        assert_eq!(login.code, code, "{token}: {}", login.stderr);
        assert!(login.stderr.contains(why), "{token}: {}", login.stderr);
        assert!(!login.stderr.contains("r8_"), "{}", login.stderr);
    }
    assert!(!config.path().join("replicate").exists());
    let login = configured(&emulator, &config, "auth login").await;
    login.exits(2);
    login.says("--token-stdin");
}

#[tokio::test]
async fn malformed_token_in_the_environment_is_refused_with_the_reason() {
    for (token, why) in [
        ("'r8_abc'", "it has a quote mark around it"),
        (
            "REPLICATE_API_TOKEN=r8_abc",
            "it begins with the name of the variable",
        ),
    ] {
        let output = replicate(["account"])
            .env("REPLICATE_API_TOKEN", token)
            .run()
            .await;
        output.exits(2);
        output.says(why);
        assert!(!output.stderr.contains("r8_abc"), "{}", output.stderr);
    }
}

#[tokio::test]
async fn stored_token_is_sent_only_to_the_url_that_it_was_stored_for() {
    let emulator = Emulator::start().await.expect("an emulator");
    let config = tempfile::tempdir().expect("a directory");
    let login = with_config(
        ["auth", "login", "--token-stdin"],
        config.path(),
        emulator.url(),
    );
    assert_eq!(login.stdin("r8_right").run().await.code, 0);
    let listener = Listener::start([Script::reply(Reply::json(200, "{}"))]).expect("a listener");
    let other = with_config(["account"], config.path(), &listener.url())
        .run()
        .await;
    other.exits(4);
    assert_eq!(listener.received().len(), 0);
}

#[tokio::test]
async fn profiles_hold_tokens_of_several_accounts() {
    let listener = |name: &str| {
        let account = format!(r#"{{"type":"user","username":"{name}","name":"x"}}"#);
        Listener::start([
            Script::reply(Reply::json(200, account.clone())),
            Script::reply(Reply::json(200, account)),
        ])
        .expect("a listener")
    };
    let server = listener("alice");
    let config = tempfile::tempdir().expect("a directory");
    let login = with_config(
        ["auth", "login", "--token-stdin", "--profile", "work"],
        config.path(),
        &server.url(),
    );
    assert_eq!(login.stdin("r8_work").run().await.code, 0);
    // Without the profile there is none; with it, it is used instead of the environment's.
    let account = with_config(["account"], config.path(), &server.url())
        .run()
        .await;
    account.exits(4);
    let account = with_config(
        ["account", "--profile", "work"],
        config.path(),
        &server.url(),
    )
    .env("REPLICATE_API_TOKEN", "r8_environment")
    .run()
    .await;
    account.exits(0);
    let sent: Vec<_> = server
        .received()
        .iter()
        .map(|request| request.header("authorization").map(str::to_owned))
        .collect();
    assert_eq!(sent, vec![Some("Bearer r8_work".to_owned()); 2]);
    let missing = with_config(
        ["account", "--profile", "none"],
        config.path(),
        &server.url(),
    )
    .run()
    .await;
    missing.exits(4);
    assert!(
        missing
            .stderr
            .contains("no token is stored for profile `none`"),
        "{}",
        missing.stderr
    );
}

#[tokio::test]
async fn invalid_file_of_tokens_is_an_error_that_shows_no_token() {
    let config = tempfile::tempdir().expect("a directory");
    let directory = config.path().join("replicate");
    std::fs::create_dir(&directory).expect("a directory");
    let content =
        r#"{"hosts": {"https://api.replicate.com/v1": {"default": {"token": r8_secret}}}}"#;
    std::fs::write(directory.join("credentials.json"), content).expect("a file");
    let output = replicate(["account"])
        .env("XDG_CONFIG_HOME", config.path().to_str().expect("a path"))
        .run()
        .await;
    output.exits(4);
    output.says("invalid JSON in");
    assert!(!output.stderr.contains("r8_secret"), "{}", output.stderr);
}
