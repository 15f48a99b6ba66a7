//! The built-in models.

mod fail;
mod hello_world;
mod image;
mod reverse;
mod slow;
mod text;

use crate::{job::OutputFile, model::Model};

/// All built-in models.
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

/// A file in an example's output, created when it is requested.
pub(crate) fn example_file(name: &str) -> Option<OutputFile> {
    match name {
        "image.png" => image::example(),
        "reversed.txt" => Some(reverse::example()),
        _ => None,
    }
}
