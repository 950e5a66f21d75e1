"""The metrics of MWAA in CloudWatch, in place of moto's own store: worked out when somebody asks for them."""
