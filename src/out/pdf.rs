//! Pages as PDF bytes. The only file that names printpdf.
