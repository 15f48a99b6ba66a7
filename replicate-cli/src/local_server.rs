//! The local Replicate that `--local` starts. It is absent without the feature `local`.

#[cfg(feature = "local")]
pub(crate) use replicate_emulator::Emulator as LocalServer;

#[cfg(not(feature = "local"))]
pub(crate) use absent::LocalServer;

#[cfg(not(feature = "local"))]
mod absent {
    use std::convert::Infallible;

    /// A server that cannot be started.
    pub(crate) struct LocalServer(Infallible);

    impl LocalServer {
        pub(crate) async fn start() -> Result<Self, &'static str> {
            Err("built without the feature `local`")
        }

        pub(crate) fn url(&self) -> &str {
            match self.0 {}
        }

        pub(crate) fn token(&self) -> &str {
            match self.0 {}
        }
    }
}
