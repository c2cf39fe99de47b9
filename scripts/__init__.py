"""The commands of the house; imported by its tests only."""
