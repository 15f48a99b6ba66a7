//! Pages for a browser.

use crate::{
    call::{Call, Reply},
    problem::Problem,
};

pub(crate) fn home(_call: &Call) -> Reply {
    Err(Problem::not_found("no page yet"))
}
pub(crate) fn prediction(_call: &Call) -> Reply {
    Err(Problem::not_found("no page yet"))
}
pub(crate) fn model(_call: &Call) -> Reply {
    Err(Problem::not_found("no page yet"))
}
