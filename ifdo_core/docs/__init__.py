"""Pages and stubs made from the catalogue; ``python -m ifdo_core.docs`` writes them, ``--check`` compares."""
