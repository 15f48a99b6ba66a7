//! The word that somebody may have meant.

/// How alike two words have to be for one to be taken for a slip of the other.
const ALIKE: f64 = 0.75;

/// The one of `words` that is most like `word`, if any is.
pub(crate) fn suggest<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |known: &str| strsim::jaro_winkler(&word.to_lowercase(), &known.to_lowercase());
    words
        .into_iter()
        .map(|known| (likeness(known), known))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_another_word_none() {
        let words = ["prompt", "width", "height", "num_outputs"];
        assert_eq!(suggest("promt", words), Some("prompt"));
        assert_eq!(suggest("widht", words), Some("width"));
        assert_eq!(suggest("Num-Outputs", words), Some("num_outputs"));
        assert_eq!(suggest("zzz", words), None);
    }
}
