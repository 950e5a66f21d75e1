"""The Airflow behind the web server of a simulated environment.

`seam` is what MWAA asks of it, `light` the one that is kept in memory. Nothing here knows HTTP, tokens or permissions of
IAM: that is MWAA's (`aws/mwaa/`).
"""
