//! `emulator/image` draws a picture that depends on the prompt's hash.

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{input, number, string};
use crate::{context::Failure, job::OutputFile, model::Model};

pub(super) fn model() -> Model {
    Model::new("emulator/image")
        .description("Draws a picture of circles on a gradient, chosen by the prompt")
        .readme(
            "# image\n\nA real PNG, drawn from the prompt's hash: the same prompt and seed give \
             the same picture, others another. It shows nothing of what the prompt says.\n",
        )
        .official(true)
        .input_schema(input(
            &["prompt"],
            json!({
                "prompt": string("Prompt", 0, "What chooses the picture"),
                "num_outputs": number("integer", "Num Outputs", 1, "How many pictures to draw", 1, [1, 10]),
                "width": number("integer", "Width", 2, "Width of a picture in pixels", 256, [16, 2048]),
                "height": number("integer", "Height", 3, "Height of a picture in pixels", 256, [16, 2048]),
                "seed": number("integer", "Seed", 4, "Another picture for the same prompt", 0, [0, i32::MAX]),
            }),
        ))
        .output_schema(json!({
            "type": "array",
            "items": {"type": "string", "format": "uri"},
            "title": "Output",
        }))
        .example(
            json!({"prompt": EXAMPLE}),
            json!(["/outputs/example/image.png"]),
        )
        .run(|input, context| async move {
            let prompt = input["prompt"].as_str().unwrap_or_default();
            let whole = |name: &str| input[name].as_f64().unwrap_or_default() as u64;
            let (width, height) = (whole("width") as u32, whole("height") as u32);
            context.log(format_args!("Prompt: {prompt}"));
            let mut urls = Vec::new();
            for number in 0..whole("num_outputs") {
                let (prompt, seed) = (prompt.to_owned(), whole("seed") + number);
                let drawing = move || png(&prompt, seed, width, height);
                let picture = tokio::task::spawn_blocking(drawing).await??;
                urls.push(Value::from(context.save_file(
                    format!("out-{number}.png"),
                    "image/png",
                    picture,
                )));
            }
            Ok(urls.into())
        })
}

const EXAMPLE: &str = "a red bicycle";

pub(super) fn example() -> Option<OutputFile> {
    Some(OutputFile {
        name: "image.png".to_owned(),
        content_type: "image/png".to_owned(),
        content: png(EXAMPLE, 0, 256, 256).ok()?,
    })
}

type Color = [f32; 3];

/// A picture that the hash of prompt and seed selects: circles on a gradient.
fn png(prompt: &str, seed: u64, width: u32, height: u32) -> Result<Bytes, Failure> {
    let digest = Sha256::new()
        .chain_update(prompt)
        .chain_update(seed.to_le_bytes())
        .finalize();
    let start = digest[..8].try_into().unwrap_or_default();
    let mut random = fastrand::Rng::with_seed(u64::from_le_bytes(start));
    let hue = random.f32();
    let corners = [
        color(hue, 0.55, 0.25),
        color(hue + 0.12, 0.6, 0.6),
        color(hue + 0.3, 0.7, 0.85),
    ];
    let circles: Vec<_> = (0..random.usize(4..9))
        .map(|_| {
            let center = (random.f32(), random.f32());
            let radius = 0.05 + 0.22 * random.f32() * random.f32();
            let color = color(hue + 0.4 + 0.35 * random.f32(), 0.65, 0.95);
            (center, radius, color)
        })
        .collect();
    let soft = 1.5 / width.min(height) as f32;
    let mut pixels = Vec::with_capacity(3 * width as usize * height as usize);
    for (row, column) in (0..height).flat_map(|row| (0..width).map(move |column| (row, column))) {
        let x = (column as f32 + 0.5) / width as f32;
        let y = (row as f32 + 0.5) / height as f32;
        let base = mix(corners[0], corners[1], y);
        let mut color = mix(base, corners[2], x * (1.0 - y));
        for (center, radius, own) in &circles {
            let distance = (x - center.0).hypot(y - center.1);
            let inside = ((radius - distance) / soft).clamp(0.0, 1.0);
            color = mix(color, *own, 0.75 * inside);
        }
        pixels.extend(color.map(|part| (part.clamp(0.0, 1.0) * 255.0) as u8));
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(file.into())
}

fn mix(one: Color, other: Color, part: f32) -> Color {
    std::array::from_fn(|n| one[n] + (other[n] - one[n]) * part)
}

/// A color from its hue (a turn is 1), saturation and value.
fn color(hue: f32, saturation: f32, value: f32) -> Color {
    [5.0, 3.0, 1.0].map(|shift| {
        let place = (shift + hue.fract() * 6.0) % 6.0;
        let drop = place.min(4.0 - place).clamp(0.0, 1.0);
        value * (1.0 - saturation * drop)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_and_seed_always_give_the_same_image() {
        let draw = |prompt, seed| png(prompt, seed, 64, 32).map(|p| p.to_vec());
        let bicycle = draw("a red bicycle", 0).expect("a picture");
        assert_eq!(draw("a red bicycle", 0).as_ref(), Ok(&bicycle));
        assert_ne!(draw("a blue one", 0).as_ref(), Ok(&bicycle));
        assert_ne!(draw("a red bicycle", 1).as_ref(), Ok(&bicycle));
        let read = png::Decoder::new(std::io::Cursor::new(bicycle)).read_info();
        let read = read.expect("a PNG");
        assert_eq!((read.info().width, read.info().height), (64, 32));
    }
}
