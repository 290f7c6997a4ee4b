"""Workflows: the wiring, one module a use case: what is read, computed and written, in which order.

Owns: the order of steps, and each month computed once; the files that a run or an issue writes.
Does not own: any rule about money (``charging``, ``billing``), words for the user (``cli``). It prints nothing.
Start reading: ``monthly_run``.
"""
