"""What lies on disk or in a bucket: tables, the warehouse, recipes, overrides."""
