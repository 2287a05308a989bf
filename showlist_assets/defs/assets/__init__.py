"""The software-defined assets, one module per stage, in lineage order: thin glue, no logic."""
