"""Models that an operator may fit on data of their own; they need the extra "recommendations"."""
