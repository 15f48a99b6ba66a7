//! Names of Rust for the names and choices of a model.

use std::collections::HashSet;

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

/// Types that the generated source names without a path, and those that it declares itself.
const TAKEN_TYPES: [&str; 15] = [
    "Input",
    "Output",
    "Self",
    "String",
    "Vec",
    "Option",
    "Some",
    "None",
    "Default",
    "From",
    "Into",
    "IntoIterator",
    "Ok",
    "Err",
    "Result",
];

/// Methods that a setter would hide or be mistaken for.
const TAKEN_METHODS: [&str; 32] = [
    "new",
    "add",
    "as_mut",
    "as_ref",
    "bitand",
    "bitor",
    "bitxor",
    "borrow",
    "borrow_mut",
    "clone",
    "cmp",
    "default",
    "deref",
    "deref_mut",
    "div",
    "drop",
    "eq",
    "from_iter",
    "from_str",
    "hash",
    "index",
    "index_mut",
    "into_iter",
    "mul",
    "neg",
    "next",
    "not",
    "rem",
    "shl",
    "shr",
    "sub",
    "into",
];

/// Makes each name unique.
#[derive(Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    pub(super) fn of_types() -> Self {
        Self(TAKEN_TYPES.map(str::to_owned).into())
    }

    /// The name of a field and its setter.
    pub(super) fn field(&mut self, key: &str) -> Ident {
        let mut name = readable(key, '_').to_snake_case();
        if name.is_empty() {
            name = "value".to_owned();
        }
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            name.insert(0, 'n');
        }
        if TAKEN_METHODS.contains(&name.as_str()) {
            name.push('_');
        }
        identifier(&self.unique(name, '_'))
    }

    /// The names of fields, in their order. One that needs no change keeps its name, also
    /// after one that was changed to it.
    pub(super) fn fields<'k>(keys: impl Iterator<Item = &'k str>) -> Vec<Ident> {
        let keys: Vec<&str> = keys.collect();
        let mut names = Self::default();
        let mut idents = vec![None; keys.len()];
        let is_plain = |key: &str| Self::default().field(key) == key;
        for plain_first in [true, false] {
            for (key, ident) in keys.iter().zip(&mut idents) {
                if ident.is_none() && is_plain(key) == plain_first {
                    *ident = Some(names.field(key));
                }
            }
        }
        idents.into_iter().flatten().collect()
    }

    pub(super) fn camel(&mut self, text: &str, otherwise: &str) -> Ident {
        let mut name = readable(text, ' ').to_upper_camel_case();
        if name.is_empty() {
            name = otherwise.to_owned();
        }
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            name.insert(0, 'V');
        }
        if name == "Self" {
            name = "Self_".to_owned();
        }
        identifier(&self.unique(name, 'N'))
    }

    /// The name, or one with a number that is free.
    fn unique(&mut self, name: String, separator: char) -> String {
        let separator = if name.ends_with(|c: char| c.is_ascii_digit()) {
            separator.to_string()
        } else if separator == '_' && !name.ends_with('_') {
            "_".to_owned()
        } else {
            String::new()
        };
        let mut unique = name.clone();
        let mut number = 2;
        while !self.0.insert(unique.clone()) {
            unique = format!("{name}{separator}{number}");
            number += 1;
        }
        unique
    }
}

/// The text with only what can be in a name without a warning: other letters become their code
/// points, and signs are taken as gaps, unless there is nothing else.
fn readable(text: &str, gap: char) -> String {
    let is_letter =
        |c: char| c.is_ascii_alphanumeric() || (matches!(c, 'À'..='ÿ') && !matches!(c, '×' | '÷'));
    let has_letters = text.chars().any(char::is_alphanumeric);
    let mut readable = String::new();
    for (place, c) in text.chars().enumerate() {
        if is_letter(c) || c == '_' {
            readable.push(c);
        } else if c == '-' && place == 0 && text[1..].starts_with(|c: char| c.is_ascii_digit()) {
            readable.extend(["minus", &gap.to_string()]);
        } else if c.is_alphanumeric() || !has_letters {
            readable.push_str(&format!("{gap}u{:04x}{gap}", u32::from(c)));
        } else {
            readable.push(gap);
        }
    }
    readable
}

fn identifier(name: &str) -> Ident {
    if matches!(name, "self" | "super" | "crate" | "_") {
        return Ident::new(&format!("{name}_"), Span::call_site());
    }
    match syn::parse_str::<Ident>(name) {
        // A keyword since the edition of 2024.
        Ok(ident) if name != "gen" => ident,
        _ => Ident::new_raw(name, Span::call_site()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_names_of_rust_and_each_name_once() {
        let (keys, expected): (Vec<&str>, Vec<&str>) = [
            ("prompt", "prompt"),
            ("camelCase", "camel_case_2"),
            ("camel_case", "camel_case"),
            ("camel-case", "camel_case_3"),
            ("type", "r#type"),
            ("self", "self_"),
            ("2d", "n2d"),
            ("größe", "größe"),
            ("цена", "u0446_u0435_u043d_u0430"),
            ("", "value"),
            ("+", "u002b"),
            ("new", "new_"),
            ("a1", "a1"),
            ("a 1", "a_1"),
            ("gen", "r#gen"),
        ]
        .into_iter()
        .unzip();
        let names = Names::fields(keys.into_iter());
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn variants_have_names_of_rust_and_each_name_once() {
        let mut names = Names::default();
        let mut variant = |text: &str| names.camel(text, "Empty").to_string();
        let texts = [
            "plain", "Plain", "K_EULER", "a b", "2-fold", "self", "", "+", "-1", "1", "a1", "A1",
        ];
        assert_eq!(
            texts.map(&mut variant),
            [
                "Plain", "Plain2", "KEuler", "AB", "V2Fold", "Self_", "Empty", "U002b", "Minus1",
                "V1", "A1", "A1N2",
            ]
        );
    }
}
