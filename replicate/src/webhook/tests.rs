use http::HeaderValue;
use proptest::prelude::*;

use super::*;

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

fn first_time() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(FIRST.timestamp)
}

fn second_time() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(SECOND.timestamp)
}

fn headers(id: &str, timestamp: &str, signature: &str) -> HeaderMap {
    [(ID, id), (TIMESTAMP, timestamp), (SIGNATURE, signature)]
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()))
        .collect()
}

fn first(change: impl FnOnce(&mut HeaderMap)) -> Result<String, VerifyError> {
    let mut headers = headers(FIRST.id, &FIRST.timestamp.to_string(), FIRST.signature);
    change(&mut headers);
    let verifier = Verifier::new(FIRST.secret)?.clock(first_time);
    verifier
        .verify(&headers, FIRST.body.as_bytes())
        .map(|message| message.id)
}

fn signed(signature: &str) -> Result<String, VerifyError> {
    first(|headers| {
        headers.insert(SIGNATURE, signature.parse().unwrap());
    })
}

fn stamped(timestamp: &str) -> Result<String, VerifyError> {
    first(|headers| {
        headers.insert(TIMESTAMP, timestamp.parse().unwrap());
    })
}

#[test]
fn secret_is_trimmed_and_one_in_quotes_is_refused() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    for padded in [format!("{secret}\n"), format!("\t {secret}\r\n")] {
        assert!(Verifier::new(&padded).is_ok(), "{padded:?}");
    }
    for quoted in [format!("\"{secret}\""), format!("'{secret}'")] {
        let error = Verifier::new(&quoted).unwrap_err();
        assert_eq!(error, VerifyError::Secret);
        let text = error.to_string();
        assert!(text.starts_with("invalid webhook secret"), "{text}");
    }
}

#[test]
fn both_known_messages_are_accepted_and_give_their_id() {
    assert_eq!(first(|_| {}).as_deref(), Ok(FIRST.id));
    let headers = headers(SECOND.id, &SECOND.timestamp.to_string(), SECOND.signature);
    let verifier = Verifier::new(SECOND.secret).unwrap().clock(second_time);
    let message = verifier.verify(&headers, SECOND.body.as_bytes()).unwrap();
    assert_eq!(message.id, SECOND.id);
    assert_eq!(message.sent_at, second_time());
}

#[test]
fn an_old_message_is_refused_by_the_short_form_which_uses_the_real_clock() {
    let headers = headers(FIRST.id, &FIRST.timestamp.to_string(), FIRST.signature);
    let error = verify(FIRST.secret, &headers, FIRST.body.as_bytes()).unwrap_err();
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
        assert!(signed(&list).is_ok(), "{list}");
    }
}

#[test]
fn a_right_signature_under_another_version_is_refused() {
    let value = FIRST.signature.strip_prefix("v1,").unwrap();
    for version in ["v2", "v1a", "v9", "V1", "", "v", "v10"] {
        assert_eq!(
            signed(&format!("{version},{value}")),
            Err(VerifyError::Signature),
            "{version}"
        );
    }
    assert_eq!(signed(value), Err(VerifyError::Signature));
}

#[test]
fn empty_cut_and_undecodable_signatures_are_refused() {
    let right = FIRST.signature;
    for signature in [
        "v1,",
        "v1",
        ",",
        "v1,!!!!",
        "v1,=",
        &right[..right.len() - 1],
        &right[..20],
    ] {
        assert_eq!(
            signed(signature),
            Err(VerifyError::Signature),
            "{signature}"
        );
    }
}

#[test]
fn a_secret_is_taken_with_or_without_prefix_and_padding() {
    let headers = headers(FIRST.id, &FIRST.timestamp.to_string(), FIRST.signature);
    let bare = FIRST.secret.strip_prefix("whsec_").unwrap();
    for secret in [FIRST.secret, bare] {
        let verifier = Verifier::new(secret).unwrap().clock(first_time);
        assert!(verifier.verify(&headers, FIRST.body.as_bytes()).is_ok());
    }
    // A key of 25 bytes ends in padding.
    let mut mac = Hmac::<Sha256>::new_from_slice(&[7; 25]).unwrap();
    mac.update(b"msg.1614265330.{}");
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let headers = self::headers("msg", "1614265330", &signature);
    let padded = STANDARD.encode([7; 25]);
    assert!(padded.ends_with('='));
    for secret in [
        format!("whsec_{padded}"),
        padded.trim_end_matches('=').to_owned(),
    ] {
        let verifier = Verifier::new(&secret).unwrap().clock(first_time);
        assert!(verifier.verify(&headers, b"{}").is_ok(), "{secret}");
    }
}

#[test]
fn a_secret_without_content_is_refused() {
    for secret in ["", "whsec_", "whsec_!!", "whsec_="] {
        assert_eq!(
            Verifier::new(secret).unwrap_err(),
            VerifyError::Secret,
            "{secret}"
        );
    }
}

#[test]
fn five_minutes_to_the_second_are_accepted_old_or_new() {
    for (offset, accepted) in [(300, true), (301, false)] {
        for (age, newer) in [(offset, false), (offset, true)] {
            let timestamp = if newer {
                FIRST.timestamp + age
            } else {
                FIRST.timestamp - age
            };
            let mut mac = Verifier::new(FIRST.secret).unwrap().mac;
            mac.update(format!("{}.{timestamp}.{}", FIRST.id, FIRST.body).as_bytes());
            let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
            let headers = headers(FIRST.id, &timestamp.to_string(), &signature);
            let verifier = Verifier::new(FIRST.secret).unwrap().clock(first_time);
            let result = verifier.verify(&headers, FIRST.body.as_bytes());
            assert_eq!(
                result.is_ok(),
                accepted,
                "{offset} s, newer: {newer}: {result:?}"
            );
        }
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
        assert_eq!(stamped(timestamp), unreadable, "{timestamp}");
    }
    assert!(matches!(
        stamped("9223372036854775807"),
        Err(VerifyError::TooNew { .. })
    ));
    // The bytes of the header are signed, not the number that they mean.
    assert_eq!(stamped("01614265330"), Err(VerifyError::Signature));
}

#[test]
fn missing_empty_and_repeated_headers_are_refused() {
    for name in [ID, TIMESTAMP, SIGNATURE] {
        let missing = Err(VerifyError::MissingHeader { name });
        assert_eq!(first(|headers| drop(headers.remove(name))), missing);
        assert_eq!(
            first(|headers| drop(headers.insert(name, HeaderValue::from_static("")))),
            missing
        );
        let repeated = first(|headers| {
            let value = headers[name].clone();
            headers.append(name, value);
        });
        assert_eq!(repeated, Err(VerifyError::RepeatedHeader { name }));
        let unreadable = first(|headers| {
            headers.insert(name, HeaderValue::from_bytes(b"\xFF").unwrap());
        });
        assert_eq!(unreadable, Err(VerifyError::UnreadableHeader { name }));
    }
}

#[test]
fn a_swapped_id_is_refused() {
    let swapped = first(|headers| drop(headers.insert(ID, SECOND.id.parse().unwrap())));
    assert_eq!(swapped, Err(VerifyError::Signature));
}

#[test]
fn nothing_shows_the_secret() {
    let key = FIRST.secret.strip_prefix("whsec_").unwrap();
    let verifier = Verifier::new(FIRST.secret).unwrap();
    assert!(!format!("{verifier:?}").contains(key));
    let broken = format!("{}!", FIRST.secret);
    let error = Error::from(Verifier::new(&broken).unwrap_err());
    assert!(!format!("{error} {error:?}").contains(key));
}

#[test]
fn a_message_is_read_as_an_event_by_its_status() {
    let read = |status: &str| {
        let body = format!(r#"{{"id": "p1", "status": "{status}"}}"#);
        Verified {
            id: "m".into(),
            sent_at: first_time(),
            body: body.as_bytes(),
        }
        .event()
        .unwrap()
    };
    assert!(matches!(read("starting"), Event::Started(_)));
    assert!(matches!(read("processing"), Event::Updated(_)));
    assert!(matches!(read("a-new-one"), Event::Updated(_)));
    for status in ["succeeded", "failed", "canceled", "aborted"] {
        let event = read(status);
        assert!(matches!(event, Event::Completed(_)), "{status}");
        assert_eq!(event.prediction().id, "p1");
    }
    let message = Verified {
        id: "m".into(),
        sent_at: first_time(),
        body: b"[]",
    };
    assert_eq!(
        message.event().unwrap_err().kind(),
        crate::ErrorKind::Decode
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_flipped_bit_of_the_body_is_refused(at in 0..FIRST.body.len() * 8) {
        let mut body = FIRST.body.as_bytes().to_vec();
        body[at / 8] ^= 1 << (at % 8);
        let headers = headers(FIRST.id, &FIRST.timestamp.to_string(), FIRST.signature);
        let verifier = Verifier::new(FIRST.secret).unwrap().clock(first_time);
        prop_assert_eq!(verifier.verify(&headers, &body).unwrap_err(), VerifyError::Signature);
    }

    #[test]
    fn one_flipped_bit_of_the_signature_is_refused(at in 3 * 8..FIRST.signature.len() * 8) {
        let mut signature = FIRST.signature.as_bytes().to_vec();
        signature[at / 8] ^= 1 << (at % 8);
        let mut headers = headers(FIRST.id, &FIRST.timestamp.to_string(), FIRST.signature);
        if let Ok(value) = HeaderValue::from_bytes(&signature) {
            headers.insert(SIGNATURE, value);
            let verifier = Verifier::new(FIRST.secret).unwrap().clock(first_time);
            prop_assert!(verifier.verify(&headers, FIRST.body.as_bytes()).is_err());
        }
    }
}
