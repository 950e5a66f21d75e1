"""What moto 5.2.5 lacks and callers need, over moto's own state: whole operations, and forms of a request that it cannot read."""
