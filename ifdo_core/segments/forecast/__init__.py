"""How many visits and visitors will match in the days to come, with an interval that was checked (product.md, 1)."""
