use std::convert::Infallible;
use std::time::Duration;

use futures::{StreamExt, executor::block_on, stream};
use proptest::prelude::*;

use super::*;

fn cut(bytes: &[u8], size: usize) -> Vec<Vec<u8>> {
    bytes.chunks(size.max(1)).map(<[u8]>::to_vec).collect()
}

fn read(chunks: Vec<Vec<u8>>) -> Vec<Event> {
    let source = stream::iter(chunks.into_iter().map(Ok::<_, Infallible>));
    let events = Events::with_limit(source, usize::MAX);
    block_on(events.map(|event| event.unwrap()).collect())
}

/// One field of each event.
fn each<T>(bytes: &[u8], field: impl Fn(Event) -> T) -> Vec<T> {
    read(cut(bytes, 3)).into_iter().map(field).collect()
}

/// The data of each event; the same under every way to cut the bytes into two, and byte by byte.
fn data(bytes: &[u8]) -> Vec<String> {
    let whole = read(vec![bytes.to_vec()]);
    assert_eq!(read(cut(bytes, 1)), whole);
    for at in 0..=bytes.len() {
        let (first, second) = bytes.split_at(at);
        let halves = vec![first.to_vec(), second.to_vec()];
        assert_eq!(read(halves), whole, "cut at {at}");
    }
    whole.into_iter().map(|event| event.data).collect()
}

#[test]
fn line_feed_carriage_return_and_both_end_a_line() {
    for end in ["\n", "\r", "\r\n"] {
        let text = format!("data: a{end}data: b{end}{end}data: c{end}{end}");
        assert_eq!(data(text.as_bytes()), ["a\nb", "c"], "{end:?}");
    }
    assert_eq!(data(b"data: a\r\ndata: b\n\rdata: c\r\r\n"), ["a\nb", "c"]);
}

#[test]
fn a_lone_carriage_return_ends_the_event_without_waiting_for_more() {
    let source =
        stream::iter([Ok::<_, Infallible>(b"data: a\r\r".to_vec())]).chain(stream::pending());
    let event = block_on(Events::new(source).next()).unwrap().unwrap();
    assert_eq!(event.data, "a");
}

#[test]
fn lines_of_data_are_read_as_the_standard_says() {
    for (bytes, expected) in [
        // One byte-order mark at the start is stripped, and no other.
        (&b"\xEF\xBB\xBFdata: a\n\n"[..], &["a"][..]),
        (b"data: \xEF\xBB\xBFa\n\n", &["\u{feff}a"]),
        (b"\xEF\xBB\xBF\xEF\xBB\xBFdata: a\n\ndata: b\n\n", &["b"]),
        (b"\xEF\xBB\n\ndata: a\n\n", &["a"]),
        // One leading space is stripped, and no more.
        (b"data:  a \n\ndata:b\n\ndata:\tc\n\n", &[" a ", "b", "\tc"]),
        // Data without a colon is an empty line of data.
        (b"data\n\ndata\ndata\n\ndata:\n\n", &["", "\n", ""]),
        // Unknown fields and comments are ignored.
        (b": hello\nfoo: bar\nDATA: x\n data: y\n\n", &[]),
        (b"data: a\n:\n\n: only a comment\n\n", &["a"]),
        // A character that was divided is whole again, and invalid bytes are replaced.
        ("data: é漢🦀\n\n".as_bytes(), &["é漢🦀"]),
        (
            b"data: a\xFFb\n\ndata: \xF0\x9F\xA6\n\n",
            &["a\u{fffd}b", "\u{fffd}"],
        ),
        // A partial event at the end is dropped.
        (b"data: a\n\ndata: b\n", &["a"]),
        (b"data: a\n\ndata: b", &["a"]),
    ] {
        assert_eq!(
            data(bytes),
            expected,
            "{:?}",
            String::from_utf8_lossy(bytes)
        );
    }
}

#[test]
fn ids_last_until_another_and_an_empty_one_clears() {
    let text =
        b"id: 1\ndata: a\n\ndata: b\n\nid: 2\n\ndata: c\n\nid: x\0y\ndata: d\n\nid\ndata: e\n\n";
    assert_eq!(each(text, |event| event.id), ["1", "1", "2", "2", ""]);
}

#[test]
fn the_id_for_reconnecting_is_that_of_the_last_whole_event() {
    let source = stream::iter([Ok::<_, Infallible>(
        "id: 1\ndata: a\n\nid: 2\n\nid: 3\ndata: cut",
    )]);
    let mut events = Events::new(source);
    while block_on(events.next()).is_some() {}
    assert_eq!(events.last_event_id().as_deref(), Some("2"));
}

#[test]
fn retry_takes_digits_only() {
    let text = b"retry: 1000x\nretry: +5\nretry:\nretry: 99999999999999999999999\ndata: a\n\nretry: 250\n\ndata: b\n\n";
    let retries = each(text, |event| event.retry);
    assert_eq!(retries, [None, Some(Duration::from_millis(250))]);

    let mut events = Events::new(stream::iter([Ok::<_, Infallible>("retry: 7\n\n")]));
    assert!(block_on(events.next()).is_none());
    assert_eq!(events.retry(), Some(Duration::from_millis(7)));
}

#[test]
fn event_types_last_for_one_event() {
    let text = b"event: output\ndata: a\n\ndata: b\n\nevent: x\n\ndata: c\n\n";
    let types = each(text, |event| event.event);
    assert_eq!(types, ["output", "message", "message"]);
}

#[test]
fn a_large_event_is_the_same_in_one_chunk_and_in_single_bytes() {
    const SIZE: usize = 5 * 1024 * 1024;
    let text = format!("data: {}\n\n", "x".repeat(SIZE));
    for size in [1, text.len()] {
        let source = stream::iter(text.as_bytes().chunks(size).map(Ok::<_, Infallible>));
        let events: Vec<_> = block_on(Events::new(source).map(|event| event.unwrap()).collect());
        let read = (events.len(), events[0].data.len());
        assert_eq!(read, (1, SIZE), "in chunks of {size}");
    }
}

#[test]
fn a_hundred_events_come_in_order() {
    let text: String = (0..100)
        .map(|n| format!("id: {n}\ndata: {n}\n\n"))
        .collect();
    let expected: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    for size in [1, 7, 64, text.len()] {
        let events = read(cut(text.as_bytes(), size)).into_iter();
        let data: Vec<String> = events.map(|event| event.data).collect();
        assert_eq!(data, expected, "in chunks of {size}");
    }
}

#[test]
fn an_event_beyond_the_limit_is_an_error_in_chunks_of_any_size() {
    for (text, fits) in [
        ("data: 123\n\ndata: 123\n\n", true),
        ("data: 12345678\n\n", false),
        ("data: 1\ndata: 2\n\n", false),
        (": a long comment\n", false),
        ("data: 12345678", false),
    ] {
        for size in 1..=text.len() {
            let chunks = text.as_bytes().chunks(size);
            let source = stream::iter(chunks.map(Ok::<_, Infallible>));
            let events: Vec<_> = block_on(Events::with_limit(source, 12).collect());
            let refused = matches!(events.last(), Some(Err(SseError::TooLarge { limit: 12 })));
            assert_eq!(refused, !fits, "{text:?} in chunks of {size}");
        }
    }
}

#[test]
fn an_error_of_the_source_ends_the_events() {
    let source = stream::iter([Ok("data: a\n\n"), Err("gone"), Ok("data: b\n\n")]);
    let events: Vec<_> = block_on(Events::new(source).collect());
    assert_eq!(events.len(), 2);
    assert!(matches!(events[1], Err(SseError::Source("gone"))));
}

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let lines = "data|data:|data: x|event: output|event:|id: 7|id|id: \0|retry: 10|retry: 1x|:c";
    let mut pieces: Vec<Vec<u8>> = lines.split('|').map(Into::into).collect();
    let ends = ["\n", "\n\n", "\r", "\r\n", "\u{feff}", "é漢🦀"];
    pieces.extend(ends.map(Into::into));
    pieces.push(format!("data: {}", "y".repeat(300)).into());
    let any_bytes = proptest::collection::vec(any::<u8>(), 0..4);
    let piece = prop_oneof![18 => proptest::sample::select(pieces), 1 => any_bytes];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn by_the_other_parser(bytes: &[u8]) -> Vec<Event> {
    let mut parser = sse_parse::SseParser::new();
    parser.feed(bytes);
    parser.finish();
    std::iter::from_fn(|| parser.next_event())
        .map(|it| Event {
            event: it.event,
            data: it.data,
            id: it.id,
            retry: it.retry,
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_independent_parser_sees_the_same_events(bytes in pieces(), cuts in proptest::collection::vec(1usize..9, 1..40)) {
        let expected = by_the_other_parser(&bytes);
        prop_assert_eq!(&read(vec![bytes.clone()]), &expected);
        prop_assert_eq!(&read(cut(&bytes, 1)), &expected);
        let mut rest = bytes.as_slice();
        let mut chunks = Vec::new();
        for size in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (chunk, after) = rest.split_at((*size).min(rest.len()));
            chunks.push(chunk.to_vec());
            rest = after;
        }
        prop_assert_eq!(read(chunks), expected);
    }
}
