//! The comparison of what the descriptions say, beyond what the code shows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Api;
use super::code::{Call, Type};
use super::compare::{Comparison, deprecations};
use super::description::{Content, Description, Facts};
use super::lines::{Kind, listed};
use crate::codegen::document::step;

impl Comparison {
    pub(super) fn facts(&mut self, name: &str, was: &Facts, is: &Facts) {
        if was.route != is.route && !self.renamed.contains(name) {
            let detail = format!(
                "{} → {} (released versions of the crate send the old one)",
                was.route, is.route
            );
            self.add(true, "altered", Kind::Operation, name, "", detail);
        }
        if was.idempotent != is.idempotent {
            let word = |facts: &Facts| match facts.idempotent {
                true => "retried after any failure",
                false => "sent at most once",
            };
            let detail = format!("{} → {}", word(was), word(is));
            self.add(false, "altered", Kind::Operation, name, "", detail);
        }
        match (was.deprecated, is.deprecated) {
            (false, true) => self.add(false, "deprecated", Kind::Operation, name, "", &is.route),
            (true, false) => {
                self.add(
                    false,
                    "no longer deprecated",
                    Kind::Operation,
                    name,
                    "",
                    &is.route,
                );
            }
            _ => {}
        }
        if was.servers != is.servers {
            let moved = was.servers.is_disjoint(&is.servers);
            let detail = format!("{} → {}", joined(&was.servers), joined(&is.servers));
            self.add(moved, "altered", Kind::Server, name, "", detail);
        }
        if was.security != is.security {
            let refused = was.security.is_disjoint(&is.security);
            let detail = format!("{} → {}", joined(&was.security), joined(&is.security));
            self.add(refused, "altered", Kind::Security, name, "", detail);
        }
        self.documents(Kind::Callback, name, &was.callbacks, &is.callbacks);
    }

    pub(super) fn responses(
        &mut self,
        name: &str,
        was: &Call,
        is: &Call,
        old: Option<&Facts>,
        new: Option<&Facts>,
    ) {
        let typed = was.response != is.response;
        let mut said = false;
        if let (Some(old), Some(new)) = (old, new) {
            let statuses: BTreeSet<&String> =
                old.responses.keys().chain(new.responses.keys()).collect();
            for status in statuses {
                let success = status.starts_with('2');
                let text = |call: &Call, content: &Content| match content {
                    Content::Error => "error".to_string(),
                    // The overlay or the generator may know what the description leaves out.
                    Content::Nothing if is_value(&call.response) => call.response.clone(),
                    Content::Nothing => "no content".to_string(),
                    Content::Json => call.response.clone(),
                    Content::Other(media_type) => media_type.clone(),
                };
                let old = old.responses.get(status).map(|content| text(was, content));
                let new = new.responses.get(status).map(|content| text(is, content));
                said |= success && old != new;
                match (old, new) {
                    (None, Some(new)) => {
                        self.add(success && typed, "added", Kind::Response, name, status, new);
                    }
                    (Some(old), None) => {
                        self.add(
                            success && typed,
                            "removed",
                            Kind::Response,
                            name,
                            status,
                            old,
                        );
                    }
                    (Some(old), Some(new)) if old != new => {
                        let detail = format!("{old} → {new}");
                        self.add(true, "altered", Kind::Response, name, status, detail);
                    }
                    _ => {}
                }
            }
        }
        if typed && !said {
            let detail = format!("{} → {}", was.response, is.response);
            self.add(true, "altered", Kind::Response, name, "", detail);
        }
    }

    pub(super) fn descriptions(&mut self, was: &Description, is: &Description, new: &Api) {
        let names = was
            .security_schemes
            .keys()
            .chain(is.security_schemes.keys());
        for name in names.collect::<BTreeSet<_>>() {
            let (was, is) = (
                was.security_schemes.get(name),
                is.security_schemes.get(name),
            );
            match (was, is) {
                (None, Some(new)) => self.add(false, "added", Kind::SecurityScheme, name, "", new),
                // An operation that required it has a line of its own.
                (Some(old), None) => {
                    self.add(false, "removed", Kind::SecurityScheme, name, "", old)
                }
                (Some(old), Some(new)) if old != new => {
                    let detail = format!("{old} → {new}");
                    self.add(true, "altered", Kind::SecurityScheme, name, "", detail);
                }
                _ => {}
            }
        }
        self.documents(Kind::Webhook, "", &was.webhooks, &is.webhooks);
        let (old, new_fields) = (&was.deprecated_fields, &is.deprecated_fields);
        for (field, verb) in deprecations(old, new_fields) {
            let Some((owner, field)) = field.split_once('.') else {
                continue;
            };
            let in_both = self.was.contains(owner) && self.is.contains(owner);
            if let Some(Type::Struct(fields)) = new.code.types.get(owner)
                && in_both
                && fields.contains_key(field)
            {
                self.add(false, verb, Kind::Field, owner, field, "");
            }
        }
    }

    /// What is compared as the description has it, since no code is generated for it.
    pub(super) fn documents(
        &mut self,
        kind: Kind,
        owner: &str,
        was: &BTreeMap<String, Value>,
        is: &BTreeMap<String, Value>,
    ) {
        let at_root = owner.is_empty();
        for name in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
            let (was, is) = (was.get(name), is.get(name));
            let (owner, name) = if at_root {
                (name.as_str(), "")
            } else {
                (owner, name.as_str())
            };
            match (was, is) {
                (None, Some(_)) => self.add(false, "added", kind, owner, name, ""),
                (Some(_), None) => self.add(true, "removed", kind, owner, name, ""),
                (Some(was), Some(is)) => {
                    let mut places = Vec::new();
                    let breaking = differences(was, is, "", &mut places);
                    let places: Vec<&str> = places.iter().map(String::as_str).collect();
                    if !places.is_empty() {
                        self.add(breaking, "altered", kind, owner, name, listed(&places));
                    }
                }
                (None, None) => {}
            }
        }
    }
}

/// Whether every success has a value.
fn is_value(response: &str) -> bool {
    response != "()" && !response.starts_with("Option<")
}

fn joined(names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return "none".to_string();
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.join(" or ")
}

/// Notes the places at which the two differ; returns whether more than additions do.
fn differences(was: &Value, is: &Value, place: &str, found: &mut Vec<String>) -> bool {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            let keys: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
            keys.into_iter().fold(false, |breaking, key| {
                let place = step(place, key);
                let here = match (was.get(key), is.get(key)) {
                    (Some(was), Some(is)) => differences(was, is, &place, found),
                    (old, _) => {
                        found.push(place);
                        old.is_some()
                    }
                };
                breaking || here
            })
        }
        _ if was == is => false,
        _ => {
            found.push(place.to_string());
            true
        }
    }
}
