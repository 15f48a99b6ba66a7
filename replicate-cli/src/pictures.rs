//! Pictures of an output at a terminal: by the protocols of kitty, iTerm2 and sixel, elsewhere as
//! half blocks.

use std::path::PathBuf;

use crate::error::Result;
use crate::output::Printed;
use crate::session::Session;

/// Shows nothing: this program was built without the feature `images`.
#[cfg(not(feature = "images"))]
pub(crate) async fn show(_: &Session, _: &Printed, _: &[PathBuf]) -> Result<()> {
    Ok(())
}

#[cfg(feature = "images")]
pub(crate) use drawn::show;

#[cfg(feature = "images")]
mod drawn {
    use std::env;
    use std::io::Cursor;
    use std::path::Path;

    use image::{DynamicImage, ImageReader};
    use replicate::FileOutput;

    use super::{PathBuf, Printed, Result, Session};
    use crate::session::blocking;
    use crate::{file_type, terminal};

    const MAX_PICTURES: usize = 4;

    const MAX_COLUMNS: usize = 60;

    /// Shows the pictures of an output that was printed or saved, if standard output is a terminal
    /// that can. It was delivered before: only an interruption is an error.
    pub(crate) async fn show(session: &Session, output: &Printed, saved: &[PathBuf]) -> Result<()> {
        if session.json || !terminal::stdout_shows_pictures() {
            return Ok(());
        }
        let saved = saved.iter().filter(|path| is_picture(path));
        let saved: Vec<&PathBuf> = saved.take(MAX_PICTURES).collect();
        if !saved.is_empty() {
            for path in saved {
                let reading = tokio::fs::read(path);
                if let Ok(content) = session.unless_interrupted(reading).await? {
                    draw(session, content).await?;
                }
            }
            return Ok(());
        }
        let is_picture = |file: &&FileOutput| is_picture(Path::new(&file.name()));
        for file in output.files().iter().filter(is_picture).take(MAX_PICTURES) {
            if let Ok(content) = session.unless_interrupted(file.bytes()).await? {
                draw(session, content.into()).await?;
            }
        }
        Ok(())
    }

    fn is_picture(path: &Path) -> bool {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension
            .and_then(file_type::media_type)
            .is_some_and(|kind| kind.starts_with("image/"))
    }

    async fn draw(session: &Session, content: Vec<u8>) -> Result<()> {
        let drawing = blocking(move || {
            let reader = ImageReader::new(Cursor::new(content)).with_guessed_format();
            // A format that is not known, or a terminal that is gone.
            if let Ok(Ok(picture)) = reader.map(ImageReader::decode) {
                let _ = viuer::print(&picture, &config(&picture));
            }
            Ok(())
        });
        session.unless_interrupted(drawing).await?
    }

    fn config(picture: &DynamicImage) -> viuer::Config {
        let height = terminal::height().unwrap_or(24);
        viuer::Config {
            absolute_offset: false,
            transparent: true,
            width: Some(columns(picture, terminal::width(), height)),
            ..protocols(|name| env::var(name).unwrap_or_default())
        }
    }

    /// The width of a picture that takes at most half of the terminal's lines. A cell is twice as
    /// high as it is wide.
    fn columns(picture: &DynamicImage, columns: usize, lines: usize) -> u32 {
        let limit = columns.saturating_sub(1).min(MAX_COLUMNS) as u64;
        let (width, height) = (u64::from(picture.width()), u64::from(picture.height()));
        let fitting = (lines as u64 * width) / height.max(1);
        u32::try_from(fitting.clamp(1, limit.max(1))).unwrap_or(1)
    }

    /// The protocols that are tried, by the variables that terminals set. The library asks a terminal
    /// whether it has a protocol, and waits for the answer without limit: only those that answer are
    /// asked.
    fn protocols(variable: impl Fn(&str) -> String) -> viuer::Config {
        let term = variable("TERM");
        let is = |names: &[&str]| names.iter().any(|name| term.contains(name));
        // tmux and screen pass on neither the picture nor the answer.
        let is_direct = variable("TMUX").is_empty() && !is(&["tmux", "screen"]);
        let has_window = !variable("KITTY_WINDOW_ID").is_empty();
        viuer::Config {
            use_kitty: is_direct && (has_window || is(&["kitty", "ghostty"])),
            use_iterm: is_direct,
            use_sixel: is_direct && is(&["foot", "mlterm", "contour", "sixel"]),
            ..viuer::Config::default()
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn picture_takes_at_most_half_of_the_lines() {
            let size = |width, height| DynamicImage::new_rgb8(width, height);
            assert_eq!(columns(&size(1024, 1024), 80, 24), 24);
            assert_eq!(columns(&size(1000, 100), 80, 24), 60);
            assert_eq!(columns(&size(1000, 100), 40, 24), 39);
            assert_eq!(columns(&size(10, 10_000), 80, 24), 1);
        }

        #[test]
        fn terminal_is_asked_only_if_it_is_known_to_answer() {
            for (term, window, expected) in [
                ("xterm-256color", "", [false, true, false]),
                ("xterm-kitty", "", [true, true, false]),
                ("foot", "", [false, true, true]),
                ("tmux-256color", "1", [false, false, false]),
            ] {
                let found = protocols(|name| match name {
                    "TERM" => term.to_owned(),
                    "KITTY_WINDOW_ID" => window.to_owned(),
                    _ => String::new(),
                });
                let found = [found.use_kitty, found.use_iterm, found.use_sixel];
                assert_eq!(found, expected, "{term}");
            }
        }
    }
}
