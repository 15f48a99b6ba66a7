mod fields;

use std::collections::HashSet;

use bytes::Bytes;
use clap::Args;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use replicate::{Error, Method, Response};
use serde::Deserialize;
use serde_json::Value;

use super::{SessionCommand, change, parse_header};
use crate::credentials::base_url;
use crate::error::{CliError, Result};
use crate::reader;
use crate::session::Session;
use crate::terminal;
use fields::Field;

/// Send a request to any route of the API, and print the response as it arrived
///
/// Without fields the method is GET, with fields or --input it is POST. The fields of a GET go
/// into its query.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  replicate api account
  replicate api GET /predictions --paginate --jq '.results[].id'
  replicate api POST /models/meta/meta-llama-3-8b-instruct/predictions -f 'input[prompt]=a haiku'
  replicate api PATCH /deployments/acme/app -F max_instances=2
  replicate api QUERY /models --input words.txt -H 'Content-Type: text/plain'")]
pub(crate) struct Api {
    /// The method, and the route as in the API's documentation, or its URL
    #[arg(value_name = "[METHOD] PATH", required = true, num_args = 1..=2)]
    route: Vec<String>,
    /// The method
    #[arg(short = 'X', long, value_name = "METHOD")]
    method: Option<String>,
    /// Add a string; a[b]=x adds to an object, a[]=x to a list
    #[arg(short = 'f', long, value_name = "KEY=VALUE")]
    raw_field: Vec<String>,
    /// Add a number, true, false, null, @FILE or @- (standard input); anything else is a string
    #[arg(short = 'F', long, value_name = "KEY=VALUE")]
    field: Vec<String>,
    /// Add a header
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// Send the content of a file, or standard input, as the body
    #[arg(long, value_name = "FILE|-")]
    input: Option<String>,
    /// Print the status and the headers first
    #[arg(short, long)]
    include: bool,
    /// Request all pages of a list
    #[arg(long, conflicts_with_all = ["input", "include"])]
    paginate: bool,
    /// Print all pages as one list
    #[arg(long, requires = "paginate")]
    slurp: bool,
    /// Print nothing if the request succeeds
    #[arg(long)]
    silent: bool,
}

/// A request to send, as often as there are pages.
#[derive(Clone)]
struct Prepared {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<Bytes>,
}

impl SessionCommand for Api {
    async fn execute(self, session: &Session) -> Result<()> {
        let prepared = self.prepare(session)?;
        if self.paginate {
            return print_pages(session, prepared, self.slurp, self.silent).await;
        }
        let response = match prepared.send(session).await? {
            Ok(response) => response,
            Err(error) => return self.failed(session, error),
        };
        if self.include {
            terminal::write_data(head(&response))?;
        }
        if self.silent || response.body().is_empty() {
            return Ok(());
        }
        print(session, response.body())
    }
}

impl Api {
    fn prepare(&self, session: &Session) -> Result<Prepared> {
        let (written, route) = match self.route.as_slice() {
            [method, route] => (Some(method), route),
            [route] => (None, route),
            _ => return Err(CliError::usage("missing route")),
        };
        if written.is_some() && self.method.is_some() {
            return Err(CliError::usage("the method is given twice").hint("omit --method"));
        }
        let fields = self.fields()?;
        let has_body = !fields.is_empty() || self.input.is_some();
        let method = match written.or(self.method.as_ref()) {
            Some(method) => parse_method(method)?,
            None if has_body && !self.paginate => Method::POST,
            None => Method::GET,
        };
        let headers = self.header.iter().map(|header| parse_header(header));
        let mut headers = headers.collect::<Result<Vec<_>, _>>()?;
        let in_query = matches!(method, Method::GET | Method::DELETE);
        let (query, body) = match &self.input {
            Some(input) => (fields::query(fields), Some(reader::read(input)?)),
            None if in_query || fields.is_empty() => (fields::query(fields), None),
            None => {
                let body = Value::Object(fields::object(fields)?);
                (Vec::new(), Some(body.to_string().into_bytes()))
            }
        };
        let has_type = headers.iter().any(|(name, _)| name == CONTENT_TYPE);
        if body.is_some() && !has_type {
            headers.push((CONTENT_TYPE, HeaderValue::from_static("application/json")));
        }
        Ok(Prepared {
            method,
            path: path(session, route)?,
            query,
            headers,
            body: body.map(Bytes::from),
        })
    }

    fn fields(&self) -> Result<Vec<Field>> {
        let raw = self.raw_field.iter().map(|text| fields::parse(text, false));
        let typed = self.field.iter().map(|text| fields::parse(text, true));
        raw.chain(typed).collect()
    }

    /// Prints the body of an error, as that of a success, before the error itself.
    fn failed(&self, session: &Session, error: Error) -> Result<()> {
        let body = error.body().filter(|body| !self.silent && !body.is_empty());
        match body {
            // A filter for the response may not fit a body that describes an error.
            Some(body) if session.jq.is_some() => terminal::write_line(body)?,
            Some(body) => print(session, body)?,
            None => {}
        }
        Err(error.into())
    }
}

impl Prepared {
    async fn send(&self, session: &Session) -> Result<Result<Response, Error>> {
        let prepared = self.clone();
        let sending = change(session, None, async |client| {
            let mut request = client.request(prepared.method, &prepared.path);
            if !prepared.query.is_empty() {
                request = request.query(&prepared.query);
            }
            for (name, value) in prepared.headers {
                request = request.header(name, value);
            }
            if let Some(body) = prepared.body {
                request = request.body(body);
            }
            request.send().await
        });
        sending.await
    }
}

/// Prints a response's body. Binary data is not written to a terminal.
fn print(session: &Session, body: &Bytes) -> Result<()> {
    if session.jq.is_some() || serde_json::from_slice::<&serde_json::value::RawValue>(body).is_ok()
    {
        return session.write_json(body);
    }
    match std::str::from_utf8(body) {
        Ok(text) => terminal::write_line(text)?,
        Err(_) if terminal::stdout_is_terminal() => {
            return Err(
                CliError::error("the response is binary: not written to a terminal")
                    .hint("write it to a file: replicate api … > FILE"),
            );
        }
        Err(_) => terminal::write_data(body)?,
    }
    Ok(())
}

fn head(response: &Response) -> String {
    let mut text = format!("HTTP {}\n", response.status());
    for (name, value) in response.headers() {
        text.push_str(&format!(
            "{name}: {}\n",
            String::from_utf8_lossy(value.as_bytes())
        ));
    }
    text.push('\n');
    text
}

/// The methods of the API's routes.
const METHODS: [&str; 8] = [
    "GET", "HEAD", "OPTIONS", "QUERY", "POST", "PUT", "PATCH", "DELETE",
];

fn parse_method(text: &str) -> Result<Method> {
    let name = text.to_ascii_uppercase();
    let method = Method::from_bytes(name.as_bytes()).ok();
    let method = method.filter(|_| METHODS.contains(&name.as_str()));
    method.ok_or_else(|| {
        let methods = METHODS.join(", ");
        CliError::usage(format!(
            "invalid method `{text}`: expected one of {methods}"
        ))
        .hint("expected [METHOD] PATH; the filter of the response is --jq EXPR")
    })
}

/// The route, without the API's own URL in front of it.
fn path(session: &Session, route: &str) -> Result<String> {
    let base = base_url(&session.client);
    let own = [base.as_str(), "https://api.replicate.com/v1"];
    let route = own
        .iter()
        .find_map(|base| route.strip_prefix(base)?.strip_prefix('/'))
        .unwrap_or(route);
    if route.contains("://") {
        let message = format!("`{route}` is not a route of the API at {base}");
        return Err(CliError::usage(message)
            .hint("the token is sent to the API only; pass --base-url for another one"));
    }
    Ok(route.to_owned())
}

/// Requests every page, and prints each as it arrived; or all as one list, at the end.
async fn print_pages(
    session: &Session,
    mut request: Prepared,
    slurp: bool,
    silent: bool,
) -> Result<()> {
    if !matches!(request.method.as_str(), "GET" | "QUERY") {
        let message = format!("--paginate is not possible with {}", request.method);
        return Err(CliError::usage(message).hint("lists are read with GET"));
    }
    let mut seen = HashSet::new();
    let mut pages: Vec<Bytes> = Vec::new();
    loop {
        let response = request.send(session).await??;
        let body = response.body().clone();
        let next = next_cursor(&body)?;
        match (slurp, silent) {
            (true, _) => pages.push(body),
            (false, true) => {}
            (false, false) => print(session, &body)?,
        }
        match next {
            Some(cursor) if seen.insert(cursor.clone()) => {
                request.query.retain(|(name, _)| name != "cursor");
                request.path = without_cursor(&request.path);
                request.query.push(("cursor".to_owned(), cursor));
            }
            _ => break,
        }
    }
    if !slurp || silent {
        return Ok(());
    }
    let list = pages.join(&b',');
    session.write_json([b"[", list.as_slice(), b"]"].concat())
}

/// The cursor of the next page. Only the cursor of its URL is used, so that no other host is
/// followed.
fn next_cursor(body: &[u8]) -> Result<Option<String>> {
    #[derive(Default, Deserialize)]
    struct Page {
        #[serde(default)]
        next: Option<String>,
    }
    let page: Page = serde_json::from_slice(body).unwrap_or_default();
    let Some(next) = page.next.filter(|next| !next.is_empty()) else {
        return Ok(None);
    };
    let (_, query) = next.split_once('?').unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let cursor = pairs.find(|(name, _)| name == "cursor");
    match cursor {
        Some((_, cursor)) => Ok(Some(cursor.into_owned())),
        None => Err(CliError::error(
            "the page's `next` has no cursor: the rest of the list cannot be requested",
        )),
    }
}

/// The path, with its query but without a cursor in it.
fn without_cursor(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else {
        return path.to_owned();
    };
    let kept: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.starts_with("cursor="))
        .collect();
    match kept.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{}", kept.join("&")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_page_is_known_by_its_cursor_only() {
        let next = |body: &str| next_cursor(body.as_bytes());
        let other = r#"{"next": "https://evil.example/x?a=b&cursor=cD0%3D"}"#;
        assert_eq!(next(other).expect("a cursor").as_deref(), Some("cD0="));
        assert_eq!(next(r#"{"next": null}"#).expect("the end"), None);
        assert_eq!(next("[]").expect("the end"), None);
        assert!(next(r#"{"next": "https://evil.example/x"}"#).is_err());
    }
}
