"""Why an operation of AWS probably failed, from what the checks find afterwards and from what the containers have logged."""
