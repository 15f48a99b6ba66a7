//! The hardware that models can be configured to run on. All of it is this machine.

use serde_json::{Value, json};

use crate::{
    problem::Problem,
    response::{Reply, ok},
};

const HARDWARE: [(&str, &str); 4] = [
    ("cpu", "CPU"),
    ("gpu-t4", "Nvidia T4 GPU"),
    ("gpu-l40s", "Nvidia L40S GPU"),
    ("gpu-a100-large", "Nvidia A100 (80GB) GPU"),
];

pub(crate) fn list() -> Reply {
    let all: Vec<Value> = HARDWARE
        .iter()
        .map(|(sku, name)| json!({"sku": sku, "name": name}))
        .collect();
    ok(&all)
}

/// Refuses hardware that is not in the list.
pub(crate) fn check(sku: &str) -> Result<(), Problem> {
    if HARDWARE.iter().any(|(known, _)| *known == sku) {
        return Ok(());
    }
    let known = HARDWARE.map(|(sku, _)| sku).join(", ");
    Err(Problem::invalid_field(
        "hardware",
        "enum",
        format!("`{sku}` is not one of {known}"),
    ))
}
