//! The help pages, without the global options that each of them repeats.

use crate::program::replicate;

/// The commands whose help is a snapshot.
const COMMANDS: [&str; 56] = [
    "account",
    "alias",
    "alias delete",
    "alias list",
    "alias set",
    "api",
    "auth",
    "auth login",
    "auth logout",
    "auth status",
    "collections list",
    "collections show",
    "completion",
    "deployments",
    "deployments create",
    "deployments delete",
    "deployments list",
    "deployments scale",
    "deployments schema",
    "deployments show",
    "deployments update",
    "doctor",
    "files",
    "files delete",
    "files download",
    "files list",
    "files upload",
    "hardware list",
    "man",
    "models",
    "models create",
    "models delete",
    "models list",
    "models schema",
    "models update",
    "models versions",
    "models versions delete",
    "models versions diff",
    "predictions",
    "predictions cancel",
    "predictions create",
    "predictions download",
    "predictions list",
    "predictions logs",
    "predictions open",
    "predictions show",
    "predictions wait",
    "predictions watch",
    "rerun",
    "run",
    "stream",
    "trainings",
    "trainings logs",
    "webhooks",
    "webhooks listen",
    "webhooks verify",
];

#[tokio::test]
async fn help_pages_of_the_commands() {
    let mut pages = String::new();
    for command in COMMANDS {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = replicate([]).args(&words).run().await;
        assert_eq!((help.code, help.stderr.as_str()), (0, ""), "{command}");
        let page = help.stdout.as_str();
        let page = match (page.find("\nGlobal options:"), page.find("\nExample")) {
            (Some(end), Some(examples)) => format!("{}{}", &page[..end], &page[examples..]),
            (Some(end), None) => page[..end].to_owned(),
            (None, _) => page.to_owned(),
        };
        pages.push_str(&format!(
            "$ replicate {command} --help\n{}\n\n",
            page.trim_end()
        ));
    }
    insta::assert_snapshot!(pages);
}

#[tokio::test]
async fn help_of_a_command_is_shown_by_its_name() {
    for words in [
        &["help", "models", "versions", "diff"][..],
        &["help", "m", "version", "diff"],
    ] {
        let help = replicate([]).args(words).run().await;
        assert!(
            help.stdout
                .contains("Usage: replicate models versions diff"),
            "{}",
            help.stdout
        );
    }
    let unknown = replicate(["help", "frob"]).run().await;
    assert_eq!(unknown.code, 2);
    assert!(
        unknown
            .stderr
            .contains("`frob` is not a command of replicate"),
        "{}",
        unknown.stderr
    );
    let all = replicate(["help"]).run().await;
    assert!(all.stdout.contains("Run models:"), "{}", all.stdout);
    assert_eq!(all.stdout, replicate([]).run().await.stdout);
}
