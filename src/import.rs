//! Foreign files in, rows of ours out.
