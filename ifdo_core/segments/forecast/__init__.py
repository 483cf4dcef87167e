"""How many visits and visitors will match in the days to come (semantics.md, '모수'), with an interval that was checked."""
