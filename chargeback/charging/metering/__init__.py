"""Metering: the measure's small table turned into quantities of members. Pure.

Owns: cells and their exact values, whose a cell is, the answer to each question, who is present on which days; notices
    about use that leads to nobody.
Does not own: the scan over rows of usage (``store/measure``), prices (``charging/rating``).
Start reading: ``cells``, ``attribution``, ``answers``, in this order.
"""
