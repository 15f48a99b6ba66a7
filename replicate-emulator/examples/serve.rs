//! Serves an emulator until the end of standard input: its URL is the first line.
//!
//! `cargo run -p replicate-emulator --example serve -- [PORT] [OWNER/NAME=http://COG-SERVER]...`

use std::io::Write;

use replicate_emulator::Emulator;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = Emulator::builder().log(|exchange| eprintln!("{exchange}"));
    for argument in std::env::args().skip(1) {
        builder = match argument.split_once('=') {
            Some((name, url)) => builder.cog(name, url),
            None => builder.port(argument.parse()?),
        };
    }
    let emulator = builder.start().await?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", emulator.url())?;
    out.flush()?;
    let closed = tokio::task::spawn_blocking(|| std::io::read_to_string(std::io::stdin()));
    closed.await??;
    emulator.shutdown().await;
    Ok(())
}
