//! Suggests the known word nearest to an unknown one.

const MIN_SIMILARITY: f64 = 0.75;

/// The one of `words` that is most similar to `word`, if one is similar enough.
pub(crate) fn nearest<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let similarity = |known: &str| strsim::jaro_winkler(&word, &known.to_lowercase());
    words
        .into_iter()
        .map(|known| (similarity(known), known))
        .filter(|(similarity, _)| *similarity >= MIN_SIMILARITY)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typo_finds_its_word_and_an_unrelated_word_finds_none() {
        let words = ["prompt", "width", "height", "num_outputs"];
        assert_eq!(nearest("promt", words), Some("prompt"));
        assert_eq!(nearest("widht", words), Some("width"));
        assert_eq!(nearest("Num-Outputs", words), Some("num_outputs"));
        assert_eq!(nearest("zzz", words), None);
    }
}
