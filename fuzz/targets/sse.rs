//! Any bytes in any chunks: the same events as in one chunk, and no event past the limit.
#![no_main]

use futures::StreamExt as _;
use futures::executor::block_on;
use libfuzzer_sys::fuzz_target;
use replicate::sse::{Event, Events};

const LIMIT: usize = 256;

fn events(chunks: Vec<&[u8]>) -> (Vec<Event>, bool) {
    let chunks = chunks.into_iter().map(Ok::<_, std::convert::Infallible>);
    let stream = Events::with_limit(futures::stream::iter(chunks), LIMIT);
    let all: Vec<_> = block_on(stream.collect());
    let failed = all.iter().any(Result::is_err);
    (all.into_iter().filter_map(Result::ok).collect(), failed)
}

fuzz_target!(|data: &[u8]| {
    let Some((size, bytes)) = data.split_first() else {
        return;
    };
    let chunks = bytes.chunks(usize::from(*size).max(1)).collect();
    let (whole, whole_failed) = events(vec![bytes]);
    let (pieces, pieces_failed) = events(chunks);
    assert_eq!(whole, pieces);
    assert_eq!(whole_failed, pieces_failed);
    for event in whole {
        // A byte of invalid UTF-8 becomes three.
        assert!(event.data.len() <= 3 * LIMIT);
    }
});
