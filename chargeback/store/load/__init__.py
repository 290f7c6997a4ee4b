"""Loading: the store kept in sync with the usage and costs of the folder."""
