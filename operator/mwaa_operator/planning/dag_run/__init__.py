"""Runs of DAGs: from the object, what Airflow has answered so far and the moment to the next call, and at last to the status."""
