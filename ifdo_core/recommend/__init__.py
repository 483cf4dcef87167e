"""Products bought together: rules with their significance, recommendations and how good they are.

What needs scipy, scikit-learn or mlxtend imports it when it is called: a shop that opens no such page pays nothing.
"""
