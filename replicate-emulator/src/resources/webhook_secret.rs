//! The signing secret of webhooks.

use http::StatusCode;
use serde_json::json;

use crate::{
    call::Call,
    response::{Reply, json_response},
};

pub(crate) fn get(call: &Call) -> Reply {
    let key = call.state.webhooks.secret();
    Ok(json_response(StatusCode::OK, &json!({"key": key})))
}
