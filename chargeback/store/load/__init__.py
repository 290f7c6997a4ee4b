"""Usage and costs brought into the store, level with the folder."""
