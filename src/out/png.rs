//! Pages as PNG pictures, drawn by the program itself.
