//! Signed messages of which one bit is another.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderValue};
use replicate::webhook::Verifier;
use replicate_test_support::Injector;
use serde_json::json;

const KEY: &[u8] = b"a key of no meaning, for messages of no meaning";
const SENT: u64 = 1_700_000_000;

/// Signs a message, turns one bit of it over so many times, and counts how often that is
/// refused.
pub(crate) fn refused(count: u64, seed: u64) -> u64 {
    let secret = format!("whsec_{}", STANDARD.encode(KEY));
    let verifier = Verifier::new(&secret)
        .expect("a secret")
        .clock(|| UNIX_EPOCH + Duration::from_secs(SENT + 5));
    let mut random = Injector::new(seed);
    let body = json!({ "id": "p1", "status": "succeeded", "output": "x".repeat(150) });
    let sound = Message::signed("msg_1", &body.to_string());
    assert!(sound.is_believed(&verifier), "the sound message is refused");
    let flips = 0..count;
    flips
        .filter(|_| !sound.flipped(&mut random).is_believed(&verifier))
        .count() as u64
}

/// Id, time, body, and the signature's own bytes.
#[derive(Clone)]
struct Message {
    parts: [Vec<u8>; 4],
}

impl Message {
    fn signed(id: &str, body: &str) -> Self {
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(KEY).expect("any key");
        mac.update(format!("{id}.{SENT}.{body}").as_bytes());
        let signature = mac.finalize().into_bytes().to_vec();
        let sent = SENT.to_string().into_bytes();
        Self {
            parts: [id.into(), sent, body.into(), signature],
        }
    }

    fn flipped(&self, random: &mut Injector) -> Self {
        let mut message = self.clone();
        let bits: usize = self.parts.iter().map(|part| part.len() * 8).sum();
        let mut bit = random.below(bits);
        for part in &mut message.parts {
            if bit < part.len() * 8 {
                part[bit / 8] ^= 1 << (bit % 8);
                break;
            }
            bit -= part.len() * 8;
        }
        message
    }

    fn is_believed(&self, verifier: &Verifier) -> bool {
        let [id, sent, body, signature] = &self.parts;
        let signature = format!("v1,{}", STANDARD.encode(signature));
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("webhook-id", &id[..]),
            ("webhook-timestamp", sent),
            ("webhook-signature", signature.as_bytes()),
        ] {
            match HeaderValue::from_bytes(value) {
                Ok(value) => headers.insert(name, value),
                // What fits no header does not even arrive.
                Err(_) => return false,
            };
        }
        verifier.verify(&headers, body).is_ok()
    }
}
