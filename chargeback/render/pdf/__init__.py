"""PDF typography: fonts, styles, tables and charts, laid out as shapes and texts, then written as bytes."""
