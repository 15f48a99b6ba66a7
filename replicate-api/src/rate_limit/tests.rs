use futures::future::join_all;
use tokio::time::sleep;

use super::*;

const ROUND_TRIP: Duration = Duration::from_millis(20);

/// A server's limiter: a token bucket, and how many creates it has accepted and rejected.
struct Server {
    burst: f64,
    rate: f64,
    level: Mutex<(f64, Instant)>,
    accepted: Mutex<Vec<(usize, Instant)>>,
    rejected: Mutex<u32>,
    detail: Option<&'static str>,
    /// How much longer every second create takes to arrive.
    jitter: Duration,
    /// How long it takes to deliver a response, one after the other.
    delivery: Duration,
    delivered: Mutex<Instant>,
    /// How long the response to an accepted create is held back.
    held: Duration,
}

impl Server {
    fn new(burst: f64, rate: f64, detail: Option<&'static str>) -> Self {
        Self {
            jitter: Duration::ZERO,
            delivery: Duration::ZERO,
            delivered: Mutex::new(Instant::now()),
            held: Duration::ZERO,
            burst,
            rate,
            level: Mutex::new((burst, Instant::now())),
            accepted: Mutex::default(),
            rejected: Mutex::default(),
            detail,
        }
    }

    /// Accepts a create, or returns after how many whole seconds it will be.
    async fn create(&self, number: usize) -> Result<(), Duration> {
        let seen = self.accepted.lock().unwrap().len();
        let jitter = self.jitter * u32::from(seen.is_multiple_of(2));
        sleep(ROUND_TRIP / 2 + jitter).await;
        let now = Instant::now();
        let outcome = {
            let mut level = self.level.lock().unwrap();
            let refilled = level.0 + (now - level.1).as_secs_f64() * self.rate;
            *level = (refilled.min(self.burst), now);
            if level.0 >= 1.0 - 1e-9 {
                level.0 -= 1.0;
                self.accepted.lock().unwrap().push((number, now));
                Ok(())
            } else {
                *self.rejected.lock().unwrap() += 1;
                let wait = (1.0 - level.0) / self.rate;
                Err(Duration::from_secs_f64(wait.ceil()))
            }
        };
        if outcome.is_ok() {
            sleep(self.held).await;
        }
        let delivered = {
            let mut delivered = self.delivered.lock().unwrap();
            *delivered = (*delivered).max(Instant::now()) + self.delivery;
            *delivered
        };
        sleep_until(delivered + ROUND_TRIP / 2).await;
        outcome
    }
}

async fn run(queue: &Arc<CreateQueue>, server: &Server, number: usize, until: Instant) -> bool {
    let place = queue.place();
    loop {
        let Some(permit) = place.turn(until, |_| {}).await else {
            return false;
        };
        match server.create(number).await {
            Ok(()) => {
                permit.accepted();
                return true;
            }
            Err(wait) => permit.rejected(Some(wait), server.detail),
        }
    }
}

/// Runs creates at once; returns how long they took.
async fn run_at_once(server: &Server, count: usize) -> Duration {
    run_in(&Arc::default(), server, count).await
}

async fn run_in(queue: &Arc<CreateQueue>, server: &Server, count: usize) -> Duration {
    let start = Instant::now();
    let earlier = server.accepted.lock().unwrap().len();
    let until = start + Duration::from_secs(600);
    let finished = join_all((0..count).map(|n| run(queue, server, n, until))).await;
    assert!(finished.into_iter().all(|finished| finished));
    assert_eq!(server.accepted.lock().unwrap().len(), earlier + count);
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn nothing_waits_before_a_429() {
    let server = Server::new(1000.0, 1.0, None);
    assert_eq!(run_at_once(&server, 500).await, ROUND_TRIP);
}

#[tokio::test(start_paused = true)]
async fn creates_share_a_limit_with_few_rejections() {
    let slow_delivery = Server {
        delivery: Duration::from_millis(3),
        ..Server::new(5.0, 200.0, None)
    };
    for (name, server, count, seconds, rejections) in [
        // 995 of the burst, then few.
        (
            "200 a second",
            Server::new(5.0, 200.0, None),
            1000,
            25,
            1100,
        ),
        // The 429s of the first creates arrive over three seconds.
        ("late responses", slow_delivery, 1000, 25, u32::MAX),
        ("two a second", Server::new(5.0, 2.0, None), 60, 60, 75),
    ] {
        let elapsed = run_at_once(&server, count).await;
        let rejected = *server.rejected.lock().unwrap();
        assert!(rejected < rejections, "{name}: {rejected}");
        assert!(
            elapsed < Duration::from_secs(seconds),
            "{name}: {elapsed:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn idle_time_does_not_lengthen_the_spacing() {
    let server = Server::new(5.0, 200.0, None);
    let queue = Arc::<CreateQueue>::default();
    queue.pass().rejected(Some(Duration::from_secs(1)), None);
    for _ in 0..3 {
        sleep(Duration::from_secs(15)).await;
        run_in(&queue, &server, 1).await;
    }
    assert!(!queue.is_idle());
    let elapsed = run_in(&queue, &server, 1000).await;
    assert!(elapsed < Duration::from_secs(25), "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn creates_that_the_server_holds_back_widen_the_window() {
    let server = Server {
        held: Duration::from_secs(60),
        ..Server::new(5.0, 10.0, None)
    };
    let elapsed = run_at_once(&server, 37).await;
    let last = elapsed.checked_sub(server.held).unwrap();
    assert!(last < Duration::from_secs(30), "{last:?}");
}

#[tokio::test(start_paused = true)]
async fn long_spacing_recovers_within_minutes() {
    let queue = Arc::<CreateQueue>::default();
    queue.pass().rejected(Some(Duration::from_secs(1)), None);
    queue.state().limit.as_mut().unwrap().interval = MAX_INTERVAL;
    let server = Server::new(5.0, 100.0, None);
    let elapsed = run_in(&queue, &server, 100).await;
    assert!(elapsed < Duration::from_secs(200), "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn creates_are_accepted_in_the_order_of_their_calls() {
    let server = Server::new(5.0, 2.0, None);
    run_at_once(&server, 40).await;
    let accepted = server.accepted.lock().unwrap();
    let order: Vec<_> = accepted.iter().map(|(number, _)| *number).collect();
    let late = order.windows(2).filter(|pair| pair[0] > pair[1]).count();
    // Those that were in flight at once may be accepted in any order.
    assert!(late <= 2, "{order:?}");
}

#[tokio::test(start_paused = true)]
async fn low_credit_spaces_creates_as_the_server_says() {
    let detail = "Your rate limit for creating predictions is reduced to 60 requests per minute \
                  with a burst of 1 requests while you have less than $5.0 in credit.";
    let server = Server {
        jitter: Duration::from_millis(40),
        ..Server::new(1.0, 1.0, Some(detail))
    };
    let elapsed = run_at_once(&server, 20).await;
    assert!(elapsed < Duration::from_secs(30), "{elapsed:?}");
    // All but one of the burst; after that, none.
    assert_eq!(*server.rejected.lock().unwrap(), 19);
}

#[tokio::test(start_paused = true)]
async fn waiter_that_is_dropped_leaves_the_queue() {
    let queue = Arc::new(CreateQueue::default());
    let second = Duration::from_secs(1);
    queue.pass().rejected(Some(second), None);
    let until = Instant::now() + 100 * second;
    let (first, next) = (queue.place(), queue.place());
    {
        let turn = first.turn(until, |_| {});
        tokio::pin!(turn);
        assert!(futures::poll!(&mut turn).is_pending());
    }
    drop(first);
    let start = Instant::now();
    let permit = next.turn(until, |_| {}).await.unwrap();
    assert!(start.elapsed() < 2 * second);
    drop((permit, next));
    assert!(!queue.is_idle());
    tokio::time::advance(MEMORY).await;
    assert!(queue.is_idle());
}

#[tokio::test(start_paused = true)]
async fn create_that_is_not_polled_holds_back_no_other() {
    let queue = Arc::new(CreateQueue::default());
    let second = Duration::from_secs(1);
    queue.pass().rejected(Some(second), None);
    let start = Instant::now();
    let until = start + 100 * second;
    let (first, next, last) = (queue.place(), queue.place(), queue.place());
    let turn = first.turn(until, |_| {});
    tokio::pin!(turn);
    assert!(futures::poll!(&mut turn).is_pending());
    // The first is not polled, and the permit of the next one is kept.
    let kept = next.turn(until, |_| {}).await.unwrap();
    assert!(start.elapsed() < 4 * second, "{:?}", start.elapsed());
    drop(last.turn(until, |_| {}).await.unwrap());
    assert!(start.elapsed() < 8 * second, "{:?}", start.elapsed());
    turn.await.unwrap();
    assert!(start.elapsed() < 12 * second, "{:?}", start.elapsed());
    drop(kept);
}

#[tokio::test(start_paused = true)]
async fn turn_that_comes_too_late_is_not_waited_for() {
    let queue = Arc::new(CreateQueue::default());
    let second = Duration::from_secs(1);
    queue.pass().rejected(Some(30 * second), None);
    let start = Instant::now();
    let early = queue
        .place()
        .turn(start + 20 * second, |_| {})
        .await
        .is_some();
    assert!(!early && start.elapsed().is_zero());
    let late = queue
        .place()
        .turn(start + 40 * second, |_| {})
        .await
        .is_some();
    assert!(late);
    assert!(start.elapsed() >= 30 * second);
}

#[tokio::test(start_paused = true)]
async fn longest_delay_overflows_nothing() {
    let queue = Arc::new(CreateQueue::default());
    queue
        .pass()
        .rejected(Some(Duration::MAX), Some("0 requests per minute, credit"));
    let until = Instant::now() + Duration::from_secs(600);
    assert!(queue.place().turn(until, |_| {}).await.is_none());
}

#[test]
fn spacing_is_read_from_a_low_credit_message_alone() {
    let second = Duration::from_secs(1);
    let low = "reduced to 6 requests per minute with a burst of 1 requests while you have less \
               than $5.0 in credit";
    assert_eq!(named_spacing(low, Some(5 * second)), Some(10 * second));
    assert_eq!(named_spacing(low, Some(15 * second)), Some(15 * second));
    let zero = low.replace("6 requests per", "0 requests per");
    assert_eq!(named_spacing(&zero, None), None);
    assert_eq!(named_spacing("6 requests per minute", None), None);
    assert_eq!(named_spacing("no credit", None), None);
}
