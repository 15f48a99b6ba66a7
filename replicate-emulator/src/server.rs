//! Request handling: host check, request log, outages and faults, authorization, rate limits,
//! dispatch, access log.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::{self, ConnectInfo, Request},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http::{HeaderMap, StatusCode, header, request::Parts};

use crate::{
    call::Call,
    faults::{Effect, MatchedFaults, Subject},
    listener::{ConnectionHandle, FaultListener},
    log::AccessLogEntry,
    problem::Problem,
    query::Query,
    rate_limit::Remaining,
    resources,
    routes::{self, Operation},
    state::State,
};

/// The largest body of a call other than an upload. Inputs may hold files as `data:` URLs.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// Serves until the emulator stops, and completes the responses in progress.
pub(crate) async fn serve(listener: FaultListener, state: Arc<State>) -> std::io::Result<()> {
    let stop = Arc::clone(&state);
    let app = Router::new().fallback(respond).with_state(state);
    axum::serve(
        listener,
        app.into_make_service_with_connect_info::<ConnectionHandle>(),
    )
    .with_graceful_shutdown(async move { stop.stop.cancelled().await })
    .await
}

async fn respond(
    extract::State(state): extract::State<Arc<State>>,
    ConnectInfo(connection): ConnectInfo<ConnectionHandle>,
    request: Request,
) -> Response {
    let begun = Instant::now();
    let (parts, body) = request.into_parts();
    let line = state.log.as_ref().map(|log| {
        let target = parts.uri.path_and_query().map_or("/", |p| p.as_str());
        (log, parts.method.to_string(), target.to_owned())
    });
    let (operation, effect) = route(&state, parts, body).await;
    let (response, status) = match effect {
        Effect::Respond(response) => {
            let status = response.status().as_u16();
            (response, Some(status))
        }
        Effect::Reset => {
            connection.reset();
            (Response::new(Body::empty()), None)
        }
    };
    if let Some((log, method, target)) = line {
        log(&AccessLogEntry {
            method,
            target,
            operation,
            status,
            took: begun.elapsed(),
        });
    }
    response
}

async fn route(state: &Arc<State>, parts: Parts, body: Body) -> (Option<&'static str>, Effect) {
    if !is_for_this_machine(&parts) {
        let refused = Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "Misdirected request",
            "The emulator accepts requests for localhost only (127.0.0.1, [::1]).",
        );
        return (None, Effect::Respond(refused.into_response()));
    }
    let found = routes::find(&parts.method, parts.uri.path());
    let id = found.as_ref().ok().map(|(operation, _)| operation.id());
    let effect = match found {
        Ok((operation, path)) => handle_operation(state, operation, path, parts, body).await,
        Err(miss) => {
            let mut received = BytesMut::new();
            let read = read(body, LARGEST_BODY, &mut received).await;
            state.request_log.note(&parts, None, &received.freeze());
            let refused = read.err().unwrap_or(miss);
            Effect::Respond(refused.into_response())
        }
    };
    (id, effect)
}

/// Whether the request's host is this machine, or absent. A web page whose domain was made to
/// resolve to this machine (DNS rebinding) sends its own domain.
fn is_for_this_machine(parts: &Parts) -> bool {
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let (host, more) = (hosts.next(), hosts.next());
    let host = match parts.uri.authority() {
        Some(authority) => Some(authority.as_str().as_bytes()),
        None => host.map(http::HeaderValue::as_bytes),
    };
    let Some(host) = host else { return true };
    // A valid host occurs once and has no user information.
    if more.is_some() || host.contains(&b'@') {
        return false;
    }
    let Ok(authority) = http::uri::Authority::try_from(host) else {
        return false;
    };
    let host = authority
        .host()
        .trim_start_matches('[')
        .trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse()
            .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

async fn handle_operation(
    state: &Arc<State>,
    operation: Operation,
    path: Vec<String>,
    parts: Parts,
    body: Body,
) -> Effect {
    let limit = match operation {
        Operation::FilesCreate => resources::files::LARGEST_BODY,
        _ => LARGEST_BODY,
    };
    let has_outages = !operation.is_internal() && !operation.is_page();
    // A call that arrives during an outage is read first.
    let is_up = has_outages && !state.outages.is_active(operation);
    let mut received = BytesMut::new();
    let read = tokio::select! {
        biased;
        effect = state.outages.hits(operation), if is_up => Err(effect),
        read = read(body, limit, &mut received) => Ok(read),
    };
    let body = received.freeze();
    if !operation.is_internal() {
        state.request_log.note(&parts, Some(operation.id()), &body);
    }
    let read = match read {
        Ok(read) => read,
        Err(effect) => return effect,
    };
    let handled = handle(state, operation, path, parts, body, read);
    if !has_outages {
        return handled.await;
    }
    tokio::select! {
        biased;
        effect = state.outages.hits(operation) => effect,
        effect = handled => effect,
    }
}

/// `read` is why `body` is not complete, if it is not.
async fn handle(
    state: &Arc<State>,
    operation: Operation,
    path: Vec<String>,
    parts: Parts,
    body: Bytes,
    read: Result<(), Problem>,
) -> Effect {
    let faults = faults(state, operation, &path, &body).await;
    if let Some(effect) = faults.before() {
        return effect;
    }
    let response = match read.and_then(|()| admit(state, operation, &parts.headers)) {
        Ok(remaining) => {
            let call = Call {
                state: Arc::clone(state),
                query: Query::parse(parts.uri.query()),
                parts,
                path,
                body,
            };
            let mut response = resources::dispatch(operation, &call).await.into_response();
            if let Some(remaining) = remaining {
                remaining.write_to(response.headers_mut());
            }
            response
        }
        Err(problem) => problem.into_response(),
    };
    delay(state, faults.response_latency).await;
    faults.after(response)
}

/// The faults that match a client's call. Their latency has passed.
async fn faults(
    state: &State,
    operation: Operation,
    path: &[String],
    body: &[u8],
) -> MatchedFaults {
    if operation.is_internal() || operation.is_page() {
        return MatchedFaults::default();
    }
    let subject = || Subject::of(state, operation, path, body);
    let faults = state.faults.match_request(operation, &state.ids, subject);
    delay(state, faults.latency).await;
    faults
}

async fn delay(state: &State, latency: Duration) {
    if latency.is_zero() {
        return;
    }
    tokio::select! {
        () = state.clock.sleep(latency) => {}
        () = state.stop.cancelled() => {}
    }
}

/// Checks a call's token, if it needs one, and counts the call against the rate limits.
fn admit(
    state: &State,
    operation: Operation,
    headers: &HeaderMap,
) -> Result<Option<Remaining>, Problem> {
    if !operation.needs_token() {
        return Ok(None);
    }
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| ["bearer", "token"].contains(&scheme.to_ascii_lowercase().as_str()))
        .map(|(_, token)| token.trim());
    let accepted = match (token, &state.token) {
        (None | Some(""), _) => false,
        (Some(_), None) => true,
        (Some(token), Some(wanted)) => token == wanted,
    };
    if !accepted {
        return Err(Problem::unauthenticated());
    }
    if operation.is_internal() {
        return Ok(None);
    }
    let limits = &state.limits;
    limits
        .take(token.unwrap_or_default(), operation, state.clock.now())
        .map(Some)
}

/// Reads a body into `received`, which has the beginning of one that is refused.
async fn read(body: Body, limit: usize, received: &mut BytesMut) -> Result<(), Problem> {
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk
            .map_err(|error| Problem::bad_request(format!("The body is incomplete: {error}.")))?;
        if received.len() + chunk.len() > limit {
            return Err(Problem::too_large(format!(
                "The body is larger than {limit} bytes. POST /v1/files takes files of up to \
                 100 MiB."
            )));
        }
        received.extend_from_slice(&chunk);
    }
    Ok(())
}
