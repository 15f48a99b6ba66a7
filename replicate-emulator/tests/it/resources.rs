//! Models, versions, deployments, trainings, collections, search: what one call changes, the
//! others show.

use std::time::Duration;

use replicate_emulator::{Emulator, Model};
use serde_json::{Value, json};

use crate::support::{
    call, delete, ended, fetch, get, new_model, open, patch, post, send, start, start_with, text,
    train, until_processing, version,
};

fn names(page: &Value) -> Vec<String> {
    let results = page["results"].as_array().expect("results");
    let name = |model: &Value| format!("{}/{}", text(&model["owner"]), text(&model["name"]));
    results.iter().map(name).collect()
}

/// A deployment of `replicate/hello-world`.
async fn new_deployment(emulator: &Emulator, name: &str) -> Value {
    json!({
        "name": name,
        "model": "replicate/hello-world",
        "version": version(emulator, "replicate/hello-world").await,
        "hardware": "cpu",
        "min_instances": 0,
        "max_instances": 3,
    })
}

#[tokio::test]
async fn a_model_is_created_changed_read_and_deleted() {
    let emulator = start().await;
    let (status, made) = post(&emulator, "/models", new_model("mine")).await;
    assert_eq!(status, 201);
    assert_eq!(made["latest_version"], Value::Null);
    let path = "/models/local/mine";
    assert_eq!(get(&emulator, &format!("{path}/readme")).await.0, 404);
    let change = json!({"description": "Mine", "readme": "# Mine", "github_url": "https://a.b/c",
        "visibility": null, "hardware": 7});
    let (status, changed) = patch(&emulator, path, change).await;
    assert_eq!((status, &changed["description"]), (200, &json!("Mine")));
    assert_eq!(changed["github_url"], "https://a.b/c");
    assert_eq!(get(&emulator, path).await.1, changed);
    let readme = send(call(&emulator, "GET", &format!("{path}/readme"))).await;
    assert_eq!(readme.text().await.expect("a text"), "# Mine");
    let invalid = json!({"paper_url": "nowhere", "readme": "x"});
    assert_eq!(patch(&emulator, path, invalid).await.0, 422);
    let (_, kept) = get(&emulator, path).await;
    assert_eq!(kept, changed, "nothing is half written");
    assert_eq!(delete(&emulator, path).await, 204);
    assert_eq!(get(&emulator, path).await.0, 404);
}

#[tokio::test]
async fn a_taken_name_is_an_invalid_field() {
    let emulator = start().await;
    let deployment = new_deployment(&emulator, "taken").await;
    for (path, new) in [
        ("/models", new_model("taken")),
        ("/deployments", deployment),
    ] {
        let (status, made) = post(&emulator, path, new.clone()).await;
        assert!(status < 300, "{made}");
        let (status, problem) = post(&emulator, path, new).await;
        assert_eq!(status, 422, "{path}: {problem}");
        assert_eq!(problem["invalid_fields"][0]["field"], "name");
        assert!(text(&problem["detail"]).contains("already"), "{problem}");
    }
}

#[tokio::test]
async fn built_in_models_cannot_be_changed() {
    let emulator = start().await;
    let path = "/models/emulator/text";
    assert_eq!(delete(&emulator, path).await, 403);
    let change = json!({"description": "x"});
    assert_eq!(patch(&emulator, path, change).await.0, 403);
    let id = version(&emulator, "emulator/text").await;
    let version = format!("{path}/versions/{id}");
    assert_eq!(delete(&emulator, &version).await, 403);
    let (status, found) = get(&emulator, &version).await;
    assert_eq!((status, &found["id"]), (200, &json!(id)));
    let schemas = &found["openapi_schema"]["components"]["schemas"];
    assert_eq!(schemas["Output"]["x-cog-array-display"], "concatenate");
    assert_eq!(schemas["Input"]["required"], json!(["prompt"]));
}

#[tokio::test]
async fn models_are_sorted_by_the_requested_field() {
    let emulator = start().await;
    let mut public = new_model("public");
    public["visibility"] = "public".into();
    post(&emulator, "/models", public).await;
    post(&emulator, "/models", new_model("private")).await;
    let (_, page) = get(&emulator, "/models?sort_by=model_created_at").await;
    let newest_first = names(&page);
    assert_eq!(newest_first[0], "local/public");
    assert!(newest_first.contains(&"replicate/hello-world".to_owned()));
    assert!(!newest_first.contains(&"local/private".to_owned()));
    let path = "/models?sort_by=model_created_at&sort_direction=asc";
    let mut oldest_first = names(&get(&emulator, path).await.1);
    oldest_first.reverse();
    assert_eq!(oldest_first, newest_first);
    assert_eq!(get(&emulator, "/models?sort_by=name").await.0, 400);
    assert_eq!(get(&emulator, "/models?cursor=odd").await.0, 400);
}

#[tokio::test]
async fn both_searches_find_models_by_words() {
    let emulator = start().await;
    for words in ["picture circles", "\"PICTURE\""] {
        let request = call(&emulator, "QUERY", "/models")
            .header("content-type", "text/plain")
            .body(words);
        let (status, page) = fetch(request).await;
        assert_eq!(status, 200);
        assert_eq!(names(&page)[0], "emulator/image", "{words}");
    }
    let (_, found) = get(&emulator, "/search?query=picture+prompt&limit=1").await;
    assert_eq!(found["query"], "picture prompt");
    assert_eq!(found["models"].as_array().map(Vec::len), Some(1));
    assert_eq!(found["models"][0]["model"]["name"], "image");
    assert_eq!(found["models"][0]["metadata"]["score"], 1.0);
    let (_, found) = get(&emulator, "/search?query=language").await;
    assert_eq!(found["collections"][0]["slug"], "language-models");
    for bad in ["/search", "/search?query=", "/search?query=a&limit=51"] {
        assert_eq!(get(&emulator, bad).await.0, 400, "{bad}");
    }
}

#[tokio::test]
async fn every_model_of_a_collection_exists() {
    let emulator = start().await;
    let (_, page) = get(&emulator, "/collections").await;
    let collections = page["results"].as_array().expect("results");
    assert!(!collections.is_empty());
    for collection in collections {
        let path = format!("/collections/{}", text(&collection["slug"]));
        let (status, whole) = get(&emulator, &path).await;
        assert_eq!(status, 200);
        assert_eq!(whole["name"], collection["name"]);
        assert!(!whole["models"].as_array().expect("models").is_empty());
    }
    let (_, official) = get(&emulator, "/collections/official").await;
    let names: Vec<String> = names(&json!({"results": official["models"]}));
    let expected = ["text", "image", "reverse", "slow", "fail"];
    assert_eq!(names, expected.map(|name| format!("emulator/{name}")));
    assert_eq!(get(&emulator, "/collections/none").await.0, 404);
}

#[tokio::test]
async fn an_example_is_a_prediction_whose_output_can_be_fetched() {
    let emulator = start().await;
    let (_, page) = get(&emulator, "/models/emulator/image/examples").await;
    let example = &page["results"][0];
    let (_, model) = get(&emulator, "/models/emulator/image").await;
    assert_eq!(&model["default_example"], example);
    let (status, found) = get(&emulator, &text(&example["urls"]["get"])).await;
    assert_eq!((status, &found), (200, example));
    assert_eq!(open(&example["output"][0]).await.status(), 200);
    let (_, none) = get(&emulator, "/models/emulator/slow/examples").await;
    assert_eq!(none, json!({"previous": null, "next": null, "results": []}));
}

#[tokio::test]
async fn a_deployment_runs_its_version_and_counts_its_releases() {
    let emulator = start().await;
    let new = new_deployment(&emulator, "hello").await;
    let (status, made) = post(&emulator, "/deployments", new.clone()).await;
    let number = &made["current_release"]["number"];
    assert_eq!((status, number), (200, &json!(1)));
    let path = format!("/deployments/{}/hello", emulator.account());
    let body = json!({"input": {"text": "Bob"}});
    let (status, run) = post(&emulator, &format!("{path}/predictions"), body).await;
    assert_eq!((status, &run["deployment"]), (201, &json!("local/hello")));
    assert_eq!(ended(&emulator, &run).await["output"], "hello Bob");
    let (_, changed) = patch(&emulator, &path, json!({"max_instances": 9})).await;
    let release = &changed["current_release"];
    assert_eq!(release["number"], 2);
    assert_eq!(release["configuration"]["max_instances"], 9);
    let (_, listed) = get(&emulator, "/deployments").await;
    assert_eq!(listed["results"], json!([changed]));
    for invalid in [
        json!({"min_instances": 6}),
        json!({"hardware": "abacus"}),
        json!({"version": "none"}),
        json!({"min_instances": 5, "max_instances": 4}),
    ] {
        let (status, _) = patch(&emulator, &path, invalid.clone()).await;
        assert_eq!(status, 422, "{invalid}");
    }
    assert_eq!(get(&emulator, &path).await.1, changed);
    assert_eq!(delete(&emulator, &path).await, 204);
    assert_eq!(get(&emulator, &path).await.0, 404);
    let mut invalid = new;
    invalid["model"] = "emulator/text".into();
    assert_eq!(post(&emulator, "/deployments", invalid).await.0, 422);
}

#[tokio::test]
async fn a_training_creates_a_version_that_runs() {
    let emulator = start().await;
    post(&emulator, "/models", new_model("tuned")).await;
    let (status, made) = train(&emulator, "emulator/text", "local/tuned").await;
    assert_eq!((status, &made["status"]), (201, &json!("starting")));
    until_processing(&emulator, &made).await;
    emulator.advance(Duration::from_secs(60));
    let done = ended(&emulator, &made).await;
    assert_eq!(done["status"], "succeeded");
    assert!(text(&done["logs"]).ends_with("step 5/5\n"));
    let made_version = text(&done["output"]["version"]);
    let tuned = version(&emulator, "local/tuned").await;
    assert_eq!(made_version, format!("local/tuned:{tuned}"));
    let body = json!({"version": made_version, "input": {"prompt": "a b", "max_tokens": 2}});
    let (_, run) = post(&emulator, "/predictions", body).await;
    assert_eq!(run["model"], "local/tuned");
    ended(&emulator, &run).await;
    let (_, listed) = get(&emulator, "/trainings").await;
    assert_eq!(listed["results"], json!([done]));

    let model = "/models/local/tuned";
    assert_eq!(delete(&emulator, model).await, 422);
    let mut deployment = new_deployment(&emulator, "d").await;
    deployment["model"] = json!("local/tuned");
    deployment["version"] = json!(tuned);
    assert_eq!(post(&emulator, "/deployments", deployment).await.0, 200);
    let version = format!("{model}/versions/{tuned}");
    assert_eq!(delete(&emulator, &version).await, 422, "it is deployed");
    assert_eq!(delete(&emulator, "/deployments/local/d").await, 204);
    assert_eq!(delete(&emulator, &version).await, 202);
    let (status, _) = get(&emulator, &text(&run["urls"]["get"])).await;
    assert_eq!(status, 404, "its predictions go too");
    assert_eq!(delete(&emulator, model).await, 204);
}

#[tokio::test]
async fn trainings_are_refused_and_canceled() {
    let emulator = start_with(Emulator::builder().training_time(Duration::from_secs(3600))).await;
    post(&emulator, "/models", new_model("tuned")).await;
    let (status, problem) = train(&emulator, "emulator/text", "local/none").await;
    let detail = "The specified training destination does not exist";
    assert_eq!((status, &problem["detail"]), (404, &json!(detail)));
    let id = version(&emulator, "emulator/text").await;
    let path = format!("/models/emulator/text/versions/{id}/trainings");
    let without_data = json!({"destination": "local/tuned", "input": {}});
    assert_eq!(post(&emulator, &path, without_data).await.0, 422);
    let (_, made) = train(&emulator, "emulator/text", "local/tuned").await;
    let (status, canceled) = fetch(call(&emulator, "POST", &text(&made["urls"]["cancel"]))).await;
    assert_eq!((status, &canceled["status"]), (200, &json!("canceled")));
    let (_, model) = get(&emulator, "/models/local/tuned").await;
    assert_eq!(model["latest_version"], Value::Null);
}

#[tokio::test]
async fn a_user_defined_model_is_served_like_any_other() {
    let model = Model::new("acme/upper")
        .description("Raises text")
        .input_schema(json!({
            "type": "object",
            "required": ["text"],
            "properties": {
                "text": {"type": "string"},
                "mark": {"type": "string", "default": "!"},
            },
        }))
        .run(|input, context| async move {
            let text = input["text"].as_str().ok_or("no text")?;
            context.log(format_args!("raising {text}"));
            let mark = input["mark"].as_str().unwrap_or("?");
            Ok(format!("{}{mark}", text.to_uppercase()).into())
        });
    let emulator = start_with(Emulator::builder().model(model)).await;
    let id = version(&emulator, "acme/upper").await;
    let body = json!({"version": id, "input": {"text": "a"}});
    let (_, made) = post(&emulator, "/predictions", body).await;
    let done = ended(&emulator, &made).await;
    assert_eq!(done["output"], "A!");
    let given = json!({"text": "a"});
    assert_eq!(done["input"], given, "defaults are the model's affair");
    assert_eq!(done["logs"], "raising a\n");
    let invalid = json!({"version": id, "input": {}});
    assert_eq!(post(&emulator, "/predictions", invalid).await.0, 422);
    assert_eq!(get(&emulator, "/models/acme/upper").await.1["run_count"], 1);
}
