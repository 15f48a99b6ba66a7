//! The global options.

use std::time::Duration;

use clap::Args;

use crate::duration;
use crate::jq;
use crate::terminal::ColorWhen;

/// Options of every command.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// Use a local Replicate that runs as long as this command
    #[cfg_attr(feature = "local", arg(long, global = true, conflicts_with_all = ["base_url", "profile"]))]
    #[cfg_attr(not(feature = "local"), arg(skip))]
    pub(crate) local: bool,
    /// Print JSON as the API sent it
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Filter the JSON with an expression of jq, such as .[].id; implies --json
    #[arg(long, global = true, value_name = "EXPR", value_parser = jq::check)]
    pub(crate) jq: Option<String>,
    /// The API's base URL, with or without /v1 [env: REPLICATE_BASE_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Use the token that `auth login --profile NAME` stored
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Write only errors to standard error
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Show each request and its response on standard error
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// When to use color
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    pub(crate) color: ColorWhen,
    /// Stop after this time, such as 30s, 5m or 1h; a prediction continues to run
    #[arg(long, global = true, value_name = "TIME", value_parser = duration::parse)]
    pub(crate) timeout: Option<Duration>,
}
