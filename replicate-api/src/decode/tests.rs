use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::*;

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct Urls {
    get: Option<String>,
    stream: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Version {
    id: String,
    cog: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Job {
    id: String,
    status: String,
    output: Option<Value>,
    error: Option<String>,
    logs: Option<String>,
    input: Option<Map<String, Value>>,
    metrics: Option<Map<String, Value>>,
    urls: Option<Urls>,
    count: Option<i64>,
    tags: Option<Vec<String>>,
    created_at: Option<chrono::DateTime<chrono::Utc>>,
    version: Option<Version>,
    #[serde(default)]
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Step {
    name: String,
    seconds: Option<f64>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Page {
    next: Option<String>,
    results: Vec<Job>,
}

fn try_job(rest: &str) -> Result<Job, Error> {
    let body = format!(r#"{{"id":"a","status":"succeeded",{rest}}}"#);
    decode(&body.into())
}

#[track_caller]
fn job(rest: &str) -> Job {
    let job = try_job(rest).unwrap();
    assert_eq!((job.id.as_str(), job.status.as_str()), ("a", "succeeded"));
    job
}

#[test]
fn optional_field_of_an_unexpected_type_is_left_out_and_the_rest_stays() {
    let job = job(
        r#""output":["kept"],"metrics":[],"urls":{"get":5,"stream":"s"},"count":"x",
        "created_at":"yesterday","tags":7,"input":"none","version":{"id":"v","cog":{}}"#,
    );
    assert_eq!(job.output, Some(serde_json::json!(["kept"])));
    assert_eq!(job.urls.unwrap().stream.as_deref(), Some("s"));
    assert_eq!((job.metrics, job.count, job.tags), (None, None, None));
    assert_eq!((job.created_at, job.input), (None, None));
    let id = String::from("v");
    assert_eq!(job.version, Some(Version { id, cog: None }));
}

#[test]
fn nested_object_without_what_it_must_have_is_left_out_whole() {
    assert_eq!(job(r#""version":{}"#).version, None);
    assert_eq!(job(r#""version":{"id":7}"#).version, None);
}

#[test]
fn error_and_logs_that_are_not_strings_are_kept_as_json_text() {
    let job = job(r#""error":{ "code" : 7 , "a":["b c"] },"logs":[1, "two"]"#);
    assert_eq!(job.error.as_deref(), Some(r#"{"code":7,"a":["b c"]}"#));
    assert_eq!(job.logs.as_deref(), Some(r#"[1,"two"]"#));
}

#[test]
fn number_with_an_empty_fraction_is_an_integer() {
    for (number, count) in [
        ("3.0", Some(3)),
        ("1e3", Some(1000)),
        ("-2.0", Some(-2)),
        ("3.5", None),
        ("1e300", None),
        ("1e400", None),
        ("9223372036854775808", None),
    ] {
        let job = job(&format!(r#""count":{number}"#));
        assert_eq!(job.count, count, "{number}");
    }
}

#[test]
fn lone_surrogates_and_huge_numbers_are_left_out_alone() {
    let job = job(
        r#""metrics":{"big":1e400,"predict_time":2.5,"text":"\ud800"},"logs":"\udc00",
        "input":{"prompt":"\ud83d"},"count":4"#,
    );
    let metrics = job.metrics.unwrap();
    assert_eq!(metrics["predict_time"], 2.5);
    assert_eq!(metrics.len(), 1);
    assert_eq!((job.input, job.count), (None, Some(4)));
    assert_eq!(job.logs, None);
}

#[test]
fn deep_nesting_costs_the_field_that_holds_it_alone() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let kept = job(&format!(r#""count":4,"input":{{"x":{deep},"y":1}}"#));
    assert_eq!((kept.count, kept.input), (Some(4), None));
    let kept = job(&format!(r#""steps":[{{"name":"n","seconds":{deep}}}]"#));
    assert_eq!(kept.steps[0].name, "n");
}

#[test]
fn items_of_a_list_keep_their_fields_and_nulls_are_left_out() {
    let job = job(r#""tags":["a",null,"b",null],
        "steps":[null,{"name":"one","seconds":"x"},{"name":"two","seconds":2}]"#);
    assert_eq!(job.tags.unwrap(), ["a", "b"]);
    let steps: Vec<_> = job.steps.iter().map(|s| (&*s.name, s.seconds)).collect();
    assert_eq!(steps, [("one", None), ("two", Some(2.0))]);
}

#[test]
fn unreadable_id_status_or_output_is_an_error_with_the_body() {
    for (body, path) in [
        (r#"{"id":5,"status":"s"}"#, "id"),
        (r#"{"id":"a","status":[]}"#, "status"),
        (r#"{"id":"a","status":"s","output":1e400}"#, "output"),
        (
            r#"{"id":"a","status":"s","output":["\ud800"]}"#,
            "output[0]",
        ),
        (r#"{"status":"s"}"#, "."),
        (r#"{"id":"a","status":"s","#, "."),
        ("[]", "."),
        ("null", "."),
    ] {
        let error = decode::<Job>(&body.into()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        assert_eq!(error.path(), Some(path), "{body}");
        assert_eq!(error.body().unwrap(), body);
    }
}

#[test]
fn page_keeps_its_items_with_the_same_misfit_in_each_and_refuses_to_lose_one() {
    let items = (0..200)
        .map(|n| format!(r#"{{"id":"p{n}","status":"s","metrics":[],"count":{n}.0}}"#))
        .collect::<Vec<_>>()
        .join(",");
    let page: Page = decode(&format!(r#"{{"results":[null,{items}],"next":3}}"#).into()).unwrap();
    assert_eq!(page.results.len(), 200);
    assert_eq!(page.results[199].count, Some(199));
    assert_eq!(page.next, None);
    for lost in [
        r#"{"results":[{"id":"a","status":"s"},{"id":"b"}]}"#,
        r#"{"results":["b"]}"#,
        r#"{"results":{}}"#,
        r#"{"results":[{"id":"a","status":"s","output":1e999}]}"#,
    ] {
        let error = decode::<Page>(&lost.into()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{lost}");
    }
}

#[test]
fn sixteen_fields_are_left_out_and_a_seventeenth_is_an_error() {
    #[derive(Debug, Deserialize)]
    struct Open {
        map: Option<BTreeMap<String, u32>>,
    }
    let body = |count: usize| {
        let members: Vec<_> = (0..count).map(|n| format!(r#""k{n}":"x""#)).collect();
        Bytes::from(format!(r#"{{"map":{{"good":1,{}}}}}"#, members.join(",")))
    };
    let open: Open = decode(&body(16)).unwrap();
    assert_eq!(open.map.unwrap().len(), 1);
    assert!(decode::<Open>(&body(17)).is_err());
}

#[test]
fn id_of_a_malformed_response_is_found_at_its_top_level_only() {
    for (text, id) in [
        (r#"{"id":"abc","status":"#, Some("abc")),
        (r#"{"input":{"id":"no"},"id" : "yes", oops"#, Some("yes")),
        ("\u{feff}{\"id\":\"mark\"}", Some("mark")),
        (r#"Warning: slow {"id":"text"}"#, Some("text")),
        (r#"{"a":,"id":"value"}"#, Some("value")),
        (r#"{"a":1 \x00 'b' # ,"id":"bytes"}"#, Some("bytes")),
        (r#"{"a":"\"id\":\"no\"","b":"id"}"#, None),
        (r#"{"id":"cut"#, None),
        (r#"{"id":5,"x":"no"}"#, None),
        (r#"[{"id":"no"}]"#, None),
        (r#"{"id":"<script>"}"#, None),
        ("<html>", None),
        (r#"{"id":"abc\"#, None),
        ("", None),
    ] {
        assert_eq!(created_id(text.as_bytes()).as_deref(), id, "{text}");
    }
}

#[test]
fn misfit_is_reported_with_its_path_and_without_its_value() {
    let body = r#"{"id":"a","status":"s","output":1e400,"steps":["my, expected \"secret"]}"#;
    let failure = located::<Page>(br#"{"results":[{"id":"my, expected \"secret","status":7}]}"#)
        .err()
        .unwrap();
    assert_eq!(failure.misfit.path, "results[0].status");
    let failure = located::<Job>(body.as_bytes()).err().unwrap();
    assert!(!failure.misfit.reason.contains("secret"));
    let failure = located::<Vec<Step>>(br#"[{"name":"n"}] trailing"#)
        .err()
        .unwrap();
    assert_eq!(failure.misfit.path, ".");
    assert!(failure.misfit.reason.starts_with("trailing characters"));
}
