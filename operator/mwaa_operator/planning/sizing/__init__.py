"""Whether the environment's class and counts fit its load: what is asked of CloudWatch, and the advice that follows. Advice only."""
