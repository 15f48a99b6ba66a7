use quote::quote;

use super::*;

fn block(path: &str, id: &str, chain: proc_macro2::TokenStream) -> File {
    parse_quote! {
        pub mod builder {
            impl<'a> Op<'a> {
                pub async fn send(self) -> Result<ResponseValue<types::Model>, Error<()>> {
                    let url = format!(#path, client.baseurl, encode_path(&model_owner.to_string()),);
                    header_map.append(HeaderName::from_static("api-version"), version());
                    let mut request = client.client #chain .build()?;
                    let info = OperationInfo { operation_id: #id };
                    ResponseValue::from_response(response).await
                }
            }
        }
    }
}

fn lowered(method: &str, media_type: Option<&str>) -> Lowered {
    let operation = Operation {
        id: "models.search".into(),
        name: "models_search".into(),
        method: method.into(),
        path: "/models/{model_owner}".into(),
        place: String::new(),
    };
    let bodies = media_type.map(|media_type| crate::codegen::passes::RawBody {
        operation: operation.name.clone(),
        media_type: media_type.into(),
    });
    Lowered {
        document: serde_json::json!({ "paths": {} }),
        operations: vec![operation],
        enums: Vec::new(),
        bodies: bodies.into_iter().collect(),
        responses: Vec::new(),
        idempotent: Vec::new(),
        fields: Vec::new(),
    }
}

fn rewritten(mut file: File, lowered: &Lowered) -> String {
    rewrite(&mut file, lowered).unwrap();
    prettyplease::unparse(&file)
}

#[test]
fn an_unknown_method_is_sent_as_itself_to_the_real_path() {
    let file = block("{}/{}/#models_search", "models_search", quote!(.post(url)));
    let code = rewritten(file, &lowered("QUERY", None));
    assert!(
        code.contains(r#".request(crate::method("QUERY"), url)"#),
        "{code}"
    );
    assert!(code.contains(r#""{}/models/{}","#), "{code}");
    assert!(!code.contains("#models_search"), "{code}");
}

#[test]
fn path_parts_are_checked_and_the_version_header_is_gone() {
    let file = block("{}/models/{}", "models_search", quote!(.get(url)));
    let code = rewritten(file, &lowered("GET", None));
    assert!(
        code.split_whitespace()
            .collect::<String>()
            .contains(r#"crate::path::segment("model_owner",&model_owner.to_string())?"#),
        "{code}"
    );
    assert!(!code.contains("api-version"), "{code}");
}

#[test]
fn errors_become_the_crates_own() {
    let file = block("{}/models/{}", "models_search", quote!(.get(url)));
    let code = rewritten(file, &lowered("GET", None));
    assert!(
        code.contains("-> Result<ResponseValue<types::Model>, crate::Error>"),
        "{code}"
    );
    let code: String = code.split_whitespace().collect();
    assert!(
        code.contains(r#"crate::Error::of_operation("models_search",error)"#),
        "{code}"
    );
}

#[test]
fn an_answer_is_decoded_with_what_was_asked() {
    let file = block("{}/models/{}", "models_search", quote!(.get(url)));
    let code = rewritten(file, &lowered("GET", None));
    assert!(
        code.contains("crate::decode::response(response).await"),
        "{code}"
    );
    assert!(!code.contains("from_response"), "{code}");
}

#[test]
fn a_form_is_sent_as_a_form() {
    let chain = quote!(.post(url).header(::reqwest::header::CONTENT_TYPE, "x").body(body));
    let code = rewritten(
        block("{}/models/{}", "models_search", chain),
        &lowered("POST", Some(MULTIPART)),
    );
    assert!(
        code.contains("client.client.post(url).multipart(body).build()?"),
        "{code}"
    );
}

#[test]
fn bytes_of_another_media_type_say_which() {
    let chain = quote!(.post(url).header(::reqwest::header::CONTENT_TYPE, "x").body(body));
    let code = rewritten(
        block("{}/models/{}", "models_search", chain),
        &lowered("POST", Some("application/zip")),
    );
    assert!(
        code.contains(r#"HeaderValue::from_static("application/zip")"#),
        "{code}"
    );
    assert!(code.contains(".body(body)"), "{code}");
}
