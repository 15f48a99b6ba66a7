//! The help pages, without the global options that each of them repeats.

use crate::program::run;
use crate::session::assert_session;

/// The commands whose help is a snapshot.
const COMMANDS: &str = "\
    account, alias, alias delete, alias list, alias set, api, auth, auth login, auth logout, \
    auth status, collections list, collections show, completion, deployments, \
    deployments create, deployments delete, deployments list, deployments scale, \
    deployments schema, deployments show, deployments update, doctor, files, files delete, \
    files download, files list, files upload, hardware list, man, models, models create, \
    models delete, models list, models schema, models update, models versions, \
    models versions delete, models versions diff, predictions, predictions cancel, \
    predictions create, predictions download, predictions list, predictions logs, \
    predictions open, predictions show, predictions wait, predictions watch, rerun, run, \
    stream, trainings, trainings logs, webhooks, webhooks listen, webhooks verify";

#[tokio::test]
async fn help_pages_of_the_commands() {
    let mut pages = String::new();
    for command in COMMANDS.split(", ") {
        let help = run!("{command} --help");
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
    assert_session!(alone, @r"
        $ replicate help models versions diff | grep Usage
        Usage: replicate models versions diff [OPTIONS] <REF> <REF>...
        $ replicate help m version diff | grep Usage
        Usage: replicate models versions diff [OPTIONS] <REF> <REF>...
        $ replicate help frob
        2> error: `frob` is not a command of replicate
        2> hint: see replicate --help
        exit 2
        $ replicate help | tee help | grep -c 'Run models:'
        1
        $ replicate | cmp - help
        ");
}
