//! The Rust interface of the emulator over HTTP, for tests in other languages: faults, outages,
//! rate limits, time, signed URLs. It is below `/emulator` and needs the API's token, so that no
//! page in a browser can call it.

use std::{sync::LazyLock, time::Duration};

use http::{HeaderValue, StatusCode};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::{
    call::Call,
    clock::stamp,
    faults::{Fault, bodiless},
    outage::Outage,
    problem::Problem,
    rate_limit::RateLimit,
    response::{Reply, json_response, no_content, ok},
    schema,
};

/// The kinds of fault. Every fault has exactly one.
const KINDS: [&str; 6] = [
    "latency",
    "status",
    "rate_limit",
    "drop",
    "cut_body",
    "replica_lag",
];
/// The most faults at a time.
const MOST_FAULTS: usize = 1000;
/// The default lifetime of a signed URL.
const VALID: Duration = Duration::from_secs(3600);
/// The longest time that can be skipped or added as latency, in seconds.
const LONGEST: f64 = 100.0 * 365.0 * 24.0 * 3600.0;

static FAULT: LazyLock<Option<Validator>> = LazyLock::new(|| {
    schema::body_validator(&json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "latency": {"type": "number", "minimum": 0, "maximum": LONGEST},
            "status": {"type": "integer", "minimum": 200, "maximum": 599},
            "content_type": {"type": "string", "maxLength": 1000},
            "body": {"type": "string", "maxLength": 1_000_000},
            "rate_limit": {"type": "integer", "minimum": 0},
            "drop": {"type": "boolean", "enum": [true]},
            "cut_body": {"type": "integer", "minimum": 0},
            "replica_lag": {"type": "integer", "minimum": 0, "maximum": u32::MAX},
            "on": {"type": "string", "maxLength": 100},
            "model": {"type": "string", "maxLength": 300},
            "prediction": {"type": "integer", "minimum": 1},
            "times": {"type": "integer", "minimum": 1, "maximum": u32::MAX},
            "skip": {"type": "integer", "minimum": 0, "maximum": u32::MAX},
            "probability": {"type": "number", "minimum": 0, "maximum": 1},
            "after_handling": {"type": "boolean"},
        },
    }))
});

/// `POST /emulator/faults`
pub(crate) fn add_fault(call: &Call) -> Reply {
    let body = call.json(FAULT.as_ref())?;
    let fault = fault(&body)?;
    if call.state.faults.count() >= MOST_FAULTS {
        return Err(Problem::unprocessable(
            "Too many faults",
            format!(
                "There are {MOST_FAULTS} faults already. DELETE /emulator/faults removes them."
            ),
        ));
    }
    call.state
        .faults
        .add(fault)
        .map_err(|unknown| Problem::invalid_field("on", "enum", unknown.to_string()))?;
    no_content()
}

/// `DELETE /emulator/faults`
pub(crate) fn clear_faults(call: &Call) -> Reply {
    call.state.faults.clear();
    no_content()
}

fn fault(body: &Value) -> Result<Fault, Problem> {
    let mut given = KINDS.iter().filter(|kind| body.get(**kind).is_some());
    let (Some(kind), None) = (given.next(), given.next()) else {
        return Err(Problem::invalid_field(
            "(root)",
            "one_of",
            format!("Expected exactly one of {}", KINDS.join(", ")),
        ));
    };
    let content = body.get("body").or(body.get("content_type"));
    if content.is_some() && *kind != "status" {
        return Err(Problem::invalid_field(
            "status",
            "required",
            "`body` and `content_type` need a `status`",
        ));
    }
    let text = |name: &str| body[name].as_str();
    let number = |name: &str| whole(&body[name]);
    let small = |name: &str| number(name).map(|n| u32::try_from(n).unwrap_or(u32::MAX));
    let status = number("status").and_then(|n| u16::try_from(n).ok());
    let valid = status.and_then(|status| StatusCode::from_u16(status).ok());
    if let Some(status) = valid.filter(|status| bodiless(*status))
        && text("body").is_some_and(|body| !body.is_empty())
    {
        let why = format!("A response with the status {} has no body", status.as_u16());
        return Err(Problem::invalid_field("body", "one_of", why));
    }
    if text("content_type").is_some_and(|value| HeaderValue::from_str(value).is_err()) {
        return Err(Problem::invalid_field(
            "content_type",
            "format",
            "Invalid header value: it has a line break or another control character",
        ));
    }
    let mut fault = match *kind {
        "latency" => Fault::latency(seconds(&body["latency"])),
        "rate_limit" => Fault::rate_limit(number("rate_limit").unwrap_or_default()),
        "drop" => Fault::drop_connection(),
        "replica_lag" => Fault::replica_lag(small("replica_lag").unwrap_or_default()),
        "cut_body" => {
            let after = number("cut_body").and_then(|n| usize::try_from(n).ok());
            Fault::cut_body(after.unwrap_or(usize::MAX))
        }
        _ => match content {
            Some(_) => Fault::response(
                status.unwrap_or(500),
                text("content_type").unwrap_or("text/plain"),
                text("body").unwrap_or_default().to_owned(),
            ),
            None => Fault::status(status.unwrap_or(500)),
        },
    };
    if let Some(operation) = text("on") {
        fault = fault.on(operation);
    }
    if let Some(model) = text("model") {
        fault = fault.model(model);
    }
    if let Some(prediction) = number("prediction") {
        fault = fault.prediction(prediction);
    }
    if let Some(times) = small("times") {
        fault = fault.times(times);
    }
    if body["after_handling"] == true {
        fault = fault.after_handling();
    }
    fault = fault.probability(body["probability"].as_f64().unwrap_or(1.0));
    Ok(fault.skip(small("skip").unwrap_or_default()))
}

/// A number that the schema has found to be whole. It may be written as `1.0`.
fn whole(value: &Value) -> Option<u64> {
    let written_with_a_point = || value.as_f64().map(|number| number as u64);
    value.as_u64().or_else(written_with_a_point)
}

static TIME: LazyLock<Option<Validator>> = LazyLock::new(|| {
    schema::body_validator(&json!({
        "type": "object",
        "required": ["advance"],
        "additionalProperties": false,
        "properties": {"advance": {"type": "number", "minimum": 0, "maximum": LONGEST}},
    }))
});

/// `POST /emulator/time`
pub(crate) fn advance(call: &Call) -> Reply {
    let body = call.json(TIME.as_ref())?;
    call.state.clock.advance(seconds(&body["advance"]));
    ok(&json!({"now": stamp(call.state.expire())}))
}

static DOWNLOAD: LazyLock<Option<Validator>> = LazyLock::new(|| {
    schema::body_validator(&json!({
        "type": "object",
        "required": ["file_id"],
        "additionalProperties": false,
        "properties": {
            "file_id": {"type": "string"},
            "valid": {"type": "number", "minimum": 0, "maximum": LONGEST},
        },
    }))
});

/// `POST /emulator/downloads`
pub(crate) fn sign_download(call: &Call) -> Reply {
    let body = call.json(DOWNLOAD.as_ref())?;
    let id = body["file_id"].as_str().unwrap_or_default();
    let valid = body.get("valid").map_or(VALID, seconds);
    let url = call
        .state
        .download_url(id, valid)
        .ok_or_else(|| Problem::not_found(format!("File `{id}` does not exist or has expired.")))?;
    Ok(json_response(StatusCode::CREATED, &json!({"url": url})))
}

static OUTAGE: LazyLock<Option<Validator>> = LazyLock::new(|| {
    schema::body_validator(&json!({
        "type": "object",
        "required": ["kind"],
        "additionalProperties": false,
        "properties": {
            "kind": {"type": "string", "enum": ["reset", "bad_gateway", "refused"]},
            "lasting": {"type": "number", "minimum": 0, "maximum": LONGEST},
            "creates": {"type": "boolean"},
        },
        // Nothing else could end it.
        "if": {"required": ["kind"], "properties": {"kind": {"const": "refused"}}},
        "then": {"required": ["lasting"]},
    }))
});

/// `POST /emulator/outage`
pub(crate) fn start_outage(call: &Call) -> Reply {
    let body = call.json(OUTAGE.as_ref())?;
    let mut outage = match body["kind"].as_str() {
        Some("refused") => Outage::refused(),
        Some("bad_gateway") => Outage::bad_gateway(),
        _ => Outage::reset(),
    };
    if let Some(duration) = body.get("lasting") {
        outage = outage.lasting(seconds(duration));
    }
    if body["creates"] == true {
        outage = outage.with_creates();
    }
    call.state.outages.start(outage);
    no_content()
}

/// `DELETE /emulator/outage`
pub(crate) fn end_outage(call: &Call) -> Reply {
    call.state.outages.end();
    no_content()
}

static RATE_LIMIT: LazyLock<Option<Validator>> = LazyLock::new(|| {
    schema::body_validator(&json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "burst": {"type": "integer", "minimum": 1, "maximum": u32::MAX},
            "per_second": {"type": "number", "minimum": 0, "maximum": 1e9},
            "low_credit": {"type": "boolean"},
            "count_refused": {"type": "boolean"},
        },
        // With low credit the burst is 1.
        "if": {"required": ["low_credit"], "properties": {"low_credit": {"const": true}}},
        "then": {"not": {"required": ["burst"]}},
        "else": {"required": ["burst", "per_second"]},
    }))
});

/// `PUT /emulator/rate-limit`
pub(crate) fn set_rate_limit(call: &Call) -> Reply {
    let body = call.json(RATE_LIMIT.as_ref())?;
    let burst = whole(&body["burst"]).and_then(|burst| u32::try_from(burst).ok());
    let rate = body["per_second"].as_f64();
    let mut limit = match burst {
        Some(burst) => RateLimit::new(burst, rate.unwrap_or_default()),
        None => RateLimit::low_credit(),
    };
    if let Some(rate) = rate {
        limit = limit.per_second(rate);
    }
    if body["count_refused"] == true {
        limit = limit.count_refused();
    }
    call.state.limits.set(Some(limit));
    no_content()
}

/// `DELETE /emulator/rate-limit`
pub(crate) fn clear_rate_limit(call: &Call) -> Reply {
    call.state.limits.set(None);
    no_content()
}

fn seconds(value: &Value) -> Duration {
    Duration::try_from_secs_f64(value.as_f64().unwrap_or_default()).unwrap_or_default()
}
