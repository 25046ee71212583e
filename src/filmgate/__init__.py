"""Filmgate: AI video generation behind the protocols you already speak."""

__version__ = "0.1.0"
