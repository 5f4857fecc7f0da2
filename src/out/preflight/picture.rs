//! Pictures in somebody else's PDF, as far as they can be seen: JPEG as it is, plain grey and colour as PNG.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};
use lopdf::{Document, Object, Stream};

use super::fonts::{get, number};
use crate::face::key;
use crate::page::Picture;

/// Bytes one picture may unpack to.
const MOST: usize = 160 << 20;

/// The picture, if it is of a kind we can see. What lies under it where it is transparent is not looked at.
pub fn read(document: &Document, stream: &Stream, width: f64, height: f64) -> Option<Picture> {
    if !(1.0..=20_000.0).contains(&width) || !(1.0..=20_000.0).contains(&height) || width * height > 60e6 {
        return None;
    }
    let (width, height) = (width as u32, height as u32);
    let filters = stream.filters().unwrap_or_default();
    if filters == [b"DCTDecode"] {
        let inverted = stream.dict.has(b"Decode");
        // A file that can't be opened would stop the drawing; it is looked at here first.
        let fine = image::load_from_memory_with_format(&stream.content, image::ImageFormat::Jpeg).is_ok();
        return (fine && !inverted).then(|| Picture {
            key: key(&[&stream.content]),
            file: stream.content.clone(),
            width,
            height,
        });
    }
    if stream.dict.has(b"Decode") || get(document, &stream.dict, b"BitsPerComponent").and_then(number) != Some(8.0) {
        return None;
    }
    let channels = match get(document, &stream.dict, b"ColorSpace")? {
        Object::Name(name) if name == b"DeviceGray" => 1,
        Object::Name(name) if name == b"DeviceRGB" => 3,
        Object::Array(parts) if parts.first()?.as_name().ok()? == b"ICCBased" => {
            let profile = document.dereference(parts.get(1)?).ok()?.1.as_stream().ok()?;
            number(get(document, &profile.dict, b"N")?)? as usize
        }
        _ => return None,
    };
    let pixels = stream.get_plain_content_with_limit(MOST).ok()?;
    let colour = match channels {
        1 => ExtendedColorType::L8,
        3 => ExtendedColorType::Rgb8,
        _ => return None,
    };
    let pixels = pixels.get(..width as usize * height as usize * channels)?;
    let mut file = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::NoFilter);
    encoder.write_image(pixels, width, height, colour).ok()?;
    Some(Picture { key: key(&[pixels]), file, width, height })
}
