"""고객 › 고객 분석: RFM, value, churn."""
