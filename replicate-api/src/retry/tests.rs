use super::*;

const LONG: Duration = Duration::from_secs(600);

fn failed(fate: AttemptOutcome, idempotent: bool) -> RetryState {
    RetryState {
        fate,
        idempotent,
        attempts: 1,
        hint: None,
        remaining: LONG,
    }
}

fn answered(status: u16) -> AttemptOutcome {
    AttemptOutcome::Status(StatusCode::from_u16(status).unwrap())
}

fn decide(failed: RetryState) -> RetryDecision {
    RetryPolicy::default().decide(failed, &RetryBudget::default())
}

fn continues(failed: RetryState) -> bool {
    matches!(decide(failed), RetryDecision::Continue(_))
}

#[test]
fn a_create_is_repeated_when_it_never_left_and_after_429_and_never_else() {
    for status in 100..600 {
        assert_eq!(
            continues(failed(answered(status), false)),
            status == 429,
            "{status}"
        );
    }
    assert!(continues(failed(AttemptOutcome::NotSent, false)));
    assert_eq!(
        decide(failed(AttemptOutcome::Unknown, false)),
        RetryDecision::Permanent
    );
    assert_eq!(
        decide(failed(AttemptOutcome::Fatal, false)),
        RetryDecision::Permanent
    );
}

#[test]
fn a_read_is_repeated_after_what_may_pass() {
    for status in 100..600 {
        let passes = matches!(status, 408 | 429 | 500 | 502 | 503 | 504);
        assert_eq!(
            continues(failed(answered(status), true)),
            passes,
            "{status}"
        );
    }
    assert!(continues(failed(AttemptOutcome::NotSent, true)));
    assert!(continues(failed(AttemptOutcome::Unknown, true)));
    assert_eq!(
        decide(failed(AttemptOutcome::Fatal, true)),
        RetryDecision::Permanent
    );
}

#[test]
fn there_are_three_attempts_and_five_on_429() {
    for (fate, most) in [
        (AttemptOutcome::Unknown, 3),
        (answered(503), 3),
        (answered(429), 5),
    ] {
        for attempts in 1..10 {
            let verdict = decide(RetryState {
                attempts,
                ..failed(fate, true)
            });
            let repeated = matches!(verdict, RetryDecision::Continue(_));
            assert_eq!(repeated, attempts < most, "{fate:?} {attempts}");
            assert!(repeated || verdict == RetryDecision::Exhausted);
        }
    }
}

#[test]
fn delays_double_to_eight_seconds_with_full_jitter() {
    fastrand::seed(7);
    let policy = RetryPolicy::default();
    for (attempts, longest) in [
        (1, 500),
        (2, 1000),
        (3, 2000),
        (4, 4000),
        (5, 8000),
        (60, 8000),
    ] {
        let longest = Duration::from_millis(longest);
        let delays: Vec<_> = (0..500).map(|_| policy.backoff(attempts)).collect();
        assert!(delays.iter().all(|delay| *delay <= longest));
        assert!(delays.iter().any(|delay| *delay < longest / 10));
        assert!(delays.iter().any(|delay| *delay > longest * 9 / 10));
    }
}

#[test]
fn a_hint_is_never_shortened_and_stretched_by_a_tenth_at_most() {
    for seconds in [1, 3, 10, 60] {
        let hint = Duration::from_secs(seconds);
        for _ in 0..100 {
            let verdict = decide(RetryState {
                hint: Some(hint),
                ..failed(answered(429), false)
            });
            let RetryDecision::Continue(delay) = verdict else {
                panic!("{verdict:?}")
            };
            assert!(delay >= hint && delay <= hint + (hint / 10).min(Duration::from_secs(1)));
        }
    }
}

#[test]
fn a_hint_past_a_minute_or_the_deadline_ends_the_call() {
    let hinted = |seconds, remaining| {
        let hint = Some(Duration::from_secs(seconds));
        decide(RetryState {
            hint,
            remaining,
            ..failed(answered(429), true)
        })
    };
    assert_eq!(hinted(61, LONG), RetryDecision::Exhausted);
    assert_eq!(hinted(6, Duration::from_secs(5)), RetryDecision::Exhausted);
    assert!(matches!(hinted(60, LONG), RetryDecision::Continue(_)));
}

#[test]
fn no_time_left_ends_the_call() {
    let verdict = decide(RetryState {
        remaining: Duration::ZERO,
        ..failed(AttemptOutcome::Unknown, true)
    });
    assert_eq!(verdict, RetryDecision::Exhausted);
}

#[test]
fn a_server_that_asks_for_no_wait_gets_a_random_one() {
    let hint = Some(Duration::ZERO);
    fastrand::seed(3);
    let verdict = decide(RetryState {
        hint,
        ..failed(answered(429), true)
    });
    assert!(matches!(verdict, RetryDecision::Continue(delay) if !delay.is_zero()));
}

#[tokio::test(start_paused = true)]
async fn an_empty_budget_ends_calls_until_time_has_filled_it() {
    let policy = RetryPolicy::default();
    let budget = RetryBudget::new(2, 0.5);
    let decide = |hint| {
        policy.decide(
            RetryState {
                hint,
                ..failed(answered(429), true)
            },
            &budget,
        )
    };
    assert!(matches!(decide(None), RetryDecision::Continue(_)));
    assert!(matches!(decide(None), RetryDecision::Continue(_)));
    assert_eq!(decide(None), RetryDecision::Exhausted);
    // What the server has timed is free.
    assert!(matches!(
        decide(Some(Duration::from_secs(1))),
        RetryDecision::Continue(_)
    ));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(decide(None), RetryDecision::Exhausted);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(matches!(decide(None), RetryDecision::Continue(_)));
    tokio::time::advance(Duration::from_secs(1000)).await;
    assert!(matches!(decide(None), RetryDecision::Continue(_)));
    assert!(matches!(decide(None), RetryDecision::Continue(_)));
    assert_eq!(decide(None), RetryDecision::Exhausted);
}

fn header_hint(retry_after: &str, date: Option<&str>) -> Option<Duration> {
    let mut headers = HeaderMap::new();
    headers.insert(RETRY_AFTER, HeaderValue::from_str(retry_after).unwrap());
    if let Some(date) = date {
        headers.insert(DATE, HeaderValue::from_str(date).unwrap());
    }
    RetryPolicy::hint(&headers, b"")
}

#[test]
fn seconds_in_the_header_are_read_and_odd_ones_ignored() {
    let seconds = |n| Some(Duration::from_secs(n));
    assert_eq!(header_hint("3", None), seconds(3));
    assert_eq!(header_hint(" 0 ", None), seconds(0));
    assert_eq!(header_hint("1.5", None), Some(Duration::from_millis(1500)));
    assert_eq!(
        header_hint("99999999999999999999999", None),
        Some(Duration::MAX)
    );
    for odd in ["-1", "soon", "", "1e3", "0x10", "3s", "1.2.3", "NaN", "inf"] {
        assert_eq!(header_hint(odd, None), None, "{odd:?}");
    }
}

#[test]
fn dates_in_each_form_are_held_against_the_servers_clock() {
    let now = "Sun, 06 Nov 1994 08:49:37 GMT";
    for date in [
        "Sun, 06 Nov 1994 08:49:47 GMT",
        "Sunday, 06-Nov-94 08:49:47 GMT",
        "Sun Nov  6 08:49:47 1994",
    ] {
        assert_eq!(
            header_hint(date, Some(now)),
            Some(Duration::from_secs(10)),
            "{date}"
        );
    }
    assert_eq!(
        header_hint("Sun, 06 Nov 1994 08:49:07 GMT", Some(now)),
        Some(Duration::ZERO)
    );
}

#[test]
fn a_date_without_the_servers_clock_is_held_against_ours() {
    let then = Utc::now() + chrono::TimeDelta::seconds(50);
    let hint = header_hint(&then.format("%a, %d %b %Y %H:%M:%S GMT").to_string(), None).unwrap();
    assert!((40..=50).contains(&hint.as_secs()), "{hint:?}");
}

#[test]
fn the_body_is_asked_where_the_header_says_nothing() {
    let hint =
        |body: &str| RetryPolicy::hint(&HeaderMap::new(), body.as_bytes()).map(|d| d.as_millis());
    assert_eq!(hint(r#"{"retry_after":5}"#), Some(5000));
    assert_eq!(hint(r#"{"retry_after":"2.5"}"#), Some(2500));
    assert_eq!(hint(r#"{"retry_after":5,"detail":"in ~30s."}"#), Some(5000));
    assert_eq!(
        hint(r#"{"retry_after":-5,"detail":"in ~30s."}"#),
        Some(30_000)
    );
    assert_eq!(
        hint(r#"{"detail":"about ~ then ~x then ~0.5s"}"#),
        Some(500)
    );
    for silent in [
        r#"{"detail":"~30sec"}"#,
        r#"{"detail":"~s"}"#,
        r#"{"detail":"30s"}"#,
        "{}",
        "<p>~3s",
    ] {
        assert_eq!(hint(silent), None, "{silent}");
    }
}

#[test]
fn no_attempt_begins_after_the_deadline() {
    for _ in 0..500 {
        let verdict = decide(RetryState {
            hint: Some(Duration::from_secs(1)),
            remaining: Duration::from_millis(1_020),
            ..failed(answered(429), false)
        });
        if let RetryDecision::Continue(delay) = verdict {
            assert!(delay < Duration::from_millis(1_020), "{delay:?}");
        }
    }
}
