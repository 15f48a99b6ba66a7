use http::HeaderValue;
use proptest::prelude::*;

use super::*;

/// A message that is known to be signed right.
struct Vector {
    secret: &'static str,
    id: &'static str,
    timestamp: u64,
    body: &'static str,
    signature: &'static str,
}

const FIRST: Vector = Vector {
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestamp: 1_614_265_330,
    body: r#"{"test": 2432232314}"#,
    signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

const SECOND: Vector = Vector {
    secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    id: "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
    timestamp: 1_649_367_553,
    body: r#"{"email":"test@example.com","username":"test_user"}"#,
    signature: "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
};

impl Vector {
    fn headers(&self) -> HeaderMap {
        headers(self.id, self.timestamp, self.signature)
    }

    /// A verifier for this secret at the time of the message.
    fn verifier(&self, secret: &str) -> Verifier {
        let time = UNIX_EPOCH + Duration::from_secs(self.timestamp);
        Verifier::new(secret).unwrap().clock(move || time)
    }

    fn verify(&self, headers: &HeaderMap) -> Result<String, VerifyError> {
        let verifier = self.verifier(self.secret);
        let message = verifier.verify(headers, self.body.as_bytes())?;
        assert_eq!(message.sent_at, (verifier.clock)());
        Ok(message.id)
    }
}

fn headers(id: &str, timestamp: u64, signature: &str) -> HeaderMap {
    let timestamp = timestamp.to_string();
    [(ID, id), (TIMESTAMP, &timestamp), (SIGNATURE, signature)]
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()))
        .collect()
}

/// The first message with another header.
fn with(name: &'static str, value: &str) -> Result<String, VerifyError> {
    let mut headers = FIRST.headers();
    headers.insert(name, HeaderValue::from_str(value).unwrap());
    FIRST.verify(&headers)
}

/// The signature of a message under a key.
fn sign(key: &[u8], message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message.as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[test]
fn both_known_messages_are_accepted_and_give_their_id() {
    for vector in [FIRST, SECOND] {
        assert_eq!(vector.verify(&vector.headers()).as_deref(), Ok(vector.id));
    }
}

#[test]
fn an_old_message_is_refused_by_the_short_form_which_uses_the_real_clock() {
    let error = verify(FIRST.secret, &FIRST.headers(), FIRST.body.as_bytes()).unwrap_err();
    assert!(matches!(error, VerifyError::TooOld { .. }));
}

#[test]
fn a_right_signature_is_found_among_wrong_ones() {
    let wrong = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let right = FIRST.signature;
    for list in [
        format!("{wrong} {right}"),
        format!("{right} {wrong}"),
        format!("v2,xyz v1a,abc {right}"),
        format!("v1,not-base64! {right} v1,"),
        format!("v1, {right}"),
        format!("  {right} "),
    ] {
        assert!(with(SIGNATURE, &list).is_ok(), "{list}");
    }
}

#[test]
fn signatures_of_other_versions_and_those_cut_or_undecodable_are_refused() {
    let right = FIRST.signature;
    let value = right.strip_prefix("v1,").unwrap();
    let versions = ["v2", "v1a", "v9", "V1", "", "v", "v10"];
    let mut refused: Vec<String> = versions.map(|it| format!("{it},{value}")).into();
    let cut = [value, &right[..right.len() - 1], &right[..20]];
    let undecodable = ["v1,", "v1", ",", "v1,!!!!", "v1,="];
    refused.extend(cut.iter().chain(&undecodable).map(|it| (*it).to_owned()));
    for signature in refused {
        assert_eq!(
            with(SIGNATURE, &signature),
            Err(VerifyError::Signature),
            "{signature}"
        );
    }
}

#[test]
fn a_secret_is_taken_with_or_without_prefix_padding_and_white_space() {
    let secret = FIRST.secret;
    let bare = secret.strip_prefix("whsec_").unwrap();
    let spaced = [format!("{secret}\n"), format!("\t {secret}\r\n")];
    for secret in [secret, bare, &spaced[0], &spaced[1]] {
        let verifier = FIRST.verifier(secret);
        let verified = verifier.verify(&FIRST.headers(), FIRST.body.as_bytes());
        assert!(verified.is_ok(), "{secret:?}");
    }
    // A key of 25 bytes ends in padding.
    let signature = sign(&[7; 25], "msg.1614265330.{}");
    let headers = headers("msg", FIRST.timestamp, &signature);
    let padded = STANDARD.encode([7; 25]);
    assert!(padded.ends_with('='));
    for secret in [&format!("whsec_{padded}"), padded.trim_end_matches('=')] {
        let verified = FIRST.verifier(secret).verify(&headers, b"{}").is_ok();
        assert!(verified, "{secret}");
    }
}

#[test]
fn a_secret_without_content_or_in_quotes_is_refused() {
    let quoted = [
        format!("\"{}\"", FIRST.secret),
        format!("'{}'", FIRST.secret),
    ];
    for secret in ["", "whsec_", "whsec_!!", "whsec_=", &quoted[0], &quoted[1]] {
        let error = Verifier::new(secret).unwrap_err();
        assert_eq!(error, VerifyError::Secret, "{secret}");
        let text = error.to_string();
        assert!(text.starts_with("invalid webhook secret"), "{text}");
    }
}

#[test]
fn five_minutes_to_the_second_are_accepted_old_or_new() {
    let key = FIRST.secret.strip_prefix("whsec_").unwrap();
    let key = STANDARD.decode(key).unwrap();
    for (offset, accepted) in [(-301, false), (-300, true), (300, true), (301, false)] {
        let timestamp = FIRST.timestamp.saturating_add_signed(offset);
        let signature = sign(&key, &format!("{}.{timestamp}.{}", FIRST.id, FIRST.body));
        let headers = headers(FIRST.id, timestamp, &signature);
        let verifier = FIRST.verifier(FIRST.secret);
        let result = verifier.verify(&headers, FIRST.body.as_bytes());
        assert_eq!(result.is_ok(), accepted, "{offset} s: {result:?}");
    }
}

#[test]
fn timestamp_that_is_not_an_integer_is_rejected() {
    let unreadable = Err(VerifyError::UnreadableHeader { name: TIMESTAMP });
    for timestamp in [
        "abc",
        "1614265330.5",
        "+1614265330",
        "-1",
        "1614265330s",
        "9223372036854775808",
        "18446744073709551616",
        "99999999999999999999999999",
    ] {
        assert_eq!(with(TIMESTAMP, timestamp), unreadable, "{timestamp}");
    }
    let last = with(TIMESTAMP, "9223372036854775807");
    assert!(matches!(last, Err(VerifyError::TooNew { .. })));
    // The bytes of the header are signed, not the number that they mean.
    let same = with(TIMESTAMP, "01614265330");
    assert_eq!(same, Err(VerifyError::Signature));
}

#[test]
fn missing_empty_and_repeated_headers_are_refused() {
    for name in [ID, TIMESTAMP, SIGNATURE] {
        let changed = |change: fn(&mut HeaderMap, &'static str)| {
            let mut headers = FIRST.headers();
            change(&mut headers, name);
            FIRST.verify(&headers)
        };
        let missing = Err(VerifyError::MissingHeader { name });
        assert_eq!(changed(|headers, name| drop(headers.remove(name))), missing);
        assert_eq!(with(name, ""), missing);
        let repeated = changed(|headers, name| {
            let value = headers[name].clone();
            headers.append(name, value);
        });
        assert_eq!(repeated, Err(VerifyError::RepeatedHeader { name }));
        let unreadable = changed(|headers, name| {
            headers.insert(name, HeaderValue::from_bytes(b"\xFF").unwrap());
        });
        assert_eq!(unreadable, Err(VerifyError::UnreadableHeader { name }));
    }
}

#[test]
fn a_swapped_id_is_refused() {
    assert_eq!(with(ID, SECOND.id), Err(VerifyError::Signature));
}

#[test]
fn nothing_shows_the_secret() {
    let key = FIRST.secret.strip_prefix("whsec_").unwrap();
    let verifier = Verifier::new(FIRST.secret).unwrap();
    let error = Error::from(Verifier::new(&format!("{}!", FIRST.secret)).unwrap_err());
    assert!(!format!("{verifier:?} {error} {error:?}").contains(key));
}

#[test]
fn a_message_is_read_as_an_event_by_its_status() {
    let decode = |body: &str| {
        let message = Verified {
            id: "m".into(),
            sent_at: UNIX_EPOCH,
            body: body.as_bytes(),
        };
        message.event()
    };
    let read = |status: &str| decode(&format!(r#"{{"id": "p1", "status": "{status}"}}"#)).unwrap();
    assert!(matches!(read("starting"), Event::Started(_)));
    assert!(matches!(read("processing"), Event::Updated(_)));
    assert!(matches!(read("a-new-one"), Event::Updated(_)));
    for status in ["succeeded", "failed", "canceled", "aborted"] {
        let event = read(status);
        assert!(matches!(event, Event::Completed(_)), "{status}");
        assert_eq!(event.prediction().id, "p1");
    }
    assert_eq!(decode("[]").unwrap_err().kind(), ErrorKind::Decode);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_flipped_bit_of_the_body_is_refused(at in 0..FIRST.body.len() * 8) {
        let mut body = FIRST.body.as_bytes().to_vec();
        body[at / 8] ^= 1 << (at % 8);
        let verifier = FIRST.verifier(FIRST.secret);
        prop_assert_eq!(verifier.verify(&FIRST.headers(), &body).unwrap_err(), VerifyError::Signature);
    }

    #[test]
    fn one_flipped_bit_of_the_signature_is_refused(at in 3 * 8..FIRST.signature.len() * 8) {
        let mut signature = FIRST.signature.as_bytes().to_vec();
        signature[at / 8] ^= 1 << (at % 8);
        let mut headers = FIRST.headers();
        if let Ok(value) = HeaderValue::from_bytes(&signature) {
            headers.insert(SIGNATURE, value);
            prop_assert!(FIRST.verify(&headers).is_err());
        }
    }
}
