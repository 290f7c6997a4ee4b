"""Tariffs: the rules of ``tariffs/*.toml``, read into ``model/rules`` with the line of each mistake.

Owns: which field each kind of rule has, fields that would do nothing, what a well-formed rule must also satisfy by
    itself.
Does not own: names that must exist elsewhere (``charging/rule_checks``), what a rule charges (``charging``).
Start reading: ``read``, then ``checks``.
"""
