"""The electronic invoice: EN 16931 XML from a frozen document, its validation, and its place in a PDF/A-3b file."""
