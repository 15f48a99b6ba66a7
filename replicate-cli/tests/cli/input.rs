use replicate_emulator::Emulator;
use serde_json::{Value, json};

use crate::program::{creates, run};
use crate::session::assert_session;

/// The input of the last create.
pub(crate) fn sent(emulator: &Emulator) -> Value {
    let requests = emulator.requests();
    let create = requests.iter().rfind(|request| request.method == "POST");
    create.expect("a create").json().expect("JSON")["input"].clone()
}

#[tokio::test]
async fn inputs_have_the_types_of_the_schema_on_the_wire() {
    let emulator = Emulator::start().await.expect("an emulator");
    run!(
        emulator,
        "run emulator/text prompt=42 max_tokens=2 delay:=0.001"
    )
    .exits(0);
    let expected = json!({"prompt": "42", "max_tokens": 2, "delay": 0.001});
    assert_eq!(sent(&emulator), expected);
    run!(emulator, "p create emulator/image prompt=x seed=1000000").exits(0);
    assert_eq!(sent(&emulator)["seed"].to_string(), "1000000");
}

#[tokio::test]
async fn standard_input_and_files_are_texts_files_or_the_whole_input() {
    let emulator = Emulator::start().await.expect("an emulator");
    // One file has a byte order mark, as some editors write it.
    assert_session!(emulator, @r#"
        $ printf Bob | replicate run replicate/hello-world text=@-
        hello Bob
        $ printf 'ab' | replicate run emulator/reverse file=@- -o -
        ba (no newline)
        $ echo '{"text": "Eve"}' | replicate run replicate/hello-world -i -
        hello Eve
        $ echo '{}' | replicate run replicate/hello-world -i - text=@-
        2> error: standard input can be read for one input only
        2> hint: put the other input into a file, and pass key=@FILE
        exit 2
        $ replicate run replicate/hello-world -i text=Bob
        hello Bob
        $ replicate run replicate/hello-world text:Bob --separator :
        hello Bob
        $ printf '\xef\xbb\xbf{"prompt": "a tale", "max_tokens": 9}' > input.json
        $ replicate run emulator/text -i input.json max_tokens=2
        a tale
        "#);
    let changed = json!({"prompt": "a tale", "max_tokens": 2});
    assert_eq!(sent(&emulator), changed);
}

#[tokio::test]
async fn process_substitution_and_pipes_are_files() {
    assert_session!(@r"
        $ replicate run emulator/reverse file=@<(printf abc) -o -
        cba (no newline)
        $ printf abc | replicate run emulator/reverse file=@/dev/stdin -o -
        cba (no newline)
        $ printf abc | replicate run emulator/reverse -o -
        cba (no newline)
        $ mkfifo pipe; printf abc > pipe & replicate run emulator/reverse file=@pipe -o -
        cba (no newline)
        $ printf abc > $'\xff.txt'; replicate run emulator/reverse file=@$'\xff.txt' -o -
        cba (no newline)
        $ replicate run replicate/hello-world text=@<(printf Bob)
        hello Bob
        ");
}

#[tokio::test]
async fn small_file_is_inlined_with_its_type_and_large_file_is_uploaded() {
    assert_session!(@r"
        $ printf abc > small.txt; printf '\x89PNG\r\n\x1a\n----' > picture
        $ reverse() { replicate run emulator/reverse file=@$1 --jq .input.file; }
        $ reverse small.txt
        data:text/plain;base64,YWJj
        $ reverse picture
        data:image/png;base64,iVBORw0KGgotLS0t
        $ reverse - < picture
        data:image/png;base64,iVBORw0KGgotLS0t
        $ head -c 400000 /dev/zero > large.bin; reverse large.bin
        http://127.0.0.1:PORT/v1/files/ID
        $ replicate run emulator/reverse file=@large.bin -o - | cmp - large.bin
        ");
}

#[tokio::test]
async fn invalid_input_is_rejected_with_the_right_form_before_a_create() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r#"
        $ image() { replicate run emulator/image prompt=x "$1"; }
        $ image widht=64
        2> error: unknown input `widht`; did you mean `width`?
        2> hint: the model's inputs: prompt, num_outputs, width, height, seed
        exit 2
        $ image width=wide
        2> error: `width` must be an integer, not "wide"
        exit 2
        $ image width=9000
        2> error: `width` must be 16 to 2048, not 9000
        exit 2
        $ image prompt=y
        2> error: `prompt` is set twice
        2> hint: remove one; only a list input can be set several times
        exit 2
        $ image 'another text'
        2> error: `another text` has no key, and the main input is already set
        2> hint: quote text of several words, and write other inputs as key=value
        exit 2
        $ image width:=wide
        2> error: invalid JSON in `width:=wide`: expected value at line 1 column 1
        2> hint: for text, write width=wide
        exit 2
        $ image width=@no-such-file
        2> error: could not read `no-such-file`: No such file or directory (os error 2)
        2> hint: for text that begins with @, write width=@@no-such-file
        exit 2
        $ replicate run emulator/image width=64
        2> error: missing required input `prompt` (What chooses the picture)
        2> hint: pass prompt=TEXT
        exit 2
        $ replicate run emulator/image prompt:hi
        2> error: invalid input `prompt:hi`; did you mean `prompt=hi`?
        2> hint: if it is the text itself, write prompt='prompt:hi'
        exit 2
        $ replicate run emulator/image 'width[]=5'
        2> error: invalid input `width[]=5`; did you mean `width=5`?
        2> hint: if it is the text itself, write prompt='width[]=5'
        exit 2
        $ replicate run emulator/image --prompt=hi
        2> error: unexpected argument '--prompt' found
        2> hint: inputs are written key=value: prompt=VALUE; for options see --help
        exit 2
        $ echo x > small.png; touch empty.png
        $ replicate run emulator/reverse file=@no-such-file
        2> error: could not read file `no-such-file` for `file`: No such file or directory (os error 2)
        2> hint: for text that begins with @, write file=@@no-such-file
        exit 2
        $ replicate run emulator/reverse file=small.png
        2> error: `file` must be the URL of a file (https or data), not the local path "small.png"
        2> hint: write file=@small.png
        exit 2
        $ replicate run emulator/reverse file=@
        2> error: missing file name after `file=@`
        2> hint: if it comes from a shell variable, that is empty; for the text @, write file=@@
        exit 2
        $ replicate run emulator/reverse file=@empty.png
        2> error: file `empty.png` for `file` is empty
        exit 2
        $ replicate run emulator/image prompt=x --no-wait -o x.png
        2> error: --no-wait leaves no output to save
        2> hint: save it later: replicate predictions download ID
        exit 2
        "#);
    assert_eq!(creates(&emulator), 0);
}
