"""The only package that knows boto3: sessions, thin modules per service, and AWS's errors as our own."""
