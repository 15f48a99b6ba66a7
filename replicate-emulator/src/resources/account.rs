//! The account that every token belongs to.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    call::{Call, Reply, json as answer},
    world::World,
};

pub(crate) fn shape(world: &World) -> Value {
    json!({
        "type": "user",
        "username": world.account,
        "name": "Account of a local emulator",
        "github_url": format!("{}/", world.url),
        "avatar_url": format!("{}/outputs/example/image.png", world.url),
    })
}

pub(crate) fn get(call: &Call) -> Reply {
    Ok(answer(StatusCode::OK, &shape(&call.world)))
}
