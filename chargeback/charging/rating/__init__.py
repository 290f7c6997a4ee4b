"""Rating: quantities priced by the versions of a rate. Pure; cents.

Owns: the four models of price, tiers, fees, allowances, minimum and maximum, accumulation over a year.
Does not own: quantities (``charging/metering``), shares of a cost (``charging/sharing``).
Start reading: ``pricing``, then ``rate_charges``.
"""
