"""Text: labels and sentences of documents, from the month and the wording; pure, shared by pages, sheets and XML."""
