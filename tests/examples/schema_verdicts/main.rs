//! Compares the verdicts of our validator with those of a Cog server, on generated inputs.
//!
//! `schema_verdicts URL COUNT SEED` prints a JSON object: how many inputs were compared, how many
//! of them were valid, and the differences by their reasons. A difference without a known reason
//! is listed under `unexplained`.
#![forbid(unsafe_code)]

mod generate;

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use replicate::schema::{ModelSchema, Rule, Violation};
use replicate_test_support::Injector;
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |name| arguments.next().ok_or(format!("missing argument: {name}"));
    let url = argument("URL")?;
    let (count, seed) = (argument("COUNT")?.parse()?, argument("SEED")?.parse()?);
    let http = reqwest::Client::builder()
        .no_proxy()
        // An exception in the server closes its connection.
        .pool_max_idle_per_host(0)
        .timeout(Duration::from_secs(60))
        .build()?;
    let document = http.get(format!("{url}/openapi.json")).send().await?;
    let document: Value = serde_json::from_slice(&document.bytes().await?)?;
    let schema = ModelSchema::new(document)?.ok_or("the server shows no schema")?;
    let mut random = Injector::new(seed);
    let mut summary = Summary::default();
    for _ in 0..count {
        let input = generate::input(&mut random, &schema);
        let ours = match schema.validate(&input) {
            Ok(()) => Vec::new(),
            Err(error) => error.violations().to_vec(),
        };
        let request = http
            .post(format!("{url}/predictions"))
            .header("content-type", "application/json")
            .body(json!({ "input": input }).to_string());
        let response = request.send().await?;
        let status = response.status().as_u16();
        let body = response.text().await?;
        // Cog 0.16 has defects at files: without an optional `File` it accepts the input, and then
        // cannot write its response; for a list in place of a file its check raises an exception.
        let is_accepted = match (status, body.as_str()) {
            (200, _) => true,
            (500, body) if body.contains("validation errors for PredictionResponse") => true,
            (422, _) | (500, "Internal Server Error") => false,
            _ => return Err(format!("{status} for {input}: {body}").into()),
        };
        summary.add(&input, &ours, is_accepted, &body);
    }
    println!("{}", serde_json::to_string(&summary.into_json())?);
    Ok(())
}

#[derive(Default)]
struct Summary {
    compared: usize,
    valid: usize,
    agreed: usize,
    differences: BTreeMap<&'static str, (usize, String)>,
    unexplained: Vec<String>,
}

impl Summary {
    fn add(&mut self, input: &Value, ours: &[Violation], is_accepted: bool, body: &str) {
        self.compared += 1;
        self.valid += usize::from(is_accepted);
        if ours.is_empty() == is_accepted {
            self.agreed += 1;
            return;
        }
        let reasons: Option<Vec<&'static str>> = match is_accepted {
            // Each violation needs its reason.
            true => ours.iter().map(reason).collect(),
            false => None,
        };
        for reason in reasons.iter().flatten() {
            let example = || (0, input.to_string());
            self.differences.entry(reason).or_insert_with(example).0 += 1;
        }
        if reasons.is_none() {
            let difference = format!("{input}: {ours:?}; Cog: {body}");
            self.unexplained.push(difference);
        }
    }

    fn into_json(self) -> Value {
        let differences: Vec<Value> = self
            .differences
            .into_iter()
            .map(|(reason, (count, example))| {
                json!({ "reason": reason, "count": count, "example": example })
            })
            .collect();
        json!({
            "compared": self.compared,
            "valid": self.valid,
            "agreed": self.agreed,
            "differences": differences,
            "unexplained": self.unexplained,
        })
    }
}

/// Why Cog accepts what our validator reports.
fn reason(violation: &Violation) -> Option<&'static str> {
    match violation.rule() {
        Rule::Unknown => Some("Cog ignores unknown inputs; most are misspelled"),
        // Of a text nothing is converted.
        Rule::Type if violation.expected() != "text" => match violation.value()? {
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Some("Cog converts between texts, numbers and booleans; the API checks the type")
            }
            _ => None,
        },
        _ => None,
    }
}
