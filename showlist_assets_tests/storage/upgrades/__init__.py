"""Tables as every version wrote them, and that this one reads them (``README.md``)."""
