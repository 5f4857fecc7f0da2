//! Printed type: lines and paragraphs set in a face, with kerning.
