use super::*;

const LONG: Duration = Duration::from_secs(600);

fn state() -> RetryState {
    RetryState {
        rate_limited: false,
        attempts: 1,
        retry_after: None,
        remaining: LONG,
    }
}

fn delay(state: RetryState) -> Option<Duration> {
    let policy = RetryPolicy::default();
    policy.delay(state, &RetryBudget::default()).ok()
}

fn rate_limited(retry_after: Option<Duration>) -> RetryState {
    RetryState {
        rate_limited: true,
        retry_after,
        ..state()
    }
}

#[test]
fn there_are_three_attempts_and_five_on_429() {
    for (rate_limited, most) in [(false, 3), (true, 5)] {
        for attempts in 1..10 {
            let delay = delay(RetryState {
                attempts,
                rate_limited,
                ..state()
            });
            assert_eq!(delay.is_some(), attempts < most, "{attempts}");
        }
    }
}

#[test]
fn delays_double_to_eight_seconds_with_jitter_that_never_goes_below_half() {
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
        let (least, most) = (delays.iter().min().unwrap(), delays.iter().max().unwrap());
        assert!((longest / 2..longest * 6 / 10).contains(least), "{least:?}");
        assert!((longest * 9 / 10..=longest).contains(most), "{most:?}");
    }
}

#[test]
fn delay_that_the_server_names_is_never_shortened_and_stretched_by_a_tenth_at_most() {
    for seconds in [1, 3, 10, 60] {
        let wait = Duration::from_secs(seconds);
        for _ in 0..100 {
            let delay = delay(rate_limited(Some(wait))).unwrap();
            assert!(delay >= wait && delay <= wait + (wait / 10).min(Duration::from_secs(1)));
        }
    }
}

#[test]
fn delay_of_more_than_a_minute_or_past_the_deadline_ends_the_call() {
    let named = |seconds, remaining| {
        delay(RetryState {
            remaining,
            ..rate_limited(Some(Duration::from_secs(seconds)))
        })
    };
    assert_eq!(named(61, LONG), None);
    assert_eq!(named(6, Duration::from_secs(5)), None);
    assert!(named(60, LONG).is_some());
    let state = RetryState {
        remaining: Duration::ZERO,
        ..state()
    };
    assert_eq!(delay(state), None);
}

#[test]
fn server_that_asks_for_no_wait_gets_the_usual_one() {
    let delay = delay(rate_limited(Some(Duration::ZERO))).unwrap();
    assert!(delay >= Duration::from_millis(250));
}

#[test]
fn longest_durations_overflow_nowhere() {
    let longest = Duration::MAX;
    let policy = RetryPolicy::default()
        .with_max_retry_after(longest)
        .with_backoff(longest, longest);
    assert!(policy.backoff(40) >= longest / 2);
    let state = RetryState {
        remaining: longest,
        ..rate_limited(Some(longest))
    };
    assert!(policy.delay(state, &RetryBudget::default()).is_err());
    assert_eq!(jitter(longest), longest);
    for odd in [f64::NAN, f64::INFINITY, -1.0] {
        RetryBudget::new(u32::MAX, odd).take();
    }
}

#[test]
fn policy_that_never_retries_draws_nothing_from_the_budget() {
    let budget = RetryBudget::new(1, 0.0);
    assert!(RetryPolicy::never().delay(state(), &budget).is_err());
    let rate_limited = rate_limited(None);
    assert!(RetryPolicy::never().delay(rate_limited, &budget).is_err());
    assert!(budget.take());
}

#[tokio::test(start_paused = true)]
async fn empty_budget_ends_calls_until_time_has_filled_it() {
    let policy = RetryPolicy::default();
    let budget = RetryBudget::new(2, 0.5);
    let retried = |retry_after| policy.delay(rate_limited(retry_after), &budget).is_ok();
    assert!(retried(None) && retried(None) && !retried(None));
    // What the server has timed is free.
    assert!(retried(Some(Duration::from_secs(1))));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(!retried(None));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(retried(None));
    tokio::time::advance(Duration::from_secs(1000)).await;
    assert!(retried(None) && retried(None) && !retried(None));
    let other = budget.fresh();
    assert!(policy.delay(rate_limited(None), &other).is_ok());
}

#[test]
fn no_attempt_begins_after_the_deadline() {
    for _ in 0..500 {
        let remaining = Duration::from_millis(1_020);
        let delay = delay(RetryState {
            remaining,
            ..rate_limited(Some(Duration::from_secs(1)))
        });
        assert!(delay.is_none_or(|delay| delay < remaining), "{delay:?}");
    }
}
