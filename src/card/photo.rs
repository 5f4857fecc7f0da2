//! The shop's own pictures: a photograph on the cover, a mark on the back. JPEG or PNG, whatever size, turned as the camera
//! was held.

use std::io::Cursor;
use std::sync::Arc;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};

use super::MARGIN;
use super::cover::Greeting;
use crate::face::key;
use crate::measure::{Affine, Point, Rect, Size, mm};
use crate::page::{Ink, Item, Picture};
use crate::trouble::{Result, Trouble};
use crate::typeset::{Align, TypeCase};

/// No file is larger, in bytes.
const MOST_BYTES: usize = 48 << 20;
/// No picture has more pixels on a side.
const MOST_PIXELS: u32 = 16_000;
/// No more memory to unpack one, in bytes: a camera's 60 megapixels.
const MOST_MEMORY: u64 = 256 << 20;
/// Fewer dots per inch look coarse on paper.
const FINE: f64 = 300.0;

/// A picture read and found whole.
#[derive(Clone, Debug)]
pub struct Photo {
    /// What messages call it: the file's name.
    pub name: String,
    /// The picture.
    pub picture: Arc<Picture>,
}

impl Photo {
    /// Reads a picture from the bytes of its file, and makes sure it can be unpacked.
    pub fn read(name: &str, file: Vec<u8>) -> Result<Photo> {
        let refused = |why: &str| Trouble::failed(format!("the picture {name} can't be used: {why}"));
        if file.len() > MOST_BYTES {
            return Err(
                refused("the file is too large").hint("save it smaller; 3000 pixels on the long side are plenty for a card")
            );
        }
        let mut reader =
            ImageReader::new(Cursor::new(&file)).with_guessed_format().map_err(|error| refused(&error.to_string()))?;
        if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png)) {
            return Err(refused("it is neither JPEG nor PNG").hint("save it as JPEG or PNG"));
        }
        let mut limits = Limits::default();
        limits.max_image_width = Some(MOST_PIXELS);
        limits.max_image_height = Some(MOST_PIXELS);
        limits.max_alloc = Some(MOST_MEMORY);
        reader.limits(limits);
        let broken = |error: image::ImageError| match error {
            image::ImageError::Limits(_) => {
                refused("it has too many pixels").hint("save it smaller; 3000 pixels on the long side are plenty for a card")
            }
            _ => refused("the file is damaged").hint("open it in a picture program and save it again as JPEG or PNG"),
        };
        let mut decoder = reader.into_decoder().map_err(broken)?;
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let unpacked = DynamicImage::from_decoder(decoder).map_err(broken)?;
        let (width, height) = turned(orientation, unpacked.width(), unpacked.height());
        if width == 0 || height == 0 {
            return Err(refused("it is empty"));
        }
        let picture = Arc::new(Picture { key: key(&[&file]), file, width, height });
        Ok(Photo { name: name.to_owned(), picture })
    }

    fn ratio(&self) -> f64 {
        f64::from(self.picture.width) / f64::from(self.picture.height)
    }

    /// Dots per inch when it fills a box.
    #[must_use]
    pub fn dpi(&self, room: Size) -> f64 {
        let (w, h) = (f64::from(self.picture.width), f64::from(self.picture.height));
        // What is cropped away isn't counted: the scale is that of the side that just fits.
        (w / room.width).min(h / room.height) * 72.0
    }
}

fn turned(orientation: Orientation, w: u32, h: u32) -> (u32, u32) {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    if matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH) { (h, w) } else { (w, h) }
}

/// The picture filling a box, its middle kept and what stands over cropped.
#[must_use]
pub fn filling(photo: &Photo, room: Rect) -> Item {
    let (w, h) = if photo.ratio() > room.width() / room.height() {
        (room.height() * photo.ratio(), room.height())
    } else {
        (room.width(), room.width() / photo.ratio())
    };
    // What is cropped of an upright picture is cropped more below than above: faces are in the upper half.
    let (x, y) = (room.center().x - w / 2.0, room.y0 - (h - room.height()) * 0.4);
    let picture = Item::Picture(photo.picture.clone(), Affine::new([w, 0.0, 0.0, h, x, y]));
    Item::Placed { drawing: Arc::new(vec![picture]), at: Affine::IDENTITY, clip: Some(room) }
}

/// The whole picture as large as it goes into a box, in its middle.
#[must_use]
pub fn whole(photo: &Photo, room: Rect) -> Item {
    let (w, h) = within(photo, room);
    place(photo, Rect::from_center_size(room.center(), (w, h)))
}

/// The whole picture as large as it goes into a box, at its lower left.
#[must_use]
pub fn whole_left(photo: &Photo, room: Rect) -> Item {
    let (w, h) = within(photo, room);
    place(photo, Rect::new(room.x0, room.y1 - h, room.x0 + w, room.y1))
}

fn within(photo: &Photo, room: Rect) -> (f64, f64) {
    let w = room.width().min(room.height() * photo.ratio());
    (w, w / photo.ratio())
}

fn place(photo: &Photo, r: Rect) -> Item {
    Item::Picture(photo.picture.clone(), Affine::new([r.width(), 0.0, 0.0, r.height(), r.x0, r.y0]))
}

/// A cover with the photograph in a white mount and the greeting under it, or, with a bleed, over all of the card above the
/// greeting; and a warning if it will look coarse.
#[must_use]
pub fn cover(photo: &Photo, size: Size, bleed: f64, greeting: &Greeting<'_>, case: &TypeCase) -> (Vec<Item>, Option<String>) {
    let words = greeting.words.split_whitespace().collect::<Vec<_>>().join(" ");
    let type_room = if words.is_empty() { 0.0 } else { mm(17.0).max(size.height * 0.13) };
    let below_room = if greeting.below.is_empty() { 0.0 } else { mm(5.0) };
    let mut room = Rect::new(MARGIN, MARGIN, size.width - MARGIN, size.height - MARGIN - type_room - below_room);
    if bleed > 0.0 {
        let bottom = if type_room + below_room > 0.0 { room.y1 } else { size.height + bleed };
        room = Rect::new(-bleed, -bleed, size.width + bleed, bottom);
    }
    let mut items = vec![filling(photo, room)];
    let ink = Ink::grey(0.12);
    let middle = size.width / 2.0;
    if !words.is_empty() {
        let style = case.able(&case.title_italic, &words).ink(ink).sized(size.width.min(size.height) * 0.088);
        let style = style.fitted(&words, size.width - 2.0 * MARGIN);
        let y = room.y1 + f64::midpoint(type_room, style.x_height()) + mm(1.0);
        items.push(style.line(&words).aligned(Align::Centre, Point::new(middle, y)));
    }
    if !greeting.below.is_empty() {
        let style =
            case.able(&case.italic, greeting.below).ink(ink).sized(10.0).fitted(greeting.below, size.width - 2.0 * MARGIN);
        items.push(style.line(greeting.below).aligned(Align::Centre, Point::new(middle, size.height - MARGIN - 1.0)));
    }
    let dpi = photo.dpi(room.size());
    let warning = (dpi < FINE - 0.5)
        .then(|| format!("{} has {dpi:.0} dots per inch at this size and will look coarse; {FINE:.0} are wanted", photo.name));
    (items, warning)
}
