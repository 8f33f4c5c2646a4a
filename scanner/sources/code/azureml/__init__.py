"""Azure ML YAML: what ``az ml workspace create --file`` and its relatives take."""
