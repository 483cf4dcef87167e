"""Customer analysis from purchase history: RFM, lifetime value, churn. Reached through ``Workbench``."""
