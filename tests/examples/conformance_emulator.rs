//! An emulator for `cargo xtask conformance` while the command `replicate` has none: serves until
//! it is killed, and prints its address first.
//!
//! `conformance_emulator [--token TOKEN] [--cog OWNER/NAME=ADDRESS]...`

use std::io::Write;

use replicate_emulator::Emulator;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = Emulator::builder();
    let mut arguments = std::env::args().skip(1);
    while let Some(flag) = arguments.next() {
        let value = arguments.next().ok_or("a value is missing")?;
        builder = match (flag.as_str(), value.split_once('=')) {
            ("--token", _) => builder.token(value),
            ("--port", _) => builder.port(value.parse()?),
            ("--cog", Some((name, address))) => builder.cog(name, address),
            _ => return Err(format!("unknown: {flag} {value}").into()),
        };
    }
    let emulator = builder.start().await?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", emulator.url())?;
    out.flush()?;
    std::future::pending().await
}
