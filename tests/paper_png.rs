//! The preview shows what the PDF prints.

mod paper;

use std::process::Command;
use std::sync::Arc;

use paper::{block, lines};
use wetink::measure::{Affine, Rect, Size};
use wetink::out::pdf::{Meta, write};
use wetink::out::png::{contact_sheet, draw, ink};
use wetink::page::{Ink, Item, Page, Pen, Picture};

/// One of everything a page can hold.
fn everything() -> Page {
    let mut page = Page::new(Size::new(300.0, 200.0));
    page.items.push(block(Rect::new(10.0, 10.0, 60.0, 40.0), Ink::hex(0x00cc_3300)));
    let mut line = kurbo::BezPath::new();
    line.move_to((70.0, 20.0));
    line.quad_to((120.0, 60.0), (180.0, 20.0));
    page.items.push(Item::Stroke(line.clone(), Pen { ink: Ink::BLACK, width: 3.0, dash: None }));
    page.items
        .push(Item::Stroke(Affine::translate((0.0, 15.0)) * line, Pen { ink: Ink::BLACK, width: 2.0, dash: Some((0.0, 5.0)) }));
    page.items.push(lines("printed words on a line", 10.0, 290.0, 80.0, 14.0, None));
    page.items.push(lines("and some by hand", 10.0, 290.0, 110.0, 20.0, Some(5)));
    let art: Arc<Vec<Item>> = Arc::new(vec![
        block(Rect::new(0.0, 0.0, 40.0, 40.0), Ink::grey(0.6)),
        block(Rect::new(5.0, 5.0, 15.0, 35.0), Ink::BLACK),
    ]);
    for (x, clip) in [(20.0, None), (90.0, Some(Rect::new(0.0, 0.0, 20.0, 40.0)))] {
        let at = Affine::translate((x, 140.0)) * Affine::rotate(0.3);
        page.items.push(Item::Placed { drawing: Arc::clone(&art), at, clip });
    }
    let mut png = Vec::new();
    let pixels = image::RgbImage::from_fn(30, 20, |x, y| image::Rgb([if x < 15 { 20 } else { 200 }, (y * 12) as u8, 30]));
    pixels.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    let at = Affine::translate((200.0, 130.0)) * Affine::rotate(-0.2) * Affine::scale_non_uniform(75.0, 50.0);
    page.items.push(Item::Picture(Arc::new(Picture { key: 1, file: png, width: 30, height: 20 }), at));
    page
}

#[test]
fn preview_and_pdf_agree() {
    let page = everything();
    let ours = ink(&page, 144.0).unwrap();
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join("everything.pdf"), write([&page], &Meta::default()).unwrap()).unwrap();
    let run = Command::new("pdftoppm")
        .args(["-r", "144", "-gray", "-singlefile", "everything.pdf", "everything"])
        .current_dir(folder)
        .status();
    let Ok(status) = run else { return eprintln!("skipped: pdftoppm is not installed") };
    assert!(status.success());
    let file = std::fs::read(folder.join("everything.pgm")).unwrap();
    let theirs = &file[file.len() - ours.grey.len()..];
    assert!(file.starts_with(format!("P5\n{} {}\n255\n", ours.width, ours.height).as_bytes()));
    // Two renderers differ by a shade along edges, never in the middle of things.
    let far = ours.grey.iter().zip(theirs).filter(|(a, b)| a.abs_diff(**b) > 100).count();
    let off: u64 = ours.grey.iter().zip(theirs).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let mean = off as f64 / theirs.len() as f64;
    assert!(far < theirs.len() / 500 && mean < 1.5, "{far} pixels far off, {mean:.2} on the mean");
}

#[test]
fn ink_is_found_where_it_is() {
    let mut page = Page::new(Size::new(100.0, 100.0));
    page.items.push(block(Rect::new(40.0, 40.0, 60.0, 60.0), Ink::BLACK));
    let raster = ink(&page, 72.0).unwrap();
    assert_eq!((raster.width, raster.height), (100, 100));
    assert_eq!(raster.inked(Rect::new(0.0, 0.0, 100.0, 100.0)), 400);
    assert_eq!(raster.inked(Rect::new(0.0, 0.0, 40.0, 100.0)), 0);
    assert_eq!(raster.inked(Rect::new(50.0, 50.0, 500.0, 51.0)), 10);
    assert_eq!(raster.inked(Rect::new(-20.0, -20.0, -10.0, -10.0)), 0);
}

#[test]
fn pictures_are_png() {
    let page = everything();
    for bytes in [draw(&page, 96.0).unwrap(), contact_sheet(&[page.clone(), page.clone(), page.clone()], 2, 60.0).unwrap()] {
        let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::Png).unwrap();
        assert!(picture.width() > 300);
    }
    assert!(contact_sheet(&[], 3, 72.0).is_ok());
    assert!(draw(&page, 1e9).is_err());
    assert!(draw(&Page::new(Size::new(f64::NAN, 10.0)), 72.0).is_ok());
}
