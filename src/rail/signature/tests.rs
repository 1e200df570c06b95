use super::*;

// RFC 9421, appendix B.1.4 and B.2.6.
const KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
";
const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----
";
const COMPONENTS: [Component<'_>; 6] = [
    ("\"date\"", "Tue, 20 Apr 2021 02:07:55 GMT"),
    ("\"@method\"", "POST"),
    ("\"@path\"", "/foo"),
    ("\"@authority\"", "example.com"),
    ("\"content-type\"", "application/json"),
    ("\"content-length\"", "18"),
];
const BASE: &str = r#""date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
const PARAMS: &str =
    r#"("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
const SIGNATURE: &str = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==";

fn own() -> OwnKey {
    OwnKey::from_pem(KEY).unwrap().named("test-key-ed25519".into())
}

fn peer() -> PeerKey {
    PeerKey::from_pem(PUBLIC_KEY).unwrap().named("test-key-ed25519".into())
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn standard() -> Signed {
    Signed { input: format!("rail={PARAMS}"), signature: format!("rail=:{SIGNATURE}:") }
}

#[test]
fn the_vector_of_the_standard_is_made_and_believed() {
    assert_eq!(base(&COMPONENTS, PARAMS), BASE);
    assert_eq!(STANDARD.encode(own().sign(BASE.as_bytes())), SIGNATURE);
    assert_eq!(verify(&peer(), &COMPONENTS, &standard(), at(1_618_884_475)), Ok(()));
}

#[test]
fn what_one_end_signs_the_other_believes() {
    let signed = sign(&own(), &COMPONENTS, at(1000));
    assert_eq!(verify(&peer(), &COMPONENTS, &signed, at(1000)), Ok(()));
    assert!(signed.input.ends_with(r#";created=1000;keyid="test-key-ed25519";alg="ed25519""#), "{}", signed.input);
}

#[test]
fn a_signature_lives_five_minutes_to_either_side() {
    let signed = sign(&own(), &COMPONENTS, at(10_000));
    for (now, believed) in [(9_699, false), (9_700, true), (10_300, true), (10_301, false)] {
        assert_eq!(verify(&peer(), &COMPONENTS, &signed, at(now)).is_ok(), believed, "{now}");
    }
}

#[test]
fn every_changed_value_breaks_the_signature() {
    let signed = sign(&own(), &COMPONENTS, at(1000));
    for index in 0..COMPONENTS.len() {
        let mut changed = COMPONENTS;
        changed[index].1 = "another";
        assert_eq!(verify(&peer(), &changed, &signed, at(1000)), Err(SignatureInvalid::Signature), "{index}");
    }
}

#[test]
fn a_signature_over_less_or_more_is_refused() {
    let less = sign(&own(), &COMPONENTS[..5], at(1000));
    assert_eq!(verify(&peer(), &COMPONENTS, &less, at(1000)), Err(SignatureInvalid::Components));
    let more = sign(&own(), &COMPONENTS, at(1000));
    assert_eq!(verify(&peer(), &COMPONENTS[..5], &more, at(1000)), Err(SignatureInvalid::Components));
}

#[test]
fn another_key_is_refused_even_under_the_same_name() {
    let stranger = OwnKey::from_seed(&[7; 32]);
    let signed = sign(&stranger.clone().named("test-key-ed25519".into()), &COMPONENTS, at(1000));
    assert_eq!(verify(&peer(), &COMPONENTS, &signed, at(1000)), Err(SignatureInvalid::Signature));
    let signed = sign(&stranger, &COMPONENTS, at(1000));
    assert_eq!(verify(&peer(), &COMPONENTS, &signed, at(1000)), Err(SignatureInvalid::Key));
}

#[test]
fn headers_of_another_form_are_refused() {
    let now = at(1_618_884_473);
    let inputs = [
        (PARAMS.replace(";created=1618884473", ""), SignatureInvalid::Parameters),
        (PARAMS.replace(";keyid=\"test-key-ed25519\"", ""), SignatureInvalid::Parameters),
        (PARAMS.replace("=1618884473", "=16188x"), SignatureInvalid::Parameters),
        (format!("{PARAMS};created=1618884473"), SignatureInvalid::Parameters),
        (format!("{PARAMS};alg=\"hmac-sha256\""), SignatureInvalid::Parameters),
        (format!("{PARAMS};tag=\"x\""), SignatureInvalid::Parameters),
        (format!("{PARAMS};alg=\"ed25519\""), SignatureInvalid::Signature),
        (format!("{PARAMS}, other=()"), SignatureInvalid::Parameters),
        (String::new(), SignatureInvalid::Components),
    ];
    for (params, refused) in inputs {
        let signed = Signed { input: format!("rail={params}"), ..standard() };
        assert_eq!(verify(&peer(), &COMPONENTS, &signed, now), Err(refused), "{params}");
    }
    let signed = Signed { input: format!("sig1={PARAMS}"), ..standard() };
    assert_eq!(verify(&peer(), &COMPONENTS, &signed, now), Err(SignatureInvalid::Components));
    for signature in ["", "rail=", "rail=::", "rail=:AAAA:", "rail=:?:", "rail=:AAAA", &format!("x=:{SIGNATURE}:")] {
        let signed = Signed { signature: signature.into(), ..standard() };
        assert_eq!(verify(&peer(), &COMPONENTS, &signed, now), Err(SignatureInvalid::Signature), "{signature}");
    }
}
