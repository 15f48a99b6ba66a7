//! How each client finds its way to this emulator.

use std::fmt::Write as _;

use super::html::escape;
use crate::world::World;

/// Every client's way here. The page is open to all of this machine, so that a token which was
/// chosen is never on it.
pub(super) fn write(body: &mut String, world: &World) {
    let url = escape(&world.url);
    let (token, note) = if world.token.is_some() {
        (
            "TOKEN",
            " Put the token given with <code>--token</code> in the place of <code>TOKEN</code>: \
             no other is accepted, and this page does not show it.",
        )
    } else {
        ("local", " Any token is accepted.")
    };
    let _ = write!(
        body,
        "<h2 id=clients>Point a client at it</h2>\n\
         <p>In the shell where your program runs.{note}</p>\n\
         <pre>export REPLICATE_BASE_URL={url}\nexport REPLICATE_API_TOKEN={token}</pre>\n\
         <dl>\n"
    );
    for (client, remark, example) in [
        (
            "Command line",
            "",
            "replicate run emulator/text \"Once upon a time\"".to_owned(),
        ),
        (
            "Python",
            "",
            "import replicate\n\
             words = replicate.run(\"emulator/text\", input={\"prompt\": \"Once upon a time\"})\n\
             print(\"\".join(words))"
                .to_owned(),
        ),
        (
            "Node",
            "takes the address as an option, not from the variable",
            format!(
                "const replicate = new Replicate({{ baseUrl: \"{}/v1\" }});\n\
                 const input = {{ prompt: \"Once upon a time\" }};\n\
                 const words = await replicate.run(\"emulator/text\", {{ input }});",
                world.url
            ),
        ),
        (
            "Rust",
            "",
            "let replicate = replicate::Client::from_env()?;\n\
             let input = json!({ \"prompt\": \"Once upon a time\" });\n\
             let words = replicate.run(\"emulator/text\").input(input).text().await?;"
                .to_owned(),
        ),
        (
            "curl",
            "a picture; this page shows it then",
            "curl $REPLICATE_BASE_URL/v1/models/emulator/image/predictions \\\n  \
             -H \"Authorization: Bearer $REPLICATE_API_TOKEN\" -H \"Prefer: wait\" \\\n  \
             --json '{\"input\": {\"prompt\": \"a red bicycle\"}}'"
                .to_owned(),
        ),
    ] {
        let remark = if remark.is_empty() {
            String::new()
        } else {
            format!("<span>{remark}</span>")
        };
        let _ = writeln!(
            body,
            "<dt>{client}{remark}<dd><pre>{}</pre>",
            escape(&example)
        );
    }
    body.push_str("</dl>\n");
}
