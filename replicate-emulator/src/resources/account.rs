//! The account that owns every token, and the signing secret of its webhooks.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    call::Call,
    response::{Reply, json_response},
    state::State,
};

pub(crate) fn shape(state: &State) -> Value {
    json!({
        "type": "user",
        "username": state.account,
        "name": "Account of a local emulator",
        "github_url": format!("{}/", state.url),
        "avatar_url": format!("{}/outputs/example/image.png", state.url),
    })
}

pub(crate) fn get(call: &Call) -> Reply {
    Ok(json_response(StatusCode::OK, &shape(&call.state)))
}

pub(crate) fn webhook_secret(call: &Call) -> Reply {
    let key = call.state.webhooks.secret();
    Ok(json_response(StatusCode::OK, &json!({"key": key})))
}
