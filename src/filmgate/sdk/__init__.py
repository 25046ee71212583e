"""Filmgate for programs: ``remote`` asks a server, and both faces look as ``face`` says."""
