//! How a company looks: one square image, whatever was sent.

use std::io::Cursor;

use image::imageops::FilterType;
use image::{ImageDecoder as _, ImageFormat, ImageReader, Limits};
use kit::input::Invalid;
use sha2::{Digest as _, Sha256};

/// The largest file that is taken.
pub const LARGEST_BYTES: usize = 2 * 1024 * 1024;

/// Width and height of what is kept.
pub const SIDE: u32 = 512;

/// What a small file may unfold to.
const LARGEST_SIDE: u32 = 8_192;
const LARGEST_MEMORY: u64 = 64 * 1024 * 1024;

/// A logo as it is kept and served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// SHA-256 of the image, in hexadecimal.
    pub hash: String,
    pub png: Vec<u8>,
}

/// Why a file is no logo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoLogo {
    #[error("it is neither PNG nor JPEG nor WebP")]
    OtherFormat,
    #[error("the image cannot be used")]
    Unusable(Invalid),
}

impl Logo {
    /// Reads PNG, JPEG or WebP, known by what the file begins with, and makes a square of its middle. What else the file
    /// carries (places, dates, comments, further frames) is left behind. Takes long: not for a thread that serves.
    ///
    /// # Errors
    /// When the file is of another kind, broken, or unfolds to too much.
    pub fn of(file: &[u8]) -> Result<Self, NoLogo> {
        let broken = || NoLogo::Unusable(Invalid::new("unreadable_image", "must be a whole image"));
        let mut reader = ImageReader::new(Cursor::new(file));
        let format = image::guess_format(file).map_err(|_| NoLogo::OtherFormat)?;
        if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
            return Err(NoLogo::OtherFormat);
        }
        reader.set_format(format);
        let mut limits = Limits::default();
        limits.max_image_width = Some(LARGEST_SIDE);
        limits.max_image_height = Some(LARGEST_SIDE);
        limits.max_alloc = Some(LARGEST_MEMORY);
        reader.limits(limits);
        let too_large = || {
            let detail = "must have fewer pixels: a side of 8192 and 16 million in all at most";
            NoLogo::Unusable(Invalid::new("image_too_large", detail))
        };
        let refuse = |error| match error {
            image::ImageError::Limits(_) => too_large(),
            _ => broken(),
        };
        let mut decoder = reader.into_decoder().map_err(refuse)?;
        // The decoder's own limit does not count what it unfolds to.
        if decoder.total_bytes() > LARGEST_MEMORY {
            return Err(too_large());
        }
        // The decoder's own limit does not count what it unfolds to.
        if decoder.total_bytes() > LARGEST_MEMORY {
            return Err(too_large());
        }
        // A photo of a phone lies on its side until it is turned.
        let orientation = decoder.orientation().map_err(refuse)?;
        let mut image = image::DynamicImage::from_decoder(decoder).map_err(refuse)?;
        image.apply_orientation(orientation);
        // First cut, then scale: the other way round a narrow strip would grow to gigabytes in between.
        let side = image.width().min(image.height());
        let (left, top) = ((image.width() - side) / 2, (image.height() - side) / 2);
        let square = image.crop_imm(left, top, side, side).resize_exact(SIDE, SIDE, FilterType::Lanczos3);
        let square = square.to_rgba8();
        let mut png = Vec::new();
        square.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).map_err(refuse)?;
        let hash = Sha256::digest(&png).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { hash, png })
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, Rgb, RgbImage, Rgba};

    use super::*;

    /// Red above, blue below.
    fn two_colours(width: u32, height: u32) -> DynamicImage {
        let colour = |_, y| if y < height / 2 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) };
        RgbImage::from_fn(width, height, colour).into()
    }

    fn file(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut file = Vec::new();
        image.write_to(&mut Cursor::new(&mut file), format).unwrap();
        file
    }

    #[test]
    fn whatever_comes_becomes_a_square_of_its_middle() {
        for (width, height) in [(512, 512), (40, 30), (1_000, 500), (1, 8_192), (8_192, 1), (1, 1)] {
            for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
                let logo = Logo::of(&file(&two_colours(width, height), format)).unwrap();
                let kept = image::load_from_memory_with_format(&logo.png, ImageFormat::Png).unwrap();
                assert_eq!((kept.width(), kept.height()), (SIDE, SIDE), "{width}x{height} {format:?}");
                if height > 1 && height <= 512 {
                    let Rgba([red, _, blue, alpha]) = *kept.to_rgba8().get_pixel(SIDE / 2, 8);
                    assert!(red > 200 && blue < 60 && alpha == 255, "{width}x{height} {format:?}");
                }
            }
        }
    }

    #[test]
    fn the_same_image_has_the_same_name_and_another_one_another() {
        let one = Logo::of(&file(&two_colours(100, 100), ImageFormat::Png)).unwrap();
        assert_eq!(Logo::of(&file(&two_colours(100, 100), ImageFormat::WebP)).unwrap(), one);
        assert_ne!(Logo::of(&file(&two_colours(100, 4), ImageFormat::Png)).unwrap().hash, one.hash);
        assert_eq!(one.hash.len(), 64);
    }

    #[test]
    fn what_is_no_image_of_ours_is_refused() {
        for other in [
            b"".as_slice(),
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"<!doctype html>",
            b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!",
            b"BM0000",
        ] {
            assert_eq!(Logo::of(other), Err(NoLogo::OtherFormat));
        }
        let whole = file(&two_colours(300, 300), ImageFormat::Png);
        for length in [8, 40, whole.len() / 2] {
            let error = Logo::of(&whole[..length]).unwrap_err();
            assert!(
                matches!(&error, NoLogo::Unusable(why) if why.code == "unreadable_image"),
                "{length} {error:?}"
            );
        }
    }

    #[test]
    fn a_small_file_that_unfolds_to_very_much_is_refused() {
        for bomb in [
            DynamicImage::new_luma8(8_193, 8),
            DynamicImage::new_rgb8(8, 8_193),
            DynamicImage::new_luma8(8_192, 8_193),
            DynamicImage::new_rgba16(4_096, 2_049),
        ] {
            let file = file(&bomb, ImageFormat::Png);
            assert!(file.len() < LARGEST_BYTES);
            let error = Logo::of(&file).unwrap_err();
            assert!(matches!(&error, NoLogo::Unusable(why) if why.code == "image_too_large"), "{error:?}");
        }
    }
}
