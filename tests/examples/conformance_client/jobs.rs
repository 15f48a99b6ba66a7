//! Predictions, trainings and deployments: lists, cancels, webhooks.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::TryStreamExt;
use http::{HeaderMap, HeaderName, HeaderValue};
use replicate::types::WebhookEvent::{Completed, Start};
use replicate::{CancellationToken, Client, ErrorKind, webhook};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::json;

use crate::runs::{WORDS, newest, often, text};
use crate::{Case, Outcome, cases};

pub(super) const CASES: [Case; 7] = cases! {
    predictions_list
    paginate
    deployments
    trainings
    cancel
    cancel_run
    webhook
};

async fn predictions_list(client: Client) -> Outcome {
    let made = client
        .predictions()
        .create("emulator/text")
        .input(text())
        .await?;
    let page = client.predictions().list().page().await?;
    assert_eq!(page.results[0].id, made.id);
    Ok(())
}

async fn paginate(client: Client) -> Outcome {
    let mut made = Vec::new();
    for n in 0..120 {
        let input = json!({ "prompt": n.to_string(), "max_tokens": 1 });
        let create = client.predictions().create("emulator/text").input(input);
        made.push(create.await?.id);
    }
    let pages: Vec<_> = client.predictions().list().pages().try_collect().await?;
    assert!(pages.len() >= 2, "{} pages", pages.len());
    let seen: Vec<_> = client.predictions().list().items().try_collect().await?;
    let ids: HashSet<_> = seen.iter().map(|prediction| &prediction.id).collect();
    assert_eq!(ids.len(), seen.len());
    assert!(made.iter().all(|id| ids.contains(id)));
    Ok(())
}

async fn deployments(client: Client) -> Outcome {
    let version = newest(&client, "emulator/text").await?;
    let deployments = client.deployments();
    let made = deployments
        .create("deployed")
        .model("emulator/text")
        .version(version)
        .hardware("cpu")
        .min_instances(0)
        .max_instances(1)
        .await?;
    let name = (made.owner, made.name);
    assert_eq!(made.current_release.unwrap().number, Some(1));
    let changed = deployments.update(name.clone()).max_instances(2).await?;
    let release = changed.current_release.unwrap();
    assert_eq!(release.configuration.unwrap().max_instances, Some(2));
    let got = deployments.get(name.clone()).await?;
    assert_eq!(got.current_release.unwrap().number, Some(2));
    let all = deployments.list().page().await?;
    let listed = |name: &str| all.results.iter().any(|d| d.name == name);
    assert!(listed("deployed"));
    let made = deployments
        .predictions()
        .create(name.clone())
        .input(text())
        .await?;
    let done = client.wait(&made).poll_policy(often()).await?;
    assert_eq!(client.output(&done)?.text()?, WORDS);
    deployments.delete(name).await?;
    Ok(())
}

async fn trainings(client: Client) -> Outcome {
    let version = newest(&client, "emulator/text").await?;
    client
        .models()
        .create("local", "trained")
        .visibility("private")
        .hardware("cpu")
        .await?;
    let trainings = client.trainings();
    let create = || {
        trainings
            .create(format!("emulator/text:{version}"), "local/trained")
            .input(json!({ "train_data": "data:text/plain,words" }))
    };
    let made = create().await?;
    let done = trainings.wait(&made).poll_policy(often()).await?;
    let trained = done.output.unwrap().version.unwrap();
    assert_eq!(client.run(trained).input(text()).text().await?, WORDS);
    let all = trainings.list().page().await?;
    assert!(all.results.iter().any(|training| training.id == made.id));
    let other = create().await?;
    trainings.cancel(&other).await?;
    assert_eq!(trainings.get(&other).await?.status.as_str(), "canceled");
    Ok(())
}

async fn cancel(client: Client) -> Outcome {
    let create = client.predictions().create("emulator/slow");
    let made = create.input(json!({ "seconds": 60 })).await?;
    client.predictions().cancel(&made).await?;
    let got = client.predictions().get(&made).await?;
    assert_eq!(got.status.as_str(), "canceled");
    assert!(got.completed_at.is_some());
    Ok(())
}

async fn cancel_run(client: Client) -> Outcome {
    let token = CancellationToken::new();
    let (stop, id) = (token.clone(), Arc::new(Mutex::new(None)));
    let known = Arc::clone(&id);
    let run = client
        .run("emulator/slow")
        .input(json!({ "seconds": 60 }))
        .poll_policy(often())
        .cancellation_token(token)
        .on_progress(move |progress| {
            let Some(prediction) = progress.snapshot() else {
                return;
            };
            *known.lock().unwrap() = Some(prediction.id.clone());
            if prediction.status.as_str() == "processing" {
                stop.cancel();
            }
        });
    assert_eq!(run.await.unwrap_err().kind(), ErrorKind::Canceled);
    let id = id.lock().unwrap().take().unwrap();
    let got = client.predictions().get(id).await?;
    assert_eq!(got.status.as_str(), "canceled");
    Ok(())
}

async fn webhook(client: Client) -> Outcome {
    let reply = Script::reply_to_all(Reply::json(200, "{}"));
    let listener = Listener::always(reply)?;
    let made = client
        .predictions()
        .create("emulator/text")
        .input(text())
        .webhook(format!("{}/hook", listener.url()))
        .webhook_events([Start, Completed])
        .await?;
    let secret = client.webhooks().secret().await?.key;
    let completed = async {
        loop {
            listener.wait_for_requests(1).await;
            for request in listener.take() {
                let headers = headers(&request.headers);
                let message = webhook::verify(secret.expose_secret(), &headers, &request.body)?;
                let forged = request.text().replace(&made.id, "another");
                let forged = webhook::verify(secret.expose_secret(), &headers, forged.as_bytes());
                assert!(forged.is_err());
                if let webhook::Event::Completed(prediction) = message.event()? {
                    return Ok::<_, replicate::Error>(prediction);
                }
            }
        }
    };
    let completed = tokio::time::timeout(Duration::from_secs(10), completed).await;
    let prediction =
        completed.map_err(|_| "no webhook reported completion within ten seconds")??;
    assert_eq!(prediction.id, made.id);
    let output = json!(["Once", " upon", " a", " time"]);
    assert_eq!(prediction.output, Some(output));
    Ok(())
}

fn headers(pairs: &[(String, String)]) -> HeaderMap {
    let parse = |(name, value): &(String, String)| {
        let name: HeaderName = name.parse().ok()?;
        Some((name, HeaderValue::from_str(value).ok()?))
    };
    pairs.iter().filter_map(parse).collect()
}
