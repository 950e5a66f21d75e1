"""A real Airflow behind each environment's web server: apache-airflow of the environment's version, run as MWAA runs it.

From the bottom up: `installation` makes and keeps Python environments, `configuration` and `startup_script` make the
variables, `code` brings files from the bucket, `instance` runs one Airflow, `upstream` talks to it, `log_shipping` sends what it
writes to CloudWatch, and `environments` keeps one for each environment that is up.
"""
