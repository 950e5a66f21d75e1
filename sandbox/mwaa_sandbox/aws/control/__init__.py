"""What a person or a test does to the simulated AWS from outside, and what they can see of it."""
