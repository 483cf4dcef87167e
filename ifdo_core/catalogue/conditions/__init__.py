"""The entries, one module a category; ``ifdo_core.catalogue`` lists the modules."""
