//! The code of `docs/typed-models.md`, compiled and run; the page contains no other.

use std::time::Duration;

use replicate::schema::{ModelSchema, OutputKind, ValueKind, check};
use replicate::{FileOutput, Result};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::generated::image;
use crate::support::{emulator, squeezed};

const PAGE: &str = include_str!("../../../docs/typed-models.md");

/// The blocks of the page in this language.
fn blocks(language: &str) -> Vec<&'static str> {
    let opening = format!("```{language}\n");
    let rest = PAGE.split(opening.as_str()).skip(1);
    rest.map(|block| block.split("```").next().unwrap())
        .collect()
}

#[test]
fn the_page_has_only_code_that_is_compiled_here() {
    let compiled = squeezed(include_str!("schema_page.rs"));
    let blocks = blocks("rust");
    assert_eq!(blocks.len(), 5);
    for block in blocks {
        assert!(compiled.contains(&squeezed(block)), "not compiled: {block}");
    }
}

/// Checks that the page shows these lines as one block.
fn assert_on_the_page(lines: impl Iterator<Item = String>) {
    let text: String = lines.map(|line| line + "\n").collect();
    assert!(blocks("text").contains(&text.as_str()), "{text}");
}

#[tokio::test]
async fn generated_types_run_the_model() -> Result<()> {
    let (_emulator, replicate) = emulator().await;
    let input = image::Input::new("a red bicycle").width(64).num_outputs(2);
    let pictures = image::run(&replicate, &input).await?;
    for picture in &pictures {
        println!("{}", picture.url());
    }
    assert_eq!(pictures.len(), 2);
    let png = pictures[0].bytes().await?;
    // Width and height in the header of a PNG.
    assert_eq!(png[16..24], [0, 0, 0, 64, 0, 0, 1, 0]);
    let pictures: image::Output = replicate
        .run(image::MODEL)
        .input(&input)
        .timeout(Duration::from_secs(60))
        .json()
        .await?;
    assert_eq!(pictures.len(), 2);
    Ok(())
}

#[tokio::test]
async fn an_invalid_input_is_reported_as_the_page_shows() {
    let (_emulator, replicate) = emulator().await;
    let input = json!({ "promt": "a red bicycle", "width": 9000 });
    let run = replicate.run("emulator/image").input(input).validated();
    let error = run.await.unwrap_err();
    for violation in error.violations() {
        println!("{violation}");
    }
    assert_on_the_page(error.violations().iter().map(ToString::to_string));
}

#[tokio::test]
async fn a_schema_is_read_as_the_page_shows() -> Result<()> {
    let (_emulator, replicate) = emulator().await;
    let schema = ModelSchema::read(&replicate, "emulator/image")
        .await?
        .unwrap();
    for input in schema.inputs() {
        println!("{}: {}", input.key(), input.schema());
    }
    let width = schema.input("width").unwrap().schema();
    assert_eq!(width.kind(), ValueKind::Integer);
    assert_eq!(width.range().unwrap(), "16 to 2048");
    assert_eq!(schema.output().kind(), OutputKind::Files);
    let line = |input: &replicate::schema::Input| format!("{}: {}", input.key(), input.schema());
    assert_on_the_page(schema.inputs().iter().map(line));
    Ok(())
}

#[tokio::test]
async fn own_types_are_checked_as_the_page_shows() -> Result<()> {
    let (_emulator, replicate) = emulator().await;
    #[derive(Serialize, JsonSchema)]
    struct Poster {
        prompt: String,
        width: f64,
        style: String,
    }

    let model = replicate.models().get("emulator/image").await?;
    for mismatch in check::<Poster, FileOutput>(&model)? {
        println!("{mismatch}");
    }
    let found = check::<Poster, FileOutput>(&model)?;
    assert_on_the_page(found.iter().map(ToString::to_string));
    Ok(())
}
