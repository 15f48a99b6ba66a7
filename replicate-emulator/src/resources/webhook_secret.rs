//! The secret with which webhooks are signed.

use http::StatusCode;
use serde_json::json;

use crate::{
    call::Call,
    response::{Reply, json as answer},
};

pub(crate) fn get(call: &Call) -> Reply {
    let key = call.state.webhooks.secret();
    Ok(answer(StatusCode::OK, &json!({"key": key})))
}
