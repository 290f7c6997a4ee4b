"""Charging: measured use and booked costs turned into charges in cents. Pure.

Owns: the plan of a month (what to measure, which pools), whose use is whose, prices, shares, fair division.
Does not own: documents and carried amounts (``billing``), SQL (``store``). It opens nothing and asks no clock;
    cents are rounded and split by ``model/money`` alone.
Start reading: ``plan`` for what a month needs, ``charge_parts`` for its charges, rule by rule.
"""
