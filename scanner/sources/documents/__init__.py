"""What becomes of one hub document on its way to be judged."""
