use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn schedule(policy: PollPolicy, has_timeout: bool) -> Schedule {
    let backoff = RetryPolicy::default().with_backoff(SECOND, SECOND);
    Schedule::new(policy, backoff, has_timeout)
}

fn existing() -> Knowledge {
    Knowledge {
        created: None,
        exists: true,
    }
}

/// Fails as `failure` again and again; how long until the wait ended, how, and after how many
/// polls.
async fn until_it_ends(
    mut schedule: Schedule,
    failure: PollFailure,
    known: Knowledge,
) -> (Duration, Next, u32) {
    let began = Instant::now();
    for polls in 1..1_000_000 {
        match schedule.failed(failure, None, known) {
            Next::After(delay) | Next::Paused(delay) => tokio::time::sleep(delay).await,
            next => return (began.elapsed(), next, polls),
        }
    }
    panic!("it never ended");
}

#[test]
fn each_failure_is_classified_by_what_it_says_of_the_prediction() {
    use ErrorKind as Kind;
    use PollFailure::*;
    let rejected = |code| Rejected(StatusCode::from_u16(code).unwrap());
    // A status of 0 and a body of "-" stand for none.
    for (kind, code, body, expected) in [
        (Kind::RateLimited, 429, "-", RateLimited),
        (Kind::Connect, 0, "-", Transient),
        (Kind::Timeout, 0, "-", Transient),
        (Kind::Timeout, 408, "-", Transient),
        (Kind::Connect, 404, "-", Transient),
        (Kind::Server, 500, "<html>", Transient),
        (Kind::Server, 501, "<html>", Transient),
        (Kind::Server, 520, "<html>", Transient),
        (Kind::Server, 530, "<html>", Transient),
        (Kind::Redirect, 302, "-", Transient),
        (Kind::Status, 304, "-", Transient),
        (Kind::Status, 600, "-", Transient),
        (Kind::Decode, 200, "<html>", Transient),
        (Kind::Decode, 200, "", Transient),
        (Kind::Decode, 200, r#"{"id": "p1", "sta"#, Transient),
        (Kind::Decode, 200, r#"{"id": 5, "x": 1e400}"#, Undecodable),
        (Kind::Decode, 0, "-", Undecodable),
        (Kind::NotFound, 404, "-", NotFound),
        (Kind::NotFound, 410, "-", rejected(410)),
        (Kind::Authentication, 401, "-", rejected(401)),
        (Kind::Authentication, 403, "-", rejected(403)),
        (Kind::PaymentRequired, 402, "-", rejected(402)),
        (Kind::Status, 409, "-", rejected(409)),
        (Kind::TooLarge, 200, "-", Fatal),
        (Kind::TooLarge, 502, "-", Transient),
        (Kind::Authentication, 0, "-", Fatal),
        (Kind::Configuration, 0, "-", Fatal),
    ] {
        let status = StatusCode::from_u16(code).ok();
        let bytes = (body != "-").then_some(body.as_bytes());
        let found = PollFailure::classify(kind, status, bytes);
        assert_eq!(found, expected, "{kind:?} {code} {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_outlived_for_ten_minutes_without_a_timeout() {
    let schedule = schedule(PollPolicy::default(), false);
    let (took, next, polls) = until_it_ends(schedule, PollFailure::Transient, existing()).await;
    assert!(matches!(next, Next::Outage(_)), "{next:?}");
    assert!((600.0..601.0).contains(&took.as_secs_f64()), "{took:?}");
    assert!(polls > 500, "{polls}");
}

#[tokio::test(start_paused = true)]
async fn a_policy_sets_how_long_an_outage_is_outlived_beside_a_timeout_too() {
    for has_timeout in [true, false] {
        let policy = PollPolicy::default().with_max_outage(30 * SECOND);
        let schedule = schedule(policy, has_timeout);
        let ended = until_it_ends(schedule, PollFailure::Transient, existing()).await;
        assert!((30.0..31.0).contains(&ended.0.as_secs_f64()), "{ended:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_with_a_timeout_is_ended_by_that_alone() {
    let mut schedule = schedule(PollPolicy::default(), true);
    for _ in 0..10_000 {
        match schedule.failed(PollFailure::Transient, None, existing()) {
            Next::After(delay) => tokio::time::sleep(delay).await,
            next => panic!("{next:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_good_response_ends_an_outage() {
    let policy = PollPolicy::default().with_max_outage(30 * SECOND);
    let mut schedule = schedule(policy, false);
    for _ in 0..200 {
        let next = schedule.failed(PollFailure::Transient, None, existing());
        assert!(matches!(next, Next::After(_)), "{next:?}");
        tokio::time::sleep(20 * SECOND).await;
        schedule.succeeded(1);
    }
}

#[tokio::test(start_paused = true)]
async fn rate_limits_never_end_a_wait_and_keep_the_delay_that_is_named() {
    let policy = PollPolicy::default().with_max_outage(SECOND);
    let mut schedule = schedule(policy, false);
    for _ in 0..100 {
        let named = Some(70 * SECOND);
        let next = schedule.failed(PollFailure::RateLimited, named, existing());
        assert_eq!(next, Next::Paused(70 * SECOND));
        tokio::time::sleep(70 * SECOND).await;
    }
    assert_eq!(schedule.succeeded(4), 400 * Duration::from_millis(1));
}

#[tokio::test(start_paused = true)]
async fn a_404_just_after_the_create_is_replication_lag() {
    let known = Knowledge {
        created: Some(Instant::now()),
        exists: true,
    };
    let schedule = schedule(PollPolicy::default(), false);
    let (took, next, _) = until_it_ends(schedule, PollFailure::NotFound, known).await;
    assert_eq!(next, Next::Fail);
    // A minute of lag, then three repeats over five seconds.
    assert!((65.0..67.0).contains(&took.as_secs_f64()), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn other_errors_must_repeat_three_times_over_five_seconds() {
    for failure in [
        PollFailure::NotFound,
        PollFailure::Rejected(StatusCode::UNAUTHORIZED),
        PollFailure::Rejected(StatusCode::FORBIDDEN),
        PollFailure::Rejected(StatusCode::GONE),
        PollFailure::Rejected(StatusCode::CONFLICT),
        PollFailure::Undecodable,
    ] {
        let schedule = schedule(PollPolicy::fixed(Duration::from_millis(5)), false);
        let (took, next, polls) = until_it_ends(schedule, failure, existing()).await;
        assert_eq!((next, polls), (Next::Fail, 3), "{failure:?}");
        assert!((5.0..5.1).contains(&took.as_secs_f64()), "{took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_that_does_not_repeat_does_not_end_a_wait() {
    let mut schedule = schedule(PollPolicy::default(), false);
    let refused = PollFailure::Rejected(StatusCode::UNAUTHORIZED);
    for _ in 0..100 {
        for _ in 0..2 {
            let next = schedule.failed(refused, None, existing());
            assert!(matches!(next, Next::After(_)), "{next:?}");
            tokio::time::sleep(3 * SECOND).await;
        }
        schedule.succeeded(1);
    }
}

#[tokio::test(start_paused = true)]
async fn errors_that_take_turns_end_a_wait_as_an_outage_does() {
    let policy = PollPolicy::default().with_max_outage(30 * SECOND);
    let mut schedule = schedule(policy, false);
    let began = Instant::now();
    for turn in 0.. {
        let code = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN][turn % 2];
        match schedule.failed(PollFailure::Rejected(code), None, existing()) {
            Next::After(delay) => tokio::time::sleep(delay).await,
            _ => break,
        }
    }
    assert!(began.elapsed() < 40 * SECOND, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_was_never_read_ends_a_wait_sooner() {
    let unknown = Knowledge::default();
    for code in [401, 403, 410] {
        let failure = PollFailure::Rejected(StatusCode::from_u16(code).unwrap());
        let schedule = schedule(PollPolicy::default(), false);
        let (took, next, polls) = until_it_ends(schedule, failure, unknown).await;
        let ended = (took, next, polls);
        assert_eq!(ended, (Duration::ZERO, Next::Fail, 1), "{code}");
    }
    let schedule = schedule(PollPolicy::default(), false);
    let (took, next, polls) = until_it_ends(schedule, PollFailure::NotFound, unknown).await;
    assert_eq!((next, polls), (Next::Fail, 3));
    assert!((2.0..2.1).contains(&took.as_secs_f64()), "{took:?}");
}

#[test]
fn a_fatal_error_ends_a_wait_at_once() {
    let mut schedule = schedule(PollPolicy::default(), false);
    let next = schedule.failed(PollFailure::Fatal, None, existing());
    assert_eq!(next, Next::Fail);
}

#[tokio::test(start_paused = true)]
async fn an_unavailable_server_is_polled_when_it_asks_to_be_but_within_a_minute() {
    let mut schedule = schedule(PollPolicy::default(), false);
    for (named, delay) in [(5, 5), (3600, 60)] {
        let next = schedule.failed(PollFailure::Transient, Some(named * SECOND), existing());
        assert_eq!(next, Next::After(delay * SECOND));
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_outage_delays_the_result_by_a_second_and_a_longer_one_by_a_quarter() {
    let backoff = RetryPolicy::default().with_backoff(8 * SECOND, 8 * SECOND);
    let mut schedule = Schedule::new(PollPolicy::default(), backoff, true);
    let began = Instant::now();
    for _ in 0..20 {
        let outage = began.elapsed();
        let delay = match schedule.failed(PollFailure::Transient, None, existing()) {
            Next::After(delay) => delay,
            next => panic!("{next:?}"),
        };
        let most = SECOND.max(outage / 4).min(8 * SECOND);
        assert!(delay <= most, "{outage:?}: {delay:?}");
        tokio::time::sleep(delay).await;
    }
    assert!(began.elapsed() > 30 * SECOND, "the delays grow");
}
