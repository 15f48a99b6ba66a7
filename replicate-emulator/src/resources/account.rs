//! The account that every token belongs to.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    call::Call,
    response::{Reply, json as answer},
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
    Ok(answer(StatusCode::OK, &shape(&call.state)))
}
