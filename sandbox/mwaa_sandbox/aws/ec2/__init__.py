"""What moto's EC2 lacks of AWS's, in front of it: things that take their time, and things that depend on one another."""
