"""Sources: the outside world mapped into files of the workspace. Empty so far.

Owns: one adapter for each system that metering or cost data come from: what it delivers, read and written as files of
    ``usage/``, ``costs/`` or the registers, with where each row came from.
Does not own: prices, and the store, which it does not know: what it writes is loaded as any other file is.
Start reading: ``docs/workspace.md``, the contract of what a source may write.
"""
