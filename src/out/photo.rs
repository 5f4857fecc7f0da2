//! Pictures as the leaves need them: for PDF a JPEG as it was shot and a PNG as plain pixels on white paper, for a preview
//! pixels either way.

use std::io::Cursor;

use image::codecs::{jpeg::JpegDecoder, png::PngDecoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, Limits, RgbaImage};

use crate::measure::Affine;
use crate::trouble::{Result, Trouble};

/// The most memory one decoded picture may take: 64 megapixels in colour with transparency.
const MOST: u64 = 256 << 20;

/// A picture ready to be put into the file.
pub struct Photo {
    /// Pixels across, as stored.
    pub width: u32,
    /// Pixels down, as stored.
    pub height: u32,
    /// 1 grey, 3 red, green and blue.
    pub channels: u8,
    /// `bytes` is a JPEG; otherwise rows of pixels.
    pub jpeg: bool,
    /// What goes into the stream; pixels aren't deflated yet.
    pub bytes: Vec<u8>,
    /// From the picture as stored to the picture as seen, both in the unit square, y down.
    pub turn: Affine,
}

/// Reads a JPEG or PNG file.
pub fn open(file: &[u8]) -> Result<Photo> {
    if file.starts_with(&[0xff, 0xd8]) {
        let mut decoder = JpegDecoder::new(Cursor::new(file)).map_err(|error| unreadable(&error))?;
        let turn = turn(decoder.orientation().unwrap_or(Orientation::NoTransforms));
        let (width, height) = decoder.dimensions();
        if let Some((channels, bytes)) = lean(file) {
            return Ok(Photo { width, height, channels, jpeg: true, bytes, turn });
        }
        plain(decoder, turn)
    } else {
        let mut decoder = PngDecoder::new(Cursor::new(file)).map_err(|error| unreadable(&error))?;
        let turn = turn(decoder.orientation().unwrap_or(Orientation::NoTransforms));
        plain(decoder, turn)
    }
}

/// The picture's pixels as seen, turned as EXIF says.
pub fn seen(file: &[u8]) -> Result<RgbaImage> {
    let (orientation, mut picture) = if file.starts_with(&[0xff, 0xd8]) {
        let mut decoder = JpegDecoder::new(Cursor::new(file)).map_err(|error| unreadable(&error))?;
        (decoder.orientation(), decode(decoder)?)
    } else {
        let mut decoder = PngDecoder::new(Cursor::new(file)).map_err(|error| unreadable(&error))?;
        (decoder.orientation(), decode(decoder)?)
    };
    picture.apply_orientation(orientation.unwrap_or(Orientation::NoTransforms));
    Ok(picture.into_rgba8())
}

fn unreadable(error: &image::ImageError) -> Trouble {
    Trouble::failed(format!("cannot read a picture: {error}")).hint("save it as JPEG or PNG again")
}

fn decode(mut decoder: impl ImageDecoder) -> Result<DynamicImage> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST);
    limits.max_image_width = Some(30_000);
    limits.max_image_height = Some(30_000);
    decoder.set_limits(limits).map_err(|error| unreadable(&error))?;
    // Not every decoder keeps to the limits by itself.
    if decoder.total_bytes() > MOST {
        return Err(Trouble::failed("cannot read a picture: it has too many pixels").hint("save it smaller"));
    }
    DynamicImage::from_decoder(decoder).map_err(|error| unreadable(&error))
}

fn plain(decoder: impl ImageDecoder, turn: Affine) -> Result<Photo> {
    let picture = decode(decoder)?.into_rgba8();
    let (width, height) = picture.dimensions();
    let over_white = |level: u8, alpha: u8| {
        let (level, alpha) = (u32::from(level), u32::from(alpha));
        ((level * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    let mut bytes = Vec::with_capacity(picture.len() / 4 * 3);
    for pixel in picture.pixels() {
        let [r, g, b, a] = pixel.0;
        bytes.extend([over_white(r, a), over_white(g, a), over_white(b, a)]);
    }
    let grey = bytes.chunks_exact(3).all(|rgb| rgb[0] == rgb[1] && rgb[1] == rgb[2]);
    if grey {
        bytes = bytes.into_iter().step_by(3).collect();
    }
    Ok(Photo { width, height, channels: if grey { 1 } else { 3 }, jpeg: false, bytes, turn })
}

/// The JPEG without what cameras write beside the picture (place, thumbnail, comments), if a PDF can show it as it is:
/// eight bits, grey or colour. The picture itself is not touched.
fn lean(file: &[u8]) -> Option<(u8, Vec<u8>)> {
    let mut kept = vec![0xff, 0xd8];
    let mut channels = None;
    let mut rest = file.get(2..)?;
    loop {
        let marker = match rest {
            [0xff, 0xff, ..] => {
                rest = &rest[1..];
                continue;
            }
            [0xff, marker, ..] => *marker,
            _ => return None,
        };
        let length = usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?])) + 2;
        let segment = rest.get(..length)?;
        match marker {
            // Baseline, extended and progressive frames; the others PDF doesn't know.
            0xc0..=0xc2 => {
                if *segment.get(4)? != 8 {
                    return None;
                }
                channels = Some(*segment.get(9)?).filter(|n| *n == 1 || *n == 3);
                kept.extend_from_slice(segment);
            }
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return None,
            0xda => {
                kept.extend_from_slice(rest);
                return channels.map(|channels| (channels, kept));
            }
            0xe1..=0xed | 0xef | 0xfe => {}
            _ => kept.extend_from_slice(segment),
        }
        rest = rest.get(length..)?;
    }
}

/// How EXIF says the camera was held.
fn turn(orientation: Orientation) -> Affine {
    let [a, b, c, d, e, f] = match orientation {
        Orientation::NoTransforms => [1, 0, 0, 1, 0, 0],
        Orientation::FlipHorizontal => [-1, 0, 0, 1, 1, 0],
        Orientation::Rotate180 => [-1, 0, 0, -1, 1, 1],
        Orientation::FlipVertical => [1, 0, 0, -1, 0, 1],
        Orientation::Rotate90FlipH => [0, 1, 1, 0, 0, 0],
        Orientation::Rotate90 => [0, 1, -1, 0, 1, 0],
        Orientation::Rotate270FlipH => [0, -1, -1, 0, 1, 1],
        Orientation::Rotate270 => [0, -1, 1, 0, 0, 1],
    };
    Affine::new([a, b, c, d, e, f].map(f64::from))
}

#[cfg(test)]
mod tests {
    use image::GenericImageView;

    use super::*;
    use crate::measure::Point;

    #[test]
    fn turns_as_the_image_crate_does() {
        // A 2 by 2 picture with four different pixels, turned by the crate, against where our affine sends each pixel's middle.
        let picture = image::RgbImage::from_raw(2, 2, vec![10, 0, 0, 20, 0, 0, 30, 0, 0, 40, 0, 0]).unwrap();
        for exif in 1..=8 {
            let orientation = Orientation::from_exif(exif).unwrap();
            let mut seen = DynamicImage::ImageRgb8(picture.clone());
            seen.apply_orientation(orientation);
            for (x, y, pixel) in picture.enumerate_pixels() {
                let middle = Point::new(f64::from(x) / 2.0 + 0.25, f64::from(y) / 2.0 + 0.25);
                let sent = turn(orientation) * middle;
                let found = seen.get_pixel((sent.x * 2.0) as u32, (sent.y * 2.0) as u32);
                assert_eq!(found.0[0], pixel.0[0], "orientation {exif}");
            }
        }
    }

    #[test]
    fn broken_files_are_told() {
        for file in [&b""[..], b"GIF89a", &[0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff], b"\x89PNG\r\n\x1a\n rest"] {
            assert!(open(file).is_err());
        }
    }
}
