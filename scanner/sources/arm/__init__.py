"""ARM templates: what they deploy, evaluated as far as a reader can."""
