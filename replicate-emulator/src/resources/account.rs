//! The account that owns every token, and the signing secret of its webhooks.

use serde_json::{Value, json};

use crate::{
    call::Call,
    response::{Reply, ok},
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
    ok(&shape(&call.state))
}

pub(crate) fn webhook_secret(call: &Call) -> Reply {
    ok(&json!({"key": call.state.webhooks.secret()}))
}
