"""Why an operation of AWS failed, where AWS itself says no more than INCORRECT_CONFIGURATION."""
