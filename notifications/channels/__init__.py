"""Ways to reach a person. Each says what the service answered; none of them decides what to try next."""
