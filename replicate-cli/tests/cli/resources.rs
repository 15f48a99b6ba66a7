//! Commands for models, versions, deployments, trainings and files.

use std::time::Duration;

use replicate_emulator::Emulator;

use crate::program::{Program, command_line, creates, output, requested, run, signal};
use crate::session::assert_session;

#[tokio::test]
async fn model_is_created_updated_and_deleted() {
    assert_session!(@r#"
        $ replicate models create acme/app --private --hardware cpu --description x --jq '[.name, .visibility]'
        ["app","private"]
        $ echo '# App' > README.md
        $ replicate models update acme/app --readme README.md --description y --jq .description
        y
        $ replicate models readme acme/app
        # App
        $ replicate models delete acme/app
        2> error: delete model acme/app: not confirmed
        2> hint: pass --yes
        exit 2
        $ replicate models show acme/app --jq .name
        app
        $ replicate models delete acme/app --yes
        2> deleted model acme/app
        $ replicate models show acme/app
        2> error: 404 Not Found: Model `acme/app` does not exist (GET http://127.0.0.1:PORT/v1/models/acme/app)
        2> hint: check the spelling; a private model needs a token with access to it
        exit 5
        "#);
}

#[tokio::test]
async fn model_create_reports_what_is_missing_or_invalid() {
    assert_session!(@r"
        $ replicate models create acme/app --hardware cpu
        2> error: the following required arguments were not provided: --visibility <VISIBILITY>
        2> hint: see --help
        exit 2
        $ replicate models create app --private --hardware cpu
        2> error: invalid model name `app`: expected owner/name
        exit 2
        $ replicate models create acme/app --public --hardware abacus
        2> error: 422 Unprocessable Entity: - hardware: `abacus` is not one of cpu, gpu-t4, gpu-l40s, gpu-a100-large (POST http://127.0.0.1:PORT/v1/models)
        exit 2
        $ replicate models update acme/app
        2> error: nothing to change
        2> hint: pass --description TEXT or another option
        exit 2
        $ replicate models versions delete emulator/text --yes
        2> error: missing version
        2> hint: pass owner/name:version
        exit 2
        ");
}

#[tokio::test]
async fn version_of_a_model_is_shown_and_compared() {
    assert_session!(@r#"
        $ ID=$(replicate models show emulator/text --jq .latest_version.id)
        $ replicate models view emulator/text:$ID | tee version | grep -c latest_version
        0
        exit 1
        $ replicate models versions show emulator/text | cmp - version; grep -c $ID version
        1
        $ replicate models schema emulator/text > schema; grep -cF "$(cat schema)" version
        1
        $ replicate models versions list replicate/hello-world --jq '.[0].id'
        VERSION
        $ replicate models examples emulator/text --jq '.[0].model'
        emulator/text
        $ replicate models run emulator/text 'a b' max_tokens=2
        a b
        $ replicate models versions diff emulator/text emulator/text
        2> no differences
        $ replicate models versions diff emulator/fail emulator/slow --json | cut -c1-100
        [{"change":"removed","path":"input.after","old":{"default":0,"description":"Seconds until it fails",
        "#);
}

#[tokio::test]
async fn deployment_is_created_scaled_run_and_deleted() {
    assert_session!(@r#"
        $ RELEASE='.current_release | [.number, .model, .configuration.min_instances, .configuration.max_instances]'
        $ replicate deployments create app --model emulator/text --hardware cpu --jq "$RELEASE"
        [1,"emulator/text",0,1]
        $ replicate deployments scale local/app --min 1 --max 3 --jq "$RELEASE"
        [2,"emulator/text",1,3]
        $ replicate deployments update local/app --max-instances 2 --jq "$RELEASE"
        [3,"emulator/text",1,2]
        $ replicate deployments run local/app 'a b' max_tokens=2
        a b
        $ replicate deployments schema local/app --jq '.components.schemas.Input.properties | keys'
        ["delay","max_tokens","prompt"]
        $ replicate deployments delete local/app -y --json
        {"deleted":"deployment local/app"}
        $ replicate deployments show local/app
        2> error: 404 Not Found: Deployment `local/app` does not exist (GET http://127.0.0.1:PORT/v1/deployments/local/app)
        2> hint: check the spelling
        exit 5
        $ replicate deployments create acme/app --model emulator/text --hardware cpu
        2> error: invalid deployment name `acme/app`: it has an owner
        2> hint: pass the name alone: the deployment belongs to the token's account
        exit 2
        $ replicate deployments create app --model acme/nothing --hardware cpu
        2> error: 404 Not Found: Model `acme/nothing` does not exist (GET http://127.0.0.1:PORT/v1/models/acme/nothing)
        2> hint: check the spelling; a private model needs a token with access to it
        exit 5
        $ replicate deployments scale acme/app
        2> error: nothing to change
        2> hint: pass --min-instances, --max-instances or another option
        exit 2
        "#);
}

#[tokio::test]
async fn file_is_uploaded_downloaded_and_deleted() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("note.txt"), "hello").expect("a file");
    let upload = "files upload note.txt --metadata a=b --jq .id";
    let file = run!(emulator in directory, "{upload}");
    let id = file.stdout.trim();
    let url = emulator.download_url(id, Duration::from_secs(60));
    let url = url.expect("a URL");
    let surroundings = |shell: Program| {
        let shell = shell.at(&emulator).within(directory.path());
        shell.env("ID", id).env("URL", &url)
    };
    assert_session!(with surroundings, @r#"
        $ replicate file show $ID --jq '[.name, .size, .metadata]'
        ["note.txt",5,{"a":"b"}]
        $ replicate upload note.txt --jq .urls.get
        http://127.0.0.1:PORT/v1/files/ID
        $ replicate files download $ID
        2> error: `ID` is not a URL, and an id can be downloaded with a signature only
        2> hint: pass --owner, --expiry and --signature
        exit 2
        $ replicate files download $URL -o copy.txt; cat copy.txt
        hello (no newline)
        2> saved copy.txt (5 bytes)
        $ replicate files download $URL -o copy.txt
        2> error: writing `copy.txt`: entity already exists
        2> hint: pass --force to replace it, or -o FILE
        exit 1
        $ replicate files download $URL -o - | cmp - copy.txt
        $ replicate files delete $ID
        2> error: delete file ID: not confirmed
        2> hint: pass --yes
        exit 2
        $ replicate files delete $ID --yes
        2> deleted file ID
        $ replicate files show $ID
        2> error: 404 Not Found: File `ID` does not exist or has expired (GET http://127.0.0.1:PORT/v1/files/ID)
        2> hint: check the spelling
        exit 5
        $ REPLICATE_BASE_URL=http://127.0.0.1:9 replicate files upload none/photo.jpg
        2> error: reading `none/photo.jpg`: No such file or directory (os error 2)
        exit 1
        "#);
}

#[tokio::test]
async fn page_of_a_model_is_named_where_no_browser_can_be_opened() {
    assert_session!(@r"
        $ REPLICATE=$(command -v replicate); PATH=$PWD $REPLICATE models show emulator/text --web
        2> could not open a browser (No such file or directory (os error 2)); see http://127.0.0.1:PORT/emulator/text
        ");
}

const TRAIN: &str =
    "train emulator/text --destination acme/mine train_data=https://example.com/a.txt";

async fn with_training_time(seconds: f64) -> Emulator {
    let time = Duration::from_secs_f64(seconds);
    let emulator = Emulator::builder().training_time(time).start().await;
    let emulator = emulator.expect("an emulator");
    run!(emulator, "models create acme/mine --private --hardware cpu").exits(0);
    emulator
}

#[tokio::test]
async fn training_is_created_waited_for_and_its_logs_printed() {
    let emulator = with_training_time(0.1).await;
    assert_session!(emulator, @r#"
        $ TRAIN='emulator/text --destination acme/mine'; DATA=train_data=https://example.com/a.txt
        $ replicate trainings create $TRAIN train_dat=x
        2> error: invalid input: missing required input `train_data` (Text to learn from. It is not read); unknown input `train_dat`; did you mean `train_data`?
        2> hint: pass train_data=@FILE
        exit 2
        $ replicate trainings create $TRAIN $DATA --dry-run
        {"destination":"acme/mine","input":{"train_data":"https://example.com/a.txt"}}
        $ ID=$(replicate trainings create $TRAIN $DATA --jq .id)
        $ replicate trainings wait $ID --jq .status
        succeeded
        $ replicate trainings logs $ID | tee logs | tail -1
        step 5/5
        $ replicate trainings logs $ID --follow | cmp - logs
        $ replicate train $TRAIN $DATA --wait --jq .status
        succeeded
        $ replicate trainings list --jq length
        2
        "#);
}

#[tokio::test]
async fn training_is_canceled_by_its_id_and_by_an_interruption() {
    let emulator = with_training_time(60.0).await;
    let created = command_line(TRAIN)
        .arg("--jq=.id")
        .at(&emulator)
        .run()
        .await;
    let id = created.stdout.trim();
    run!(emulator, "trainings cancel {id}").exits(0);
    let canceled = run!(emulator, "trainings wait {id} --jq .status");
    canceled.exits_with(3, "canceled\n");

    emulator.clear_requests();
    let child = command_line(TRAIN).arg("--wait").at(&emulator).start();
    requested(&emulator, "trainings.create").await;
    signal(&child, "-INT");
    output(child).await.says("was canceled");
    let statuses = run!(emulator, "trainings list --jq .[].status");
    assert_eq!(statuses.stdout, "canceled\ncanceled\n");
    assert_eq!(creates(&emulator), 0);
}
