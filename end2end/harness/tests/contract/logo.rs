//! A company's logo: any picture becomes one, nothing else does, and it is served so that browsers keep it.

use contracts::http::company::Company;
use harness::market::Shop;
use harness::stack::Stack;

/// Four by two pixels, red and blue.
fn picture() -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let mut crc = 0xffff_ffff_u32;
        for byte in kind.iter().chain(data) {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            }
        }
        let length = u32::try_from(data.len()).expect("it is small").to_be_bytes();
        [&length[..], kind, data, &(!crc).to_be_bytes()].concat()
    };
    file.extend(chunk(b"IHDR", &[0, 0, 0, 4, 0, 0, 0, 2, 8, 2, 0, 0, 0]));
    let row = |colour: [u8; 3]| [vec![0], colour.repeat(4)].concat();
    let rows = [row([255, 0, 0]), row([0, 0, 255])].concat();
    // A stored block of zlib's, with its checksum (Adler 32).
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in &rows {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    let length = u16::try_from(rows.len()).expect("it is small");
    let block = [
        &[0x78, 0x01, 0x01][..],
        &length.to_le_bytes(),
        &(!length).to_le_bytes(),
        &rows,
        &((b << 16) | a).to_be_bytes(),
    ];
    file.extend(chunk(b"IDAT", &block.concat()));
    file.extend(chunk(b"IEND", &[]));
    file
}

#[tokio::test]
async fn a_picture_becomes_a_logo_that_browsers_keep() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    stack.gateway.get(&shop.path("/logo")).await?.refused(404);
    let put = async |file: Vec<u8>| {
        stack.gateway.post(&shop.path("/logo")).token(shop.owner.token()).untyped_body(file).await
    };
    let company: Company = put(picture()).await?.parsed(200);
    assert_eq!(company.revision, shop.company.revision + 1);
    let again: Company = put(picture()).await?.parsed(200);
    assert_eq!((again.revision, &again.logo), (company.revision, &company.logo));

    let address = company.logo.expect("it has one");
    let path = address.strip_prefix("/api/v1").expect("a path of the API");
    for door in stack.doors("company") {
        let logo = door.get(path).await?.expect(200);
        assert_eq!(logo.header("Content-Type"), "image/png");
        assert_eq!(logo.header("X-Content-Type-Options"), "nosniff");
        assert!(logo.header("Cache-Control").contains("immutable"), "{}", logo.header("Cache-Control"));
        // Width and height in the header of a PNG.
        assert_eq!(&logo.body[16..24], &[0, 0, 2, 0, 0, 0, 2, 0]);
        let etag = logo.header("ETag").to_owned();
        let same = door.get(path).header("If-None-Match", &etag).await?.expect(304);
        assert!(same.body.is_empty());
        // Without the hash in the address another one may be there tomorrow.
        let plain = door.get(&shop.path("/logo")).await?.expect(200);
        assert!(plain.header("Cache-Control").contains("no-cache"), "{}", plain.header("Cache-Control"));
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_picture_changes_nothing() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec();
    let mut broken = picture();
    broken.truncate(40);
    let mut huge = picture();
    huge.resize(2 * 1024 * 1024 + 1, 0);
    for (name, file, status) in [
        ("nothing", Vec::new(), 415),
        ("SVG", svg, 415),
        ("GIF", b"GIF89a\x01\x00\x01\x00".to_vec(), 415),
        ("text", vec![b'x'; 70_000], 415),
        ("half a picture", broken, 422),
        ("more than 2 MiB", huge, 413),
    ] {
        for door in stack.doors("company") {
            let call = door.post(&shop.path("/logo")).token(shop.owner.token());
            let answer = call.untyped_body(file.clone()).await?;
            assert_eq!(answer.status, status, "{name}: {} {}", answer.title, answer.text());
        }
    }
    let company: Company = stack.gateway.get(&shop.path("")).await?.parsed(200);
    assert_eq!((company.logo, company.revision), (None, shop.company.revision));
    Ok(())
}
