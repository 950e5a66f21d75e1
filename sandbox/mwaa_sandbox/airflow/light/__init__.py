"""An Airflow that fits in memory: it knows which DAGs there are and lets runs pass by the clock, but executes nothing."""
