//! Rust names from the names of a description, as the generator makes them, so that what it will
//! call a thing is known before it is asked.

use heck::{ToPascalCase, ToSnakeCase};

/// `If-Match` → `if_match`, `type` → `type_`, `2fa` → `x2fa`.
pub(crate) fn snake(name: &str) -> String {
    valid(plain(name).to_snake_case(), "x")
}

/// `prediction_urls` → `PredictionUrls`, `Self` → `Self_`, `2fa` → `X2fa`.
pub(crate) fn pascal(name: &str) -> String {
    valid(plain(name).to_pascal_case(), "X")
}

fn plain(name: &str) -> String {
    let kept = name.chars().filter(|c| *c != '\'');
    kept.map(|c| if continues(c) { c } else { '-' }).collect()
}

fn valid(name: String, prefix: &str) -> String {
    let starts = name
        .chars()
        .next()
        .is_some_and(|c| accepted(&c.to_string()));
    let name = match starts {
        true => name,
        false => format!("{prefix}{name}"),
    };
    match accepted(&name) {
        true => name,
        false => format!("{name}_"),
    }
}

/// Whether Rust takes this for a name, now and in the next edition.
fn accepted(name: &str) -> bool {
    name != "gen" && syn::parse_str::<proc_macro2::Ident>(name).is_ok()
}

fn continues(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric() || (!c.is_ascii() && accepted(&format!("a{c}")))
}

/// The name, or the name with the first number behind it that is not taken.
pub(crate) fn unused(name: &str, separator: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_string();
    }
    let mut candidates = (2..).map(|number: u32| format!("{name}{separator}{number}"));
    let free = candidates.find(|candidate| !taken(candidate));
    free.expect("there is always another number")
}
