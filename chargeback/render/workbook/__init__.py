"""Finance workbook: each module lays out one sheet as a table of the month; ``xlsx`` writes the package last."""
