//! The models that every emulator has.

mod fail;
mod hello_world;
mod image;
mod reverse;
mod slow;
mod text;

use crate::{job::OutputFile, model::Model};

/// All of them.
pub(crate) fn models() -> Vec<Model> {
    vec![
        hello_world::model(),
        fail::model(),
        slow::model(),
        reverse::model(),
        image::model(),
        text::model(),
    ]
}

/// A file of an example's output, made when it is asked for.
pub(crate) fn example_file(name: &str) -> Option<OutputFile> {
    match name {
        "image.png" => image::example(),
        "reversed.txt" => Some(reverse::example()),
        _ => None,
    }
}
