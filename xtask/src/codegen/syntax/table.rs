//! The table of operations, by which the transport knows what it may send again.

use quote::quote;
use syn::File;

use crate::codegen::operations::Operation;
use crate::codegen::passes::Lowered;

pub(super) fn write(file: &mut File, lowered: &Lowered) {
    let mut operations: Vec<&Operation> = lowered.operations.iter().collect();
    operations.sort_by(|a, b| a.name.cmp(&b.name));
    let rows = operations
        .into_iter()
        .map(|operation| row(operation, lowered));
    let table: File = syn::parse_quote! {
        /// One operation of the API, as its description has it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Operation {
            /// The id in the description: `predictions.create`.
            pub id: &'static str,
            /// The method of [`Client`]: `predictions_create`.
            pub name: &'static str,
            /// The HTTP method, in capitals.
            pub method: &'static str,
            /// The path below the base address, with its parts in braces.
            pub path: &'static str,
            /// Whether it may be sent again when nobody knows what became of it.
            pub idempotent: bool,
            /// Whether its answer is handed over as it comes, without a limit.
            pub streamed: bool,
            /// The statuses that the description lists, errors included.
            pub responses: &'static [&'static str],
            /// What a success holds: a type of [`types`], a media type, or nothing.
            pub answer: &'static str,
        }

        /// Every operation of the API, in the order of their names.
        pub const OPERATIONS: &[Operation] = &[#(#rows),*];
    };
    file.items.extend(table.items);
}

fn row(operation: &Operation, lowered: &Lowered) -> proc_macro2::TokenStream {
    let Operation {
        id,
        name,
        method,
        path,
        ..
    } = operation;
    let safe = matches!(
        method.as_str(),
        "GET" | "HEAD" | "OPTIONS" | "QUERY" | "TRACE"
    );
    let idempotent = safe || method == "DELETE" || lowered.idempotent.contains(name);
    let responses = lowered.responses.iter().find(|(owner, _)| owner == name);
    let responses = responses
        .map(|(_, lines)| lines.as_slice())
        .unwrap_or_default();
    let split = responses
        .iter()
        .map(|line| line.split_once(' ').unwrap_or((line, "")));
    let (codes, answers): (Vec<&str>, Vec<&str>) = split.unzip();
    let success = codes.iter().position(|code| code.starts_with('2'));
    let answer = success.map_or("", |index| answers[index]);
    let streamed = responses
        .iter()
        .any(|line| line.starts_with('2') && line.contains('/'))
        && !responses
            .iter()
            .any(|line| line.starts_with('2') && line.ends_with("/json"));
    quote! {
        Operation {
            id: #id,
            name: #name,
            method: #method,
            path: #path,
            idempotent: #idempotent,
            streamed: #streamed,
            responses: &[#(#codes),*],
            answer: #answer,
        }
    }
}
