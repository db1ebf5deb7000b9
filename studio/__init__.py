"""The studio: shots, jobs, takes, and how they are rendered, signed and kept.

Everything here works without a browser and knows nothing of the page; `studio.ui` is the one part that draws.
Importing this package does nothing: the weights and torch are loaded when the first shot needs them.
"""

__version__ = "0.1.0"
