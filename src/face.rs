//! A font file as we use it: which characters it has, shaped runs, outlines. The only file that names harfrust and skrifa.
