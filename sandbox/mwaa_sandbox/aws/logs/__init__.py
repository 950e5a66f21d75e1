"""What an environment's containers write to CloudWatch (mwaa-behaviour.md §8): streams, and lines as MWAA, pip and Airflow
write them. The texts in quotes from the images (IMG) are theirs; the rest is in the manner of the programs concerned.
"""
