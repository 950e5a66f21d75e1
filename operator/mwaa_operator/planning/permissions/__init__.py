"""What the operator has to be allowed in AWS: a table of the calls that each part makes, from which its IAM policies are generated."""
