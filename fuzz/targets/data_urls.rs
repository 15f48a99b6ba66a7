//! Any text as the URL of a file: named safely, and read or refused without a request.
#![no_main]

use std::sync::LazyLock;

use futures::TryStreamExt;
use libfuzzer_sys::fuzz_target;
use replicate::Client;

static CLIENT: LazyLock<Client> = LazyLock::new(|| Client::new("r8_fuzz").expect("a token"));

fuzz_target!(|text: &str| {
    let file = CLIENT.download(text);
    let name = file.name();
    assert!(
        !name.is_empty() && !name.contains(['/', '\\', '\0']),
        "{name:?}"
    );
    assert!(name != "." && name != "..");
    let is_data = text
        .trim_start_matches(|c: char| c <= ' ')
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    if let (true, Some(media_type)) = (is_data, file.media_type()) {
        assert!(media_type.contains('/'), "{media_type:?}");
        let content: Result<Vec<_>, _> =
            futures::executor::block_on(file.stream().try_collect::<Vec<_>>());
        let size = content.map(|chunks| chunks.iter().map(|chunk| chunk.len()).sum::<usize>());
        assert!(size.is_err() || size.is_ok_and(|size| size <= text.len()));
    }
});
